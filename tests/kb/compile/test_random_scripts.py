"""Random programs as scripts in each warehouse: the rows of naive evaluation, or a fault."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import HealthCheck, assume, given, settings

pytest.importorskip("duckdb")
pytest.importorskip("sqlglot")

from facts.diagnostic import ProgramError
from kb.compile.script.script import FAULTS, ScriptSource, script, script_text
from kb.compile.sql.dialects import dialect
from kb.engines.protocol import Facts
from kb.language.ast import Atom, Constant, Program, Rule
from tests.kb.compile.warehouse import Warehouse, rows_of
from tests.kb.engines.duckdb.test_random_programs import with_inputs
from tests.kb.engines.programs import INPUTS, Options, RandomCase, random_cases
from tests.kb.engines.reference import evaluate_program


def with_facts(program: Program, facts: Facts) -> Program:
    """A program that holds its facts."""
    rules = tuple(
        Rule(Atom(name, tuple(map(Constant, row))), ())
        for name, rows in facts.items()
        for row in rows
    )
    inputs = with_inputs(program)
    declared = tuple(item for item in inputs.declarations if item.columns)
    return replace(inputs, rules=(*rules, *program.rules), declarations=declared)


def test_the_rows_of_naive_evaluation(warehouse: Warehouse) -> None:
    run = {"told": 0, "compared": 0}

    @settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
    @given(random_cases(Options(division=True, empty=False)))
    def agrees(case: RandomCase) -> None:
        program = with_facts(case.program, case.facts)
        try:
            text = script_text(script(ScriptSource(program), dialect(warehouse.name)))
        except ProgramError as fault:
            assume(not fault.diagnostics)
        connection = warehouse.run({}, text)
        relations = evaluate_program(program, {})
        if (
            warehouse.quoted(FAULTS) in text
            and connection.execute(f"SELECT * FROM {FAULTS}").fetchall()
        ):
            run["told"] += 1
            return
        run["compared"] += 1
        for table, kinds in case.types.items():
            if table in INPUTS and not kinds:
                continue
            if warehouse.quoted(table) in text:
                expected = relations.get((table, len(kinds)), set())
                spread = f"CREATE VIEW {warehouse.quoted(table)}" in text
                assert set(rows_of(connection, table, len(kinds), spread)) == expected, table

    agrees()
    assert run["compared"] > run["told"]
