"""Runs printed scripts: the wide tables filled from claims, the script, the rows of a table."""

from __future__ import annotations

import importlib.util
import os
import shutil
import sqlite3
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from kb.compile.sql.dialects import dialect
from kb.compile.sql.input_queries import EVIDENCE, LINES, OVERRIDES, TABLES, Inputs
from kb.knowledge_base import KnowledgeBase
from kb.language.values import Row
from tests.kb.compile.postgres import Server, server_folder
from tests.kb.compile.spark import Database

Tables = Mapping[str, Sequence[tuple[Any, ...]]]


class Warehouse:
    """An engine that scripts of its dialect run in, one after the other."""

    name: str
    mark = "?"
    decimals = True
    quick = True
    """Whether a statement takes milliseconds, so that many can be tried."""

    def holds(self, number: Fraction) -> bool:
        """Tell whether the engine says that it is exact for a number."""
        return True

    def quoted(self, name: str) -> str:
        """Return a name as scripts write it."""
        return f'"{name}"'

    def missing(self) -> str:
        """Return what is not installed here, or an empty text."""
        return ""

    def start(self) -> None:
        """Make ready what every run shares."""

    def stop(self) -> None:
        """End it."""

    def run(self, tables: Tables, script: str) -> Any:
        """Return a connection whose database holds nothing but the tables and the script's."""
        connection = self.connect()
        for name, rows in tables.items():
            connection.execute(create(name, self.name))
            if rows:
                marks = ", ".join([self.mark] * len(rows[0]))
                self.insert(connection, f"INSERT INTO {name} VALUES ({marks})", rows)
        self.script(connection, script)
        return connection

    def errors(self) -> tuple[type[Exception], ...]:
        """Return how the engine stops."""
        raise NotImplementedError

    def connect(self) -> Any:
        raise NotImplementedError

    def insert(self, connection: Any, sql: str, rows: Sequence[tuple[Any, ...]]) -> None:
        connection.executemany(sql, rows)

    def script(self, connection: Any, text: str) -> None:
        connection.execute(text)


class DuckDB(Warehouse):
    """One database for all runs, each of them a transaction that the next one rolls back."""

    name = "duckdb"

    def errors(self) -> tuple[type[Exception], ...]:
        import duckdb

        return (duckdb.Error,)

    def start(self) -> None:
        import duckdb

        self.connection = duckdb.connect(":memory:", config={"threads": 1})
        self.connection.begin()

    def stop(self) -> None:
        self.connection.close()

    def connect(self) -> Any:
        self.connection.rollback()
        return self.connection.begin()


class SQLite(Warehouse):
    name = "sqlite"
    decimals = False

    def holds(self, number: Fraction) -> bool:
        """Numbers of up to 15 digits, as the head of the script says."""
        return Fraction(f"{float(number):.15g}") == number

    def errors(self) -> tuple[type[Exception], ...]:
        return (sqlite3.Error,)

    def connect(self) -> Any:
        return sqlite3.connect(":memory:")

    def insert(self, connection: Any, sql: str, rows: Sequence[tuple[Any, ...]]) -> None:
        connection.executemany(sql, [tuple(map(_plain, row)) for row in rows])

    def script(self, connection: Any, text: str) -> None:
        connection.executescript(text)


class Postgres(Warehouse):
    """One server for all runs, and a transaction for each, as in DuckDB."""

    name = "postgres"
    mark = "%s"

    def errors(self) -> tuple[type[Exception], ...]:
        import psycopg

        return (psycopg.Error,)

    def missing(self) -> str:
        if server_folder() is None:
            return "no PostgreSQL server is installed"
        return "" if importlib.util.find_spec("psycopg") else "psycopg is not installed"

    def start(self) -> None:
        programs = server_folder()
        assert programs is not None
        self.server = Server(programs)
        self.connection: Any = None

    def stop(self) -> None:
        self.server.stop()

    def connect(self) -> Any:
        if self.connection is None or self.connection.closed:
            self.connection = self.server.connect()
        self.connection.rollback()
        return self.connection

    def insert(self, connection: Any, sql: str, rows: Sequence[tuple[Any, ...]]) -> None:
        connection.cursor().executemany(sql, rows)


class Spark(Warehouse):
    """One session for all runs. It is no part of the tests' extra: pyspark has 400 MB."""

    name = "spark"
    quick = False

    def holds(self, number: Fraction) -> bool:
        """Numbers of up to 18 digits before the point, as the head of the script says."""
        return abs(number) < 10**18

    def quoted(self, name: str) -> str:
        return f"`{name}`"

    def errors(self) -> tuple[type[Exception], ...]:
        from py4j.protocol import Py4JError
        from pyspark.errors import PySparkException

        return (PySparkException, Py4JError)

    def missing(self) -> str:
        if importlib.util.find_spec("pyspark") is None:
            return "pyspark is not installed"
        java = os.environ.get("JAVA_HOME") or shutil.which("java")
        return "" if java else "no Java is installed for Spark"

    def start(self) -> None:
        self.database = Database()

    def stop(self) -> None:
        self.database.stop()

    def connect(self) -> Any:
        self.database.clear()
        return self.database

    def insert(self, connection: Any, sql: str, rows: Sequence[tuple[Any, ...]]) -> None:
        connection.insert(sql.split()[2], rows)


WAREHOUSES: dict[str, Callable[[], Warehouse]] = {
    each.name: each for each in (DuckDB, SQLite, Postgres, Spark)
}


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
        for item in kb._known.overrides
    ]
    return {LINES: lines, EVIDENCE: evidence, OVERRIDES: overrides}


def create(name: str, dialect_name: str) -> str:
    inputs = Inputs(dialect(dialect_name), {})
    columns = [
        f"{column.name} {inputs.type_of(column).sql(dialect=dialect_name)}"
        for column in TABLES[name]
    ]
    return f"CREATE TABLE {name} ({', '.join(columns)})"


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
