"""Scans: atoms of a body, how their terms meet the rows of a source, and sources of rows."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Sequence
from dataclasses import dataclass, field
from operator import itemgetter
from typing import Any, Protocol

from facts.span import Span
from kb.language.ast import NOWHERE, Constant, Key, Term
from kb.language.matching import Bindings, Pattern
from kb.language.values import Row, Value, canonical


class RowIndex(Protocol):
    """The rows of a predicate by their values at some positions."""

    def get(self, values: Row, /) -> Sequence[Row] | None:
        """Return the rows with these values; nothing or None where there is none.

        Parameters
        ----------
        values : tuple of value
            In the order of the positions.
        """
        ...


class RowSource(Protocol):
    """What rows are read from.

    Attributes
    ----------
    tables : dict
        What joins keep of its rows, by what they keep it for.

    See Also
    --------
    kb.engines.pydatalog.evaluator.Evaluator : One that derives the rows of rules.
    """

    tables: dict[Any, Any]

    def index(self, key: Key, positions: tuple[int, ...], asked: Iterable[Row]) -> RowIndex:
        """Return the rows of a predicate by their values at the positions.

        Parameters
        ----------
        key : (name, arity)
            The predicate.
        positions : tuple of int
            Where values are known.
        asked : iterable of tuple
            The values that the index has to know.
        """
        ...

    def stated(self, key: Key, pattern: Pattern) -> Sequence[Row]:
        """Return the rows of a predicate that are facts and match a pattern.

        Parameters
        ----------
        key : (name, arity)
            The predicate.
        pattern : tuple of value or None
            None where any value will do.
        """
        ...


@dataclass(frozen=True, slots=True)
class Scan:
    """A positive or negated atom."""

    key: Key
    terms: tuple[Term, ...]
    negated: bool = False
    span: Span = field(default=NOWHERE, compare=False, repr=False)


@dataclass(slots=True)
class Access:
    """How the terms of a scan meet a row.

    Parameters
    ----------
    positions : tuple of int
        Where the values are known.
    keys_of : callable
        Returns the known values under each of some bindings.
    new : tuple of (position, name)
        The variables that a row gives a value.
    same : tuple of (position, position)
        Where a row has to have one value twice.
    """

    positions: tuple[int, ...]
    keys_of: Callable[[Sequence[Bindings]], list[Row]]
    new: tuple[tuple[int, str], ...]
    same: tuple[tuple[int, int], ...]

    def agrees(self, row: Row) -> bool:
        """Return whether a row has one value where the terms have one variable."""
        return all(row[i] == row[j] for i, j in self.same)


def access(terms: Iterable[Term], bound: Container[str]) -> Access:
    """Return how terms meet a row when some variables have a value.

    Parameters
    ----------
    terms : iterable of Term
        Those of an atom.
    bound : container of str
        The variables that have a value.

    Returns
    -------
    Access
    """
    positions: list[int] = []
    key: list[tuple[str | None, Value]] = []
    new: dict[str, int] = {}
    same: list[tuple[int, int]] = []
    for position, term in enumerate(terms):
        if isinstance(term, Constant):
            positions.append(position)
            key.append((None, canonical(term.value)))
        elif term.name in bound:
            positions.append(position)
            key.append((term.name, ""))
        elif term.name in new:
            same.append((new[term.name], position))
        else:
            new[term.name] = position
    names = tuple((position, name) for name, position in new.items())
    return Access(tuple(positions), rows_under(key), names, tuple(same))


def rows_under(
    terms: Sequence[tuple[str | None, Value]],
) -> Callable[[Iterable[Bindings]], list[Row]]:
    """Return a function that makes a row of each of some bindings.

    Parameters
    ----------
    terms : sequence of (name, value)
        For each column the variable that it shows, or None and the value that it always has.

    Returns
    -------
    callable

    Examples
    --------
    >>> rows_under([("X", ""), (None, "a")])([{"X": 1}, {"X": 2}])
    [(1, 'a'), (2, 'a')]
    """
    names = [name for name, _ in terms if name is not None]
    if len(names) == len(terms) > 1:
        values_of = itemgetter(*names)
        return lambda found: list(map(values_of, found))
    if len(names) == len(terms) == 1:
        (only,) = names
        return lambda found: [(each[only],) for each in found]
    fixed = tuple(value for _, value in terms)
    if not names:
        return lambda found: [fixed for _ in found]
    if len(names) > 1 and all(name is not None for name, _ in terms[: len(names)]):
        first_of, last = itemgetter(*names), fixed[len(names) :]
        return lambda found: [first_of(each) + last for each in found]
    return lambda found: [
        tuple([value if name is None else each[name] for name, value in terms]) for each in found
    ]
