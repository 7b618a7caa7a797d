"""Files of claim lines or evidence as tables of DuckDB: CSV, JSONL and Parquet, in any mixture.

DuckDB reads what is regular; a file or a row of JSON that is not is read by the row readers, so
that both ways tell the same of it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from facts.diagnostic import Diagnostic
from facts.outputs import cannot_be_read
from facts.readers.date_orders import DateOrders, is_parted
from facts.readers.delimited import DelimitedFile, RowTrace, unreadable
from facts.readers.frames import Frame, TablePath, located
from facts.readers.jsonl import ObjectFile, PathTrace
from facts.readers.layout import Layout
from facts.readers.line_table import RawRow
from facts.readers.naming import NOTHING_NAMED, NamedColumns
from facts.readers.parquet import as_stored, is_parquet
from facts.readers.plain_values import texts_of
from facts.readers.stored_places import stored_trace
from facts.readers.table_file import open_table, without_rows
from kb.bulk.read.csv import read_delimited
from kb.bulk.read.frame import keep_rows
from kb.bulk.read.jsonl import read_objects
from kb.bulk.read.parquet import scan_parquet
from kb.bulk.read.plain_copy import in_utf_8, unpacked
from kb.bulk.read.raw_table import AT_ONCE, RawTable, TextFile
from kb.engines.duckdb.connection import identifier, make_table


@dataclass(slots=True)
class Source:
    """Some files as one table.

    Parameters
    ----------
    scan : str
        A source to follow FROM. It has the columns, ``file`` (a name, or the number of a text
        file), ``row`` and ``broken``.
    columns : dict of str to str
        Names and DuckDB types.
    parquet : bool
        Whether it is of Parquet files.
    frame : Frame, optional
        The data frame that it is.
    respell : callable, optional
        Writes the dates of a column as ISO dates, so far as some texts need it and their order is
        known; tells whether it did.
    """

    scan: str
    columns: dict[str, str]
    parquet: bool
    frame: Frame | None = None
    respell: Callable[[Source, str, Iterable[str]], bool] = lambda *_: False


@dataclass(slots=True)
class Tables:
    """Reads files into tables.

    Parameters
    ----------
    connection : DuckDB connection
        An open connection to DuckDB.
    name : str
        Name of the table of the rows of text files.
    known, required : tuple of str
        Columns that can and that must be there.
    notes : list of Diagnostic
        Gathers what is wrong with the files.
    layout : Layout, optional
        What a person says of their columns.
    """

    connection: Any
    name: str
    known: tuple[str, ...]
    required: tuple[str, ...]
    notes: list[Diagnostic]
    layout: Layout = field(default_factory=Layout)
    sources: list[Source] = field(default_factory=list)
    _raw: RawTable = field(init=False)
    _present: set[str] = field(default_factory=set)
    _named: dict[str, NamedColumns] = field(default_factory=dict)
    _dates: dict[str, DateOrders] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._raw = RawTable(self.connection, self.name, self.known)

    def read(self, paths: Iterable[TablePath]) -> None:
        """Read or open the files of all paths; those that cannot be read are reported."""
        parquet: list[Path] = []
        frames: list[Frame] = []
        for path in map(located, dict.fromkeys(paths)):
            if isinstance(path, Frame):
                frames.append(path)
                continue
            if is_parquet(path):
                parquet.append(path)
                continue
            file = open_table(path, self.notes, self.known, self.required, layout=self.layout)
            if isinstance(file, (DelimitedFile, ObjectFile)):
                self._text(file)
        if self._raw.texts:
            names = [name for name in self.known if name in self._present]
            self.sources.append(
                Source(self.name, dict.fromkeys(names, "VARCHAR"), False, respell=self._respelled)
            )
        if parquet:
            view = f"{self.name}_of_parquet"
            for scan, columns in scan_parquet(
                self.connection,
                view,
                parquet,
                self.required,
                self.known,
                self.notes,
                self.layout,
                self._named,
            ):
                self.sources.append(Source(scan, columns, True, respell=self._respelled))

        for number, frame in enumerate(frames):
            name = f"{self.name}_of_frame_{number}"
            files = (self.required, self.known, self.notes, self.layout, self._named)
            found = keep_rows(self.connection, name, frame, number, *files)
            if found is not None:
                self.sources.append(Source(name, found, True, frame, self._respelled))

    def _respelled(self, source: Source, column: str, texts: Iterable[str]) -> bool:
        """Write the dates of a column of a source as ISO dates, each file's in its own order."""
        if not any(map(is_parted, texts)):
            return False
        name = identifier(column)
        rows = self.connection.execute(
            f"SELECT file, list(DISTINCT {name}) FROM {source.scan} "
            f"WHERE {name} IS NOT NULL GROUP BY file ORDER BY file"
        ).fetchall()
        found: list[tuple[str, str, str]] = []
        for file, given in rows:
            dates = self._dates_of(source, file)
            dates.given(column, given)
            parted = filter(is_parted, given)
            found += [(str(file), text, dates.iso(column, text)) for text in parted]
            self.notes.extend(dates.notes(column))
        places, given, made = (list(each) for each in zip(*found, strict=True))
        table = f"respelled_{source.scan}_{column}"
        columns = {"place": ("TEXT", places), "given": ("TEXT", given), "made": ("TEXT", made)}
        make_table(self.connection, table, columns)
        same = f"{table}.place = r.file::TEXT AND {table}.given = r.{name}"
        if not source.parquet:
            self.connection.execute(
                f"UPDATE {source.scan} r SET {name} = made FROM {table} WHERE {same}"
            )
            return True
        view, value = f"{source.scan}_{column}", f"coalesce({table}.made, r.{name}) AS {name}"
        self.connection.execute(
            f"CREATE VIEW {view} AS SELECT r.* REPLACE ({value}) "
            f"FROM {source.scan} r LEFT JOIN {table} ON {same}"
        )
        source.scan = view
        return True

    def _dates_of(self, source: Source, file: Any) -> DateOrders:
        """Return the orders of dates of a file of a source."""
        if not source.parquet:
            own: DelimitedFile | ObjectFile = self._raw.texts[file].file
            return own.dates
        name = str(file)
        return self._dates.setdefault(name, DateOrders(name, self.layout.dates, lambda _: ()))

    def rows(self, source: Source, order: str, condition: str) -> Iterator[tuple[Any, RawRow]]:
        """Yield rows again as the row readers do, with the value of an expression.

        Parameters
        ----------
        source : Source
            The source.
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
        while chunk := found.fetchmany(AT_ONCE):
            for key, file, row, *values in chunk:
                yield key, self._again(source, file, row, names, values)

    def name_of(self, source: Source, file: Any) -> str:
        """Return the name of a file of a source."""
        return str(file if source.parquet else self._raw.texts[file].file.path)

    def trace(self, source: Source, file: Any, row: int) -> RowTrace | PathTrace:
        """Return what gives the places of a row in a file of a source."""
        if not source.parquet:
            own: DelimitedFile | ObjectFile = self._raw.texts[file].file
            return own.trace(row)
        name, frame = str(file), source.frame
        named = self._named.get(name if frame is None else frame.name, NOTHING_NAMED)
        return RowTrace(name, row, named, "" if frame is None else frame.within)

    def number_rows(self) -> None:
        """Tell every row of a text file its number."""
        self._raw.number_rows()

    def _again(
        self,
        source: Source,
        file: Any,
        row: int,
        names: tuple[str, ...],
        values: list[Any],
    ) -> RawRow:
        if source.parquet:
            stored = map(as_stored, (source.columns[name] for name in names), values)
            record = dict(zip(names, stored, strict=True))
            trace = stored_trace(record, self.trace(source, file, row))
            fields, faults = texts_of(record, trace, names)
            return RawRow(row, fields, trace, tuple(faults.values()), tuple(faults), str(file))
        faulty = self._raw.faulty.get((file, row))
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

    def _text(self, file: DelimitedFile | ObjectFile) -> None:
        text = self._raw.add(file)
        self._present |= set(file.named.picks if isinstance(file, DelimitedFile) else self.known)
        try:
            self._rows_of(text, file)
        except OSError as fault:
            self._raw.drop(text)
            self.notes.append(cannot_be_read(file.path, fault))
            return
        if self._raw.count() == text.start:
            self.notes.append(without_rows(file.path))

    def _rows_of(self, text: TextFile, file: DelimitedFile | ObjectFile) -> None:
        """Put the rows of a file into the table, by DuckDB where it reads them right."""
        with ExitStack() as copies:
            file.text = plain = copies.enter_context(unpacked(file.text))
            if not self._by_duckdb(text, file):
                if isinstance(file, DelimitedFile) and plain.windows:
                    file.text = copies.enter_context(in_utf_8(plain))
                if file.text is plain or not self._by_duckdb(text, file):
                    self._raw.insert(text, file.rows())
            file.text = plain
            self.notes.extend(file.notes())

    def _by_duckdb(self, text: TextFile, file: DelimitedFile | ObjectFile) -> bool:
        if isinstance(file, DelimitedFile):
            return read_delimited(self._raw, text, file)
        return read_objects(self._raw, text, file)
