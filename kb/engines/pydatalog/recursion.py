"""Recursive predicates: pyDatalog resolves and tables the calls by which they reach themselves.

All else in their rules is a join: what it reads is complete, as the program is stratified.
"""

from __future__ import annotations

import threading
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from weakref import WeakKeyDictionary

from facts.span import Span
from kb.engines.limits import MOST_GROWTH, endless
from kb.engines.pydatalog import machine
from kb.engines.pydatalog.joins import Join, JoinLiteral
from kb.engines.pydatalog.machine import Const, Literal, Unknown
from kb.engines.pydatalog.prepared_rules import PreparedProgram, PreparedRule
from kb.engines.pydatalog.scans import RowSource, Scan
from kb.language.ast import Constant, Key, Term, Variable
from kb.language.growth import growth_of
from kb.language.matching import Pattern, match
from kb.language.traversal import names_of
from kb.language.values import Row, Value, canonical


@dataclass(eq=False, slots=True)
class _Call:
    """An atom over a predicate of the stratum."""

    handle: Any
    terms: tuple[Term, ...]


@dataclass(eq=False, slots=True)
class _Local:
    """A join between calls; ``terms`` are the variables it shares with the rest of its rule.

    ``growth`` is where it calculates a value from what a recursion found, which may never end.
    """

    join: Join
    terms: tuple[Variable, ...] = ()
    handle: Any = None
    growth: Span | None = None


@dataclass(eq=False, slots=True)
class _Clause:
    """A rule as pyDatalog resolves it.

    Parameters
    ----------
    head : tuple of Term
    lead : Join
        What the body begins with, before the first call.
    goals : tuple
        The rest of the body.
    shown : tuple of str
        Variables that the head and the goals have.
    """

    head: tuple[Term, ...]
    lead: Join
    goals: tuple[_Call | _Local, ...]
    shown: tuple[str, ...]


class _RecursiveRules:
    """The rules of predicates that need each other, for any facts and any thread.

    Parameters
    ----------
    program : PreparedProgram
    group : collection of str
        All predicates of the stratum.
    """

    def __init__(self, program: PreparedProgram, group: Collection[str]) -> None:
        rules = {key: own for key, own in program.derived.items() if key[0] in group}
        self.handles = {
            key: machine.new_predicate(key[1], Recursion._resolve, key) for key in rules
        }
        self.clauses = {each.position: self._clause(each) for own in rules.values() for each in own}

    def _clause(self, rule: PreparedRule) -> _Clause:
        lead, *goals = self._goals(rule.join)
        assert isinstance(lead, _Local)
        head = rule.rule.head.terms
        users = [set(names_of(*head)), *map(_names, goals)]
        for position, goal in enumerate(goals, 1):
            if isinstance(goal, _Local):
                others = lead.join.names.union(*users[:position], *users[position + 1 :])
                shared = sorted(goal.join.names & others)
                goal.terms = tuple(map(Variable, shared))
                goal.handle = machine.new_predicate(len(shared), Recursion._join, goal)
                goal.growth = next(filter(None, map(growth_of, goal.join.literals)), None)
        return _Clause(head, lead.join, tuple(goals), tuple(sorted(set().union(*users))))

    def _goals(self, join: Join) -> Iterator[_Call | _Local]:
        """Yield the goals of a body: a join, then calls and what lies between them."""
        waiting: list[JoinLiteral] = []
        is_first = True
        for literal in join.literals:
            if isinstance(literal, Scan) and literal.key in self.handles:
                if waiting or is_first:
                    yield _Local(Join(waiting))
                is_first, waiting = False, []
                yield _Call(self.handles[literal.key], literal.terms)
            else:
                waiting.append(literal)
        if waiting or is_first:
            yield _Local(Join(waiting))


_RULES: WeakKeyDictionary[PreparedProgram, dict[tuple[str, ...], _RecursiveRules]]
_RULES = WeakKeyDictionary()
_LOCK = threading.Lock()


def _recursive_rules(program: PreparedProgram, group: tuple[str, ...]) -> _RecursiveRules:
    """Return the rules of predicates that need each other, made once while in use."""
    with _LOCK:
        known = _RULES.setdefault(program, {})
        if group not in known:
            known[group] = _RecursiveRules(program, group)
        return known[group]


