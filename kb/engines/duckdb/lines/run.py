"""Run a script over millions of lines: signatures first, rules once per signature."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from kb.compile.formulas.line_script import FORMULAS, LINES, Feature, LineScript, NotFusable, Side
from kb.compile.sql.line_columns import DATES, source_column
from kb.engines.duckdb.connection import in_background, make_table
from kb.engines.duckdb.lines.dictionaries import TableRow, make_dictionary, masks_of_classes
from kb.engines.duckdb.lines.other_lines import find_contexts
from kb.engines.duckdb.lines.prepared import Formulas
from kb.engines.duckdb.lines.sides import Sides
from kb.engines.duckdb.lines.values import make_values

MOST_BITS = 126
"""Bits of the longest signature; a HUGEINT keeps its sign."""


@dataclass(frozen=True, slots=True)
class Part:
    """Where the signature of a line has the class or the bits of a mask."""

    offset: int
    width: int


@dataclass(slots=True)
class LineRun:
    """One run of a script on a connection.

    Parameters
    ----------
    connection : DuckDB connection
    script : LineScript
    source : str
        Name of the view or table of raw lines.
    table_rows : sequence of TableRow
        Rows of the policy's tables.
    filed : callable
        Waits for the evidence and returns whether the table ``evidence_rows`` has rows: claim_id,
        line_number, name, value, number.
    extra : sequence of str
        Columns of the lines that the output needs.
    distinct : mapping of column to collection of str
        Values of columns that are known without a look at the lines.
    values : callable
        Waits for the tables of ``make_values`` and returns their names.
    allowed : str
        A query of the allowed units: line, value; empty where the script has them.
    pairs : int, optional
        How many pairs of lines stand in the same claim, where it is known.
    units : bool, optional
        Whether allowed units will be asked for.
    """

    connection: Any
    script: LineScript
    source: str
    table_rows: Sequence[TableRow]
    filed: Callable[[], bool] = lambda: False
    extra: Sequence[str] = ()
    distinct: Mapping[str, Collection[str]] = field(default_factory=dict)
    parts: list[Part] = field(default_factory=list)
    masks: dict[str, list[int]] = field(default_factory=dict)
    coded: dict[str, str] = field(default_factory=dict)
    carried: list[str] = field(default_factory=list)
    watch: Any = None
    sides: Any = None
    values: Callable[[], Collection[str]] = tuple
    allowed: str = ""
    pairs: int | None = None
    units: bool = True

    def run(self) -> None:
        """Make the tables ``signed``, ``answers``, ``plain_answers`` and ``context_answers``."""
        formulas = Formulas(self.connection, self.script)
        self.execute(f"CREATE VIEW {LINES} AS SELECT * FROM {self.source}")
        self._note("dictionaries")
        self._decide()
        self._note("lines")
        self._lines()
        if self.units:
            values = in_background(
                self.connection, lambda other: make_values(self.script, self.sides.on(other))
            )
            self.values = values.result
        self._note("signatures")
        self._signatures(formulas)
        self._note("context")
        has_evidence = self.sides.has_evidence
        find_contexts(self.connection, self.script.others, has_evidence, self.pairs)
        self._note("answers")
        self._answers(formulas)

    def execute(self, sql: str, parameters: Sequence[Any] = ()) -> Any:
        """Run a statement."""
        return self.connection.execute(sql, list(parameters))

    def _as_joined(self, sql: str) -> None:
        """Run a statement of many joins that are in order, which DuckDB would look for long."""
        self.execute("SET disabled_optimizers = 'join_order'")
        try:
            self.execute(sql)
        finally:
            self.execute("SET disabled_optimizers = ''")

    def table(self, name: str, columns: Mapping[str, tuple[str, Sequence[Any]]]) -> None:
        """Make a table out of columns of values; see ``make_table``."""
        make_table(self.connection, name, columns)

    def _note(self, step: str) -> None:
        if self.watch is not None:
            self.watch(step)

    # Signatures of single lines

    def _decide(self) -> None:
        """Decide the tests of distinct values, and find the place of each in the signature."""
        for feature in self.script.features:
            if feature.dictionary:
                make_dictionary(self.connection, feature, self.table_rows, self.distinct)
        self.sides = Sides(self.connection, self.script, self.table_rows, self.filed())
        made = [side.name for side in self.script.sides if self.sides.make(side)]
        named = [feature.dictionary for feature in self.script.features if feature.dictionary]
        self.masks = masks_of_classes(self.connection, [*named, *made])
        widths = [
            self._width(feature.dictionary) if feature.dictionary else len(feature.tests)
            for feature in self.script.features
        ]
        widths += [self._width(side.name) for side in self.script.sides]
        offset = 0
        for width in widths:
            self.parts.append(Part(offset, width))
            offset += width
        if offset > MOST_BITS:
            raise NotFusable("the rules ask for more than the signature of a line holds")

    def _width(self, table: str) -> int:
        """Return the bits that a class of a dictionary or a side takes."""
        return (len(self.masks.get(table, [0])) - 1).bit_length()

    def _lines(self) -> None:
        """One row per line: its signature and the columns that later steps read.

        A text with a dictionary is there as its key, which is quicker to copy and to compare.
        """
        self.carried = sorted({*self.extra, *self.script.reads})
        kept = sorted({*self.carried, *(key for test in self.script.others for key in test.keys)})
        last = self.parts[-1] if self.parts else Part(0, 0)
        kind = "BIGINT" if last.offset + last.width < 63 else "HUGEINT"
        terms, joins = ["0"], []
        of_features, of_sides = self._split()
        for feature, part in of_features:
            name = feature.dictionary
            if name:
                classes = _shifted(name, "value, key", kind, part.offset)
                joins.append(f"{classes} ON {name}.value = {source_column(feature.name)}")
                terms.append(f"coalesce({name}.bits, 0)")
            for bit, test in enumerate(feature.tests, part.offset):
                terms.append(f"CASE WHEN {test} THEN {1 << bit}::{kind} ELSE 0 END")
        for side, part in of_sides:
            if part.width:
                classes = _shifted(side.name, "claim_id, line_number", kind, part.offset)
                joins.append(
                    f"{classes} ON {side.name}.claim_id = l.claim_id "
                    f"AND {side.name}.line_number = l.line_number"
                )
                terms.append(f"coalesce({side.name}.bits, 0)")
        self.coded = {
            feature.name: feature.dictionary
            for feature, _ in of_features
            if feature.dictionary and feature.name in kept and feature.name not in DATES
        }
        picked = {name: source_column(name) for name in kept}
        picked |= {name: f"{table}.key" for name, table in self.coded.items()}
        columns = "".join(f", {sql} AS {name}" for name, sql in picked.items())
        self._as_joined(
            f"CREATE TABLE signed AS SELECT l.place AS line, l.claim_id, l.line_number"
            f"{columns}, {' + '.join(terms)} AS signature FROM {LINES} l {' '.join(joins)}"
        )

    def _split(self) -> tuple[list[tuple[Feature, Part]], list[tuple[Side, Part]]]:
        count = len(self.script.features)
        return (
            list(zip(self.script.features, self.parts[:count], strict=True)),
            list(zip(self.script.sides, self.parts[count:], strict=True)),
        )

    def _signatures(self, formulas: Formulas) -> None:
        """The distinct signatures with their tests, what they answer and what they ask."""
        self.execute(
            "CREATE TABLE signatures AS SELECT signature, n, "
            "(row_number() OVER ()) AS id FROM "
            "(SELECT signature, count(*) AS n FROM signed GROUP BY signature)"
        )
        unpacked: list[str] = []
        parameters: list[list[int]] = []
        of_features, of_sides = self._split()
        tables = [(each.dictionary, part) for each, part in of_features]
        tables += [(each.name, part) for each, part in of_sides]
        for (table, part), kind in zip(tables, self.script.mask_types.values(), strict=True):
            bits = f"((signature >> {part.offset}) & {(1 << part.width) - 1})"
            if not part.width:
                unpacked.append("0")
            elif table:
                parameters.append(self.masks[table])
                unpacked.append(f"list_extract(${len(parameters)}::{kind}[], {bits}::BIGINT + 1)")
            else:
                unpacked.append(bits)
        picked = "".join(f", {each}" for each in unpacked)
        self.execute(f"INSERT INTO {FORMULAS}.masks SELECT id{picked} FROM signatures", parameters)
        formulas.ask()
        self.execute(
            "CREATE TABLE asked AS SELECT a.*, s.signature, s.n "
            f"FROM {FORMULAS}.asked a JOIN signatures s USING (id)"
        )

    # Answers

    def _answers(self, formulas: Formulas) -> None:
        """The answers of every distinct signature with its context, as words of bits."""
        self.execute(
            "CREATE TABLE finals AS SELECT id, context, row_number() OVER () AS final FROM "
            "(SELECT id, 0::BIGINT AS context FROM signatures UNION "
            "SELECT id, context FROM contexts)"
        )
        masks = "".join(f", m.{name}" for name in self.script.mask_types)
        self.execute(
            f"INSERT INTO {FORMULAS}.final_masks SELECT f.final, f.context{masks} "
            f"FROM finals f JOIN {FORMULAS}.masks m USING (id)"
        )
        formulas.answer()
        names = ", ".join(self.script.words)
        self.execute(
            f"CREATE TABLE answers AS SELECT {names}, row_number() OVER () AS answer FROM "
            f"(SELECT DISTINCT {names} FROM {FORMULAS}.answers)"
        )
        joined = f"finals JOIN {FORMULAS}.answers a USING (final) JOIN answers USING ({names})"
        self.execute(
            "CREATE TABLE plain_answers AS SELECT signature, answer "
            f"FROM {joined} JOIN signatures USING (id) WHERE context = 0"
        )
        self.execute(
            "CREATE TABLE context_answers AS SELECT c.line, c.line_number, answer "
            f"FROM contexts c JOIN ({joined}) f ON f.id = c.id AND f.context = c.context"
        )


def _shifted(table: str, keys: str, kind: str, offset: int) -> str:
    """Return the join with the classes of a table at their place in the signature."""
    return f"LEFT JOIN (SELECT {keys}, class::{kind} << {offset} AS bits FROM {table}) {table}"
