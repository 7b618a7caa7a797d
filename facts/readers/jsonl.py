"""Rows of a JSONL file: one JSON object on each row. Source: RFC 8259."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from dataclasses import field as made
from decimal import Decimal, DecimalException
from functools import partial
from itertools import islice
from pathlib import Path
from typing import IO, Any

from facts.diagnostic import Diagnostic
from facts.origin import Origin
from facts.readers.column_values import claim_key
from facts.readers.date_orders import DateOrders
from facts.readers.layout import Layout
from facts.readers.line_table import RawRow
from facts.readers.object_names import ObjectNames
from facts.readers.opening import InputText, open_bytes
from facts.readers.plain_values import NotANumber, kind_of, texts_of
from facts.readers.text_file import LONGEST_ROW, PhysicalRows, RowTooLong
from facts.values import one_line, quoted

_MOST_BYTES = 4 * LONGEST_ROW
"""Of the longest row, whatever its characters."""

_CLAIM_ID = re.compile(r'"claim_id"\s*:\s*("(?:[^"\\]|\\.){0,200}"|-?\d{1,20})')


@dataclass(frozen=True, slots=True)
class PathTrace:
    """Places of one object of a JSONL file."""

    source: str
    row: int
    told: Mapping[str, tuple[str, ...]] | None = made(default=None, compare=False)

    def origin(self, field: str) -> Origin:
        """Return the row and the JSON path of a field."""
        if not field:
            return Origin(self.source, f"row {self.row}")
        names = (self.told or {}).get(field, (field,))
        paths = " and ".join(f"`$.{one_line(name)}`" for name in names)
        return Origin(self.source, f"row {self.row}, {paths}")


class ObjectFile:
    """A JSONL file.

    Parameters
    ----------
    path : Path
        The file.
    known : iterable of str
        Names that are read.
    notes : list of Diagnostic
        Gathers warnings of unknown names, each once.
    required : iterable of str, optional
        Names that every object has to have.
    layout : Layout, optional
        What a person says of the names.
    """

    def __init__(
        self,
        path: Path,
        known: Iterable[str],
        notes: list[Diagnostic],
        required: Iterable[str] = (),
        layout: Layout | None = None,
    ) -> None:
        self.path = path
        self._known = tuple(known)
        self._notes = notes
        self._required = tuple(required)
        self.names = ObjectNames(self._known, layout)
        self.text = InputText(path)
        self.dates = DateOrders(str(path), layout.dates if layout else "", self._texts)

    def notes(self) -> list[Diagnostic]:
        """Return notes on how the rows were read, after they were."""
        absent = self.names.absent(str(self.path))
        return [*absent, *self.dates.notes(), *self.text.notes()]

    def _texts(self, column: str) -> Iterator[str]:
        """Yield the texts of a column."""
        for _, record, broken in self._records():
            value = None if broken else self.names.renamed(record).get(column)
            if isinstance(value, str):
                yield value

    def trace(self, number: int) -> PathTrace:
        """Return what gives the places of the row of a number."""
        return PathTrace(str(self.path), number, self.names.told)

    def claim_ids(self) -> Iterator[str]:
        """Yield the claim id of every object, empty where there is none."""
        for _, record, _ in self._records():
            fields, _ = texts_of(self.names.renamed(record), None, ("claim_id", "claim_part"))
            yield claim_key(fields.get("claim_id", ""), fields.get("claim_part", ""))

    def rows(self) -> Iterator[RawRow]:
        """Yield the objects as rows of texts, blank rows left out.

        Of a row that is not JSON only the claim id is taken, so that its claim can be named.
        """
        for number, record, broken in self._records():
            if not broken:
                self.warn(record, number)
            yield self.row_of(number, record, broken)

    def records_at(self, numbers: Collection[int]) -> Iterator[tuple[int, dict[str, Any], str]]:
        """Yield number, object and what is broken of some rows, blank ones left out.

        Parameters
        ----------
        numbers : collection of int
            Numbers of rows that are not too long.
        """
        with open_bytes(self.text.path) as file:
            rows = islice(physical_rows(file), max(numbers, default=0))
            for number, row in enumerate(rows, 1):
                if number in numbers:
                    text = self.text.decoded(row, number == 1)
                    if not text.isspace():
                        yield number, *parsed_object(text)

    def warn(self, names: Iterable[str], number: int) -> None:
        """Warn of the names that are not read, each once.

        Parameters
        ----------
        names : iterable of str
            Names of an object.
        number : int
            The row of the object.
        """
        place = Origin(str(self.path), f"row {number}")
        self._notes.extend(self.names.notes(names, place))

    def row_of(self, number: int, record: Mapping[str, Any], broken: str) -> RawRow:
        """Return an object as a row of texts; nothing is warned of.

        Parameters
        ----------
        number : int
            Number of the row.
        record : mapping
            The object.
        broken : str
            What keeps the row from being read; the object has its claim id alone then.
        """
        trace = self.trace(number)
        if broken:
            fields, _ = texts_of(record, None, ("claim_id",))
            fault = Diagnostic("error", broken, trace.origin(""))
            return RawRow(number, fields, trace, (fault,), self._known)
        mistaken = self.names.faults(record, trace.origin(""))
        record = self.names.renamed(record)
        fields, faults = texts_of(record, trace, self._known)
        self.dates.read(fields)
        missing = {
            name: Diagnostic("error", f"`{name}` is missing", trace.origin(""))
            for name in self._required
            if name not in record
        }
        found = (*mistaken, *missing.values(), *faults.values())
        return RawRow(number, fields, trace, found, (*missing, *faults))

    def _records(self) -> Iterator[tuple[int, dict[str, Any], str]]:
        """Yield number, object and what is broken of every row that is not blank."""
        with self.text.open("\n") as file:
            physical = PhysicalRows(file)
            while True:
                number = physical.begin()
                try:
                    text = next(physical)
                except StopIteration:
                    return
                except RowTooLong as fault:
                    yield number, _guessed(physical.first), f"the row cannot be read: {fault}"
                    continue
                if not text.isspace():
                    yield number, *parsed_object(text)


def physical_rows(file: IO[bytes]) -> Iterator[bytes]:
    """Yield the rows of text of a file as bytes, one that is too long in pieces."""
    return iter(partial(file.readline, _MOST_BYTES), b"")


def open_objects(
    path: Path,
    head: str,
    known: Iterable[str],
    notes: list[Diagnostic],
    required: Iterable[str] = (),
    layout: Layout | None = None,
) -> ObjectFile | None:
    """Look at the beginning of a JSONL file.

    Parameters
    ----------
    path : Path
        The file.
    head : str
        The first characters of the file.
    known : iterable of str
        Columns that are read.
    notes : list of Diagnostic
        Gathers what is wrong with the file, and later warnings.
    required : iterable of str, optional
        Columns that must be there.
    layout : Layout, optional
        What a person says of the columns.

    Returns
    -------
    ObjectFile or None
    """
    name, first = one_line(str(path)), head.lstrip()
    message = ""
    if first.startswith("["):
        message = f"`{name}` is one JSON list, not an object on each row"
    elif first.partition("\n")[0].strip() == "{":
        message = f"`{name}` spreads an object over several rows"
    if message:
        help = "write each object on a row of its own, without a list around them"
        notes.append(Diagnostic("error", message, Origin(str(path), "row 1"), help))
        return None
    return ObjectFile(path, known, notes, required, layout)


def parsed_object(text: str, what: str = "row") -> tuple[dict[str, Any], str]:
    """Return the object of a JSON text, its numbers exact, and what is broken of it.

    Parameters
    ----------
    text : str
        A row of a file, or all of it.
    what : str, optional
        What a sentence calls the text.

    Examples
    --------
    >>> parsed_object('{"units": 2.50}')
    ({'units': Decimal('2.50')}, '')
    """
    text = text.rstrip("\r\n \t")
    repeated: list[str] = []

    def pairs(items: list[tuple[str, Any]]) -> dict[str, Any]:
        record = dict(items)
        if len(record) < len(items):
            counts = Counter(name for name, _ in items)
            repeated.extend(name for name, count in counts.items() if count > 1)
        return record

    try:
        record = json.loads(
            text,
            parse_float=_number,
            parse_int=_number,
            parse_constant=NotANumber,
            object_pairs_hook=pairs,
        )
    except json.JSONDecodeError as fault:
        return _guessed(text), f"the {what} is not JSON: {_reason(text, fault)}"
    except RecursionError:
        return _guessed(text), f"the {what} is nested too deeply"
    if not isinstance(record, dict):
        return {}, f"the {what} is {kind_of(record)}, not an object"
    if repeated:
        known = {} if "claim_id" in repeated else record
        return known, f"{quoted(repeated[0])} occurs twice in the object"
    return record, ""


_REASONS = {
    "Unexpected UTF-8 BOM": "a byte order mark comes before it, as where files were put together",
    "Unterminated string": "a text is opened and not closed",
    "Invalid control": "there is a control character in a text",
    "Invalid": "an escape in a text is wrong",
    "Extra data": "there is more behind the object",
    "Expecting ',' delimiter": "a comma is missing",
    "Expecting ':' delimiter": "a colon is missing",
    "Expecting property name": "a name in double quotes is missing",
    "Illegal trailing comma": "there is a comma before the end",
    "Expecting value": "a value is missing",
}


def _reason(text: str, fault: json.JSONDecodeError) -> str:
    """Return in words what is wrong with a row that is not JSON, and where."""
    found = (words for start, words in _REASONS.items() if fault.msg.startswith(start))
    reason = next(found, f"{fault.msg[:1].lower()}{fault.msg[1:]}")
    if fault.pos >= len(text):
        reason = "it ends before the object does"
    return f"{reason}, at column {fault.pos + 1}"


def _number(text: str) -> Decimal | NotANumber:
    try:
        return Decimal(text)
    except DecimalException:
        return NotANumber(text)


def _guessed(text: str) -> dict[str, Any]:
    """Return the claim id of a row that is not JSON, if it can be found."""
    match = _CLAIM_ID.search(text)
    if match is None:
        return {}
    try:
        return {"claim_id": json.loads(match[1], parse_int=Decimal)}
    except ValueError:
        return {}
