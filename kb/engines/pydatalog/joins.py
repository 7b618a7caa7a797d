"""Joins: the literals of a body over rows, planned once for the variables bound before it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeAlias

from kb.language.arithmetic import evaluate, evaluate_number, fold, holds
from kb.language.ast import (
    Aggregate,
    AggregateFunction,
    Assignment,
    BodyLiteral,
    Comparison,
    Constant,
    Expression,
    Key,
    Relational,
    Term,
    Variable,
)
from kb.language.matching import Bindings, Pattern
from kb.language.traversal import all_names, names_of, rename, substitute_terms, visible_variables
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

    See Also
    --------
    kb.engines.pydatalog.evaluator.Evaluator : One that derives the rows of rules.
    """

    def index(self, key: Key, positions: tuple[int, ...]) -> RowIndex:
        """Return the rows of a predicate by their values at the positions.

        Parameters
        ----------
        key : (name, arity)
            The predicate.
        positions : tuple of int
            Where values are known.
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


@dataclass(frozen=True, slots=True)
class _Aggregation:
    """An aggregate with its goal as a join; ``inputs`` are the variables bound before it."""

    function: AggregateFunction
    expression: Expression | None
    goal: Join
    inputs: tuple[str, ...]
    result: Variable


JoinLiteral: TypeAlias = Scan | Comparison | Assignment | _Aggregation

_Found: TypeAlias = list[Bindings]
_Run: TypeAlias = Callable[[_Found, RowSource], _Found]
"""Extends each of some bindings in every way that a literal allows."""


class Join:
    """A conjunction of literals, planned once for each set of variables bound before it.

    Parameters
    ----------
    literals : iterable of JoinLiteral
        In an order in which every literal finds its variables bound.

    See Also
    --------
    join_of : The join of a body.
    """

    def __init__(self, literals: Iterable[JoinLiteral]) -> None:
        self.literals = tuple(literals)
        self.names = frozenset(name for literal in self.literals for name in _shared(literal))
        self._plans: dict[frozenset[str], tuple[_Run, ...]] = {}

    def solve(self, bindings: Bindings, source: RowSource) -> list[Bindings]:
        """Return every extension of the bindings that makes the conjunction true.

        Parameters
        ----------
        bindings : mapping of variable name to value
            Variables that the join does not have are kept.
        source : RowSource
            Where the rows of its atoms are.

        Returns
        -------
        list of mapping

        Raises
        ------
        QueryError
            If arithmetic has no result.
        """
        bound = self.names.intersection(bindings)
        plan = self._plans.get(bound)
        if plan is None:
            plan = self._plans[bound] = tuple(_plan(self.literals, set(bound)))
        found = [bindings]
        for run in plan:
            found = run(found, source)
            if not found:
                break
        return found


def join_of(body: Iterable[BodyLiteral], bound: Iterable[str] = ()) -> Join:
    """Return the join of a body that is read from left to right.

    A variable of a negated atom or of an aggregate's goal that nothing before it binds is the
    literal's own, whatever else has its name.

    Parameters
    ----------
    body : iterable of literals
        Checked: each finds its variables bound.
    bound : iterable of str, optional
        Variables that have a value before the body.

    Returns
    -------
    Join
    """
    return Join(_Reader(bound).read(body))


class _Reader:
    """Reads one body; ``bound`` are the variables known so far."""

    def __init__(self, bound: Iterable[str], depth: str = "") -> None:
        self.bound = set(bound)
        self.depth = depth
        self.renamed = 0

    def read(self, body: Iterable[BodyLiteral]) -> list[JoinLiteral]:
        return [self._literal(literal) for literal in body]

    def _literal(self, literal: BodyLiteral) -> JoinLiteral:
        match literal:
            case Relational(atom=atom, negated=True):
                own = self._own(names_of(*atom.terms))
                terms = {name: Variable(other) for name, other in own.items()}
                return Scan(atom.key, substitute_terms(atom.terms, terms), negated=True)
            case Relational(atom=atom):
                self.bound.update(names_of(*atom.terms))
                return Scan(atom.key, atom.terms)
            case Aggregate():
                return self._aggregate(literal)
        self.bound.update(variable.name for variable in visible_variables(literal))
        return literal

    def _aggregate(self, literal: Aggregate) -> _Aggregation:
        names = dict.fromkeys(all_names(literal.goal))
        if literal.expression is not None:
            names.update(dict.fromkeys(names_of(literal.expression)))
        inputs = tuple(name for name in names if name in self.bound)
        (inner,) = rename((literal,), self._own(names))
        assert isinstance(inner, Aggregate)
        goal = Join(_Reader(inputs, self._fresh()).read(inner.goal))
        self.bound.add(literal.result.name)
        return _Aggregation(literal.function, inner.expression, goal, inputs, literal.result)

    def _own(self, names: Iterable[str]) -> dict[str, str]:
        """Return new names for variables that nothing has bound: they are the literal's own."""
        mark = self._fresh()
        return {name: f"{name}{mark}" for name in names if name not in self.bound}

    def _fresh(self) -> str:
        self.renamed += 1
        return f"{self.depth}.{self.renamed}"


