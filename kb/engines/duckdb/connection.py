"""A table of DuckDB out of columns of Python values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any


def make_table(
    connection: Any, name: str, columns: Mapping[str, tuple[str, Sequence[Any]]]
) -> None:
    """Make a table, which other connections to the database see too.

    Parameters
    ----------
    connection : DuckDB connection
    name : str
    columns : mapping of str to (str, sequence)
        The DuckDB type of each column and its values, in the order of the rows. A type behind a
        colon is that of the values as they are given: ``DATE:TEXT`` makes dates of texts.

    Examples
    --------
    >>> import duckdb
    >>> connection = duckdb.connect()
    >>> days = {"n": ("INTEGER", [1]), "day": ("DATE:TEXT", ["2018-06-01"])}
    >>> make_table(connection, "days", days)
    >>> connection.execute("SELECT n, day FROM days").fetchall()
    [(1, datetime.date(2018, 6, 1))]
    """
    picks = []
    for place, (column, (kind, _)) in enumerate(columns.items(), 1):
        made, _, given = kind.partition(":")
        cast = f"::{made}" if given else ""
        picks.append(f"unnest(${place}::{given or made}[]){cast} AS {identifier(column)}")
    connection.execute(
        f"CREATE TABLE {identifier(name)} AS SELECT {', '.join(picks)}",
        [list(values) for _, values in columns.values()],
    )


def identifier(name: str) -> str:
    """Return a name as a quoted SQL identifier.

    Examples
    --------
    >>> print(identifier('the "id" of it'))
    "the ""id"" of it"
    """
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    """Return text as a SQL literal."""
    return "'" + text.replace("'", "''") + "'"
