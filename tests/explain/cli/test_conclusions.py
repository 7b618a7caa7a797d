"""Whatever a policy's rules conclude: they are refused, or every line gets its determination."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from facts.diagnostic import ProgramError
from kb import KnowledgeBase
from kb.model.clause import EFFECTS
from tests.explain.cli.small_policy import FILES, write_policy
from tests.kb.example_lines import line

RULES = (
    "applies(C, L, 'S1-1', E) :- drug(C, L), hard(E).",
    "applies(C, L, K, denied) :- drug(C, L), named(K).",
    "applies(C, L, K, E) :- drug(C, L), named(K), hard(E).",
    "applies(C, L, K, E) :- drug(C, L), named(K), clause_effect(K, E).",
    "applies(C, L, 'S1-1', E) :- drug(C, L), hard(F), E = F.",
    "applies(C, L, 'S1-1', E) :- drug(C, L), E = denyed.",
    "applies(C, L, 'S1-1', E) :- procedure(C, L, E).",
    "applies(C, L, 'S1-1', E) :- procedure(C, L, E), clause_effect(_, E).",
    "excludes(C, L, K) :- drug(C, L), named(K).",
    "excludes(C, L, K) :- drug(C, L), clause_from(K, _).",
    "excludes(C, L, K) :- procedure(C, L, K).",
    "overriding(plan, K) :- named(K).",
    "lacks(C, L, K, order) :- drug(C, L), named(K).",
    "reduces(C, L, K, 1) :- drug(C, L), named(K).",
    "reading(C, L, K, 1) :- drug(C, L), named(K).",
    "hard(denied).",
    "hard(denyed).",
    "hard(E) :- softer(E).",
    "softer(bundled).",
    "softer(E) :- hard(E).",
    "softer(E) :- line(C, L), procedure(C, L, E).",
    "named('S1-1').",
    "named('S1-2').",
    "named('S1-9').",
    "named(K) :- clause_effect(K, _).",
)
KNOWN = "hard(supports).\nsofter(supports).\nnamed('S1-2').\n"
CLAIM = [
    line(procedure_code="J1200", plan_id="P"),
    line(line_number=2, procedure_code="99213", plan_id="P"),
]
OVERRIDE = {"authority": "plan", "authority_id": "P", "clause_id": "S1-1", "effect": "denied"}


@settings(
    deadline=None,
    max_examples=40,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(st.lists(st.sampled_from(RULES), max_size=4, unique=True))
def test_no_conclusion_is_without_its_determination(tmp_path: Path, rules: list[str]) -> None:
    try:
        knowledge = _load(tmp_path, rules)
    except ProgramError:
        return
    determinations = knowledge.adjudicate(CLAIM, overrides=[OVERRIDE]).determinations
    assert len(determinations) == 2
    for citation in (each for one in determinations for each in one.citations):
        assert citation.effect in EFFECTS
        assert citation.clause_id in knowledge.policy.clauses


EFFECT, CLAUSE = RULES[0], RULES[8]
REFUSED = (
    [EFFECT, "hard(denyed)."],
    [EFFECT, "hard(E) :- softer(E).", "softer(denyed)."],
    [EFFECT, "softer(E) :- line(C, L), procedure(C, L, E).", "hard(E) :- softer(E)."],
    [CLAUSE, "named('S1-9')."],
    ["applies(C, L, 'S1-1', E) :- drug(C, L), E = denyed."],
    ["applies(C, L, 'S1-1', E) :- procedure(C, L, E)."],
    ["excludes(C, L, K) :- procedure(C, L, K)."],
)
ACCEPTED = (
    ["hard(denyed).", "named('S1-9')."],
    [EFFECT, "hard(E) :- softer(E).", "softer(E) :- hard(E)."],
    [CLAUSE, "named('S1-1').", "named(K) :- clause_effect(K, _)."],
    ["applies(C, L, 'S1-1', E) :- procedure(C, L, E), clause_effect(_, E)."],
    ["applies(C, L, K, E) :- drug(C, L), named(K), clause_effect(K, E)."],
)


def _load(folder: Path, rules: list[str]) -> KnowledgeBase:
    write_policy(folder)
    text = FILES["rules.pl"] + KNOWN + "\n".join(rules) + "\n"
    (folder / "rules.pl").write_text(text, encoding="utf-8")
    return KnowledgeBase.load(folder)


@pytest.mark.parametrize("rules", REFUSED, ids=" ".join)
def test_what_no_determination_can_have_is_refused(tmp_path: Path, rules: list[str]) -> None:
    with pytest.raises(ProgramError) as caught:
        _load(tmp_path, rules)
    (fault,) = caught.value.diagnostics
    assert "effect" in fault.message or "clause" in fault.message


@pytest.mark.parametrize("rules", ACCEPTED, ids=" ".join)
def test_what_can_be_concluded_is_accepted(tmp_path: Path, rules: list[str]) -> None:
    assert len(_load(tmp_path, rules).adjudicate(CLAIM)) == 2
