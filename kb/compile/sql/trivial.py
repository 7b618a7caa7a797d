"""A source of one row, and a condition that no row meets."""

from __future__ import annotations

from facts.extras import bulk_module
from kb.compile.sql.numbers import Sql

exp = bulk_module("sqlglot.expressions")


def nothing() -> Sql:
    """Return a source of one row, for a SELECT that reads no table."""
    one = exp.select(exp.alias_(exp.Literal.number(1), "one"))
    return one.subquery("one_row")


def never() -> Sql:
    """Return a condition that no row meets."""
    return exp.EQ(this=exp.Literal.number(1), expression=exp.Literal.number(0))
