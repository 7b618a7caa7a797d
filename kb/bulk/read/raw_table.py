"""The table of the raw rows of text files, each with its file and its number in it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, TypeVar

from facts.extras import duckdb_module
from facts.readers.delimited import DelimitedFile
from facts.readers.jsonl import ObjectFile
from facts.readers.line_table import RawRow
from kb.bulk.read.text_shape import TextShape, text_shape
from kb.engines.duckdb.connection import identifier

T = TypeVar("T")

AT_ONCE = 20_000
"""Rows that go between Python and DuckDB at once."""

BYTES_AT_ONCE = 64_000_000
"""Bytes that a thread of DuckDB reads at once: so many that their rows are stored once.

Of fewer, DuckDB stores them and stores them again with the next ones.
"""


@contextmanager
def reading_a_file() -> Iterator[None]:
    """Raise ``NotRead`` where DuckDB refuses a file.

    What is no fault of the file is raised as it is: an interrupt, too little memory, a statement
    that is wrong.
    """
    duckdb = duckdb_module()
    names = ("Interrupt", "OutOfMemory", "Binder", "Parser", "Catalog")
    try:
        yield
    except tuple(getattr(duckdb, f"{name}Exception") for name in names):
        raise
    except duckdb.Error as fault:
        raise NotRead from fault


class NotRead(Exception):
    """DuckDB does not read a file."""


@dataclass(slots=True)
class TextFile:
    """A CSV or JSONL file in the table of raw rows.

    Parameters
    ----------
    file : DelimitedFile or ObjectFile
        The file.
    number : int
        Number of the file in the table.
    start : int
        Rows of the table before its own.
    first : int
        Number in the file of its first row of the table, where each is on a row of text.
    """

    file: DelimitedFile | ObjectFile
    number: int
    start: int
    first: int


@dataclass(slots=True)
class RawTable:
    """The rows of text files: ``file``, ``row``, ``broken``, ``shape``, and the columns as texts.

    Where ``row`` is empty, the rows of the table are the rows of the file; ``number_rows`` fills
    it in.

    Parameters
    ----------
    connection : DuckDB connection
        An open connection to DuckDB.
    name : str
        Its name.
    known : tuple of str
        The columns.
    texts : list of TextFile
        The files, in their order.
    faulty : dict of (int, int) to RawRow
        Rows with faults, by number of the file and of the row, as the row readers tell them.
    """

    connection: Any
    name: str
    known: tuple[str, ...]
    texts: list[TextFile] = field(default_factory=list)
    faulty: dict[tuple[int, int], RawRow] = field(default_factory=dict)
    _numbered: bool = False

    def add(self, file: DelimitedFile | ObjectFile) -> TextFile:
        """Begin a file."""
        if not self.texts:
            columns = ", ".join(f"{identifier(name)} TEXT" for name in self.known)
            self.connection.execute(
                f"CREATE TABLE {self.name} (file INTEGER, row BIGINT, broken BOOLEAN, "
                f"shape UBIGINT, {columns})"
            )
        self._numbered = False
        first = 2 if isinstance(file, DelimitedFile) else 1
        text = TextFile(file, len(self.texts), self.count(), first)
        self.texts.append(text)
        return text

    def fill(
        self, text: TextFile, insert: Callable[[], T], delimiter: str
    ) -> tuple[T, TextShape | None]:
        """Let DuckDB put the rows of a file into the table while Python looks at their shape.

        Parameters
        ----------
        text : TextFile
            The file's part of the table.
        insert : callable
            Puts the rows into the table.
        delimiter : str
            What separates values; empty where the shape does not depend on quotation marks.

        Returns
        -------
        object
            What ``insert`` returns.
        TextShape or None
            The shape of the file, if it is regular.

        Raises
        ------
        OSError
            If the file cannot be read; none of its rows is in the table then.
        """
        with ThreadPoolExecutor(1) as thread:
            looking = thread.submit(text_shape, text.file.text.path, delimiter)
            inserted = insert()
        try:
            return inserted, looking.result()
        except OSError:
            self.drop(text)
            raise

    def count(self) -> int:
        """Return the number of rows of all files."""
        return self.one(f"SELECT count(*) FROM {self.name}")

    def one(self, query: str) -> int:
        """Return the number that a query gives."""
        return int(self.connection.execute(query).fetchone()[0])

    def number_rows(self) -> None:
        """Tell every row its number; DuckDB counts rows, not rows of text."""
        if self._numbered:
            return
        self._numbered = True
        for text in self.texts:
            self.connection.execute(
                f"UPDATE {self.name} SET row = {self.row_of(text)} "
                f"WHERE file = {text.number} AND row IS NULL"
            )

    @staticmethod
    def row_of(text: TextFile) -> str:
        """Return the SQL of the number of a row of a text file that does not say it."""
        return f"rowid + {text.first - text.start}"

    def insert(self, text: TextFile, rows: Iterable[RawRow]) -> None:
        """Put the rows that a row reader makes of a text file into the table."""
        waiting = iter(rows)
        kinds = {"row": "BIGINT", "broken": "BOOLEAN", **dict.fromkeys(self.known, "VARCHAR")}
        picks = [f"v.{identifier(name)}" for name in kinds]
        picks.insert(2, "NULL")
        while chunk := list(islice(waiting, AT_ONCE)):
            objects = [
                json.dumps({**row.fields, "row": row.number, "broken": bool(row.faults)})
                for row in chunk
            ]
            self.connection.execute(
                f"INSERT INTO {self.name} SELECT {text.number}, {', '.join(picks)} FROM "
                f"(SELECT json_transform(unnest($1::TEXT[]), $2) AS v)",
                [objects, json.dumps(kinds)],
            )
            self.keep_faulty(text, chunk)

    def keep_faulty(self, text: TextFile, rows: Iterable[RawRow]) -> None:
        """Keep those rows of a text file that have faults."""
        for row in rows:
            if row.faults:
                self.faulty[text.number, row.number] = row

    def drop(self, text: TextFile) -> None:
        """Take the rows of a text file out, which is the last one."""
        self.keep(f"file <> {text.number}", "row")

    def keep(self, condition: str, row: str) -> None:
        """Keep some rows alone; places in the table have no gap again.

        Parameters
        ----------
        condition : str
            SQL of the rows that are kept.
        row : str
            SQL of the numbers of the rows.
        """
        self._replace(f"SELECT * REPLACE ({row} AS row) FROM {self.name} WHERE {condition}")

    def sort(self) -> None:
        """Put the rows in the order in which they stand in the files."""
        self.number_rows()
        self._replace(f"SELECT * FROM {self.name} ORDER BY file, row")

    def _replace(self, query: str) -> None:
        self.connection.execute(f"CREATE TABLE kept AS {query}")
        self.connection.execute(f"DROP TABLE {self.name}")
        self.connection.execute(f"ALTER TABLE kept RENAME TO {self.name}")

    def number(self, text: TextFile, numbers: Iterator[int]) -> bool:
        """Give the rows of a text file their numbers; tell whether it has as many."""
        start = text.start
        while chunk := list(islice(numbers, 1_000_000)):
            self.connection.execute(
                f"UPDATE {self.name} SET row = n.row FROM (SELECT unnest($1::BIGINT[]) AS row, "
                f"unnest(range({start}, {start + len(chunk)})) AS place) n "
                f"WHERE {self.name}.rowid = n.place",
                [chunk],
            )
            start += len(chunk)
        return start == self.count()
