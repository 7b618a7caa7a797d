"""Rows of a CSV file with a header. Source: RFC 4180, in UTF-8 with or without a mark."""

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
from facts.readers.line_table import RawRow, check_columns
from facts.readers.opening import REPLACEMENT, InputText
from facts.readers.text_file import PhysicalRows, Rows, look
from facts.values import one_line, quoted

_OTHER_DELIMITERS = {";": "semicolons", "\t": "tabs", "|": "bars"}
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


@dataclass(frozen=True, slots=True)
class RowTrace:
    """Places of one row of a CSV file."""

    source: str
    row: int

    def origin(self, field: str) -> Origin:
        """Return the row and, where a field is named, its column."""
        return Origin(
            self.source, f"row {self.row}, column `{field}`" if field else f"row {self.row}"
        )


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
    known : frozenset of str
        Columns that are read.
    header_row : int
        Row of text of the header; blank rows may stand above it.
    """

    path: Path
    columns: tuple[str, ...]
    diagnostics: list[Diagnostic]
    known: frozenset[str] = field(default_factory=frozenset)
    header_row: int = 1
    text: InputText = field(init=False)

    def __post_init__(self) -> None:
        self.text = InputText(self.path)

    def notes(self) -> list[Diagnostic]:
        """Return notes on how the rows were read, after they were."""
        return self.text.notes()

    @property
    def readable(self) -> bool:
        """Whether the rows can be read."""
        return not any(each.severity == "error" for each in self.diagnostics)

    def claim_ids(self) -> Iterator[str]:
        """Yield the claim id of every row, empty where there is none."""
        place = self.columns.index("claim_id")
        part = self.columns.index("claim_part") if "claim_part" in self.columns else None
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

    def _row(
        self, number: int, values: list[str], broken: str, picked: tuple[tuple[int, str], ...]
    ) -> RawRow:
        columns = self.columns
        trace = RowTrace(str(self.path), number)
        if broken:
            claim = columns.index("claim_id") if "claim_id" in columns else len(columns)
            claim_id = values[claim] if claim < len(values) else ""
            named = {"claim_id": claim_id} if claim_id and not claim_id.isspace() else {}
            fault = Diagnostic("error", broken, trace.origin(""), _HELP)
            return RawRow(number, named, trace, (fault,), columns)
        fields = {
            name: value
            for place, name in picked
            if (value := values[place]) and not value.isspace()
        }
        faults = unreadable(fields, trace)
        for name in faults:
            del fields[name]
        return RawRow(number, fields, trace, tuple(faults.values()), tuple(faults))

    def _picked(self) -> tuple[tuple[int, str], ...]:
        """Places and names of the columns that are read."""
        return tuple((place, name) for place, name in enumerate(self.columns) if name in self.known)

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
                    records = _records(io.StringIO(text, newline=""), len(self.columns))
                    for _, values, broken in records:
                        yield self._row(number, values, broken, picked)

    def _records(self) -> Iterator[tuple[int, list[str], str]]:
        """Yield number, values and what is broken of every row that is not blank."""
        with self.text.open() as file:
            records = _records(file, len(self.columns))
            next(records, None)
            yield from records


def open_delimited(
    path: Path,
    required: Iterable[str] = REQUIRED,
    known: Iterable[str] = tuple(PARSERS),
) -> DelimitedFile:
    """Look at the header of a CSV file.

    Parameters
    ----------
    path : Path
        The file.
    required, known : iterable of str
        Columns that must and that may stand in the header.

    Returns
    -------
    DelimitedFile
        With diagnostics for a file that is missing, empty, not text, of another delimiter, or
        whose columns are not those that are needed.
    """
    source = str(path)
    _, fault = look(path)
    if fault is not None:
        return DelimitedFile(path, (), [fault])
    with InputText(path).open() as file:
        number, header, broken = next(_records(file), (1, [], "the row is blank"))
    place = f"row {number}"
    if broken:
        fault = Diagnostic(
            "error", broken.replace("the row", "the header", 1), Origin(source, place), _HELP
        )
        return DelimitedFile(path, (), [fault])
    if len(header) == 1:
        for delimiter, words in _OTHER_DELIMITERS.items():
            if delimiter in header[0]:
                fault = Diagnostic(
                    "error",
                    f"`{one_line(source)}` separates its columns with {words}",
                    Origin(source, place),
                    "separate them with commas",
                )
                return DelimitedFile(path, (), [fault])
    unreadable = next((name for name in header if REPLACEMENT in name), None)
    if unreadable is not None:
        message = f"the header has characters that cannot be read: {quoted(unreadable)}"
        fault = Diagnostic("error", message, Origin(source, place), "save the file as UTF-8")
        return DelimitedFile(path, (), [fault])
    columns = tuple(name.strip().lower() for name in header)
    known = frozenset(known)
    return DelimitedFile(
        path, columns, check_columns(columns, source, place, required, sorted(known)), known, number
    )


def _records(file: Rows, width: int | None = None) -> Iterator[tuple[int, list[str], str]]:
    """Yield number, values and what is broken of every row, blank ones left out.

    Behind a broken row reading goes on with the next row of text, so that a quotation mark that
    is never closed does not swallow the rows below it.
    """
    physical = PhysicalRows(file)
    reader = csv.reader(physical, strict=True)
    broken = 0
    while True:
        number = physical.begin()
        values: list[str] = []
        try:
            values = next(reader)
        except StopIteration:
            return
        except csv.Error as fault:
            values = _guessed(physical.first)
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


def _guessed(text: str) -> list[str]:
    """Return the first values of a broken row as far as they can be read."""
    try:
        values = next(csv.reader([text[:_GUESSED]]), [])
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
