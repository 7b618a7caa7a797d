"""Supporting information of FHIR claims as evidence."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from facts.claim import EvidenceType
from facts.readers.evidence import read_evidence
from kb.bulk.adjudicate import adjudicate_files
from kb.knowledge_base import KnowledgeBase
from tests.facts.readers.fhir.build import claim, concept, file, item
from tests.facts.readers.reading import told

TYPES = {
    "wasted_units": EvidenceType("wasted_units", "number"),
    "medically_necessary": EvidenceType("medically_necessary", "choice", ("yes", "no")),
    "route": EvidenceType("route", "text"),
}


def test_it_is_of_an_item_or_of_the_claim(tmp_path: Path) -> None:
    made = claim(
        "C1",
        item(1, informationSequence=[1]),
        item(2, informationSequence=[1, 9]),
        supportingInfo=[
            {"sequence": 1, "category": concept("wasted_units"), "valueQuantity": {"value": 2.5}},
            {"sequence": 2, "category": concept("medically_necessary"), "valueBoolean": False},
            {"sequence": 3, "category": concept("route"), "valueString": "vein"},
            {"sequence": 4, "category": concept("discharge"), "valueString": "no evidence"},
        ],
    )
    index = read_evidence(file(tmp_path, made), TYPES)
    assert index.diagnostics == ()
    assert [each[:4] for each in index] == [
        ("C1", 1, "wasted_units", Decimal("2.5")),
        ("C1", 2, "wasted_units", Decimal("2.5")),
        ("C1", None, "medically_necessary", "no"),
        ("C1", None, "route", "vein"),
    ]
    first = next(iter(index))
    assert first.trace is not None
    assert first.trace.origin("value").place == "row 1, `$.supportingInfo[0].valueQuantity.value`"


def test_what_cannot_be_read_is_told_with_its_path(tmp_path: Path) -> None:
    made = claim(
        supportingInfo=[
            {"sequence": 1, "category": concept("medically_necessary"), "valueString": "perhaps"},
            {"sequence": 2, "category": concept("wasted_units")},
        ]
    )
    index = read_evidence(file(tmp_path, made), TYPES)
    assert (index.rows_read, index.rows_rejected) == (2, 2)
    assert [told(each)[1].partition(", ")[2] for each in index.diagnostics] == [
        "row 1, `$.supportingInfo[0].valueString`",
        "row 1, `$.supportingInfo[1].valueString`",
    ]
    none = read_evidence(file(tmp_path, claim()), TYPES)
    assert [each.severity for each in none.diagnostics] == ["warning"]


@pytest.mark.parametrize("engine", ["pydatalog", "duckdb"])
def test_it_decides_by_either_engine(engine: str, tmp_path: Path) -> None:
    kb = KnowledgeBase.load("r14")
    info = {"sequence": 1, "category": concept("coverage_criteria_met"), "valueBoolean": False}
    path = file(tmp_path, claim("C1", item(), supportingInfo=[info]))
    target = tmp_path / "out.csv"
    with_it = adjudicate_files(kb, [path], target, evidence=[path], engine=engine)
    without = adjudicate_files(kb, [path], target, engine=engine)
    assert (with_it.outcomes, with_it.evidence_read) == ({"denied": 1}, 1)
    assert without.outcomes == {"reimbursable": 1}


def test_bad_claims_are_told_the_same_by_either_engine(tmp_path: Path) -> None:
    kb = KnowledgeBase.load("r14")
    bad = claim("B", item(net={"value": 1, "currency": "EUR"}))
    path = file(tmp_path, bad, {"resourceType": "Invoice"}, claim("GOOD"), {"id": 1})
    found = [
        adjudicate_files(kb, [path], tmp_path / "out.csv", engine=engine)
        for engine in ("pydatalog", "duckdb")
    ]
    assert found[0].diagnostics == found[1].diagnostics
    assert len(found[0].diagnostics) == 3
    assert [(each.tally.lines_read, each.tally.lines_rejected) for each in found] == [(2, 1)] * 2
