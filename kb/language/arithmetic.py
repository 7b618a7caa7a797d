"""What numbers and comparisons mean: exact, and the same for every engine and proof."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from fractions import Fraction
from typing import TypeAlias

from facts.diagnostic import QueryError
from facts.span import Span
from kb.language.ast import (
    AggregateFunction,
    Comparator,
    Constant,
    Expression,
    Operation,
    Variable,
)
from kb.language.values import Value, canonical, shortest, standard_key

Number: TypeAlias = int | Fraction
_MOST_BITS = 3_400


def evaluate(expression: Expression, values: Mapping[str, Value]) -> Value:
    """Return the value of an expression.

    Parameters
    ----------
    expression : Variable, Constant or Operation
        Its variables are all bound.
    values : mapping of variable name to value
        The values of its variables.

    Raises
    ------
    QueryError
        If there is text where a number has to be, or a division has no result.

    Examples
    --------
    >>> half = Operation("/", (Variable("X"), Constant(2)))
    >>> evaluate(half, {"X": 4}), evaluate(half, {"X": 5})
    (2, Decimal('2.5'))
    """
    if isinstance(expression, Variable):
        return values[expression.name]
    if isinstance(expression, Constant):
        return canonical(expression.value)
    operands = [_number(evaluate(operand, values), operand.span) for operand in expression.operands]
    number = _calculate(expression, operands)
    if number.numerator.bit_length() + number.denominator.bit_length() > _MOST_BITS:
        raise _error("the result has more than a thousand digits", expression.span)
    return shortest(number)


def evaluate_number(expression: Expression, values: Mapping[str, Value]) -> Value:
    """Return the value of an expression that has to be a number (see `evaluate`).

    Parameters
    ----------
    expression : Expression
        Its variables are all bound.
    values : mapping of variable name to value
        Those of its variables.

    Returns
    -------
    int, Decimal or Fraction
    """
    value = evaluate(expression, values)
    _number(value, expression.span)
    return value


def holds(
    operator: Comparator, left: Expression, right: Expression, values: Mapping[str, Value]
) -> bool:
    """Tell whether a comparison is true of values that are all bound.

    ``=`` and ``\\=`` compare values (text is never equal to a number), the ``@<`` family
    compares in the standard order of terms, the others compare numbers.

    Parameters
    ----------
    operator : Comparator
        As it is written.
    left : Expression
        Its left side.
    right : Expression
        Its right side.
    values : mapping of variable name to value
        Those of its variables.

    Returns
    -------
    bool

    Raises
    ------
    QueryError
        If an arithmetic comparison meets text.

    Examples
    --------
    >>> holds("@=<", Variable("D"), Constant("2018-09-18"), {"D": "2018-06-01"})
    True
    """
    if operator in _VALUES:
        return _VALUES[operator](evaluate(left, values), evaluate(right, values))
    if operator in _ORDER:
        first, second = evaluate(left, values), evaluate(right, values)
        return _ORDER[operator](standard_key(first), standard_key(second))
    return _NUMBERS[operator](
        _number(evaluate(left, values), left.span), _number(evaluate(right, values), right.span)
    )


def fold(function: AggregateFunction, values: Iterable[Value], span: Span) -> Value | None:
    """Return the aggregate of values, one for each distinct solution.

    Parameters
    ----------
    function : {"count", "sum", "min", "max"}
        What is computed.
    values : iterable of value
        Those of the aggregated expression.
    span : Span
        The aggregated expression, for an error.

    Returns
    -------
    value or None
        None where ``min`` or ``max`` meets no solution: the aggregate fails then.

    Raises
    ------
    QueryError
        If text is to be summed or compared.

    Examples
    --------
    >>> from kb.language.ast import NOWHERE
    >>> fold("sum", [1, Decimal("0.5")], NOWHERE), fold("max", [], NOWHERE)
    (Decimal('1.5'), None)
    """
    if function == "count":
        return sum(1 for _ in values)
    numbers = [_number(value, span) for value in values]
    if function == "sum":
        return shortest(sum(numbers))
    if not numbers:
        return None
    return shortest(min(numbers) if function == "min" else max(numbers))


def _number(value: Value, span: Span) -> Number:
    if isinstance(value, str):
        raise _error("there is text where a number has to be", span)
    return Fraction(value) if isinstance(value, Decimal) else value


def _calculate(operation: Operation, operands: list[Number]) -> Number:
    operator = operation.operator
    if len(operands) == 1:
        unary = _UNARY.get(operator)
        if unary is not None:
            return unary(operands[0])
    elif len(operands) == 2:
        left, right = operands
        if operator in DIVISIONS:
            return _divide(operation, left, right)
        binary = _BINARY.get(operator)
        if binary is not None:
            return binary(left, right)
    raise _error(f"unknown operation `{operator}` of {len(operands)} operands", operation.span)


def _divide(operation: Operation, left: Number, right: Number) -> Number:
    if right == 0:
        raise _error(f"division by zero in `{operation.operator}`", operation.span)
    if operation.operator == "/":
        return Fraction(left) / right
    if left.denominator != 1 or right.denominator != 1:
        raise _error(f"`{operation.operator}` needs whole numbers", operation.span)
    dividend, divisor = int(left), int(right)
    if operation.operator == "mod":
        return dividend % divisor
    quotient = abs(dividend) // abs(divisor)
    return quotient if (dividend < 0) == (divisor < 0) else -quotient


def _error(message: str, span: Span) -> QueryError:
    return QueryError.of(message, place=span)


_UNARY: dict[str, Callable[[Number], Number]] = {
    "-": lambda x: -x,
    "+": lambda x: x,
    "ceiling": lambda x: math.ceil(x),
    "floor": lambda x: math.floor(x),
    "abs": lambda x: max(x, -x),
}
_BINARY: dict[str, Callable[[Number, Number], Number]] = {
    "+": lambda x, y: x + y,
    "-": lambda x, y: x - y,
    "*": lambda x, y: x * y,
    "min": min,
    "max": max,
}
DIVISIONS = frozenset({"/", "//", "mod"})

_VALUES: dict[str, Callable[[Value, Value], bool]] = {
    "=": lambda x, y: x == y,
    "\\=": lambda x, y: x != y,
}
_Key: TypeAlias = tuple[int, Value]
_ORDER: dict[str, Callable[[_Key, _Key], bool]] = {
    "@<": lambda x, y: x < y,
    "@=<": lambda x, y: x <= y,
    "@>": lambda x, y: x > y,
    "@>=": lambda x, y: x >= y,
}
_NUMBERS: dict[str, Callable[[Number, Number], bool]] = {
    "<": lambda x, y: x < y,
    "=<": lambda x, y: x <= y,
    ">": lambda x, y: x > y,
    ">=": lambda x, y: x >= y,
    "=:=": lambda x, y: x == y,
    "=\\=": lambda x, y: x != y,
}
