"""Small pieces of SQL as sqlglot's syntax trees; sqlglot is first imported here."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, TypeAlias, cast

from facts.extras import bulk_module
from facts.schema import ColumnType
from kb.compile.sql.catalog import PredicateTable
from kb.language.ast import Atom, Term

if TYPE_CHECKING:
    from sqlglot import exp as exp
else:
    exp = bulk_module("sqlglot.expressions")

Sql: TypeAlias = "exp.Expr"
"""A node of a syntax tree."""

SqlQuery: TypeAlias = "exp.Query"
"""A SELECT, or a union of several."""


def parsed(text: str, dialect: str = "duckdb") -> exp.Select:
    """Return a SELECT of ours as a tree; it holds no value that a person gave.

    Parameters
    ----------
    text : str
        A whole query.
    dialect : str, optional
        sqlglot's name of the dialect that it is written in.
    """
    return cast("exp.Select", bulk_module("sqlglot").parse_one(text, dialect=dialect))


def expression(text: str) -> Sql:
    """Return an expression in DuckDB's words as a tree.

    Parameters
    ----------
    text : str
        A value or a condition.

    Examples
    --------
    >>> expression("a + 1").sql()
    'a + 1'
    """
    return exp.maybe_parse(text, dialect="duckdb")


def number(value: int | Decimal) -> Sql:
    """Return a number as a literal.

    Parameters
    ----------
    value : int or Decimal
        Any number.

    Examples
    --------
    >>> number(Decimal("-0.5")).sql()
    '-0.5'
    """
    text = str(value) if isinstance(value, int) else format(value, "f")
    if text.startswith("-"):
        return exp.Neg(this=exp.Literal.number(text[1:]))
    return exp.Literal.number(text)


def constant_of(item: Sql) -> Fraction | None:
    """Return the value of a literal, or None for what is no literal.

    Parameters
    ----------
    item : sqlglot expression
        A number.

    Examples
    --------
    >>> constant_of(number(-2)), constant_of(exp.column("a"))
    (Fraction(-2, 1), None)
    """
    if isinstance(item, exp.Paren):
        return constant_of(item.this)
    if isinstance(item, exp.Neg):
        value = constant_of(item.this)
        return None if value is None else -value
    return Fraction(item.this) if isinstance(item, exp.Literal) else None


def term(item: Sql) -> Sql:
    """Return an expression that can stand next to any operator.

    Parameters
    ----------
    item : sqlglot expression
        Any expression.

    Examples
    --------
    >>> term(expression("a + b")).sql()
    '(a + b)'
    """
    return exp.paren(item) if isinstance(item, (exp.Binary, exp.Neg)) else item


def one_row() -> exp.Subquery:
    """Return a source of one row, for a SELECT that reads no table."""
    return exp.select(exp.alias_(number(1), "one")).subquery("one_row")


def never() -> Sql:
    """Return a condition that no row meets."""
    return exp.EQ(this=number(1), expression=number(0))


def known(value: Sql) -> Sql:
    """Return the test that a value is not null.

    Parameters
    ----------
    value : sqlglot expression
        Any expression.
    """
    return exp.Not(this=exp.Is(this=value.copy(), expression=exp.Null()))


def union(queries: Iterable[SqlQuery]) -> SqlQuery:
    """Return the distinct rows of one or several queries.

    Parameters
    ----------
    queries : iterable of sqlglot query
        They have the same columns.
    """
    query, *others = queries
    for other in others:
        query = exp.Union(this=query, expression=other, distinct=True)
    return query


def columns_of(
    table: PredicateTable, atom: Atom, alias: str
) -> Iterator[tuple[Sql, Term, ColumnType]]:
    """Yield each column of an atom's table with the atom's term there and its type.

    Parameters
    ----------
    table : PredicateTable
        The table of the atom's predicate.
    atom : Atom
        As many terms as columns.
    alias : str
        Name of the table in the query.
    """
    for name, term, kind in zip(table.columns, atom.terms, table.types, strict=True):
        yield field_of(alias, name), term, kind


def field_of(alias: str, name: str) -> exp.Column:
    """Return a column of a table by its name.

    Parameters
    ----------
    alias : str
        Name of the table in the query.
    name : str
        Name of the column.

    Examples
    --------
    >>> field_of("t1", "claim").sql()
    't1."claim"'
    """
    return exp.column(exp.to_identifier(name, quoted=True), table=alias)


def named(value: Sql, name: str) -> Sql:
    """Return a value as a column of a SELECT.

    Parameters
    ----------
    value : sqlglot expression
        It is copied.
    name : str
        Name of the column.

    Examples
    --------
    >>> named(field_of("t1", "claim"), "v_C").sql()
    't1."claim" AS "v_C"'
    """
    return exp.alias_(value.copy(), name, quoted=True)


def field_names(names: Iterable[str]) -> dict[str, str]:
    """Return a column name for each variable; SQL does not distinguish upper and lower case.

    Parameters
    ----------
    names : iterable of str
        Names of variables.

    Examples
    --------
    >>> field_names(["X", "x"])
    {'X': 'v_X', 'x': 'v_x_'}
    """
    found: dict[str, str] = {}
    for name in names:
        made = f"v_{name}"
        while made.casefold() in map(str.casefold, found.values()):
            made += "_"
        found[name] = made
    return found
