"""Columns of a query: those of an atom's table, and those that hold values of variables."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from facts.extras import bulk_module
from facts.schema import ColumnType
from kb.compile.sql.catalog import Table
from kb.compile.sql.numbers import Sql
from kb.language.ast import Atom, Term

exp = bulk_module("sqlglot.expressions")


def columns_of(table: Table, atom: Atom, alias: str) -> Iterator[tuple[Sql, Term, ColumnType]]:
    """Yield each column of an atom's table with the atom's term there and its type."""
    for name, term, kind in zip(table.columns, atom.terms, table.types, strict=True):
        yield field_of(alias, name), term, kind


def field_of(alias: str, name: str) -> Sql:
    """Return a column of a table by its name.

    Examples
    --------
    >>> field_of("t1", "claim").sql()
    't1."claim"'
    """
    return exp.column(exp.to_identifier(name, quoted=True), table=alias)


def named(value: Sql, name: str) -> Sql:
    """Return a value as a column of a SELECT.

    Examples
    --------
    >>> named(field_of("t1", "claim"), "v_C").sql()
    't1."claim" AS "v_C"'
    """
    return exp.alias_(value.copy(), name, quoted=True)


def field_names(names: Iterable[str]) -> dict[str, str]:
    """Return a column name for each variable; SQL tells no upper case from lower case.

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
