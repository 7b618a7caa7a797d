"""The second opinion itself: claims worked out by hand, and every clause reached at random."""

from __future__ import annotations

from collections import Counter
from datetime import date
from decimal import Decimal
from fractions import Fraction

from facts.claim import ClaimLine, Diagnosis, Evidence, Override
from tests.kb.policies.adjudicator import adjudicate
from tests.kb.policies.adjudicator_sets import FIRST_DAY
from tests.kb.policies.random_claims import random_case

DAY = date(2018, 6, 1)


def line(number: int = 1, form: str = "cms1500", day: date = DAY, **fields: object) -> ClaimLine:
    return ClaimLine("C1", number, form, day, **fields)  # type: ignore[arg-type]


def cited(*clauses: str) -> frozenset[tuple[str, str]]:
    pairs = (clause.split(":") for clause in clauses)
    return frozenset((f"R14-{clause}", effect) for clause, effect in pairs)


def test_a_professional_infusion_in_a_facility_is_denied() -> None:
    verdict = adjudicate([line(procedure_code="96377", place_of_service="22")])[1]
    assert verdict[:3] == ("denied", cited("FAC-1:denied"), None)


def test_an_infusion_beside_surgery_is_incidental_unless_it_was_the_reason() -> None:
    lines = [
        line(1, "ub04", type_of_bill="131", procedure_code="96365"),
        line(2, "ub04", type_of_bill="131", procedure_code="10004"),
    ]
    assert adjudicate(lines)[1][:3] == ("bundled", cited("FAC-7:bundled"), None)
    reason = [Evidence("C1", 1, "primary_reason_for_visit", "yes")]
    assert adjudicate(lines, reason)[1][:3] == ("reimbursable", frozenset(), None)


def test_the_smallest_limit_counts() -> None:
    evidence = [
        Evidence("C1", None, "administered_dose", Decimal(75)),
        Evidence("C1", None, "administered_units", Decimal(3)),
    ]
    billed = line(procedure_code="J1200", units=Decimal(75), place_of_service="11")
    verdict = adjudicate([billed], evidence)[1]
    assert verdict[:3] == ("reduced", cited("BIL-1:reduced", "BIL-4:reduced"), Fraction(2))


def test_supplies_fall_with_the_drug_and_an_override_lifts_both() -> None:
    lines = [
        line(1, procedure_code="J1200", units=Decimal(1), plan_id="P"),
        line(2, procedure_code="A4222", plan_id="P"),
    ]
    evidence = [Evidence("C1", 1, "coverage_criteria_met", "no")]
    verdicts = adjudicate(lines, evidence)
    assert verdicts[1].citations == cited("NOT-1:denied")
    assert verdicts[2][:3] == ("denied", cited("NOT-3:denied"), None)
    verdicts = adjudicate(lines, evidence, [Override("plan", "P", "R14-NOT-1", "waived")])
    assert verdicts[1][:3] == ("reimbursable", cited("SCP-2:override"), None)
    assert verdicts[2][:3] == ("reimbursable", frozenset(), None)


def test_lines_out_of_scope_count_for_no_other() -> None:
    lines = [
        line(1, "dental", procedure_code="96365", place_of_service="11"),
        line(2, procedure_code="A4206", place_of_service="11"),
    ]
    verdicts = adjudicate(lines)
    assert verdicts[1][:3] == ("not_addressed", cited("SCP-1:scope"), None)
    assert verdicts[2][:3] == ("reimbursable", frozenset(), None)


def test_therapies_need_modifiers_in_order() -> None:
    marks = ((), ("59", "SJ"), ("59", "SJ"))
    lines = [
        line(n, procedure_code="S9338", modifiers=m, place_of_service="12", prior_authorization="A")
        for n, m in enumerate(marks, 1)
    ]
    outcomes = [verdict.outcome for verdict in adjudicate(lines).values()]
    assert outcomes == ["reimbursable", "denied", "reimbursable"]


def test_a_mismatch_on_the_claim_denies_the_blood() -> None:
    blood = line(
        form="ub04",
        type_of_bill="111",
        revenue_code="0390",
        diagnoses=(Diagnosis("T80310A", "N"),),
    )
    expected = cited("SCP-5:scope", "COV-4:supports", "FAC-5:denied")
    assert adjudicate([blood])[1][:3] == ("denied", expected, None)


def test_random_claims_reach_every_clause_and_every_outcome() -> None:
    clauses: Counter[str] = Counter()
    outcomes: Counter[str] = Counter()
    for seed in range(3000):
        case = random_case(seed)
        verdicts = adjudicate(*case, told=seed < 300)
        assert set(verdicts) == {item.line_number for item in case.lines}
        again = adjudicate(case.lines[::-1], case.evidence[::-1], *case[2:], told=seed < 300)
        assert verdicts == again
        for verdict in verdicts.values():
            outcomes[verdict.outcome] += 1
            clauses.update(clause for clause, _ in verdict.citations)
    assert set(clauses) == set(FIRST_DAY)
    assert len(outcomes) == 6


def test_a_seed_stands_for_one_claim() -> None:
    assert random_case(7) == random_case(7)
