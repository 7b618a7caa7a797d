"""JSONL files in the table of raw rows: DuckDB reads the plain rows, the row reader the others."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager, suppress
from heapq import merge
from itertools import islice
from operator import itemgetter
from pathlib import Path
from typing import Any

from facts.leftovers import scratch_folder
from facts.readers.jsonl import ObjectFile, physical_rows
from facts.readers.line_table import RawRow
from facts.readers.parquet import exact_path
from facts.readers.text_file import LONGEST_ROW
from kb.bulk.read.plain_jsonl import PlainObjects
from kb.bulk.read.raw_table import BYTES_AT_ONCE, NotRead, RawTable, TextFile, reading_a_file
from kb.engines.duckdb.connection import identifier, literal

_LOOKED_AT = 1_000
"""Rows at the beginning of a file that tell what else its values are than texts."""

_DELIMITER = b"\x01"
"""Stands in no row of JSON, so that a row of text is one value."""

_Record = tuple[int, Mapping[str, Any], str]


def read_objects(table: RawTable, text: TextFile, file: ObjectFile) -> bool:
    """Let DuckDB read the plain rows of a JSONL file, and the row reader the others.

    Parameters
    ----------
    table : RawTable
        Takes the rows.
    text : TextFile
        The file's part of the table.
    file : ObjectFile
        The file.

    Returns
    -------
    bool
        False for a file that DuckDB cannot split into rows; none of its rows is in the table
        then.
    """
    rows, shape = table.fill(text, lambda: _take(table, text, file, file.text.path), "")
    if shape is None or rows != shape.rows:
        table.drop(text)
        try:
            with _regular_copy(file.text.path) as (copy, rows):
                if _take(table, text, file, copy) != rows:
                    table.drop(text)
                    return False
        except (NotRead, OSError):
            return False
    _read_odd(table, text, file)
    return True


@contextmanager
def _regular_copy(path: Path) -> Iterator[tuple[Path, int]]:
    """Yield a copy of a file, and its rows, with a blank row for each that DuckDB does not read.

    So one byte that is no UTF-8 does not leave a million rows to the row reader.
    """
    rows = 0
    with scratch_folder() as folder:
        copy = Path(folder) / "rows.jsonl"
        with path.open("rb") as file, copy.open("wb") as other:
            for row in physical_rows(file):
                rows += 1
                other.write(_regular(row.rstrip(b"\r\n")) + b"\n")
        yield copy, rows


def _regular(row: bytes) -> bytes:
    """Return a row of text, or nothing where DuckDB refuses it."""
    if len(row) >= LONGEST_ROW:
        raise NotRead
    if b"\r" in row or _DELIMITER in row:
        return b""
    try:
        row.decode("utf-8")
    except UnicodeDecodeError:
        return b""
    return row


def _take(table: RawTable, text: TextFile, file: ObjectFile, path: Path) -> int:
    """Put the rows of text of a file into the table; return how many it has of the file then."""
    with suppress(NotRead), reading_a_file():
        _insert(table, text, file, path)
    return table.count() - text.start


def _insert(table: RawTable, text: TextFile, file: ObjectFile, path: Path) -> None:
    """Put a row for each row of text into the table.

    ``shape`` encodes the names of a plain row, in their order; it is empty where a row is odd.
    """
    began = islice(file.records_at(range(1, _LOOKED_AT + 1)), _LOOKED_AT)
    plain = PlainObjects.of((record for _, record, _ in began), table.known)
    kinds = literal(json.dumps({name: plain.kind(name) for name in table.known}))
    picked = ", ".join(plain.value(name, f"v.{identifier(name)}") for name in table.known)
    paths = ", ".join(map(literal, plain.paths))
    table.connection.execute(
        f"INSERT INTO {table.name} SELECT {text.number}, NULL, false, shape, {picked} FROM ("
        f"SELECT CASE WHEN plain THEN hash(json_keys(text, [{paths}])) END AS shape, "
        f"json_transform(CASE WHEN plain THEN text END, {kinds}) AS v FROM ("
        f"SELECT text, coalesce(regexp_full_match(text, {literal(plain.pattern)}), false) AS plain "
        f"FROM read_csv({literal(exact_path(path))}, auto_detect=false, header=false, "
        f"delim='{_DELIMITER.decode()}', quote='', escape='', max_line_size={LONGEST_ROW}, "
        f"buffer_size={BYTES_AT_ONCE}, columns={{'text': 'VARCHAR'}})))"
    )


def _read_odd(table: RawTable, text: TextFile, file: ObjectFile) -> None:
    """Let the row reader read what is odd; warn of names, each with the first row that has it."""
    row = table.row_of(text)
    own = f"file = {text.number}"
    found = table.connection.execute(
        f"SELECT min({row}), shape FROM {table.name} WHERE {own} AND shape IS NOT NULL "
        "GROUP BY shape"
    ).fetchall()
    firsts = dict(found)
    named: list[_Record] = []
    odd_shapes = []
    for record in file.records_at(firsts.keys()):
        if file.names.renames(record[1]) or file.row_of(*record).faults:
            odd_shapes.append(firsts[record[0]])
        else:
            named.append(record)
    odd = f"(shape IS NULL OR shape IN (SELECT unnest({odd_shapes}::UBIGINT[])))"
    numbers = {
        number
        for (number,) in table.connection.execute(
            f"SELECT {row} FROM {table.name} WHERE {own} AND {odd}"
        ).fetchall()
    }
    if numbers:
        numbered = f"CASE WHEN {own} THEN {row} ELSE row END"
        table.keep(f"NOT ({own} AND {odd})", numbered)
    table.insert(text, _odd_rows(file, numbers, named))
    if numbers:
        table.sort()


def _odd_rows(file: ObjectFile, numbers: Collection[int], named: list[_Record]) -> Iterator[RawRow]:
    """Yield the rows of some numbers, and warn of the names of these and of others."""
    for record in merge(named, file.records_at(numbers), key=itemgetter(0)):
        number, names, broken = record
        if not broken:
            file.warn(names, number)
        if number in numbers:
            yield file.row_of(*record)
