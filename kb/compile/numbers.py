"""Pass: exact arithmetic as SQL. A quotient stays a pair until it is rounded or compared."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any, TypeAlias

from facts.diagnostic import Diagnostic, ProgramError
from kb.compile.extras import bulk_module
from kb.language.syntax import Constant, Expression, Operation, Value, Variable

exp = bulk_module("sqlglot.expressions")

Sql: TypeAlias = Any
"""A node of sqlglot's syntax tree."""

SCALE = 9
"""Digits after the point of a stored number; it has 29 before the point."""

NUMBER = f"DECIMAL(38, {SCALE})"
_UNITS = 10**SCALE
_COMPARISONS = {
    "<": exp.LT,
    "=<": exp.LTE,
    ">": exp.GT,
    ">=": exp.GTE,
    "=:=": exp.EQ,
    "=\\=": exp.NEQ,
    "=": exp.EQ,
    "\\=": exp.NEQ,
}


@dataclass(frozen=True, slots=True)
class Ratio:
    """An exact number as SQL: a numerator, and a denominator above zero where there is one.

    The denominator is null where a person divides by zero; nothing holds of such a number.
    """

    numerator: Sql
    denominator: Sql | None = None


def decimal_of(value: Value) -> Decimal | None:
    """Return a number as a decimal that a column can store exactly, or None.

    Examples
    --------
    >>> decimal_of(Fraction(1, 4)), decimal_of(Fraction(1, 3))
    (Decimal('0.250000000'), None)
    """
    if isinstance(value, str):
        return None
    exact = Fraction(value) * _UNITS
    if exact.denominator != 1 or abs(exact.numerator) >= 10**38:
        return None
    return Decimal(exact.numerator).scaleb(-SCALE) if exact % _UNITS else Decimal(int(value))


