"""Rows of evidence as trimmed texts, before they are read."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from facts.readers.evidence import COLUMNS
from facts.readers.parquet import WHOLE
from kb.bulk.free_texts import STRIPPED, doubtful, odd, unreadable
from kb.bulk.source import Source
from kb.engines.duckdb_table import identifier


def gather_rows(connection: Any, name: str, sources: Sequence[Source]) -> None:
    """Make a view of all rows; a table, where there is something to trim or that is unreadable.

    It has the columns of evidence as texts, ``place``, which sets a row apart from all others, and
    ``broken``.

    Parameters
    ----------
    connection : DuckDB connection
    name : str
    sources : sequence of Source
    """
    selects, kind = [], "VIEW"
    for number, source in enumerate(sources):
        texts = {name: f"r.{identifier(name)}::TEXT" for name in source.columns}
        broken = "r.broken"
        if _any_odd(connection, source, texts):
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
            f"SELECT {picked}, {place_of(number, source)} AS place, {broken} AS broken "
            f"FROM {source.scan} r"
        )
    connection.execute(f"CREATE TEMP {kind} {name} AS {' UNION ALL '.join(selects)}")


def place_of(number: int, source: Source) -> str:
    """Return the SQL of the place of a row in the source of a number."""
    return f"({number}::BIGINT << 60) + {'r.place' if source.parquet else 'r.rowid'}"


def _any_odd(connection: Any, source: Source, texts: dict[str, str]) -> bool:
    tests = [odd(texts[name]) for name, kind in source.columns.items() if kind not in WHOLE]
    if not tests:
        return False
    (found,) = connection.execute(
        f"SELECT bool_or({' OR '.join(tests)}) FROM {source.scan} r"
    ).fetchone()
    return bool(found)


def _trimmed(text: str) -> str:
    """SQL of a text without blanks around it; few texts are worth the search for them."""
    return f"CASE WHEN {doubtful(text)} THEN {STRIPPED.format(text)} ELSE {text} END"
