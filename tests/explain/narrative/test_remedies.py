"""What to do with a line: sets of documents that pay it, all of them, and no others."""

from __future__ import annotations

from itertools import combinations
from typing import Any

import pytest

from explain.explanation import why
from explain.narrative.remedies import Remedy, remedy_of
from explain.text.remedies import remedy_text
from kb.knowledge_base import KnowledgeBase
from kb.model.clause import ACTIONS, ADVERSE_EFFECTS
from kb.policy.lint import policy_remarks
from tests.explain.cli.small_policy import write_policy
from tests.kb.policies.random_claims import random_case

KB = KnowledgeBase.load("r14")


def line(**more: Any) -> dict[str, Any]:
    return {
        "claim_id": "C",
        "line_number": 1,
        "claim_form": "cms1500",
        "service_date": "2018-06-01",
        "place_of_service": "11",
        "procedure_code": "J1200",
        "units": 1,
        **more,
    }


def filed(**values: str) -> list[dict[str, str]]:
    return [{"claim_id": "C", "evidence": name, "value": value} for name, value in values.items()]


def remedy(lines: list[dict[str, Any]], evidence: list[Any], number: int = 1) -> Remedy:
    found = remedy_of(why(KB.with_claims(lines, evidence).claim("C"), number))
    assert found is not None
    return found


def test_three_documents_together() -> None:
    found = remedy(
        [line()],
        filed(physician_order="no", administration_documented="no", coverage_criteria_met="no"),
    )
    assert found.action == "document"
    assert found.documents == (
        (
            ("administration_documented", "yes"),
            ("coverage_criteria_met", "yes"),
            ("physician_order", "yes"),
        ),
        (
            ("administration_documented", "yes"),
            ("fda_approved_indication", "yes"),
            ("physician_order", "yes"),
        ),
    )
    assert found.complete


def test_a_clause_that_bars() -> None:
    """One that a document would lift does not help where another one bars the line."""
    lines = [line(procedure_code="96365", place_of_service="22")]
    found = remedy(lines, [])
    assert (found.action, found.documents, found.barred_by) == ("accept", (), ("R14-FAC-1",))
    assert found.corrections[0][0] == "R14-FAC-1"
    text = remedy_text(found, why(KB.with_claims(lines).claim("C"), 1).explainer.sentences)
    assert "cannot be won by documents: R14-FAC-1 bars it" in text
    assert "if it was billed wrongly" in text


def test_a_paid_line_needs_nothing() -> None:
    known = KB.with_claims([line()]).claim("C")
    assert remedy_of(why(known, 1)) is None


@pytest.mark.parametrize("seed", [40_003, 40_011, 40_021, 50_004, 60_013])
def test_no_set_of_documents_is_missed_or_wrong(seed: int) -> None:
    """Every single piece of evidence is tried by adjudicating: those that pay are those found."""
    case = random_case(seed)
    kb = KnowledgeBase.load("r14")
    loaded = kb.with_claims(case.lines, case.evidence)
    for claim_id in list(loaded.claims)[:1]:
        held = loaded.claim(claim_id)
        for each in held.claim.lines[:3]:
            explanation = why(held, each.line_number)
            found = remedy_of(explanation)
            if found is None:
                continue
            pays = set()
            for name, kind in kb.policy.evidence_types.items():
                for value in kind.choices:
                    if kind.several:
                        continue
                    others = [
                        item
                        for item in case.evidence
                        if item.name != name or item.line_number not in (each.line_number, None)
                    ]
                    more = {"claim_id": claim_id, "line_number": each.line_number}
                    item = {**more, "evidence": name, "value": value}
                    kept = [*map(_row, others), item]
                    outcomes = {
                        one.line_number: one.outcome
                        for one in kb.adjudicate(case.lines, kept)
                        if one.claim_id == claim_id
                    }
                    if outcomes[each.line_number] == "reimbursable":
                        pays.add((name, value))
            single = {documents[0] for documents in found.documents if len(documents) == 1}
            choices = {pair for pair in single if kb.policy.evidence_types[pair[0]].choices}
            assert choices == pays
            for one, other in combinations(found.documents, 2):
                assert not set(one) <= set(other)


def _row(item: Any) -> dict[str, Any]:
    row = {"claim_id": item.claim_id, "evidence": item.name, "value": str(item.value)}
    return row if item.line_number is None else {**row, "line_number": item.line_number}


def test_every_adverse_clause_of_r14_says_what_to_do() -> None:
    for clause in KB.policy.clauses.values():
        adverse = clause.effect in ADVERSE_EFFECTS
        assert (clause.action in ACTIONS, bool(clause.action_reason)) == (adverse, adverse)


def test_a_policy_without_actions_loads_and_is_left_in_peace(tmp_path: Any) -> None:
    folder = write_policy(tmp_path)
    assert not any(
        "what to do" in each.message for each in policy_remarks(KnowledgeBase.load(folder).policy)
    )
    register = folder / "clauses.toml"
    text = register.read_text(encoding="utf-8")
    register.write_text(
        text.replace('group = "CO"', 'group = "CO"\naction = "document"'), encoding="utf-8"
    )
    told = [each.message for each in policy_remarks(KnowledgeBase.load(folder).policy)]
    assert "clause `S1-1` does not say why to do that" in told
