"""Programs with their rules ready to be evaluated: chosen by their heads, their bodies joins."""

from __future__ import annotations

import sys
import threading
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Sequence
from functools import cached_property
from typing import TypeAlias
from weakref import WeakKeyDictionary

from kb.engines.pydatalog.bodies import join_of
from kb.engines.pydatalog.fact_index import FactIndex
from kb.engines.pydatalog.joins import Join
from kb.engines.pydatalog.scans import RowSource, rows_under
from kb.engines.pydatalog.steps import Run
from kb.engines.pydatalog.ties import Known, harmful_predicates, tie_of
from kb.language.ast import (
    Constant,
    Key,
    Rule,
)
from kb.language.matching import Bindings, row_of
from kb.language.traversal import atoms_of, names_of
from kb.language.values import Row, Value, canonical
from kb.model.program import CheckedProgram, Stratum

_FRAMES = 6
"""Python calls inside each other for one stratum that a goal goes down."""

_MOST_FRAMES = 600
"""Those of the program that asks."""


class PreparedRule:
    """A rule whose body is planned when it is first needed.

    Parameters
    ----------
    rule : Rule
        The rule.
    position : int
        Number of the rule in its program.
    known : Known
        What is known of the predicates of the program.
    """

    def __init__(self, rule: Rule, position: int, known: Known) -> None:
        self.rule = rule
        self.position = position
        self._known = known
        self._terms: list[tuple[str | None, Value]] = [
            (None, canonical(term.value)) if isinstance(term, Constant) else (term.name, "")
            for term in rule.head.terms
        ]
        self.constants = {at: value for at, (name, value) in enumerate(self._terms) if name is None}
        self._conclusions: dict[tuple[tuple[int, ...], bool], Conclusion] = {}

    @cached_property
    def join(self) -> Join:
        """The body."""
        return join_of(self.rule.body)

    @cached_property
    def answers(self) -> Join:
        """The body as far as the head needs it."""
        return join_of(self.rule.body, (), names_of(*self.rule.head.terms), self._known)

    def conclusion(self, positions: tuple[int, ...], unfolds: bool) -> Conclusion:
        """Return what finds the rows of the head that have some values at some positions.

        Parameters
        ----------
        positions : tuple of int
            Where values are known.
        unfolds : bool
            Whether ties may be put in their place.

        Returns
        -------
        callable
            Takes the values, and what the rows of atoms are read from. A row may be found twice.
        """
        found = self._conclusions.get((positions, unfolds))
        if found is None:
            terms = [self._terms[at] for at in positions]
            join = self.answers if unfolds else self.join
            runs = join.plan(frozenset(name for name, _ in terms if name is not None))
            found = _conclusion(_asked(terms), runs, rows_under(self._terms))
            self._conclusions[positions, unfolds] = found
        return found


Conclusion: TypeAlias = Callable[[Sequence[Row], RowSource], list[Row]]


def _conclusion(
    asked: _Asked, runs: Sequence[Run], rows_of: Callable[[Iterable[Bindings]], list[Row]]
) -> Conclusion:
    def conclude(rows: Sequence[Row], source: RowSource) -> list[Row]:
        found: Sequence[Bindings] = asked(rows)
        for run in runs:
            if not found:
                return []
            found = run(found, source)
        return rows_of(found)

    return conclude


_Asked: TypeAlias = Callable[[Iterable[Row]], list[Bindings]]


def _asked(terms: Sequence[tuple[str | None, Value]]) -> _Asked:
    """Return what makes bindings of rows that some terms can be."""
    names = [name for name, _ in terms if name is not None]
    if len(names) == len(terms) == len(set(names)):
        if len(names) == 2:
            first, second = names
            return lambda rows: [{first: one, second: other} for one, other in rows]
        return lambda rows: [dict(zip(names, row, strict=True)) for row in rows]

    def asked(rows: Iterable[Row]) -> list[Bindings]:
        found: list[Bindings] = []
        for row in rows:
            made: dict[str, Value] = {}
            for (name, constant), value in zip(terms, row, strict=True):
                if (constant if name is None else made.setdefault(name, value)) != value:
                    break
            else:
                found.append(made)
        return found

    return asked


class _Heads:
    """The rules of one predicate by the constants of their heads."""

    def __init__(self, rules: Sequence[PreparedRule]) -> None:
        self._all = rules
        constants = {item for rule in rules for item in rule.constants.items()}
        counts = Counter(position for position, _ in constants)
        self._positions = sorted(counts, key=lambda position: (-counts[position], position))
        self._chosen: dict[tuple[int, Value], list[PreparedRule]] = {}

    def narrowing(self, positions: Collection[int]) -> int | None:
        """Return which of some positions has the constant that narrows most; None if none."""
        return next((position for position in self._positions if position in positions), None)

    def candidates(self, pattern: Sequence[Value | None]) -> Sequence[PreparedRule]:
        """Return the rules that may conclude a pattern, by the constant that narrows most."""
        for position in self._positions:
            value = pattern[position]
            if value is not None:
                chosen = self._chosen.get((position, value))
                if chosen is None:
                    chosen = self._chosen[position, value] = [
                        each for each in self._all if each.constants.get(position, value) == value
                    ]
                return chosen
        return self._all


