"""Import the parts of the extra ``clausewise[bulk]`` when they are first used."""

from __future__ import annotations

import importlib
from types import ModuleType
from typing import Any

from facts.diagnostic import Diagnostic, UsageError

OFFLINE: dict[str, Any] = {
    "autoinstall_known_extensions": False,
    "autoload_known_extensions": False,
}
"""Settings of every connection to DuckDB: nothing is fetched from a network."""


def bulk_module(name: str) -> ModuleType:
    """Return a module of the extra ``bulk``.

    Parameters
    ----------
    name : str
        ``duckdb`` or ``sqlglot``.

    Returns
    -------
    module

    Raises
    ------
    UsageError
        If the extra is not installed; the message names it.

    Examples
    --------
    >>> bulk_module("duckdb").__name__
    'duckdb'
    """
    try:
        return importlib.import_module(name)
    except ImportError:
        package = name.partition(".")[0]
        message = f"`{package}` is not installed, and millions of lines, Parquet and SQL need it"
        help = "pip install 'clausewise[bulk]'"
        raise UsageError([Diagnostic("error", message, help=help)]) from None
