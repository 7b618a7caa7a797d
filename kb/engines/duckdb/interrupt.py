"""Let a person stop DuckDB at once, in the middle of a statement."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from typing import Any, Protocol, TypeVar

_PAUSE = 0.05
"""Seconds between two tries to stop what runs."""

T = TypeVar("T")


class Interrupted(Protocol):
    """A connection, or several, whose statements can be stopped."""

    def interrupt(self) -> None:
        """Stop the statement that runs."""


def run_stoppable(connection: Interrupted, action: Callable[[], T]) -> T:
    """Run an action in a thread beside, so that this one hears a person who stops it.

    A statement looks up from its work only now and then; told by another thread, it stops.

    Parameters
    ----------
    connection : DuckDB connection, or what stops several
        Those that the action uses, or waits for.
    action : callable

    Returns
    -------
    object
        What the action returns.

    Raises
    ------
    KeyboardInterrupt
        If a person stops it.
    """
    with ThreadPoolExecutor(1) as beside:
        future = beside.submit(action)
        try:
            return future.result()
        except KeyboardInterrupt:
            stop_running(connection, future)
            raise


def stop_running(connection: Interrupted, future: Future[Any]) -> None:
    """Stop what a thread runs on a connection, whichever statement it has come to."""
    while not future.done():
        connection.interrupt()
        wait([future], _PAUSE)


@contextmanager
def interruptible() -> Iterator[None]:
    """Let a stop by a person be one, whatever DuckDB makes of it."""
    try:
        yield
    except RuntimeError as fault:
        if "interrupted" in str(fault):
            raise KeyboardInterrupt from None
        raise
