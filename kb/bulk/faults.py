"""Faults of DuckDB in a bulk run, as a person reads them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from facts.diagnostic import ClausewiseError, UsageError
from facts.extras import duckdb_module
from facts.values import one_line
from facts.whole_file import unwritable

NOT_EXACT = "a number of these claims has no exact decimal"


def inexact_faults() -> tuple[type[Exception], ...]:
    """Return what DuckDB raises where a number cannot be computed exactly."""
    duckdb = duckdb_module()
    return duckdb.InvalidInputException, duckdb.OutOfRangeException, duckdb.ConversionException


def is_program_fault(fault: Exception) -> bool:
    """Return whether a fault is of the rules or the program, not of what is read or of the room.

    Parameters
    ----------
    fault : Exception
        What a run has raised.
    """
    duckdb = duckdb_module()
    others = (*inexact_faults(), duckdb.IOException, duckdb.OutOfMemoryException)
    if isinstance(fault, duckdb.Error):
        is_ended = type(fault) is duckdb.Error or "nterrupt" in str(fault)
        return not is_ended and not isinstance(fault, others)
    return isinstance(
        fault, (LookupError, TypeError, ValueError, AttributeError, AssertionError)
    ) and not isinstance(fault, ClausewiseError)


@contextmanager
def room_faults(output: str | None = None) -> Iterator[None]:
    """Report a run that the memory or a disk has no room for.

    Parameters
    ----------
    output : str, optional
        The file that is written.

    Raises
    ------
    UsageError
        In place of the fault of DuckDB or of the system.
    """
    duckdb = duckdb_module()
    try:
        yield
    except OSError as fault:
        if output is None:
            raise
        raise unwritable(f"`{one_line(output)}`", fault) from None
    except duckdb.OutOfMemoryException as fault:
        text = str(fault).lower()
        help = "give a larger --memory-limit, or fewer --threads"
        if "disk" in text or "temp" in text:
            help = "give a larger --memory-limit, or make room for temporary files (TMPDIR)"
        message = "the run does not fit in its memory limit"
        raise UsageError.of(message, help) from None
    except duckdb.IOException as fault:
        raise _disk_fault(str(fault).lower(), output) from None


def _disk_fault(text: str, output: str | None) -> UsageError:
    if output is not None:
        if any(sign in text for sign in ("no space", "disk full", "could not write")):
            return unwritable(f"`{one_line(output)}`", "no space left on the disk")
        if "permission" in text:
            return unwritable(f"`{one_line(output)}`", "permission denied")
    message = "a file of the run cannot be read or written"
    help = "look at the files, and make room for temporary ones (TMPDIR)"
    return UsageError.of(message, help)
