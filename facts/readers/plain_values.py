"""Values of JSON and of Python as the texts that a table would hold."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping
from datetime import date, datetime
from decimal import Decimal
from numbers import Integral, Real
from typing import Any

from facts.claim import Diagnosis, Trace
from facts.diagnostic import Diagnostic
from facts.origin import Origin
from facts.readers.column_values import CODE_LISTS, PARSERS
from facts.schema import CLAIM_COLUMNS, EVIDENCE_COLUMNS, OVERRIDE_COLUMNS
from facts.spoiled import shortest_single, without_midnight
from facts.values import format_number, quoted

_MOST_DIGITS = 40

_EXACT_DOUBLE = 2**53
_EXACT_SINGLE = 2**24
"""Whole numbers below which a binary number of 64 or 32 bits has all digits. Source: IEEE 754."""

_LONGEST_SINGLE = 9
"""Digits of a decimal that tell every number of 32 bits from the others."""

_COLUMNS = (*CLAIM_COLUMNS, *EVIDENCE_COLUMNS, *OVERRIDE_COLUMNS)
_SPELLED = {each.name for each in _COLUMNS if each.type == "text"} - {"value"}
"""Columns of which every digit counts: no exponent may stand for some of them."""


class NotANumber(str):
    """A number of JSON that is none, such as ``Infinity``."""


class Single(float):
    """A number that was stored in 32 bits: its shortest decimal is what was meant."""


def texts_of(
    record: Mapping[str, Any], trace: Trace | None, known: Collection[str] = tuple(PARSERS)
) -> tuple[dict[str, str], dict[str, Diagnostic]]:
    """Return the values of a record as the texts that a table would hold.

    Parameters
    ----------
    record : mapping
        Values may be text, exact numbers, whole numbers, dates and, for modifiers and diagnoses,
        lists of text.
    trace : Trace or None
        None where the faults are not read.
    known : collection of str, optional
        Names that are read; the others are passed over.

    Returns
    -------
    dict of str to str
        What is not empty.
    dict of str to Diagnostic
        Values of a type that cannot stand there, by name.

    Examples
    --------
    >>> texts_of({"units": Decimal("2.50"), "modifiers": ["59", "SH"]}, None)
    ({'units': '2.5', 'modifiers': '59 SH'}, {})
    """
    fields: dict[str, str] = {}
    faults: dict[str, Diagnostic] = {}
    for name, value in record.items():
        if value is None or name not in known:
            continue
        text = value if type(value) is str else _text(name, value)
        if text is None:
            faults[name] = _refused(name, value, trace)
        elif (not text.isascii() and not _readable(text)) or "\0" in text:
            message = f"`{name}` has characters that cannot be read: {quoted(text)}"
            faults[name] = _fault(message, name, trace, "save the file as UTF-8")
        elif text and not text.isspace():
            fields[name] = text
    return fields, faults


def _refused(name: str, value: Any, trace: Trace | None) -> Diagnostic:
    if name in CODE_LISTS and isinstance(value, (list, tuple)):
        item = next(item for item in value if _item(item) is None)
        message = f"`{name}` has {kind_of(item)} in its list"
        return _fault(message, name, trace, "give a list of texts")
    return _fault(f"`{name}` cannot be {kind_of(value)}", name, trace, "give text or a number")


def kind_of(value: Any) -> str:
    """Return in words what a value is, for a sentence that refuses it."""
    if isinstance(value, bool):
        return "true or false"
    if isinstance(value, NotANumber):
        return quoted(value)
    if isinstance(value, (list, tuple)):
        return "a list"
    if isinstance(value, Mapping):
        return "an object"
    if value is None:
        return "null"
    if isinstance(value, str):
        return "a text"
    if isinstance(value, (int, Decimal)):
        return "a number"
    return f"of the type {quoted(type(value).__name__)}"


def _text(name: str, value: Any) -> str | None:
    if isinstance(value, bool):
        return None
    if _is_nothing(value):
        return "NaN"
    if isinstance(value, NotANumber):
        return None
    if isinstance(value, str):
        return str(value)
    if isinstance(value, Integral):
        return _number_text(Decimal(int(value)))
    if isinstance(value, Decimal):
        if name in _SPELLED and value.is_finite() and int(value.as_tuple().exponent) > 0:
            return str(value)
        return _number_text(value)
    if isinstance(value, Real):
        return _binary_text(name, value)
    if isinstance(value, datetime):
        return without_midnight(value.isoformat())
    if isinstance(value, date):
        return value.isoformat()
    if type(value).__name__ == "datetime64":
        return str(value)
    if name in CODE_LISTS and isinstance(value, (list, tuple)):
        items = [_item(item) for item in value]
        return None if None in items else " ".join(filter(None, items))
    return None


def _binary_text(name: str, value: Any) -> str | None:
    """Return the shortest decimal of a binary number; of an id, none that lost digits."""
    number = float(value)
    if not math.isfinite(number):
        return str(Decimal(number))
    double = isinstance(value, float) and not isinstance(value, Single)
    if name in _SPELLED and abs(number) >= (_EXACT_DOUBLE if double else _EXACT_SINGLE):
        return f"{number:.{14 if double else 6}E}"
    if double:
        return _number_text(Decimal(repr(number)))
    return shortest_single(number, _LONGEST_SINGLE)


def _item(item: Any) -> str | None:
    if isinstance(item, Diagnosis):
        return f"{item.code}:{item.indicator}" if item.indicator else item.code
    if isinstance(item, (NotANumber, bool)):
        return None
    if isinstance(item, str):
        return item
    if isinstance(item, Integral):
        return str(int(item))
    if isinstance(item, Decimal) and item.is_finite():
        return _number_text(item)
    return None


def _number_text(value: Decimal) -> str:
    if not value.is_finite() or abs(value.adjusted()) > _MOST_DIGITS:
        return str(value)[:1000]
    return format_number(value)


def _is_nothing(value: Any) -> bool:
    """Return whether a value is what data frames and JSON write for none, such as NaN and NaT."""
    if isinstance(value, NotANumber):
        return value == "NaN"
    if isinstance(value, Decimal):
        return value.is_nan()
    if type(value).__name__ == "NAType":
        return True
    return not isinstance(value, (str, list, tuple, Mapping)) and bool(value != value)


def _readable(text: str) -> bool:
    if "\ufffd" in text:
        return False
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True


def _fault(message: str, name: str, trace: Trace | None, help: str) -> Diagnostic:
    return Diagnostic("error", message, trace.origin(name) if trace else Origin(""), help)
