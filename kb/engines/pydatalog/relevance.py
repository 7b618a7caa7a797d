"""Pass: leave out the clauses that cannot hold for the facts at hand."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from kb.engines.pydatalog.relations import Call, Clause, Local, Relation
from kb.engines.pydatalog.rows import Rows
from kb.engines.pydatalog.steps import Scan, Step
from kb.language.ast import Constant, Key, Term
from kb.language.values import Row, Value, canonical

_Pattern = tuple[Key, tuple[int, ...], Row]
"""Predicate, positions and the constants that stand there."""


class Relevance:
    """Tells which clauses can hold, from positive literals and their constants alone.

    Parameters
    ----------
    relations : iterable of Relation
        All derived relations of a program.
    """

    def __init__(self, relations: Iterable[Relation]) -> None:
        relations = _callees_first(relations)
        self._clauses = [clause for relation in relations for clause in relation.clauses]
        self._patterns: dict[_Pattern, int] = {}
        calls: dict[tuple[Relation, tuple[tuple[int, Value], ...]], int] = {}
        self._scans: list[tuple[int, ...]] = []
        self._calls: list[tuple[int, ...]] = []
        self._recursive = False
        seen: set[int] = set()
        for clause in self._clauses:
            seen.add(id(clause.relation))
            scans = [_pattern(scan) for scan in _scans(clause)]
            self._scans.append(
                tuple({self._patterns.setdefault(p, len(self._patterns)) for p in scans})
            )
            needed = set()
            for goal in clause.goals:
                if isinstance(goal, Call):
                    needed.add(
                        calls.setdefault((goal.relation, _constants(goal.terms)), len(calls))
                    )
                    self._recursive |= id(goal.relation) not in seen
                    self._recursive |= goal.relation is clause.relation
            self._calls.append(tuple(needed))
        self._meets: list[tuple[int, ...]] = [
            tuple(
                number
                for (relation, constants), number in calls.items()
                if relation is clause.relation and _fits(clause.head, constants)
            )
            for clause in self._clauses
        ]
        self._callees = [(relation.key, number) for (relation, _), number in calls.items()]

    def clauses(self, rows: Rows) -> dict[Relation, list[Clause]]:
        """Return the clauses of each relation that can hold; a relation without any is left out."""
        found = [bool(rows.index(key, at).get(values)) for key, at, values in self._patterns]
        met = [bool(rows.of(key)) for key, _ in self._callees]
        alive: dict[Relation, list[Clause]] = {}
        waiting: Iterable[int] = range(len(self._clauses))
        while True:
            left: list[int] = []
            changed = False
            for number in waiting:
                if not all(map(found.__getitem__, self._scans[number])):
                    continue
                if not all(map(met.__getitem__, self._calls[number])):
                    left.append(number)
                    continue
                clause = self._clauses[number]
                alive.setdefault(clause.relation, []).append(clause)
                changed = True
                for i in self._meets[number]:
                    met[i] = True
            if not (self._recursive and changed and left):
                return alive
            waiting = left


def _scans(clause: Clause) -> Iterator[Scan]:
    steps: list[Step] = [clause.lead] if clause.lead is not None else []
    steps += [goal.step for goal in clause.goals if isinstance(goal, Local)]
    for step in steps:
        for literal in step.literals:
            if isinstance(literal, Scan) and not literal.negated:
                yield literal


def _constants(terms: tuple[Term, ...]) -> tuple[tuple[int, Value], ...]:
    return tuple(
        (position, canonical(term.value))
        for position, term in enumerate(terms)
        if isinstance(term, Constant)
    )


def _pattern(scan: Scan) -> _Pattern:
    constants = _constants(scan.terms)
    return scan.key, tuple(i for i, _ in constants), tuple(value for _, value in constants)


def _fits(head: tuple[Term, ...], constants: tuple[tuple[int, Value], ...]) -> bool:
    for position, value in constants:
        term = head[position]
        if isinstance(term, Constant) and canonical(term.value) != value:
            return False
    return True


def _callees_first(relations: Iterable[Relation]) -> list[Relation]:
    """Return the relations so that a callee stands before its callers, but for recursion."""
    order: list[Relation] = []
    seen: set[int] = set()
    for root in relations:
        stack = [(root, _callees(root))] if id(root) not in seen else []
        seen.add(id(root))
        while stack:
            relation, callees = stack[-1]
            for callee in callees:
                if id(callee) not in seen:
                    seen.add(id(callee))
                    stack.append((callee, _callees(callee)))
                    break
            else:
                order.append(relation)
                stack.pop()
    return order


def _callees(relation: Relation) -> Iterator[Relation]:
    return (
        goal.relation
        for clause in relation.clauses
        for goal in clause.goals
        if isinstance(goal, Call)
    )
