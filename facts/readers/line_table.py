"""The columns of the claim table, and how a row of named texts becomes a claim line."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from facts.claim import ClaimLine, Trace, full_claim_id
from facts.diagnostic import Diagnostic
from facts.origin import Origin
from facts.readers.column_names import meant
from facts.readers.column_values import PARSERS, REQUIRED, Remark, claim_key, read_value
from facts.readers.notes import Counted
from facts.values import ValueFault, quoted

WITHOUT = {
    "line_number": "every row would hold for every line of its claim",
    "effective_from": "every row would hold from the first day on",
    "effective_to": "no row would ever end",
}
"""Columns that may be missing, and what the rows would say then."""

MOST_UNKNOWN = 30
"""Unknown columns that are reported one by one."""


@dataclass(slots=True)
class RawRow:
    """A row of named texts with its place, before its values are read.

    Parameters
    ----------
    number : int
        Row of the file, or position in a list.
    fields : mapping of str to str
        Only what is not empty.
    trace : Trace
        Tells the place of a field.
    faults : tuple of Diagnostic
        What is wrong with the row as a row.
    faulty : collection of str
        Columns that the faults speak of, so that they are not called empty too.
    file : str
        The file of the row, where its trace names another one: that it was converted from.
    """

    number: int
    fields: Mapping[str, str]
    trace: Trace
    faults: tuple[Diagnostic, ...] = ()
    faulty: Collection[str] = ()
    file: str = ""

    @property
    def claim_id(self) -> str:
        """The claim of the row, with the part that tells it from others; empty without one."""
        fields = self.fields
        return claim_key(fields.get("claim_id", ""), fields.get("claim_part", ""))


def check_columns(
    columns: Iterable[str],
    source: str,
    where: str,
    required: Iterable[str] = REQUIRED,
    known: Iterable[str] = tuple(PARSERS),
) -> list[Diagnostic]:
    """Return errors for missing and repeated columns, and warnings for unknown ones.

    An unknown column that looks like a missing one of which the meaning of every row hangs is an
    error too.

    Parameters
    ----------
    columns : iterable of str
        The header as a person wrote it.
    source, where : str
        File, and place of the header in it.
    required, known : iterable of str
        Columns that must be there, and that are read.
    """
    present = Counter(iter(columns))
    required, known = tuple(required), tuple(known)
    place = Origin(source, where)
    strange = [name for name in present if name and name not in known]
    found = []
    for name in required:
        if name not in present:
            near = next((each for each in strange[:MOST_UNKNOWN] if meant(each, [name])), None)
            help = f"is {quoted(near)} meant for it?" if near else _header(present)
            found.append(Diagnostic("error", f"the column `{name}` is missing", place, help))
    for name, count in present.items():
        if count > 1 and name in known:
            message = f"the column `{name}` occurs {'twice' if count == 2 else f'{count} times'}"
            found.append(Diagnostic("error", message, place, "keep one of them"))
    if "" in present:
        found.append(Diagnostic("warning", "a column without a name, which is not read", place))
    for name in strange[:MOST_UNKNOWN]:
        found.append(unknown_column(name, meant(name, known), place, {*present, *required}))
    if len(strange) > MOST_UNKNOWN:
        message = f"{len(strange) - MOST_UNKNOWN} more unknown columns, which are not read"
        found.append(Diagnostic("warning", message, place))
    return found


def unknown_column(
    name: str, near: str | None, place: Origin, present: Collection[str]
) -> Diagnostic:
    """Return the diagnostic of a column that is not read.

    Parameters
    ----------
    name : str
        The column.
    near : str or None
        The column that it most likely means.
    place : Origin
        Where it is.
    present : collection of str
        Columns that are there, or that are missed elsewhere.

    Returns
    -------
    Diagnostic
        An error where the column means a missing one on which the meaning of a row depends.
    """
    help = f"did you mean `{near}`?" if near else ""
    if near in WITHOUT and near not in present:
        message = f"unknown column {quoted(name)}, and the column `{near}` is missing"
        return Diagnostic("error", message, place, f"{help} without it {WITHOUT[near]}")
    return Diagnostic("warning", f"unknown column {quoted(name)}, which is not read", place, help)


def build_line(row: RawRow) -> tuple[ClaimLine | None, list[Diagnostic]]:
    """Read every value of a row.

    Parameters
    ----------
    row : RawRow
        The row.

    Returns
    -------
    ClaimLine or None
        None where anything is wrong.
    list of Diagnostic
        All that is wrong with the row, and notes on what was normalised.
    """
    found = list(row.faults)
    values: dict[str, Any] = {}
    fields = row.fields
    for name in PARSERS:
        text = fields.get(name)
        if text is None:
            continue
        try:
            value, remarks = read_value(name, text)
        except ValueFault as fault:
            found.append(_error(f"`{name}` {fault.message}", row, name, fault.help))
            continue
        if value is not None:
            values[name] = value
        if remarks:
            found.extend(note(remark, row.trace.origin(name)) for remark in remarks)
    found.extend(
        _error(f"`{name}` is empty", row, name)
        for name in REQUIRED
        if not fields.get(name) and name not in row.faulty
    )
    first, last = values.get("service_date"), values.get("service_date_to")
    if first is not None and last is not None and last < first:
        found.append(
            _error(
                f"`service_date_to` {quoted(str(last))} is before "
                f"`service_date` {quoted(str(first))}",
                row,
                "service_date_to",
            )
        )
    if any(diagnostic.severity == "error" for diagnostic in found):
        return None, found
    if "claim_part" in values:
        values["claim_id"] = full_claim_id(values["claim_id"], values["claim_part"])
    return ClaimLine(**values, trace=row.trace), found


def note(remark: Remark, place: Origin) -> Diagnostic:
    """Return the note of a remark.

    Parameters
    ----------
    remark : Remark
        What is said of a value.
    place : Origin
        Where the value is.
    """
    kind = Counted if remark.counted else Diagnostic
    return kind("note", remark.message, place, remark.help)


def _error(message: str, row: RawRow, field: str, help: str = "") -> Diagnostic:
    return Diagnostic("error", message, row.trace.origin(field), help)


def _header(names: Collection[str]) -> str:
    shown = ", ".join(quoted(name) for name in list(names)[:8])
    return f"the header has {shown}{', ...' if len(names) > 8 else ''}"
