"""The reason of a clause: the same on both engines and in the explanation, whatever is absent."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

from explain import narrative_of, why
from kb.bulk.adjudicate import adjudicate_files
from kb.compile.formulas.line_script import NotFusable
from kb.knowledge_base import KnowledgeBase
from kb.planning.bulk_policy import BulkPolicy
from kb.planning.rules import BulkRules

FILES = {
    "policy.toml": 'id = "T1"\ntitle = "Reasons"\nversion = "1"\npublished = 2015-01-01\n',
    "clauses.toml": """\
[[clause]]
id = "T1-1"
section = "One"
effect = "denied"
effective_from = 2015-01-01
title = "A line without its details"
summary = "A line without its details is denied."
narrative = "{clause}: line {line} bills {units} units of {procedure} at place {place}"

[[clause]]
id = "T1-2"
section = "Two"
effect = "pended"
effective_from = 2015-01-01
title = "A clause without a narrative"
summary = "Its title is the reason."
""",
    "rules.pl": """\
applies(C, L, 'T1-1', denied) :- line(C, L).
applies(C, L, 'T1-2', pended) :- line(C, L).
addressed(C, L) :- line(C, L).
""",
}
LINES = """\
claim_id,line_number,claim_form,service_date,procedure_code,place_of_service,units
C1,1,ub04,2018-06-01,,,
C1,2,cms1500,2018-06-01,J7050,11,2.50
C1,1234,ub04,2018-06-01,,,
"""
REASONS = {
    1: "T1-1: line 1 bills an unknown number of units of no procedure code at place none",
    2: "T1-1: line 2 bills 2.5 units of J7050 at place 11",
    1234: "T1-1: line 1234 bills an unknown number of units of no procedure code at place none",
}
TITLE = "A clause without a narrative"


def refused(*_: object) -> BulkPolicy:
    raise NotFusable("no plan is wanted here")


@pytest.fixture
def kb(tmp_path: Path) -> KnowledgeBase:
    for name, text in FILES.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    (tmp_path / "claims.csv").write_text(LINES, encoding="utf-8")
    return KnowledgeBase.load(tmp_path).with_claims(csv.DictReader(LINES.splitlines()))


def written(kb: KnowledgeBase, folder: Path, engine: str) -> dict[int, list[str]]:
    output = folder / f"{engine}.jsonl"
    adjudicate_files(kb, [folder / "claims.csv"], output, engine=engine)
    records = map(json.loads, output.read_text(encoding="utf-8").splitlines())
    return {
        record["line_number"]: [citation["reason"] for citation in record["citations"]]
        for record in records
    }


def test_a_line_without_code_place_and_units(
    kb: KnowledgeBase, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    expected = {number: [reason, TITLE] for number, reason in REASONS.items()}
    claim_by_claim = {
        each.line_number: [citation.reason for citation in each.citations]
        for each in kb.adjudicate(csv.DictReader(LINES.splitlines()))
    }
    assert claim_by_claim == expected
    assert written(kb, tmp_path, "pydatalog") == expected
    assert written(kb, tmp_path, "duckdb") == expected
    monkeypatch.setattr(BulkRules, "lines", refused)
    assert written(kb, tmp_path, "duckdb") == expected


@pytest.mark.parametrize("number", REASONS)
def test_the_explanation_says_the_reason(kb: KnowledgeBase, number: int) -> None:
    narrative = narrative_of(why(kb.claim("C1"), number))
    assert [citation.sentence for citation in narrative.citations] == [
        f"{REASONS[number]}.",
        f"{TITLE}.",
    ]
    assert narrative.headline.sentence == f"{REASONS[number]}."
