"""Import the parts of the extra ``clausewise[bulk]`` when they are first used."""

from __future__ import annotations

from types import ModuleType

from facts.extras import extra_module


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
    return extra_module(name, "bulk", "millions of lines need it")
