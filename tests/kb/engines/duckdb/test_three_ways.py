"""pyDatalog, DuckDB and SWI-Prolog give the same answers on random programs."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings

pytest.importorskip("duckdb")
pytest.importorskip("sqlglot")

from kb.engines.duckdb.session import DuckDBEngine
from kb.engines.protocol import Facts
from kb.engines.pydatalog import PyDatalogEngine
from kb.language.parser import parse_program, parse_query
from tests.kb.engines.duckdb.test_random_programs import with_inputs
from tests.kb.engines.programs import Options, RandomCase, random_cases, unchecked
from tests.oracle.swi import OracleCase, ask_swi, needs_swipl


@needs_swipl
@settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))
@given(random_cases(Options(division=False, any_extremes=False)))
def test_three_engines_agree(case: RandomCase) -> None:
    [expected] = ask_swi(case.program, [OracleCase(case.facts, case.queries)])
    first = PyDatalogEngine().open(unchecked(case.program), case.facts)
    second = DuckDBEngine(threads=1).open(unchecked(with_inputs(case.program)), case.facts)
    try:
        assert [first.answers(query) for query in case.queries] == expected
        assert [second.answers(query) for query in case.queries] == expected
    finally:
        second.close()


@needs_swipl
def test_an_extreme_of_nothing_does_not_exist_even_if_it_is_asked_for_by_its_value() -> None:
    program, _ = parse_program("most(M) :- aggregate_all(max(X), n(X), M).", "p.pl")
    query = parse_query("most(3)")
    facts: Facts = {"n": {}}
    assert ask_swi(program, [OracleCase(facts, [query])]) == [[[]]]
    assert PyDatalogEngine().open(unchecked(program), facts).answers(query) == []
    assert DuckDBEngine(threads=1).open(unchecked(program), facts).answers(query) == []
