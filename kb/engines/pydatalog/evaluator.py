"""Goal-directed evaluation: the rows of predicates and the solutions of bodies over some facts.

Only what a goal needs is looked at, and each pattern once. Calls that can come back to themselves
are resolved and tabled by pyDatalog; a call that cannot is answered by its rules directly.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from kb.engines.protocol import Facts
from kb.engines.pydatalog.fact_index import FactIndex, rows_by_values
from kb.engines.pydatalog.joins import Join
from kb.engines.pydatalog.prepared_rules import AskedRules, PreparedProgram
from kb.engines.pydatalog.scans import RowIndex
from kb.language.ast import Key
from kb.language.matching import Bindings, Pattern
from kb.language.values import Row

if TYPE_CHECKING:
    from kb.engines.pydatalog.recursion import Recursion


class Evaluator:
    """One program over one set of facts. Threads take turns.

    Parameters
    ----------
    program : PreparedProgram
        The rules.
    facts : Facts
        Must not change while the evaluator is in use.
    """

    def __init__(self, program: PreparedProgram, facts: Facts) -> None:
        self.program = program
        self._facts = FactIndex(facts, program.stated)
        self._indexes: dict[tuple[Key, tuple[int, ...]], RowIndex] = {}
        self._recursions: dict[tuple[str, ...], Recursion] = {}
        self._lock = threading.RLock()
        self._before: Evaluator | None = None
        self._changed: frozenset[str] = frozenset()
        self.unfolds = not any(facts.get(name) for name in program.ties)
        self.tables: dict[Any, Any] = {}

    def changed(self, facts: Facts, predicates: frozenset[str]) -> Evaluator:
        """Return an evaluator over other facts that keeps what does not depend on them.

        Parameters
        ----------
        facts : Facts
            The other facts.
        predicates : frozenset of str
            Those whose facts are others, and all that depend on them.

        Returns
        -------
        Evaluator
        """
        other = Evaluator(self.program, facts)
        other._before, other._changed, other._lock = self, predicates, self._lock
        return other

    def rows(self, predicate: str, pattern: Pattern) -> Sequence[Row]:
        """Return the rows of a predicate, stated or derived, that match a pattern.

        Parameters
        ----------
        predicate : str
            Its name.
        pattern : tuple of value or None
            None where any value will do.

        Returns
        -------
        sequence of tuple
            Distinct, in the order in which they are found.

        Raises
        ------
        QueryError
            If arithmetic has no result.
        """
        positions, values = _bound(pattern)
        with self._lock:
            key = (predicate, len(pattern))
            return self.index(key, positions, (values,)).get(values) or ()

    def solve(self, join: Join, bindings: Bindings) -> Sequence[Bindings]:
        """Return the bindings under which a body holds.

        Parameters
        ----------
        join : Join
            The literals of the body.
        bindings : mapping of variable name to value
            What is bound before.

        Returns
        -------
        sequence of mapping

        Raises
        ------
        QueryError
            If arithmetic has no result.
        """
        with self._lock:
            return join.solve(bindings, self)

    def index(self, key: Key, positions: tuple[int, ...], asked: Iterable[Row]) -> RowIndex:
        """Return the rows of a predicate by their values at some positions.

        Parameters
        ----------
        key : (name, arity)
            The predicate.
        positions : tuple of int
            Where values are known.
        asked : iterable of tuple
            The values that are asked for: rows that rules derive are found for these.

        Returns
        -------
        RowIndex
        """
        found = self._indexes.get((key, positions))
        if found is None:
            if self._before is not None and key[0] not in self._changed:
                return self._before.index(key, positions, asked)
            if key not in self.program.derived:
                found = self._facts.index(key, positions)
            else:
                whole = self._indexes.get((key, ()))
                known = whole.rows if isinstance(whole, _Derived) else None
                found = (
                    _Derived(self, key, positions)
                    if known is None
                    else rows_by_values(known, positions)
                )
            self._indexes[key, positions] = found
        return found.among(asked) if isinstance(found, _Derived) else found

    def _derive(
        self, key: Key, positions: tuple[int, ...], rules: AskedRules, asked: Sequence[Row]
    ) -> Mapping[Row, Sequence[Row]]:
        """Return the distinct rows that have one of some values at some positions, by these."""
        group = self.program.recursive.get(key[0])
        if group is not None:
            recursion = self._recursion(group)
            return {each: recursion.rows(key, _pattern(key, positions, each)) for each in asked}
        found = rules.concluded(asked, self)
        stated = self._facts.index(key, positions)
        if stated:
            found = {row: None for values in asked for row in stated.get(values) or ()} | found
        if len(positions) == key[1]:
            return {row: (row,) for row in found}
        return rows_by_values(list(found), positions)

    def _recursion(self, group: tuple[str, ...]) -> Recursion:
        """Return the tables of predicates that need each other; pyDatalog is imported for them."""
        found = self._recursions.get(group)
        if found is None:
            from kb.engines.pydatalog.recursion import Recursion

            found = self._recursions[group] = Recursion(self.program, group, self)
        return found

    def stated(self, key: Key, pattern: Pattern) -> Sequence[Row]:
        """Return the rows of a predicate that are facts and match a pattern.

        Parameters
        ----------
        key : (name, arity)
            The predicate.
        pattern : tuple of value or None
            None where any value will do.

        Returns
        -------
        sequence of tuple
        """
        positions, values = _bound(pattern)
        return self._facts.index(key, positions).get(values) or ()


def _bound(pattern: Pattern) -> tuple[tuple[int, ...], Row]:
    """Return the positions of a pattern that have a value, and the values."""
    positions = tuple([at for at, value in enumerate(pattern) if value is not None])
    return positions, tuple([value for value in pattern if value is not None])


def _pattern(key: Key, positions: tuple[int, ...], values: Row) -> Pattern:
    known = dict(zip(positions, values, strict=True))
    return tuple([known.get(at) for at in range(key[1])])


class _Derived:
    """The rows of a derived predicate by their values at some positions, each found once."""

    __slots__ = ("_evaluator", "_key", "_known", "_positions", "_rules")

    def __init__(self, evaluator: Evaluator, key: Key, positions: tuple[int, ...]) -> None:
        self._evaluator = evaluator
        self._key = key
        self._positions = positions
        self._rules = evaluator.program.asked(key, positions, evaluator.unfolds)
        self._known: dict[Row, Sequence[Row]] = {}

    @property
    def rows(self) -> Sequence[Row] | None:
        """All rows, where they have been asked for."""
        return self._known.get(())

    def among(self, asked: Iterable[Row]) -> Mapping[Row, Sequence[Row]]:
        """Return an index that knows the rows with some values."""
        known = self._known
        unknown = [each for each in dict.fromkeys(asked) if each not in known]
        if unknown:
            known.update(dict.fromkeys(unknown, ()))
            derive = self._evaluator._derive
            known.update(derive(self._key, self._positions, self._rules, unknown))
        return known

    def get(self, values: Row, /) -> Sequence[Row]:
        """Return the rows with these values."""
        return self.among((values,)).get(values, ())
