"""Remittances of an 835: what is read, with its places, and what is wrong with it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from facts.diagnostic import Diagnostic
from facts.readers.x12.remittance_stream import RejectedRemittance, RemittanceStream
from facts.readers.x12.remittances import read_835
from facts.remittance import RemittedClaim
from tests.facts.readers.x12.build import claim as claim_of_837
from tests.facts.readers.x12.build import line, professional
from tests.facts.readers.x12.build_835 import claim, remittance, service, transaction
from tests.facts.readers.x12.test_samples import SAMPLES, needs_samples

PAID = service("HC:96365", "100", "80", "CAS*CO*45*20")


def read(
    folder: Path, text: str
) -> tuple[list[RemittedClaim], list[RejectedRemittance], RemittanceStream]:
    """Return the claims of a text that are kept, those that are rejected, and the stream."""
    path = folder / "era.835"
    path.write_text(text, encoding="utf-8")
    stream = read_835(path)
    items = list(stream)
    kept = [each for each in items if isinstance(each, RemittedClaim)]
    return kept, [each for each in items if isinstance(each, RejectedRemittance)], stream


def place_of(diagnostic: Diagnostic) -> str:
    """Return the place of a diagnostic without its file."""
    assert diagnostic.place is not None
    return str(diagnostic.place).split(", ", 1)[1]


def test_everything_that_is_read_has_its_place(tmp_path: Path) -> None:
    text = remittance(
        transaction(
            claim(
                "C1",
                service(
                    "HC:96413:59",
                    "300",
                    "100",
                    "DTM*472*20180601",
                    "CAS*CO*45*150*0*97*30*2",
                    "CAS*PR*1*20",
                    "REF*6R*L1",
                    "REF*0K*POLICY9",
                    "AMT*B6*120",
                    "LQ*HE*M15",
                    "LQ*HE*N19",
                    rest="*0335*2*HC:96365:59:25*3",
                ),
                charge="310",
                paid="100",
                owed="20",
                more=[
                    "CAS*OA*23*10",
                    "NM1*QC*1*DOE*JANE****MI*MEMBER1",
                    "NM1*74*1*DOE*JANET****C*MEMBER2",
                    "NM1*82*1*ROE*RICHARD****XX*1122333341",
                    "MOA***MA01*MA18",
                    "REF*1L*GROUP1",
                    "REF*F8*OLD1",
                    "DTM*232*20180531",
                    "DTM*233*20180602",
                ],
            ),
            amount="95",
            plb=["PLB*1234567893*20181231*WO:REF1*5"],
        )
    )
    kept, rejected, stream = read(tmp_path, text)
    assert stream.diagnostics == rejected == []
    [found] = kept
    assert (found.claim_id, found.status, found.charge, found.paid) == ("C1", "1", 310, 100)
    assert (found.patient_responsibility, found.payer_control, found.frequency) == (
        20,
        "PCNC1",
        "1",
    )
    assert (found.group_number, found.original_reference) == ("GROUP1", "OLD1")
    assert (found.patient_id, found.corrected_patient_id) == ("MEMBER1", "MEMBER2")
    assert found.rendering_provider == "1122333341"
    assert (found.service_date, found.service_date_to) == (date(2018, 5, 31), date(2018, 6, 2))
    assert found.remarks == ("MA01", "MA18")
    assert found.adjusted == 210
    [own] = found.adjustments
    assert (own.group_code, own.carc, own.amount) == ("OA", "23", 10)
    [each] = found.lines
    assert (each.procedure_code, each.modifiers, each.revenue_code) == ("96413", ("59",), "0335")
    assert (each.submitted_code, each.submitted_modifiers) == ("96365", ("59", "25"))
    assert (each.units_paid, each.units_billed, each.allowed) == (2, 3, 120)
    assert (each.line_control, each.policy_ids, each.remarks) == (
        "L1",
        ("POLICY9",),
        ("M15", "N19"),
    )
    assert each.service_date == each.service_date_to == date(2018, 6, 1)
    assert [(one.group_code, one.carc, one.amount, one.quantity) for one in each.adjustments] == [
        ("CO", "45", 150, 0),
        ("CO", "97", 30, 2),
        ("PR", "1", 20, None),
    ]
    assert each.trace is not None
    assert found.trace is not None
    second = each.adjustments[1].trace
    assert second is not None
    places = {
        "carc": (second, "segment 21 (CAS), element CAS05"),
        "amount": (second, "segment 21 (CAS), element CAS06"),
        "quantity": (second, "segment 21 (CAS), element CAS07"),
        "group_code": (second, "segment 21 (CAS), element CAS01"),
        "submitted_code": (each.trace, "segment 19 (SVC), element SVC06-2"),
        "units_billed": (each.trace, "segment 19 (SVC), element SVC07"),
        "service_date": (each.trace, "segment 20 (DTM), element DTM02"),
        "line_control": (each.trace, "segment 23 (REF), element REF02"),
        "allowed": (each.trace, "segment 25 (AMT), element AMT02"),
        "status": (found.trace, "segment 9 (CLP), element CLP02"),
        "payer_control": (found.trace, "segment 9 (CLP), element CLP07"),
        "patient_id": (found.trace, "segment 11 (NM1), element NM109"),
        "service_date_to": (found.trace, "segment 18 (DTM), element DTM02"),
    }
    for field, (trace, place) in places.items():
        assert trace.origin(field).place == place, field
    [payment] = stream.payments
    assert (payment.number, payment.amount, payment.date) == ("CHECK1", 95, date(2018, 6, 15))
    assert (payment.payer, payment.payer_id) == ("PAYER ONE", "1512345678")
    assert (payment.payee, payment.payee_id) == ("INFUSION CENTER", "1234567893")
    [taken] = payment.adjustments
    assert (taken.provider, taken.reason, taken.reference, taken.amount) == (
        "1234567893",
        "WO",
        "REF1",
        5,
    )


def test_every_triplet_of_a_segment_counts(tmp_path: Path) -> None:
    cas = "CAS*CO" + "".join(f"*{code}*10*{code}" for code in range(1, 7))
    [found], _, _ = read(
        tmp_path, remittance(transaction(claim("C1", service("HC:96365", "100", "40", cas))))
    )
    assert [each.carc for each in found.lines[0].adjustments] == ["1", "2", "3", "4", "5", "6"]
    assert found.lines[0].adjusted == 60


def test_an_empty_triplet_is_no_end(tmp_path: Path) -> None:
    text = remittance(
        transaction(claim("C1", service("HC:96365", "100", "80", "CAS*CO*45*15*****97*5")))
    )
    [found], [], stream = read(tmp_path, text)
    assert [(each.carc, each.amount) for each in found.lines[0].adjustments] == [
        ("45", 15),
        ("97", 5),
    ]
    assert stream.diagnostics == []


@pytest.mark.parametrize(
    ("composite", "rest", "code", "revenue", "ndc"),
    [
        ("HC:96365", "", "96365", None, None),
        ("NU:0250", "", None, "0250", None),
        ("NU:250", "", None, "0250", None),
        ("HC:J1200", "*0636", "J1200", "0636", None),
        ("N4:00026063512", "", None, None, "00026063512"),
        ("HP:1AA01", "", None, None, None),
    ],
)
def test_kinds_of_service_codes(
    tmp_path: Path, composite: str, rest: str, code: str, revenue: str, ndc: str
) -> None:
    text = remittance(transaction(claim("C1", service(composite, rest=rest), charge="100")))
    [found], _, _ = read(tmp_path, text)
    [each] = found.lines
    assert (each.procedure_code, each.revenue_code, each.ndc) == (code, revenue, ndc)


def test_units_that_are_left_out(tmp_path: Path) -> None:
    text = remittance(transaction(claim("C1", service(rest="**4"), service())))
    [found], _, _ = read(tmp_path, text)
    assert [(each.units_paid, each.units_billed) for each in found.lines] == [(4, 4), (1, 1)]


def test_a_reversal_and_its_correction(tmp_path: Path) -> None:
    taken_back = claim(
        "C1",
        service("HC:96365", "-100", "-80", "CAS*CO*45*-20"),
        status="22",
        charge="-100",
        paid="-80",
    )
    corrected = claim("C1", service("HC:96365", "100", "0", "CAS*CO*97*100"), status="4", paid="0")
    found, [], stream = read(tmp_path, remittance(transaction(taken_back, corrected, amount="-80")))
    assert [each.is_reversal for each in found] == [True, False]
    assert [each.adjusted for each in found] == [-20, 100]
    assert stream.diagnostics == []


def test_several_checks_payers_and_interchanges(tmp_path: Path) -> None:
    first = remittance(transaction(claim("C1", PAID)), transaction(claim("C2", PAID)))
    second = remittance(transaction(claim("C1", PAID))).replace("PAYER ONE", "PAYER TWO")
    found, [], stream = read(tmp_path, first + second)
    assert [each.claim_id for each in found] == ["C1", "C2", "C1"]
    assert [each.payer for each in stream.payments] == ["PAYER ONE", "PAYER ONE", "PAYER TWO"]
    assert [each.payment.payer for each in found if each.payment] == [
        "PAYER ONE",
        "PAYER ONE",
        "PAYER TWO",
    ]
    assert stream.diagnostics == []


@pytest.mark.parametrize(
    ("transactions", "message", "place"),
    [
        (
            transaction(claim("C1", service("HC:96365", "100", "80", "CAS*CO*45*10"))),
            "the line does not balance: charge 100 less adjustments 10 is 90, paid is 80",
            "segment 10 (SVC)",
        ),
        (
            transaction(claim("C1", PAID, charge="120")),
            "the claim does not balance: charge 120 less adjustments 20 is 100, paid is 80",
            "segment 9 (CLP)",
        ),
        (
            transaction(claim("C1", PAID), amount="75", plb=["PLB*1*20181231*L6*-5"]),
            "the check does not balance: claims pay 80 less provider adjustments -5 is 85,"
            " the check is 75",
            "segment 4 (BPR), element BPR02",
        ),
    ],
)
def test_sums_that_differ_are_told_and_read_on(
    tmp_path: Path, transactions: Sequence[str], message: str, place: str
) -> None:
    [found], [], stream = read(tmp_path, remittance(transactions))
    assert found.claim_id == "C1"
    warnings = [each for each in stream.diagnostics if each.message == message]
    assert [place_of(each) for each in warnings] == [place]
    assert warnings[0].severity == "warning"


CUT = remittance(transaction(claim("C1", PAID), claim("C2", PAID), amount="160"))


@pytest.mark.parametrize(
    ("text", "message", "place"),
    [
        (CUT.replace("C1*1*100*80", "C1*1*1oo*80"), "the element is not a number: `1oo`", "CLP03"),
        (CUT.replace("C1*1*100*80", "C1*1*100*"), "the element is empty", "CLP04"),
        (
            CUT.replace("CAS*CO*45*20", "CAS*CO*45", 1),
            "the element is empty",
            "segment 11 (CAS), element CAS03",
        ),
        (
            CUT.replace("CAS*CO*45*20", "CAS*CO", 1),
            "the segment adjusts nothing",
            "segment 11 (CAS)",
        ),
        (
            CUT.replace("CAS*CO*45*20", "CAS*XX*45*20", 1),
            "the group code `XX` is unknown",
            "segment 11 (CAS), element CAS01",
        ),
        (
            CUT.replace("SVC*HC:96365", "SVC*HC", 1),
            "the component has no code",
            "segment 10 (SVC), element SVC01-2",
        ),
        (
            CUT.replace("CAS*CO*45*20", "DTM*472*20180231", 1),
            "the date does not exist: `20180231`",
            "segment 11 (DTM), element DTM02",
        ),
        (
            CUT.replace("CAS*CO*45*20", "C?S*CO*45*20", 1),
            "the segment `C?S` is unknown",
            "segment 11 (?)",
        ),
    ],
)
def test_a_fault_rejects_its_claim_and_no_other(
    tmp_path: Path, text: str, message: str, place: str
) -> None:
    kept, [rejected], stream = read(tmp_path, text)
    assert [each.claim_id for each in kept] == ["C2"]
    assert rejected.claim_id == "C1"
    [fault] = [each for each in rejected.diagnostics if each.severity == "error"]
    assert fault.message == message
    assert place_of(fault).endswith(place)
    tally = stream.tally
    assert (tally.claims_read, tally.claims_rejected) == (2, 1)
    assert (tally.lines_read, tally.lines_rejected) == (2, 1)
    assert tally.paid_read - tally.paid_rejected == sum(each.paid for each in kept)


def test_an_amount_that_cannot_be_read_is_counted_as_unknown(tmp_path: Path) -> None:
    _, _, stream = read(tmp_path, CUT.replace("C1*1*100*80", "C1*1*100*8O"))
    assert stream.tally.unknown_amounts == 1
    assert stream.tally.paid_read == Decimal(80)
    assert [each.message for each in stream.diagnostics] == [
        "the check cannot be balanced: what a claim pays cannot be read"
    ]


def test_a_truncated_file_rejects_the_last_claim(tmp_path: Path) -> None:
    text = CUT[: CUT.index("SVC", CUT.index("CLP*C2"))]
    kept, [rejected], stream = read(tmp_path, text)
    assert [each.claim_id for each in kept] == ["C1"]
    assert [each.message for each in rejected.diagnostics] == [
        "the file ends in the middle of the claim"
    ]
    assert [each.severity for each in stream.diagnostics] == ["error"]


def test_a_wrong_segment_count_is_a_warning(tmp_path: Path) -> None:
    kept, [], stream = read(tmp_path, CUT.replace("SE*", "SE*9"))
    assert len(kept) == 2
    [warning] = stream.diagnostics
    assert warning.severity == "warning"
    assert "segments are announced" in warning.message


def test_a_claim_without_services_is_kept_with_a_note(tmp_path: Path) -> None:
    text = remittance(transaction(claim("C1", more=["CAS*CO*45*20"])))
    [found], [], stream = read(tmp_path, text)
    assert (found.lines, found.adjusted) == ((), 20)
    assert [each.severity for each in stream.diagnostics] == ["note"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            remittance(transaction(claim("C1", PAID)), version="004010X091A1"),
            "the version `004010X091A1` is unknown",
        ),
        (
            professional(claim_of_837("C1", line(1))),
            "the transaction `837` is not a remittance",
        ),
        (
            remittance(transaction(claim("C1", PAID), header=["CUR*PR*CAD"])),
            "the remittance is in `CAD`, which is not read",
        ),
    ],
)
def test_what_is_no_remittance_of_ours_is_told_once(
    tmp_path: Path, text: str, message: str
) -> None:
    kept, rejected, stream = read(tmp_path, text)
    assert kept == []
    assert [each.message for each in stream.diagnostics if each.severity == "error"] == [message]
    assert (
        stream.tally.lines_read
        == stream.tally.lines_rejected
        == sum(each.lines_read for each in rejected)
    )


def test_a_service_outside_of_claims_is_rejected(tmp_path: Path) -> None:
    text = remittance(transaction(PAID, claim("C1", PAID)))
    [found], [rejected], stream = read(tmp_path, text)
    assert found.claim_id == "C1"
    assert rejected.diagnostics[0].message == "the service belongs to no claim"
    assert stream.tally.lines_read == 2


@needs_samples
def test_the_sample_has_the_sums_that_other_programs_give() -> None:
    """The sums are those of pyx12 4.0.0, segment by segment."""
    stream = read_835(SAMPLES / "managed-care.835")
    found = [each for each in stream if isinstance(each, RemittedClaim)]
    assert [(each.claim_id, each.charge, each.paid, each.adjusted) for each in found] == [
        ("5554555444", Decimal("800.00"), Decimal("450.00"), Decimal("350.00")),
        ("8765432112", Decimal("1200.00"), Decimal("495.00"), Decimal("705.00")),
    ]
    assert [each.message for each in stream.diagnostics] == ["the date does not exist: `20002316`"]
