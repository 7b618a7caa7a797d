"""The tables of a session: calls with their answers, complete below negation and aggregates."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import islice
from typing import Any, NamedTuple

from kb.engines.pydatalog import machine
from kb.engines.pydatalog.machine import Const
from kb.engines.pydatalog.relations import Relation
from kb.language.values import Row

_GROUP = 4
"""How many waiting goals that differ in constants alone make one wider goal worth it."""


class _Waiting(NamedTuple):
    """A goal whose table has to be complete, and what to do then."""

    literal: Any
    resume: Callable[[Any], None]
    recursive: bool


class Tables:
    """Calls and their answers, kept from one question to the next.

    A negated or aggregated goal waits until no task is left and no goal of a lower stratum
    waits. As the program is stratified, the goal's table is complete then.

    Parameters
    ----------
    state : state of the machine
        In use whenever a method is called.
    widening : bool
        Whether many goals that differ in constants alone may be answered by a wider one.
    """

    def __init__(self, state: Any, widening: bool) -> None:
        self.widened = False
        self._widening = widening
        self._table: dict[tuple[Any, ...], Any] = state.Subgoals
        self._finished = 0
        self._waiting: dict[int, list[_Waiting]] = {}
        self._wide: dict[str, dict[tuple[int, ...], dict[Row, _Answers]]] = {}

    def complete(self, literal: Any) -> list[Any]:
        """Return the answers of a call, all tables being complete afterwards."""
        subgoal = self._open(literal)
        waiting = self._waiting
        unfinished: dict[int, list[Any]] = {}
        tried: set[tuple[Any, ...]] = set()
        while True:
            machine.work(subgoal)
            if not waiting:
                break
            lowest = min(waiting)
            for wide in unfinished.pop(lowest, ()):
                self._remember(wide)
            before = len(self._table)
            wider = [self._open(wide) for wide in self._wider(waiting[lowest], tried)]
            if len(self._table) > before:
                unfinished[lowest] = wider
                continue
            opened = [(self._open(each.literal), each.resume) for each in waiting[lowest]]
            if len(self._table) > before:
                continue
            del waiting[lowest]
            for finished, resume in opened:
                resume(finished)
        for each in islice(self._table.values(), self._finished, None):
            each.is_done = True
            each.waiters = []
            self._remember(each)
        self._finished = len(self._table)
        return list(subgoal.facts.values())

    def wait(self, relation: Relation, literal: Any, resume: Callable[[Any], None]) -> None:
        """Call ``resume`` with the complete subgoal of a call of the relation, now or later."""
        subgoal = self._table.get(literal.get_tag())
        if subgoal is not None and subgoal.is_done:
            resume(subgoal)
        else:
            waiting = self._waiting.setdefault(relation.stratum, [])
            waiting.append(_Waiting(literal, resume, relation.recursive))

    def recall(self, predicate: Any, terms: list[Any]) -> list[Any] | None:
        """Return the answers of a call from a complete wider one, None where there is none."""
        masks = self._wide.get(predicate.id)
        if masks is None:
            return None
        given = {place: term.id for place, term in enumerate(terms) if type(term) is Const}
        for mask, calls in masks.items():
            if len(mask) < len(given) and given.keys() >= set(mask):
                answers = calls.get(tuple([given[place] for place in mask]))
                if answers is not None:
                    rest = tuple([place for place in given if place not in mask])
                    return answers.at(rest, tuple([given[place] for place in rest]))
        return None

    def _open(self, literal: Any) -> Any:
        """Return the subgoal of a call, started where it is new."""
        subgoal = self._table.get(literal.get_tag())
        return machine.start(literal) if subgoal is None else subgoal

    def _remember(self, subgoal: Any) -> None:
        """Keep a complete call whose variables are distinct, to answer narrower ones."""
        terms = subgoal.literal.terms
        bound = [place for place, term in enumerate(terms) if type(term) is Const]
        free = {term.id for term in terms if type(term) is not Const}
        if free and len(bound) + len(free) == len(terms):
            masks = self._wide.setdefault(subgoal.literal.pred.id, {})
            values = tuple([terms[place].id for place in bound])
            masks.setdefault(tuple(bound), {})[values] = _Answers(subgoal)

    def _wider(self, waiting: list[_Waiting], tried: set[tuple[Any, ...]]) -> Iterator[Any]:
        """Yield a wider call for each group of calls that differ in their constants alone.

        One evaluation then serves all of them. Recursive relations are left to narrow calls: of
        those a wider one can have far more answers.
        """
        groups: dict[tuple[Any, ...], list[list[Any]]] = {}
        for each in waiting if self._widening else ():
            if not each.recursive and each.literal.get_tag() not in self._table:
                terms = each.literal.terms
                key = (each.literal.pred, *(type(term) is Const for term in terms))
                groups.setdefault(key, []).append(terms)
        for key, group in groups.items():
            if len(group) >= _GROUP and key not in tried:
                tried.add(key)
                self.widened = True
                yield machine.Literal(
                    key[0],
                    [
                        terms[0] if len({term.id for term in terms}) == 1 else machine.Unknown()
                        for terms in zip(*group, strict=True)
                    ],
                )


class _Answers:
    """The answers of a complete call, indexed as narrower calls need them."""

    def __init__(self, subgoal: Any) -> None:
        self._subgoal = subgoal
        self._indexes: dict[tuple[int, ...], dict[Row, list[Any]]] = {}

    def at(self, places: tuple[int, ...], values: Row) -> list[Any]:
        """Return the facts with these values at these places."""
        index = self._indexes.get(places)
        if index is None:
            index = self._indexes[places] = {}
            for fact in self._subgoal.facts.values():
                key = tuple([fact.terms[place].id for place in places])
                index.setdefault(key, []).append(fact)
        return index.get(values, [])
