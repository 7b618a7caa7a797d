"""Codes, code ranges and the tables that hold them."""

from __future__ import annotations

import csv
import io
import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import accumulate

from facts.diagnostic import Diagnostic, ProgramError
from facts.origin import Origin
from facts.suggest import near_help
from facts.utf8 import Readable, read_utf8
from facts.values import ValueFault, parse_amount, quoted

_COLUMNS = ("first", "last", "document_lines", "note", "amount", "unit", "value")
DESCRIPTION = "description"
DIAGNOSIS = "diagnosis"


@dataclass(frozen=True, slots=True)
class TableRow:
    """A code or a range of codes in a table.

    Parameters
    ----------
    first, last : str
        The bounds, both counted; equal for a single code. For a table of descriptions ``first``
        is a phrase in lower case.
    origin : Origin
        Place of the row.
    amount : Decimal, optional
        What one unit of the code is.
    unit : str, optional
        What the amount counts.
    value : str, optional
        The meaning of a phrase.
    note : str, optional
        What the table says of it.
    """

    first: str
    last: str
    origin: Origin
    amount: Decimal | None = None
    unit: str = ""
    value: str | None = None
    note: str = ""

    def has(self, code: str) -> bool:
        """Tell whether a code is in the range.

        It is when it has as many characters as the bounds and lies between them in character
        order.

        Examples
        --------
        >>> row = TableRow("A4206", "A4215", Origin("example"))
        >>> row.has("A4210"), row.has("A42100"), row.has("A4216")
        (True, False, False)
        """
        return len(code) == len(self.first) and self.first <= code <= self.last


class CodeTable:
    """A table of codes of one claim column, with quick look-up.

    Parameters
    ----------
    name : str
        As rules write it.
    column : str
        ``procedure``, ``revenue_code``, ``place_of_service``, ``bill_class``, ``diagnosis`` (a
        code belongs when its leading characters do) or ``description`` (rows hold phrases).
    rows : iterable of TableRow
        Its codes and ranges.

    Examples
    --------
    >>> table = CodeTable("drug", "procedure", [TableRow("J0100", "J9999", Origin("example"))])
    >>> [row.first for row in table.rows_of("J7050")]
    ['J0100']
    """

    def __init__(self, name: str, column: str, rows: Iterable[TableRow]) -> None:
        self.name = name
        self.column = column
        self.rows = tuple(rows)
        by_length: dict[int, list[TableRow]] = {}
        for row in sorted(self.rows, key=lambda row: (row.first, row.last)):
            by_length.setdefault(len(row.first), []).append(row)
        self._by_length = {length: _Ranges(ordered) for length, ordered in by_length.items()}

    def rows_of(self, code: str) -> tuple[TableRow, ...]:
        """Return the rows that have a code, or that a description falls under."""
        if self.column == DESCRIPTION:
            words = f" {phrase_of(code)} "
            return tuple(row for row in self.rows if f" {row.first} " in words)
        if self.column == DIAGNOSIS:
            return tuple(
                row
                for length in self._by_length
                if len(code) >= length
                for row in self._of_length(code[:length])
            )
        return tuple(self._of_length(code))

    def _of_length(self, code: str) -> list[TableRow]:
        known = self._by_length.get(len(code))
        return known.rows_of(code) if known is not None else []


class _Ranges:
    """Ranges of codes of one length, in the order of their first codes."""

    def __init__(self, rows: list[TableRow]) -> None:
        self._rows = rows
        self._firsts = [row.first for row in rows]
        self._furthest = list(accumulate((row.last for row in rows), max))

    def rows_of(self, code: str) -> list[TableRow]:
        found = []
        place = bisect_right(self._firsts, code) - 1
        while place >= 0 and self._furthest[place] >= code:
            if self._rows[place].last >= code:
                found.append(self._rows[place])
            place -= 1
        return found[::-1]


def phrase_of(text: str) -> str:
    """Return the words of a text in lower case with single blanks, punctuation left out.

    Examples
    --------
    >>> phrase_of("Heparin-Lock, FLUSH")
    'heparin lock flush'
    """
    return " ".join(re.findall(r"[a-z0-9]+", text.casefold()))


def read_code_table(path: Readable, name: str, column: str, source: str | None = None) -> CodeTable:
    """Read a table of a policy folder.

    Parameters
    ----------
    path : Readable
        A CSV file ``first,last,document_lines,note`` with ``amount,unit`` or ``value`` behind.
    name, column : str
        Name of the table, and of the claim column that it classifies.
    source : str, optional
        Name of the file in diagnostics and origins.

    Returns
    -------
    CodeTable

    Raises
    ------
    ProgramError
        With every row that cannot be read.
    """
    source = source or str(getattr(path, "name", name))
    found: list[Diagnostic] = []
    rows: list[TableRow] = []
    last_row = 0
    text, fault = read_utf8(path, source, "table")
    if fault is not None:
        raise ProgramError([fault])
    try:
        reader = csv.DictReader(io.StringIO(text, newline=""), strict=True)
        if reader.fieldnames is None or "first" not in reader.fieldnames:
            found.append(
                Diagnostic(
                    "error",
                    "the column `first` is missing",
                    Origin(source, "row 1"),
                    "a table has the columns first,last,document_lines,note",
                )
            )
        else:
            found.extend(_strange(reader.fieldnames, Origin(source, "row 1")))
            last_row = reader.line_num
            for record in reader:
                last_row = reader.line_num
                place = Origin(source, f"row {last_row}")
                if None in record or None in record.values():
                    message = "the row has not as many values as the header has columns"
                    help = "is a comma or a quotation mark missing?"
                    found.append(Diagnostic("error", message, place, help))
                    continue
                row = _row(record, place, column, found)
                if row is not None:
                    rows.append(row)
    except csv.Error as error:
        message, help = f"the table cannot be read: {error}", ""
        if "unexpected end" in str(error):
            message, help = "a quotation mark is opened and not closed", 'close it with `"`'
        found.append(Diagnostic("error", message, Origin(source, f"row {last_row + 1}"), help))
    if found:
        raise ProgramError(found)
    return CodeTable(name, column, rows)


def _strange(columns: Sequence[str], place: Origin) -> Iterator[Diagnostic]:
    for name in columns:
        if name not in _COLUMNS:
            help = near_help(name, _COLUMNS, f"a table has {', '.join(_COLUMNS)}")
            yield Diagnostic("error", f"unknown column {quoted(name)}", place, help)


def _row(
    record: dict[str, str | None], place: Origin, column: str, found: list[Diagnostic]
) -> TableRow | None:
    first = (record.get("first") or "").strip()
    last = (record.get("last") or "").strip() or first
    origin = Origin(place.source, place.place, (record.get("document_lines") or "").strip())
    if column == DESCRIPTION:
        first = last = phrase_of(first)
    problem = ""
    if not first:
        problem = "the code is empty"
    elif len(first) != len(last):
        problem = f"the bounds {quoted(first)} and {quoted(last)} differ in length"
    elif first > last:
        problem = f"the range runs backwards from {quoted(first)} to {quoted(last)}"
    amount = None
    text = (record.get("amount") or "").strip()
    if text and not problem:
        try:
            amount = parse_amount(text)
            problem = "" if amount > 0 else "the amount is zero"
        except ValueFault as fault:
            problem = f"the amount {fault.message}"
    if problem:
        found.append(Diagnostic("error", problem, place))
        return None
    return TableRow(
        first,
        last,
        origin,
        amount,
        (record.get("unit") or "").strip(),
        (record.get("value") or "").strip() or None,
        (record.get("note") or "").strip(),
    )
