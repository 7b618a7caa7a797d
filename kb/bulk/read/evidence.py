"""Evidence of files as one checked table: a row per line, name and value."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

from facts.claim import Evidence, EvidenceTypes
from facts.diagnostic import Diagnostic
from facts.no_value import is_no_value
from facts.readers.column_values import changed_number, word_note
from facts.readers.evidence import COLUMNS, REQUIRED, EvidenceIndex, evidence_value, index_rows
from facts.readers.fhir.documents import is_fhir_file
from facts.readers.frames import Frame, TablePath
from facts.readers.line_table import RawRow, note
from facts.readers.notes import Counted, Notes
from facts.suggest import FEW_NAMES, alike_among, alike_names, halves
from facts.values import ValueFault, parse_whole_number
from kb.bulk.read.evidence_rows import gather_rows, place_of
from kb.bulk.read.files import Source, Tables
from kb.bulk.read.free_texts import unmeant
from kb.compile.formulas.line_script import NotFusable
from kb.compile.sql.number_types import NUMBER, decimal_of
from kb.engines.duckdb.connection import make_table
from kb.engines.duckdb.lines.tables import CLAIM_PARTS

ROWS = "evidence_rows"
RAW = "evidence_raw"
_WHOLE_CLAIM = 0
"""Stands for no line number where a word for nothing is one."""

_OPTIONAL = ("line_number", "document")
_READ = ("claim_id", "line_number", "evidence", "value")


@dataclass(slots=True)
class EvidenceReader:
    """Makes the table or view ``evidence_rows``: claim_id, line_number, name, value, number.

    Evidence for a line takes the place of evidence for the whole claim.

    Parameters
    ----------
    connection : DuckDB connection
        An open connection to DuckDB.
    types : mapping of str to EvidenceType
        What the policy declares.
    lines : str
        View of the claim lines.
    whole : bool, optional
        Whether the claims are all there are; else none is named that may be meant.
    diagnostics : list of Diagnostic
        What is wrong with the evidence.
    rows_read, rows_rejected : int
        Rows of the input.
    """

    connection: Any
    types: EvidenceTypes
    lines: str
    whole: bool = True
    diagnostics: list[Diagnostic] = field(default_factory=list)
    rows_read: int = 0
    rows_rejected: int = 0
    _unused: list[Diagnostic] = field(default_factory=list)
    _read: str = "evidence_read"

    def read(self, paths: Sequence[TablePath]) -> bool:
        """Read the files of some paths; tell whether any line has evidence.

        Raises
        ------
        NotFusable
            If a file is of FHIR: its evidence is read claim by claim.
        """
        if any(not isinstance(path, Frame) and is_fhir_file(Path(path)) for path in paths):
            raise NotFusable("evidence comes from FHIR claims")
        tables = Tables(self.connection, "raw_evidence", COLUMNS, REQUIRED, self.diagnostics)
        tables.read(paths)
        if not tables.sources:
            return False
        gather_rows(self.connection, RAW, tables.sources)
        self.rows_read = self._one(f"SELECT count(*) FROM {RAW}")
        values, numbers = self._read_values()
        self._mark(values, numbers)
        if self._any_doubt():
            self._keep(tables)
        else:
            self.connection.execute(
                "CREATE VIEW evidence_read AS "
                "SELECT claim_id, line_number, name, made AS value, number FROM evidence_marked"
            )
        self._tell_words(tables)
        self._tell_unused(tables)
        self._share_out()
        self._spread()
        self.diagnostics += self._unused
        return bool(self._one(f"SELECT count(*) FROM {ROWS}"))

    def _one(self, query: str, parameters: Sequence[Any] = ()) -> Any:
        return self.connection.execute(query, list(parameters)).fetchone()[0]

    def _read_values(
        self,
    ) -> tuple[dict[tuple[str, str], tuple[str, str, str | None] | None], dict[str, int | None]]:
        """Read every distinct name and value, and every distinct line number."""
        values: dict[tuple[str, str], tuple[str, str, str | None] | None] = {}
        for evidence, text in self.connection.execute(
            f"SELECT DISTINCT evidence, value FROM {RAW} "
            "WHERE evidence IS NOT NULL AND value IS NOT NULL"
        ).fetchall():
            values[evidence, text] = self._value(evidence, text)
        numbers: dict[str, int | None] = {}
        for (text,) in self.connection.execute(
            f"SELECT DISTINCT line_number FROM {RAW} WHERE line_number IS NOT NULL"
        ).fetchall():
            if is_no_value("line_number", text):
                numbers[text] = _WHOLE_CLAIM
                continue
            try:
                numbers[text] = parse_whole_number(text, least=1)
            except ValueFault:
                numbers[text] = None
        return values, numbers

    def _value(self, evidence: str, text: str) -> tuple[str, str, str | None] | None:
        declared = self.types.get(evidence.lower())
        if declared is None or "\0" in evidence + text or "\ufffd" in evidence + text:
            return None
        try:
            made = evidence_value(declared, text)
        except ValueFault:
            return None
        if isinstance(made, str):
            return declared.name, made, None
        number = decimal_of(made)
        if number is None or changed_number(text, made) is not None:
            return None
        return declared.name, format(number, "f"), format(number, "f")

    def _mark(
        self,
        values: dict[tuple[str, str], tuple[str, str, str | None] | None],
        numbers: dict[str, int | None],
    ) -> None:
        """The table of read rows; what may be wrong is suspect with all of its kind."""
        pairs = [(*pair, *made) for pair, made in values.items() if made is not None]
        columns = zip(*pairs, strict=True) if pairs else ([] for _ in range(5))
        kinds = {
            "evidence": "TEXT",
            "value": "TEXT",
            "name": "TEXT",
            "made": "TEXT",
            "number": f"{NUMBER}:TEXT",
        }
        table = {
            name: (kind, list(column))
            for (name, kind), column in zip(kinds.items(), columns, strict=True)
        }
        make_table(self.connection, "evidence_values", table)
        known = {text: number for text, number in numbers.items() if number is not None}
        numbered: dict[str, tuple[str, list[Any]]] = {
            "text": ("TEXT", list(known)),
            "line_number": ("BIGINT", list(known.values())),
        }
        make_table(self.connection, "evidence_numbers", numbered)
        self.connection.execute(
            "CREATE TABLE evidence_marked AS SELECT e.place, e.claim_id, "
            f"nullif(n.line_number, {_WHOLE_CLAIM}) AS line_number, v.name, v.made, v.number, "
            "e.broken OR e.claim_id IS NULL "
            f"OR coalesce({unmeant('e.claim_id', 'claim_id')}, false) "
            "OR v.name IS NULL OR (e.line_number IS NOT NULL AND n.line_number IS NULL) AS suspect "
            f"FROM {RAW} e LEFT JOIN evidence_values v "
            "ON v.evidence = e.evidence AND v.value = e.value "
            "LEFT JOIN evidence_numbers n ON n.text = e.line_number"
        )

    def _any_doubt(self) -> bool:
        """Tell whether a row may be wrong, or is about a line and name of which another is."""
        if self._one("SELECT coalesce(bool_or(suspect), false) FROM evidence_marked"):
            return True
        again = self.connection.execute(
            "SELECT 1 FROM evidence_marked GROUP BY claim_id, line_number, name "
            "HAVING count(*) > 1 LIMIT 1"
        ).fetchone()
        return again is not None

    def _keep(self, tables: Tables) -> None:
        """Read suspect rows again as the row readers do; the table of what is kept."""
        single = [name for name, declared in self.types.items() if not declared.several]
        self.connection.execute(
            "CREATE TABLE evidence_contradicted AS SELECT claim_id, line_number, name "
            "FROM evidence_marked WHERE NOT suspect AND name IN (SELECT unnest($1::TEXT[])) "
            "GROUP BY ALL HAVING count(*) > 1 AND min(made) <> max(made)",
            [single],
        )
        contradicted = (
            "EXISTS (SELECT 1 FROM evidence_contradicted c WHERE c.claim_id = m.claim_id AND "
            "c.name = m.name AND c.line_number IS NOT DISTINCT FROM m.line_number)"
        )
        self.connection.execute(
            "CREATE TABLE evidence_suspect AS SELECT DISTINCT place "
            f"FROM evidence_marked m WHERE suspect OR {contradicted}"
        )
        rows: list[RawRow] = []
        for number, source in enumerate(tables.sources):
            rows += [row for _, row in self._again(tables, number, source, "evidence_suspect")]
        index = index_rows(rows, self.types, [], counting=False)
        exact, inexact = _exact(index)
        self.diagnostics += [*index.diagnostics, *inexact]
        self.rows_rejected = index.rows_rejected + len(inexact)
        kept = [
            (
                item.claim_id,
                item.line_number,
                item.name,
                item.value if isinstance(item.value, str) else format(item.value, "f"),
                None if isinstance(item.value, str) else format(item.value, "f"),
            )
            for item in exact
        ]
        columns = [list(column) for column in zip(*kept, strict=True)] if kept else [[]] * 5
        self.connection.execute(
            "CREATE TABLE evidence_read AS SELECT DISTINCT claim_id, line_number, name, "
            "made AS value, number FROM evidence_marked m WHERE NOT suspect AND "
            f"NOT {contradicted} UNION ALL SELECT unnest($1::TEXT[]), unnest($2::BIGINT[]), "
            f"unnest($3::TEXT[]), unnest($4::TEXT[]), unnest($5::TEXT[])::{NUMBER}",
            columns,
        )

    def _again(
        self, tables: Tables, number: int, source: Source, chosen: str
    ) -> Iterator[tuple[Any, RawRow]]:
        place = place_of(source)
        condition = f"JOIN {chosen} s ON s.place = {place} ORDER BY r.file, r.row"
        yield from tables.rows(source, "NULL", condition)

    def _tell_words(self, tables: Tables) -> None:
        """Tell of words that stand for no value, each once with its first place and its rows."""
        words = [
            f"SELECT {column!r} AS name, e.{column} AS word, count(*) AS n, min(place) AS place "
            f"FROM {RAW} e JOIN evidence_marked m USING (place) "
            f"WHERE NOT m.suspect AND {unmeant(f'e.{column}', column)} GROUP BY ALL"
            for column in _OPTIONAL
        ]
        self.connection.execute(f"CREATE TABLE evidence_words AS {' UNION ALL '.join(words)}")
        if not self._one("SELECT count(*) FROM evidence_words"):
            return
        notes = Notes()
        for source in tables.sources:
            joined = f"JOIN evidence_words s ON s.place = {place_of(source)}"
            order = f"{joined} ORDER BY r.file, r.row, s.name"
            for found, row in tables.rows(source, "struct_pack(s.name, s.word, s.n)", order):
                name, word, count = found.values()
                told = note(word_note(name, word), row.trace.origin(name))
                if isinstance(told, Counted) and is_no_value(name, word):
                    notes.tally(told, count)
        self.diagnostics += notes

    def _tell_unused(self, tables: Tables) -> None:
        """Warn of evidence for claims and lines that are not there."""
        self.connection.execute(
            "CREATE TABLE evidence_unused AS SELECT place, claim_id FROM "
            f"(FROM evidence_marked WHERE NOT suspect) m ANTI JOIN {self._named()} l "
            "ON l.claim_id = m.claim_id "
            "AND (m.line_number IS NULL OR l.line_number = m.line_number) "
            "UNION ALL SELECT place, claim_id FROM evidence_marked WHERE suspect"
        )
        if not self._one("SELECT count(*) FROM evidence_unused"):
            return
        rows: list[RawRow] = []
        for number, source in enumerate(tables.sources):
            rows += [row for _, row in self._again(tables, number, source, "evidence_unused")]
        index = index_rows(rows, self.types, [], counting=False)
        seen: dict[str, list[int]] = {}
        for claim_id, number in self.connection.execute(
            f"SELECT DISTINCT claim_id, line_number FROM {self._named()} l WHERE EXISTS "
            "(SELECT 1 FROM evidence_unused u WHERE u.claim_id = l.claim_id) ORDER BY ALL"
        ).fetchall():
            seen.setdefault(claim_id, []).append(number)
        self._unused = index.unused(seen, self._alike)

    def _alike(self, missing: Sequence[str]) -> Mapping[str, Collection[str]]:
        """Return the claims that may be meant, as ``alike_names`` does of all, in one pass."""
        if not missing or not self.whole:
            return {}
        few = f"SELECT DISTINCT claim_id FROM {self.lines} LIMIT {FEW_NAMES + 1}"
        pool = [claim_id for (claim_id,) in self.connection.execute(few).fetchall()]
        if len(pool) <= FEW_NAMES:
            return alike_names(missing, pool)
        keys = sorted({(at, half) for each in missing for at, half in enumerate(halves(each))})
        wanted: dict[str, tuple[str, list[Any]]] = {
            "side": ("INTEGER", [side for side, _ in keys]),
            "half": ("TEXT", [half for _, half in keys]),
        }
        make_table(self.connection, "evidence_halves", wanted)
        rows = self.connection.execute(
            f"SELECT w.side, w.half, length(c.claim_id), min(c.claim_id, {FEW_NAMES}) FROM "
            "(SELECT DISTINCT side, length(half) AS n FROM evidence_halves) s, "
            f"(SELECT claim_id, lower(claim_id) AS low FROM {self.lines} GROUP BY claim_id) c "
            "JOIN evidence_halves w ON w.side = s.side AND length(w.half) = s.n AND "
            "w.half = CASE WHEN s.side = 0 THEN left(c.low, s.n) ELSE right(c.low, s.n) END "
            "GROUP BY ALL"
        ).fetchall()
        found = {(side, half, length): names for side, half, length, names in rows}
        return {each: alike_among(each, found) for each in missing}

    def _has_parts(self) -> bool:
        """Tell whether there are claims of the same number."""
        return bool(self._one(f"SELECT count(*) FROM {CLAIM_PARTS}"))

    def _named(self) -> str:
        """Return a source of the lines by the ids of their claims, and by their numbers."""
        if not self._has_parts():
            return self.lines
        return (
            f"(SELECT claim_id, line_number FROM {self.lines} UNION ALL "
            f"SELECT p.number, l.line_number FROM {self.lines} l "
            f"JOIN {CLAIM_PARTS} p USING (claim_id))"
        )

    def _share_out(self) -> None:
        """Give every claim the evidence of its number, unless it has its own of that name."""
        if not self._has_parts():
            return
        self._read = "evidence_shared"
        own = (
            "SELECT 1 FROM evidence_read o WHERE o.claim_id = p.claim_id AND o.name = e.name "
            "AND o.line_number IS NOT DISTINCT FROM e.line_number"
        )
        self.connection.execute(
            f"CREATE TABLE {self._read} AS SELECT * FROM evidence_read e UNION ALL "
            "SELECT p.claim_id, e.line_number, e.name, e.value, e.number FROM evidence_read e "
            f"JOIN {CLAIM_PARTS} p ON p.number = e.claim_id WHERE NOT EXISTS ({own})"
        )

    def _spread(self) -> None:
        """Give every line the evidence of its whole claim, unless it has its own of that name."""
        own = f"SELECT * FROM {self._read} WHERE line_number IS NOT NULL"
        if not self._one(f"SELECT count(*) FROM {self._read} WHERE line_number IS NULL"):
            self.connection.execute(f"CREATE VIEW {ROWS} AS {own}")
            return
        self.connection.execute(
            f"CREATE TABLE {ROWS} AS {own} UNION ALL "
            f"SELECT w.claim_id, l.line_number, w.name, w.value, w.number FROM {self._read} w "
            f"JOIN {self.lines} l ON l.claim_id = w.claim_id WHERE w.line_number IS NULL AND "
            f"NOT EXISTS (SELECT 1 FROM {self._read} o WHERE o.claim_id = w.claim_id "
            "AND o.line_number = l.line_number AND o.name = w.name)"
        )


def _exact(index: EvidenceIndex) -> tuple[list[Evidence], list[Diagnostic]]:
    """Return what can be kept exactly, and what is said of the rest."""
    kept, found = [], []
    for item in index:
        if isinstance(item.value, Decimal) and decimal_of(item.value) is None:
            message = f"`{item.name}` has more digits than can be kept exactly"
            place = item.trace.origin("value") if item.trace is not None else None
            help = "adjudicate with --engine pydatalog"
            found.append(Diagnostic("error", message, place, help))
        else:
            kept.append(item)
    return kept, found
