"""The Python interface: bases that never change, rules and facts of a caller, faults, pickles."""

from __future__ import annotations

import pickle
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from itertools import count, islice
from typing import Any

import pytest

from explain import prove, why, why_not
from kb import ClausewiseError, InputError, KnowledgeBase, ProgramError, QueryError, UsageError
from tests.kb.example_lines import line

R14 = KnowledgeBase.load("r14")
KNOWN = R14.with_claims([line(), line("C2", place_of_service="11")])


def test_chained_claims_keep_what_was_there() -> None:
    dose = {"claim_id": "C3", "line_number": 1, "evidence": "administered_dose", "value": "75"}
    drug = line("C3", procedure_code="J1200", units=50, place_of_service="11")
    waiver = {"authority": "plan", "authority_id": "P1", "clause_id": "R14-FAC-1"}
    first = R14.with_claims([drug], [dose], [{**waiver, "effect": "waived"}])
    second = first.with_claims([line("C4", plan_id="P1"), line("C5")])
    assert list(second.claims) == ["C3", "C4", "C5"]
    assert list(first.claims) == ["C3"]
    outcomes = second.query("outcome(C, L, O)").rows
    assert outcomes == (("C3", 1, "reduced"), ("C4", 1, "reimbursable"), ("C5", 1, "denied"))
    third = second.with_claims(
        [], [{**dose, "line_number": None, "evidence": "physician_order", "value": "no"}]
    )
    assert third.query("outcome('C3', L, O)").rows == ((1, "denied"),)
    assert third.with_claims([line("C3")]).query("procedure('C3', L, X)").rows == ((1, "96365"),)


def test_evidence_that_contradicts_what_is_known_is_reported() -> None:
    fact = {"claim_id": "C1", "line_number": 1, "evidence": "physician_order"}
    first = R14.with_claims([line()], [{**fact, "value": "yes"}])
    second = first.with_claims([], [{**fact, "value": "no"}])
    [fault] = [each for each in second.diagnostics if each.severity == "error"]
    assert "`physician_order` has two values" in fault.message


def test_a_base_never_changes() -> None:
    with pytest.raises(UsageError, match="a knowledge base never changes: `policy`"):
        R14.policy = KNOWN.policy  # type: ignore[misc]
    with pytest.raises(TypeError):
        R14.settings["strict"] = "yes"  # type: ignore[index]


def test_rules_and_facts_of_a_caller() -> None:
    kb = KNOWN.with_facts("reviewed", [("C1", date(2018, 6, 1), Decimal("2.50"))])
    kb = kb.with_rules("hit(C, L) :- denied(C, L, _), reviewed(C, _, U), U > 2.")
    assert kb.query("hit(C, L)").rows == (("C1", 1),)
    assert kb.query("hit(C, L)", C="C2").rows == ()
    assert kb.query("reviewed(C, D, U)").rows == (("C1", "2018-06-01", Decimal("2.5")),)
    proof = prove(kb, "hit(C, L)")
    assert proof is not None
    assert "<rules>, row 1" in proof.text
    assert "<facts of reviewed>, row 1" in proof.text
    assert kb.policy.program_sha256 != KNOWN.policy.program_sha256
    assert "reviewed" not in KNOWN.policy.program.signature


@pytest.mark.parametrize(
    ("rules", "goal", "rows"),
    [
        ("hit(C, L) :- denied(C, L, _).", "hit(C, L)", (("C1", 1),)),
        ("hit(L, C) :- denied(C, L, _).", "hit(L, C)", ((1, "C1"),)),
        ("hit(C, L) :- denied(C, L, _), ours(C). ours('C1').", "hit(C, L)", (("C1", 1),)),
        ("hit(C) :- ours(C), \\+ denied(C, _, _). ours('C1'). ours('C9').", "hit(C)", (("C9",),)),
        (
            "two(C, D) :- procedure(C, _, X), procedure(D, _, X), C @< D.",
            "two(C, D)",
            (("C1", "C2"),),
        ),
        ("two(C) :- procedure(C, _, X), procedure(D, _, X), C @< D.", "two(C)", (("C1",),)),
        ("ours('C1'). ours('C9').", "ours(C)", (("C1",), ("C9",))),
    ],
)
def test_goals_over_rules_without_a_declaration_see_all_claims(
    rules: str, goal: str, rows: tuple[object, ...]
) -> None:
    """Such predicates have no column that is named as the claim."""
    assert KNOWN.with_rules(rules).query(goal).rows == rows


