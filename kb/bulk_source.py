"""Files of claim lines or evidence as tables of DuckDB: CSV, JSONL and Parquet, in any mixture.

DuckDB reads what is regular; a file or a row of JSON that is not is read by the row readers, so
that both ways tell the same of it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any

from facts.diagnostic import Diagnostic
from facts.extras import bulk_module
from facts.readers.claim_tables import is_jsonl, without_rows
from facts.readers.delimited import DelimitedFile, RowTrace, open_delimited, unreadable
from facts.readers.jsonl import ObjectFile, PathTrace, open_objects
from facts.readers.line_table import CODE_LISTS, RawRow
from facts.readers.parquet import BLANKS, check_parquet_columns, is_parquet, not_parquet
from facts.readers.plain_values import texts_of
from facts.readers.text_file import LONGEST_ROW, cannot_be_read, look
from kb.engines.duckdb_table import identifier, literal

_BLOCK = 1 << 24
_AT_ONCE = 20_000
_ODD_QUOTES = re.compile(rb'[^,\n\r"]"[^,\n\r"]|[,\n][ \t]+"|"[ \t]+[,\n\r]')
_ODD_OBJECT = r"[0-9]{16}|[0-9.]{18}|[0-9][Ee]|\\u(0000|[dD][89a-fA-F])|\x{FFFD}"
_MOST_NESTED = 200
_SPARE = 8
"""Columns behind the last, for rows that have too many values."""

_NUMERIC = ("units", "charge", "ndc_quantity", "value")


@dataclass(slots=True)
class TextFile:
    """A CSV or JSONL file in the table of raw rows.

    Parameters
    ----------
    file : DelimitedFile or ObjectFile
    number : int
    start : int
        Rows of the table before its own.
    exact : bool
        Whether the table knows the number of each row in the file.
    """

    file: DelimitedFile | ObjectFile
    number: int
    start: int = 0
    exact: bool = False


@dataclass(slots=True)
class Source:
    """Some files as one table.

    Parameters
    ----------
    scan : str
        What stands behind FROM. It has the columns, ``file`` (a name, or the number of a text
        file), ``row`` and ``broken``.
    columns : dict of str to str
        Names and DuckDB types.
    parquet : bool
    """

    scan: str
    columns: dict[str, str]
    parquet: bool


@dataclass(slots=True)
class Tables:
    """Reads files into tables.

    Parameters
    ----------
    connection : DuckDB connection
    name : str
        Name of the table of the rows of text files.
    known, required : tuple of str
        Columns that can and that must be there.
    notes : list of Diagnostic
        Gathers what is wrong with the files.
    """

    connection: Any
    name: str
    known: tuple[str, ...]
    required: tuple[str, ...]
    notes: list[Diagnostic]
    sources: list[Source] = field(default_factory=list)
    _texts: list[TextFile] = field(default_factory=list)
    _present: set[str] = field(default_factory=set)
    _faulty: dict[tuple[int, int], RawRow] = field(default_factory=dict)
    _numbered: bool = False

    def read(self, paths: Iterable[str | Path]) -> None:
        """Read or open all files; those that cannot be read are told of."""
        parquet: list[Path] = []
        for path in map(Path, dict.fromkeys(paths)):
            if is_parquet(path):
                parquet.append(path)
                continue
            head, fault = look(path)
            if fault is not None:
                self.notes.append(fault)
            elif is_jsonl(path, head):
                objects = open_objects(path, head, self.known, self.notes, self.required)
                if objects is not None:
                    self._text(objects)
            else:
                file = open_delimited(path, self.required, self.known)
                self.notes.extend(file.diagnostics)
                if file.readable:
                    self._text(file)
        if self._texts:
            names = [name for name in self.known if name in self._present]
            self.sources.append(Source(self.name, dict.fromkeys(names, "VARCHAR"), False))
        if parquet:
            self._parquet(parquet)

    def rows(self, source: Source, order: str, condition: str) -> Iterator[tuple[Any, RawRow]]:
        """Yield rows again as the row readers do, with the value of an expression.

        Parameters
        ----------
        source : Source
        order : str
            SQL of the value that comes with each row, over the alias ``r``.
        condition : str
            SQL behind the scan ``r``: joins and conditions.
        """
        names = tuple(source.columns)
        picked = ", ".join(f"r.{identifier(name)}" for name in names)
        if not source.parquet:
            self.number_rows()
        found = self.connection.execute(
            f"SELECT {order}, r.file, r.row, {picked} FROM {source.scan} r {condition}"
        )
        while chunk := found.fetchmany(_AT_ONCE):
            for key, file, row, *values in chunk:
                yield key, self._again(source, file, row, names, values)

    def name_of(self, source: Source, file: Any) -> str:
        """Return the name of a file."""
        return str(file if source.parquet else self._texts[file].file.path)

    def trace(self, source: Source, file: Any, row: int) -> RowTrace | PathTrace:
        """Return what tells the places of a row."""
        name = self.name_of(source, file)
        if not source.parquet and isinstance(self._texts[file].file, ObjectFile):
            return PathTrace(name, row)
        return RowTrace(name, row)

    def number_rows(self) -> None:
        """Tell every row of a text file its number; DuckDB counts rows, not rows of text."""
        if self._numbered:
            return
        self._numbered = True
        for text in self._texts:
            self.connection.execute(
                f"UPDATE {self.name} SET row = rowid - {text.start} + 2 "
                f"WHERE file = {text.number} AND row IS NULL"
            )

    def _look_for_numbers(self, text: TextFile, numbers: Iterator[int]) -> bool:
        """Number the rows of a file as the row reader does; tell whether it has as many."""
        start = text.start
        while chunk := list(islice(numbers, 1_000_000)):
            self.connection.execute(
                f"UPDATE {self.name} SET row = n.row FROM (SELECT unnest($1::BIGINT[]) AS row, "
                f"unnest(range({start}, {start + len(chunk)})) AS place) n "
                f"WHERE {self.name}.rowid = n.place",
                [chunk],
            )
            start += len(chunk)
        return start == self._count()

    def _again(
        self,
        source: Source,
        file: Any,
        row: int,
        names: tuple[str, ...],
        values: list[Any],
    ) -> RawRow:
        if source.parquet:
            trace = self.trace(source, file, row)
            fields, faults = texts_of(dict(zip(names, values, strict=True)), trace, names)
            return RawRow(row, fields, trace, tuple(faults.values()), tuple(faults))
        faulty = self._faulty.get((file, row))
        if faulty is not None:
            return faulty
        trace = self.trace(source, file, row)
        fields = {
            name: value
            for name, value in zip(names, values, strict=True)
            if value and not value.isspace()
        }
        wrong = unreadable(fields, trace)
        for name in wrong:
            del fields[name]
        return RawRow(row, fields, trace, tuple(wrong.values()), tuple(wrong))

    # Text files

    def _text(self, file: DelimitedFile | ObjectFile) -> None:
        if not self._texts:
            columns = ", ".join(f"{identifier(name)} TEXT" for name in self.known)
            self.connection.execute(
                f"CREATE TEMP TABLE {self.name} (file INTEGER, row BIGINT, broken BOOLEAN, "
                f"{columns})"
            )
        self._numbered = False
        text = TextFile(file, len(self._texts), self._count())
        self._present |= set(file.columns if isinstance(file, DelimitedFile) else self.known)
        self._texts.append(text)
        try:
            regular = (
                self._delimited(text, file)
                if isinstance(file, DelimitedFile)
                else self._objects(text, file)
            )
            if not regular:
                self._row_by_row(text, file.rows())
        except OSError as fault:
            self.notes.append(cannot_be_read(file.path, fault))
        if self._count() == text.start:
            self.notes.append(without_rows(file.path))

    def _count(self) -> int:
        return self._one(f"SELECT count(*) FROM {self.name}")

    def _delimited(self, text: TextFile, file: DelimitedFile) -> bool:
        """Let DuckDB read a CSV file; tell whether it could, and as the row reader does."""
        shape = _shape(file.path, quotes=True)
        if shape is None or len(set(file.columns)) < len(file.columns):
            return False
        if not self._insert(text, file):
            self._drop(text)
            return False
        text.exact = self._count() - text.start == shape.rows - 1
        broken = self._one(
            f"SELECT count(*) FROM {self.name} WHERE file = {text.number} AND broken"
        )
        on_one_row = text.exact or not shape.quotes
        if (broken and not on_one_row) or not (
            text.exact or self._look_for_numbers(text, file.row_numbers())
        ):
            self._drop(text)
            return False
        if broken:
            self._tell_broken(text, file)
        return True

    def _insert(self, text: TextFile, file: DelimitedFile) -> bool:
        """Let DuckDB read a CSV file; rows of too few or too many values are broken."""
        positions = {name: place for place, name in enumerate(file.columns)}
        names = [f"c{place}" for place in range(len(file.columns))]
        spare = [f"d{place}" for place in range(_SPARE)]
        columns = ", ".join(f"'{name}': 'VARCHAR'" for name in (*names, *spare))
        picked = ", ".join(
            f"nullif(c{positions[name]}, '')" if name in positions else "NULL"
            for name in self.known
        )
        duckdb = bulk_module("duckdb")
        for parallel in ("true", "false"):
            try:
                self.connection.execute(
                    f"INSERT INTO {self.name} SELECT {text.number}, NULL, "
                    f"{names[-1]} IS NULL OR d0 IS NOT NULL, {picked} FROM "
                    f"read_csv({literal(str(file.path))}, auto_detect=false, header=true, "
                    "delim=',', quote='\"', escape='\"', strict_mode=true, null_padding=true, "
                    f"nullstr='\x01', max_line_size={LONGEST_ROW}, parallel={parallel}, "
                    f"columns={{{columns}}}) WHERE concat({', '.join((*names, *spare))}) <> ''"
                )
            except duckdb.InterruptException:
                raise
            except duckdb.Error:
                continue
            return True
        return False

    def _tell_broken(self, text: TextFile, file: DelimitedFile) -> None:
        """Read the broken rows as the row reader does."""
        self.number_rows()
        numbers = self.connection.execute(
            f"SELECT row FROM {self.name} WHERE file = {text.number} AND broken"
        ).fetchall()
        found = list(file.rows_at({number for (number,) in numbers}))
        for row in found:
            self._faulty[text.number, row.number] = row
        self.connection.execute(
            f"UPDATE {self.name} SET claim_id = b.claim_id FROM (SELECT "
            "unnest($1::BIGINT[]) AS row, unnest($2::TEXT[]) AS claim_id) b "
            f"WHERE {self.name}.file = {text.number} AND {self.name}.row = b.row",
            [[row.number for row in found], [row.fields.get("claim_id") for row in found]],
        )

    def _one(self, query: str) -> int:
        return int(self.connection.execute(query).fetchone()[0])

    def _drop(self, text: TextFile) -> None:
        """Take the rows of a file out; the others are numbered without a gap again."""
        self.connection.execute(
            f"CREATE TEMP TABLE kept AS SELECT * FROM {self.name} WHERE file <> {text.number}"
        )
        self.connection.execute(f"DROP TABLE {self.name}")
        self.connection.execute(f"ALTER TABLE kept RENAME TO {self.name}")

    def _objects(self, text: TextFile, file: ObjectFile) -> bool:
        """Let DuckDB read the rows of a JSONL file that are plain; the others one by one."""
        text.exact = True
        shape = _shape(file.path, quotes=False)
        if shape is None:
            return False
        lines = f"{self.name}_{text.number}"
        duckdb = bulk_module("duckdb")
        try:
            self.connection.execute(
                f"CREATE OR REPLACE TEMP TABLE {lines} AS SELECT text FROM read_csv("
                f"{literal(str(file.path))}, auto_detect=false, header=false, delim='\x01', "
                f"quote='', escape='', max_line_size={LONGEST_ROW}, "
                "columns={'text': 'VARCHAR'})"
            )
            row = self.connection.execute(f"SELECT count(*) FROM {lines}").fetchone()
            if row[0] != shape.rows:
                return False
            odd = self._plain_objects(text, lines, shape)
        except duckdb.Error:
            return False
        names = [*odd.names, *((number, file.names_of(content)) for number, content in odd.rows)]
        for number, found in sorted(names):
            file.warn(found, number)
        self.connection.execute(f"DROP TABLE {lines}")
        odd_rows = (file.row_of(content, number) for number, content in odd.rows)
        self._row_by_row(text, odd_rows)
        return True

    def _plain_objects(self, text: TextFile, lines: str, shape: _Shape) -> _Odd:
        """Put the plain objects into the table; return the other rows, and names by first row."""
        paths = "[" + ", ".join(literal(f'$."{name}"') for name in self.known) + "]"
        tests, picked = [], []
        for place, name in enumerate(self.known, 1):
            kind, value = f"t[{place}]", f"(v[{place}] ->> '$')"
            allowed = "'VARCHAR', 'UBIGINT', 'BIGINT', 'NULL'"
            numeric = name in _NUMERIC
            if numeric:
                allowed += ", 'DOUBLE'"
            if name in CODE_LISTS:
                listed = (
                    f'regexp_full_match({value}, \'\\[("[A-Za-z0-9:.]+"(,"[A-Za-z0-9:.]+")*)?\\]\')'
                )
                tests.append(f"({kind} = 'ARRAY' AND NOT {listed})")
                allowed += ", 'ARRAY'"
                spelt = f"replace(replace(replace({value}, '[', ''), ']', ''), '\"', '')"
                picked.append(
                    f"CASE WHEN {kind} = 'ARRAY' THEN replace({spelt}, ',', ' ') ELSE {value} END"
                )
            else:
                picked.append(f"regexp_replace({value}, '[.]0$', '')" if numeric else value)
            if numeric:
                tests.append(f"({kind} = 'DOUBLE' AND contains({value}, 'e'))")
            tests.append(f"{kind} NOT IN ({allowed})")
            if name in self.required:
                tests.append(f"{kind} IS NULL")
        taken = (
            f"SELECT rowid + 1 AS row, text, json_keys(text) AS k, json_extract(text, {paths}) "
            f"AS v, json_type(text, {paths}) AS t FROM {lines} WHERE json_valid(text)"
        )
        nested = " + ".join(
            f"(length(text) - length(replace(text, '{sign}', '')))" for sign in "[{"
        )
        odd = (
            f"json_type(text) <> 'OBJECT' OR regexp_matches(text, {literal(_ODD_OBJECT)}) OR "
            "len(k) <> len(list_distinct(k)) OR "
            f"(length(text) > 400 AND {nested} > {_MOST_NESTED}) OR {' OR '.join(tests)}"
        )
        self.connection.execute(
            f"CREATE TEMP TABLE taken AS SELECT row, k, v, coalesce({odd}, false) AS odd, t "
            f"FROM ({taken})"
        )
        self.connection.execute(
            f"INSERT INTO {self.name} SELECT {text.number}, row, false, {', '.join(picked)} "
            "FROM taken WHERE NOT odd ORDER BY row"
        )
        found = _Odd(
            self.connection.execute(
                f"SELECT l.rowid + 1, l.text FROM {lines} l LEFT JOIN taken t "
                "ON t.row = l.rowid + 1 WHERE coalesce(t.odd, true) "
                f"AND trim(coalesce(l.text, ''), {literal(BLANKS)}) <> '' ORDER BY 1"
            ).fetchall(),
            self.connection.execute(
                "SELECT min(row), k FROM taken WHERE NOT odd GROUP BY k"
            ).fetchall(),
        )
        self.connection.execute("DROP TABLE taken")
        return found.ended(shape)

    def _row_by_row(self, text: TextFile, rows: Iterable[RawRow]) -> None:
        """Put rows of a row reader into the table."""
        text.exact = True
        waiting = iter(rows)
        types = ["INTEGER", "BIGINT", "BOOLEAN", *["TEXT"] * len(self.known)]
        picks = ", ".join(f"unnest(${place}::{kind}[])" for place, kind in enumerate(types, 1))
        while chunk := list(islice(waiting, _AT_ONCE)):
            columns: list[list[Any]] = [
                [text.number] * len(chunk),
                [row.number for row in chunk],
                [bool(row.faults) for row in chunk],
            ]
            columns += [[row.fields.get(name) for row in chunk] for name in self.known]
            self.connection.execute(f"INSERT INTO {self.name} SELECT {picks}", columns)
            for row in chunk:
                if row.faults:
                    self._faulty[text.number, row.number] = row

    # Parquet files

    def _parquet(self, paths: Sequence[Path]) -> None:
        readable = []
        for path, names in self._names(paths):
            if names is None:
                self.notes.append(not_parquet(path))
                continue
            found = check_parquet_columns(names, str(path), self.required, self.known)
            self.notes += found
            if not any(item.severity == "error" for item in found):
                readable.append(path)
        if not readable:
            return
        listed = ", ".join(literal(str(path)) for path in readable)
        files = f"read_parquet([{listed}], union_by_name=true, filename=true, file_row_number=true)"
        rows = self.connection.execute(f"DESCRIBE SELECT * FROM {files}").fetchall()
        columns = {row[0].strip().lower(): (row[0], row[1]) for row in rows}
        known = {name: columns[name] for name in self.known if name in columns}
        picked = ", ".join(
            f"{identifier(raw)} AS {identifier(name)}" for name, (raw, _) in known.items()
        )
        scan = (
            f"(SELECT {picked}, filename AS file, file_row_number + 1 AS row, false AS broken, "
            f"(file_index::BIGINT << 40) + file_row_number AS place FROM {files})"
        )
        types = {name: kind for name, (_, kind) in known.items()}
        self.sources.append(Source(scan, types, True))

    def _names(self, paths: Sequence[Path]) -> Iterator[tuple[Path, list[str] | None]]:
        """Yield the names of the columns of each file, None where it cannot be read."""
        duckdb = bulk_module("duckdb")
        for path in paths:
            try:
                rows = self.connection.execute(
                    f"DESCRIBE SELECT * FROM read_parquet({literal(str(path))})"
                ).fetchall()
                count = self.connection.execute(
                    f"SELECT count(*) FROM read_parquet({literal(str(path))})"
                ).fetchone()
            except duckdb.Error:
                yield path, None
            else:
                if not count[0]:
                    self.notes.append(without_rows(path))
                yield path, [row[0] for row in rows]


@dataclass(frozen=True, slots=True)
class _Odd:
    rows: list[tuple[int, str]]
    names: list[tuple[int, list[str]]]

    def ended(self, shape: _Shape) -> _Odd:
        """Give the rows the line ends that the row reader sees."""
        rows = [
            (number, text + (shape.end if number < shape.rows or shape.ended else ""))
            for number, text in self.rows
        ]
        return _Odd(rows, self.names)


@dataclass(frozen=True, slots=True)
class _Shape:
    """Rows of text of a file, how they end, whether the last one does, and quotation marks."""

    rows: int
    end: str
    ended: bool
    quotes: bool


def _shape(path: Path, quotes: bool) -> _Shape | None:
    """Return the rows of text of a file; None for one that is not regular.

    Parameters
    ----------
    path : Path
    quotes : bool
        Whether a quotation mark in the middle of a value makes the file irregular.
    """
    ends = returns = pairs = marks = 0
    last = b""
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            marks += b'"' in block
            if quotes and marks and _ODD_QUOTES.search(last[-2:] + block):
                return None
            ends += block.count(b"\n")
            returns += block.count(b"\r")
            pairs += block.count(b"\r\n") + (last.endswith(b"\r") and block.startswith(b"\n"))
            last = block
    if returns not in (0, ends) or pairs != returns:
        return None
    ended = last.endswith(b"\n")
    return _Shape(ends + (not ended), "\r\n" if returns else "\n", ended, bool(marks))
