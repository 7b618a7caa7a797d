"""What claims, evidence, overrides and tables assert, as queries over a few wide tables."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from facts.claim import EvidenceTypes
from facts.codes import DESCRIPTION, DIAGNOSIS, CodeTable
from facts.schema import (
    BY_NAME,
    CLAIM_COLUMNS,
    EVIDENCE_COLUMNS,
    FIRST_DATE,
    LAST_DATE,
    OVERRIDE_COLUMNS,
    Predicate,
    TableColumn,
)
from kb.compile.sql.dialects import Dialect
from kb.compile.sql.letters import plain_letters
from kb.compile.sql.line_columns import DERIVED
from kb.compile.sql.number_types import SCALE
from kb.compile.sql.tree import Sql, SqlQuery, exp, expression, never, parsed, union
from kb.language.ast import Constant
from kb.language.values import Value

LINES, EVIDENCE, OVERRIDES, CODES = (
    "claim_lines",
    "claim_evidence",
    "clause_overrides",
    "policy_codes",
)


TABLES: dict[str, tuple[TableColumn, ...]] = {
    LINES: CLAIM_COLUMNS,
    EVIDENCE: EVIDENCE_COLUMNS,
    OVERRIDES: OVERRIDE_COLUMNS,
}
"""The tables that a person supplies, with their columns."""

CODE_COLUMNS = (
    TableColumn("code_table", "text"),
    TableColumn("claim_column", "text"),
    TableColumn("first_code", "text"),
    TableColumn("last_code", "text"),
    TableColumn("value", "text"),
    TableColumn("amount", "number"),
    TableColumn("document_lines", "text"),
)
_KEY = "claim_id AS claim, CAST(line_number AS BIGINT) AS line"
_TYPES = {"text": "TEXT", "whole number": "BIGINT", "date": "DATE"}

_OF_WORDS = {
    "words": ("w.word",),
    "codes": (
        "CASE WHEN STRPOS(w.word, ':') = 0 THEN w.word "
        "ELSE SUBSTRING(w.word, 1, STRPOS(w.word, ':') - 1) END",
    ),
    "indicators": (
        "SUBSTRING(w.word, 1, STRPOS(w.word, ':') - 1)",
        "SUBSTRING(w.word, STRPOS(w.word, ':') + 1)",
    ),
}
"""SQL of the derivations of values of which a line can have several."""


@dataclass(frozen=True, slots=True)
class Inputs:
    """Writes the queries of input predicates for a dialect.

    Parameters
    ----------
    dialect : Dialect
        What the queries are written in.
    evidence : mapping of str to EvidenceType
        The names of evidence that the policy declares.
    tables : sequence of CodeTable
        The policy's tables and loaded lists.
    """

    dialect: Dialect
    evidence: EvidenceTypes
    tables: Sequence[CodeTable] = ()

    def query(self, name: str) -> SqlQuery | None:
        """Return the rows of an input predicate.

        Parameters
        ----------
        name : str
            Name of an input predicate.

        Returns
        -------
        query or None
            None for a predicate whose rows the policy knows: a setting or a clause.
        """
        special: dict[str, Callable[[], SqlQuery]] = {
            "line": lambda: self._parse(f"SELECT {_KEY} FROM {LINES}"),
            "evidence": lambda: self._on_file(numbers=False),
            "evidence_number": lambda: self._on_file(numbers=True),
            "override": self._overrides,
            "code_in": lambda: self._codes(amounts=False),
            "code_amount": lambda: self._codes(amounts=True),
            "mentions": self._mentions,
        }
        if name in special:
            return special[name]()
        predicate = BY_NAME[name]
        if predicate.derivation in _OF_WORDS:
            return self._words(predicate)
        return self._attribute(predicate) if predicate.attribute else None

    def doubt(self, name: str) -> SqlQuery | None:
        """Return a query of what an input predicate leaves out, since no column holds its number.

        Parameters
        ----------
        name : str
            Name of an input predicate.

        Returns
        -------
        query or None
            None for a predicate that leaves nothing out.
        """
        if name != "evidence_number" or self.dialect.numbers.undefined != "null":
            return None
        query = self._parse(f"SELECT 1 FROM {EVIDENCE} AS e")
        return query.where(self._is_declared(numbers=True), self._too_fine())

    def code_rows(self) -> Iterable[tuple[Value | None, ...]]:
        """Yield the rows of the table of the policy's codes."""
        for table in self.tables:
            for row in table.rows:
                yield (
                    table.name,
                    table.column,
                    row.first,
                    row.last,
                    row.value or "",
                    row.amount,
                    row.origin.document_lines or "",
                )

    def literal(self, value: Value | None) -> Sql:
        """Return a value as a literal.

        Parameters
        ----------
        value : text, number or None
            What is known of a column.
        """
        if value is None:
            return exp.Null()
        return self.dialect.numbers.constant(Constant(value))

    def type_of(self, column: TableColumn) -> exp.DataType:
        """Return the SQL type of a column of a table.

        Parameters
        ----------
        column : TableColumn
            A column of a table that a person supplies, or of the policy's codes.
        """
        if column.type == "number":
            return self.dialect.numbers.column_type("number")
        return exp.DataType.build(_TYPES[column.type])

    def _parse(self, text: str) -> exp.Select:
        """A query of ours in DuckDB's words; it holds no value that a person gave."""
        query = parsed(text)
        for item in query.expressions:
            if isinstance(item, exp.Alias):
                item.args["alias"].set("quoted", True)
        return query

    def _attribute(self, predicate: Predicate) -> SqlQuery:
        source, column = predicate.source, predicate.columns[2]
        value = DERIVED.get(str(predicate.attribute), source)
        if column.type == "date":
            value = self.dialect.day.format(value)
        query = self._parse(f'SELECT {_KEY}, {value} AS "{column.name}" FROM {LINES}')
        if predicate.derivation in ("days", "last"):
            return query
        query = query.where(expression(f"NOT {source} IS NULL"))
        if column.type == "number":
            query.expressions[2].set("this", self.dialect.numbers.cast(exp.column(source)))
        elif column.type == "text":
            query = query.where(exp.NEQ(this=exp.column(source), expression=exp.Literal.string("")))
        return query

    def _words(self, predicate: Predicate) -> SqlQuery:
        values, columns = _OF_WORDS[predicate.derivation], predicate.columns[2:]
        picked = ", ".join(
            f"{value} AS {column.name}" for value, column in zip(values, columns, strict=True)
        )
        query = self._parse(
            f"SELECT DISTINCT w.claim AS claim, w.line AS line, {picked} FROM x AS w"
        )
        if predicate.derivation == "indicators":
            query = query.where(expression("STRPOS(w.word, ':') > 0"))
        words = self.dialect.words_of(predicate.source)
        return query.from_(words.subquery("w"))

    def _on_file(self, numbers: bool) -> SqlQuery:
        picked = (
            "SELECT DISTINCT l.claim_id AS claim, CAST(l.line_number AS BIGINT) AS line, "
            f"e.evidence AS name, e.value AS value FROM {LINES} AS l JOIN {EVIDENCE} AS e "
            "ON e.claim_id = l.claim_id "
        )
        own = self._parse(f"{picked} AND e.line_number = l.line_number")
        shared = self._parse(
            f"{picked} WHERE e.line_number IS NULL AND NOT EXISTS(SELECT 1 FROM {EVIDENCE} AS o "
            "WHERE o.claim_id = l.claim_id AND o.line_number = l.line_number "
            "AND o.evidence = e.evidence)"
        )
        tests = [self._is_declared(numbers)]
        if numbers and self.dialect.numbers.undefined == "null":
            tests.append(exp.Not(this=exp.paren(self._too_fine())))
        made = []
        for query in (own, shared):
            if numbers:
                value = exp.column("value", table="e")
                query.expressions[3].set("this", self.dialect.numbers.cast(value))
            made.append(query.where(*(test.copy() for test in tests)))
        return union(made)

    def _is_declared(self, numbers: bool) -> Sql:
        """The test that the policy declares evidence of a name, as a number or as text."""
        listed = [
            exp.Literal.string(item.name)
            for item in self.evidence.values()
            if (item.kind in ("number", "whole number", "line_number")) == numbers
        ]
        if not listed:
            return never()
        return exp.In(this=exp.column("evidence", table="e"), expressions=listed)

    def _too_fine(self) -> Sql:
        """The test that evidence has more digits behind its point than a column."""
        point = "STRPOS(e.value, '.')"
        digits = f"LENGTH(RTRIM(e.value, '0')) - {point}"
        return expression(f"{point} > 0 AND {digits} > {SCALE}")

    def _overrides(self) -> SqlQuery:
        first, last = map(self.dialect.day.format, ("effective_from", "effective_to"))
        return self._parse(
            "SELECT DISTINCT authority AS authority, authority_id AS identifier, "
            "clause_id AS clause, effect AS effect, "
            f"COALESCE({first}, '{FIRST_DATE}') AS \"from\", "
            f"COALESCE({last}, '{LAST_DATE}') AS \"to\" FROM {OVERRIDES}"
        )

    def _codes(self, amounts: bool) -> SqlQuery:
        picked = 'r.code_table AS "table"' + (", r.amount AS amount" if amounts else "")
        queries = []
        columns = dict.fromkeys(
            table.column
            for table in self.tables
            if not amounts or any(row.amount is not None for row in table.rows)
        )
        for column in columns:
            if column == DESCRIPTION:
                continue
            code, test = "v.code", "LENGTH(v.code) = LENGTH(r.first_code)"
            if column == DIAGNOSIS:
                codes = 'SELECT DISTINCT "code" AS code FROM "diagnosis"'
                code = "SUBSTRING(v.code, 1, LENGTH(r.first_code))"
                test = "LENGTH(v.code) >= LENGTH(r.first_code)"
            else:
                known = BY_NAME[column].source
                source = DERIVED.get(column, known)
                codes = f"SELECT DISTINCT {source} AS code FROM {LINES} WHERE NOT {known} IS NULL"
            placed = self.dialect.by_code_point(expression(code)).sql()
            amount = " AND NOT r.amount IS NULL" if amounts else ""
            query = self._parse(
                f"SELECT DISTINCT v.code AS code, {picked} FROM ({codes}) AS v JOIN {CODES} AS r "
                f"ON {test} AND {placed} >= r.first_code AND {placed} <= r.last_code "
                f"WHERE r.claim_column = '{column}'{amount}"
            )
            queries.append(query)
        if not queries:
            return self._parse(f"SELECT code_table AS code, {picked} FROM {CODES} AS r WHERE 1 = 0")
        return union(queries)

    def _mentions(self) -> SqlQuery:
        query = self._parse(
            'SELECT DISTINCT v.text AS text, r.code_table AS "table", r.value AS value '
            f"FROM x AS v JOIN {CODES} AS r "
            "ON STRPOS(' ' || v.words || ' ', ' ' || r.first_code || ' ') > 0 "
            f"WHERE r.claim_column = '{DESCRIPTION}'"
        )
        folded = self.dialect.folded_descriptions()
        for lower in folded.find_all(exp.Lower):
            text = self.dialect.by_code_point(lower.this).sql(dialect=self.dialect.name)
            lower.set("this", exp.Var(this=plain_letters(text)))
        return query.from_(folded.subquery("v"))
