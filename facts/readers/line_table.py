"""The columns of the claim table, and how a row of named texts becomes a claim line."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from facts.claim import ClaimLine, Trace, full_claim_id
from facts.diagnostic import Diagnostic
from facts.origin import Origin
from facts.readers.column_values import PARSERS, REQUIRED, Remark, claim_key, read_value
from facts.readers.notes import Counted
from facts.values import ValueFault, quoted


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
