from __future__ import annotations

import json

import networkx
import pytest

from explain import prove, verify, why, why_not, why_not_outcome
from facts.diagnostic import QueryError, UsageError
from kb.cases.runner import Case, read_cases
from kb.claims.determine import determine
from kb.knowledge_base import KnowledgeBase
from kb.language.ast import Atom, Constant, Variable
from kb.policy.loader import load_policy

POLICY = load_policy("r14")
CASES, _ = read_cases(POLICY.folder)


def loaded_claims(case: Case):
    base = case.knowledge_base(POLICY)
    known = base.with_claims(case.lines, case.evidence, case.overrides)
    return [known.claim(claim_id) for claim_id in known.claims]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_every_case_is_explained_as_it_is_determined(case: Case) -> None:
    for loaded in loaded_claims(case):
        for determination in determine(loaded):
            found = why(loaded, determination.line_number)
            assert found.outcome == determination.outcome
            assert [(one.clause.clause_id, one.effect) for one in found.citations] == [
                (one.clause_id, one.effect) for one in determination.citations
            ]
            assert [
                tuple(reading.number for reading in one.readings) for one in found.citations
            ] == [one.readings for one in determination.citations]
            assert len(found.missing) == len(determination.missing_evidence)
            assert len(found.assumptions) == len(determination.assumptions)
            for proof in found.proofs:
                assert networkx.is_directed_acyclic_graph(proof.graph)
                for leaf in proof.leaves:
                    assert leaf.origins or leaf.kind != "fact"
                    assert "{" not in leaf.text
            for citation in found.citations:
                assert citation.clause.clause_id in citation.proof.clause_ids
                assert citation.clause.clause_id in found.text
            document = json.loads(json.dumps(found.to_json()))
            checked = verify(
                document,
                program=POLICY.program,
                program_sha256=POLICY.program_sha256,
                facts=loaded.facts,
            )
            assert checked.accepted, checked.text


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_what_is_not_cited_can_be_asked_for(case: Case) -> None:
    for loaded in loaded_claims(case):
        for determination in determine(loaded):
            found = why_not(loaded, determination.line_number, case.clause_id)
            assert found.holds == (case.clause_id in determination.clause_ids)
            for miss in found.misses:
                assert miss.failures
            assert found.text
            assert json.dumps(found.to_json())


LINES = [
    {
        "claim_id": "C1",
        "line_number": number,
        "claim_form": "ub04",
        "service_date": "2018-10-01",
        "type_of_bill": "131",
        "revenue_code": revenue_code,
        "procedure_code": code,
        "units": 1,
    }
    for number, revenue_code, code in [(1, "0260", "96365"), (2, "0360", "49505")]
]


@pytest.fixture(scope="module")
def known() -> KnowledgeBase:
    return KnowledgeBase(POLICY).with_claims(LINES)


def test_an_explanation_ends_with_the_clause_and_the_exceptions_tried(known) -> None:
    text = why(known.claim("C1"), 1).text
    rows = text.splitlines()
    assert rows[0] == "Claim C1, line 1: bundled"
    assert (
        "not excepted: nothing on file for line 1 says that "
        "the infusion or injection is why the patient came"
    ) in rows
    start = rows.index("R14-FAC-7: Infusion incidental to main service")
    assert rows[start + 2 : start + 5] == [
        '  policy document, section "Facility", lines 113, 379-400',
        "  CARC 97: included in the payment of another service",
        "  RARC N19: incidental to the primary procedure",
    ]
    assert "line 2 is not line 1" in text
    assert "2018-05-19 is on or before 2018-10-01" in text
    assert text.isascii()


def test_the_nearest_miss_names_what_stands_in_its_place(known) -> None:
    text = why_not(known.claim("C1"), 1, "R14-FAC-1").text
    assert text.startswith("R14-FAC-1 is not cited on line 1 of claim C1\n")
    assert "fails: line 1 has no claim form CMS-1500" in text
    assert "found: line 1 has claim form UB-04" in text
    assert "needed: line 1 has claim form CMS-1500" in text


def test_why_an_outcome_is_not_reached(known) -> None:
    found = why_not_outcome(known.claim("C1"), 1, "reimbursable")
    assert "not separately reimbursed under R14-FAC-7" in found.text
    assert "would lift it, on file: the infusion or injection is why the patient came" in found.text
    assert why_not_outcome(known.claim("C1"), 1, "bundled").holds


def test_a_goal_is_proved_by_its_first_answer(known) -> None:
    proof = prove(known, "bundled(C, L, Clause)", C="C1")
    assert proof.root.label == "bundled('C1', 1, 'R14-FAC-7')"
    assert proof.text == prove(known.claim("C1"), "bundled(_, L, _)", L=1).text
    assert prove(known, "denied(C, L, _)") is None
    assert prove(known, "bundled(C, L, _)", C="other") is None
    atom = Atom("outcome", (Constant("C1"), Constant(2), Variable("X")))
    assert prove(known, atom).root.text == "the outcome of line 2 is not addressed"


@pytest.mark.parametrize(
    ("goal", "bound", "message"),
    [
        ("bundled(C, L)", {}, "`bundled` takes 3 arguments, not 2"),
        ("bundled(C, L, K), line(C, L)", {}, "a proof is of one atom"),
        ("\\+ bundled('C1', 1, 'R14-FAC-7')", {}, "a proof is of one atom"),
        ("bundled(C, L, K)", {"Claim": "C1"}, "the goal has no variable `Claim`"),
    ],
)
def test_a_goal_that_cannot_be_proved_is_told(known, goal, bound, message) -> None:
    with pytest.raises(QueryError) as caught:
        prove(known, goal, **bound)
    assert [fault.message for fault in caught.value.diagnostics] == [message]


@pytest.mark.parametrize(
    ("ask", "message", "help"),
    [
        (lambda claim: why(claim, 9), "claim `C1` has no line `9`", "its lines: 1, 2"),
        (
            lambda claim: why_not(claim, 1, "R14-FAC-77"),
            "the policy has no clause `R14-FAC-77`",
            "did you mean `R14-FAC-7`?",
        ),
        (
            lambda claim: why_not_outcome(claim, 1, "paid"),
            "there is no outcome `paid`",
            "one of denied, bundled, reduced, pended, reimbursable, not_addressed",
        ),
    ],
)
def test_what_is_not_there_is_told(known, ask, message, help) -> None:
    with pytest.raises(UsageError) as caught:
        ask(known.claim("C1"))
    (diagnostic,) = caught.value.diagnostics
    assert (diagnostic.message, diagnostic.help) == (message, help)


def test_one_claim_never_speaks_of_another(known) -> None:
    other = [{**line, "claim_id": "SECRET", "rendering_provider": "HIDDEN"} for line in LINES]
    both = KnowledgeBase(POLICY).with_claims([*LINES, *other])
    document = json.dumps(why(both.claim("C1"), 1).to_json())
    assert "SECRET" not in document
    assert "HIDDEN" not in document
