"""Data frames of polars, pandas and Arrow, and relations of DuckDB, as Arrow tables.

Arrow is what all of them have in common: a frame that is kept as Arrow keeps it is not copied. The
rows are read as those of a Parquet file are. Needs the extra ``clausewise[frames]``.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

from facts.diagnostic import ClausewiseError, Diagnostic, InputError, UsageError
from facts.extras import frame_module
from facts.origin import Origin
from facts.values import quoted

if TYPE_CHECKING:
    import pyarrow

ROW = "file_row_number"
"""The column that numbers the rows of a frame, from 0, as DuckDB does those of a Parquet file."""

PLACED_FILE, PLACED_ROW = "placed_file", "placed_row"
"""Columns of a frame whose rows come from elsewhere: the file of each, and its row from 1."""

_HOMES = ("polars", "pandas", "pyarrow", "duckdb", "_duckdb", "pyspark")
"""Packages whose frames are known by their names, so that none is imported to find out."""

_FRAMES = (
    "DataFrame",
    "LazyFrame",
    "Table",
    "RecordBatch",
    "RecordBatchReader",
    "DuckDBPyRelation",
)


def is_frame(value: object) -> bool:
    """Tell whether a value is a data frame, an Arrow table or a relation of DuckDB.

    Parameters
    ----------
    value : object
        Anything; no package is imported to look at it.

    Examples
    --------
    >>> is_frame([{"claim_id": "C1"}])
    False
    """
    kind = type(value)
    if kind.__module__.partition(".")[0] in _HOMES:
        return kind.__name__ in _FRAMES
    return hasattr(kind, "__arrow_c_stream__")


@dataclass(frozen=True, slots=True, eq=False)
class Frame:
    """A data frame as an Arrow table, with a name for places.

    Parameters
    ----------
    name : str
        What places call it: ``<frame>``, or ``<frame 2>`` where there are several.
    table : pyarrow.Table
        With the column ``file_row_number``, from 0.
    placed : bool, optional
        Whether it also has the columns ``placed_file`` and ``placed_row``, which places name.
    within : str, optional
        What a row is counted in, where it is no row of a file: ``" of its claim"``.
    """

    name: str
    table: pyarrow.Table
    placed: bool = False
    within: str = ""

    def __len__(self) -> int:
        return int(self.table.num_rows)


TablePath: TypeAlias = "str | Path | Frame"
"""Where a table is: a file, or a data frame."""


def located(path: TablePath) -> Path | Frame:
    """Return a file as a path, and a data frame as it is.

    Parameters
    ----------
    path : str, Path or Frame
        Where a table is.
    """
    return path if isinstance(path, Frame) else Path(path)


def frames_of(values: Sequence[Any], noun: str = "frame") -> list[Frame]:
    """Return data frames as Arrow tables, with names for places.

    Parameters
    ----------
    values : sequence of object
        What ``is_frame`` holds of.
    noun : str, optional
        What places call them.

    Raises
    ------
    InputError, UsageError
        As ``frame_table``.
    """
    names = (
        [f"<{noun}>"] if len(values) == 1 else [f"<{noun} {n}>" for n in range(1, len(values) + 1)]
    )
    return [Frame(name, frame_table(each, name)) for name, each in zip(names, values, strict=True)]


def frame_table(frame: Any, source: str) -> pyarrow.Table:
    """Return a frame as an Arrow table, its rows numbered.

    Parameters
    ----------
    frame : object
        What ``is_frame`` holds of. An index of pandas that has a name counts as a column; one
        without a name does not.
    source : str
        What places call the frame.

    Returns
    -------
    pyarrow.Table
        With a further column ``file_row_number``, from 0.

    Raises
    ------
    InputError
        If two columns have the same name, or a column holds values of several types.
    UsageError
        If the frame cannot be read: its connection is closed, say.
    """
    arrow = frame_module("pyarrow")
    names = _names(frame)
    check_names(names, source)
    try:
        table = _table(arrow, frame)
    except (arrow.ArrowInvalid, arrow.ArrowTypeError) as fault:
        raise InputError([_mixed(fault, names, source)]) from None
    except ClausewiseError:
        raise
    except Exception as fault:
        reason = type(fault).__name__
        help = "is its connection still open, and can it be collected?"
        raise UsageError.of(f"the frame {quoted(source)} cannot be read: {reason}", help) from None
    check_names(table.column_names, source)
    return numbered(table)


def numbered(table: pyarrow.Table) -> pyarrow.Table:
    """Return a ``table`` with its rows numbered."""
    arrow = frame_module("pyarrow")
    if ROW in table.column_names:
        table = table.drop_columns([ROW])
    return table.append_column(ROW, arrow.array(range(table.num_rows), arrow.int64()))


def _table(arrow: Any, frame: Any) -> pyarrow.Table:
    home = type(frame).__module__.partition(".")[0]
    if home == "pandas":
        named = [name for name in frame.index.names if name is not None]
        shown = frame.reset_index(level=named) if named else frame
        return arrow.Table.from_pandas(shown, preserve_index=False)
    if home == "polars" and hasattr(frame, "collect"):
        frame = frame.collect()
    if home == "polars":
        return frame.to_arrow()
    if isinstance(frame, arrow.Table):
        return frame
    if isinstance(frame, arrow.RecordBatch):
        return arrow.Table.from_batches([frame])
    if hasattr(frame, "read_all"):
        return frame.read_all()
    if hasattr(frame, "to_arrow_table"):
        return frame.to_arrow_table()
    if home == "pyspark":
        return frame.toArrow()
    return arrow.table(frame)


def _names(frame: Any) -> list[str]:
    """Return the names of the columns, where they are known before the frame is read."""
    if type(frame).__module__.partition(".")[0] != "pandas":
        return []
    return [str(name) for name in frame.columns]


def check_names(names: Sequence[str], source: str) -> None:
    """Check that no two columns have the same name.

    Parameters
    ----------
    names : sequence of str
        The names.
    source : str
        What places call the frame.

    Raises
    ------
    InputError
        If a name is there twice.
    """
    again = [name for name, count in Counter(names).items() if count > 1]
    if again:
        raise InputError(
            [
                Diagnostic(
                    "error",
                    f"column {quoted(name)} is there twice",
                    Origin(source, "columns"),
                    "give each column a name of its own",
                )
                for name in again
            ]
        )


def _mixed(fault: Exception, names: list[str], source: str) -> Diagnostic:
    """Return what is wrong with a column whose values Arrow cannot keep as one type."""
    text = str(fault)
    found = next((name for name in names if f"column {name} " in text), "")
    column = f"column {quoted(found)}" if found else "a column"
    message = f"{column} holds values of several types"
    return Diagnostic("error", message, Origin(source, "columns"), "make them texts")
