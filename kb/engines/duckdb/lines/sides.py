"""Evidence, and values that a line can have several of, as bits of a mask per line."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from copy import copy

from facts.extras import Connection
from kb.compile.formulas.line_script import LINES, EvidenceTest, LineScript, Side, SideQuery
from kb.compile.sql.number_types import NUMBER
from kb.engines.duckdb.lines.dictionaries import PolicyTableRow
from kb.engines.duckdb.lines.tables import (
    AMOUNT_ROWS,
    CODE_AMOUNT,
    CODE_IN,
    DIAGNOSES,
    EVIDENCE_ROWS,
    FILED_LINES,
    MEMBER_ROWS,
    SIDE,
    SIDE_TESTS,
)

_VIEWS = {
    "evidence": "SELECT claim_id AS claim, line_number AS line, name, value "
    f"FROM {EVIDENCE_ROWS} WHERE number IS NULL",
    "evidence_number": "SELECT claim_id AS claim, line_number AS line, name, number AS value "
    f"FROM {EVIDENCE_ROWS} WHERE number IS NOT NULL",
    "diagnosis": "SELECT DISTINCT l.claim_id AS claim, l.line_number AS line, x.code "
    f"FROM {LINES} l JOIN {DIAGNOSES} x ON l.diagnoses = x.value",
    "diagnosis_indicator": "SELECT l.claim_id AS claim, l.line_number AS line, x.code, "
    f"x.indicator FROM {LINES} l JOIN {DIAGNOSES} x ON l.diagnoses = x.value "
    "WHERE x.indicator IS NOT NULL",
    "modifier": "SELECT claim_id AS claim, line_number AS line, "
    f"unnest(string_split(modifiers, ' ')) AS modifier FROM {LINES} WHERE modifiers IS NOT NULL",
}
"""Predicates that the queries of sides read, as SQL."""


class Sides:
    """Makes the tables of sides: claim_id, line_number, mask, class.

    Parameters
    ----------
    connection : Connection
        Where the tables are.
    script : LineScript
        The rules of the policy.
    table_rows : iterable of PolicyTableRow
        Rows of the policy's tables.
    has_evidence : bool
        Whether any line has evidence.
    """

    def __init__(
        self,
        connection: Connection,
        script: LineScript,
        table_rows: Iterable[PolicyTableRow],
        has_evidence: bool,
    ) -> None:
        self.connection = connection
        self.has_evidence = has_evidence
        self._script = script
        self._table_rows = tuple(table_rows)
        self._ready: set[str] = set()

    def on(self, connection: Connection) -> Sides:
        """Return the same sides on another connection to the same database.

        Parameters
        ----------
        connection : Connection
            Where the tables are.
        """
        other = copy(self)
        other.connection = connection
        return other

    def make(self, side: Side) -> bool:
        """Make the table of masks of a side; return whether any line can have a bit of it.

        Parameters
        ----------
        side : Side
            One of the script.
        """
        pieces = []
        if side.evidence and self.has_evidence:
            pieces.append(self._evidence(side.name, side.evidence))
        pieces += [
            f"SELECT DISTINCT claim_id, line_number, {1 << bit}::HUGEINT AS bits FROM ({sql})"
            for bit, query in enumerate(side.queries, len(side.evidence))
            if (sql := self.query(query))
        ]
        if pieces:
            self.connection.execute(
                SIDE.numbered(side.name).of(
                    "SELECT *, dense_rank() OVER (ORDER BY mask) AS class FROM "
                    "(SELECT claim_id, line_number, bit_or(bits) AS mask FROM "
                    f"({' UNION ALL '.join(pieces)}) GROUP BY ALL)"
                )
            )
        return bool(pieces)

    def query(self, query: SideQuery) -> str:
        """Return SQL of the lines of a query; empty where there can be none.

        Parameters
        ----------
        query : SideQuery
            One of the script.
        """
        if query.filed and not self.has_evidence:
            return ""
        for name in query.reads:
            self._prepare(name)
        return query.sql

    def _evidence(self, side: str, tests: Sequence[EvidenceTest]) -> str:
        table = SIDE_TESTS.numbered(side)
        bits = [str(1 << position) for position in range(len(tests))]
        rows = [(test.name, test.value, test.number) for test in tests]
        table.fill(self.connection, bits, *zip(*rows, strict=True))
        return (
            f"SELECT claim_id, line_number, bits FROM {EVIDENCE_ROWS} e JOIN ("
            "SELECT p.name, p.value, bit_or(bit) AS bits FROM "
            f"(SELECT DISTINCT name, value FROM {EVIDENCE_ROWS}) p JOIN {table} t "
            "ON p.name = t.name AND (t.value IS NULL OR t.value = p.value) "
            f"AND (t.number IS NULL OR t.number = try_cast(p.value AS {NUMBER})) GROUP BY ALL) b "
            "ON e.name = b.name AND e.value = b.value"
        )

    def _prepare(self, predicate: str) -> None:
        """Make a table that a query reads."""
        if predicate in self._ready:
            return
        self._ready.add(predicate)
        if predicate.startswith("evidence") and not self.has_evidence:
            if EVIDENCE_ROWS.name not in self._ready:
                self._ready.add(EVIDENCE_ROWS.name)
                EVIDENCE_ROWS.fill(self.connection, *([] for _ in EVIDENCE_ROWS.columns))
        elif predicate.startswith("diagnosis"):
            self._diagnoses()
        if predicate in _VIEWS:
            self.connection.execute(f"CREATE VIEW {predicate} AS {_VIEWS[predicate]}")
        elif predicate == CODE_AMOUNT.name:
            self._amounts()
        elif predicate == CODE_IN.name:
            self._memberships()
        elif predicate == FILED_LINES.name:
            picked = "".join(f', l."{name}"' for name in self._script.filed_columns)
            self.connection.execute(
                FILED_LINES.of(
                    f"SELECT l.claim_id, l.line_number{picked} FROM {LINES} l SEMI JOIN "
                    f"{EVIDENCE_ROWS} e ON e.claim_id = l.claim_id "
                    "AND e.line_number = l.line_number"
                )
            )

    def _diagnoses(self) -> None:
        if DIAGNOSES.name in self._ready:
            return
        self._ready.add(DIAGNOSES.name)
        self.connection.execute(
            DIAGNOSES.of(
                "SELECT value, split_part(item, ':', 1) AS code, "
                "nullif(split_part(item, ':', 2), '') AS indicator FROM (SELECT value, "
                "unnest(string_split(value, ' ')) AS item FROM "
                f"(SELECT DISTINCT diagnoses AS value FROM {LINES} WHERE diagnoses IS NOT NULL))"
            )
        )

    def _amounts(self) -> None:
        rows = [row for row in self._table_rows if row.amount]
        AMOUNT_ROWS.fill(self.connection, *_ranges(rows), [row.amount for row in rows])
        self.connection.execute(
            CODE_AMOUNT.of(
                f'SELECT DISTINCT v.value AS code, r."table", r.amount::{NUMBER} AS amount '
                f"FROM (SELECT DISTINCT procedure_code AS value FROM {LINES}) v "
                f"JOIN {AMOUNT_ROWS} r ON length(v.value) = length(r.first) "
                "AND v.value >= r.first AND v.value <= r.last"
            )
        )

    def _memberships(self) -> None:
        """The tables of diagnoses: a code belongs when its first characters do."""
        self._diagnoses()
        rows = [row for row in self._table_rows if row.column == "diagnosis"]
        MEMBER_ROWS.fill(self.connection, *_ranges(rows))
        self.connection.execute(
            CODE_IN.of(
                f'SELECT DISTINCT v.code, r."table" FROM (SELECT DISTINCT code FROM {DIAGNOSES}) v '
                f"JOIN {MEMBER_ROWS} r ON left(v.code, length(r.first)) >= r.first "
                "AND left(v.code, length(r.first)) <= r.last"
            )
        )


def _ranges(rows: Sequence[PolicyTableRow]) -> tuple[list[str], list[str], list[str]]:
    return (
        [row.table for row in rows],
        [row.first for row in rows],
        [row.last or row.first for row in rows],
    )
