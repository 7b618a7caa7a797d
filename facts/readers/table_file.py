"""Tables in files: CSV with a header, JSONL or Parquet, as what the file holds."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from facts.diagnostic import Diagnostic
from facts.origin import Origin
from facts.outputs import cannot_be_read
from facts.readers.column_values import PARSERS, REQUIRED
from facts.readers.delimited import DelimitedFile, open_delimited
from facts.readers.frames import Frame, TablePath, located
from facts.readers.jsonl import ObjectFile, open_objects
from facts.readers.layout import Layout
from facts.readers.line_table import RawRow
from facts.readers.parquet import ParquetFile, is_parquet, open_parquet
from facts.readers.text_file import headless, look
from facts.values import one_line

TableFile = DelimitedFile | ObjectFile | ParquetFile
"""A file whose rows can be read."""


def open_table(
    path: TablePath,
    notes: list[Diagnostic],
    columns: tuple[str, ...] = tuple(PARSERS),
    required: tuple[str, ...] = REQUIRED,
    only: str | None = None,
    layout: Layout | None = None,
) -> TableFile | None:
    """Look at the beginning of a file.

    Parameters
    ----------
    path : str, Path or Frame
        A CSV file with a header, a JSONL file, a Parquet file or a data frame.
    notes : list of Diagnostic
        Gathers what is wrong with the file.
    columns, required : tuple of str, optional
        Columns that may and that must be in the file; those of claim lines if absent.
    only : str, optional
        Of a Parquet file, read the rows of this claim alone.
    layout : Layout, optional
        What a person says of the columns.

    Returns
    -------
    DelimitedFile, ObjectFile, ParquetFile or None
        None where no row of the file can be read.
    """
    file: DelimitedFile | ParquetFile
    path = located(path)
    if isinstance(path, Frame) or is_parquet(path):
        file = open_parquet(path, required, columns, only, layout)
    else:
        head, fault = look(path)
        if fault is not None:
            notes.append(fault)
            return None
        interchange = headless(path, head)
        if interchange is not None:
            notes.append(interchange)
            return None
        if is_jsonl(path, head):
            return open_objects(path, head, columns, notes, required, layout)
        file = open_delimited(path, required, columns, layout)
    notes.extend(file.diagnostics)
    return file if file.readable else None


def table_rows(
    path: Path | Frame,
    columns: tuple[str, ...],
    required: tuple[str, ...],
    notes: list[Diagnostic],
    only: str | None = None,
) -> Iterator[RawRow]:
    """Yield the rows of a file.

    Parameters
    ----------
    path : Path or Frame
        A CSV file with a header, a JSONL file, a Parquet file or a data frame.
    columns, required : tuple of str
        Columns that may and that must be in the file.
    notes : list of Diagnostic
        Gathers what is wrong with the file.
    only : str, optional
        Of a Parquet file, read the rows of this claim alone.
    """
    file = open_table(path, notes, columns, required, only)
    try:
        if file is not None:
            yield from file.rows()
            notes.extend(file.notes())
    except OSError as fault:
        notes.append(cannot_be_read(Path(file.path) if file is not None else Path(), fault))


def is_jsonl(path: Path, head: str) -> bool:
    """Tell whether a file holds JSON objects: by what it begins with, then by its name.

    Parameters
    ----------
    path : Path
        The file.
    head : str
        Its first characters.

    Examples
    --------
    >>> is_jsonl(Path("claims.txt"), '{"claim_id": "C1"}')
    True
    >>> is_jsonl(Path("claims.jsonl"), "claim_id,line_number")
    False
    """
    first = head.lstrip()
    if first.startswith(("{", "[")):
        return True
    named = path.suffix.lower() in (".jsonl", ".ndjson", ".json")
    return named and "claim_id" not in first.partition("\n")[0]


def without_rows(path: Path) -> Diagnostic:
    """Return the warning of a table that has a header alone.

    Parameters
    ----------
    path : Path
        The file.
    """
    source = str(path)
    message = f"`{one_line(source)}` has a header and no rows"
    return Diagnostic("warning", message, Origin(source), "was it cut off on its way?")
