"""Run a plan of formulas over millions of lines: signatures first, rules once per signature."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

from facts.extras import bulk_module
from kb.compile.fused.evaluate import WORD
from kb.compile.fused.formula import Leaf
from kb.compile.fused.plan import LinePlan
from kb.compile.fused.refusal import NotFusable
from kb.engines.duckdb_context import OtherLines
from kb.engines.duckdb_formulas import FormulaSql, formula_sql
from kb.engines.duckdb_sides import Sides
from kb.engines.duckdb_table import make_table
from kb.engines.duckdb_tests import (
    Feature,
    TableRow,
    by_dictionary,
    column_test,
    make_dictionary,
    names_of,
    row_test,
    source_column,
)

exp = bulk_module("sqlglot.expressions")

MOST_BITS = 126
"""Bits of the longest signature; a HUGEINT keeps its sign."""


@dataclass(slots=True)
class LineRun:
    """One run of a plan on a connection.

    Parameters
    ----------
    connection : DuckDB connection
    plan : LinePlan
    source : str
        Name of the view or table of raw lines.
    table_rows : sequence of TableRow
        Rows of the policy's tables.
    has_evidence : bool
        Whether the table ``evidence_rows`` has rows: claim_id, line_number, name, value, number.
    extra : sequence of str
        Columns of the lines that the output needs.
    distinct : mapping of column to collection of str
        Values of columns that are known without a look at the lines.
    allowed : str
        A query of the allowed units: line, value; empty where the plan tells them.
    pairs : int, optional
        How many pairs of lines stand in the same claim, where it is known.
    """

    connection: Any
    plan: LinePlan
    source: str
    table_rows: Sequence[TableRow]
    has_evidence: bool = False
    extra: Sequence[str] = ()
    distinct: Mapping[str, Collection[str]] = field(default_factory=dict)
    features: list[tuple[Feature, int, int]] = field(default_factory=list)
    told: list[str] = field(default_factory=list)
    watch: Any = None
    sides: Any = None
    bits: int = 0
    words: tuple[str, ...] = ()
    allowed: str = ""
    pairs: int | None = None

    def run(self) -> None:
        """Make the tables ``signed``, ``answers``, ``plain_answers`` and ``context_answers``."""
        others = OtherLines(self.plan)
        with ThreadPoolExecutor(1) as aside:
            self._note("dictionaries")
            self._features()
            features = [feature for feature, _, _ in self.features]
            written = aside.submit(formula_sql, self.plan, features, others)
            self._note("lines")
            self._lines()
            formulas = written.result()
        self.words = formulas.words
        self._note("signatures")
        self._signatures(formulas)
        self._note("context")
        others.find(self.connection, self.has_evidence, self.pairs)
        self._note("answers")
        self._answers(formulas)

    def execute(self, sql: str, parameters: Sequence[Any] = ()) -> Any:
        """Run a statement."""
        return self.connection.execute(sql, list(parameters))

    def _as_written(self, sql: str) -> None:
        """Run a statement of hundreds of formulas, which DuckDB would long look at in vain."""
        self.execute("PRAGMA disable_optimizer")
        try:
            self.execute(sql)
        finally:
            self.execute("PRAGMA enable_optimizer")

    def table(self, name: str, columns: Mapping[str, tuple[str, Sequence[Any]]]) -> None:
        """Make a temporary table out of columns of values; see ``make_table``."""
        make_table(self.connection, name, columns)

    def _note(self, step: str) -> None:
        if self.watch is not None:
            self.watch(step)

    # Signatures of single lines

    def _features(self) -> None:
        offset = 0
        for column, all_tests in sorted(self.plan.columns.items()):
            coded = by_dictionary(column, all_tests)
            for number, start in enumerate(range(0, len(all_tests), WORD)):
                tests = all_tests[start : start + WORD]
                width = len(tests)
                feature = Feature(column, tuple(tests))
                if coded:
                    feature = Feature(column, tuple(tests), f"d{number}_{column}")
                    classes = make_dictionary(
                        self.connection,
                        feature,
                        self._rows_for(tests),
                        self.source,
                        self.distinct,
                    )
                    width = classes.bit_length()
                self.features.append((feature, offset, width))
                offset += width
        for start in range(0, len(self.plan.rows), WORD):
            rows = tuple(self.plan.rows[start : start + WORD])
            self.features.append((Feature("row", rows), offset, len(rows)))
            offset += len(rows)
        self.sides = Sides(self.connection, self.source, self.table_rows, self.has_evidence)
        values = [item.value for item in self.plan.allowed[2] if item.value[0] == "residual"]
        self.sides.reads(value[1] for value in values)
        for name, found in self.sides.make(self.plan.evidence, self.plan.residuals):
            row = self.execute(f"SELECT coalesce(max(class), 0) FROM {name}").fetchone()
            width = int(row[0]).bit_length()
            self.features.append((Feature(name, tuple(found), name, is_side=True), offset, width))
            offset += width
        self.bits = offset
        if offset > MOST_BITS:
            raise NotFusable("the rules ask for more than the signature of a line holds")

    def _rows_for(self, tests: Sequence[tuple[int, Leaf]]) -> list[TableRow]:
        names = {leaf[2] for _, leaf in tests if leaf[0] in ("in", "mentions")}
        return [row for row in self.table_rows if row.table in names or None in names]

    def _lines(self) -> None:
        """One row per line: its signature and the columns that later steps read."""
        told = set(self.extra)
        for alternative in self.plan.allowed[2]:
            if alternative.value[0] == "expression":
                told |= names_of(alternative.value[1])
        self.told = sorted(told)
        keys = {key for _, leaf in self.plan.context if leaf[0] != "related" for key in leaf[1]}
        kept = sorted(told | keys)
        terms, joins = [], []
        for feature, offset, _ in self.features:
            if feature.is_side:
                name = feature.dictionary
                joins.append(
                    f"LEFT JOIN {name} ON {name}.claim_id = l.claim_id "
                    f"AND {name}.line_number = l.line_number"
                )
                terms.append(f"(coalesce({name}.class, 0)::{self._type} << {offset})")
            elif feature.dictionary:
                name = feature.dictionary
                column = source_column(feature.name)
                joins.append(f"LEFT JOIN {name} ON {name}.value = {column}")
                terms.append(f"(coalesce({name}.class, 0)::{self._type} << {offset})")
            elif feature.name == "row":
                for position, (_, leaf) in enumerate(feature.tests):
                    test = row_test(leaf).sql(dialect="duckdb", copy=False)
                    terms.append(f"(CAST({test} AS {self._type}) << {offset + position})")
            else:
                value = exp.maybe_parse(source_column(feature.name), dialect="duckdb")
                for position, (_, leaf) in enumerate(feature.tests):
                    test = column_test(leaf, value).sql(dialect="duckdb", copy=False)
                    terms.append(f"(CAST({test} AS {self._type}) << {offset + position})")
        columns = ", ".join(f"{source_column(name)} AS {name}" for name in kept)
        signature = " + ".join(terms) or "0"
        self.execute(
            f"CREATE TEMP TABLE signed AS SELECT l.place AS line, l.claim_id, l.line_number, "
            f"{columns}, {signature} AS signature FROM {self.source} l {' '.join(joins)}"
        )

    @property
    def _type(self) -> str:
        return "BIGINT" if self.bits < 63 else "HUGEINT"

    def _signatures(self, formulas: FormulaSql) -> None:
        """The distinct signatures with their tests, what they answer and what they ask."""
        self.execute(
            "CREATE TEMP TABLE signatures AS SELECT signature, n, "
            "(row_number() OVER ()) AS id FROM "
            "(SELECT signature, count(*) AS n FROM signed GROUP BY signature)"
        )
        unpacked, joins = [], []
        for number, (feature, offset, width) in enumerate(self.features):
            part = f"((s.signature >> {offset}) & {(1 << width) - 1})"
            name = f"m{number}"
            if feature.dictionary:
                joins.append(
                    f"LEFT JOIN (SELECT DISTINCT class, mask FROM {feature.dictionary}) {name} "
                    f"ON {name}.class = {part}"
                )
                type_ = "HUGEINT" if feature.is_side else "BIGINT"
                unpacked.append(f"coalesce({name}.mask, 0)::{type_} AS {name}")
            else:
                unpacked.append(f"{part}::BIGINT AS {name}")
        self.execute(
            "CREATE TEMP TABLE masks AS SELECT s.id, s.signature, s.n, "
            f"{', '.join(unpacked)} FROM signatures s {' '.join(joins)}"
        )
        self._as_written(f"CREATE TEMP TABLE asked AS {formulas.asked}")

    # Answers

    def _answers(self, formulas: FormulaSql) -> None:
        """The answers of every distinct signature with its context, as words of bits."""
        self.execute(
            "CREATE TEMP TABLE finals AS SELECT id, context, row_number() OVER () AS final FROM "
            "(SELECT id, 0::BIGINT AS context FROM signatures UNION "
            "SELECT id, context FROM contexts)"
        )
        masks = ", ".join(f"m.{name}" for name in formulas.masks)
        self.execute(
            f"CREATE TEMP TABLE final_masks AS SELECT f.final, f.context, {masks} "
            "FROM finals f JOIN masks m USING (id)"
        )
        self._as_written(f"CREATE TEMP TABLE final_answers AS {formulas.final}")
        names = ", ".join(self.words)
        self.execute(
            f"CREATE TEMP TABLE answers AS SELECT {names}, row_number() OVER () AS answer FROM "
            f"(SELECT DISTINCT {names} FROM final_answers)"
        )
        joined = f"finals JOIN final_answers USING (final) JOIN answers USING ({names})"
        self.execute(
            "CREATE TEMP TABLE plain_answers AS SELECT signature, answer "
            f"FROM {joined} JOIN signatures USING (id) WHERE context = 0"
        )
        self.execute(
            "CREATE TEMP TABLE context_answers AS SELECT c.line, c.line_number, answer "
            f"FROM contexts c JOIN ({joined}) f ON f.id = c.id AND f.context = c.context"
        )
