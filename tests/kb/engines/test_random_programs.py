from __future__ import annotations

from hypothesis import HealthCheck, given, settings

from kb.engines.pydatalog import PyDatalogEngine
from tests.kb.engines.programs import RandomCase, random_cases, unchecked
from tests.kb.engines.reference import evaluate_program, query_answers


@settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))
@given(random_cases())
def test_agrees_with_naive_evaluation(case: RandomCase) -> None:
    relations = evaluate_program(case.program, case.facts)
    session = PyDatalogEngine().open(unchecked(case.program), case.facts)
    for query in case.queries:
        assert session.answers(query) == query_answers(relations, query)
    for query in reversed(case.queries):
        assert session.answers(query) == query_answers(relations, query)
