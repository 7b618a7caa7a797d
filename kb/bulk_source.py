"""Files of claim lines or evidence as tables of DuckDB: CSV, JSONL and Parquet, globs too."""

from __future__ import annotations

import glob
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from facts.diagnostic import Diagnostic, InputError
from facts.origin import Origin
from kb.compile.extras import bulk_module

PARQUET = (".parquet", ".pq")
JSONL = (".jsonl", ".ndjson")


@dataclass(frozen=True, slots=True)
class Source:
    """Some files as one table function.

    Parameters
    ----------
    scan : str
        SQL of a scan with the files' columns, ``filename`` and, of Parquet, ``file_row_number``.
    columns : dict of str to str
        Names and DuckDB types.
    kind : {"parquet", "jsonl", "csv"}
    files : tuple of str
    """

    scan: str
    columns: dict[str, str]
    kind: str
    files: tuple[str, ...]

    def origin(self, file: str, row: int, column: str = "") -> Origin:
        """Return the place of a value, as the row readers write it."""
        if self.kind == "jsonl":
            return Origin(file, f"row {row}, `$.{column}`" if column else f"row {row}")
        return Origin(file, f"row {row}, column `{column}`" if column else f"row {row}")


def expand(paths: Iterable[str | Path]) -> tuple[str, ...]:
    """Return the files of paths and globs, each glob sorted.

    Raises
    ------
    InputError
        If a path names no file.
    """
    found: list[str] = []
    faults = []
    for path in map(str, paths):
        matches = [path] if Path(path).is_file() else sorted(glob.glob(path, recursive=True))
        matches = [match for match in matches if Path(match).is_file()]
        if not matches:
            faults.append(Diagnostic("error", f"there is no file `{path}`"))
        found.extend(matches)
    if faults:
        raise InputError(faults)
    return tuple(dict.fromkeys(found))


def kind_of(file: str) -> str:
    """Return the kind of a file by its ending."""
    lower = file.lower()
    if lower.endswith(PARQUET):
        return "parquet"
    return "jsonl" if lower.endswith(JSONL) else "csv"


def open_source(connection: Any, files: Sequence[str], known: Sequence[str]) -> Source:
    """Return files of one kind as a source.

    Parameters
    ----------
    connection : DuckDB connection
    files : sequence of str
    known : sequence of str
        Columns that are read.

    Raises
    ------
    InputError
        If a file cannot be read as what its ending says.
    """
    kinds = {kind_of(file) for file in files}
    if len(kinds) > 1:
        fault = "the files are of several kinds, which cannot be read together"
        help = "give CSV, JSONL or Parquet files, one kind at a time"
        raise InputError([Diagnostic("error", fault, help=help)])
    (kind,) = kinds
    names = "[" + ", ".join(literal(file) for file in files) + "]"
    if kind == "parquet":
        scan = f"read_parquet({names}, union_by_name=true, filename=true, file_row_number=true)"
    elif kind == "jsonl":
        types = ", ".join(f"{literal(name)}: 'VARCHAR'" for name in known)
        scan = f"read_json({names}, format='newline_delimited', columns={{{types}}}, filename=true)"
    else:
        scan = (
            f"read_csv({names}, all_varchar=true, header=true, union_by_name=true, "
            "filename=true, null_padding=false, quote='\"', escape='\"')"
        )
    duckdb = bulk_module("duckdb")
    try:
        rows = connection.execute(f"DESCRIBE SELECT * FROM {scan}").fetchall()
    except duckdb.Error:
        fault = f"the file cannot be read as {kind.upper() if kind != 'parquet' else 'Parquet'}"
        raise InputError([Diagnostic("error", fault, Origin(files[0]))]) from None
    columns = {row[0]: row[1] for row in rows if row[0] not in ("filename", "file_row_number")}
    return Source(scan, columns, kind, tuple(files))


def literal(text: str) -> str:
    """Return text as a SQL literal."""
    made: str = bulk_module("sqlglot.expressions").Literal.string(text).sql(dialect="duckdb")
    return made


def identifier(name: str) -> str:
    """Return a name as a quoted SQL identifier."""
    return '"' + name.replace('"', '""') + '"'
