"""Data frames as tables of DuckDB, with the columns that a Parquet file would have."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from facts.diagnostic import Diagnostic
from facts.origin import Origin
from facts.readers.frames import PLACED_FILE, PLACED_ROW, ROW, Frame
from facts.readers.layout import Layout
from facts.readers.naming import NamedColumns
from facts.readers.parquet import COLUMNS_PLACE, ZONED, in_utc, keep_frame, parquet_columns
from facts.readers.table_file import without_rows
from kb.engines.duckdb.connection import identifier, literal

_BEHIND = 1 << 58
"""What the places of rows of frames begin with: they come after those of Parquet files."""


def keep_rows(
    connection: Any,
    name: str,
    frame: Frame,
    number: int,
    required: Sequence[str],
    known: Sequence[str],
    notes: list[Diagnostic],
    layout: Layout,
    named: dict[str, NamedColumns],
) -> dict[str, str] | None:
    """Make a table of the rows of a data frame.

    Parameters
    ----------
    connection : DuckDB connection
        An open connection to DuckDB.
    name : str
        The table to make.
    frame : Frame
        The data frame.
    number : int
        How many frames come before.
    required, known : sequence of str
        Columns that must and that can be there.
    notes : list of Diagnostic
        Gathers what is wrong with the frame.
    layout : Layout
        What a person says of the columns.
    named : dict of str to NamedColumns
        Gathers which columns of each frame they are.

    Returns
    -------
    dict of str to str, or None
        Names of its columns, and their types; None where its columns cannot be read.
    """
    whole = f"{name}_types"
    keep_frame(connection, Frame(frame.name, frame.table.slice(0, 0)), whole, "*")
    found = connection.execute(f"DESCRIBE {whole}").fetchall()
    connection.execute(f"DROP TABLE {whole}")
    ours = (ROW, PLACED_FILE, PLACED_ROW) if frame.placed else (ROW,)
    types = {column: kind for column, kind, *_ in found if column not in ours}
    place = Origin(frame.name, COLUMNS_PLACE)
    named[frame.name], picked, faults = parquet_columns(types, place, required, known, layout)
    notes += faults
    if any(fault.severity == "error" for fault in faults):
        return None
    if not len(frame):
        notes.append(without_rows(Path(frame.name)))
    columns = [f"{in_utc(sql, kind)} AS {identifier(each)}" for each, (sql, kind) in picked.items()]
    file, row = literal(frame.name), f"{ROW} + 1"
    if frame.placed:
        file, row = PLACED_FILE, PLACED_ROW
    columns += [f"{file} AS file", f"{row} AS row", "false AS broken"]
    columns.append(f"{ROW} + {_BEHIND + (number << 40)} AS place")
    keep_frame(connection, frame, name, ", ".join(columns))
    return {each: "TIMESTAMP" if kind == ZONED else kind for each, (_, kind) in picked.items()}
