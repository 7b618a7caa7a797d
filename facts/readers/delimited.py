"""Rows of a CSV file with a header. Source: RFC 4180; semicolons, tabs and bars separate too."""

from __future__ import annotations

import csv
import io
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from facts.claim import Trace
from facts.diagnostic import Diagnostic
from facts.origin import Origin
from facts.readers.column_values import PARSERS, REQUIRED, claim_key
from facts.readers.date_orders import DateOrders
from facts.readers.layout import Layout
from facts.readers.line_table import RawRow
from facts.readers.naming import NOTHING_NAMED, NamedColumns, check_columns, name_columns
from facts.readers.opening import REPLACEMENT, InputText
from facts.readers.text_file import PhysicalRows, Rows, look
from facts.values import quoted

_DELIMITERS = (",", ";", "\t", "|")
_REASONS = {
    "unexpected end of data": "a quotation mark is opened and not closed",
    "',' expected after '\"'": "there is a quotation mark inside a quoted value",
    "field larger than field limit": "a value is too long",
}

_HELP = "is a comma or a quotation mark missing?"

_GUESSED = 50_000
"""Characters of a broken row in which its claim id is looked for."""

MOST_GIVEN_BACK = 1_000
"""Broken rows of a file behind which the next row of text is tried as a row of its own."""

_Picked = tuple[tuple[tuple[int, str], ...], tuple[tuple[tuple[int, ...], str], ...]]


@dataclass(frozen=True, slots=True)
class RowTrace:
    """Places of one row of a CSV file."""

    source: str
    row: int
    named: NamedColumns = field(default=NOTHING_NAMED, compare=False)
    within: str = ""

    def origin(self, field: str) -> Origin:
        """Return the row and, where a field is named, its column."""
        row = f"row {self.row}{self.within}"
        return Origin(self.source, f"{row}, {self.named.place_of(field)}" if field else row)


@dataclass(slots=True)
class DelimitedFile:
    """A CSV file of which the header was looked at.

    Parameters
    ----------
    path : Path
        The file.
    columns : tuple of str
        The header, in lower case without blanks around.
    diagnostics : list of Diagnostic
        Errors keep the file from being read.
    named : NamedColumns
        Which columns stand for those that are read.
    header_row : int
        Row of text of the header; blank rows may stand above it.
    delimiter : str
        What separates the values of a row.
    order : str
        The order of dates that a person says, if any.
    """

    path: Path
    columns: tuple[str, ...]
    diagnostics: list[Diagnostic]
    named: NamedColumns = NOTHING_NAMED
    header_row: int = 1
    delimiter: str = ","
    order: str = ""
    text: InputText = field(init=False)
    dates: DateOrders = field(init=False)

    def __post_init__(self) -> None:
        self.text = InputText(self.path)
        self.dates = DateOrders(str(self.path), self.order, self._texts)

    def notes(self) -> list[Diagnostic]:
        """Return notes on how the rows were read, after they were."""
        return [*self.dates.notes(), *self.text.notes()]

    def _texts(self, column: str) -> Iterator[str]:
        """Yield the texts of a column."""
        (place,) = self.named.picks[column][:1]
        for _, values, broken in self._records():
            if not broken:
                yield values[place]

    @property
    def readable(self) -> bool:
        """Whether the rows can be read."""
        return not any(each.severity == "error" for each in self.diagnostics)

    def claim_ids(self) -> Iterator[str]:
        """Yield the claim id of every row, empty where there is none."""
        (place,) = self.named.picks["claim_id"][:1]
        part = next(iter(self.named.picks.get("claim_part", ())), None)
        for _, values, _ in self._records():
            claim_id = "".join(values[place : place + 1])
            yield claim_key(claim_id, "" if part is None else "".join(values[part : part + 1]))

    def rows(self) -> Iterator[RawRow]:
        """Yield the rows below the header, blank ones left out.

        Of a row that is broken or has not as many values as the header only the claim id is
        taken, so that its claim can be named.
        """
        picked = self._picked()
        for number, values, broken in self._records():
            yield self._row(number, values, broken, picked)

    def trace(self, number: int) -> RowTrace:
        """Return what gives the places of the row of a number."""
        return RowTrace(str(self.path), number, self.named)

    def _row(self, number: int, values: list[str], broken: str, picked: _Picked) -> RawRow:
        trace = self.trace(number)
        if broken:
            claim = self.named.picks.get("claim_id", (len(self.columns),))[0]
            claim_id = values[claim] if claim < len(values) else ""
            named = {"claim_id": claim_id} if claim_id and not claim_id.isspace() else {}
            fault = Diagnostic("error", broken, trace.origin(""), _HELP)
            return RawRow(number, named, trace, (fault,), self.columns)
        single, joined = picked
        fields = {
            name: value
            for place, name in single
            if (value := values[place]) and not value.isspace()
        }
        for places, name in joined:
            if text := " ".join(filter(None, (values[place].strip() for place in places))):
                fields[name] = text
        faults = unreadable(fields, trace)
        for name in faults:
            del fields[name]
        self.dates.read(fields)
        return RawRow(number, fields, trace, tuple(faults.values()), tuple(faults))

    def _picked(self) -> _Picked:
        """Places and names of the columns that are read: of single ones and of those joined."""
        picks = self.named.picks.items()
        single = tuple((places[0], name) for name, places in picks if len(places) == 1)
        return single, tuple((places, name) for name, places in picks if len(places) > 1)

    def row_numbers(self) -> Iterator[int]:
        """Yield the number of every row below the header that is not blank."""
        for number, _, _ in self._records():
            yield number

    def rows_at(self, numbers: Collection[int]) -> Iterator[RawRow]:
        """Yield the rows of some numbers, each of which is one row of text."""
        picked = self._picked()
        with self.text.open() as file:
            for number, text in enumerate(file, 1):
                if number in numbers:
                    records = _records(
                        io.StringIO(text, newline=""), len(self.columns), self.delimiter
                    )
                    for _, values, broken in records:
                        yield self._row(number, values, broken, picked)

    def _records(self) -> Iterator[tuple[int, list[str], str]]:
        """Yield number, values and what is broken of every row that is not blank."""
        with self.text.open() as file:
            records = _records(file, len(self.columns), self.delimiter)
            next(records, None)
            yield from records


