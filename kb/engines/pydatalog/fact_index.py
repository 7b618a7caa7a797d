"""Input facts behind hash indexes, built as they are asked for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from kb.engines.protocol import Facts
from kb.language.ast import Key
from kb.language.values import Row, Value, canonical


class FactIndex:
    """The rows of every predicate, in canonical values.

    Parameters
    ----------
    facts : Facts
        Rows by predicate name. Rows of another arity than asked for are not found.
    base : FactIndex, optional
        Rows that are there as well: the ground facts of the program.
    """

    def __init__(self, facts: Facts, base: FactIndex | None = None) -> None:
        self._facts = facts
        self._base = base
        self._rows: dict[Key, list[Row]] = {}
        self._indexes: dict[tuple[Key, tuple[int, ...]], Mapping[Row, Sequence[Row]]] = {}

    def of(self, key: Key) -> list[Row]:
        """Return the distinct rows of a predicate.

        Parameters
        ----------
        key : (name, arity)
            The predicate.

        Returns
        -------
        list of tuple
        """
        rows = self._rows.get(key)
        if rows is None:
            name, arity = key
            own = self._facts.get(name, ())
            found = [_canonical_row(row) for row in own if len(row) == arity]
            if self._base is not None:
                basic = self._base.of(key)
                found = list(dict.fromkeys([*basic, *found])) if found else basic
            rows = self._rows[key] = found
        return rows

    def index(self, key: Key, positions: tuple[int, ...]) -> Mapping[Row, Sequence[Row]]:
        """Return the rows of a predicate by their values at the positions.

        Parameters
        ----------
        key : (name, arity)
            The predicate.
        positions : tuple of int
            Where values are known.

        Returns
        -------
        mapping of values to rows
        """
        found = self._indexes.get((key, positions))
        if found is None:
            if self._base is not None and not self._facts.get(key[0]):
                found = self._base.index(key, positions)
            else:
                found = rows_by_values(self.of(key), positions)
            self._indexes[(key, positions)] = found
        return found


def rows_by_values(rows: Sequence[Row], positions: tuple[int, ...]) -> Mapping[Row, Sequence[Row]]:
    """Return rows by their values at some positions.

    Parameters
    ----------
    rows : sequence of tuple
        All of one length.
    positions : tuple of int
        Where the values are.

    Returns
    -------
    mapping of values to rows
    """
    if not positions:
        return {(): rows} if rows else {}
    index: dict[Row, list[Row]] = {}
    if len(positions) == 1:
        position = positions[0]
        for row in rows:
            index.setdefault((row[position],), []).append(row)
    else:
        for row in rows:
            index.setdefault(tuple([row[i] for i in positions]), []).append(row)
    return index


def _canonical_row(row: Row) -> Row:
    for value in row:
        if type(value) is not str and type(value) is not int:
            return tuple(_canonical_values(row))
    return row


def _canonical_values(row: Row) -> list[Value]:
    return [canonical(value) for value in row]
