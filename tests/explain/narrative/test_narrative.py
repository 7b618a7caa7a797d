"""The narrative of every case: what it holds, and that it is plain English."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from typing import Any

import pytest

from explain import Narrative, narrative_of, why
from explain.narrative.model import CitationNarrative
from facts.reference_sets import describe
from kb.cases.runner import Case, read_cases
from kb.claims.determine import determine
from kb.policy.loader import load_policy

POLICY = load_policy("r14")
CASES, _ = read_cases(POLICY.folder)


def narratives(case: Case) -> Iterator[tuple[Narrative, Any]]:
    known = case.knowledge_base(POLICY).with_claims(case.lines, case.evidence, case.overrides)
    for claim_id in known.claims:
        loaded = known.claim(claim_id)
        for determination in determine(loaded):
            yield narrative_of(why(loaded, determination.line_number)), determination


def texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, (tuple, list)):
        for part in value:
            yield from texts(part)
    elif is_dataclass(value):
        for field in fields(value):
            yield from texts(getattr(value, field.name))


NAMES = re.compile(r"\w+\.(pl|toml|csv)\b|\{\w*\}|\b(applies|cites|code_in)\b")
"""Names of ours that no reader of an export knows."""


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_the_narrative_of_every_case(case: Case) -> None:
    for narrative, determination in narratives(case):
        assert narrative.headline.outcome == determination.outcome
        assert [(one.clause_id, one.effect) for one in narrative.citations] == [
            (one.clause_id, one.effect) for one in determination.citations
        ]
        for citation, decided in zip(narrative.citations, determination.citations, strict=True):
            assert [code.code for code in citation.codes] == [
                code for code in (decided.carc, *decided.rarcs, decided.group) if code
            ]
            assert all(code.meaning for code in citation.codes)
            assert tuple(reading.number for reading in citation.readings) == decided.readings
            assert citation.reasons
            assert citation.facts
            assert all(fact.places for fact in citation.facts)
            assert all(related.title for related in citation.related)
            assert citation.place.document_lines
            waived = f"no plan and no contract waives {citation.clause_id} for line"
            assert any(waived in text for text in citation.not_excepted) == citation.is_adverse
            assert citation.sentence[0].isupper() or citation.sentence[0].isdigit()
        if narrative.is_adverse and any(one.is_adverse for one in narrative.citations):
            assert narrative.headline.clause_id == determination.clause_ids[0]
        assert len(narrative.assumptions) == len(determination.assumptions)
        assert [one.name for one in narrative.missing] == list(determination.missing_evidence)
        assert (narrative.allowed_units == "") == (determination.allowed_units is None)
        ids = [step.id for step in narrative.graph.steps]
        assert len(set(ids)) == len(ids)
        assert narrative.graph.steps[0].kind == "outcome"
        assert {end for edge in narrative.graph.edges for end in edge} <= set(ids)
        for text in texts(narrative):
            assert not NAMES.search(text), text


def test_the_meaning_of_codes_is_ours() -> None:
    assert describe("carc", "97") == "included in the payment of another service"


EXCEPTED = {
    "R14-FAC-2": "says that the blood is the patient's own, given ahead of planned surgery",
    "R14-FAC-5": "says that the condition was there on admission",
    "R14-FAC-7": "says that the infusion or injection is why the patient came",
    "R14-GEN-2": "does not carry modifier 25",
    "R14-GEN-3": "was precertified or need not be",
    "R14-HOM-1": "was precertified or need not be",
    "R14-HOM-3": "does not carry modifier ",
    "R14-NOT-2a": "says that the payer's pharmacy coverage criteria are met",
}
"""What an exception that was tried and failed says, by its clause."""


def test_exceptions_that_were_tried_stand_in_every_denial() -> None:
    seen = set()
    for case in CASES:
        if not (case.fires and case.clause_id in EXCEPTED):
            continue
        for narrative, _ in narratives(case):
            for citation in narrative.citations:
                texts_of = citation.not_excepted
                wanted = EXCEPTED.get(citation.clause_id)
                if wanted is not None and not _by_diagnosis(citation):
                    seen.add(citation.clause_id)
                    assert any(wanted in text for text in texts_of), citation
    assert seen == set(EXCEPTED)


def _by_diagnosis(citation: CitationNarrative) -> bool:
    """A mismatched transfusion by a diagnosis needs no evidence, and none could except it."""
    return any("indicator" in fact.text for fact in citation.facts)
