"""An 835 out of determinations: balanced to the cent, and read back as it was meant."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from facts.claim import ClaimLine
from facts.diagnostic import UsageError
from facts.readers.x12.remittance_stream import RemittanceStream
from facts.readers.x12.remittances import read_835
from facts.remittance import RemittedClaim
from kb.knowledge_base import KnowledgeBase
from kb.model.determination import Citation, Determination
from kb.policy.loader import load_policy
from kb.remit.payment import LinePayment, pay
from kb.remit.write_835 import Parties, write_835

PARTIES = Parties("PAYER", "1512345678", "CENTER", "1234567893", "CHECK1", date(2018, 7, 1))
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
    [claim], stream = read_back(write_835(payments, PARTIES), tmp_path)
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
    claims, stream = read_back(write_835(payments, PARTIES), tmp_path)
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
def test_a_claim_id_that_cannot_be_sent_is_an_error(claim_id: str) -> None:
    payment = pay(line()._replace(claim_id=claim_id), decided("denied"))
    with pytest.raises(UsageError, match="cannot be sent in an 835"):
        write_835([payment], PARTIES)


def test_a_name_cannot_break_out_of_its_element(tmp_path: Path) -> None:
    parties = Parties("A~SE*1", "1512345678", "B*C:D", "1234567893", "1", date(2018, 7, 1))
    _, stream = read_back(write_835([pay(line(), decided("denied"))], parties), tmp_path)
    assert stream.diagnostics == []
    [payment] = stream.payments
    assert (payment.payer, payment.payee) == ("A SE 1", "B C D")
