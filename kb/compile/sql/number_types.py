"""Numbers as a column stores them: exact decimals."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

from kb.language.values import Value, canonical

SCALE = 9
"""Digits after the point of a stored number; it has 29 before the point."""

NUMBER = f"DECIMAL(38, {SCALE})"
"""The SQL type of a stored number."""


def decimal_of(value: Value) -> Decimal | None:
    """Return a number as a decimal that a column can store exactly, or None.

    Parameters
    ----------
    value : text or number
        A text has no decimal.

    Examples
    --------
    >>> decimal_of(Fraction(1, 4)), decimal_of(Fraction(1, 3))
    (Decimal('0.25'), None)
    """
    if isinstance(value, str):
        return None
    exact = Fraction(value) * 10**SCALE
    if exact.denominator != 1 or abs(exact.numerator) >= 10**38:
        return None
    number = canonical(value)
    return Decimal(number) if isinstance(number, (int, Decimal)) else None
