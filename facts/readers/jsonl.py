"""Rows of a JSONL file: one JSON object on each row. Source: RFC 8259."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from facts.diagnostic import Diagnostic
from facts.origin import Origin
from facts.readers.line_table import PARSERS, RawRow, check_columns
from facts.values import format_number, quoted

_LISTS = ("modifiers", "diagnoses")
_LONGEST_ROW = 1_000_000


@dataclass(frozen=True, slots=True)
class PathTrace:
    """Places of one object of a JSONL file."""

    source: str
    row: int

    def origin(self, field: str) -> Origin:
        """Return the row and the JSON path."""
        return Origin(self.source, f"row {self.row}, `$.{field}`" if field else f"row {self.row}")


def jsonl_rows(
    path: Path, known: tuple[str, ...], warned: set[str], notes: list[Diagnostic]
) -> Iterator[RawRow]:
    """Yield the objects of a JSONL file as rows of texts.

    Parameters
    ----------
    path : Path
    known : tuple of str
        Names that are read.
    warned : set of str
        Unknown names that were told already.
    notes : list of Diagnostic
        Gathers warnings of unknown names.
    """
    source = str(path)
    with path.open(encoding="utf-8-sig", errors="replace", newline="\n") as file:
        for number, text in enumerate(file, 1):
            if not text.strip():
                continue
            trace = PathTrace(source, number)
            record, fault = _parsed(text, trace)
            if fault is not None:
                yield RawRow(number, {}, trace, (fault,))
                continue
            for name in record:
                if name not in known and name not in warned:
                    warned.add(name)
                    notes.extend(check_columns([name], source, f"row {number}", (), known))
            fields, faults = texts_of(record, trace)
            yield RawRow(number, fields, trace, tuple(faults))


def texts_of(record: Mapping[str, Any], trace: Any) -> tuple[dict[str, str], list[Diagnostic]]:
    """Return the values of a record as the texts that a table would hold.

    Parameters
    ----------
    record : mapping
        Values may be text, exact numbers, whole numbers, dates and, for modifiers and diagnoses,
        lists of text.
    trace : Trace

    Returns
    -------
    dict of str to str
        What is not empty.
    list of Diagnostic
        Values of a type that cannot stand there.
    """
    fields: dict[str, str] = {}
    faults: list[Diagnostic] = []
    for name, value in record.items():
        if value is None:
            continue
        text: str | None = None
        if isinstance(value, str):
            text = value
        elif isinstance(value, bool):
            pass
        elif isinstance(value, (int, Decimal)):
            text = _number_text(value)
        elif isinstance(value, float):
            text = repr(value)
        elif isinstance(value, date) and type(value) is date:
            text = value.isoformat()
        elif (
            name in _LISTS
            and isinstance(value, (list, tuple))
            and all(isinstance(item, str) for item in value)
        ):
            text = " ".join(value)
        if text is None:
            if name in PARSERS or name not in record:
                faults.append(
                    Diagnostic(
                        "error",
                        f"`{name}` cannot be {_kind(value)}",
                        trace.origin(name),
                        "give text or a number",
                    )
                )
        elif "�" in text or "\0" in text or not _encodable(text):
            faults.append(
                Diagnostic(
                    "error",
                    f"`{name}` has characters that cannot be read: {quoted(text)}",
                    trace.origin(name),
                    "save the file as UTF-8",
                )
            )
        elif text and not text.isspace():
            fields[name] = text
    return fields, faults


def _parsed(text: str, trace: PathTrace) -> tuple[dict[str, Any], Diagnostic | None]:
    if len(text) > _LONGEST_ROW:
        return {}, _fault(f"the row is longer than {_LONGEST_ROW} characters", trace)
    repeated: list[str] = []

    def pairs(items: list[tuple[str, Any]]) -> dict[str, Any]:
        names = [name for name, _ in items]
        repeated.extend(name for name in dict.fromkeys(names) if names.count(name) > 1)
        return dict(items)

    try:
        record = json.loads(
            text, parse_float=Decimal, parse_constant=_refuse, object_pairs_hook=pairs
        )
    except json.JSONDecodeError as fault:
        return {}, _fault(
            f"the row is not JSON: {fault.msg[:1].lower()}{fault.msg[1:]} at column {fault.colno}",
            trace,
        )
    except (ValueError, ArithmeticError) as fault:
        return {}, _fault(f"the row has a number that cannot be read: {fault}", trace)
    except RecursionError:
        return {}, _fault("the row is nested too deeply", trace)
    if not isinstance(record, dict):
        return {}, _fault(f"the row is {_kind(record)}, not an object", trace)
    if repeated:
        return {}, _fault(f"{quoted(repeated[0])} stands twice in the object", trace)
    return record, None


def _refuse(name: str) -> Any:
    raise ValueError(f"`{name}`")


def _number_text(value: int | Decimal) -> str:
    if isinstance(value, Decimal) and (not value.is_finite() or abs(value.adjusted()) > 40):
        return str(value)
    if isinstance(value, int) and value.bit_length() > 200:
        return "a whole number that is too long"
    return format_number(value)


def _encodable(text: str) -> bool:
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True


def _kind(value: Any) -> str:
    if isinstance(value, bool):
        return "true or false"
    if isinstance(value, (list, tuple)):
        return "a list"
    if isinstance(value, dict):
        return "an object"
    return f"of the type {quoted(type(value).__name__)}"


def _fault(message: str, trace: PathTrace) -> Diagnostic:
    return Diagnostic("error", message, trace.origin(""))
