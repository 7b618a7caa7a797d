"""A tiny evaluator for the checker of certificates: naive, and independent of every engine."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from fractions import Fraction
from math import ceil, floor, inf
from operator import add, eq, ge, gt, le, lt, mod, mul, ne, neg, sub, truediv
from typing import Any, TypeAlias

from explain.certificate.bounds import MOST_BITS, ROWS_OF_A_STEP, Budget, Refused
from kb.language.ast import (
    Aggregate,
    Assignment,
    Atom,
    BodyLiteral,
    Comparison,
    Constant,
    Expression,
    Relational,
    Rule,
    Term,
    Variable,
)
from kb.language.traversal import all_names, visible_variables

Row: TypeAlias = tuple[Any, ...]
Values: TypeAlias = Mapping[str, Any]
_Goal: TypeAlias = tuple[str, Row]

_COMPARE = {
    "<": lt, "=<": le, ">": gt, ">=": ge, "=:=": eq, "=\\=": ne,
    "@<": lt, "@=<": le, "@>": gt, "@>=": ge, "=": eq, "\\=": ne,
}  # fmt: skip


_DEEPEST = 150
"""Goals that may be open at once."""

_ALONE: dict[str, Any] = {"-": neg, "ceiling": ceil, "floor": floor, "abs": abs}
_BETWEEN: dict[str, Any] = {
    "+": add, "-": sub, "*": mul, "/": truediv, "mod": mod, "min": min, "max": max,
    "//": lambda left, right: int(left / right),
}  # fmt: skip


class Lookup:
    """Looks for what rules and facts say, goal by goal, again until nothing new is found.

    Parameters
    ----------
    rules : iterable of Rule
        The rules of the certificate.
    given : mapping of predicate to rows
        The input facts.
    budget : Budget, optional
        The work that may go into it.
    """

    def __init__(
        self,
        rules: Iterable[Rule],
        given: Mapping[str, set[Row]],
        budget: Budget | None = None,
    ) -> None:
        self.given = given
        self._budget = budget or Budget()
        self.rules: dict[str, list[Rule]] = {}
        for rule in rules:
            self.rules.setdefault(rule.head.predicate, []).append(rule)
        self.asked: set[str] = set()
        self._done: dict[_Goal, set[Row]] = {}
        self._open: dict[_Goal, tuple[int, set[Row]]] = {}
        self._lowest: float = inf

    def finds(self, atom: Atom) -> bool:
        """Tell whether anything matches an atom; its variables stand for anything."""
        return any(True for _ in self.solve((Relational(atom),), {}))

    def states(self, predicate: str, row: Row) -> bool:
        """Tell whether the rules state a row of a predicate as a fact."""
        return any(
            not rule.body and _row(rule.head, {}) == row for rule in self.rules.get(predicate, ())
        )

    def rows(self, predicate: str, pattern: Row) -> set[Row]:
        """Return the rows of a predicate that match a pattern, in which None is anything."""
        goal = (predicate, pattern)
        if goal in self._done:
            return self._done[goal]
        if goal in self._open:
            depth, found = self._open[goal]
            self._lowest = min(self._lowest, depth)
            return set(found)
        self.asked.add(predicate)
        depth, outer = len(self._open), self._lowest
        if depth > _DEEPEST:
            raise Refused("it goes too deep to be checked")
        self._budget.spend(len(self.given.get(predicate, ())) / ROWS_OF_A_STEP)
        found = {row for row in self.given.get(predicate, ()) if _matches(row, pattern)}
        self._open[goal] = (depth, found)
        lowest: float = inf
        while True:
            size, self._lowest = len(found), inf
            for rule in self.rules.get(predicate, ()):
                found |= set(self._conclusions(rule, pattern))
            lowest = min(lowest, self._lowest)
            if lowest > depth or len(found) == size:
                break
        del self._open[goal]
        if lowest >= depth:
            self._done[goal] = found
        self._lowest = min(outer, lowest if lowest < depth else inf)
        return found

    def _conclusions(self, rule: Rule, pattern: Row) -> Iterator[Row]:
        values: dict[str, Any] = {}
        for term, value in zip(rule.head.terms, pattern, strict=True):
            if value is None:
                continue
            if isinstance(term, Constant):
                if term.value != value:
                    return
            elif values.setdefault(term.name, value) != value:
                return
        for solution in self.solve(rule.body, values, ()):
            yield _row(rule.head, solution)

    def solve(
        self,
        body: tuple[BodyLiteral, ...],
        values: Values,
        given: Iterable[str] | None = None,
        start: int = 0,
    ) -> Iterator[Values]:
        """Yield the values under which a body holds, from the literal at ``start``.

        Names that are ``given`` are bound before the body; without them, those of the values.
        """
        if start == len(body):
            yield values
            return
        given = tuple(values if given is None else given)
        literal, own = body[start], _own_names(body, given)[start]
        seen = {name: values[name] for name in values if name not in own} if own else values
        for extended in self._step(literal, values, seen):
            yield from self.solve(body, extended, given, start + 1)

    def _step(self, literal: BodyLiteral, values: Values, seen: Values) -> Iterator[Values]:
        self._budget.spend(1)
        if isinstance(literal, Relational):
            pattern = tuple(_term(term, seen) for term in literal.atom.terms)
            if not literal.negated:
                for row in self.rows(literal.atom.predicate, pattern):
                    yield from _bind(literal.atom, row, values)
                return
            rows = self._settled(literal.atom.predicate, pattern)
            if not any(True for row in rows for _ in _bind(literal.atom, row, seen)):
                yield values
        elif isinstance(literal, Comparison):
            sides = (literal.left, literal.right)
            for side, other in (sides, sides[::-1]):
                if isinstance(side, Variable) and side.name not in values:
                    yield {**values, side.name: compute(other, values)}
                    return
            if self.compares(literal, values):
                yield values
        elif isinstance(literal, Assignment):
            yield from _bound(literal.variable, compute(literal.expression, values), values)
        else:
            result = self.aggregate(literal, seen)
            if result is not None:
                yield from _bound(literal.result, result, values)

    def _settled(self, predicate: str, pattern: Row) -> set[Row]:
        """Return rows that no open goal can add to."""
        before, self._lowest = self._lowest, inf
        rows = self.rows(predicate, pattern)
        if self._lowest < inf:
            raise Refused(f"the absence of `{predicate}` rests on itself")
        self._lowest = before
        return rows

    def compares(self, literal: Comparison, values: Values) -> bool:
        """Tell whether a literal that compares is true under some values."""
        left, right = compute(literal.left, values), compute(literal.right, values)
        if literal.operator.startswith("@"):
            left, right = (isinstance(left, str), left), (isinstance(right, str), right)
        elif literal.operator not in ("=", "\\=") and (
            isinstance(left, str) or isinstance(right, str)
        ):
            return False
        return bool(_COMPARE[literal.operator](left, right))

    def solutions(self, literal: Aggregate, outer: Values) -> list[Values]:
        """Return the distinct solutions of the goal of an aggregate literal under outer values."""
        before, self._lowest = self._lowest, inf
        found = {frozenset(one.items()): one for one in self.solve(literal.goal, outer)}
        if self._lowest < inf:
            raise Refused("an aggregate rests on itself")
        self._lowest = before
        return list(found.values())

    def aggregate(self, literal: Aggregate, outer: Values) -> Any:
        """Return the value of an aggregate literal under outer values, None where it has none."""
        solutions = self.solutions(literal, outer)
        if literal.expression is None:
            return len(solutions)
        values = [compute(literal.expression, one) for one in solutions]
        if literal.function == "count":
            return len(values)
        if literal.function == "sum":
            return sum(values)
        fold = min if literal.function == "min" else max
        return fold(values, default=None)


def views(body: tuple[BodyLiteral, ...], values: Values, given: Iterable[str] = ()) -> list[Values]:
    """Return what each literal of a body sees of some values, the given names bound before it."""
    return [
        {name: value for name, value in values.items() if name not in own} if own else values
        for own in _own_names(body, tuple(given))
    ]


_OWN: dict[tuple[int, tuple[str, ...]], tuple[list[set[str]], object]] = {}
"""What is known of bodies by their identity; each is kept alive beside it."""


def _own_names(body: tuple[BodyLiteral, ...], given: tuple[str, ...]) -> list[set[str]]:
    """Return the variables that are each literal's own: bound by nothing before it."""
    known = _OWN.get((id(body), given))
    if known is not None:
        return known[0]
    bound = set(given)
    found: list[set[str]] = []
    for literal in body:
        names = {variable.name for variable in visible_variables(literal)}
        own: set[str] = set()
        if isinstance(literal, Relational) and literal.negated:
            own, names = names - bound, set()
        elif isinstance(literal, Aggregate):
            own = set(all_names((literal,))) - bound - names
        found.append(own)
        bound |= names
    if len(_OWN) > 20_000:
        _OWN.clear()
    _OWN[id(body), given] = (found, body)
    return found


