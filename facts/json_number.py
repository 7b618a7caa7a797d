"""Exact numbers as JSON has them."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

from facts.values import format_number


def json_number(value: int | Decimal | Fraction) -> int | float | str:
    """Return an exact number as JSON has it; as text where a JSON number would round it.

    Parameters
    ----------
    value : int or Decimal or Fraction
        An exact number.

    Examples
    --------
    >>> json_number(Decimal("2.50")), json_number(Decimal("2.00")), json_number(Fraction(1, 3))
    (2.5, 2, '1/3')
    """
    exact = Fraction(value)
    if exact.denominator == 1:
        return exact.numerator
    text = format_number(exact)
    number = float(exact)
    return number if "/" not in text and Decimal(repr(number)) == Decimal(text) else text
