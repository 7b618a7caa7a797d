"""Recursion that no single query can say: rounds over tables, each from the rows of the last."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from facts.extras import Connection
from facts.span import Span
from kb.compile.sql.catalog import PredicateTable
from kb.compile.sql.statements import NEW
from kb.engines.duckdb.connection import identifier, one_row
from kb.engines.duckdb.facts import TypeOf, create_table
from kb.engines.limits import MOST_GROWTH, endless
from kb.language.ast import Key

MOST_ROUNDS = 5_000
"""Rounds of a recursion that calculates; more are taken for a loop."""

NEXT = " next"
"""What the name of the table ends with that gathers the rows of a round."""


def run_rounds(
    connection: Connection,
    tables: Mapping[Key, PredicateTable],
    steps: Sequence[tuple[Key, str]],
    type_of: TypeOf,
    growth: Span | None = None,
    most: int | None = None,
) -> None:
    """Add to tables what follows from their rows until nothing new does.

    Parameters
    ----------
    connection : Connection
        Where the tables are.
    tables : mapping of (name, arity) to PredicateTable
        Tables that exist and hold the first rows of their predicates.
    steps : sequence of (key, SQL)
        As ``Fixpoint`` has them: each reads the new rows of one predicate.
    type_of : callable
        Returns the SQL type of a column.
    growth : Span, optional
        Where the recursion calculates, which may never end.
    most : int, optional
        How many rows may be found then.

    Raises
    ------
    QueryError
        If new numbers are found without end.
    """
    for table in tables.values():
        new, name = identifier(table.name + NEW), identifier(table.name)
        connection.execute(f"CREATE OR REPLACE TEMP TABLE {new} AS SELECT * FROM {name}")
    rounds = found = 0
    most = MOST_GROWTH if most is None else most
    while added := _round(connection, tables, steps, type_of):
        rounds, found = rounds + 1, found + added
        if growth is not None and (rounds > MOST_ROUNDS or found > most):
            raise endless(growth)
    for table in tables.values():
        connection.execute(f"DROP TABLE {identifier(table.name + NEW)}")


def check_ended(
    connection: Connection, table: PredicateTable, growth: Span, most: int | None = None
) -> None:
    """Check that a table holds all that a recursion found, which was stopped above a number.

    Parameters
    ----------
    connection : Connection
        Where the table is.
    table : PredicateTable
        It has at most one row more than it may.
    growth : Span
        Where the recursion calculates.
    most : int, optional
        How many rows it may have.

    Raises
    ------
    QueryError
        If it has more: new numbers are found without end.
    """
    (count,) = one_row(connection, f"SELECT count(*) FROM {identifier(table.name)}")
    if count > (MOST_GROWTH if most is None else most):
        raise endless(growth)


def _round(
    connection: Connection,
    tables: Mapping[Key, PredicateTable],
    steps: Sequence[tuple[Key, str]],
    type_of: TypeOf,
) -> int:
    """Add what follows from the rows of the last round; return how many rows that gave."""
    for table in tables.values():
        create_table(connection, table, table.name + NEXT, type_of)
    for key, sql in steps:
        connection.execute(f"INSERT INTO {identifier(tables[key].name + NEXT)} {sql}")
    added = 0
    for table in tables.values():
        name, new, following = (identifier(table.name + end) for end in ("", NEW, NEXT))
        connection.execute(f"DELETE FROM {new}")
        connection.execute(
            f"INSERT INTO {new} SELECT DISTINCT * FROM {following} EXCEPT SELECT * FROM {name}"
        )
        added += one_row(connection, f"SELECT COUNT(*) FROM {new}")[0]
        connection.execute(f"INSERT INTO {name} SELECT * FROM {new}")
        connection.execute(f"DROP TABLE {following}")
    return added
