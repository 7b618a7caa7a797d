"""Parquet files as one scan of DuckDB."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from facts.diagnostic import Diagnostic
from facts.extras import duckdb_module
from facts.readers.claim_tables import without_rows
from facts.readers.parquet import check_parquet_columns, not_parquet
from kb.engines.duckdb_table import identifier, literal


def scan_parquet(
    connection: Any,
    name: str,
    paths: Sequence[Path],
    required: Sequence[str],
    known: Sequence[str],
    notes: list[Diagnostic],
) -> dict[str, str] | None:
    """Make a view of Parquet files.

    Parameters
    ----------
    connection : DuckDB connection
    name : str
        Name of the view.
    paths : sequence of Path
    required, known : sequence of str
        Columns that must and that can be there.
    notes : list of Diagnostic
        Gathers what is wrong with the files.

    Returns
    -------
    dict of str to str
        Names of its columns, and their types; None where no file can be read.
    """
    readable = []
    rows: list[tuple[str, str]] = []
    for path, found in _columns(connection, paths, notes):
        if found is None:
            notes.append(not_parquet(path))
            continue
        faults = check_parquet_columns([name for name, _ in found], str(path), required, known)
        notes += faults
        if not any(fault.severity == "error" for fault in faults):
            readable.append(path)
            rows = found
    if not readable:
        return None
    listed = ", ".join(literal(str(path)) for path in readable)
    together = "union_by_name=true, " if len(readable) > 1 else ""
    files = f"read_parquet([{listed}], {together}filename=true, file_row_number=true)"
    if together:
        rows = _described(connection, files)
    columns = {name.strip().lower(): (name, kind) for name, kind in rows}
    picked = {name: columns[name] for name in known if name in columns}
    selected = ", ".join(
        f"{identifier(raw)} AS {identifier(name)}" for name, (raw, _) in picked.items()
    )
    connection.execute(
        f"CREATE VIEW {name} AS "
        f"SELECT {selected}, filename AS file, file_row_number + 1 AS row, false AS broken, "
        f"(file_index::BIGINT << 40) + file_row_number AS place FROM {files}"
    )
    return {column: kind for column, (_, kind) in picked.items()}


def _columns(
    connection: Any, paths: Sequence[Path], notes: list[Diagnostic]
) -> Iterator[tuple[Path, list[tuple[str, str]] | None]]:
    """Yield the names and types of the columns of each file, None where it cannot be read."""
    duckdb = duckdb_module()
    for path in paths:
        file = f"read_parquet({literal(str(path))})"
        try:
            rows = _described(connection, file)
            count = connection.execute(f"SELECT count(*) FROM {file}").fetchone()
        except duckdb.Error:
            yield path, None
        else:
            if not count[0]:
                notes.append(without_rows(path))
            yield path, rows


def _described(connection: Any, files: str) -> list[tuple[str, str]]:
    rows = connection.execute(f"DESCRIBE SELECT * FROM {files}").fetchall()
    return [(name, kind) for name, kind, *_ in rows]
