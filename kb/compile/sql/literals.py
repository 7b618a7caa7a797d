"""Constants of arithmetic as literals, and the constants that literals are."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import Any, TypeAlias

from facts.extras import bulk_module

exp = bulk_module("sqlglot.expressions")

Sql: TypeAlias = Any
"""A node of sqlglot's syntax tree."""


def literal(value: int | Decimal) -> Sql:
    """Return a number as a literal.

    Examples
    --------
    >>> literal(Decimal("-0.5")).sql()
    '-0.5'
    """
    text = str(value) if isinstance(value, int) else format(value, "f")
    if text.startswith("-"):
        return exp.Neg(this=exp.Literal.number(text[1:]))
    return exp.Literal.number(text)


def constant_of(item: Sql) -> Fraction | None:
    """Return the value of a literal, or None for what is no literal.

    Examples
    --------
    >>> constant_of(literal(-2)), constant_of(exp.column("a"))
    (Fraction(-2, 1), None)
    """
    if isinstance(item, exp.Paren):
        return constant_of(item.this)
    if isinstance(item, exp.Neg):
        value = constant_of(item.this)
        return None if value is None else -value
    return Fraction(item.this) if isinstance(item, exp.Literal) else None


def is_whole(item: Sql) -> bool:
    """Tell whether an item is a literal with nothing behind its point.

    Examples
    --------
    >>> is_whole(literal(3)), is_whole(exp.column("a"))
    (True, False)
    """
    constant = constant_of(item)
    return constant is not None and constant == int(constant)
