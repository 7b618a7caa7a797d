"""The columns of the claim table, and how a row of named texts becomes a claim line."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from facts.claim import ClaimLine, Trace, full_claim_id
from facts.diagnostic import Diagnostic
from facts.origin import Origin
from facts.readers.column_names import meant
from facts.schema import CLAIM_COLUMNS
from facts.values import (
    CLAIM_FORMS,
    PROCEDURE_LENGTH,
    ValueFault,
    looks_like_claim_form,
    odd_procedure,
    parse_amount,
    parse_claim_form,
    parse_code,
    parse_date,
    parse_diagnoses,
    parse_modifiers,
    parse_place_of_service,
    parse_revenue_code,
    parse_text,
    parse_type_of_bill,
    parse_whole_number,
    quoted,
)


def _line_number(text: str) -> int:
    return parse_whole_number(text, least=1)


PARSERS: dict[str, Callable[[str], Any]] = {
    "claim_id": parse_text,
    "line_number": _line_number,
    "claim_form": parse_claim_form,
    "service_date": parse_date,
    "service_date_to": parse_date,
    "processed_date": parse_date,
    "type_of_bill": parse_type_of_bill,
    "revenue_code": parse_revenue_code,
    "place_of_service": parse_place_of_service,
    "procedure_code": parse_code,
    "modifiers": parse_modifiers,
    "units": parse_amount,
    "charge": parse_amount,
    "ndc": parse_text,
    "ndc_quantity": parse_amount,
    "ndc_unit": parse_text,
    "description": parse_text,
    "rendering_provider": parse_text,
    "prior_authorization": parse_text,
    "diagnoses": parse_diagnoses,
    "plan_id": parse_text,
    "contract_id": parse_text,
    "claim_part": parse_text,
    "superseded_by": parse_text,
}
"""Every column of the claim table with what reads it. Source: the design's table of claim lines."""

REQUIRED = tuple(each.name for each in CLAIM_COLUMNS if each.required)
CODE_COLUMNS = ("procedure_code", "type_of_bill", "revenue_code", "place_of_service")
"""Columns of one code, normalised with a note where that changes letters or blanks."""

CODE_LISTS = ("modifiers", "diagnoses")
"""Columns of several codes, normalised with a note where that changes letters."""

WITHOUT = {
    "line_number": "every row would hold for every line of its claim",
    "effective_from": "every row would hold from the first day on",
    "effective_to": "no row would ever end",
}
"""Columns that may be missing, and what the rows would say then."""

_SPELLED = {"claim_form": f"claim forms are {' and '.join(CLAIM_FORMS)}"}

_LEADING_ZERO = ("place_of_service", "revenue_code")
"""Columns of codes that get a lost leading zero back, and a note tells so."""

LONGEST_TEXT = 10_000
"""Characters of the longest value that is read."""

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
        number = fields.get("claim_id", "").strip()
        return full_claim_id(number, fields.get("claim_part", "").strip()) if number else ""


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
    for name, text in fields.items():
        parser = PARSERS.get(name)
        if parser is None:
            continue
        if len(text) > LONGEST_TEXT:
            found.append(_error(f"`{name}` is longer than {LONGEST_TEXT} characters", row, name))
            continue
        try:
            values[name] = parser(text)
        except ValueFault as fault:
            found.append(_error(f"`{name}` {fault.message}", row, name, fault.help))
            continue
        for message, help in remarks(name, text, values[name]):
            found.append(Diagnostic("note", message, row.trace.origin(name), help))
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


def remarks(name: str, text: str, value: Any) -> list[tuple[str, str]]:
    """Return sentences, each with its help, on a value that is read: was it meant so?

    Parameters
    ----------
    name : str
        A column of the claim table.
    text : str
        What stood there.
    value : object
        What it was read as.

    Examples
    --------
    >>> [sentence for sentence, _ in remarks("procedure_code", "j7050", "J7050")]
    ['`procedure_code` was read as `J7050` instead of `j7050`']
    """
    found = []
    read_as = normalised(name, text, value)
    if read_as is not None:
        message = f"`{name}` was read as {quoted(read_as)} instead of {quoted(text)}"
        help = _SPELLED.get(name, "codes are upper case without blanks")
        lost_zero = name in _LEADING_ZERO and read_as == f"0{text.strip()}"
        found.append((message, "a leading zero was lost" if lost_zero else help))
    odd = questionable(name, value)
    if odd is not None:
        found.append(odd)
    return found


def normalised(name: str, text: str, value: Any) -> str | None:
    """Return what a code was read as, where a person should know that it was changed.

    Letters and blanks that change are reported, and the leading zeros of places of service and
    revenue codes that come back.

    Parameters
    ----------
    name : str
        A column of the claim table.
    text : str
        What stood there.
    value : object
        What it was read as.

    Examples
    --------
    >>> normalised("procedure_code", "j7050", "J7050"), normalised("revenue_code", "636", "0636")
    ('J7050', '0636')
    """
    if name in _LEADING_ZERO and text.strip() != value and text.strip().isdigit():
        return str(value)
    if name in CODE_COLUMNS:
        if text != value and (text != text.upper() or any(map(str.isspace, text))):
            return str(value)
    elif name == "claim_form":
        if text.strip().lower() != value:
            return str(value)
    elif name in CODE_LISTS and text != text.upper():
        return text.upper()
    return None


def questionable(name: str, value: Any) -> tuple[str, str] | None:
    """Return a sentence and its help on a value that is read, and likely is not what was meant.

    Parameters
    ----------
    name : str
        A column of the claim table.
    value : object
        What it was read as.

    Examples
    --------
    >>> questionable("procedure_code", "J12")[0]
    '`J12` has 3 characters, procedure codes have five'
    >>> questionable("claim_form", "ub92")[0]
    'the claim form `ub92` is unknown'
    """
    if name == "procedure_code" and len(value) != PROCEDURE_LENGTH:
        return odd_procedure(value)
    if name == "claim_form" and looks_like_claim_form(value):
        help = f"the line is not addressed; one of {', '.join(CLAIM_FORMS)}"
        return f"the claim form {quoted(value)} is unknown", help
    return None


def _error(message: str, row: RawRow, field: str, help: str = "") -> Diagnostic:
    return Diagnostic("error", message, row.trace.origin(field), help)


def _header(names: Collection[str]) -> str:
    shown = ", ".join(quoted(name) for name in list(names)[:8])
    return f"the header has {shown}{', ...' if len(names) > 8 else ''}"
