"""SWI-Prolog answers the same on random programs."""

from __future__ import annotations

from hypothesis import HealthCheck, given, settings

from kb.engines.pydatalog import PyDatalogEngine
from tests.kb.engines.programs import Options, RandomCase, random_cases, unchecked
from tests.oracle.swi import OracleCase, ask_swi, needs_swipl


@needs_swipl
@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(random_cases(Options(any_extremes=False)))
def test_agrees_with_swi_prolog(case: RandomCase) -> None:
    session = PyDatalogEngine().open(unchecked(case.program), case.facts)
    [expected] = ask_swi(case.program, [OracleCase(case.facts, case.queries)])
    assert [session.answers(query) for query in case.queries] == expected
