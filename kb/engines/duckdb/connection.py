"""Connections to DuckDB: their settings, tables of Python values, threads and interruptions."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from decimal import Decimal
from typing import Any, Protocol, TypeVar

from facts.diagnostic import UsageError
from facts.extras import OFFLINE, Connection
from facts.values import one_line

T = TypeVar("T")
Columns = Mapping[str, tuple[str, Sequence[Any]]]
"""Columns of a table: their names, with a DuckDB type and the values of the rows."""

_MOST_THREADS = 1_024

_SIZE = re.compile(r"\s*([0-9]{1,12}(?:\.[0-9]{1,6})?)\s*([KMGT])i?B\s*", re.ASCII | re.IGNORECASE)
"""A memory limit: a number and its unit."""

_PAUSE = 0.05
"""Seconds between two tries to stop what runs."""


class Interruptible(Protocol):
    """A connection, or several, whose statements can be stopped."""

    def interrupt(self) -> None:
        """Stop the statement that runs."""


def connection_settings(
    threads: int | None = None,
    memory_limit: str | None = None,
    temp_directory: str | None = None,
) -> dict[str, Any]:
    """Return the settings of a connection that fetches nothing from a network.

    Parameters
    ----------
    threads : int, optional
        As many as DuckDB takes by itself if absent.
    memory_limit : str, optional
        As DuckDB writes it: ``2GB``.
    temp_directory : str, optional
        Folder of what does not fit in memory.

    Raises
    ------
    UsageError
        If they make no sense.
    """
    check_bounds(threads, memory_limit)
    chosen = {"threads": threads, "memory_limit": memory_limit, "temp_directory": temp_directory}
    return OFFLINE | {name: value for name, value in chosen.items() if value is not None}


def check_bounds(threads: object = None, memory_limit: object = None) -> None:
    """Check that threads and a memory limit make sense, without DuckDB.

    Parameters
    ----------
    threads : int, optional
        From 1 to 1,024.
    memory_limit : str, optional
        A number and a unit: from ``1MB`` to ``1024TB``.

    Raises
    ------
    UsageError
        If they do not.

    Examples
    --------
    >>> check_bounds(2, "1.5GB")
    """
    if threads is not None and (type(threads) is not int or not 1 <= threads <= _MOST_THREADS):
        raise _bound_error(threads)
    if memory_limit is None:
        return
    read = _SIZE.fullmatch(memory_limit) if isinstance(memory_limit, str) else None
    if read is None:
        raise _bound_error(memory_limit)
    kilobytes = Decimal(read[1]) * 1024 ** "KMGT".index(read[2].upper())
    if not 1000 <= kilobytes <= 1024**4:
        raise _bound_error(memory_limit)


def _bound_error(value: object) -> UsageError:
    message = f"the memory limit or the threads cannot be `{one_line(str(value))}`"
    help = "write a memory limit as in 4GB, and threads as a whole number from 1"
    return UsageError.of(message, help)


def one_row(connection: Connection, sql: str, parameters: Sequence[object] = ()) -> tuple[Any, ...]:
    """Return the only row of a query that has exactly one, as of an aggregate.

    Parameters
    ----------
    connection : Connection
        Where the tables are.
    sql : str
        A query of one row.
    parameters : sequence, optional
        Values of ``$1``, ``$2`` and so on.
    """
    row = connection.execute(sql, list(parameters)).fetchone()
    assert row is not None
    return row


def make_table(connection: Connection, name: str, columns: Columns) -> None:
    """Make a table of Python values, which other connections to the database see too.

    Parameters
    ----------
    connection : Connection
        Where the tables are.
    name : str
        Name of the table.
    columns : mapping of str to (str, sequence)
        The DuckDB type of each column and its values, in the order of the rows. A type after a
        colon is that of the values given: ``DATE:TEXT`` makes dates of texts.

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

    Parameters
    ----------
    name : str
        Name of a table or a column.

    Examples
    --------
    >>> print(identifier('the "id" of it'))
    "the ""id"" of it"
    """
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    """Return text as a SQL literal.

    Parameters
    ----------
    text : str
        Any text.
    """
    return "'" + text.replace("'", "''") + "'"


def in_background(connection: Connection, work: Callable[[Connection], T]) -> Future[T]:
    """Start work in a thread, on another connection to the same database.

    Small statements keep one processor busy, most of the time with planning; two of them can run
    at the same time.

    Parameters
    ----------
    connection : Connection
        Where the tables are.
    work : callable
        Takes the other connection. It sees all tables but temporary ones.

    Returns
    -------
    Future
        What the work returns.

    Examples
    --------
    >>> import duckdb
    >>> connection = duckdb.connect()
    >>> _ = connection.execute("CREATE TABLE t AS SELECT 42 AS answer")
    >>> in_background(connection, lambda other: other.execute("FROM t").fetchone()).result()
    (42,)
    """
    other = connection.cursor()
    thread = ThreadPoolExecutor(1)
    try:
        return thread.submit(work, other)
    finally:
        thread.shutdown(wait=False)


def run_stoppable(connection: Interruptible, action: Callable[[], T]) -> T:
    """Run an action in a thread of its own, so that a person can stop it in this one.

    DuckDB notices only now and then, within a statement, that it is to stop.

    Parameters
    ----------
    connection : Interruptible
        The connections that the action uses, or waits for.
    action : callable
        Takes no arguments.

    Returns
    -------
    object
        What the action returns.

    Raises
    ------
    KeyboardInterrupt
        If a person stops it.
    """
    with ThreadPoolExecutor(1) as thread:
        future = thread.submit(action)
        try:
            return future.result()
        except KeyboardInterrupt:
            stop_running(connection, future)
            raise


def stop_running(connection: Interruptible, future: Future[Any]) -> None:
    """Stop the work of a thread on a connection, whichever statement runs.

    Parameters
    ----------
    connection : Interruptible
        The connection that the work uses.
    future : Future
        The work.
    """
    while not future.done():
        connection.interrupt()
        wait([future], _PAUSE)


@contextmanager
def interruptible() -> Iterator[None]:
    """Raise ``KeyboardInterrupt`` for a stop by a person, whatever DuckDB raises."""
    try:
        yield
    except RuntimeError as fault:
        if "interrupted" in str(fault):
            raise KeyboardInterrupt from None
        raise
