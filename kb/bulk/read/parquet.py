"""Parquet files as views of DuckDB."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from facts.diagnostic import Diagnostic
from facts.extras import duckdb_module
from facts.origin import Origin
from facts.readers.layout import Layout
from facts.readers.naming import NamedColumns
from facts.readers.parquet import (
    COLUMNS_PLACE,
    ZONED,
    exact_path,
    in_utc,
    not_parquet,
    parquet_columns,
)
from facts.readers.table_file import without_rows
from kb.engines.duckdb.connection import identifier, literal

_ADDED = ("filename", "file_index")
"""What DuckDB calls the file of a row; a file that has such a column is read by itself."""

_ROW = "file_row_number"
"""What DuckDB calls the place of a row; a file that has such a column cannot be read."""


@dataclass(slots=True)
class _Group:
    """Files that follow each other and are of one form.

    DuckDB would read files of several types as one type, such as 1 as 1.0 where another file has
    numbers with decimals, and knows no blanks around the name of a column.

    Parameters
    ----------
    paths : list of Path
    form : dict of str to (str, str)
        The columns that are read, each with the SQL of its value and the type of it.
    alone : bool
        Whether no other file may join.
    """

    paths: list[Path]
    form: dict[str, tuple[str, str]]
    alone: bool

    def takes(self, other: _Group) -> bool:
        """Return whether another file is of this form; it may have further columns."""
        return not (self.alone or other.alone) and all(
            self.form[column][0].lower() == raw.lower() and self.form[column][1] == kind
            for column, (raw, kind) in other.form.items()
            if column in self.form
        )


def scan_parquet(
    connection: Any,
    name: str,
    paths: Sequence[Path],
    required: Sequence[str],
    known: Sequence[str],
    notes: list[Diagnostic],
    layout: Layout,
    named: dict[str, NamedColumns],
) -> Iterator[tuple[str, dict[str, str]]]:
    """Make views of Parquet files; those that follow each other and are of one form share one.

    Parameters
    ----------
    connection : DuckDB connection
        An open connection to DuckDB.
    name : str
        What the names of the views begin with.
    paths : sequence of Path
        The files.
    required, known : sequence of str
        Columns that must and that can be there.
    notes : list of Diagnostic
        Gathers what is wrong with the files.
    layout : Layout
        What a person says of the columns.
    named : dict of str to NamedColumns
        Gathers which columns of each file they are.

    Yields
    ------
    str
        Name of a view.
    dict of str to str
        Names of its columns, and their types.
    """
    groups: list[_Group] = []
    for path, found in _columns(connection, paths, notes):
        if found is None:
            notes.append(not_parquet(path))
            continue
        place = Origin(str(path), COLUMNS_PLACE)
        named[str(path)], picked, faults = parquet_columns(found, place, required, known, layout)
        notes += faults
        if any(fault.severity == "error" for fault in faults):
            continue
        made = _Group([path], picked, any(raw.lower() in _ADDED for raw in found))
        if groups and groups[-1].takes(made):
            groups[-1].paths.append(path)
            groups[-1].form.update(picked)
        else:
            groups.append(made)
    before = 0
    for number, group in enumerate(groups):
        view = f"{name}_{number}"
        connection.execute(f"CREATE VIEW {view} AS {_query(group, before)}")
        before += len(group.paths)
        yield (
            view,
            {
                column: "TIMESTAMP" if kind == ZONED else kind
                for column, (_, kind) in group.form.items()
            },
        )


def _query(group: _Group, before: int) -> str:
    """Return the query of the rows of some files, of which others stand before."""
    selected = ", ".join(
        f"{in_utc(value, kind)} AS {identifier(column)}"
        for column, (value, kind) in group.form.items()
    )
    listed = ", ".join(literal(exact_path(path)) for path in group.paths)
    options, file, index = f"{_ROW}=true", literal(str(group.paths[0])), str(before)
    if len(group.paths) > 1:
        options += ", union_by_name=true, filename=true"
        file, index = "filename", f"{before} + file_index"
    return (
        f"SELECT {selected}, {file} AS file, {_ROW} + 1 AS row, false AS broken, "
        f"(({index})::BIGINT << 40) + {_ROW} AS place FROM read_parquet([{listed}], {options})"
    )


def _columns(
    connection: Any, paths: Sequence[Path], notes: list[Diagnostic]
) -> Iterator[tuple[Path, Mapping[str, str] | None]]:
    """Yield the names and types of the columns of each file, None where it cannot be read."""
    duckdb = duckdb_module()
    for path in paths:
        file = f"read_parquet({literal(exact_path(path))})"
        try:
            rows = connection.execute(f"DESCRIBE SELECT * FROM {file}").fetchall()
            columns = {name: kind for name, kind, *_ in rows}
            count = connection.execute(f"SELECT count(*) FROM {file}").fetchone()
        except duckdb.Error:
            yield path, None
            continue
        if any(column.lower() == _ROW for column in columns):
            yield path, None
            continue
        if not count[0]:
            notes.append(without_rows(path))
        yield path, columns
