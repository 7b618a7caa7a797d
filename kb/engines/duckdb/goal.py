"""Run the plan of a goal on DuckDB: one statement per predicate, the answers in a table."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

from facts.extras import Connection, Result
from kb.compile.planner import ANSWER, GoalPlan, Step
from kb.compile.sql.input_queries import LINES
from kb.compile.sql.statements import Fixpoint, Relationship
from kb.compile.sql.tree import Sql
from kb.engines.duckdb.bounded import bounded, too_many_at
from kb.engines.duckdb.claims import ClaimInputs
from kb.engines.duckdb.connection import identifier, one_row
from kb.engines.duckdb.facts import found_value
from kb.engines.duckdb.lines.determined import DeterminedLines
from kb.engines.duckdb.output.from_predicates import DETERMINED
from kb.engines.duckdb.output.relations import make_relation
from kb.engines.duckdb.rounds import check_ended, run_rounds
from kb.engines.limits import MOST_FOUND, MOST_GROWTH
from kb.language.ast import Key
from kb.language.growth import growth_in
from kb.language.values import Row

ANSWERS = "answers of the goal"
"""The table of the answers, each once and in their order."""

_OFTEN = 3
"""From so many statements on, the lines are kept as a table and not read anew for each."""

_AT_ONCE = 10_000

_FOUND_OF_A_LINE = 50
"""Combinations of values that a statement may try for each line of all claims."""

_GROWTH_OF_A_LINE = 100
"""Rows of a recursion that calculates, for each line of all claims."""


class Inexact(Exception):
    """A number that a goal needs does not exist, or has no exact decimal."""


@dataclass
class GoalRun:
    """One goal over the relations of many claims.

    Parameters
    ----------
    inputs : ClaimInputs
        As ``read_inputs`` returns them.
    plan : GoalPlan
        The goal as statements.
    watch : callable, optional
        Called after each statement with how much is done, from 0 to 1.
    lines : DeterminedLines, optional
        They answer the predicates that the plan takes as given.
    """

    inputs: ClaimInputs
    plan: GoalPlan
    watch: Callable[[float], None] | None = None
    lines: DeterminedLines | None = None

    def run(self) -> int:
        """Make the table of the answers; return how many there are.

        Raises
        ------
        Inexact
            If a number that the goal needs cannot be computed exactly.
        """
        self.compute()
        (count,) = one_row(self.inputs.connection, f"SELECT count(*) FROM {identifier(ANSWERS)}")
        return int(count)

    def compute(self) -> None:
        """Make the tables of the predicates that are wanted.

        Raises
        ------
        Inexact
            If a number that they need cannot be computed exactly.
        """
        plan = self.plan
        often = len(plan.components) >= _OFTEN
        given = [key for key in plan.inputs if self.lines is not None and key in DETERMINED]
        others = [key for key in plan.inputs if key not in given]
        self.inputs.make(others, plan.catalog, often)
        for key in given:
            assert self.lines is not None
            make_relation(self.lines, key, plan.catalog, self.inputs.type_of)
        steps = list(plan.steps(self.inputs.scans))
        last = _last_uses(steps, plan.wanted)
        for number, step in enumerate(steps, 1):
            self._step(step)
            self._settle(step)
            for key in last.get(number, ()):
                self._execute(f"DROP TABLE {identifier(plan.catalog[key].name)}")
            if self.watch is not None:
                self.watch(number / len(steps))

    @cached_property
    def _most(self) -> int:
        """How many combinations of values a statement may try."""
        return max(MOST_FOUND, _FOUND_OF_A_LINE * self._lines)

    @cached_property
    def _most_growth(self) -> int:
        """How many rows a recursion may find that calculates."""
        return max(MOST_GROWTH, _GROWTH_OF_A_LINE * self._lines)

    @cached_property
    def _lines(self) -> int:
        (count,) = one_row(self.inputs.connection, f"SELECT count(*) FROM {LINES}")
        return int(count)

    def _execute(self, sql: str) -> Result:
        return self.inputs.connection.execute(sql)

    def _step(self, step: Step) -> None:
        catalog, made = self.plan.catalog, step.statement
        growth = growth_in(step.component.rules) if step.component.recursive else None
        if isinstance(made, Fixpoint):
            tables = {key: catalog[key] for key in made.keys}
            for key, query in made.base.items():
                self._create("TABLE", catalog[key].name, _text(query))
            rounds = [(key, _text(query)) for key, query in made.steps]
            most = self._most_growth if growth is not None else 0
            run_rounds(self.inputs.connection, tables, rounds, self.inputs.type_of, growth, most)
        elif growth is not None:
            table, most = catalog[made.key], self._most_growth
            sql = f"SELECT * FROM ({_text(made.query)}) LIMIT {most + 1}"
            self._create("TABLE", table.name, sql)
            check_ended(self.inputs.connection, table, growth, most)
        elif made.key[0] == ANSWER:
            with too_many_at(step.component.rules):
                sql = bounded(made.query, step.component.rules, self._most)
                self._create("TABLE", ANSWERS, f"SELECT * FROM ({sql}) ORDER BY ALL")
        elif step.is_view:
            query = made.query.copy()
            query.set("distinct", None)
            self._create("VIEW", catalog[made.key].name, _text(query))
        else:
            with too_many_at(step.component.rules):
                sql = bounded(made.query, step.component.rules, self._most)
                self._create("TABLE", catalog[made.key].name, sql)

    def _create(self, kind: str, name: str, sql: str) -> None:
        self._execute(f"CREATE TEMP {kind} {identifier(name)} AS {sql}")

    def _settle(self, step: Step) -> None:
        """Refuse an answer that a number without an exact decimal would be missing from."""
        assert isinstance(step.statement, (Fixpoint, Relationship))
        for doubt in step.statement.doubts:
            if self._execute(f"{_text(doubt)} LIMIT 1").fetchone() is not None:
                raise Inexact


def answer_rows(connection: Connection, has_columns: bool) -> Iterator[Row]:
    """Yield the rows of the table of answers, each number in its shortest form.

    Parameters
    ----------
    connection : Connection
        Where the tables are.
    has_columns : bool
        Whether the goal asks for anything; one that holds and asks for nothing has an empty row.
    """
    found = connection.execute(f"SELECT * FROM {identifier(ANSWERS)}")
    while rows := found.fetchmany(_AT_ONCE):
        for row in rows:
            yield tuple(map(found_value, row)) if has_columns else ()


def _last_uses(steps: Iterable[Step], kept: Iterable[Key]) -> dict[int, list[Key]]:
    """The tables that no statement reads behind one of them, by its number."""
    last: dict[Key, int] = {}
    made: set[Key] = set()
    for number, step in enumerate(steps, 1):
        for key in step.reads:
            last[key] = number
        if not step.is_view:
            made.update(step.component.keys)
    found: dict[int, list[Key]] = {}
    made.difference_update(kept)
    for key, number in last.items():
        if key in made:
            found.setdefault(number, []).append(key)
    return {number: sorted(keys) for number, keys in found.items()}


def _text(query: Sql) -> str:
    return str(query.sql(dialect="duckdb"))
