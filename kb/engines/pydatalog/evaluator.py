"""Goal-directed evaluation: the rows of predicates and the solutions of bodies over some facts.

Only what a goal needs is looked at, and each pattern once. Calls that can come back to themselves
are resolved and tabled by pyDatalog; a call that cannot is answered by its rules directly.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from typing import TYPE_CHECKING

from kb.engines.protocol import Facts
from kb.engines.pydatalog.fact_index import FactIndex, rows_by_values
from kb.engines.pydatalog.joins import Join, RowIndex
from kb.engines.pydatalog.prepared_rules import PreparedProgram
from kb.language.ast import Key
from kb.language.matching import Bindings, Pattern, match, row_of
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
            return self.index((predicate, len(pattern)), positions).get(values) or ()

    def solve(self, join: Join, bindings: Bindings) -> list[Bindings]:
        """Return the bindings under which a body holds.

        Parameters
        ----------
        join : Join
            The literals of the body.
        bindings : mapping of variable name to value
            What is bound before.

        Returns
        -------
        list of mapping

        Raises
        ------
        QueryError
            If arithmetic has no result.
        """
        with self._lock:
            return join.solve(bindings, self)

    def index(self, key: Key, positions: tuple[int, ...]) -> RowIndex:
        """Return the rows of a predicate by their values at some positions.

        Parameters
        ----------
        key : (name, arity)
            The predicate.
        positions : tuple of int
            Where values are known.

        Returns
        -------
        RowIndex
            Rows that rules derive are found when they are asked for.
        """
        found = self._indexes.get((key, positions))
        if found is None:
            if self._before is not None and key[0] not in self._changed:
                found = self._before.index(key, positions)
            elif key in self.program.derived:
                whole = self._indexes.get((key, ()))
                known = whole.rows if isinstance(whole, _Derived) else None
                found = (
                    _Derived(self, key, positions)
                    if known is None
                    else rows_by_values(known, positions)
                )
            else:
                found = self._facts.index(key, positions)
            self._indexes[key, positions] = found
        return found

    def _derive(self, key: Key, positions: tuple[int, ...], values: Row) -> list[Row]:
        """Return the distinct rows with some values at some positions, found anew."""
        pattern: Pattern = (None,) * key[1]
        if positions:
            known = dict(zip(positions, values, strict=True))
            pattern = tuple([known.get(at) for at in range(key[1])])
        group = self.program.recursive.get(key[0])
        if group is not None:
            return self._recursion(group).rows(key, pattern)
        found = dict.fromkeys(self.stated(key, pattern))
        for each in self.program.candidates(key, pattern):
            head = each.rule.head
            bindings = match(head.terms, pattern)
            if bindings is not None:
                for solution in each.join.solve(bindings, self):
                    found[row_of(head, solution)] = None
        return list(found)

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


class _Derived:
    """The rows of a derived predicate by their values at some positions, each found once."""

    __slots__ = ("_evaluator", "_key", "_known", "_positions")

    def __init__(self, evaluator: Evaluator, key: Key, positions: tuple[int, ...]) -> None:
        self._evaluator = evaluator
        self._key = key
        self._positions = positions
        self._known: dict[Row, list[Row]] = {}

    @property
    def rows(self) -> Sequence[Row] | None:
        """All rows, where they have been asked for."""
        return self._known.get(())

    def get(self, values: Row, /) -> Sequence[Row]:
        """Return the rows with these values."""
        found = self._known.get(values)
        if found is None:
            found = self._evaluator._derive(self._key, self._positions, values)
            self._known[values] = found
        return found
