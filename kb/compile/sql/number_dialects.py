"""What each dialect says otherwise of numbers."""

from __future__ import annotations

from decimal import Decimal

from kb.compile.sql.number_types import SCALE
from kb.compile.sql.numbers import Numbers
from kb.compile.sql.tree import Sql, constant_of, exp, known, number, term
from kb.language.ast import Constant

_SCALE = 4
"""Digits behind the point of a factor or a quotient of SQLite."""

_LARGE = 10 ** (18 - _SCALE)
"""What is below it has 18 digits in units of SQLite, which 64 bits hold; others are cut off."""


class DuckDBNumbers(Numbers):
    """Numbers of DuckDB, which can stop at a number that does not exist, or try."""

    ignores_nulls = True

    def _check_text(self, item: Constant) -> None:
        return

    def _integral(self, item: Sql) -> Sql:
        return exp.cast(item, "HUGEINT")

    def _int_div(self, above: Sql, below: Sql) -> Sql:
        return exp.IntDiv(this=term(above), expression=below)

    def _inexact(self, below: Sql, what: str) -> Sql | None:
        if self.undefined != "stop":
            return None
        text = exp.Literal.string(f"a {what} has no exact decimal")
        stop = exp.Anonymous(this="error", expressions=[text])
        # a null means a division by zero, which does not stop
        return exp.Case(ifs=[exp.If(this=known(below), true=stop)])


class PostgresNumbers(Numbers):
    """Numbers of PostgreSQL."""

    ignores_nulls = True


class SnowflakeNumbers(Numbers):
    """Numbers of Snowflake."""

    sign_type = "DECIMAL(1, 0)"


class SparkNumbers(Numbers):
    """Numbers of Spark, which gives every result a type of at most 38 digits.

    Where that is too narrow it takes digits from behind the point and rounds. With 27 digits a sum
    has 28, and a product with a whole number of ten digits has 38, so that none is lost. A product
    of two whole numbers of units has nothing behind its point, so Spark keeps all digits or stops;
    with more digits in the factors it could not compare one with a stored number without rounding
    that.

    Examples
    --------
    >>> numbers = SparkNumbers()
    >>> numbers.cast(exp.column("a")).sql("spark")
    'CAST(a AS DECIMAL(27, 9))'
    """

    stored_type = f"DECIMAL(27, {SCALE})"
    whole_type = "DECIMAL(27, 0)"
    sign_type = "DECIMAL(1, 0)"
    ignores_nulls = True

    def _is_factor(self, value: int) -> bool:
        return abs(value) < 10**10


class BigQueryNumbers(Numbers):
    """Numbers of BigQuery, whose decimal has nine digits behind its point by itself."""

    stored_type = "DECIMAL"
    whole_type = "BIGDECIMAL"

    def _is_literal(self, value: int | Decimal) -> bool:
        return int(value) == value and -(2**63) < value < 2**63

    def _from_units(self, units: Sql) -> Sql:
        return exp.Div(this=units, expression=number(self.units), typed=True, safe=False)

    def _int_div(self, above: Sql, below: Sql) -> Sql:
        return exp.IntDiv(this=term(above), expression=below)

    def _whole_part(self, item: Sql) -> Sql:
        # the whole numbers of BigQuery are decimals with digits behind the point
        return self._integral(exp.Round(this=item))


class SQLiteNumbers(Numbers):
    """Numbers of SQLite: doubles, and whole numbers of 64 bits for units."""

    stored_type = "NUMERIC"
    has_decimals = False
    whole_type = "BIGINT"
    units = 10**_SCALE

    def _is_factor(self, value: int) -> bool:
        return False

    def _integral(self, item: Sql) -> Sql:
        return super()._integral(exp.Round(this=item))

    def _from_units(self, units: Sql) -> Sql:
        # the double nearest to the quotient, which a product with 0.0001 may miss
        return exp.Div(this=units, expression=exp.Literal.number(f"{self.units}.0"))

    def _number(self, item: Sql) -> Sql:
        # ROUND may leave the sixteenth digit wrong, and a text has fifteen
        return self.cast(exp.cast(exp.Round(this=item, decimals=number(SCALE)), "TEXT"))

    def _is_divisible(self, above: Sql, below: Sql) -> Sql:
        return exp.and_(_is_integer(above), super()._is_divisible(above, below))

    def _whole(self, item: Sql) -> Sql:
        units = super()._whole(item)
        if constant_of(item) is not None:
            return units
        rounded = exp.Round(this=item.copy(), decimals=number(_SCALE))
        same = exp.EQ(this=rounded, expression=item.copy())
        small = exp.LT(this=exp.Abs(this=item.copy()), expression=number(_LARGE))
        return exp.Case(ifs=[exp.If(this=exp.and_(same, small), true=units)])

    def _times(self, item: Sql, other: Sql | None) -> Sql:
        product = super()._times(item, other)
        return exp.Case(ifs=[exp.If(this=_is_integer(product), true=product)])


def _is_integer(item: Sql) -> Sql:
    """The test that SQLite did not make a double of a whole number that is too large."""
    kind = exp.Anonymous(this="TYPEOF", expressions=[item.copy()])
    return exp.EQ(this=kind, expression=exp.Literal.string("integer"))
