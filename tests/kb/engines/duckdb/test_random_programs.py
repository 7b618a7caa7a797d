"""DuckDB answers as naive evaluation and pyDatalog do, or says that it cannot be exact."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings

pytest.importorskip("duckdb")
pytest.importorskip("sqlglot")

from facts.diagnostic import QueryError
from facts.schema import Column
from kb.engines.duckdb.session import DuckDBEngine
from kb.engines.pydatalog import PyDatalogEngine
from kb.language.ast import Declaration, Program
from tests.kb.engines.programs import INPUTS, Options, RandomCase, random_cases, unchecked
from tests.kb.engines.reference import evaluate_program, query_answers

QUICK = {"deadline": None, "suppress_health_check": list(HealthCheck)}


def with_inputs(program: Program) -> Program:
    """A program that also declares what facts assert, as checked programs do."""
    inputs = tuple(
        Declaration(name, tuple(Column(f"c{i}", kind) for i, kind in enumerate(kinds)), name)
        for name, kinds in INPUTS.items()
    )
    return replace(program, declarations=(*inputs, *program.declarations))


@settings(max_examples=40, **QUICK)
@given(random_cases(Options(division=False)))
def test_agrees_with_naive_evaluation_and_pydatalog(case: RandomCase) -> None:
    relations = evaluate_program(case.program, case.facts)
    other = PyDatalogEngine().open(unchecked(case.program), case.facts)
    session = DuckDBEngine(threads=1).open(unchecked(with_inputs(case.program)), case.facts)
    try:
        for query in case.queries:
            expected = query_answers(relations, query)
            assert session.answers(query) == expected
            assert other.answers(query) == expected
    finally:
        session.close()


@settings(max_examples=25, **QUICK)
@given(random_cases(Options(division=True)))
def test_is_exact_or_says_that_it_cannot_be(case: RandomCase) -> None:
    relations = evaluate_program(case.program, case.facts)
    session = DuckDBEngine(threads=1).open(unchecked(with_inputs(case.program)), case.facts)
    try:
        for query in case.queries:
            refused = ""
            try:
                answers = session.answers(query)
            except QueryError as fault:
                refused = fault.diagnostics[0].message
            if refused:
                assert "cannot be computed exactly" in refused
            else:
                assert answers == query_answers(relations, query)
    finally:
        session.close()
