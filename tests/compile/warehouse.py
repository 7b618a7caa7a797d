"""Runs printed scripts: the wide tables filled from claims, the script, the rows of a table."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from kb.compile.inputs import EVIDENCE, LINES, OVERRIDES, TABLES
from kb.compile.numbers import Numbers
from kb.engines.protocol import Row
from kb.knowledge_base import KnowledgeBase


def wide_rows(kb: KnowledgeBase) -> dict[str, list[tuple[Any, ...]]]:
    """The rows of the tables that a script reads."""
    lines, evidence = [], []
    for claim_id, claim in kb.claims.items():
        for line in claim.lines:
            record = line._asdict()
            record["modifiers"] = " ".join(line.modifiers)
            record["diagnoses"] = " ".join(
                each.code + (f":{each.indicator}" if each.indicator else "")
                for each in line.diagnoses
            )
            lines.append(tuple(record[column.name] for column in TABLES[LINES]))
        for item in kb.evidence_for(claim_id):
            value = item.value if isinstance(item.value, str) else format(item.value, "f")
            evidence.append((item.claim_id, item.line_number, item.name, value, item.document))
    overrides = [
        tuple(getattr(item, column.name, None) for column in TABLES[OVERRIDES])
        for item in kb._overrides
    ]
    return {LINES: lines, EVIDENCE: evidence, OVERRIDES: overrides}


def create(name: str, dialect_name: str) -> str:
    numbers = Numbers(dialect_name)
    columns = []
    for column in TABLES[name]:
        kind = numbers.column_type("number") if column.type == "NUMBER" else column.type
        text = kind if isinstance(kind, str) else kind.sql(dialect=dialect_name)
        columns.append(f"{column.name} {text}")
    return f"CREATE TABLE {name} ({', '.join(columns)})"


def run_duckdb(tables: Mapping[str, Sequence[tuple[Any, ...]]], script: str) -> Any:
    import duckdb

    connection = duckdb.connect(":memory:", config={"threads": 1})
    for name, rows in tables.items():
        connection.execute(create(name, "duckdb"))
        if rows:
            marks = ", ".join("?" * len(rows[0]))
            connection.executemany(f"INSERT INTO {name} VALUES ({marks})", rows)
    connection.execute(script)
    return connection


def run_sqlite(tables: Mapping[str, Sequence[tuple[Any, ...]]], script: str) -> Any:
    connection = sqlite3.connect(":memory:")
    for name, rows in tables.items():
        connection.execute(create(name, "sqlite"))
        plain = [tuple(map(_plain, row)) for row in rows]
        if plain:
            marks = ", ".join("?" * len(plain[0]))
            connection.executemany(f"INSERT INTO {name} VALUES ({marks})", plain)
    connection.executescript(script)
    return connection


RUN = {"duckdb": run_duckdb, "sqlite": run_sqlite}


def rows_of(connection: Any, table: str, columns: int, twice: bool = False) -> list[Row]:
    """The sorted rows of a table, numbers exact; no row may stand twice, but where that is said."""
    rows = connection.execute(f'SELECT * FROM "{table}"').fetchall()
    found = [tuple(map(_exact, row)) for row in rows]
    assert all(len(row) == columns for row in found)
    if twice:
        found = list(set(found))
    assert len(set(found)) == len(found)
    return sorted(found, key=lambda row: [(isinstance(value, str), value) for value in row])


def exact_rows(rows: Iterable[Row]) -> list[Row]:
    return [tuple(map(_exact, row)) for row in rows]


def _plain(value: Any) -> Any:
    """A value as SQLite takes it: decimals as text, which its columns turn into numbers."""
    if isinstance(value, Decimal):
        return format(value, "f")
    return value.isoformat() if isinstance(value, date) else value


def _exact(value: Any) -> Any:
    if isinstance(value, float):
        return Fraction(repr(value))
    return value if isinstance(value, str) else Fraction(value)
