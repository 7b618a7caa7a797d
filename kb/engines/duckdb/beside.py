"""Work on another connection to the same database, while the owner of the first one goes on."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, TypeVar

T = TypeVar("T")


def beside(connection: Any, work: Callable[[Any], T]) -> Future[T]:
    """Start work in a thread on a connection of its own to the same database.

    Small statements keep one processor busy, most of the time with planning; two of them can go on
    side by side.

    Parameters
    ----------
    connection : DuckDB connection
    work : callable
        Takes the other connection. It sees all tables but temporary ones.

    Returns
    -------
    Future

    Examples
    --------
    >>> import duckdb
    >>> connection = duckdb.connect()
    >>> _ = connection.execute("CREATE TABLE t AS SELECT 42 AS answer")
    >>> beside(connection, lambda other: other.execute("FROM t").fetchone()).result()
    (42,)
    """
    other = connection.cursor()
    thread = ThreadPoolExecutor(1)
    try:
        return thread.submit(work, other)
    finally:
        thread.shutdown(wait=False)


def at_once(connection: Any, work: Callable[[Any], T]) -> Future[T]:
    """Do work on a connection itself, where it reads temporary tables; otherwise as ``beside``."""
    done: Future[T] = Future()
    done.set_result(work(connection))
    return done