@pytest.mark.parametrize(
    ("act", "kind", "message"),
    [
        (lambda: R14.with_rules("hit(C :-"), ProgramError, "a parenthesis is not closed"),
        (lambda: R14.with_rules(None), UsageError, "rules cannot be `None`"),  # type: ignore[arg-type]
        (lambda: R14.with_rules("a(C) :- nothing(C)."), ProgramError, "unknown predicate"),
        (lambda: R14.with_facts("s", [(1, 2), (1,)]), ProgramError, "`s` takes 2 arguments, not 1"),
        (lambda: R14.with_facts("s", [(1.5,)]), QueryError, "`s, row 1, column 1`"),
        (lambda: R14.with_facts("s", ["ab"]), UsageError, "row 1 of `s`"),
        (lambda: R14.with_facts("s", 5), UsageError, "the facts of `s`"),  # type: ignore[arg-type]
        (lambda: R14.with_facts("line", [("C", 1)]), ProgramError, "input predicate"),
        (lambda: why(KNOWN.claim("C1"), "x"), UsageError, "a line number cannot be `x`"),  # type: ignore[arg-type]
        (lambda: why(KNOWN.claim("C1"), True), UsageError, "of the type `bool`"),
        (lambda: why("C1", 1), UsageError, "a claim to explain"),  # type: ignore[arg-type]
        (lambda: why_not("C1", 1, "R14-FAC-1"), UsageError, "a claim to explain"),  # type: ignore[arg-type]
        (
            lambda: R14.adjudicate([line()], on_error="explode"),  # type: ignore[arg-type]
            UsageError,
            "`on_error` cannot be `explode`",
        ),
    ],
)
def test_every_exception_is_one_of_ours(
    act: Callable[[], Any], kind: type[ClausewiseError], message: str
) -> None:
    with pytest.raises(kind) as caught:
        act()
    assert message in str(caught.value)


def test_a_line_number_may_be_text() -> None:
    assert why(KNOWN.claim("C1"), "1").outcome == "denied"  # type: ignore[arg-type]


def test_faults_are_gathered_or_raised() -> None:
    lines = [line(), line("BAD", units="abc"), line("BAD2", service_date="never")]
    assert len(R14.adjudicate(lines)) == 1
    with pytest.raises(InputError) as caught:
        R14.adjudicate(lines, on_error="raise")
    assert "`abc`" in str(caught.value)
    assert "`never`" in str(caught.value)
    assert len(R14.adjudicate([line()], on_error="raise")) == 1


def test_bases_results_and_proofs_can_be_pickled() -> None:
    kb = pickle.loads(pickle.dumps(KNOWN))
    assert kb.query("denied(C, L, K)").rows == KNOWN.query("denied(C, L, K)").rows
    assert kb.adjudicate([line()])[0] == R14.adjudicate([line()])[0]
    explanation = why(KNOWN.claim("C1"), 1)
    again = pickle.loads(pickle.dumps(explanation))
    assert again.text == explanation.text
    assert again.to_json() == explanation.to_json()
    assert pickle.loads(pickle.dumps(explanation.proof)).text == explanation.proof.text
    claim = pickle.loads(pickle.dumps(KNOWN.claim("C1")))
    assert why(claim, 1).text == explanation.text


def test_logs_have_one_name_and_no_value_of_a_claim(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO")
    R14.adjudicate([line("SECRET"), line("SECRET2", units="SECRET3")])
    assert caplog.record_tuples == [("clausewise", 20, "1 lines determined, 1 rejected")]


def test_a_stream_without_an_end_yields() -> None:
    endless = (line(f"C{number // 2}", number % 2 + 1) for number in count())
    taken = list(islice(R14.stream(endless), 5))
    assert [(each.claim_id, each.line_number) for each in taken] == [
        ("C0", 1),
        ("C0", 2),
        ("C1", 1),
        ("C1", 2),
        ("C2", 1),
    ]


def test_lines_of_a_stream_follow_each_other() -> None:
    lines = [line("A"), line("B"), line("A", 2)]
    assert len(R14.adjudicate(lines)) == 3
    result = R14.adjudicate(iter(lines))
    assert [each.claim_id for each in result] == ["A", "B"]
    assert (result.tally.lines_read, result.tally.lines_rejected) == (3, 1)
    assert "claim `A` occurs twice" in result.diagnostics[0].message


def test_a_base_says_what_it_is() -> None:
    assert repr(KNOWN) == "<KnowledgeBase of R14, version 2018-09-18: 63 clauses, 2 claims>"
