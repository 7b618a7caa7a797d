"""A naive bottom-up evaluator: slow, short, and sharing no code with the engines."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from fractions import Fraction

from kb.engines.protocol import Facts
from kb.language.ast import (
    Aggregate,
    Assignment,
    BodyLiteral,
    Comparison,
    Constant,
    Expression,
    Program,
    Query,
    Relational,
    Variable,
)
from kb.language.traversal import named_variables
from kb.language.values import Row, Value

Key = tuple[str, int]
Relations = dict[Key, set[Row]]
Bindings = dict[str, Value]


class Undefined(Exception):
    """Arithmetic without a result."""


def reference_answers(
    program: Program, facts: Facts, queries: Iterable[Query], bound: Mapping[str, Value] = {}
) -> list[list[Row]]:
    """Return the sorted answers of each query."""
    relations = evaluate_program(program, facts)
    return [query_answers(relations, query, bound) for query in queries]


def query_answers(relations: Relations, query: Query, bound: Mapping[str, Value] = {}) -> list[Row]:
    columns = named_variables(query.body)
    given = {name: _plain(value) for name, value in bound.items() if name in columns}
    found = {
        tuple(each[name] for name in columns) for each in solutions(query.body, given, relations)
    }
    return sorted(found, key=lambda row: [(isinstance(v, str), v) for v in row])


def evaluate_program(program: Program, facts: Facts) -> Relations:
    relations: Relations = {}
    for name, rows in facts.items():
        for row in rows:
            relations.setdefault((name, len(row)), set()).add(tuple(map(_plain, row)))
    for layer in _layers(program):
        grown = True
        while grown:
            grown = False
            for rule in layer:
                target = relations.setdefault(rule.head.key, set())
                for each in list(solutions(rule.body, {}, relations)):
                    row = tuple(_value(term, each) for term in rule.head.terms)
                    if row not in target:
                        target.add(row)
                        grown = True
    return relations


def solutions(
    body: tuple[BodyLiteral, ...], bindings: Bindings, relations: Relations
) -> Iterator[Bindings]:
    if not body:
        yield bindings
        return
    for each in _satisfy(body[0], bindings, relations):
        yield from solutions(body[1:], each, relations)


def _satisfy(literal: BodyLiteral, bindings: Bindings, relations: Relations) -> Iterator[Bindings]:
    if isinstance(literal, Relational):
        key = literal.atom.key
        found = [
            each
            for row in relations.get(key, ())
            if (each := _unify(literal.atom.terms, row, bindings)) is not None
        ]
        if not literal.negated:
            yield from found
        elif not found:
            yield bindings
    elif isinstance(literal, Comparison):
        if literal.operator == "=":
            for one, other in ((literal.left, literal.right), (literal.right, literal.left)):
                if isinstance(one, Variable) and one.name not in bindings:
                    yield {**bindings, one.name: _value(other, bindings)}
                    return
        if _compare(
            literal.operator, _value(literal.left, bindings), _value(literal.right, bindings)
        ):
            yield bindings
    elif isinstance(literal, Assignment):
        yield from _bind(literal.variable, _value(literal.expression, bindings), bindings)
    elif isinstance(literal, Aggregate):
        found = {
            tuple(sorted(each.items())): each
            for each in solutions(literal.goal, bindings, relations)
        }
        expression = literal.expression or Constant(1)
        values = [_value(expression, each) for each in found.values()]
        if literal.function in ("count", "sum"):
            total = len(values) if literal.function == "count" else sum(values)
            yield from _bind(literal.result, total, bindings)
        elif values:
            extreme = min(values) if literal.function == "min" else max(values)
            yield from _bind(literal.result, extreme, bindings)


def _bind(variable: Variable, value: Value, bindings: Bindings) -> Iterator[Bindings]:
    if bindings.get(variable.name, value) == value:
        yield {**bindings, variable.name: value}


def _unify(terms: tuple[object, ...], row: Row, bindings: Bindings) -> Bindings | None:
    extended = dict(bindings)
    for term, value in zip(terms, row, strict=True):
        known = (
            extended.setdefault(term.name, value)
            if isinstance(term, Variable)
            else _plain(term.value)
        )
        if known != value:
            return None
    return extended


def _plain(value: Value) -> Value:
    return value if isinstance(value, str) else Fraction(value)


def _value(expression: Expression, bindings: Bindings) -> Value:
    if isinstance(expression, Variable):
        return bindings[expression.name]
    if isinstance(expression, Constant):
        return _plain(expression.value)
    values = [_value(operand, bindings) for operand in expression.operands]
    operator = expression.operator
    if len(values) == 1:
        unary = {"-": lambda x: -x, "ceiling": math.ceil, "floor": math.floor, "abs": abs}
        return Fraction(unary[operator](values[0]))
    left, right = values
    if operator in ("/", "//", "mod"):
        if right == 0:
            raise Undefined(operator)
        if operator == "/":
            return left / right
        if left.denominator != 1 or right.denominator != 1:
            raise Undefined(operator)
        if operator == "//":
            return Fraction(math.trunc(left / right))
        return left - right * math.floor(left / right)
    if operator in ("min", "max"):
        return min(left, right) if operator == "min" else max(left, right)
    return left + right if operator == "+" else left - right if operator == "-" else left * right


def _compare(operator: str, left: Value, right: Value) -> bool:
    if operator in ("=", "\\="):
        return (left == right) == (operator == "=")
    first, second = (isinstance(left, str), left), (isinstance(right, str), right)
    if operator in ("@<", "<"):
        return first < second
    if operator in ("@=<", "=<"):
        return first <= second
    if operator in ("@>", ">"):
        return first > second
    if operator in ("@>=", ">="):
        return first >= second
    return (left == right) == (operator == "=:=")


def _layers(program: Program) -> list[list[object]]:
    level: dict[Key, int] = {r.head.key: 0 for r in program.rules}
    for _ in range(len(level) + 1):
        for rule in program.rules:
            head = rule.head.key
            for key, above in _uses(rule.body, 0):
                level[head] = max(level[head], level.get(key, 0) + above)
    found: dict[int, list[object]] = {}
    for rule in program.rules:
        found.setdefault(level[rule.head.key], []).append(rule)
    return [found[number] for number in sorted(found)]


def _uses(body: tuple[BodyLiteral, ...], above: int) -> Iterator[tuple[Key, int]]:
    for literal in body:
        if isinstance(literal, Relational):
            yield literal.atom.key, above or int(literal.negated)
        elif isinstance(literal, Aggregate):
            yield from _uses(literal.goal, 1)
