"""Evidence on file, and values that a line can have several of, as bits of a mask per line."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from copy import copy
from typing import Any

from kb.compile.formulas.line_script import (
    FILED_LINES,
    LINES,
    EvidenceTest,
    LineScript,
    Side,
    SideQuery,
)
from kb.compile.sql.number_types import NUMBER
from kb.engines.duckdb.connection import make_table
from kb.engines.duckdb.lines.dictionaries import TableRow


class Sides:
    """Makes the tables ``side0``, ...: claim_id, line_number, mask, class.

    Parameters
    ----------
    connection : DuckDB connection
    script : LineScript
    table_rows : iterable of TableRow
    has_evidence : bool
        Whether ``evidence_rows`` (claim_id, line_number, name, value) has rows.
    """

    def __init__(
        self,
        connection: Any,
        script: LineScript,
        table_rows: Iterable[TableRow],
        has_evidence: bool,
    ) -> None:
        self.connection = connection
        self.script = script
        self.table_rows = tuple(table_rows)
        self.has_evidence = has_evidence
        self._ready: set[str] = set()

    def on(self, connection: Any) -> Sides:
        """Return what goes on with another connection to the same database."""
        other = copy(self)
        other.connection = connection
        return other

    def make(self, side: Side) -> bool:
        """Make the table of masks of a side; tell whether any line can have a bit of it."""
        pieces = []
        if side.evidence and self.has_evidence:
            pieces.append(self._evidence(f"{side.name}_tests", side.evidence))
        pieces += [
            f"SELECT DISTINCT claim_id, line_number, {1 << bit}::HUGEINT AS bits FROM ({sql})"
            for bit, query in enumerate(side.queries, len(side.evidence))
            if (sql := self.query(query))
        ]
        if not pieces:
            return False
        self.connection.execute(
            f"CREATE TABLE {side.name} AS SELECT *, dense_rank() OVER (ORDER BY mask) AS class"
            " FROM (SELECT claim_id, line_number, bit_or(bits) AS mask FROM "
            f"({' UNION ALL '.join(pieces)}) GROUP BY ALL)"
        )
        return True

    def query(self, query: SideQuery) -> str:
        """Return SQL of the lines of a query; nothing where there can be none."""
        if query.filed and not self.has_evidence:
            return ""
        for name in query.reads:
            self._prepare(name)
        return query.sql

    def _evidence(self, table: str, tests: Sequence[EvidenceTest]) -> str:
        columns: dict[str, tuple[str, list[Any]]] = {
            "bit": ("HUGEINT:TEXT", [str(1 << position) for position in range(len(tests))]),
            "name": ("TEXT", [test.name for test in tests]),
            "value": ("TEXT", [test.value for test in tests]),
            "number": (f"{NUMBER}:TEXT", [test.number for test in tests]),
        }
        make_table(self.connection, table, columns)
        return (
            "SELECT claim_id, line_number, bits FROM evidence_rows e JOIN ("
            "SELECT p.name, p.value, bit_or(bit) AS bits FROM "
            f"(SELECT DISTINCT name, value FROM evidence_rows) p JOIN {table} t "
            "ON p.name = t.name AND (t.value IS NULL OR t.value = p.value) "
            f"AND (t.number IS NULL OR t.number = try_cast(p.value AS {NUMBER})) GROUP BY ALL) b "
            "ON e.name = b.name AND e.value = b.value"
        )

    def _prepare(self, predicate: str) -> None:
        """Make a table that a query reads."""
        if predicate in self._ready:
            return
        self._ready.add(predicate)
        if predicate in ("diagnosis", "diagnosis_indicator"):
            self._exploded()
        if predicate in ("evidence", "evidence_number") and not self.has_evidence:
            self.connection.execute(
                "CREATE TABLE IF NOT EXISTS evidence_rows "
                f"(claim_id TEXT, line_number BIGINT, name TEXT, value TEXT, number {NUMBER})"
            )
        statement = {
            "evidence": "SELECT claim_id AS claim, line_number AS line, name, value "
            "FROM evidence_rows WHERE number IS NULL",
            "evidence_number": "SELECT claim_id AS claim, line_number AS line, name, "
            "number AS value FROM evidence_rows WHERE number IS NOT NULL",
            "diagnosis": "SELECT DISTINCT l.claim_id AS claim, l.line_number AS line, x.code "
            f"FROM {LINES} l JOIN exploded x ON l.diagnoses = x.value",
            "diagnosis_indicator": "SELECT l.claim_id AS claim, l.line_number AS line, x.code, "
            f"x.indicator FROM {LINES} l JOIN exploded x ON l.diagnoses = x.value "
            "WHERE x.indicator IS NOT NULL",
            "modifier": "SELECT claim_id AS claim, line_number AS line, "
            f"unnest(string_split(modifiers, ' ')) AS modifier FROM {LINES} "
            "WHERE modifiers IS NOT NULL",
        }.get(predicate)
        if predicate == "code_amount":
            self._amounts()
        elif predicate == "code_in":
            self._memberships()
        elif predicate == FILED_LINES:
            self._filed_lines()
        elif statement is not None:
            self.connection.execute(f"CREATE VIEW {predicate} AS {statement}")

    def _filed_lines(self) -> None:
        picked = "".join(f', l."{name}"' for name in self.script.filed_columns)
        self.connection.execute(
            f"CREATE TABLE {FILED_LINES} AS SELECT l.claim_id, l.line_number{picked} "
            f"FROM {LINES} l SEMI JOIN evidence_rows e "
            "ON e.claim_id = l.claim_id AND e.line_number = l.line_number"
        )

    def _exploded(self) -> None:
        if "exploded" in self._ready:
            return
        self._ready.add("exploded")
        self.connection.execute(
            "CREATE TABLE exploded AS SELECT value, split_part(item, ':', 1) AS code, "
            "nullif(split_part(item, ':', 2), '') AS indicator FROM (SELECT value, "
            "unnest(string_split(value, ' ')) AS item FROM "
            f"(SELECT DISTINCT diagnoses AS value FROM {LINES} WHERE diagnoses IS NOT NULL))"
        )

    def _amounts(self) -> None:
        rows = [row for row in self.table_rows if row.amount]
        self._rows_table("amount_rows", rows)
        self.connection.execute(
            'CREATE TABLE code_amount AS SELECT DISTINCT v.value AS code, r."table", '
            f"r.amount::{NUMBER} AS amount FROM (SELECT DISTINCT procedure_code AS value "
            f"FROM {LINES}) v JOIN amount_rows r "
            "ON length(v.value) = length(r.first) AND v.value >= r.first AND v.value <= r.last"
        )

    def _memberships(self) -> None:
        """Tables of diagnoses: a code belongs when its first characters do."""
        self._exploded()
        self._rows_table("member_rows", list(self.table_rows))
        self.connection.execute(
            'CREATE TABLE code_in AS SELECT DISTINCT v.code, r."table" FROM '
            "(SELECT DISTINCT code FROM exploded) v JOIN member_rows r "
            "ON left(v.code, length(r.first)) >= r.first "
            "AND left(v.code, length(r.first)) <= r.last AND r.\"column\" = 'diagnosis'"
        )

    def _rows_table(self, name: str, rows: Sequence[TableRow]) -> None:
        columns: dict[str, tuple[str, list[Any]]] = {
            "table": ("TEXT", [row.table for row in rows]),
            "first": ("TEXT", [row.first for row in rows]),
            "last": ("TEXT", [row.last or row.first for row in rows]),
            "amount": ("TEXT", [row.amount or None for row in rows]),
            "column": ("TEXT", [row.column for row in rows]),
        }
        make_table(self.connection, name, columns)
