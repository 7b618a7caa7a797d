"""Import the parts of the extra ``clausewise[bulk]`` when they are first used."""

from __future__ import annotations

import importlib
from types import ModuleType

from facts.diagnostic import Diagnostic, UsageError


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
        raise UsageError(
            [
                Diagnostic(
                    "error",
                    f"`{name}` is not installed, and millions of lines need it",
                    help="pip install 'clausewise[bulk]'",
                )
            ]
        ) from None
