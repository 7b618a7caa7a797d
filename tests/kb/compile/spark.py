"""Spark in this process, its tables in memory: for whoever has installed pyspark and a Java."""

from __future__ import annotations

import re
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from typing import Any

SETTINGS = {
    "spark.sql.ansi.enabled": "true",
    "spark.sql.shuffle.partitions": "1",
    "spark.default.parallelism": "1",
    "spark.sql.adaptive.enabled": "false",
    "spark.sql.catalogImplementation": "in-memory",
    "spark.ui.enabled": "false",
    "spark.driver.memory": "1g",
    "spark.driver.bindAddress": "127.0.0.1",
    "spark.driver.host": "127.0.0.1",
}
"""What the head of a script asks for, and no more work than small tables need."""

_PIECES = re.compile(
    r"(?P<comment>--[^\n]*)|'(?:[^'\\]|\\.)*'|`(?:[^`]|``)*`|(?P<end>;)|[^-'`;]+|-", re.DOTALL
)
_CREATE = re.compile(r"CREATE (TABLE|VIEW) (`?)(\w.*?)\2 (AS\b|\()(.*)", re.DOTALL)
_INSERT = re.compile(r"INSERT INTO (`?)(\w.*?)\1 VALUES(.*)", re.DOTALL)
_COLUMN = re.compile(r"(`[^`]*`|\w+) (\w+(?:\(\d+, \d+\))?)(?:, |$)")


class Database:
    """The tables of one script after the other.

    What ``CREATE TABLE AS`` names is computed once and stays in memory as a temporary view, which
    takes a tenth of the time of a table on a disk.
    """

    def __init__(self) -> None:
        from pyspark.sql import SparkSession

        self.folder = tempfile.mkdtemp(prefix="spark-")
        builder = SparkSession.builder.master("local[1]")
        for name, value in SETTINGS.items():
            builder = builder.config(name, value)
        self.session = builder.config("spark.sql.warehouse.dir", self.folder).getOrCreate()
        self.session.sparkContext.setLogLevel("OFF")
        self.columns: dict[str, str] = {}
        self.rows: dict[str, list[str]] = {}

    def stop(self) -> None:
        """End the session."""
        self.session.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def clear(self) -> None:
        """Forget every table."""
        for table in self.session.catalog.listTables():
            self.session.catalog.dropTempView(table.name)
        self.columns.clear()
        self.rows.clear()

    def execute(self, text: str) -> Answer:
        """Run statements and return the rows of the last one."""
        answer = Answer(None)
        for statement in statements_of(text):
            answer = Answer(self._run(statement))
        return answer

    def insert(self, name: str, rows: Sequence[tuple[Any, ...]]) -> None:
        """Fill a table that a statement created."""
        self._keep(name, self.session.createDataFrame(list(rows), self.columns[name]))

    def _run(self, statement: str) -> Any:
        created, inserted = _CREATE.match(statement), _INSERT.match(statement)
        if created is None and inserted is None:
            return self.session.sql(statement.replace('"', "`"))
        if inserted is not None:
            self.rows[inserted[2]].append(inserted[3])
            self._keep(inserted[2], self.session.sql(self._values(inserted[2])))
        elif created is not None and created[4] == "(":
            self.columns[created[3]] = created[5].rstrip()[:-1]
            self.rows[created[3]] = []
            empty = self.session.createDataFrame([], self.columns[created[3]])
            self._keep(created[3], empty)
        elif created is not None and created[1] == "TABLE":
            self._keep(created[3], self.session.sql(created[5]))
        elif created is not None:
            self.session.sql(f"CREATE TEMPORARY VIEW `{created[3]}` AS {created[5]}")
        return None

    def _values(self, name: str) -> str:
        columns = _COLUMN.findall(self.columns[name])
        picked = ", ".join(
            f"CAST(col{number} AS {kind}) AS {column}"
            for number, (column, kind) in enumerate(columns, 1)
        )
        return f"SELECT {picked} FROM VALUES {', '.join(self.rows[name])}"

    def _keep(self, name: str, frame: Any) -> None:
        frame.localCheckpoint().createOrReplaceTempView(f"`{name}`")


class Answer:
    """The rows of a query."""

    def __init__(self, frame: Any) -> None:
        self.frame = frame

    def fetchall(self) -> list[tuple[Any, ...]]:
        return [tuple(row) for row in self.frame.collect()]


def statements_of(text: str) -> Iterator[str]:
    """Yield the statements of a script without its comments."""
    statement: list[str] = []
    for piece in _PIECES.finditer(text):
        if piece["end"]:
            yield "".join(statement).strip()
            statement = []
        elif not piece["comment"]:
            statement.append(piece[0])
    rest = "".join(statement).strip()
    if rest:
        yield rest
