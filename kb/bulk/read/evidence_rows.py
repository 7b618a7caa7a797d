"""Rows of evidence as trimmed texts, before they are read."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from facts.readers.evidence import COLUMNS
from facts.readers.parquet import WHOLE
from facts.readers.plain_values import texts_of
from kb.bulk.read.files import Source
from kb.bulk.read.free_texts import STRIPPED, doubtful, odd, unreadable
from kb.engines.duckdb.connection import identifier, make_table


def gather_rows(connection: Any, name: str, sources: Sequence[Source]) -> None:
    """Make a view of all rows; a table, where there is something to trim or that is unreadable.

    It has the columns of evidence as texts, ``place``, which is different for each row, and
    ``broken``.

    Parameters
    ----------
    connection : DuckDB connection
        An open connection to DuckDB.
    name : str
        Name of the view or table.
    sources : sequence of Source
        The sources.
    """
    selects, kind = [], "VIEW"
    for number, source in enumerate(sources):
        texts = {name: f"r.{identifier(name)}::TEXT" for name in source.columns}
        broken, joins = "r.broken", ""
        for column, type_ in source.columns.items():
            if type_ != "VARCHAR" and type_ not in WHOLE:
                kind, table = "TABLE", f"{name}_{column}_{number}"
                _texts(connection, source, column, table)
                joins += f" LEFT JOIN {table} ON {table}.text = {texts[column]}"
                texts[column] = f"{table}.made"
                broken += f" OR coalesce({table}.bad, false)"
        broken = f"({broken})"
        if _any_odd(connection, source, texts, joins):
            kind = "TABLE"
            unfit = [
                unreadable(texts[name])
                for name, type_ in source.columns.items()
                if type_ == "VARCHAR"
            ]
            broken = f"coalesce({' OR '.join((broken, *unfit))}, {broken})"
            texts = {name: _trimmed(text) for name, text in texts.items()}
        picked = ", ".join(f"{texts.get(name, 'NULL::TEXT')} AS {name}" for name in COLUMNS)
        selects.append(
            f"SELECT {picked}, {place_of(source)} AS place, {broken} AS broken "
            f"FROM {source.scan} r{joins}"
        )
    connection.execute(f"CREATE {kind} {name} AS {' UNION ALL '.join(selects)}")


def place_of(source: Source) -> str:
    """Return the SQL of the place of a row, whichever source it is of."""
    return f"({int(source.parquet)}::BIGINT << 60) + {'r.place' if source.parquet else 'r.rowid'}"


def _texts(connection: Any, source: Source, column: str, table: str) -> None:
    """Make a table of the texts of a column that holds none, as the row readers write them."""
    raw = f"r.{identifier(column)}"
    found = connection.execute(
        f"SELECT {raw}::TEXT, any_value({raw}) FROM {source.scan} r "
        f"WHERE {raw} IS NOT NULL GROUP BY ALL"
    ).fetchall()
    read = [texts_of({column: value}, None, (column,)) for _, value in found]
    columns: dict[str, tuple[str, list[Any]]] = {
        "text": ("TEXT", [text for text, _ in found]),
        "made": ("TEXT", [fields.get(column) for fields, _ in read]),
        "bad": ("BOOLEAN", [bool(faults) for _, faults in read]),
    }
    make_table(connection, table, columns)


def _any_odd(connection: Any, source: Source, texts: dict[str, str], joins: str) -> bool:
    tests = [odd(texts[name]) for name, kind in source.columns.items() if kind not in WHOLE]
    if not tests:
        return False
    (found,) = connection.execute(
        f"SELECT bool_or({' OR '.join(tests)}) FROM {source.scan} r{joins}"
    ).fetchone()
    return bool(found)


def _trimmed(text: str) -> str:
    """SQL of a text without blanks around it; few texts are worth the search for them."""
    return f"CASE WHEN {doubtful(text)} THEN {STRIPPED.format(text)} ELSE {text} END"
