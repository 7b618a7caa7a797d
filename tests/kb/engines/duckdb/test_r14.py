"""R14 on DuckDB: every case, with the determinations and citations of pyDatalog."""

from __future__ import annotations

import pytest

pytest.importorskip("duckdb")
pytest.importorskip("sqlglot")

from kb.engines.duckdb.session import DuckDBEngine
from kb.knowledge_base import KnowledgeBase
from tests.kb.policies.r14_batches import POLICY, QUERIES, answered

ENGINE = DuckDBEngine(threads=1)


def test_every_case_is_answered_as_by_pydatalog() -> None:
    lines = 0
    for item in answered():
        session = ENGINE.open(POLICY.program, item.facts)
        for name, query in QUERIES.items():
            assert session.answers(query) == item.answers[name], name
        lines += len(item.answers["outcome"])
        session.close()
    assert lines > 200


def test_a_knowledge_base_takes_the_engine() -> None:
    lines = [
        {
            "claim_id": claim_id,
            "line_number": number,
            "claim_form": "cms1500",
            "service_date": "2018-06-01",
            "place_of_service": place,
            "procedure_code": code,
            "units": units,
        }
        for claim_id, place in (("C1", "22"), ("C2", "11"))
        for number, (code, units) in enumerate([("96365", 1), ("J1200", "3.5"), ("A4215", 1)], 1)
    ]
    evidence = [
        {"claim_id": "C2", "line_number": 2, "evidence": "administered_dose", "value": "100.5"}
    ]
    kb = KnowledgeBase.load("r14", engine=ENGINE)
    other = KnowledgeBase.load("r14")
    found = list(kb.adjudicate(lines, evidence))
    assert found == list(other.adjudicate(lines, evidence))
    assert {item.outcome for item in found} >= {"denied", "bundled", "reduced"}
    goal = "denied(C, L, Clause)"
    assert kb.with_claims(lines).query(goal).rows == other.with_claims(lines).query(goal).rows
