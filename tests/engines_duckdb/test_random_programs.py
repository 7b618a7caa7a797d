from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings

pytest.importorskip("duckdb")
pytest.importorskip("sqlglot")

from kb.engines.duckdb_engine import DuckDBEngine
from tests.engines.programs import Options, RandomCase, random_cases
from tests.engines.reference import evaluate_program, query_answers


@settings(max_examples=120, deadline=None, suppress_health_check=list(HealthCheck))
@given(random_cases(Options(division=False)))
def test_agrees_with_naive_evaluation(case: RandomCase) -> None:
    relations = evaluate_program(case.program, case.facts)
    session = DuckDBEngine(threads=1).open(case.program, case.facts)
    try:
        for query in case.queries:
            assert session.answers(query) == query_answers(relations, query)
    finally:
        session.close()
