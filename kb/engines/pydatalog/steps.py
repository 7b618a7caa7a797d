"""Steps: runs of body literals that need input facts and arithmetic alone, joined at once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from kb.engines.pydatalog.rows import Rows
from kb.language.arithmetic import evaluate, evaluate_number, fold, holds
from kb.language.ast import (
    AggregateFunction,
    Assignment,
    Comparison,
    Constant,
    Expression,
    Key,
    Term,
    Variable,
)
from kb.language.traversal import names_of, visible_variables
from kb.language.values import Row, Value, canonical

Bindings: TypeAlias = dict[str, Value]
"""Variable names to values."""

Run: TypeAlias = Callable[[list[Bindings], Rows], list[Bindings]]
"""Extends each of some bindings in every way that a literal allows."""


@dataclass(frozen=True, slots=True)
class Scan:
    """A positive or negated atom over an input predicate."""

    key: Key
    terms: tuple[Term, ...]
    negated: bool = False


@dataclass(frozen=True, slots=True)
class LocalAggregate:
    """An aggregate whose goal needs input facts alone."""

    function: AggregateFunction
    expression: Expression | None
    goal: Step
    inputs: tuple[str, ...]
    result: Variable


LocalLiteral: TypeAlias = Scan | Comparison | Assignment | LocalAggregate


class Step:
    """A conjunction over input facts, planned once for each set of variables bound before it.

    Parameters
    ----------
    literals : iterable of LocalLiteral
        In an order in which every comparison finds its variables bound.
    """

    def __init__(self, literals: Iterable[LocalLiteral]) -> None:
        self.literals = tuple(literals)
        self.names = frozenset(name for literal in self.literals for name in shared_names(literal))
        self._plans: dict[frozenset[str], tuple[Run, ...]] = {}

    def solve(self, bindings: Bindings, rows: Rows) -> list[Bindings]:
        """Return every extension of the bindings that makes the conjunction true.

        Variables of the bindings that the step does not have are kept.
        """
        bound = self.names.intersection(bindings)
        plan = self._plans.get(bound)
        if plan is None:
            plan = self._plans[bound] = tuple(_plan(self.literals, set(bound)))
        found = [bindings]
        for run in plan:
            found = run(found, rows)
            if not found:
                break
        return found


def shared_names(literal: LocalLiteral) -> Iterator[str]:
    """Yield the names of the variables that a literal shares with its rule."""
    match literal:
        case Scan(terms=terms):
            yield from names_of(*terms)
        case Comparison() | Assignment():
            yield from (variable.name for variable in visible_variables(literal))
        case LocalAggregate(inputs=inputs, result=result):
            yield from inputs
            yield result.name


def aggregate(
    function: AggregateFunction,
    expression: Expression | None,
    solutions: Iterable[Mapping[str, Value]],
    result: Variable,
) -> Value | None:
    """Return the aggregate of an expression over distinct solutions, None where it fails."""
    if expression is None:
        return fold(function, (0 for _ in solutions), result.span)
    values = (evaluate(expression, solution) for solution in solutions)
    return fold(function, values, expression.span)


def _plan(literals: Iterable[LocalLiteral], bound: set[str]) -> Iterator[Run]:
    for literal in literals:
        match literal:
            case Scan(negated=True):
                yield _absence(literal, bound)
            case Scan():
                yield _scan(literal, bound)
            case Comparison():
                yield _comparison(literal, bound)
            case Assignment(variable=variable, expression=expression):
                yield _bind(variable, evaluate_number, expression, bound)
            case LocalAggregate():
                yield _aggregate(literal, bound)
        bound.update(shared_names(literal))


@dataclass(slots=True)
class _Access:
    """How the terms of a scan meet a row."""

    positions: tuple[int, ...]
    key: tuple[tuple[str | None, Value], ...]
    new: tuple[tuple[int, str], ...]
    same: tuple[tuple[int, int], ...]

    def key_of(self, bindings: Bindings) -> Row:
        return tuple([value if name is None else bindings[name] for name, value in self.key])

    def agrees(self, row: Row) -> bool:
        return all(row[i] == row[j] for i, j in self.same)


def _access(scan: Scan, bound: set[str]) -> _Access:
    positions: list[int] = []
    key: list[tuple[str | None, Value]] = []
    new: dict[str, int] = {}
    same: list[tuple[int, int]] = []
    for position, term in enumerate(scan.terms):
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
    return _Access(
        tuple(positions),
        tuple(key),
        tuple((position, name) for name, position in new.items()),
        tuple(same),
    )


def _scan(scan: Scan, bound: set[str]) -> Run:
    access = _access(scan, bound)
    key, positions, new = scan.key, access.positions, access.new

    def run(found: list[Bindings], rows: Rows) -> list[Bindings]:
        index = rows.index(key, positions)
        extended: list[Bindings] = []
        for bindings in found:
            matches = index.get(access.key_of(bindings))
            if matches is None:
                continue
            if not new:
                extended.append(bindings)
                continue
            for row in matches:
                if access.same and not access.agrees(row):
                    continue
                larger = bindings.copy()
                for position, name in new:
                    larger[name] = row[position]
                extended.append(larger)
        return extended

    return run


def _absence(scan: Scan, bound: set[str]) -> Run:
    access = _access(scan, bound)

    def run(found: list[Bindings], rows: Rows) -> list[Bindings]:
        index = rows.index(scan.key, access.positions)
        return [
            bindings
            for bindings in found
            if not any(map(access.agrees, index.get(access.key_of(bindings), ())))
        ]

    return run


def _comparison(literal: Comparison, bound: set[str]) -> Run:
    operator, left, right = literal.operator, literal.left, literal.right
    if operator == "=":
        for variable, other in ((left, right), (right, left)):
            if isinstance(variable, Variable) and variable.name not in bound:
                return _bind(variable, evaluate, other, bound)

    def run(found: list[Bindings], rows: Rows) -> list[Bindings]:
        return [bindings for bindings in found if holds(operator, left, right, bindings)]

    return run


def _bind(
    variable: Variable,
    value_of: Callable[[Expression, Mapping[str, Value]], Value],
    expression: Expression,
    bound: set[str],
) -> Run:
    name = variable.name

    def check(found: list[Bindings], rows: Rows) -> list[Bindings]:
        return [bindings for bindings in found if bindings[name] == value_of(expression, bindings)]

    def bind(found: list[Bindings], rows: Rows) -> list[Bindings]:
        return [{**bindings, name: value_of(expression, bindings)} for bindings in found]

    return check if name in bound else bind


def _aggregate(literal: LocalAggregate, bound: set[str]) -> Run:
    name, checked = literal.result.name, literal.result.name in bound

    def run(found: list[Bindings], rows: Rows) -> list[Bindings]:
        extended: list[Bindings] = []
        for bindings in found:
            inputs = {key: bindings[key] for key in literal.inputs}
            solutions = literal.goal.solve(inputs, rows)
            value = aggregate(literal.function, literal.expression, solutions, literal.result)
            if value is None or (checked and bindings[name] != value):
                continue
            extended.append(bindings if checked else {**bindings, name: value})
        return extended

    return run