def compute(expression: Expression, values: Values) -> Any:
    """Return the value of an expression under the values of its variables, exactly."""
    if isinstance(expression, Variable):
        return values[expression.name]
    if isinstance(expression, Constant):
        value = expression.value
        return value if isinstance(value, str) else Fraction(value)
    numbers = [Fraction(compute(operand, values)) for operand in expression.operands]
    if any(number.numerator.bit_length() > MOST_BITS for number in numbers):
        raise Refused("a number is too large to check")
    operation = (_ALONE if len(numbers) == 1 else _BETWEEN).get(expression.operator)
    if operation is None:
        raise Refused(f"unknown operation `{expression.operator}`")
    return operation(*numbers)


def _term(term: Term, values: Values) -> Any:
    return term.value if isinstance(term, Constant) else values.get(term.name)


def _row(atom: Atom, values: Values) -> Row:
    return tuple(
        term.value if isinstance(term, Constant) else values[term.name] for term in atom.terms
    )


def _matches(row: Row, pattern: Row) -> bool:
    return len(row) == len(pattern) and all(
        wanted is None or wanted == value for wanted, value in zip(pattern, row, strict=True)
    )


def _bind(atom: Atom, row: Row, values: Values) -> Iterator[Values]:
    extended = dict(values)
    for term, value in zip(atom.terms, row, strict=True):
        if isinstance(term, Variable) and extended.setdefault(term.name, value) != value:
            return
    yield extended


def _bound(variable: Variable, value: Any, values: Values) -> Iterator[Values]:
    if values.get(variable.name, value) == value:
        yield {**values, variable.name: value}
