"""Rows of a JSONL file: one JSON object on each row. Source: RFC 8259."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal, DecimalException
from pathlib import Path
from typing import Any

from facts.diagnostic import Diagnostic
from facts.origin import Origin
from facts.readers.line_table import MOST_UNKNOWN, RawRow, check_columns
from facts.readers.plain_values import NotANumber, kind_of, texts_of
from facts.readers.text_file import PhysicalRows, RowTooLong
from facts.values import one_line, quoted

_CLAIM_ID = re.compile(r'"claim_id"\s*:\s*("(?:[^"\\]|\\.){0,200}"|-?\d{1,20})')


@dataclass(frozen=True, slots=True)
class PathTrace:
    """Places of one object of a JSONL file."""

    source: str
    row: int

    def origin(self, field: str) -> Origin:
        """Return the row and the JSON path."""
        return Origin(self.source, f"row {self.row}, `$.{field}`" if field else f"row {self.row}")


class ObjectFile:
    """A JSONL file.

    Parameters
    ----------
    path : Path
    known : iterable of str
        Names that are read.
    notes : list of Diagnostic
        Gathers warnings of unknown names, each once.
    """

    def __init__(self, path: Path, known: Iterable[str], notes: list[Diagnostic]) -> None:
        self.path = path
        self._known = tuple(known)
        self._notes = notes
        self._warned: set[str] = set()

    def claim_ids(self) -> Iterator[str]:
        """Yield the claim id of every object, empty where there is none."""
        for _, record, _ in self._records():
            fields, _ = texts_of(record, None, ("claim_id",))
            yield fields.get("claim_id", "").strip()

    def rows(self) -> Iterator[RawRow]:
        """Yield the objects as rows of texts, blank rows left out.

        Of a row that is not JSON only the claim id is taken, so that its claim can be told.
        """
        for number, record, broken in self._records():
            if not broken:
                self.warn(record, number)
            yield self._row(number, record, broken)

    def row_of(self, text: str, number: int) -> RawRow:
        """Return the row that a row of the file's text is; nothing is warned of."""
        return self._row(number, *_parsed(text))

    @staticmethod
    def names_of(text: str) -> list[str]:
        """Return the names of a row's object; none of a row that is broken."""
        record, broken = _parsed(text)
        return [] if broken else list(record)

    def warn(self, names: Iterable[str], number: int) -> None:
        """Warn of the names that are not read, each once."""
        strange = [name for name in names if name not in self._known and name not in self._warned]
        for name in strange[: MOST_UNKNOWN - len(self._warned)]:
            self._warned.add(name)
            place = f"row {number}"
            self._notes += check_columns([name], str(self.path), place, (), self._known)

    def _row(self, number: int, record: dict[str, Any], broken: str) -> RawRow:
        trace = PathTrace(str(self.path), number)
        if broken:
            fields, _ = texts_of(record, None, ("claim_id",))
            fault = Diagnostic("error", broken, trace.origin(""))
            return RawRow(number, fields, trace, (fault,), self._known)
        fields, faults = texts_of(record, trace, self._known)
        return RawRow(number, fields, trace, tuple(faults.values()), tuple(faults))

    def _records(self) -> Iterator[tuple[int, dict[str, Any], str]]:
        """Yield number, object and what is broken of every row that is not blank."""
        with self.path.open(encoding="utf-8-sig", errors="replace", newline="\n") as file:
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
                    yield number, *_parsed(text)


def open_objects(
    path: Path, head: str, known: Iterable[str], notes: list[Diagnostic]
) -> ObjectFile | None:
    """Look at the beginning of a JSONL file.

    Parameters
    ----------
    path : Path
    head : str
        The first characters of the file.
    known : iterable of str
    notes : list of Diagnostic
        Gathers what is wrong with the file, and later warnings.

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
    return ObjectFile(path, known, notes)


def _parsed(text: str) -> tuple[dict[str, Any], str]:
    """Return the object of a row and what is broken of it."""
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
        reason = f"{fault.msg[:1].lower()}{fault.msg[1:]}"
        return _guessed(text), f"the row is not JSON: {reason} at column {fault.colno}"
    except RecursionError:
        return _guessed(text), "the row is nested too deeply"
    if not isinstance(record, dict):
        return {}, f"the row is {kind_of(record)}, not an object"
    if repeated:
        told = {} if "claim_id" in repeated else record
        return told, f"{quoted(repeated[0])} stands twice in the object"
    return record, ""


def _number(text: str) -> Decimal | NotANumber:
    try:
        return Decimal(text)
    except DecimalException:
        return NotANumber(text)


def _guessed(text: str) -> dict[str, Any]:
    """Return the claim id of a row that is not JSON, if it can be told."""
    match = _CLAIM_ID.search(text)
    if match is None:
        return {}
    try:
        return {"claim_id": json.loads(match[1], parse_int=Decimal)}
    except ValueError:
        return {}
