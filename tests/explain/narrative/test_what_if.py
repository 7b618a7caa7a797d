"""What a narrative says that a fact would change comes true when the fact is put on file."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from explain import narrative_of, why
from explain.english.terms import outcome_text
from explain.narrative.model import Change, Narrative
from kb.cases.runner import Case, read_cases
from kb.claims.determine import determine
from kb.policy.loader import load_policy

POLICY = load_policy("r14")
CASES, _ = read_cases(POLICY.folder)


def adverse(case: Case) -> Iterator[tuple[str, int, Narrative]]:
    known = case.knowledge_base(POLICY).with_claims(case.lines, case.evidence, case.overrides)
    for claim_id in known.claims:
        loaded = known.claim(claim_id)
        for determination in determine(loaded):
            narrative = narrative_of(why(loaded, determination.line_number))
            if narrative.changes:
                yield claim_id, determination.line_number, narrative


def outcome_with(case: Case, claim_id: str, number: int, changes: list[Change]) -> str:
    """Determine the case anew with some facts put into its input."""
    lines: list[dict[str, Any]] = [dict(line) for line in case.lines]
    evidence: list[dict[str, Any]] = [dict(item) for item in case.evidence]
    (line,) = (one for one in lines if int(one["line_number"]) == number)
    for change in changes:
        if change.kind == "claim":
            before = str(line.get(change.name, "")).split() if change.name == "modifiers" else []
            added = [part for part in (change.value or "ANY1").split() if part not in before]
            line[change.name] = " ".join([*before, *added])
            continue
        evidence = [
            item
            for item in evidence
            if item["evidence"] != change.name or str(item.get("line_number", "")) != str(number)
        ]
        evidence.append(
            {
                "claim_id": claim_id,
                "line_number": number,
                "evidence": change.name,
                "value": change.value or "any",
            }
        )
    known = case.knowledge_base(POLICY)
    found = known.adjudicate(lines, evidence, case.overrides)
    assert not [one for one in found.diagnostics if one.severity == "error"]
    (outcome,) = (
        one.outcome for one in found if (one.claim_id, one.line_number) == (claim_id, number)
    )
    return outcome_text(outcome)


@pytest.mark.parametrize(
    "case", [case for case in CASES if case.fires or case.strict], ids=lambda case: case.name
)
def test_a_change_comes_true(case: Case) -> None:
    for claim_id, number, narrative in adverse(case):
        together = [change for change in narrative.changes if change.text.startswith("together")]
        for change in narrative.changes:
            facts = together if change in together else [change]
            said = outcome_with(case, claim_id, number, facts)
            assert change.outcome == said, change
            assert change.stays == (said == outcome_text(narrative.headline.outcome))


def test_some_changes_lift_and_some_do_not() -> None:
    changes = [
        change
        for case in CASES
        if case.fires and case.clause_id in ("R14-HOM-3", "R14-FAC-7", "R14-NOT-4", "R14-FAC-5")
        for _, _, narrative in adverse(case)
        for change in narrative.changes
        if change.clause_id
    ]
    assert {change.stays for change in changes} == {True, False}
