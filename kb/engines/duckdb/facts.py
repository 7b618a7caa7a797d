"""Predicates as tables of DuckDB: made empty, filled with facts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal

from facts.diagnostic import ProgramError
from facts.extras import Connection
from facts.schema import ColumnType
from kb.compile.sql.catalog import PredicateTable
from kb.compile.sql.number_types import decimal_of
from kb.compile.sql.statements import column_names
from kb.engines.duckdb.connection import identifier
from kb.language.values import Row, Value, canonical

TypeOf = Callable[[ColumnType], str]
"""Returns the SQL type of a column."""


def create_table(connection: Connection, table: PredicateTable, name: str, type_of: TypeOf) -> None:
    """Make an empty table on a connection under a name, its SQL types as ``type_of`` says."""
    types = list(map(type_of, table.types)) or ["INTEGER"]
    columns = ", ".join(
        f"{identifier(column)} {kind}"
        for column, kind in zip(column_names(table), types, strict=True)
    )
    connection.execute(f"CREATE OR REPLACE TEMP TABLE {identifier(name)} ({columns})")


def fill_table(
    connection: Connection,
    predicate: str,
    table: PredicateTable,
    name: str,
    rows: Sequence[Row],
    type_of: TypeOf,
) -> None:
    """Add rows of facts of a predicate to the table of a name.

    Parameters
    ----------
    connection : Connection
        Where the table is.
    predicate : str
        As messages name it.
    table : PredicateTable
        The columns of the predicate.
    name : str
        Name of the table to fill.
    rows : sequence of tuple
        The facts.
    type_of : callable
        Returns the SQL type of a column.

    Raises
    ------
    ProgramError
        If a number of a fact has no exact decimal.
    """
    if not rows:
        return
    if not table.columns:
        connection.execute(f"INSERT INTO {identifier(name)} VALUES (1)")
        return
    columns = []
    for position, kind in enumerate(table.types):
        columns.append([_parameter(row[position], kind, predicate) for row in rows])
    picks = ", ".join(
        f"unnest(${position}::TEXT[])::{type_of(kind)}"
        for position, kind in enumerate(table.types, 1)
    )
    connection.execute(f"INSERT INTO {identifier(name)} SELECT {picks}", columns)


def found_value(value: Value) -> Value:
    """Return a value that DuckDB found: a number in its shortest form."""
    return canonical(value) if isinstance(value, Decimal) else value


def _parameter(value: Value, kind: ColumnType, predicate: str) -> str:
    if kind != "number":
        return str(value)
    number = decimal_of(value)
    if number is None:
        message = f"a fact of `{predicate}` has the number `{value}`, which has no exact decimal"
        raise ProgramError.of(message)
    return format(number, "f")