@dataclass(frozen=True, slots=True)
class Numbers:
    """Writes numbers for one SQL dialect.

    Parameters
    ----------
    dialect : str
        sqlglot's name of the dialect. DuckDB stops where a result does not fit exactly.
    """

    dialect: str = "duckdb"

    def expression(self, item: Expression, values: Mapping[str, Sql]) -> Ratio:
        """Return an arithmetic expression as a ratio.

        Parameters
        ----------
        item : Expression
        values : mapping of variable name to SQL

        Raises
        ------
        ProgramError
            If a number or an operation cannot be compiled exactly.
        """
        if isinstance(item, Variable):
            return Ratio(values[item.name].copy())
        if isinstance(item, Constant):
            return Ratio(self.constant(item))
        parts = [self.expression(operand, values) for operand in item.operands]
        return self._operation(item, parts)

    def constant(self, item: Constant) -> Sql:
        """Return a constant as SQL: text as text, a number as a decimal literal."""
        if isinstance(item.value, str):
            return exp.Literal.string(item.value)
        value = decimal_of(item.value)
        if value is None:
            message = f"`{item.value}` has no exact decimal of {SCALE} digits after the point"
            raise ProgramError([Diagnostic("error", message, item.span)])
        return _literal(value)

    def compare(self, operator: str, left: Ratio, right: Ratio) -> Sql:
        """Return a comparison of two ratios, multiplied crosswise."""
        one, other = left.numerator, right.numerator
        if right.denominator is not None:
            one = exp.Mul(this=exp.paren(one), expression=exp.paren(right.denominator.copy()))
        if left.denominator is not None:
            other = exp.Mul(this=exp.paren(other), expression=exp.paren(left.denominator.copy()))
        return _COMPARISONS[operator](this=one, expression=other)

    def stored(self, ratio: Ratio) -> Sql:
        """Return a ratio as one number column; DuckDB stops if it does not fit exactly."""
        if ratio.denominator is None:
            return ratio.numerator
        above = exp.Mul(this=self._whole(ratio.numerator), expression=_literal(_UNITS))
        below = self._whole(ratio.denominator)
        value = self._scaled(exp.IntDiv(this=exp.paren(above), expression=below))
        if self.dialect != "duckdb":
            return value
        remains = exp.Mod(this=exp.paren(above.copy()), expression=below.copy())
        exact = exp.EQ(this=remains, expression=_literal(0))
        stop = exp.Anonymous(
            this="error", expressions=[exp.Literal.string("a quotient has no exact decimal")]
        )
        return exp.Case(ifs=[exp.If(this=exact, true=value)], default=_when_known(below, stop))

    def _operation(self, item: Operation, parts: list[Ratio]) -> Ratio:
        match item.operator, parts:
            case ("+" | "-") as operator, [left, right]:
                return self._sum(operator, left, right)
            case "*", [left, right]:
                below = self._product(left.denominator, right.denominator)
                return Ratio(self._product(left.numerator, right.numerator), below)
            case "/", [left, right]:
                return self._quotient(left, right)
            case "-", [only]:
                return Ratio(exp.Neg(this=exp.paren(only.numerator)), only.denominator)
            case "+", [only]:
                return only
            case "abs", [only]:
                return Ratio(exp.Abs(this=only.numerator), only.denominator)
            case ("floor" | "ceiling") as operator, [only]:
                return Ratio(self._rounded(operator, only))
            case ("min" | "max") as operator, [left, right]:
                pair = [self.stored(left), self.stored(right)]
                node = exp.Least if operator == "min" else exp.Greatest
                return Ratio(node(this=pair[0], expressions=pair[1:], ignore_nulls=True))
            case ("//" | "mod") as operator, [left, right]:
                one, other = self._whole(self.stored(left)), self._whole(self.stored(right))
                other = exp.Nullif(this=other, expression=_literal(0))
                if operator == "//":
                    return Ratio(self._number(exp.IntDiv(this=one, expression=other)))
                once = exp.Add(this=exp.Mod(this=one, expression=other), expression=other.copy())
                twice = exp.Mod(this=exp.paren(once), expression=other.copy())
                return Ratio(self._scaled(twice))
        message = f"`{item.operator}` cannot be compiled exactly"
        raise ProgramError([Diagnostic("error", message, item.span)])

    def _sum(self, operator: str, left: Ratio, right: Ratio) -> Ratio:
        node = exp.Add if operator == "+" else exp.Sub
        one, other = left.numerator, right.numerator
        if right.denominator is not None:
            one = self._product(one, right.denominator)
        if left.denominator is not None:
            other = self._product(other, left.denominator)
        total = node(this=exp.paren(one), expression=exp.paren(other))
        below = self._product(left.denominator, right.denominator)
        return Ratio(exp.cast(total, NUMBER), below)

    def _quotient(self, left: Ratio, right: Ratio) -> Ratio:
        sign = exp.Sign(this=right.numerator.copy())
        above = exp.Mul(this=exp.paren(left.numerator), expression=sign)
        above = exp.cast(above, NUMBER)
        if right.denominator is not None:
            above = self._product(above, right.denominator)
        below = exp.Nullif(this=exp.Abs(this=right.numerator), expression=_literal(0))
        return Ratio(above, self._product(exp.cast(below, NUMBER), left.denominator))

    def _rounded(self, operator: str, ratio: Ratio) -> Sql:
        above = self._whole(ratio.numerator)
        below = self._whole(ratio.denominator) if ratio.denominator is not None else _units()
        remains = exp.Mod(this=above.copy(), expression=below.copy())
        beyond = (exp.GT if operator == "ceiling" else exp.LT)(this=remains, expression=_literal(0))
        one = exp.Case(ifs=[exp.If(this=beyond, true=_literal(1))], default=_literal(0))
        node = exp.Add if operator == "ceiling" else exp.Sub
        return self._number(node(this=exp.IntDiv(this=above, expression=below), expression=one))

    def _product(self, left: Sql | None, right: Sql | None) -> Sql | None:
        if left is None or right is None:
            only = left if right is None else right
            return None if only is None else only.copy()
        product = exp.Mul(this=exp.paren(left.copy()), expression=exp.paren(right.copy()))
        stored = exp.cast(product, NUMBER)
        if self.dialect != "duckdb":
            return stored
        exact = exp.EQ(this=stored.copy(), expression=product)
        stop = exp.Anonymous(
            this="error", expressions=[exp.Literal.string("a product has no exact decimal")]
        )
        return exp.Case(ifs=[exp.If(this=exact, true=stored)], default=_when_known(product, stop))

    def _whole(self, item: Sql) -> Sql:
        """The item as a whole number of 10**-SCALE."""
        units = exp.Mul(this=exp.paren(item.copy()), expression=_literal(_UNITS))
        return exp.cast(units, "HUGEINT" if self.dialect == "duckdb" else "DECIMAL(38, 0)")

    def _scaled(self, units: Sql) -> Sql:
        whole = exp.cast(units, "DECIMAL(38, 0)")
        return exp.cast(exp.Mul(this=whole, expression=_literal(Decimal(1).scaleb(-SCALE))), NUMBER)

    def _number(self, whole: Sql) -> Sql:
        return exp.cast(whole, NUMBER)


def _units() -> Sql:
    return exp.cast(_literal(_UNITS), "HUGEINT")


def _when_known(item: Sql, stop: Sql) -> Sql:
    """Stop, but not for a null, which means a division by zero."""
    known = exp.Not(this=exp.Is(this=item.copy(), expression=exp.Null()))
    return exp.Case(ifs=[exp.If(this=known, true=stop)])


def _literal(value: int | Decimal) -> Sql:
    text = format(value, "f")
    if text.startswith("-"):
        return exp.Neg(this=exp.Literal.number(text[1:]))
    return exp.Literal.number(text)
