"""Rows of a CSV file with a header. Source: RFC 4180, in UTF-8 with or without a mark."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from facts.diagnostic import Diagnostic
from facts.origin import Origin
from facts.readers.line_table import PARSERS, REQUIRED, RawRow, check_columns
from facts.readers.text_file import look
from facts.values import quoted

_OTHER_DELIMITERS = {";": "semicolons", "\t": "tabs", "|": "bars"}

csv.field_size_limit(1_000_000)


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
    columns : tuple of str
        The header, in lower case without blanks around.
    diagnostics : list of Diagnostic
        Errors keep the file from being read.
    """

    path: Path
    columns: tuple[str, ...]
    diagnostics: list[Diagnostic]

    @property
    def readable(self) -> bool:
        """Whether the rows can be read."""
        return not any(each.severity == "error" for each in self.diagnostics)

    def rows(self) -> Iterator[RawRow]:
        """Yield the rows below the header, blank ones left out."""
        source, columns, width = str(self.path), self.columns, len(self.columns)
        with self.path.open(encoding="utf-8-sig", errors="replace", newline="") as file:
            reader = csv.reader(file, strict=True)
            next(reader, None)
            before = reader.line_num
            while True:
                try:
                    values = next(reader)
                except StopIteration:
                    return
                except csv.Error as fault:
                    number = before + 1
                    before = reader.line_num
                    trace = RowTrace(source, number)
                    yield RawRow(number, {}, trace, (_broken(str(fault), trace),))
                    continue
                number, before = before + 1, reader.line_num
                if not values or (width > 1 and not any(values)):
                    continue
                trace = RowTrace(source, number)
                if len(values) == width:
                    fields = {
                        name: value
                        for name, value in zip(columns, values, strict=True)
                        if value and not value.isspace()
                    }
                    faults = _unreadable(fields, trace)
                    yield RawRow(number, fields, trace, faults)
                else:
                    fields = dict(zip(columns, values, strict=False))
                    yield RawRow(number, fields, trace, (_width(len(values), width, trace),))


def open_delimited(
    path: Path,
    required: Iterable[str] = REQUIRED,
    known: Iterable[str] = tuple(PARSERS),
) -> DelimitedFile:
    """Look at the header of a CSV file.

    Parameters
    ----------
    path : Path
    required, known : iterable of str
        Columns that must and that may stand in the header.

    Returns
    -------
    DelimitedFile
        With diagnostics for a file that is missing, empty, not text, of another delimiter, or
        whose columns are not those that are needed.
    """
    source = str(path)
    text, fault = look(path)
    if fault is not None:
        return DelimitedFile(path, (), [fault])
    head = text.splitlines()[0]
    if "," not in head:
        for delimiter, words in _OTHER_DELIMITERS.items():
            if delimiter in head:
                fault = Diagnostic(
                    "error",
                    f"`{source}` separates its columns with {words}",
                    Origin(source, "row 1"),
                    "separate them with commas",
                )
                return DelimitedFile(path, (), [fault])
    try:
        columns = tuple(name.strip().lower() for name in next(csv.reader([head])))
    except (csv.Error, StopIteration):
        columns = ()
    found = check_columns(columns, source, "row 1", required, known)
    return DelimitedFile(path, columns, found)


def _width(found: int, expected: int, trace: RowTrace) -> Diagnostic:
    return Diagnostic(
        "error",
        f"the row has {found} values, the header has {expected} columns",
        trace.origin(""),
        "is a comma or a quotation mark missing?",
    )


def _broken(reason: str, trace: RowTrace) -> Diagnostic:
    return Diagnostic("error", f"the row cannot be read as CSV: {reason}", trace.origin(""))


def _unreadable(fields: dict[str, str], trace: RowTrace) -> tuple[Diagnostic, ...]:
    return tuple(
        Diagnostic(
            "error",
            f"`{name}` has characters that cannot be read: {quoted(value)}",
            trace.origin(name),
            "save the file as UTF-8",
        )
        for name, value in fields.items()
        if "�" in value or "\0" in value
    )
