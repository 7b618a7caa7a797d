"""Values of the rule language: text and exact numbers, each in one form and in one order."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from fractions import Fraction
from typing import TypeAlias

Value: TypeAlias = str | int | Decimal | Fraction
"""A constant: text (dates are ISO text), or an exact number."""

Row: TypeAlias = tuple[Value, ...]
"""A row of a predicate, or an answer of a query."""


def canonical(value: Value) -> Value:
    """Return the one form of a value: a whole number is an int, a finite decimal a Decimal.

    Parameters
    ----------
    value : str, int, Decimal or Fraction
        In any of its forms.

    Returns
    -------
    str, int, Decimal or Fraction
        A Fraction only where no finite decimal equals it, as for one third.

    Raises
    ------
    TypeError
        If the value is something else (a float, say), or no finite number.

    Examples
    --------
    >>> canonical(Decimal("2.00")), canonical(Fraction(5, 2)), canonical(Fraction(1, 3))
    (2, Decimal('2.5'), Fraction(1, 3))
    """
    kind = type(value)
    if kind is str or kind is int:
        return value
    if isinstance(value, str):
        return str.__str__(value)
    if isinstance(value, int) and kind is not bool:
        return int(value)
    if isinstance(value, Fraction) or (isinstance(value, Decimal) and value.is_finite()):
        return shortest(Fraction(value))
    raise TypeError(f"a value is text or an exact number, not {kind.__name__}")


def standard_key(value: Value) -> tuple[int, Value]:
    """Return the sort key of a value in the standard order of terms: numbers before text.

    Text is ordered by code point.

    Parameters
    ----------
    value : value
        In its one form.

    Returns
    -------
    tuple

    Examples
    --------
    >>> sorted(["b", 10, "a", 9], key=standard_key)
    [9, 10, 'a', 'b']
    """
    return (1, value) if isinstance(value, str) else (0, value)


def row_key(row: Iterable[Value]) -> tuple[tuple[int, Value], ...]:
    """Return the sort key of a row of answers.

    Parameters
    ----------
    row : iterable of value
        The values of one answer.

    Returns
    -------
    tuple
    """
    return tuple(map(standard_key, row))


def shortest(number: int | Fraction) -> Value:
    """Return a number as an int or a finite decimal where it is one.

    Parameters
    ----------
    number : int or Fraction
        Any exact number.

    Returns
    -------
    int, Decimal or Fraction

    Examples
    --------
    >>> shortest(Fraction(5, 2))
    Decimal('2.5')
    """
    if number.denominator == 1:
        return int(number)
    rest, twos, fives = number.denominator, 0, 0
    while rest % 2 == 0:
        rest, twos = rest // 2, twos + 1
    while rest % 5 == 0:
        rest, fives = rest // 5, fives + 1
    if rest != 1:
        return number
    places = max(twos, fives)
    digits = number.numerator * 10**places // number.denominator
    return Decimal((int(digits < 0), tuple(map(int, str(abs(digits)))), -places))
