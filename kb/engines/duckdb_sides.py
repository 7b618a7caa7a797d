"""Evidence on file, and values that a line can have several of, as bits of a mask per line."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from facts.extras import bulk_module
from kb.compile.bodies import Body
from kb.compile.catalog import Catalog
from kb.compile.fused.formula import Leaf
from kb.compile.fused.refusal import NotFusable
from kb.compile.numbers import Numbers, Sql
from kb.compile.stored import NUMBER
from kb.engines.duckdb_table import make_table
from kb.engines.duckdb_tests import DATES, NUMBERS, TableRow, source_column
from kb.language.rename import all_names
from kb.language.syntax import BodyLiteral, Program, Relational

exp = bulk_module("sqlglot.expressions")

_EVIDENCE = ("evidence", "evidence_number")
_DIAGNOSES = ("diagnosis", "diagnosis_indicator")
_KEYED = (*_EVIDENCE, *_DIAGNOSES, "modifier")
_LISTS = ("override", "release_code")
MOST = 120
"""Tests of one mask of the sides; more make another mask."""


class Sides:
    """Makes the tables ``side0``, ...: claim_id, line_number, mask, class.

    Parameters
    ----------
    connection : DuckDB connection
    source : str
        Raw lines.
    table_rows : iterable of TableRow
    has_evidence : bool
        Whether ``evidence_rows`` (claim_id, line_number, name, value) has rows.
    """

    def __init__(
        self,
        connection: Any,
        source: str,
        table_rows: Iterable[TableRow],
        has_evidence: bool,
    ) -> None:
        self.connection = connection
        self.source = source
        self.table_rows = tuple(table_rows)
        self.has_evidence = has_evidence
        self._ready: set[str] = set()
        self._columns: set[str] = set()

    def make(
        self, evidence: Sequence[tuple[int, Leaf]], residuals: Sequence[tuple[int, Leaf]]
    ) -> list[tuple[str, list[tuple[int, Leaf]]]]:
        """Make tables of masks; return each with the tests whose bits it has."""
        self.reads(leaf[1] for _, leaf in residuals)
        tests = list(evidence) if self.has_evidence else []
        held = len(tests)
        tests += [
            (node, leaf)
            for node, leaf in residuals
            if self.has_evidence or not self._needs_evidence(leaf[1])
        ]
        made = []
        for number, start in enumerate(range(0, len(tests), MOST)):
            name = f"side{number}"
            chosen = tests[start : start + MOST]
            of_evidence = max(0, min(held - start, len(chosen)))
            self._masks(name, chosen[:of_evidence], chosen[of_evidence:])
            made.append((name, chosen))
        return made

    def reads(self, bodies: Iterable[tuple[BodyLiteral, ...]]) -> None:
        """Take note of the columns that residual bodies read, before any of them is asked for."""
        for body in bodies:
            for name in all_names(body):
                if name.startswith("@") and name not in ("@claim_id", "@line_number"):
                    made = bulk_module("sqlglot").parse_one(
                        source_column(name[1:]), dialect="duckdb"
                    )
                    self._columns |= {part.name for part in made.find_all(exp.Column)}

    def _masks(
        self,
        name: str,
        evidence: Sequence[tuple[int, Leaf]],
        residuals: Sequence[tuple[int, Leaf]],
    ) -> None:
        pieces = [self._evidence(f"{name}_tests", evidence)] if evidence else []
        pieces += [
            f"SELECT DISTINCT claim_id, line_number, {1 << bit}::HUGEINT AS bits FROM "
            f"({self.query(leaf[1])})"
            for bit, (_, leaf) in enumerate(residuals, len(evidence))
        ]
        self.connection.execute(
            f"CREATE TEMP TABLE {name} AS SELECT *, dense_rank() OVER (ORDER BY mask) AS class "
            "FROM (SELECT claim_id, line_number, bit_or(bits) AS mask FROM "
            f"({' UNION ALL '.join(pieces)}) GROUP BY ALL)"
        )

    def query(self, body: tuple[BodyLiteral, ...], value: str = "") -> str:
        """Return the lines for which a residual body holds, with the value of a variable."""
        for literal in body:
            if isinstance(literal, Relational):
                self._prepare(literal.atom.predicate)
        names = {name for name in all_names(body) if name.startswith("@")}
        first = [item for item in body if isinstance(item, Relational) and self._keyed(item)]
        rest = [item for item in body if item not in first]
        made = Body(Catalog.of(Program(())), Numbers())
        made.read(first)
        columns = sorted(names - {"@claim_id", "@line_number"})
        if columns or not first:
            self._lines(made, columns, self._needs_evidence(body))
        made.read(rest)
        picked = [
            exp.alias_(made.values["@claim_id"].copy(), "claim_id"),
            exp.alias_(made.values["@line_number"].copy(), "line_number"),
        ]
        if value:
            picked.append(exp.alias_(made.values[value].copy(), "value"))
        text: str = made.select(picked).sql(dialect="duckdb", copy=False)
        return text

    def _lines(self, body: Body, columns: Sequence[str], filed: bool) -> None:
        """Add the wide row of the line to a body; of lines on file alone where that suffices."""
        near = self._needed_lines() if filed and self.has_evidence else self.source
        alias, on = body._source(exp.to_table(near))
        for key in ("claim_id", "line_number"):
            column: Sql = exp.column(key, table=alias)
            known = body.values.get(f"@{key}")
            if known is None:
                body.values[f"@{key}"] = column
                body.types[f"@{key}"] = "text" if key == "claim_id" else "number"
            else:
                on.append(exp.EQ(this=column, expression=known.copy()))
        for name in columns:
            column_name = name[1:]
            made = bulk_module("sqlglot").parse_one(source_column(column_name), dialect="duckdb")
            for part in made.find_all(exp.Column):
                part.set("table", exp.to_identifier(alias))
            if column_name in DATES:
                made, kind = exp.cast(made, "TEXT"), "date"
            elif column_name in NUMBERS:
                made, kind = exp.cast(made, NUMBER), "number"
            else:
                kind = "text"
            body.values[name], body.types[name] = made, kind  # type: ignore[assignment]

    def _needed_lines(self) -> str:
        if "lines" not in self._ready:
            self._ready.add("lines")
            columns = ", ".join(f'l."{name}"' for name in sorted(self._columns))
            self.connection.execute(
                f"CREATE TEMP TABLE evidence_lines AS SELECT l.claim_id, l.line_number, {columns} "
                f"FROM {self.source} l SEMI JOIN evidence_rows e "
                "ON e.claim_id = l.claim_id AND e.line_number = l.line_number"
            )
        return "evidence_lines"

    def _keyed(self, literal: Relational) -> bool:
        return not literal.negated and literal.atom.predicate in _KEYED

    def _needs_evidence(self, body: tuple[BodyLiteral, ...]) -> bool:
        return any(
            isinstance(item, Relational) and not item.negated and item.atom.predicate in _EVIDENCE
            for item in body
        )

    def _evidence(self, table: str, tests: Sequence[tuple[int, Leaf]]) -> str:
        texts = [leaf[2] if isinstance(leaf[2], str) else None for _, leaf in tests]
        numbers = [
            None if leaf[2] is None or isinstance(leaf[2], str) else str(leaf[2])
            for _, leaf in tests
        ]
        columns: dict[str, tuple[str, list[Any]]] = {
            "bit": ("HUGEINT:TEXT", [str(1 << position) for position in range(len(tests))]),
            "name": ("TEXT", [leaf[1] for _, leaf in tests]),
            "value": ("TEXT", texts),
            "number": (f"{NUMBER}:TEXT", numbers),
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
        """Make the table that a residual body reads."""
        if predicate in self._ready:
            return
        self._ready.add(predicate)
        if predicate in _DIAGNOSES:
            self._exploded()
        statement = {
            "evidence": "SELECT claim_id AS claim, line_number AS line, name, value "
            "FROM evidence_rows WHERE number IS NULL",
            "evidence_number": "SELECT claim_id AS claim, line_number AS line, name, "
            "number AS value FROM evidence_rows WHERE number IS NOT NULL",
            "diagnosis": "SELECT DISTINCT l.claim_id AS claim, l.line_number AS line, x.code "
            f"FROM {self.source} l JOIN exploded x ON l.diagnoses = x.value",
            "diagnosis_indicator": "SELECT l.claim_id AS claim, l.line_number AS line, x.code, "
            f"x.indicator FROM {self.source} l JOIN exploded x ON l.diagnoses = x.value "
            "WHERE x.indicator IS NOT NULL",
            "modifier": "SELECT claim_id AS claim, line_number AS line, "
            f"unnest(string_split(modifiers, ' ')) AS modifier FROM {self.source} "
            "WHERE modifiers IS NOT NULL",
        }.get(predicate)
        if predicate == "code_amount":
            self._amounts()
        elif predicate == "code_in":
            self._memberships()
        elif statement is not None:
            self.connection.execute(f"CREATE TEMP VIEW {predicate} AS {statement}")
        elif predicate not in _LISTS:
            raise NotFusable(f"`{predicate}` has several values beside others of a line")

    def _exploded(self) -> None:
        if "exploded" in self._ready:
            return
        self._ready.add("exploded")
        self.connection.execute(
            "CREATE TEMP TABLE exploded AS SELECT value, split_part(item, ':', 1) AS code, "
            "nullif(split_part(item, ':', 2), '') AS indicator FROM (SELECT value, "
            "unnest(string_split(value, ' ')) AS item FROM "
            f"(SELECT DISTINCT diagnoses AS value FROM {self.source} WHERE diagnoses IS NOT NULL))"
        )

    def _amounts(self) -> None:
        rows = [row for row in self.table_rows if row.amount]
        self._rows_table("amount_rows", rows)
        self.connection.execute(
            'CREATE TEMP TABLE code_amount AS SELECT DISTINCT v.value AS code, r."table", '
            f"r.amount::{NUMBER} AS amount FROM (SELECT DISTINCT procedure_code AS value "
            f"FROM {self.source}) v JOIN amount_rows r "
            "ON length(v.value) = length(r.first) AND v.value >= r.first AND v.value <= r.last"
        )

    def _memberships(self) -> None:
        """Tables of diagnoses: a code belongs when its first characters do."""
        self._exploded()
        self._rows_table("member_rows", list(self.table_rows))
        self.connection.execute(
            'CREATE TEMP TABLE code_in AS SELECT DISTINCT v.code, r."table" FROM '
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
