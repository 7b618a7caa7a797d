"""Rows of a Parquet file. Needs the extra ``clausewise[bulk]``; DuckDB reads what is asked for."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from facts.claim import numbers_asked
from facts.diagnostic import Diagnostic
from facts.extras import OFFLINE, bulk_module, duckdb_module
from facts.origin import Origin
from facts.outputs import cannot_be_read
from facts.readers.column_values import PARSERS, REQUIRED, claim_key
from facts.readers.date_orders import DateOrders
from facts.readers.delimited import RowTrace
from facts.readers.frames import Frame
from facts.readers.layout import Layout, layout_of
from facts.readers.line_table import RawRow
from facts.readers.naming import NOTHING_NAMED, NamedColumns, check_columns, name_columns
from facts.readers.plain_values import Single, texts_of
from facts.readers.stored_places import are_places, stored_trace
from facts.values import one_line

MARK = b"PAR1"
"""What a Parquet file begins with. Source: the file format of Apache Parquet."""

ENDINGS = (".parquet", ".pq")
COLUMNS_PLACE = "columns"
"""Place of a column that is missing; a Parquet file has no header row."""

_AT_ONCE = 10_000
_PART = "claim_part"
_FRAME, _GIVEN = "frame_rows", "given_frame"
_WITH_DECIMALS = ("FLOAT", "DOUBLE")
WHOLE = ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "UTINYINT", "USMALLINT", "UINTEGER")
BLANKS = "".join(map(chr, [*range(9, 14), *range(28, 33), 0x85, 0xA0, 0x1680, 0x3000])) + (
    "".join(map(chr, [*range(0x2000, 0x200B), 0x2028, 0x2029, 0x202F, 0x205F]))
)
"""What ``str.strip`` takes off."""


@dataclass(slots=True)
class ParquetFile:
    """A Parquet file of which the columns were looked at.

    Parameters
    ----------
    path : Path
        The file.
    columns : dict of str to (str, str)
        Columns that are read, with the SQL of their values and the types of these.
    named : NamedColumns
        Which columns of the file they are.
    diagnostics : list of Diagnostic
        Errors keep the file from being read.
    only : str or None
        The claim whose rows are read; None for all.
    frame : bool
        Whether it is a data frame, of which the connection has the rows.
    """

    path: Path
    columns: dict[str, tuple[str, str]]
    diagnostics: list[Diagnostic]
    only: str | None = None
    named: NamedColumns = NOTHING_NAMED
    frame: bool = False
    order: str = ""
    dates: DateOrders = field(init=False)
    _connection: Any = field(default=None, repr=False)

    def __post_init__(self) -> None:
        self.dates = DateOrders(str(self.path), self.order, self._texts)

    def _texts(self, column: str) -> Iterator[str]:
        """Yield the texts of a column, each once."""
        name = self._name(column)
        for (text,) in self._batches(f"SELECT DISTINCT {name} FROM {self._scan()}", []):
            if isinstance(text, str):
                yield text

    @property
    def readable(self) -> bool:
        """Whether the rows can be read."""
        return not any(each.severity == "error" for each in self.diagnostics)

    def notes(self) -> list[Diagnostic]:
        """Return notes on how the rows were read, after they were."""
        return self.dates.notes()

    def trace(self, number: int) -> RowTrace:
        """Return what gives the places of the row of a number."""
        return RowTrace(str(self.path), number, self.named)

    def claim_ids(self) -> Iterator[str]:
        """Yield the claim id of every row, empty where there is none."""
        names = [name for name in ("claim_id", _PART) if name in self.columns]
        kinds = [self.columns[name][1] for name in names]
        for values in self._fetched(list(map(self._picked, names))):
            stored = map(as_stored, kinds, values)
            fields, _ = texts_of(dict(zip(names, stored, strict=True)), None, names)
            yield claim_key(fields.get("claim_id", ""), fields.get("claim_part", ""))

    def rows(self) -> Iterator[RawRow]:
        """Yield the rows as rows of texts."""
        names = tuple(self.columns)
        kinds = [kind for _, kind in self.columns.values()]
        picked = ["file_row_number", *map(self._picked, names)]
        for place, *values in self._fetched(picked):
            number = place + 1
            stored = map(as_stored, kinds, values)
            record = dict(zip(names, stored, strict=True))
            trace = stored_trace(record, self.trace(number))
            fields, faults = texts_of(record, trace, names)
            self.dates.read(fields)
            wrong = tuple(faults.values())
            yield RawRow(number, fields, trace, wrong, tuple(faults), str(self.path))

    def alike(self, claim_id: str, most: int = 20) -> list[str]:
        """Return the claim ids nearest to a claim id that is not there, at most some."""
        name = f"{self._name('claim_id')}::TEXT"
        rows = self._connection.execute(
            f"SELECT DISTINCT {name} AS c FROM {self._scan()} WHERE abs(length({name}) - $1) <= 2 "
            f"ORDER BY levenshtein(c, $2), c LIMIT {most}",
            [len(claim_id), claim_id],
        ).fetchall()
        return [value for (value,) in rows]

    def _name(self, column: str) -> str:
        return self.columns[column][0]

    def _picked(self, column: str) -> str:
        return in_utc(self._name(column), self.columns[column][1])

    def _scan(self) -> str:
        if self.frame:
            return _FRAME
        name = exact_path(self.path).replace("'", "''")
        return f"read_parquet('{name}', file_row_number = true)"

    def _fetched(self, picked: list[str]) -> Iterator[tuple[Any, ...]]:
        """Yield rows in the order of the file; of one claim only what its row groups hold."""
        query = f"SELECT {', '.join(picked)} FROM {self._scan()}"
        if self.only is None:
            yield from self._batches(query, [])
            return
        name, whole = self._name("claim_id"), self.columns["claim_id"][1] in WHOLE
        found = False
        if not whole:
            asked = numbers_asked(self.only) if _PART in self.columns else [self.only]
            wanted = " OR ".join(f"{name} = ${place}::TEXT" for place in range(1, len(asked) + 1))
            for row in self._batches(f"{query} WHERE {wanted}", asked):
                found = True
                yield row
        elif self.only.isascii() and self.only.isdigit():
            yield from self._batches(f"{query} WHERE {name} = $1::HUGEINT", [self.only])
            return
        if not found and not whole:
            trimmed = f"regexp_replace(trim({name}::TEXT, $2), '^([0-9]+)[.]0+$', '\\1')"
            yield from self._batches(f"{query} WHERE {trimmed} = $1", [self.only, BLANKS])

    def _batches(self, query: str, parameters: list[Any]) -> Iterator[tuple[Any, ...]]:
        cursor = self._connection.cursor()
        try:
            cursor.execute(query, parameters)
            while rows := cursor.fetchmany(_AT_ONCE):
                yield from rows
        except duckdb_module().Error as fault:
            raise OSError(0, "it is broken, or not whole") from fault
        finally:
            cursor.close()


def as_stored(kind: str, value: Any) -> Any:
    """Return a value of DuckDB as the type of its column had it.

    Parameters
    ----------
    kind : str
        The type.
    value : object
        What Python got; it has no numbers of 32 bits.
    """
    return Single(value) if kind == "FLOAT" and value is not None else value


ZONED = "TIMESTAMP WITH TIME ZONE"


def in_utc(column: str, kind: str) -> str:
    """Return the SQL of a column, a time with a zone as the time of UTC that Parquet stores.

    Parameters
    ----------
    column : str
        SQL of the column.
    kind : str
        Its type.
    """
    return f"make_timestamp(epoch_us({column}))" if kind == ZONED else column


def near_claims(paths: Sequence[str | Path], claim_id: str) -> list[str]:
    """Return claims of the Parquet files of some paths, nearest to a claim id that is not there."""
    found: list[str] = []
    for path in map(Path, paths):
        if is_parquet(path):
            file = open_parquet(path, layout=layout_of(paths))
            found += file.alike(claim_id) if file.readable else []
    return found


def is_parquet(path: Path) -> bool:
    """Tell whether a path is of a file that begins as a Parquet file does, or is named as one."""
    try:
        if not path.is_file():
            return False
        if path.suffix.lower() in ENDINGS:
            return True
        with path.open("rb") as file:
            return file.read(len(MARK)) == MARK
    except OSError:
        return False


def exact_path(path: Path) -> str:
    """Return a path as a pattern of DuckDB that no other file fits.

    Examples
    --------
    >>> exact_path(Path("claims[1].csv"))
    'claims[[]1].csv'
    """
    return re.sub(r"[\[*?]", lambda found: f"[{found[0]}]", str(path))


def open_parquet(
    path: Path | Frame,
    required: Iterable[str] = REQUIRED,
    known: Iterable[str] = tuple(PARSERS),
    only: str | None = None,
    layout: Layout | None = None,
) -> ParquetFile:
    """Look at the columns of a Parquet file.

    Parameters
    ----------
    path : Path or Frame
        The file, or a data frame that is read as one.
    required, known : iterable of str
        Columns that must and that may be there.
    only : str, optional
        Read the rows of this claim alone.
    layout : Layout, optional
        What a person says of the columns.

    Returns
    -------
    ParquetFile
        With diagnostics for a file that cannot be read or whose columns are not those needed.

    Raises
    ------
    UsageError
        If the extra is not installed.
    """
    duckdb = duckdb_module()
    connection = duckdb.connect(":memory:", config=OFFLINE)
    connection.execute("SET TimeZone = 'UTC'")
    name = path.name if isinstance(path, Frame) else str(path)
    is_frame = isinstance(path, Frame)
    order = layout.dates if layout is not None else ""
    file = ParquetFile(Path(name), {}, [], only, NOTHING_NAMED, is_frame, order, connection)
    if isinstance(path, Frame):
        keep_frame(connection, path, _FRAME, "*")
    try:
        rows = connection.execute(f"DESCRIBE SELECT * FROM {file._scan()}").fetchall()
    except duckdb.Error:
        file.diagnostics.append(not_parquet(file.path))
        return file
    names = {row[0]: row[1] for row in rows if row[0] != "file_row_number"}
    file.named, file.columns, found = parquet_columns(
        names, Origin(name, COLUMNS_PLACE), required, known, layout
    )
    file.diagnostics += found
    return file


def keep_frame(connection: Any, frame: Frame, name: str, picked: str) -> None:
    """Make a table of the rows of a data frame, which all connections to the database see.

    Parameters
    ----------
    connection : DuckDB connection
        An open connection to DuckDB.
    frame : Frame
        The data frame.
    name : str
        The table to make.
    picked : str
        SQL of its columns.
    """
    bulk_module("duckdb")  # The module below it cannot read what Arrow holds.
    connection.register(_GIVEN, frame.table)
    try:
        connection.execute(f"CREATE TABLE {name} AS SELECT {picked} FROM {_GIVEN}")
    finally:
        connection.unregister(_GIVEN)


def parquet_columns(
    types: Mapping[str, str],
    place: Origin,
    required: Iterable[str],
    known: Iterable[str],
    layout: Layout | None,
) -> tuple[NamedColumns, dict[str, tuple[str, str]], list[Diagnostic]]:
    """Return which columns of a Parquet file are read, and what is wrong with their names.

    Parameters
    ----------
    types : mapping of str to str
        The columns of the file, with their types.
    place : Origin
        The file, as places name it.
    required, known : iterable of str
        Columns that must and that may be there.
    layout : Layout or None
        What a person says of the columns.

    Returns
    -------
    NamedColumns
        Which columns they are.
    dict of str to (str, str)
        SQL of the values, and its type.
    list of Diagnostic
    """
    known = tuple(known)
    places = {name: kind for name, kind in types.items() if are_places(name, kind)}
    if _PART not in known:
        places = {}
    names = [name for name in types if name not in places]
    named = name_columns(names, known, layout or Layout())
    columns = {}
    for column in sorted(named.picks, key=known.index):
        picked = [names[each] for each in named.picks[column]]
        columns[column] = (
            _joined(picked, types)
            if len(picked) > 1
            else (_identifier(picked[0]), types[picked[0]])
        )
    faults = check_columns(named, names, place, required, known)
    for name, kind in places.items():
        columns[name.strip().lower()] = (_identifier(name), kind)
    return named, columns, faults


def _joined(names: Sequence[str], types: Mapping[str, str]) -> tuple[str, str]:
    """Return the SQL of several columns as one list of texts, without what is empty."""
    texts = []
    for name in names:
        value = _identifier(name)
        if types[name] in _WITH_DECIMALS or types[name].startswith("DECIMAL("):
            whole = f"{value} = floor({value}) AND abs({value}) < 1e15"
            value = f"CASE WHEN {whole} THEN {value}::BIGINT::TEXT ELSE {value}::TEXT END"
        texts.append(f"{value}::TEXT")
    kept = "x IS NOT NULL AND trim(x, ' \t') <> ''"
    listed = f"list_filter([{', '.join(texts)}], lambda x: {kept})"
    return f"CASE WHEN len({listed}) > 0 THEN {listed} END", "VARCHAR[]"


def _identifier(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def not_parquet(path: Path) -> Diagnostic:
    """Return the diagnostic for the path of a file that is named as Parquet and is none."""
    try:
        with path.open("rb"):
            pass
    except OSError as fault:
        return cannot_be_read(path, fault)
    message = f"`{one_line(str(path))}` cannot be read as Parquet"
    return Diagnostic("error", message, Origin(str(path)), "was it cut off on its way?")
