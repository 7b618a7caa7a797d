"""Which engine adjudicates: claim by claim, or all claims in one set on DuckDB."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

from facts.diagnostic import UsageError
from facts.extras import bulk_module, duckdb_module
from facts.readers.opening import packing
from facts.readers.parquet import is_parquet
from facts.values import one_line
from kb.claims.sources import ENGINES

LARGE = 1_000_000
"""Bytes of claims from which DuckDB is quicker by far: some eight thousand lines of CSV."""

MANY_ROWS = 1_000
"""Rows of a data frame from which DuckDB is quicker by far."""

_SHRUNK = 10
"""Times that claims are smaller once they are packed."""


def choose_engine(wanted: str | None, files: Iterable[str | Path], rows: int = 0) -> str:
    """Return the engine for some files and rows of data frames.

    DuckDB takes Parquet, other files of ``LARGE`` bytes and more and ``MANY_ROWS`` rows and more,
    where it is installed; pyDatalog takes all else.

    Parameters
    ----------
    wanted : str or None
        The engine that a person asks for, if any.
    files : iterable of path
        The files of claims.
    rows : int, optional
        How many rows of data frames there are.

    Raises
    ------
    UsageError
        If there is no such engine, or DuckDB is needed and not installed.
    """
    if wanted is not None and wanted not in ENGINES:
        raise UsageError.of(
            f"there is no engine `{one_line(wanted)}`", f"one of {', '.join(ENGINES)}"
        )
    paths = [Path(file) for file in files]
    if wanted == "pydatalog":
        return wanted
    if wanted == "duckdb" or any(is_parquet(path) for path in paths):
        if not is_installed():
            duckdb_module()
            bulk_module("sqlglot")
        return "duckdb"
    large = rows >= MANY_ROWS or _size(paths) >= LARGE
    return "duckdb" if large and is_installed() else "pydatalog"


def is_installed() -> bool:
    """Return whether all that a run on DuckDB needs is installed."""
    from importlib.util import find_spec

    return find_spec("duckdb") is not None and find_spec("sqlglot") is not None


def _size(files: Iterable[Path]) -> int:
    total = 0
    for file in files:
        try:
            total += os.path.getsize(file) * (_SHRUNK if packing(file) else 1)
        except (OSError, ValueError):
            continue
    return total
