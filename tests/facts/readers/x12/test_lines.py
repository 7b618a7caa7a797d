"""What stands in an 837 arrives in the claim line, with its place."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from facts.claim import Diagnosis
from tests.facts.readers.x12.build import (
    INSTITUTIONAL,
    claim,
    institutional,
    interchange,
    isa,
    line,
    professional,
    transaction,
    ub04_line,
)
from tests.facts.readers.x12.conftest import Read

PLACES = {
    "claim_id": "segment 16 (CLM), element CLM01",
    "procedure_code": "segment 24 (SV1), element SV101-2",
    "modifiers": "segment 24 (SV1), element SV101-3",
    "units": "segment 24 (SV1), element SV104",
    "ndc": "segment 29 (LIN), element LIN03",
    "ndc_quantity": "segment 30 (CTP), element CTP04",
    "description": "segment 24 (SV1), element SV101-7 and segment 27 (NTE), element NTE02",
    "prior_authorization": "segment 26 (REF), element REF02",
    "service_date": "segment 25 (DTP), element DTP03",
    "diagnoses": "segment 18 (HI), element HI01",
    "rendering_provider": "segment 31 (NM1), element NM109",
    "plan_id": "segment 13 (SBR), element SBR03",
    "contract_id": "segment 21 (CN1), element CN104",
    "place_of_service": "segment 16 (CLM), element CLM05-1",
    "": "segment 24 (SV1)",
}


def test_professional_line(reading: Read) -> None:
    rows = line(
        1,
        "x",
        "20180601-20180603",
        "1",
        "REF*G1*AUTH2",
        "NTE*ADD*hep lock",
        "NTE*TPO*of a repricer",
        "LIN**N4*00026063512",
        "CTP****2.5*ML:x",
        "NM1*82*1*ROE*R****XX*1122333341",
        "SVD*54321*1*HC:99999**1",
        "CAS*CO*42*25",
        "DTP*573*D8*20190101",
        service="SV1*HC:J1200:59:JW:::Benadryl*120.50*UN*2***1",
    )
    more = ("REF*G1*AUTH1", "HI*ABK:E119*ABF:T80.30", "HI*ABJ:Z99", "NM1*82*1*A*B****XX*9999999999")
    found = reading(professional(claim("C1", rows, more=(*more, "CN1*02****", "K3*x")))).line
    assert found._replace(trace=None)._asdict() == {
        "claim_id": "C1",
        "line_number": 1,
        "claim_form": "cms1500",
        "service_date": date(2018, 6, 1),
        "service_date_to": date(2018, 6, 3),
        "processed_date": None,
        "type_of_bill": None,
        "revenue_code": None,
        "place_of_service": "11",
        "procedure_code": "J1200",
        "modifiers": ("59", "JW"),
        "units": Decimal(2),
        "charge": Decimal("120.50"),
        "ndc": "00026063512",
        "ndc_quantity": Decimal("2.5"),
        "ndc_unit": "ML",
        "description": "Benadryl hep lock",
        "rendering_provider": "1122333341",
        "prior_authorization": "AUTH2",
        "diagnoses": (Diagnosis("E119"), Diagnosis("T8030")),
        "plan_id": "GROUP1",
        "contract_id": None,
        "claim_part": None,
        "superseded_by": None,
        "line_control": None,
        "payer_control": None,
        "trace": None,
    }
    assert found.trace is not None
    places = {name: found.trace.origin(name).place for name in PLACES}
    assert places == PLACES


def test_institutional_line(reading: Read) -> None:
    rows = ["LX*7", "SV2*250*HC:J1200::::::flush*100*UN*", "REF*6R*1"]
    more = (
        "DTP*434*RD8*20180601-20180605",
        "HI*ABK:T8030:::::::N",
        "HI*BH:A1:D8:19261111",
        "HI*ABF:E119:::::::Y*ABF:E119",
        "CN1*09****",
        "NM1*71*1*JONES*JOHN",
    )
    found = reading(institutional(claim("U1", rows, facility="13:A:1", more=more))).line
    assert found.claim_form == "ub04"
    assert found.type_of_bill == "131"
    assert found.place_of_service is None
    assert found.revenue_code == "0250"
    assert found.procedure_code == "J1200"
    assert found.description is None
    assert found.units is None
    assert found.charge == 100
    assert (found.service_date, found.service_date_to) == (date(2018, 6, 1), date(2018, 6, 5))
    assert found.diagnoses == (Diagnosis("T8030", "N"), Diagnosis("E119", "Y"), Diagnosis("E119"))
    assert found.trace is not None
    assert found.trace.origin("service_date").place == "segment 17 (DTP), element DTP03"
    assert found.trace.origin("revenue_code").place == "segment 24 (SV2), element SV201"


def test_institutional_description_is_the_seventh_component(reading: Read) -> None:
    rows = ["LX*1", "SV2*0250*HC:J3490:::::flush*100*UN*1", "DTP*472*D8*20180601"]
    assert reading(institutional(claim("U1", rows, facility="13:A:1"))).line.description == "flush"


def test_a_line_of_a_ub04_needs_no_procedure(reading: Read) -> None:
    found = reading(institutional(claim("U1", ub04_line(1, "0391", ""), facility="11:A:1"))).line
    assert (found.revenue_code, found.procedure_code) == ("0391", None)


def test_place_of_service_of_the_line_counts(reading: Read) -> None:
    rows = line(1, service="SV1*HC:96365*100*UN*1*22**1")
    found = reading(professional(claim("C1", rows, facility="11:B:1"))).line
    assert found.place_of_service == "22"
    assert found.trace is not None
    assert found.trace.origin("place_of_service").place == "segment 18 (SV1), element SV105"


def test_contract_code(reading: Read) -> None:
    found = reading(professional(claim("C1", line(1), more=("CN1*02***K7",)))).line
    assert found.contract_id == "K7"


def test_other_payers_do_not_disturb(reading: Read) -> None:
    more = (
        "NM1*82*1*A*B****XX*1111111111",
        "SBR*S*01*OTHERGROUP******CI",
        "CAS*CO*42*25",
        "AMT*D*80",
        "OI***Y***Y",
        "NM1*IL*1*DOE*JOHN",
        "NM1*82*1",
        "REF*G1*OTHERAUTH",
        "DTP*573*D8*20190101",
    )
    rows = line(1, "96365", "20180601", "1", "REF*G1*OTHER*X*2U:1234")
    found = reading(professional(claim("C1", rows, more=more))).line
    assert found.rendering_provider == "1111111111"
    assert found.plan_id == "GROUP1"
    assert found.prior_authorization is None


def test_a_patient_below_the_subscriber(reading: Read) -> None:
    rows = ["HL*3*2*23*0", "PAT*19", "NM1*QC*1*DOE*KIM", *claim("C1", line(1))]
    assert reading(professional(rows)).line.plan_id == "GROUP1"


def test_the_next_subscriber_has_a_group_of_its_own(reading: Read) -> None:
    second = ["HL*3*1*22*0", "SBR*P*18*******CI", *claim("C2", line(1))]
    found = reading(professional(claim("C1", line(1)), second))
    assert [each.lines[0].plan_id for each in found.claims] == ["GROUP1", None]


def test_lines_are_sorted_by_number(reading: Read) -> None:
    found = reading(professional(claim("C1", line(2, "J1200"), line(1))))
    assert [each.procedure_code for each in found.claims[0].lines] == ["96365", "J1200"]


@pytest.mark.parametrize("newline", ["\n", "\r\n", "", " \n"])
def test_newlines_after_the_terminator(reading: Read, newline: str) -> None:
    found = reading(professional(claim("C1", line(1)), claim("C2", line(1)), newline=newline))
    assert [each.claim_id for each in found.claims] == ["C1", "C2"]
    assert not found.told()


@pytest.mark.parametrize("delimiters", ["|>~", "*:\n", "^+'", "*:|", "\x1d\x1f\x1c"])
def test_delimiters_come_from_the_header(reading: Read, delimiters: str) -> None:
    newline = "" if delimiters.endswith("\n") else "\n"
    text = professional(claim("C1", line(1, "J1200:59")), newline=newline, delimiters=delimiters)
    found = reading(text)
    assert found.line.modifiers == ("59",)
    assert not found.told()


def test_a_byte_order_mark_and_a_missing_last_terminator(reading: Read) -> None:
    text = professional(claim("C1", line(1)))
    found = reading("\ufeff" + text.rstrip().removesuffix("~"))
    assert found.line.claim_id == "C1"
    assert not found.told()


def test_several_interchanges_each_with_its_own_delimiters(reading: Read) -> None:
    first = professional(claim("C1", line(1)))
    second = institutional(claim("C2", ub04_line(1), facility="13:A:1"))
    third = interchange(transaction(claim("C3", line(1))), delimiters="|>'", newline="")
    fourth = interchange(transaction(claim("C4", line(1))), delimiters="*:^", newline="\n")
    found = reading(first + second + third + fourth)
    assert [(each.claim_id, each.lines[0].claim_form) for each in found.claims] == [
        ("C1", "cms1500"),
        ("C2", "ub04"),
        ("C3", "cms1500"),
        ("C4", "cms1500"),
    ]
    assert not found.told()


def test_several_transactions_of_both_forms_in_one_group(reading: Read) -> None:
    rows = [
        *transaction(claim("C1", line(1))),
        *transaction(claim("C2", ub04_line(1), facility="13:A:1"), version=INSTITUTIONAL),
    ]
    found = reading(interchange(rows).replace("GE*1*", "GE*2*"))
    assert [each.lines[0].claim_form for each in found.claims] == ["cms1500", "ub04"]
    assert found.told() == [
        "segment 21 (ST), element ST03: the version `005010X223A2` differs from `005010X222A1` "
        "of the group"
    ]


def test_segments_across_blocks(reading: Read, monkeypatch: pytest.MonkeyPatch) -> None:
    text = professional(*(claim(f"C{each}", line(1, "J1200:59")) for each in range(9)))
    whole = reading(text + text.replace("CLM*C", "CLM*D"))
    for size in (1, 2, 7, 106, 107, 500):
        monkeypatch.setattr("facts.readers.x12.segments._BLOCK", size)
        found = reading(text + text.replace("CLM*C", "CLM*D"))
        assert found.tally == whole.tally
        assert found.told() == whole.told() == []


def test_the_header_has_106_characters() -> None:
    assert len(isa()) == 106


@pytest.mark.parametrize("word", ["NONE", "NPR", "n/a", "NOT REQUIRED"])
def test_words_for_no_authorization_and_no_provider(reading: Read, word: str) -> None:
    rows = line(1, "96365", "20180601", "1", f"REF*G1*{word}", "NM1*82*1*ROE*R****XX*NULL")
    found = reading(professional(claim("C1", rows)))
    assert (found.line.prior_authorization, found.line.rendering_provider) == (None, None)
    assert {each.message for each in found.notes} == {
        "`NULL` in `rendering_provider` is read as no value, on 1 line",
        f"`{word}` in `prior_authorization` is read as no value, on 1 line",
    }


def test_ids_that_a_spreadsheet_spoiled_and_words_for_them_are_refused(reading: Read) -> None:
    found = reading(professional(claim("NULL", line(1)), claim("2.01806E+11", line(1))))
    assert found.told("error") == [
        "segment 16 (CLM), element CLM01: the element cannot be `NULL`, which stands for no value",
        "segment 20 (CLM), element CLM01: the element is a number in scientific notation: "
        "`2.01806E+11`",
    ]


def test_a_lost_zero_of_a_place_is_told(reading: Read) -> None:
    found = reading(professional(claim("C1", line(1), facility="2:B:1")))
    assert found.line.place_of_service == "02"
    assert [each.message for each in found.notes] == [
        "`place_of_service` was read as `02` instead of `2`"
    ]


def test_control_numbers_of_the_line_and_of_the_payer(reading: Read) -> None:
    rows = line(1, "96365", "20180601", "1", "REF*6R*A-7", "REF*6R*B")
    both = ("REF*D9*CLEAR1", "REF*F8*ICN5")
    found = reading(professional(claim("C1", rows, more=both))).line
    assert (found.line_control, found.payer_control) == ("A-7", "ICN5")
    assert found.trace is not None
    assert found.trace.origin("line_control").place == "segment 22 (REF), element REF02"
    assert found.trace.origin("payer_control").place == "segment 18 (REF), element REF02"
    found = reading(professional(claim("C1", line(1), more=both[:1]))).line
    assert (found.line_control, found.payer_control) == (None, "CLEAR1")
