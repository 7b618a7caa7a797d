"""Dataclasses as plain values of JSON, and back again by what their types say."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import fields, is_dataclass
from datetime import date
from functools import cache
from types import NoneType, UnionType
from typing import Any, TypeVar, cast, get_args, get_origin, get_type_hints

T = TypeVar("T")
Maker = Callable[[Any], Any]


def plain(value: Any) -> Any:
    """Return a value as JSON can say it: a dataclass as the list of its fields, a date as ISO text.

    Examples
    --------
    >>> from facts.claim import EvidenceType
    >>> plain((EvidenceType("dose", "number"), date(2018, 1, 1)))
    [['dose', 'number', [], '', False], '2018-01-01']
    """
    if isinstance(value, (tuple, list)):
        return [plain(each) for each in value]
    if isinstance(value, date):
        return value.isoformat()
    if is_dataclass(value):
        return [plain(getattr(value, each.name)) for each in fields(value)]
    return value


def value_of(kind: type[T], made: Any) -> T:
    """Return what ``plain`` made of a value again, by what the types of its fields say.

    Parameters
    ----------
    kind : type
        A dataclass or a named tuple.
    made : list
        What ``plain`` returned, read back from JSON.

    Examples
    --------
    >>> from facts.claim import EvidenceType
    >>> value_of(EvidenceType, plain(EvidenceType("kind", "choice", ("drug", "supply")))).choices
    ('drug', 'supply')
    """
    maker = _maker(cast(Hashable, kind))
    assert maker is not None
    value: T = maker(made)
    return value


@cache
def _maker(kind: Any) -> Maker | None:
    """Return what makes a value of a type; None where the value of JSON is the value."""
    if kind is date:
        return date.fromisoformat
    if isinstance(kind, type) and (is_dataclass(kind) or hasattr(kind, "_fields")):
        hints = get_type_hints(kind)
        names = [each.name for each in fields(kind)] if is_dataclass(kind) else kind._fields
        return _record(kind, [_maker(hints[name]) for name in names])
    arguments = get_args(kind)
    if get_origin(kind) is tuple and arguments[1:] == (...,):
        one = _maker(arguments[0])
        return tuple if one is None else lambda values: tuple(map(one, values))
    if get_origin(kind) is tuple:
        return _record(lambda *values: values, [_maker(each) for each in arguments])
    if get_origin(kind) is UnionType:
        some = [one for each in arguments if each is not NoneType and (one := _maker(each))]
        if some:
            (only,) = some
            return lambda value: None if value is None else only(value)
    return None


def _record(make: Callable[..., Any], makers: Sequence[Maker | None]) -> Maker:
    if not any(makers):
        return lambda values: make(*values)
    return lambda values: make(
        *(value if one is None else one(value) for one, value in zip(makers, values, strict=True))
    )
