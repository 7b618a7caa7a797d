"""Every case of the policy folder, one test each, and every clause has both kinds."""

from __future__ import annotations

import pytest

from kb.cases.runner import Case, read_cases, run_case
from kb.policy.loader import load_policy

POLICY = load_policy("r14")
CASES, FAULTS = read_cases(POLICY.folder)


def test_the_cases_can_be_read() -> None:
    assert not FAULTS, FAULTS[0].render()


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.clause_id} {case.name}")
def test_case(case: Case) -> None:
    assert [fault.render() for fault in run_case(case, POLICY)] == []


def test_every_clause_has_a_claim_that_fires_it_and_a_near_miss() -> None:
    fired = {case.clause_id for case in CASES if case.fires}
    missed = {case.clause_id for case in CASES if not case.fires}
    assert fired == missed == set(POLICY.clauses)


def test_every_line_of_a_case_pins_its_outcome() -> None:
    for case in CASES:
        assert len(case.expected) == len(case.lines), case.name
