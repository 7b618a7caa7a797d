"""FHIR R4 resources for tests, of the shapes that servers send; every value is made up."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

TYPE = "http://terminology.hl7.org/CodeSystem/claim-type"
HCPCS = "https://www.cms.gov/Medicare/Coding/HCPCSReleaseCodeSets"
CPT = "http://www.ama-assn.org/go/cpt"
NDC = "http://hl7.org/fhir/sid/ndc"
NPI = "http://hl7.org/fhir/sid/us-npi"
ICD = "http://hl7.org/fhir/sid/icd-10-cm"


def concept(code: str, system: str = "") -> dict[str, Any]:
    """Return a CodeableConcept of one code."""
    return {"coding": [{"system": system, "code": code} if system else {"code": code}]}


def usd(value: str, currency: str = "USD") -> dict[str, Any]:
    """Return an amount; the text becomes a JSON number as it stands."""
    return {"value": Number(value), "currency": currency}


def item(sequence: int = 1, **members: Any) -> dict[str, Any]:
    """Return an item of a claim; a member that is None is left out."""
    made = {
        "sequence": sequence,
        "productOrService": concept("J1200", HCPCS),
        "servicedDate": "2018-06-01",
        "locationCodeableConcept": concept("11"),
        "quantity": {"value": 2},
        "net": usd("10.50"),
        **members,
    }
    return {name: value for name, value in made.items() if value is not None}


def claim(claim_id: str = "C1", *items: dict[str, Any], **members: Any) -> dict[str, Any]:
    """Return a professional Claim; a member that is None is left out."""
    made = {
        "resourceType": "Claim",
        "id": f"r-{claim_id}",
        "identifier": [{"value": claim_id}],
        "status": "active",
        "use": "claim",
        "type": concept("professional", TYPE),
        "patient": {"reference": "Patient/p1"},
        "created": "2018-06-02",
        "provider": {"identifier": {"system": NPI, "value": "1234567893"}},
        "insurance": [{"sequence": 1, "focal": True, "coverage": {"reference": "Coverage/v1"}}],
        "item": list(items) or [item()],
        **members,
    }
    return {name: value for name, value in made.items() if value is not None}


def eob(claim_id: str = "E1", *items: dict[str, Any], **members: Any) -> dict[str, Any]:
    """Return an institutional ExplanationOfBenefit of the shape of CARIN Blue Button."""
    bill = {
        "sequence": 1,
        "category": concept("typeofbill"),
        "code": concept("0131", "https://www.nubc.org/CodeSystem/TypeOfBill"),
    }
    own = item(
        productOrService=concept("96365", CPT),
        revenue=concept("0260", "https://www.nubc.org/CodeSystem/RevenueCodes"),
        locationCodeableConcept=None,
        servicedDate=None,
        net=None,
        adjudication=[
            {"category": concept("submitted"), "amount": usd("300.00")},
            {"category": concept("benefit"), "amount": usd("120.00")},
        ],
    )
    return claim(
        claim_id,
        *(items or (own,)),
        resourceType="ExplanationOfBenefit",
        identifier=[
            {"value": "account"},
            {"type": concept("uc"), "value": claim_id},
        ],
        type=concept("institutional", TYPE),
        billablePeriod={"start": "2018-06-01", "end": "2018-06-03"},
        supportingInfo=[bill],
        outcome="complete",
        total=[{"category": concept("submitted"), "amount": usd("300.00")}],
        **members,
    )


def bundle(*resources: dict[str, Any]) -> dict[str, Any]:
    """Return a Bundle of some resources."""
    entries = [
        {
            "fullUrl": f"https://fhir.example/{each.get('resourceType')}/{each.get('id')}",
            "resource": each,
        }
        for each in resources
    ]
    return {"resourceType": "Bundle", "type": "collection", "entry": entries}


class Number(str):
    """A number of JSON, written as it stands."""


def text_of(value: Any) -> str:
    """Return a value as JSON, its ``Number``s digit for digit."""
    if isinstance(value, Number):
        return str(value)
    if isinstance(value, dict):
        return "{" + ", ".join(f"{json.dumps(k)}: {text_of(v)}" for k, v in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(text_of, value)) + "]"
    return json.dumps(value)


def file(folder: Path, *resources: dict[str, Any], name: str = "claims.ndjson") -> Path:
    """Write resources as NDJSON, one on each row."""
    path = folder / name
    path.write_text("".join(f"{text_of(each)}\n" for each in resources), encoding="utf-8")
    return path
