"""pyDatalog, DuckDB and SWI-Prolog give the same answers on random programs."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings

pytest.importorskip("duckdb")
pytest.importorskip("sqlglot")

from kb.engines.duckdb_engine import DuckDBEngine
from kb.engines.pydatalog import PyDatalogEngine
from tests.engines.programs import Options, RandomCase, random_cases
from tests.engines_duckdb.test_random_programs import with_inputs
from tests.oracle.swi import OracleCase, ask_swi, needs_swipl


@needs_swipl
@settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))
@given(random_cases(Options(division=False, any_extremes=False)))
def test_three_engines_agree(case: RandomCase) -> None:
    [expected] = ask_swi(case.program, [OracleCase(case.facts, case.queries)])
    first = PyDatalogEngine().open(case.program, case.facts)
    second = DuckDBEngine(threads=1).open(with_inputs(case.program), case.facts)
    try:
        assert [first.answers(query) for query in case.queries] == expected
        assert [second.answers(query) for query in case.queries] == expected
    finally:
        second.close()