def open_delimited(
    path: Path,
    required: Iterable[str] = REQUIRED,
    known: Iterable[str] = tuple(PARSERS),
    layout: Layout | None = None,
) -> DelimitedFile:
    """Look at the header of a CSV file.

    Parameters
    ----------
    path : Path
        The file.
    required, known : iterable of str
        Columns that must and that may stand in the header.
    layout : Layout, optional
        What a person says of the columns.

    Returns
    -------
    DelimitedFile
        With diagnostics for a file that is missing, empty or not text, or whose columns are not
        those that are needed.
    """
    _, fault = look(path)
    if fault is not None:
        return DelimitedFile(path, (), [fault])
    known, layout = tuple(known), layout or Layout()
    read = {delimiter: _header(path, delimiter) for delimiter in _DELIMITERS}
    named = {
        delimiter: name_columns(header, known, layout)
        for delimiter, (_, header, broken) in read.items()
        if not broken
    }
    delimiter = max(named, key=lambda each: len(named[each].picks), default=",")
    if delimiter not in named or not named[delimiter].picks:
        delimiter = ","
    number, header, broken = read[delimiter]
    place = Origin(str(path), f"row {number}")
    if broken:
        fault = Diagnostic("error", broken.replace("the row", "the header", 1), place, _HELP)
        return DelimitedFile(path, (), [fault])
    columns = tuple(name.strip().lower() for name in header)
    found = check_columns(named[delimiter], header, place, required, sorted(known))
    return DelimitedFile(path, columns, found, named[delimiter], number, delimiter, layout.dates)


def _header(path: Path, delimiter: str) -> tuple[int, list[str], str]:
    """Return number, names and what is broken of the header, if a sign separates them."""
    with InputText(path).open() as file:
        return next(_records(file, None, delimiter), (1, [], "the row is blank"))


def _records(file: Rows, width: int | None, delimiter: str) -> Iterator[tuple[int, list[str], str]]:
    """Yield number, values and what is broken of every row, blank ones left out.

    Behind a broken row reading goes on with the next row of text, so that a quotation mark that
    is never closed does not swallow the rows below it.
    """
    physical = PhysicalRows(file)
    reader = csv.reader(physical, strict=True, delimiter=delimiter)
    broken = 0
    while True:
        number = physical.begin()
        values: list[str] = []
        try:
            values = next(reader)
        except StopIteration:
            return
        except csv.Error as fault:
            values = _guessed(physical.first, delimiter)
            reason = f"the row cannot be read as CSV: {_reason(str(fault))}"
        else:
            if not values or (not any(values) if len(values) > 1 else not values[0].strip()):
                continue
            if width is None or len(values) == width:
                yield number, values, ""
                continue
            reason = f"the row has {_counted(len(values), 'value')}, "
            reason += f"the header has {_counted(width, 'column')}"
        broken += 1
        swallowed = physical.give_back_or_count(broken <= MOST_GIVEN_BACK)
        yield number, values, reason
        for behind in range(1, swallowed + 1):
            yield number + behind, [], f"the row cannot be read as CSV: row {number} is broken"


def _guessed(text: str, delimiter: str) -> list[str]:
    """Return the first values of a broken row as far as they can be read."""
    try:
        values = next(csv.reader([text[:_GUESSED]], delimiter=delimiter), [])
    except csv.Error:
        return []
    return values[:-1] if len(text) > _GUESSED else values


def _reason(text: str) -> str:
    return next((words for start, words in _REASONS.items() if text.startswith(start)), text)


def _counted(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def unreadable(fields: dict[str, str], trace: Trace) -> dict[str, Diagnostic]:
    """Return what is wrong with fields that are no text of UTF-8, by column; a trace has places."""
    return {
        name: Diagnostic(
            "error",
            f"`{name}` has characters that cannot be read: {quoted(value)}",
            trace.origin(name),
            "save the file as UTF-8",
        )
        for name, value in fields.items()
        if (not value.isascii() and REPLACEMENT in value) or "\0" in value
    }
