"""Claim lines of files as one checked view: what is suspect is read again by the row readers.

The lines are in the order of their files, those of CSV and JSONL before those of Parquet, those of
837 and FHIR files behind; claims that had to be read again come last.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import wait
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from facts.claim import ClaimLine
from facts.claim_forms import CLAIM_FORMS
from facts.diagnostic import Diagnostic
from facts.readers.batch import Claim, RejectedClaim, Tally
from facts.readers.column_values import PARSERS, REQUIRED
from facts.readers.forms_of_file import FormsOfFile
from facts.readers.frames import Frame, TablePath
from facts.readers.grouping import claims_of
from facts.readers.layout import layout_of
from facts.readers.line_table import RawRow, note
from facts.readers.notes import Counted, Notes
from kb.bulk.read.claim_groups import any_repeated, pairs_of, source_in_order
from kb.bulk.read.columns import (
    KINDS,
    NUMBER_OF_CLAIM,
    RawColumn,
    exact,
    joined,
    read_column,
    selected,
    with_parts,
    written,
)
from kb.bulk.read.files import Source, Tables
from kb.bulk.read.x12 import X12Lines, read_x12, reader_of
from kb.compile.formulas.line_script import NotFusable
from kb.engines.duckdb.connection import in_background, make_table
from kb.engines.duckdb.lines.tables import CLAIM_PARTS

LINES = "checked_lines"
"""Name of the view of the lines that can be determined; its column ``place`` orders them."""

_READ = "read_lines"


@dataclass(slots=True)
class Checked:
    """What came of reading files of claim lines.

    Parameters
    ----------
    diagnostics : list of Diagnostic
        What is wrong, and notes.
    tally : Tally
        How many lines and claims were read.
    rejected : list of RejectedClaim
        The claims that could not be read.
    distinct : dict of column to set of str
        Every value of some columns, and perhaps more.
    pairs : int
        Ordered pairs of lines of the same claim, each line with itself too: the sum of the squares
        of the claims' numbers of lines, or more; that sum where the lines of each claim are
        numbered from 1 without gaps.
    spans : bool
        Whether a line may have several days of service.
    """

    diagnostics: list[Diagnostic] = field(default_factory=list)
    tally: Tally = field(default_factory=Tally)
    rejected: list[RejectedClaim] = field(default_factory=list)
    distinct: dict[str, set[str]] = field(default_factory=dict)
    pairs: int = 0
    spans: bool = False


class LineReader:
    """Reads claim lines into the view ``checked_lines``.

    Parameters
    ----------
    connection : DuckDB connection
        An open connection to DuckDB.
    paths : sequence of path
        CSV, JSONL and Parquet files.
    """

    def __init__(self, connection: Any, paths: Sequence[TablePath]) -> None:
        self.connection = connection
        self.checked = Checked()
        self._notes = Notes()
        self._tables = Tables(
            connection, "raw_lines", tuple(PARSERS), REQUIRED, self._notes, layout_of(paths)
        )
        self._paths = paths
        self._columns: list[tuple[Source, dict[str, RawColumn]]] = []
        self._ordered = False
        self._any_left_out = False

    def read(self) -> Checked:
        """Read and check everything.

        Returns
        -------
        Checked
            Faults of files and rows; a claim of which a row cannot be read is left out whole.
        """
        readers = {path: reader_of(path) for path in self._paths}
        x12 = [
            (path, reader)
            for path, reader in readers.items()
            if reader is not None and not isinstance(path, Frame)
        ]
        self._tables.read(path for path in self._paths if readers[path] is None)
        read = read_x12(self.connection, x12) if x12 else None
        sources = [*self._tables.sources, *([read.source] if read is not None else [])]
        for tag, source in enumerate(sources):
            # It is a pass on one processor; the columns of the claims wait for what it finds.
            ordering = in_background(self.connection, partial(source_in_order, source))
            try:
                columns = {
                    name: read_column(self.connection, source, name, str(tag))
                    for name in PARSERS
                    if name != "claim_id"
                }
            finally:
                wait([ordering])
            ordered = ordering.result()
            claim_id = read_column(self.connection, source, "claim_id", str(tag), ordered)
            if "claim_part" in source.columns:
                claim_id = with_parts(claim_id, columns["claim_part"])
            if "superseded_by" in source.columns:
                column = columns["superseded_by"]
                column.suspect = f"{column.value} IS NOT NULL"
            self._columns.append((source, {"claim_id": claim_id, **columns}))
            self._ordered = ordered and len(sources) == 1
        for name in PARSERS:
            known = [columns[name].distinct for _, columns in self._columns]
            if all(values is not None for values in known):
                self.checked.distinct[name] = {each for values in known for each in values or ()}
        self._check()
        self.connection.execute(
            CLAIM_PARTS.of(
                f"SELECT DISTINCT claim_id, {NUMBER_OF_CLAIM} AS number, claim_part FROM {LINES} "
                "WHERE claim_part IS NOT NULL"
            )
        )
        if read is not None:
            self._add(read)
        self._note_changes()
        self._note_forms()
        self._notes.close()
        self.checked.diagnostics += self._notes
        return self.checked

    def _add(self, read: X12Lines) -> None:
        """Add what was read and rejected of other files to what was read of tables.

        Raises
        ------
        NotFusable
            If a claim id is in a table and in another file: then both have to be told.
        """
        if len(self._columns) > 1:
            *tables, x12 = self._columns
            names = ["claim_id", "claim_part"]
            both = (
                f"SELECT claim_id FROM ({selected(tables, ['claim_id'])}) INTERSECT "
                f"(SELECT {NUMBER_OF_CLAIM} FROM ({selected([x12], names)}) "
                "UNION ALL SELECT unnest($1::TEXT[])) LIMIT 1"
            )
            if self.connection.execute(both, [read.left_out]).fetchone() is not None:
                raise NotFusable("a claim id is in a table and in an 837 or a FHIR file")
        tally = self.checked.tally
        tally.lines_read += read.tally.lines_rejected + read.tally.lines_superseded
        tally.lines_rejected += read.tally.lines_rejected
        tally.lines_superseded += read.tally.lines_superseded
        tally.claims_rejected += read.tally.claims_rejected
        self.checked.rejected += read.rejected
        for claim in read.rejected:
            self.checked.diagnostics += claim.diagnostics
        self.checked.diagnostics += read.diagnostics

    def _view(self, name: str, condition: str) -> None:
        """Make the view of what is read, of all sources."""
        query = selected(self._columns, tuple(PARSERS), condition, place=True)
        self.connection.execute(f"CREATE VIEW {name} AS {query}")

    def _check(self) -> None:
        read = selected(self._columns, (*REQUIRED, "service_date_to"))
        lines, total, reversed_dates, spans, *present = self.connection.execute(
            "SELECT count(*), sum(line_number), "
            "coalesce(bool_or(service_date_to < service_date), false), "
            "coalesce(bool_or(service_date_to > service_date), false), "
            f"{', '.join(f'count({name})' for name in REQUIRED)} FROM ({read})"
        ).fetchone()
        checked = self.checked
        checked.tally.lines_read = lines
        checked.spans = spans
        incomplete = any(count != lines for count in present)
        numbered = f"({selected(self._columns, ('claim_id', 'line_number'))})"
        repeated = not self._ordered and any_repeated(self.connection, numbered)
        if not (incomplete or reversed_dates or repeated or self._any_suspect()):
            self._view(LINES, "")
            checked.pairs = pairs_of(self.connection, numbered, lines, total or 0)
            return
        self._any_left_out = True
        self._suspects(numbered if repeated else "")
        self._read_again()
        count, total = self.connection.execute(
            f"SELECT count(*), sum(line_number) FROM {LINES}"
        ).fetchone()
        checked.pairs = pairs_of(self.connection, LINES, count, total or 0)

    def _any_suspect(self) -> bool:
        for source, columns in self._columns:
            tests = [column.suspect for column in columns.values() if column.suspect]
            if not source.parquet:
                tests.append("r.broken")
            if not tests:
                continue
            found = self.connection.execute(
                f"SELECT 1 FROM {source.scan} r {joined(columns)} WHERE "
                f"{' OR '.join(tests)} LIMIT 1"
            ).fetchone()
            if found is not None:
                return True
        return False

    def _suspects(self, numbered: str) -> None:
        """The table of claims of which something may be wrong: in a row, or by a number twice."""
        selects = []
        for source, columns in self._columns:
            value = {name: column.value for name, column in columns.items()}
            tests = [f"{value[name]} IS NULL" for name in REQUIRED]
            tests.append(f"coalesce({value['service_date_to']} < {value['service_date']}, false)")
            tests += [column.suspect for column in columns.values() if column.suspect]
            tests.append("r.broken")
            selects.append(
                f"SELECT {value['claim_id']} AS claim_id FROM {source.scan} r {joined(columns)} "
                f"WHERE {value['claim_id']} IS NOT NULL AND ({' OR '.join(tests)})"
            )
        if numbered:
            selects.append(
                f"SELECT claim_id FROM {numbered} WHERE claim_id IS NOT NULL "
                "GROUP BY claim_id, line_number HAVING count(*) > 1"
            )
        self.connection.execute(
            "CREATE TABLE suspects AS SELECT DISTINCT claim_id FROM "
            f"({' UNION ALL '.join(selects)})"
        )

    def _read_again(self) -> None:
        """Read the suspect claims row by row; keep those with which nothing is wrong."""
        rejected, accepted = self.checked.rejected, list[ClaimLine]()
        lines = superseded = 0
        for claim_id, rows in self._gathered():
            lines += len(rows)
            for item in claims_of(claim_id, rows, self._notes, counting=False):
                made = exact(item) if isinstance(item, Claim) else item
                if not isinstance(made, Claim):
                    rejected.append(made)
                elif made.superseded is not None:
                    superseded += len(made.lines)
                    self.checked.diagnostics.append(made.superseded)
                else:
                    accepted.extend(made.lines)
        condition = (
            "WHERE {claim} IS NOT NULL AND NOT EXISTS "
            "(SELECT 1 FROM suspects s WHERE s.claim_id = {claim})"
        )
        self._view(_READ, condition)
        kept = self.connection.execute(f"SELECT count(*) FROM {_READ}").fetchone()[0]
        tally = self.checked.tally
        tally.lines_read = kept + lines
        tally.lines_superseded = superseded
        tally.lines_rejected = lines - len(accepted) - superseded
        tally.claims_rejected = len(rejected)
        for claim in rejected:
            self.checked.diagnostics += claim.diagnostics
        self._accepted(accepted)
        self.connection.execute(
            f"CREATE VIEW {LINES} AS SELECT * FROM {_READ} UNION ALL SELECT * FROM accepted"
        )

    def _gathered(self) -> Iterator[tuple[str, list[RawRow]]]:
        """Yield the suspect claims with their rows, and each row without a claim by itself."""
        if len(self._columns) == 1:
            yield from _by_claim(self._rows_again(*self._columns[0]))
            return
        held: dict[str, list[RawRow]] = {}
        for source, columns in self._columns:
            for claim_id, rows in _by_claim(self._rows_again(source, columns)):
                if claim_id:
                    held.setdefault(claim_id, []).extend(rows)
                else:
                    yield claim_id, rows
        yield from held.items()

    def _rows_again(
        self, source: Source, columns: dict[str, RawColumn]
    ) -> Iterator[tuple[str, RawRow]]:
        if not source.parquet:
            self._tables.number_rows()
        column = columns["claim_id"]
        claim = column.value
        place = "(r.file * 1000000000000 + r.row)"
        if source.parquet:
            place = "concat(r.file, chr(0), lpad(r.row::TEXT, 20, '0'))"
        condition = (
            f"{column.join} WHERE {claim} IS NULL OR EXISTS "
            f"(SELECT 1 FROM suspects s WHERE s.claim_id = {claim}) ORDER BY min({place}) OVER "
            f"(PARTITION BY coalesce({claim}, concat(chr(0), {place}))), {claim}, r.file, r.row"
        )
        for _, row in self._tables.rows(source, "NULL", condition):
            yield row.claim_id, row

    def _accepted(self, lines: Sequence[ClaimLine]) -> None:
        ends = (line.service_date_to or line.service_date for line in lines)
        if any(end > line.service_date for end, line in zip(ends, lines, strict=True)):
            self.checked.spans = True
        table: dict[str, tuple[str, list[Any]]] = {}
        for name in PARSERS:
            values = [written(getattr(line, name))[0] or None for line in lines]
            table[name] = (f"{KINDS.get(name, 'TEXT')}:TEXT", values)
            if name in self.checked.distinct:
                self.checked.distinct[name].update(value for value in values if value)
        table["place"] = ("BIGINT", [(1 << 62) + number for number in range(len(lines))])
        make_table(self.connection, "accepted", table)

    def _note_forms(self) -> None:
        """Warn of files of tables of which no line has a claim form that policies address."""
        for source, columns in self._columns:
            column = columns["claim_form"]
            known = column.distinct is None or column.distinct <= set(CLAIM_FORMS)
            if known or source not in self._tables.sources:
                continue
            rows = self.connection.execute(
                f"SELECT r.file, list(DISTINCT {column.value}) FROM {source.scan} r {column.join} "
                f"WHERE NOT r.broken AND {column.value} IS NOT NULL GROUP BY ALL ORDER BY r.file"
            ).fetchall()
            for file, found in rows:
                forms = FormsOfFile(self._tables.name_of(source, file))
                for form in found:
                    forms.add(form)
                self._notes.once(forms.warnings())

    def _note_changes(self) -> None:
        """Tell of values that may not be meant as they were read, each with its first place."""
        found: list[tuple[int, Any, int, Diagnostic, int]] = []
        for tag, (source, columns) in enumerate(self._columns):
            for column in columns.values():
                if not column.notes:
                    continue
                if not source.parquet:
                    self._tables.number_rows()
                claim = columns["claim_id"]
                kept = f"EXISTS (SELECT 1 FROM {LINES} l WHERE l.claim_id = {claim.value})"
                joins = joined({"claim_id": claim, column.name: column})
                rows = self.connection.execute(
                    f"SELECT {column.text}, min(struct_pack(f := r.file, n := r.row)), count(*) "
                    f"FROM {source.scan} r {joins} WHERE {column.text} IN "
                    f"(SELECT unnest($1::TEXT[])) AND {kept if self._any_left_out else 'true'} "
                    "GROUP BY ALL",
                    [list(column.notes)],
                ).fetchall()
                for text, place, count in rows:
                    trace = self._tables.trace(source, place["f"], place["n"])
                    for remark in column.notes[text]:
                        told = note(remark, trace.origin(column.name))
                        found.append((tag, place["f"], place["n"], told, count))
        for *_, told, count in sorted(found, key=lambda item: item[:3]):
            if isinstance(told, Counted):
                self._notes.tally(told, count)
            else:
                self._notes.once([told])


def _by_claim(rows: Iterable[tuple[str, RawRow]]) -> Iterator[tuple[str, list[RawRow]]]:
    current, gathered = "", list[RawRow]()
    for claim_id, row in rows:
        if claim_id != current or not claim_id:
            if gathered:
                yield current, gathered
            current, gathered = claim_id, []
        gathered.append(row)
    if gathered:
        yield current, gathered
