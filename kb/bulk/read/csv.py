"""CSV files in the table of raw rows: DuckDB reads those that it reads as the row reader does."""

from __future__ import annotations

from contextlib import suppress

from facts.readers.delimited import DelimitedFile
from facts.readers.parquet import BLANKS, exact_path
from facts.readers.text_file import LONGEST_ROW
from kb.bulk.read.raw_table import BYTES_AT_ONCE, NotRead, RawTable, TextFile, reading_a_file
from kb.bulk.read.text_shape import NO_VALUE, TextShape
from kb.engines.duckdb.connection import literal

_SPARE = 8
"""Columns behind the last, for rows that have too many values."""


def read_delimited(table: RawTable, text: TextFile, file: DelimitedFile) -> bool:
    """Let DuckDB read a CSV file.

    Parameters
    ----------
    table : RawTable
        Takes the rows.
    text : TextFile
        The file's part of the table.
    file : DelimitedFile
        The file with its header.

    Returns
    -------
    bool
        False for a file that DuckDB cannot read as the row reader does; none of its rows is in
        the table then.
    """
    if file.header_row > 1 or len(set(file.columns)) < len(file.columns):
        return False
    read, shape = table.fill(text, lambda: _insert(table, text, file), file.delimiter)
    regular = read and shape is not None and _as_the_row_reader(table, text, file, shape)
    if not regular:
        table.drop(text)
    return regular


def _as_the_row_reader(
    table: RawTable, text: TextFile, file: DelimitedFile, shape: TextShape
) -> bool:
    """Number the rows where they are not the rows of text; tell whether all is as it has to be."""
    exact = table.count() - text.start == shape.rows - 1
    if shape.inner and not exact:
        return False
    broken = table.one(f"SELECT count(*) FROM {table.name} WHERE file = {text.number} AND broken")
    on_one_row = exact or not shape.quotes
    if (broken and not on_one_row) or not (exact or table.number(text, file.row_numbers())):
        return False
    if broken:
        _tell_broken(table, text, file)
    return True


def _insert(table: RawTable, text: TextFile, file: DelimitedFile) -> bool:
    """Put the rows into the table; those of too few or too many values are broken."""
    names = [f"c{place}" for place in range(len(file.columns))]
    every = [*names, *(f"d{place}" for place in range(_SPARE))]
    columns = ", ".join(f"'{name}': 'VARCHAR'" for name in every)
    picked = ", ".join(_value(file.named.picks.get(name, ())) for name in table.known)
    filled = " OR ".join(f"{name} <> ''" for name in every)
    not_blank = f"({filled}) AND ({every[1]} IS NOT NULL OR trim(c0, {literal(BLANKS)}) <> '')"
    for parallel in ("true", "false"):
        with suppress(NotRead), reading_a_file():
            table.connection.execute(
                f"INSERT INTO {table.name} SELECT {text.number}, NULL, "
                f"{names[-1]} IS NULL OR d0 IS NOT NULL, NULL, {picked} FROM "
                f"read_csv({literal(exact_path(file.text.path))}, auto_detect=false, header=true, "
                f"delim={literal(file.delimiter)}, quote='\"', escape='\"', "
                "strict_mode=true, null_padding=true, "
                f"nullstr={literal(NO_VALUE.decode())}, max_line_size={LONGEST_ROW}, "
                f"buffer_size={BYTES_AT_ONCE}, parallel={parallel}, columns={{{columns}}}) "
                f"WHERE {not_blank}"
            )
            return True
    return False


def _value(places: tuple[int, ...]) -> str:
    """Return the SQL of the value of a column that stands at some places of a row."""
    if len(places) == 1:
        return f"nullif(c{places[0]}, '')"
    blanks = literal(BLANKS)
    texts = [f"nullif(trim(c{place}, {blanks}), '')" for place in places]
    return f"nullif(concat_ws(' ', {', '.join(texts)}), '')" if texts else "NULL"


def _tell_broken(table: RawTable, text: TextFile, file: DelimitedFile) -> None:
    """Read the broken rows as the row reader does."""
    table.number_rows()
    numbers = table.connection.execute(
        f"SELECT row FROM {table.name} WHERE file = {text.number} AND broken"
    ).fetchall()
    found = list(file.rows_at({number for (number,) in numbers}))
    table.keep_faulty(text, found)
    table.connection.execute(
        f"UPDATE {table.name} SET claim_id = b.claim_id FROM (SELECT "
        "unnest($1::BIGINT[]) AS row, unnest($2::TEXT[]) AS claim_id) b "
        f"WHERE {table.name}.file = {text.number} AND {table.name}.row = b.row",
        [[row.number for row in found], [row.fields.get("claim_id") for row in found]],
    )
