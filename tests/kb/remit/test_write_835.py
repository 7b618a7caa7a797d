"""An 835 out of determinations: balanced to the cent, and read back as it was meant."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from facts.claim import ClaimLine, ClaimParties, Party
from facts.diagnostic import Diagnostic
from facts.readers.x12.remittance_stream import RemittanceStream
from facts.readers.x12.remittances import read_835
from facts.remittance import RemittedClaim
from kb.knowledge_base import KnowledgeBase
from kb.model.determination import Citation, Determination
from kb.policy.loader import load_policy
from kb.remit.paid_claim import PaidClaim
from kb.remit.payment import LinePayment, pay
from kb.remit.write_835 import Remittance835, Sender

SENDER = Sender(
    "CHECK1", date(2018, 7, 1), Party("PAYER", "512345678"), Party("CENTER", "1234567893")
)
CITED = {
    "denied": Citation("R14-FAC-1", "denied", "171", ("M97",), "CO"),
    "bundled": Citation("R14-OFF-2", "bundled", "97", ("M15", "N20"), "CO"),
    "reduced": Citation("R14-BIL-4", "reduced", "151", ("M53",), "CO"),
    "pended": Citation("R14-BIL-2", "pended", "16", ("M119",), "CO"),
}


def line(number: int = 1, charge: str = "100", units: str | None = "4") -> ClaimLine:
    return ClaimLine(
        "C1",
        number,
        "cms1500",
        date(2018, 6, 1),
        procedure_code="J1200",
        modifiers=("59",),
        units=None if units is None else Decimal(units),
        charge=Decimal(charge),
    )


def decided(outcome: str, allowed: int | None = None, number: int = 1) -> Determination:
    cited = (CITED[outcome],) if outcome in CITED else ()
    return Determination("C1", number, outcome, cited, allowed, (), (), "R14", "", "")


def claims_of(payments: list[LinePayment]) -> list[PaidClaim]:
    by_claim: dict[str, list[LinePayment]] = {}
    for each in payments:
        by_claim.setdefault(each.line.claim_id, []).append(each)
    return [PaidClaim(claim_id, claim_id, tuple(lines)) for claim_id, lines in by_claim.items()]


def written(claims: list[PaidClaim], sender: Sender = SENDER) -> str:
    remittance = Remittance835(sender)
    assert [remittance.add(each) for each in claims] == [None] * len(claims)
    return "".join(f"{text}\n" for text in remittance.texts())


def refused(claim: PaidClaim, sender: Sender = SENDER) -> Diagnostic:
    remittance = Remittance835(sender)
    fault = remittance.add(claim)
    assert fault is not None
    assert [*remittance.texts()] == []
    return fault


def read_back(text: str, folder: Path) -> tuple[list[RemittedClaim], RemittanceStream]:
    path = folder / "out.835"
    path.write_text(text, encoding="utf-8")
    stream = read_835(path)
    return [each for each in stream if isinstance(each, RemittedClaim)], stream


@pytest.mark.parametrize(
    ("outcome", "allowed", "paid", "adjustments"),
    [
        ("reimbursable", None, "100", []),
        ("not_addressed", None, "100", []),
        ("denied", None, "0", [("CO", "171", "100")]),
        ("bundled", None, "0", [("CO", "97", "100")]),
        ("pended", None, "0", [("CO", "16", "100")]),
        ("reduced", 1, "25", [("CO", "151", "75")]),
        ("reduced", 0, "0", [("CO", "151", "100")]),
    ],
)
def test_what_each_outcome_pays(outcome, allowed, paid, adjustments) -> None:
    made = pay(line(), decided(outcome, allowed))
    assert made.paid == Decimal(paid)
    assert [(each.group_code, each.carc, each.amount) for each in made.adjustments] == [
        (group, carc, Decimal(amount)) for group, carc, amount in adjustments
    ]


def test_a_fee_bounds_what_is_allowed() -> None:
    made = pay(line(), decided("reduced", 2), {"J1200": Decimal("10.005")})
    assert made.paid == Decimal("20.01")
    assert [(each.carc, each.amount) for each in made.adjustments] == [
        ("151", Decimal(50)),
        ("45", Decimal("29.99")),
    ]
    dear = pay(line(), decided("reimbursable"), {"J1200": Decimal(1000)})
    assert (dear.paid, dear.adjustments) == (100, ())


@given(
    st.decimals(0, 99_999, places=2, allow_nan=False),
    st.decimals(1, 500, places=3, allow_nan=False),
    st.integers(0, 600),
    st.sampled_from(["reimbursable", "denied", "reduced"]),
    st.none() | st.decimals(0, 900, places=4, allow_nan=False),
)
def test_charge_less_adjustments_is_paid(charge, units, allowed, outcome, fee) -> None:
    made = pay(
        line(1, str(charge), str(units)),
        decided(outcome, allowed if outcome == "reduced" else None),
        None if fee is None else {"J1200": fee},
    )
    assert made.charge - sum(each.amount for each in made.adjustments) == made.paid
    assert 0 <= made.paid <= made.charge
    assert all(each.amount > 0 for each in made.adjustments)
    assert made.paid == made.paid.quantize(Decimal("0.01"))


def test_it_is_read_back_as_it_was_meant(tmp_path: Path) -> None:
    payments = [
        pay(line(1), decided("reduced", 1, 1)),
        pay(line(2, "33.10", None), decided("bundled", None, 2)),
        pay(line(3, "0"), decided("reimbursable", None, 3)),
    ]
    [claim], stream = read_back(written(claims_of(payments)), tmp_path)
    assert stream.diagnostics == []
    assert (claim.claim_id, claim.status, claim.charge, claim.paid) == (
        "C1",
        "1",
        Decimal("133.1"),
        25,
    )
    first, second, third = claim.lines
    assert (first.procedure_code, first.modifiers) == ("J1200", ("59",))
    assert (first.units_paid, first.units_billed, first.line_control) == (1, 4, "1")
    assert (first.policy_ids, first.remarks) == (("R14-BIL-4",), ("M53",))
    assert (second.policy_ids, second.remarks) == (("R14-OFF-2",), ("M15", "N20"))
    assert [(each.carc, each.amount) for each in second.adjustments] == [("97", Decimal("33.1"))]
    assert (third.policy_ids, third.adjustments) == ((), ())
    [payment] = stream.payments
    assert (payment.number, payment.amount, payment.date) == ("CHECK1", 25, date(2018, 7, 1))


def test_the_claims_of_the_policy_go_out_and_come_back(tmp_path: Path) -> None:
    policy = load_policy("r14")
    records = [
        {
            "claim_id": f"C{number}",
            "line_number": at,
            "claim_form": "cms1500",
            "service_date": "2018-06-01",
            "place_of_service": place,
            "procedure_code": code,
            "units": 1,
            "charge": f"{at}7.5{number}",
        }
        for number, place in ((1, "11"), (2, "22"))
        for at, code in enumerate(("96365", "A4222", "J1642", "99213"), 1)
    ]
    found = KnowledgeBase(policy).adjudicate(records)
    by_line = {(each.claim_id, each.line_number): each for each in found}
    lines = lines_of(records)
    payments: list[LinePayment] = [
        pay(each, by_line[each.claim_id, each.line_number]) for each in lines
    ]
    claims, stream = read_back(written(claims_of(payments)), tmp_path)
    assert [each.severity for each in stream.diagnostics] == []
    assert sum(each.charge for each in claims) == sum(each.charge or 0 for each in lines)
    assert sum(each.paid for each in claims) == sum(each.paid for each in payments)


def lines_of(records: list[dict[str, object]]) -> list[ClaimLine]:
    return [
        ClaimLine(
            str(each["claim_id"]),
            int(str(each["line_number"])),
            str(each["claim_form"]),
            date.fromisoformat(str(each["service_date"])),
            place_of_service=str(each["place_of_service"]),
            procedure_code=str(each["procedure_code"]),
            units=Decimal(1),
            charge=Decimal(str(each["charge"])),
        )
        for each in records
    ]


@pytest.mark.parametrize("claim_id", ["A" * 21, "A*1", "A~1", "A:1", " A"])
def test_a_claim_id_that_cannot_be_sent_is_told(claim_id: str) -> None:
    fault = refused(PaidClaim(claim_id, claim_id, (pay(line(), decided("denied")),)))
    assert fault.message.endswith("cannot be sent in an 835: its id does not fit")


@pytest.mark.parametrize(
    ("sender", "reason"),
    [
        (Sender("1", date(2018, 7, 1)), "it names no payer with an id"),
        (Sender("1", date(2018, 7, 1), Party("P")), "it names no payer with an id"),
        (Sender("1", date(2018, 7, 1), Party("P", "7")), "it names no payee with an NPI"),
        (
            Sender("1", date(2018, 7, 1), Party("P", "7"), Party("C", "12")),
            "it names no payee with an NPI",
        ),
    ],
)
def test_a_claim_without_parties_is_told(sender: Sender, reason: str) -> None:
    fault = refused(PaidClaim("C1", "C1", (pay(line(), decided("denied")),)), sender)
    assert fault.message == f"claim `C1` cannot be sent in an 835: {reason}"


def test_a_line_without_any_code_is_told_and_a_revenue_code_or_a_drug_is_enough(
    tmp_path: Path,
) -> None:
    bare = line()._replace(procedure_code=None, modifiers=())
    fault = refused(PaidClaim("C1", "C1", (pay(bare, decided("pended")),)))
    assert fault.message.endswith("line 1 has neither a procedure code nor a revenue code")
    for named in (bare._replace(revenue_code="0636"), bare._replace(ndc="00641037625")):
        text = written([PaidClaim("C1", "C1", (pay(named, decided("pended")),))])
        assert "SVC*NU:0636*" in text or "SVC*N4:00641037625*" in text
        [claim], stream = read_back(text, tmp_path)
        assert stream.diagnostics == []
        assert (claim.lines[0].revenue_code, claim.lines[0].ndc) in (
            ("0636", None),
            (None, "00641037625"),
        )


def test_a_name_cannot_break_out_of_its_element(tmp_path: Path) -> None:
    sender = Sender(
        "1~2", date(2018, 7, 1), Party("A~SE*1", "51:2345678"), Party("B*C:D", "1234567893")
    )
    patient = ClaimParties(patient=Party("X~Y, Z*W", "M:1"))
    claim = PaidClaim("C1", "C1", (pay(line(), decided("denied")),), patient)
    _, stream = read_back(written([claim], sender), tmp_path)
    assert stream.diagnostics == []
    [payment] = stream.payments
    assert (payment.payer, payment.payee, payment.number) == ("A SE 1", "B C D", "1 2")


def test_reasons_of_a_group_share_a_segment_and_the_patient_owes_what_is_pr(
    tmp_path: Path,
) -> None:
    cited = Citation("X-1", "reduced", "1", (), "PR")
    decision = Determination("C1", 1, "reduced", (cited,), 2, (), (), "R14", "", "")
    both = pay(line(), decided("reduced", 2), {"J1200": Decimal("10.01")})
    text = written([PaidClaim("C1", "C1", (both,))])
    assert "CAS*CO*151*50**45*29.98~" in text
    [claim], stream = read_back(text, tmp_path)
    assert [(each.carc, each.amount) for each in claim.lines[0].adjustments] == [
        ("151", Decimal(50)),
        ("45", Decimal("29.98")),
    ]
    assert claim.lines[0].allowed == Decimal("20.02")
    [claim], stream = read_back(
        written([PaidClaim("C1", "C1", (pay(line(), decision),))]), tmp_path
    )
    assert (claim.patient_responsibility, stream.diagnostics) == (Decimal(50), [])


def test_each_payer_and_payee_have_a_check_and_the_order_of_claims_is_nothing(
    tmp_path: Path,
) -> None:
    made = [
        PaidClaim(
            f"C{number}",
            f"C{number}",
            (pay(line(charge=f"{number}.1"), decided("reimbursable")),),
            ClaimParties(Party(payer, "7"), Party("CLINIC", npi), Party("DOE, JO", f"M{number}")),
        )
        for number, (payer, npi) in enumerate(
            [("BETA", "1234567893"), ("ALPHA", "1234567893"), ("BETA", "1999999984")] * 2
        )
    ]
    sender = Sender("77", date(2018, 7, 1))
    text = written(made, sender)
    assert text == written(made[::-1], sender)
    claims, stream = read_back(text, tmp_path)
    assert stream.diagnostics == []
    assert [(each.number, each.payer, each.payee_id, each.amount) for each in stream.payments] == [
        ("77-1", "ALPHA", "1234567893", Decimal("5.2")),
        ("77-2", "BETA", "1234567893", Decimal("3.2")),
        ("77-3", "BETA", "1999999984", Decimal("7.2")),
    ]
    assert [each.claim_id for each in claims] == ["C1", "C4", "C0", "C3", "C2", "C5"]
    assert [each.patient_id for each in claims] == ["M1", "M4", "M0", "M3", "M2", "M5"]


def test_what_names_the_payer_where_it_is_and_whom_to_ask() -> None:
    sender = Sender(
        "1",
        date(2018, 7, 1),
        Party("ACME", "66783"),
        Party("C", "1234567893"),
        ("1 Road, Suite 2", "Anytown", "OH", "43001"),
        ("Desk", "(800) 555-0100"),
    )
    text = written([PaidClaim("C1", "C1", (pay(line(charge="0"), decided("denied")),))], sender)
    assert "N3*1 Road, Suite 2~\nN4*Anytown*OH*43001~\nREF*2U*66783~\n" in text
    assert "PER*BL*Desk*TE*8005550100~" in text
    assert "BPR*H*0*C*NON************20180701~\nTRN*1*1*0000066783~" in text


def test_days_and_place_of_a_claim_are_sent(tmp_path: Path) -> None:
    bill = line()._replace(claim_form="ub04", type_of_bill="131", revenue_code="0636")
    spans = bill._replace(service_date_to=date(2018, 6, 3))
    text = written([PaidClaim("C1", "C1", (pay(spans, decided("denied")),))])
    assert "CLP*C1*4*100*0**ZZ*C1*13*1~" in text
    [claim], stream = read_back(text, tmp_path)
    assert stream.diagnostics == []
    assert (claim.frequency, claim.lines[0].revenue_code) == ("1", "0636")
    assert claim.lines[0].service_date_to == date(2018, 6, 3)