class Recursion:
    """The tables of recursive predicates over some facts.

    Parameters
    ----------
    program : PreparedProgram
        The rules.
    group : tuple of str
        All predicates of the stratum.
    source : RowSource
        Gives facts, and the rows of all other predicates.
    """

    def __init__(self, program: PreparedProgram, group: tuple[str, ...], source: RowSource) -> None:
        self._candidates = program.candidates
        self._rules = _recursive_rules(program, group)
        self._source = source
        self._constants: dict[Value, Any] = {}
        self._state = machine.new_state()
        self._grown = 0

    def rows(self, key: Key, pattern: Pattern) -> list[Row]:
        """Return the rows of a predicate that match a pattern.

        Parameters
        ----------
        key : (name, arity)
            A predicate of the stratum.
        pattern : tuple of value or None
            None where any value will do.

        Returns
        -------
        list of tuple

        Raises
        ------
        QueryError
            If arithmetic has no result, or new numbers are found without end.
        """
        self._grown = 0
        try:
            with machine.using(self._state, self):
                terms = [Unknown() if value is None else self._constant(value) for value in pattern]
                facts = machine.answers(Literal(self._rules.handles[key], terms))
                return [tuple([term.id for term in fact.terms]) for fact in facts]
        except BaseException:
            self._state = machine.new_state()
            raise

    def _resolve(self, key: Key, literal: Any, subgoal: Any) -> None:
        """Answer a call of a predicate by its facts and rules."""
        terms = literal.terms
        free = [term.id for term in terms if type(term) is not Const]
        if len(set(free)) < len(free):
            self._generalise(key, terms, subgoal)
            return
        pattern = tuple([term.id if type(term) is Const else None for term in terms])
        for row in self._source.stated(key, pattern):
            subgoal.fact(Literal(literal.pred, list(map(self._constant, row))))
        for rule in self._candidates(key, pattern):
            if subgoal.is_done:
                return
            clause = self._rules.clauses[rule.position]
            bindings = match(clause.head, pattern)
            if bindings is not None:
                self._use(clause, bindings, literal, subgoal)

    def _use(
        self, clause: _Clause, bindings: Mapping[str, Value], literal: Any, subgoal: Any
    ) -> None:
        """Go on with every instance of a clause that its lead allows."""
        solutions = clause.lead.solve(bindings, self._source)
        distinct = {tuple(map(each.get, clause.shown)): None for each in solutions}
        asked = {
            term.name: given
            for term, given in zip(clause.head, literal.terms, strict=True)
            if isinstance(term, Variable)
        }
        for values in distinct:
            terms = {
                name: (asked.get(name) or Unknown()) if value is None else self._constant(value)
                for name, value in zip(clause.shown, values, strict=True)
            }
            head = Literal(literal.pred, self._made(clause.head, terms))
            if clause.goals:
                body = [
                    Literal(goal.handle, self._made(goal.terms, terms)) for goal in clause.goals
                ]
                machine.resolve_with(subgoal, head, body)
            else:
                subgoal.fact(head)

    def _made(self, terms: Sequence[Term], known: Mapping[str, Any]) -> list[Any]:
        return [
            self._constant(canonical(term.value))
            if isinstance(term, Constant)
            else known[term.name]
            for term in terms
        ]

    def _generalise(self, key: Key, terms: list[Any], subgoal: Any) -> None:
        """Answer a call such as ``p(X, X)`` by ``p(X, Y)`` and a comparison."""
        seen: set[Any] = set()
        general, same = [], []
        for term in terms:
            if type(term) is not Const and term.id in seen:
                other = Unknown()
                same.append(Literal(machine.EQUAL, [term, other]))
                general.append(other)
            else:
                seen.add(term.id)
                general.append(term)
        handle = self._rules.handles[key]
        body = [Literal(handle, general), *same]
        machine.resolve_with(subgoal, Literal(handle, list(terms)), body)

    def _join(self, goal: _Local, literal: Any, subgoal: Any) -> None:
        """Answer a goal by joining what is complete already."""
        if goal.growth is not None:
            self._grown += 1
            if self._grown > MOST_GROWTH:
                raise endless(goal.growth)
        names = [variable.name for variable in goal.terms]
        values = {
            name: term.id
            for name, term in zip(names, literal.terms, strict=True)
            if type(term) is Const
        }
        for solution in goal.join.solve(values, self._source):
            constants = [self._constant(solution[name]) for name in names]
            subgoal.fact(Literal(goal.handle, constants))

    def _constant(self, value: Value) -> Any:
        constant = self._constants.get(value)
        if constant is None:
            constant = self._constants[value] = Const(value)
        return constant


def _names(goal: _Call | _Local) -> set[str]:
    return set(goal.join.names if isinstance(goal, _Local) else names_of(*goal.terms))