class AskedRules:
    """The rules of one predicate of which values at some positions are known.

    Parameters
    ----------
    heads : _Heads
        The rules.
    arity : int
        Of the predicate.
    positions : tuple of int
        Where values are known.
    unfolds : bool
        Whether ties may be put in their place.
    """

    def __init__(
        self, heads: _Heads, arity: int, positions: tuple[int, ...], unfolds: bool
    ) -> None:
        self._heads = heads
        self._pattern: list[Value | None] = [None] * arity
        self._positions = positions
        self._unfolds = unfolds
        at = heads.narrowing(positions)
        self._at = None if at is None else positions.index(at)
        self._known: dict[Value | None, list[Conclusion]] = {}

    def concluded(self, rows: Sequence[Row], source: RowSource) -> dict[Row, None]:
        """Return the distinct rows that the rules conclude of those with some values.

        Parameters
        ----------
        rows : sequence of tuple
            The values at the positions.
        source : RowSource
            Where the rows of atoms are.
        """
        found: dict[Row, None] = {}
        at = self._at
        if at is None or len(rows) == 1:
            groups = {None if at is None else rows[0][at]: rows}
        else:
            groups = {}
            for row in rows:
                groups.setdefault(row[at], []).append(row)  # type: ignore[attr-defined]
        for value, members in groups.items():
            conclusions = self._known.get(value)
            if conclusions is None:
                conclusions = self._known[value] = self._conclusions(value)
            for conclude in conclusions:
                concluded = conclude(members, source)
                if concluded:
                    found.update(dict.fromkeys(concluded))
        return found

    def _conclusions(self, value: Value | None) -> list[Conclusion]:
        pattern = list(self._pattern)
        if self._at is not None:
            pattern[self._positions[self._at]] = value
        rules = self._heads.candidates(pattern)
        return [each.conclusion(self._positions, self._unfolds) for each in rules]


class PreparedProgram:
    """A checked program ready to be evaluated over any facts, by several threads.

    Parameters
    ----------
    program : CheckedProgram
        The rules.

    Attributes
    ----------
    derived : dict of Key to list of PreparedRule
        The rules that have a body, by what they conclude.
    stated : FactIndex
        The ground facts of the program.
    recursive : dict of str to tuple of str
        Each predicate that depends on itself, with those that it shares a stratum with.
    ties : frozenset of str
        Predicates whose rule is put in their place; they are not stated by facts.
    known : Known
        What is known of the predicates.

    See Also
    --------
    prepared : Makes one and keeps it as long as its program.
    """

    def __init__(self, program: CheckedProgram) -> None:
        rules: dict[Key, list[tuple[int, Rule]]] = {}
        facts: dict[str, dict[Row, tuple[()]]] = {}
        for position, rule in enumerate(program.program.rules):
            if rule.body:
                rules.setdefault(rule.head.key, []).append((position, rule))
            else:
                facts.setdefault(rule.head.predicate, {})[row_of(rule.head, {})] = ()
        self.recursive = {
            name: stratum.predicates
            for stratum in program.strata
            if stratum.recursive
            for name in stratum.predicates
        }
        ties = {
            key: tie
            for key, own in rules.items()
            if key[0] not in self.recursive and key[0] not in facts
            if (tie := tie_of(rule for _, rule in own)) is not None
        }
        self.ties = frozenset(name for name, _ in ties)
        self.known = Known(
            ties, harmful_predicates(rule for own in rules.values() for _, rule in own)
        )
        self.derived = {
            key: [PreparedRule(rule, position, self.known) for position, rule in own]
            for key, own in rules.items()
        }
        self.stated = FactIndex(facts)
        self._heads = {key: _Heads(own) for key, own in self.derived.items()}
        self._asked: dict[tuple[Key, tuple[int, ...], bool], AskedRules] = {}
        _allow_calls(_FRAMES * self._depth(program.strata))

    def _depth(self, strata: Iterable[Stratum]) -> int:
        """Return through how many strata a goal can go down."""
        depths: dict[str, int] = {}
        rules = {key[0]: own for key, own in self.derived.items()}
        for stratum in strata:
            used = (
                depths.get(atom.predicate, 0)
                for name in stratum.predicates
                for each in rules.get(name, ())
                for atom in atoms_of(each.rule.body)
            )
            depths.update(dict.fromkeys(stratum.predicates, 1 + max(used, default=0)))
        return max(depths.values(), default=0)

    def candidates(self, key: Key, pattern: Sequence[Value | None]) -> Sequence[PreparedRule]:
        """Return the rules that may conclude a pattern, in the order of the program.

        Parameters
        ----------
        key : (name, arity)
            The predicate.
        pattern : sequence of value or None
            None where any value will do.

        Returns
        -------
        sequence of PreparedRule
        """
        heads = self._heads.get(key)
        return heads.candidates(pattern) if heads is not None else ()

    def asked(self, key: Key, positions: tuple[int, ...], unfolds: bool) -> AskedRules:
        """Return the rules of a predicate of which values at some positions are known.

        Parameters
        ----------
        key : (name, arity)
            The predicate.
        positions : tuple of int
            Where values are known.
        unfolds : bool
            Whether ties may be put in their place.

        Returns
        -------
        AskedRules
        """
        found = self._asked.get((key, positions, unfolds))
        if found is None:
            found = AskedRules(self._heads[key], key[1], positions, unfolds)
            self._asked[key, positions, unfolds] = found
        return found


def _allow_calls(frames: int) -> None:
    """Let Python make so many calls inside each other; a chain of rules may need them."""
    if _MOST_FRAMES + frames > sys.getrecursionlimit():
        sys.setrecursionlimit(_MOST_FRAMES + frames)


_PREPARED: WeakKeyDictionary[CheckedProgram, PreparedProgram] = WeakKeyDictionary()
_LOCK = threading.Lock()


def prepared(program: CheckedProgram) -> PreparedProgram:
    """Return a program ready to be evaluated, prepared once while it is in use.

    Parameters
    ----------
    program : CheckedProgram
        It is not changed.

    Returns
    -------
    PreparedProgram
    """
    with _LOCK:
        found = _PREPARED.get(program)
        if found is None:
            found = _PREPARED[program] = PreparedProgram(program)
        return found