def _shared(literal: JoinLiteral) -> Iterator[str]:
    """Yield the names of the variables that a literal shares with its rule."""
    match literal:
        case Scan(terms=terms):
            yield from names_of(*terms)
        case _Aggregation(inputs=inputs, result=result):
            yield from (*inputs, result.name)
        case _:
            yield from (variable.name for variable in visible_variables(literal))


def _plan(literals: Iterable[JoinLiteral], bound: set[str]) -> Iterator[_Run]:
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
            case _Aggregation():
                yield _aggregate(literal, bound)
        bound.update(_shared(literal))


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


def _scan(scan: Scan, bound: set[str]) -> _Run:
    access = _access(scan, bound)
    key, positions, new = scan.key, access.positions, access.new

    def run(found: _Found, source: RowSource) -> _Found:
        index = source.index(key, positions)
        extended: _Found = []
        for bindings in found:
            matches = index.get(access.key_of(bindings))
            if not matches:
                continue
            if not new:
                extended.append(bindings)
                continue
            for row in matches:
                if access.same and not access.agrees(row):
                    continue
                larger = dict(bindings)
                for position, name in new:
                    larger[name] = row[position]
                extended.append(larger)
        return extended

    return run


def _absence(scan: Scan, bound: set[str]) -> _Run:
    access = _access(scan, bound)

    def run(found: _Found, source: RowSource) -> _Found:
        index = source.index(scan.key, access.positions)
        return [
            bindings
            for bindings in found
            if not any(map(access.agrees, index.get(access.key_of(bindings)) or ()))
        ]

    return run


def _comparison(literal: Comparison, bound: set[str]) -> _Run:
    operator, left, right = literal.operator, literal.left, literal.right
    if operator == "=":
        for variable, other in ((left, right), (right, left)):
            if isinstance(variable, Variable) and variable.name not in bound:
                return _bind(variable, evaluate, other, bound)

    def run(found: _Found, source: RowSource) -> _Found:
        return [bindings for bindings in found if holds(operator, left, right, bindings)]

    return run


def _bind(
    variable: Variable,
    value_of: Callable[[Expression, Mapping[str, Value]], Value],
    expression: Expression,
    bound: set[str],
) -> _Run:
    name = variable.name

    def check(found: _Found, source: RowSource) -> _Found:
        return [bindings for bindings in found if bindings[name] == value_of(expression, bindings)]

    def bind(found: _Found, source: RowSource) -> _Found:
        return [{**bindings, name: value_of(expression, bindings)} for bindings in found]

    return check if name in bound else bind


def _aggregate(literal: _Aggregation, bound: set[str]) -> _Run:
    expression, name = literal.expression, literal.result.name
    span = literal.result.span if expression is None else expression.span
    checked = name in bound

    def run(found: _Found, source: RowSource) -> _Found:
        extended: _Found = []
        for bindings in found:
            inputs = {key: bindings[key] for key in literal.inputs}
            values = (
                0 if expression is None else evaluate(expression, solution)
                for solution in literal.goal.solve(inputs, source)
            )
            value = fold(literal.function, values, span)
            if value is None or (checked and bindings[name] != value):
                continue
            extended.append(bindings if checked else {**bindings, name: value})
        return extended

    return run
