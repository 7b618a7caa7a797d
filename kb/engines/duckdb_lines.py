"""Run a plan of formulas over millions of lines: signatures first, rules once per signature."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from facts.extras import bulk_module
from kb.compile.fused.evaluate import WORD, layers, root_column, select, words
from kb.compile.fused.formula import Leaf
from kb.compile.fused.plan import LinePlan, condition_of
from kb.compile.fused.refusal import NotFusable
from kb.compile.numbers import Sql
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

ORDERED = ("earlier", "later")
MOST_BITS = 126
"""Bits of the longest signature; a HUGEINT keeps its sign."""


@dataclass(frozen=True, slots=True)
class Scope:
    """The other lines that share columns with a line: of its claim, of its claim and date, ...

    Parameters
    ----------
    keys : tuple of str
        Columns beside the claim that have to be equal.
    conditions : tuple of int
        What may be asked of the other lines: the counted ones.
    ordered : tuple of int
        Conditions that are asked of lines before or after.
    """

    keys: tuple[str, ...]
    conditions: tuple[int, ...]
    ordered: tuple[int, ...]


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
    """

    connection: Any
    plan: LinePlan
    source: str
    table_rows: Sequence[TableRow]
    has_evidence: bool = False
    extra: Sequence[str] = ()
    features: list[tuple[Feature, int, int]] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)
    watch: Any = None
    sides: Any = None
    bits: int = 0
    field_bits: int = 2
    tests: dict[int, Sql] = field(default_factory=dict)
    masks: list[str] = field(default_factory=list)
    words: list[str] = field(default_factory=list)
    conditions: list[int] = field(default_factory=list)
    asks: list[int] = field(default_factory=list)
    scopes: list[Scope] = field(default_factory=list)

    def run(self) -> None:
        """Make the tables ``signed``, ``answers``, ``plain_answers`` and ``context_answers``."""
        self._note("start")
        self._features()
        self._note("dictionaries")
        self._lines()
        self._note("lines")
        self._signatures()
        self._note("signatures")
        self._context()
        self._note("context")
        self._answers()
        self._note("answers")

    def execute(self, sql: str, parameters: Sequence[Any] = ()) -> Any:
        """Run a statement."""
        return self.connection.execute(sql, list(parameters))

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
                        self.connection, feature, self._rows_for(tests), self.source
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
        kept = {key for _, leaf in self.plan.context if leaf[0] != "related" for key in leaf[1]}
        kept |= set(self.extra)
        for alternative in self.plan.allowed[2]:
            if alternative.value[0] == "expression":
                kept |= names_of(alternative.value[1])
        self.kept = sorted(kept)
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
                    test = row_test(leaf).sql(dialect="duckdb")
                    terms.append(f"(CAST({test} AS {self._type}) << {offset + position})")
            else:
                value = exp.maybe_parse(source_column(feature.name), dialect="duckdb")
                for position, (_, leaf) in enumerate(feature.tests):
                    test = column_test(leaf, value).sql(dialect="duckdb")
                    terms.append(f"(CAST({test} AS {self._type}) << {offset + position})")
        columns = ", ".join(f"{source_column(name)} AS {name}" for name in self.kept)
        signature = " + ".join(terms) or "0"
        self.execute(
            f"CREATE TEMP TABLE signed AS SELECT l.place AS line, l.claim_id, l.line_number, "
            f"{columns}, {signature} AS signature FROM {self.source} l {' '.join(joins)}"
        )

    @property
    def _type(self) -> str:
        return "BIGINT" if self.bits < 63 else "HUGEINT"

    def _signatures(self) -> None:
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
            for position, (node, _) in enumerate(feature.tests):
                self.tests[node] = _bit(name, position)
        self.masks = [f"m{number}" for number in range(len(self.features))]
        for node, _ in (*self.plan.evidence, *self.plan.residuals):
            self.tests.setdefault(node, exp.Boolean(this=False))
        self._scopes()
        self.execute(
            "CREATE TEMP TABLE masks AS SELECT s.id, s.signature, s.n, "
            f"{', '.join(unpacked)} FROM signatures s {' '.join(joins)}"
        )
        roots = list(dict.fromkeys([*self.conditions, *self.asks]))
        query = layers(
            self.plan.formulas,
            roots,
            self._tests_below(roots),
            exp.to_table("masks"),
            ["id", "signature", "n"],
        )
        answers = [root_column(node) for node in self.conditions]
        asks = [root_column(node) for node in self.asks]
        columns = [exp.column(name) for name in ("id", "signature", "n")]
        for name, bits in (("answers", answers), ("asks", asks)):
            if len(bits) > WORD:
                raise NotFusable("the rules ask too many things of the other lines of a claim")
            (word,) = words(bits)
            columns.append(exp.alias_(word, name, copy=False))
        outer = select(columns, query.subquery("q", copy=False))
        self.execute("CREATE TEMP TABLE asked AS " + outer.sql(dialect="duckdb"))

    def _tests_below(self, roots: Sequence[int]) -> dict[int, Sql]:
        return {node: self.tests[node].copy() for node, _ in self.plan.formulas.leaves(roots)}

    def _scopes(self) -> None:
        """Sort the tests of other lines by the columns that tie the lines."""
        conditions: dict[int, None] = {}
        scopes: dict[tuple[str, ...], tuple[dict[int, None], dict[int, None]]] = {}
        for _, leaf in self.plan.context:
            condition = condition_of(leaf)
            conditions[condition] = None
            if leaf[0] == "related":
                continue
            counted, ordered = scopes.setdefault(leaf[1], ({}, {}))
            (ordered if leaf[2] in ORDERED else counted)[condition] = None
        self.conditions = list(conditions)
        self.asks = [self.plan.asks.get(node, 1) for node, _ in self.plan.context]
        self.scopes = [
            Scope(keys, tuple(counted), tuple(ordered))
            for keys, (counted, ordered) in sorted(scopes.items())
        ]

    # Other lines

    def _context(self) -> None:
        """The bits of other lines, for each line that asks and has one: the table ``contexts``."""
        keys = sorted({key for scope in self.scopes for key in scope.keys})
        columns = "".join(f", l.{key}" for key in keys)
        self.execute(
            "CREATE TEMP TABLE asking AS SELECT l.line, l.claim_id, l.line_number"
            f"{columns}, s.id, s.asks, s.answers FROM signed l JOIN asked s USING (signature) "
            "WHERE s.asks <> 0"
        )
        wants = " + ".join(
            f"CASE WHEN asks & {self._asking(condition)} <> 0 THEN {self._mask([condition])} ELSE 0 END"
            for condition in self.conditions
        )
        self.execute(
            "CREATE TEMP TABLE others AS SELECT l.claim_id, l.line_number"
            f"{columns}, s.answers FROM signed l JOIN asked s USING (signature) "
            f"JOIN (SELECT claim_id, bit_or({wants or 0}) AS wanted FROM asking GROUP BY claim_id) a "
            "USING (claim_id) WHERE s.answers & a.wanted <> 0"
        )
        longest = self.execute("SELECT max(line_number) FROM signed").fetchone()[0] or 1
        self.field_bits = max(2, int(longest).bit_length())
        joins: list[str] = []
        bits = ["false"] * len(self.plan.context)
        for number, scope in enumerate(self.scopes):
            joins += self._scope(number, scope, bits)
        for position, (_, leaf) in enumerate(self.plan.context):
            if leaf[0] == "related":
                joins.append(self._related(position, leaf, bits))
        word = " + ".join(
            f"CASE WHEN {bit} THEN {1 << position} ELSE 0 END"
            for position, bit in enumerate(bits)
            if bit != "false"
        )
        self.execute(
            "CREATE TEMP TABLE contexts AS SELECT * FROM (SELECT l.line, l.line_number, l.id, "
            f"(({word or 0}) & l.asks)::BIGINT AS context FROM asking l {' '.join(joins)}) "
            "WHERE context <> 0"
        )

    def _scope(self, number: int, scope: Scope, bits: list[str]) -> list[str]:
        keys = "".join(f", l.{key}" for key in scope.keys)
        asking = 0
        for position, (_, leaf) in enumerate(self.plan.context):
            if leaf[0] != "related" and leaf[1] == scope.keys:
                asking |= 1 << position
        joins = []
        claim = f"CASE WHEN l.asks & {asking} <> 0 THEN l.claim_id END"
        if scope.conditions:
            mask, totals, own = self._totals(scope)
            self.execute(
                f"CREATE TEMP TABLE scope{number} AS SELECT l.claim_id{keys}, {totals} "
                f"FROM others l WHERE l.answers & {mask} <> 0 GROUP BY l.claim_id{keys}"
            )
            joins.append(_left_join(f"scope{number}", claim, scope.keys))
            for position, (_, leaf) in enumerate(self.plan.context):
                if leaf[0] == "related" or leaf[1] != scope.keys or leaf[2] in ORDERED:
                    continue
                word, shift = own[condition_of(leaf)]
                field_mask = (1 << self.field_bits) - 1
                total = f"((scope{number}.w{word} >> {shift}) & {field_mask})"
                if leaf[2] == "other":
                    total = f"({total} - {self._own(condition_of(leaf))})"
                bits[position] = _counted(leaf, total)
        for condition in scope.ordered:
            name = f"scope{number}_{condition}"
            mask = self._mask([condition])
            self.execute(
                f"CREATE TEMP TABLE {name} AS SELECT l.claim_id{keys}, "
                "list(l.line_number) AS found "
                f"FROM others l WHERE l.answers & {mask} <> 0 GROUP BY l.claim_id{keys}"
            )
            joins.append(_left_join(name, claim, scope.keys))
            for position, (_, leaf) in enumerate(self.plan.context):
                if leaf[0] == "related" or leaf[1] != scope.keys:
                    continue
                if leaf[2] in ORDERED and condition_of(leaf) == condition:
                    side = "<" if leaf[2] == "earlier" else ">"
                    total = f"len(list_filter({name}.found, lambda n: n {side} l.line_number))"
                    bits[position] = _counted(leaf, total)
        return joins

    def _totals(self, scope: Scope) -> tuple[int, str, dict[int, tuple[int, int]]]:
        """Counts of several conditions as fields of a few sums."""
        per_word = 62 // self.field_bits
        sums: list[list[str]] = []
        own: dict[int, tuple[int, int]] = {}
        for number, condition in enumerate(scope.conditions):
            word, place = divmod(number, per_word)
            if place == 0:
                sums.append([])
            shift = place * self.field_bits
            sums[word].append(f"({self._own(condition)} << {shift})")
            own[condition] = (word, shift)
        totals = ", ".join(
            f"sum({' + '.join(parts)})::BIGINT AS w{word}" for word, parts in enumerate(sums)
        )
        return self._mask(scope.conditions), totals, own

    def _own(self, condition: int) -> str:
        return f"((l.answers >> {self.conditions.index(condition)}) & 1)"

    def _asking(self, condition: int) -> int:
        """The bits of what is asked about other lines that meet a condition."""
        return sum(
            1 << position
            for position, (_, leaf) in enumerate(self.plan.context)
            if condition_of(leaf) == condition
        )

    def _mask(self, conditions: Sequence[int]) -> int:
        return sum(1 << self.conditions.index(condition) for condition in conditions)

    def _related(self, position: int, leaf: Leaf, bits: list[str]) -> str:
        """Lines whose evidence names another line that meets a condition."""
        name = f"related{position}"
        mask = self._mask([condition_of(leaf)])
        other = "" if leaf[2] == "any" else " AND e.line_number <> l.line_number"
        rows = (
            "SELECT DISTINCT e.claim_id, e.line_number FROM evidence_rows e JOIN others l "
            "ON l.claim_id = e.claim_id AND l.line_number = e.number "
            f"WHERE e.name = $1 AND l.answers & {mask} <> 0{other}"
            if self.has_evidence
            else "SELECT claim_id, line_number FROM others WHERE false AND $1 = ''"
        )
        self.execute(f"CREATE TEMP TABLE {name} AS {rows}", [leaf[1]])
        bits[position] = f"({name}.line_number IS NOT NULL)"
        return (
            f"LEFT JOIN {name} ON {name}.claim_id = "
            f"CASE WHEN l.asks & {1 << position} <> 0 THEN l.claim_id END "
            f"AND {name}.line_number = l.line_number"
        )

    # Answers

    def _answers(self) -> None:
        """The answers of every distinct signature with its context, as words of bits."""
        self.execute(
            "CREATE TEMP TABLE finals AS SELECT id, context, row_number() OVER () AS final FROM "
            "(SELECT id, 0::BIGINT AS context FROM signatures UNION "
            "SELECT id, context FROM contexts)"
        )
        masks = ", ".join(f"m.{name}" for name in self.masks)
        self.execute(
            f"CREATE TEMP TABLE final_masks AS SELECT f.final, f.context, {masks} "
            "FROM finals f JOIN masks m USING (id)"
        )
        tests = dict(self.tests)
        for position, (node, _) in enumerate(self.plan.context):
            tests[node] = _bit("context", position)
        roots = list(dict.fromkeys(self.plan.roots))
        below = {node: tests[node].copy() for node, _ in self.plan.formulas.leaves(roots)}
        query = layers(self.plan.formulas, roots, below, exp.to_table("final_masks"), ["final"])
        found = words([root_column(root) for root in self.plan.roots])
        self.words = [f"w{number}" for number in range(len(found))]
        columns = [exp.column("final")]
        for word, name in zip(found, self.words, strict=True):
            columns.append(exp.alias_(word, name, copy=False))
        outer = select(columns, query.subquery("q", copy=False))
        self.execute("CREATE TEMP TABLE final_answers AS " + outer.sql(dialect="duckdb"))
        self.execute(
            f"CREATE TEMP TABLE answers AS SELECT {', '.join(self.words)}, "
            "row_number() OVER () AS answer FROM "
            f"(SELECT DISTINCT {', '.join(self.words)} FROM final_answers)"
        )
        joined = (
            f"finals JOIN final_answers USING (final) JOIN answers USING ({', '.join(self.words)})"
        )
        self.execute(
            "CREATE TEMP TABLE plain_answers AS SELECT signature, answer "
            f"FROM {joined} JOIN signatures USING (id) WHERE context = 0"
        )
        self.execute(
            "CREATE TEMP TABLE context_answers AS SELECT c.line, c.line_number, answer "
            f"FROM contexts c JOIN ({joined}) f ON f.id = c.id AND f.context = c.context"
        )


def _bit(column: str, position: int) -> Sql:
    bit = exp.Literal.number(1 << position)
    masked = exp.BitwiseAnd(this=exp.column(column), expression=bit)
    return exp.NEQ(this=exp.paren(masked), expression=exp.Literal.number(0))


def _left_join(name: str, claim: str, keys: Sequence[str]) -> str:
    ties = "".join(f" AND {name}.{key} = l.{key}" for key in keys)
    return f"LEFT JOIN {name} ON {name}.claim_id = {claim}{ties}"


def _counted(leaf: Leaf, total: str) -> str:
    if leaf[0] == "group":
        return f"({total} > 0)"
    operator = {"=<": "<=", "=:=": "=", "=\\=": "<>", "\\=": "<>"}.get(leaf[4], leaf[4])
    value = exp.convert(leaf[5]).sql(dialect="duckdb")
    return f"(coalesce({total}, 0) {operator} {value})"
