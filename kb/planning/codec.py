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

    Raises
    ------
    ValueError
        If it is nothing that ``plain`` returns of such a value.

    Examples
    --------
    >>> from facts.claim import EvidenceType
    >>> value_of(EvidenceType, plain(EvidenceType("kind", "choice", ("drug", "supply")))).choices
    ('drug', 'supply')
    """
    value: T = _maker(cast(Hashable, kind))(made)
    return value


_PLAIN = (str, int, bool, NoneType)
"""Types of values that JSON has as they are."""


@cache
def _maker(kind: Any) -> Maker:
    """Return what makes a value of a type; it refuses what ``plain`` makes of no such value."""
    if kind is date:
        return date.fromisoformat
    if kind in _PLAIN:
        return _one_of(frozenset((kind,)))
    if isinstance(kind, type) and (is_dataclass(kind) or hasattr(kind, "_fields")):
        hints = get_type_hints(kind)
        names = [each.name for each in fields(kind)] if is_dataclass(kind) else kind._fields
        return _record(kind, [hints[name] for name in names])
    arguments = get_args(kind)
    if get_origin(kind) is tuple and arguments[1:] == (...,):
        return _row(arguments[0])
    if get_origin(kind) is tuple:
        return _record(lambda *values: values, arguments)
    if get_origin(kind) is UnionType:
        known = _types(kind)
        some = [_maker(each) for each in arguments if not known.intersection(_types(each))]
        return _one_of(known, some[0] if known and len(some) == 1 else None)
    return _one_of(frozenset())


def _types(kind: Any) -> frozenset[type]:
    """Return the types of JSON that a type, or a part of a union, has as they are."""
    parts = get_args(kind) if get_origin(kind) is UnionType else (kind,)
    return frozenset(each for each in parts if each in _PLAIN)


def _one_of(types: frozenset[type], otherwise: Maker | None = None) -> Maker:
    def make(value: Any) -> Any:
        if type(value) in types:
            return value
        if otherwise is None:
            raise ValueError("a value of another type")
        return otherwise(value)

    return make


def _row(kind: Any) -> Maker:
    """Return what makes a tuple of any length; types of many values are looked at all at once."""
    types, one = _types(kind), _maker(kind)

    def make(values: Any) -> tuple[Any, ...]:
        if type(values) is not list:
            raise ValueError("a value of another type")
        if types.issuperset(map(type, values)):
            return tuple(values)
        return tuple(map(one, values))

    return make


def _record(make: Callable[..., Any], kinds: Sequence[Any]) -> Maker:
    """Return what makes a record; of types of fields that it has met it knows what is to do."""
    types = [_types(kind) for kind in kinds]
    tasks: dict[tuple[type, ...], list[tuple[int, Maker]]] = {}

    def made(values: Any) -> Any:
        if type(values) is not list:
            raise ValueError("a value of another type")
        met = tuple(map(type, values))
        todo = tasks.get(met)
        if todo is None:
            fits = [each in known for each, known in zip(met, types, strict=True)]
            todo = [(at, _maker(kinds[at])) for at, as_it_is in enumerate(fits) if not as_it_is]
            tasks[met] = todo
        if todo:
            values = values.copy()
            for at, one in todo:
                values[at] = one(values[at])
        return make(*values)

    return made
