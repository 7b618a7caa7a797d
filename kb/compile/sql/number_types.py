"""The types of numbers in each dialect: what a column holds, and what is calculated in."""

from __future__ import annotations

from facts.extras import bulk_module
from kb.compile.sql.stored import NUMBER, SCALE

exp = bulk_module("sqlglot.expressions")

SQLITE_SCALE = 4
"""Digits behind the point of a factor or quotient in SQLite, which has 64 bits for whole units."""

SQLITE_LIMIT = 10 ** (18 - SQLITE_SCALE)
"""What is below it has 18 digits in units, which 64 bits hold; SQLite cuts off what is above."""

_STORED = {"spark": f"DECIMAL(27, {SCALE})", "bigquery": "DECIMAL"}
_WHOLE = {"sqlite": "BIGINT", "bigquery": "BIGDECIMAL", "spark": "DECIMAL(27, 0)"}
_SIGN = {"spark": "DECIMAL(1, 0)", "snowflake": "DECIMAL(1, 0)"}
_FACTOR_DIGITS = {"spark": 10}
_LONGEST_LITERAL = {"bigquery": 2**63}


def stored_type(dialect: str) -> str:
    """Return the type of number columns, as sqlglot reads it.

    Spark gives every result a type of at most 38 digits, and where that is too narrow it takes
    digits from behind the point and rounds. With 27 digits a sum has 28, and a product with a
    whole number of ten digits has 38, so that none is lost. The type of BigQuery has nine digits
    behind the point by itself.

    Parameters
    ----------
    dialect : str
        sqlglot's name of the dialect.

    Examples
    --------
    >>> stored_type("duckdb"), stored_type("spark")
    ('DECIMAL(38, 9)', 'DECIMAL(27, 9)')
    """
    return _STORED.get(dialect, NUMBER)


def whole_type(dialect: str) -> str:
    """Return the type of whole numbers of units.

    A product of two has nothing behind its point, so Spark keeps all digits or stops; with more
    digits in the factors it could not compare one with a stored number without rounding that.

    Parameters
    ----------
    dialect : str

    Examples
    --------
    >>> whole_type("postgres"), whole_type("spark")
    ('DECIMAL(38, 0)', 'DECIMAL(27, 0)')
    """
    return _WHOLE.get(dialect, "DECIMAL(38, 0)")


def sign_type(dialect: str) -> str | None:
    """Return the type to cast a sign to where it is a double, which no decimal may meet.

    Examples
    --------
    >>> sign_type("spark"), sign_type("postgres")
    ('DECIMAL(1, 0)', None)
    """
    return _SIGN.get(dialect)


def is_factor(value: int, dialect: str) -> bool:
    """Tell whether a stored number times this constant keeps all its digits.

    Examples
    --------
    >>> is_factor(24, "spark"), is_factor(10**10, "spark"), is_factor(10**10, "postgres")
    (True, False, True)
    """
    digits = _FACTOR_DIGITS.get(dialect)
    return digits is None or abs(value) < 10**digits


def is_literal(value: int, dialect: str) -> bool:
    """Tell whether a whole number can be written as it is.

    Examples
    --------
    >>> is_literal(10**18, "bigquery"), is_literal(10**19, "bigquery")
    (True, False)
    """
    limit = _LONGEST_LITERAL.get(dialect)
    return limit is None or abs(value) < limit
