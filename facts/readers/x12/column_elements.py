"""Elements of an 837 as the columns of the claim table read them."""

from __future__ import annotations

from decimal import Decimal
from functools import lru_cache
from typing import Any

from facts.diagnostic import Diagnostic
from facts.readers.column_values import changed_number, number_help, read_value
from facts.readers.line_table import note
from facts.readers.x12.elements import element, place
from facts.readers.x12.segments import Segment
from facts.values import ValueFault, quoted


def column_value(
    column: str, segment: Segment | None, position: int, source: str, found: list[Diagnostic]
) -> Any:
    """Return the value of an element, None where it is empty or stands for no value.

    Parameters
    ----------
    column : str
        The column of the claim table that the element is.
    segment : Segment or None
        The segment, where there is one.
    position : int
        The element in the segment.
    source : str
        The file, as places name it.
    found : list of Diagnostic
        Gathers what is wrong, and notes.
    """
    text = element(segment, position).strip() if segment is not None else ""
    return text_value(column, text, segment, f"{position:02}", source, found) if text else None


def text_value(
    column: str,
    text: str,
    segment: Segment | None,
    position: str,
    source: str,
    found: list[Diagnostic],
) -> Any:
    """Return the value of a text of an element, None where it stands for no value.

    Parameters
    ----------
    column : str
        The column of the claim table that the text is.
    text : str
        The text.
    segment : Segment or None
        The segment of the element.
    position : str
        The element or component, as in ``05-1``.
    source : str
        The file, as places name it.
    found : list of Diagnostic
        Gathers what is wrong, and notes.
    """
    plain = _plain(column, text)
    if plain is not None:
        return plain
    where = place(source, segment, position) if segment is not None else None
    try:
        value, remarks = read_value(column, text)
    except ValueFault as fault:
        found.append(Diagnostic("error", f"the element {fault.message}", where, fault.help))
        return None
    if where is not None:
        found += [note(remark, where) for remark in remarks]
    return value


@lru_cache(maxsize=65_536)
def _plain(column: str, text: str) -> Any:
    """Return a value of which nothing is said, else None."""
    try:
        value, remarks = read_value(column, text)
    except ValueFault:
        return None
    return None if remarks else value


def check_id(claim_id: str, segment: Segment, source: str, found: list[Diagnostic]) -> None:
    """Refuse a claim id that is a word for nothing, or that a spreadsheet spoiled.

    Parameters
    ----------
    claim_id : str
        The claim id, which is kept as it is.
    segment : Segment
        Its segment, CLM.
    source : str
        The file, as places name it.
    found : list of Diagnostic
        Gathers what is wrong.
    """
    try:
        if claim_id:
            read_value("claim_id", claim_id)
    except ValueFault as fault:
        where = place(source, segment, "01")
        found.append(Diagnostic("error", f"the element {fault.message}", where, fault.help))


def note_on_amount(
    value: Decimal, segment: Segment, position: int, source: str, found: list[Diagnostic]
) -> None:
    """Tell of a number that is not read as it is written.

    Parameters
    ----------
    value : Decimal
        What it was read as.
    segment : Segment
        The segment.
    position : int
        The element in the segment.
    source : str
        The file, as places name it.
    found : list of Diagnostic
        Gathers notes.
    """
    text = element(segment, position)
    changed = changed_number(text, value)
    if changed is not None:
        message = f"the element was read as {quoted(changed)} instead of {quoted(text)}"
        where = place(source, segment, f"{position:02}")
        found.append(Diagnostic("note", message, where, number_help(text)))
