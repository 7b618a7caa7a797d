"""The names of objects, each of which may call the columns in its own way."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import Any

from facts.diagnostic import Diagnostic
from facts.origin import Origin
from facts.readers.layout import Layout
from facts.readers.naming import (
    MOST_UNKNOWN,
    NamedColumns,
    absent_name,
    is_missed,
    name_columns,
    read_as,
    unknown_column,
)

_MOST_KEPT = 1_000
"""Different lists of names, and unknown names, that are looked at closely."""


class ObjectNames:
    """Which names of objects stand for which columns.

    Parameters
    ----------
    known : iterable of str
        Columns that are read.
    layout : Layout, optional
        What a person says of the names.

    Attributes
    ----------
    told : mapping of str to tuple of str
        Columns that went by other names so far, with the first ones.

    Examples
    --------
    >>> names = ObjectNames(["claim_id", "modifiers"])
    >>> names.renamed({"Claim No": "A1", "mod_2": "59", "mod_1": "JW"})
    {'claim_id': 'A1', 'modifiers': ['JW', '59']}
    """

    def __init__(self, known: Iterable[str], layout: Layout | None = None) -> None:
        self._known = tuple(known)
        self._fast = frozenset(self._known)
        self._layout = layout or Layout()
        self._kept: dict[tuple[str, ...], NamedColumns] = {}
        self._missed: dict[tuple[str, ...], bool] = {}
        self._noted: set[str] = set()
        self._warned: set[str] = set()
        self._absent: dict[tuple[str, str], None] = {
            (column, name): None
            for column, names in self._layout.columns.items()
            for name in names
            if column in self._fast
        }
        self._told: dict[str, tuple[str, ...]] = {}
        self.told: Mapping[str, tuple[str, ...]] = MappingProxyType(self._told)

    def of(self, names: Iterable[str]) -> NamedColumns | None:
        """Return which names stand for which; None where all are the columns' own."""
        if not self._layout.columns and self._fast.issuperset(names):
            return None
        key = tuple(names)
        found = self._kept.get(key)
        if found is None:
            found = name_columns(key, self._fast, self._layout, exact=True)
            for column, given in found.told.items():
                self._told.setdefault(column, given)
            gone = frozenset(found.absent)
            self._absent = {each: None for each in self._absent if each in gone}
            if len(self._kept) < _MOST_KEPT:
                self._kept[key] = found
        return found

    def renames(self, names: Iterable[str]) -> bool:
        """Return whether some of the names of an object are others than the columns' own."""
        named = self.of(names)
        return named is not None and bool(named.told)

    def renamed(self, record: Mapping[str, Any]) -> Mapping[str, Any]:
        """Return an object with the names of the columns; what is joined is a list.

        Parameters
        ----------
        record : mapping
            The object.
        """
        named = self.of(record)
        if named is None:
            return record
        values = list(record.values())
        made: dict[str, Any] = {}
        for column, places in named.picks.items():
            if len(places) == 1:
                made[column] = values[places[0]]
                continue
            made[column] = list(_items(values[place] for place in places))
        return made

    def faults(self, names: Iterable[str], place: Origin) -> list[Diagnostic]:
        """Return what keeps an object from being read: names that contradict, or mean what is not.

        Parameters
        ----------
        names : iterable of str
            Names of the object.
        place : Origin
            Where it is.
        """
        named = self.of(names)
        if named is None:
            return []
        found = [Diagnostic("error", message, place, help) for message, help in named.faults]
        for name in named.strange:
            if self._is_missed(name, named):
                found.append(unknown_column(name, self._known, place, named.picks, named.mapped))
        return found

    def notes(self, names: Iterable[str], place: Origin) -> Iterator[Diagnostic]:
        """Yield notes on the names of an object, each once: what they are read as, and not read.

        Parameters
        ----------
        names : iterable of str
            Names of the object.
        place : Origin
            Where it is.
        """
        named = self.of(names)
        if named is None:
            return
        for name in named.strange:
            if len(self._warned) >= MOST_UNKNOWN:
                break
            if name not in self._warned and not self._is_missed(name, named):
                self._warned.add(name)
                yield unknown_column(name, self._known, place, self._known)
        for column, given in named.told.items():
            key = "\0".join((column, *given))
            if key not in self._noted:
                self._noted.add(key)
                yield read_as(column, given, place)

    def absent(self, source: str) -> list[Diagnostic]:
        """Return errors on names of the mapping that no object of a source had."""
        return [absent_name(column, name, Origin(source)) for column, name in self._absent]

    def _is_missed(self, name: str, named: NamedColumns) -> bool:
        key = (name, *sorted(named.picks))
        if key not in self._missed:
            if len(self._missed) >= _MOST_KEPT:
                return False
            self._missed[key] = is_missed(name, self._known, named.picks, named.mapped)
        return self._missed[key]


def _items(values: Iterable[Any]) -> Iterator[Any]:
    """Yield what is to be joined; lists are taken apart."""
    for value in values:
        if isinstance(value, (list, tuple)) and not hasattr(value, "_fields"):
            yield from value
        elif value is not None and value != "":
            yield value
