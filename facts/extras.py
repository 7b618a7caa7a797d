"""Import the parts of the package's extras when they are first used."""

from __future__ import annotations

import importlib
from types import ModuleType
from typing import Any, Protocol

from facts.diagnostic import UsageError

OFFLINE: dict[str, Any] = {
    "autoinstall_known_extensions": False,
    "autoload_known_extensions": False,
    "temp_directory": "",
}
"""Settings of every connection to DuckDB: nothing is fetched from a network, nor put on disk.

A run that may put on disk what does not fit in memory names a folder of its own.
"""


class Result(Protocol):
    """The rows of a statement of DuckDB."""

    def fetchone(self) -> tuple[Any, ...] | None:
        """Return the next row; None after the last."""

    def fetchmany(self, size: int = ...) -> list[tuple[Any, ...]]:
        """Return the next rows.

        Parameters
        ----------
        size : int, optional
            The most rows that are returned.
        """

    def fetchall(self) -> list[tuple[Any, ...]]:
        """Return all further rows."""


class Connection(Protocol):
    """A connection to DuckDB."""

    def execute(self, query: str, parameters: object = ...) -> Result:
        """Run a statement.

        Parameters
        ----------
        query : str
            A statement of SQL.
        parameters : object, optional
            Values of its placeholders.
        """

    def cursor(self) -> Connection:
        """Return another connection to the same database."""

    def interrupt(self) -> None:
        """Stop the statement that runs."""

    def query_progress(self) -> float:
        """Return how much of the statement is done, in percent; below 0 where it is unknown."""

    def close(self) -> None:
        """Close the connection."""


_USED = (
    "connect",
    "ConversionException",
    "Error",
    "InvalidInputException",
    "IOException",
    "OutOfMemoryException",
    "OutOfRangeException",
)


def _extra_module(name: str, extra: str, purpose: str) -> ModuleType:
    """Return a module that only an extra of the package brings.

    Examples
    --------
    >>> _extra_module("json", "bulk", "millions of lines need it").__name__
    'json'
    >>> _extra_module("no_such", "bulk", "millions of lines need it")
    Traceback (most recent call last):
        ...
    facts.diagnostic.UsageError: error: `no_such` is not installed, and millions of lines need it
      = help: pip install '.[bulk]', in your clone of clausewise
    """
    try:
        return importlib.import_module(name)
    except ImportError:
        package = name.partition(".")[0]
        message = f"`{package}` is not installed, and {purpose}"
        raise UsageError.of(message, install_help(extra)) from None


def install_help(extra: str) -> str:
    """Return how an ``extra`` is had: from a clone, for no index has the package.

    Examples
    --------
    >>> install_help("report")
    "pip install '.[report]', in your clone of clausewise"
    """
    return f"pip install '.[{extra}]', in your clone of clausewise"


def bulk_module(name: str) -> ModuleType:
    """Return a module of the extra ``bulk``: ``sqlglot``, say.

    Raises
    ------
    UsageError
        If the extra is not installed; the message names it.

    Examples
    --------
    >>> bulk_module("sqlglot").__name__
    'sqlglot'
    """
    return _extra_module(name, "bulk", "millions of lines, Parquet and SQL need it")


def report_module(name: str) -> ModuleType:
    """Return a module of the extra ``report``: ``typst``, say.

    Parameters
    ----------
    name : str
        As in an import: ``xlsxwriter``, ``docx``, ``pygraphviz``.

    Raises
    ------
    UsageError
        If the extra is not installed; the message names it.
    """
    return _extra_module(name, "report", "this format needs it")


def prompt_module(name: str) -> ModuleType:
    """Return a module of the extra ``prompt``: ``prompt_toolkit``, say.

    Parameters
    ----------
    name : str
        As in an import.

    Raises
    ------
    UsageError
        If the extra is not installed; the message names it.
    """
    return _extra_module(name, "prompt", "a prompt needs it")


def spark_module(name: str) -> ModuleType:
    """Return a module of the extra ``spark``: ``pyspark.sql``, say.

    Parameters
    ----------
    name : str
        As in an import.

    Raises
    ------
    UsageError
        If the extra is not installed; the message names it.
    """
    return _extra_module(name, "spark", "a run on Spark needs it")


def frame_module(name: str) -> ModuleType:
    """Return a module of the extra ``frames``: ``pyarrow``, say.

    Parameters
    ----------
    name : str
        As in an import: ``pyarrow``, ``polars``, ``pandas``.

    Raises
    ------
    UsageError
        If the extra is not installed; the message names it.

    Examples
    --------
    >>> frame_module("pyarrow").__name__
    'pyarrow'
    """
    return _extra_module(name, "frames", "data frames need it")


def duckdb_module() -> ModuleType:
    """Return DuckDB: connections and faults.

    The package ``duckdb`` is a layer for data frames over ``_duckdb``, and takes longer to import
    than DuckDB itself. Where the lower module has what is used here, it is enough.

    Raises
    ------
    UsageError
        If the extra is not installed; the message names it.

    Examples
    --------
    >>> duckdb_module().connect().execute("SELECT 42").fetchone()
    (42,)
    """
    try:
        core = importlib.import_module("_duckdb")
    except ImportError:
        return bulk_module("duckdb")
    return core if all(hasattr(core, name) for name in _USED) else bulk_module("duckdb")
