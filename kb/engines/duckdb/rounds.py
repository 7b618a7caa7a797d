"""Recursion that no single query can say: rounds over tables, each from the rows of the last."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from facts.extras import Connection
from kb.compile.sql.catalog import PredicateTable
from kb.compile.sql.statements import NEW
from kb.engines.duckdb.connection import identifier, one_row
from kb.engines.duckdb.facts import TypeOf, create_table
from kb.language.ast import Key

NEXT = " next"
"""What the name of the table ends with that gathers the rows of a round."""


def run_rounds(
    connection: Connection,
    tables: Mapping[Key, PredicateTable],
    steps: Sequence[tuple[Key, str]],
    type_of: TypeOf,
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
    """
    for table in tables.values():
        new, name = identifier(table.name + NEW), identifier(table.name)
        connection.execute(f"CREATE OR REPLACE TEMP TABLE {new} AS SELECT * FROM {name}")
    while _round(connection, tables, steps, type_of):
        pass
    for table in tables.values():
        connection.execute(f"DROP TABLE {identifier(table.name + NEW)}")


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
