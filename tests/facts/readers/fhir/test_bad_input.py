"""Bad FHIR: one sentence each with its JSON path, the rest is read, and the counts agree."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

import pytest

from facts.readers.fhir.claims import read_fhir
from tests.facts.readers.fhir.build import (
    bundle,
    claim,
    concept,
    eob,
    file,
    item,
    text_of,
    usd,
)
from tests.facts.readers.reading import read
from tests.facts.readers.told import reconciled

BAD: dict[str, tuple[dict[str, Any], str, str, int]] = {
    "r5 item": (
        claim("B", item(), item(2, productOrServiceEnd=concept("x"))),
        "error: the resource is of FHIR R5, which is not read",
        "$.item[1].productOrServiceEnd",
        2,
    ),
    "r5 claim": (
        claim("B", diagnosisRelatedGroup=concept("x")),
        "error: the resource is of FHIR R5, which is not read",
        "$.diagnosisRelatedGroup",
        1,
    ),
    "r5 explanation": (
        eob("B", item(reviewOutcome={})),
        "error: the resource is of FHIR R5, which is not read",
        "$.item[0].reviewOutcome",
        1,
    ),
    "r5 profile": (
        claim("B", meta={"profile": ["http://hl7.org/fhir/StructureDefinition/Claim|5.0.0"]}),
        "error: the resource is of FHIR R5, which is not read",
        "$.meta.profile[0]",
        1,
    ),
    "stu3": (
        claim("B", item(service=concept("x"))),
        "error: the resource is of FHIR STU3, which is not read",
        "$.item[0].service",
        1,
    ),
    "no item": (claim("B", item=None), "error: the claim has no items", "$.item", 0),
    "item is no list": (
        claim("B", item={"sequence": 1}),
        "error: `item` is an object, not a list",
        "$.item",
        0,
    ),
    "item is no object": (
        claim("B", item=["x"]),
        "error: `item[0]` is a text, not an object",
        "$.item[0]",
        0,
    ),
    "other currency": (
        claim("B", item(net=usd("5", "EUR")), item(2, net=usd("6", "EUR"))),
        "error: the claim is in `EUR`, which is not read",
        "$.item[0].net.currency",
        2,
    ),
    "total in another currency": (
        claim("B", total=usd("5", "CAD")),
        "error: the claim is in `CAD`, which is not read",
        "$.total.currency",
        1,
    ),
    "no id": (
        claim("B", identifier=None, id=None),
        "error: `claim_id` is empty",
        "$.id",
        1,
    ),
    "no type": (claim("B", type=None), "error: `claim_form` is empty", "$.type", 1),
    "no sequence": (
        claim("B", item(sequence=None)),
        "error: `line_number` is empty",
        "$.item[0].sequence",
        1,
    ),
    "no day": (
        claim("B", item(servicedDate=None)),
        "error: `service_date` is empty",
        "$.item[0].servicedDate",
        1,
    ),
    "a month": (
        claim("B", item(servicedDate="2018-06")),
        "error: `service_date` is not a date: `2018-06`",
        "$.item[0].servicedDate",
        1,
    ),
    "amount is a word": (
        claim("B", item(net={"value": "much"})),
        "error: `charge` is not a number: `much`",
        "$.item[0].net.value",
        1,
    ),
    "amount is true": (
        claim("B", item(net={"value": True})),
        "error: `charge` cannot be true or false",
        "$.item[0].net.value",
        1,
    ),
    "amount is an object": (
        claim("B", item(net={"value": {}})),
        "error: `charge` cannot be an object",
        "$.item[0].net.value",
        1,
    ),
    "negative": (
        claim("B", item(quantity={"value": -1})),
        "error: `units` is negative: `-1`",
        "$.item[0].quantity.value",
        1,
    ),
    "five modifiers": (
        claim("B", item(modifier=[concept(f"A{n}") for n in range(5)])),
        "error: `modifiers` has more than four modifiers: `A0 A1 A2 A3 A4`",
        "$.item[0].modifier",
        1,
    ),
    "a diagnosis of a wrong form": (
        claim("B", diagnosis=[{"diagnosisCodeableConcept": concept("?", "icd-10")}]),
        "error: `diagnoses` has what is not an ICD-10 code: `?`",
        "$.diagnosis",
        1,
    ),
}


@pytest.mark.parametrize("name", BAD)
def test_a_bad_claim_is_told_once_and_the_next_is_read(name: str, tmp_path: Path) -> None:
    bad, sentence, path, lines = BAD[name]
    reading = read(file(tmp_path, bad, claim("GOOD")))
    told = [each for each in reading.told if each[0].startswith("error")]
    assert [each[:2] for each in told] == [(sentence, f"{tmp_path}/claims.ndjson, row 1, `{path}`")]
    assert [*reading.claims] == ["GOOD"]
    assert (reading.tally.lines_read, reading.tally.lines_rejected) == (lines + 1, lines)
    assert reading.tally.claims_rejected == 1


@pytest.mark.parametrize(
    ("resource", "sentence", "path"),
    [
        (
            {"resourceType": "Invoice"},
            "a resource of the type `Invoice` is not read",
            "$.entry[0].resource.resourceType",
        ),
        (
            {"resourceType": "ClaimResponse"},
            "a resource of the type `ClaimResponse` is not read",
            "$.entry[0].resource.resourceType",
        ),
        ({"id": "x"}, "a resource has no `resourceType`", "$.entry[0].resource"),
        ({"resourceType": 7}, "a resource has no `resourceType`", "$.entry[0].resource"),
    ],
)
def test_a_resource_that_is_no_claim_is_told(
    resource: dict[str, Any], sentence: str, path: str, tmp_path: Path
) -> None:
    reading = read(file(tmp_path, bundle(resource, claim("GOOD")), name="b.json"))
    assert [each[:2] for each in reading.told] == [
        (f"error: {sentence}", f"{tmp_path}/b.json, row 1, `{path}`")
    ]
    assert [*reading.claims] == ["GOOD"]


def test_what_claims_refer_to_is_no_fault_but_alone_it_is_told(tmp_path: Path) -> None:
    patient = {"resourceType": "Patient", "id": "p1"}
    assert read(file(tmp_path, patient, claim("C1"))).told == []
    assert [each[0] for each in read(file(tmp_path, patient)).told] == [
        f"warning: `{tmp_path}/claims.ndjson` has no Claim and no ExplanationOfBenefit"
    ]


def test_a_row_that_is_cut_is_told_and_the_others_are_read(tmp_path: Path) -> None:
    path = tmp_path / "claims.ndjson"
    good = text_of(claim("GOOD"))
    for rows in ([good, good[:300]], [good[:300], good]):
        path.write_text("\n".join(rows), encoding="utf-8")
        reading = read(path)
        assert [*reading.claims] == ["GOOD"]
        [(sentence, place, _)] = reading.told
        assert sentence.startswith("error: the row is not JSON: it ends before the object does")
        assert place == f"{path}, row {rows.index(good[:300]) + 1}"


def test_a_file_that_is_cut_is_told(tmp_path: Path) -> None:
    path = tmp_path / "bundle.json"
    path.write_text(json.dumps(json.loads(text_of(bundle(claim()))), indent=1)[:-40])
    reading = read(path)
    [(sentence, place, _)] = reading.told
    assert sentence.startswith("error: the file is not JSON: it ends before the object does")
    assert place == str(path)


def test_a_total_that_differs_is_told_with_the_numbers(tmp_path: Path) -> None:
    reading = read(file(tmp_path, claim("C1", item(), item(2), total=usd("20.99"))))
    assert [*reading.claims] == ["C1"]
    [(sentence, place, _)] = reading.told
    assert sentence == "warning: the items come to 21, the total says 20.99: 0.01 less"
    assert place.endswith("row 1, `$.total.value`")


def test_what_is_read_otherwise_or_not_is_noted(tmp_path: Path) -> None:
    made = claim(
        "C1",
        item(detail=[{"sequence": 1}]),
        status="cancelled",
        use="preauthorization",
        addItem=[{}],
        diagnosis=[{"diagnosisReference": {"reference": "Condition/1"}}],
    )
    assert [each[0] for each in read(file(tmp_path, made)).told] == [
        "note: a diagnosis that is no ICD-10 code is not read",
        "note: the claim is cancelled",
        "note: the resource is a `preauthorization`, and is read as a claim",
        "note: lines that the payer added are not read",
        "note: details of an item are not read, but for a national drug code",
    ]


def test_one_number_twice_makes_two_claims(tmp_path: Path) -> None:
    reading = read(file(tmp_path, claim("C1"), claim("C2"), eob("C1")))
    assert [each.partition("@")[0] for each in reading.claims] == ["C1", "C2", "C1"]
    again = read(file(tmp_path, eob("C1"), claim("C2"), claim("C1")))
    assert {*again.claims} == {*reading.claims}
    twice = read(file(tmp_path, claim("C1", item(1), item(1))))
    assert twice.told[0][0] == "error: line 1 of claim `C1` occurs twice"


def test_nothing_that_is_damaged_stops_the_reader(tmp_path: Path) -> None:
    """Whatever value is put into whatever place, the counts agree and nothing is raised."""
    draw = random.Random(14)
    values = [None, True, -1, 10**40, "", "x", "\ufffd", [], [1], {}, {"coding": 1}, [[{}]]]
    path = tmp_path / "claims.ndjson"
    for _ in range(400):
        made = json.loads(text_of(draw.choice((claim("C1"), eob("E1"), bundle(claim("B1"))))))
        target = made
        for _ in range(draw.randint(0, 6)):
            inner = target if isinstance(target, list) else list(target.values())
            below = [each for each in inner if isinstance(each, dict | list) and each]
            if not below:
                break
            target = draw.choice(below)
        key = draw.randrange(len(target)) if isinstance(target, list) else draw.choice([*target])
        target[key] = draw.choice(values)
        path.write_text(json.dumps(made) + "\n", encoding="utf-8")
        reconciled(read_fhir(path))
