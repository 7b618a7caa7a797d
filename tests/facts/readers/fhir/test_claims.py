"""Claims and explanations of benefit of FHIR R4: which element becomes which column, and where."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from pathlib import Path

from facts.claim import ClaimLine, Diagnosis
from facts.readers.batch import Claim
from facts.readers.detect import open_claims
from facts.readers.fhir.claims import read_fhir
from tests.facts.readers.fhir.build import (
    HCPCS,
    ICD,
    NDC,
    NPI,
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


def lines_of(path: Path) -> tuple[ClaimLine, ...]:
    reading = read(path)
    assert reading.told == []
    [made] = reading.claims.values()
    return made.lines


def place(line: ClaimLine, field: str) -> str:
    assert line.trace is not None
    return line.trace.origin(field).place


def test_a_claim_has_its_columns_and_their_paths(tmp_path: Path) -> None:
    path = file(
        tmp_path,
        claim(
            "C1",
            item(
                modifier=[concept("59"), concept("sh")],
                quantity={"value": 2.5},
                net=usd("10.50"),
                productOrService={**concept("J1200", HCPCS), "text": "diphenhydramine"},
            ),
            item(
                2,
                servicedDate=None,
                servicedPeriod={"start": "2018-06-02T08:30:00-05:00", "end": "2018-06-03"},
            ),
            diagnosis=[
                {"sequence": 1, "diagnosisCodeableConcept": concept("E86.0", ICD)},
                {
                    "sequence": 2,
                    "diagnosisCodeableConcept": concept("T80.30", ICD),
                    "onAdmission": concept("n"),
                },
            ],
            insurance=[
                {
                    "focal": True,
                    "preAuthRef": ["A7"],
                    "businessArrangement": "K9",
                    "coverage": {"reference": "Coverage/v1"},
                }
            ],
        ),
    )
    first, second = read(path).claims["C1"].lines
    assert first._replace(trace=None) == ClaimLine(
        "C1",
        1,
        "cms1500",
        date(2018, 6, 1),
        place_of_service="11",
        procedure_code="J1200",
        modifiers=("59", "SH"),
        units=Decimal("2.5"),
        charge=Decimal("10.50"),
        description="diphenhydramine",
        rendering_provider="1234567893",
        prior_authorization="A7",
        contract_id="K9",
        diagnoses=(Diagnosis("E860"), Diagnosis("T8030", "N")),
    )
    assert (second.service_date, second.service_date_to) == (date(2018, 6, 2), date(2018, 6, 3))
    assert [
        place(first, name) for name in ("", "claim_id", "charge", "modifiers", "diagnoses")
    ] == [
        "row 1, `$.item[0]`",
        "row 1, `$.identifier[0].value`",
        "row 1, `$.item[0].net.value`",
        "row 1, `$.item[0].modifier`",
        "row 1, `$.diagnosis`",
    ]
    assert place(second, "service_date") == "row 1, `$.item[1].servicedPeriod.start`"


def test_an_explanation_of_benefit_is_an_institutional_claim(tmp_path: Path) -> None:
    [line] = lines_of(file(tmp_path, eob("E1")))
    assert (line.claim_id, line.claim_form, line.type_of_bill) == ("E1", "ub04", "131")
    assert (line.procedure_code, line.revenue_code) == ("96365", "0260")
    assert (line.service_date, line.service_date_to) == (date(2018, 6, 1), date(2018, 6, 3))
    assert (line.charge, line.rendering_provider) == (Decimal("300.00"), None)
    assert place(line, "type_of_bill") == "row 1, `$.supportingInfo[0].code.coding[0].code`"
    assert place(line, "charge") == "row 1, `$.item[0].adjudication[0].amount.value`"
    assert place(line, "service_date") == "row 1, `$.billablePeriod.start`"


def test_numbers_are_exact(tmp_path: Path) -> None:
    big = item(net=None, unitPrice=usd("0.10"), quantity={"value": 3}, factor=1)
    [line] = lines_of(file(tmp_path, claim("C1", big, total=usd("0.30"))))
    assert line.charge == Decimal("0.30")
    assert place(line, "charge") == "row 1, `$.item[0].unitPrice.value`"
    [line] = lines_of(file(tmp_path, claim("C1", item(net=usd("99999999999999.99")))))
    assert line.charge == Decimal("99999999999999.99")


def test_a_drug_code_stands_beside_the_procedure_or_in_a_detail(tmp_path: Path) -> None:
    both = {"coding": [{"system": NDC, "code": "00641037625"}, {"system": HCPCS, "code": "J1200"}]}
    [line] = lines_of(file(tmp_path, claim("C1", item(productOrService=both))))
    assert (line.procedure_code, line.ndc) == ("J1200", "00641037625")
    detail = {
        "sequence": 1,
        "productOrService": concept("00641037625", NDC),
        "quantity": {"value": 1.5, "unit": "ML"},
    }
    [line] = lines_of(file(tmp_path, claim("C1", item(detail=[detail]))))
    assert (line.ndc, line.ndc_quantity, line.ndc_unit) == ("00641037625", Decimal("1.5"), "ML")
    absent = concept("not-applicable", "http://terminology.hl7.org/CodeSystem/data-absent-reason")
    [line] = lines_of(file(tmp_path, eob("E1", item(productOrService=absent))))
    assert line.procedure_code is None


def test_references_lead_to_the_provider_and_the_plan(tmp_path: Path) -> None:
    doctor = {
        "resourceType": "Practitioner",
        "id": "d1",
        "identifier": [{"value": "x"}, {"system": NPI, "value": "1999999984"}],
    }
    role = {
        "resourceType": "PractitionerRole",
        "id": "r1",
        "practitioner": {"reference": "https://fhir.example/Practitioner/d1"},
    }
    coverage = {
        "resourceType": "Coverage",
        "id": "v1",
        "class": [{"type": concept("group"), "value": "G12"}],
    }
    team = [
        {"sequence": 1, "role": concept("primary"), "provider": {"reference": "Practitioner/x"}},
        {
            "sequence": 2,
            "role": concept("rendering"),
            "provider": {"reference": "PractitionerRole/r1"},
        },
    ]
    whole = bundle(doctor, role, coverage, claim("C1", careTeam=team))
    path = tmp_path / "bundle.json"
    path.write_text(json.dumps(json.loads(text_of(whole)), indent=2), encoding="utf-8")
    [line] = lines_of(path)
    assert (line.rendering_provider, line.plan_id) == ("1999999984", "G12")
    assert place(line, "rendering_provider") == "`$.entry[0].resource.identifier[1].value`"
    assert place(line, "procedure_code") == (
        "`$.entry[3].resource.item[0].productOrService.coding[0].code`"
    )
    own = item(careTeamSequence=[1])
    path.write_text(text_of(bundle(claim("C1", own, careTeam=team))), encoding="utf-8")
    [line] = lines_of(path)
    assert line.rendering_provider == "Practitioner/x"


def test_a_contained_provider_is_found(tmp_path: Path) -> None:
    inside = {"resourceType": "Practitioner", "id": "d", "identifier": [{"value": "77"}]}
    [line] = lines_of(file(tmp_path, claim("C1", contained=[inside], provider={"reference": "#d"})))
    assert line.rendering_provider == "77"
    assert place(line, "rendering_provider") == "row 1, `$.contained[0].identifier[0].value`"


def test_one_file_pretty_or_compact_or_in_rows_says_the_same(tmp_path: Path) -> None:
    resources = [claim("C1"), claim("C2", item(1), item(2))]
    forms = {
        "rows.ndjson": "\n\n".join(map(text_of, resources)),
        "compact.json": text_of(bundle(*resources)),
        "pretty.json": json.dumps(json.loads(text_of(bundle(*resources))), indent=1),
        "marked.json": "\ufeff" + text_of(bundle(*resources)),
        "nested.json": text_of(bundle(bundle(*resources))),
    }
    for name, text in forms.items():
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        found = [
            [line._replace(trace=None) for line in made.lines]
            for made in read_fhir(path)
            if isinstance(made, Claim)
        ]
        assert [len(lines) for lines in found] == [1, 2], name


def test_fhir_stands_beside_other_files(tmp_path: Path) -> None:
    table = tmp_path / "claims.csv"
    table.write_text(
        "claim_id,line_number,claim_form,service_date\nC2,1,cms1500,2018-06-01\n"
        "C3,1,cms1500,2018-06-01\n"
    )
    path = file(tmp_path, claim("C1"), claim("C2"))
    stream = open_claims([table, path])
    found = [item.claim_id for item in stream if isinstance(item, Claim)]
    assert [each.partition("@")[0] for each in found] == ["C1", "C2", "C2", "C3"]
    assert found[2] == "C2@-/2018-06-01/table"
    assert stream.tally.claims_rejected == 0


def test_days_of_a_professional_claim_are_not_guessed(tmp_path: Path) -> None:
    undated = item(servicedDate=None)
    day = {"start": "2018-06-01", "end": "2018-06-01"}
    [line] = lines_of(file(tmp_path, claim("C1", undated, billablePeriod=day)))
    assert line.service_date == date(2018, 6, 1)
    days = {"start": "2018-06-01", "end": "2018-06-02"}
    reading = read(file(tmp_path, claim("C1", undated, billablePeriod=days)))
    assert [each[:2] for each in reading.told] == [
        (
            "error: `service_date` is empty",
            f"{tmp_path}/claims.ndjson, row 1, `$.item[0].servicedDate`",
        )
    ]
