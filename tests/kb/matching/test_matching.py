"""Matching: which line of a remittance answers which line of a claim."""

from __future__ import annotations

import random
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from facts.claim import ClaimLine
from facts.remittance import Payment, RemittedClaim
from kb.matching.claims import Matching, match_claims
from tests.kb.audit.answers import DAY, answer, answered, reasons


def line(number: int, code: str | None, charge: str, claim: str = "C1", **more: Any) -> ClaimLine:
    values = {"procedure_code": code, "charge": Decimal(charge), "units": Decimal(1), **more}
    return ClaimLine(claim, number, "cms1500", DAY, **values)


def pairs(found: Matching) -> list[tuple[str, int, tuple[int, ...], str]]:
    return [
        (claim_id, each.line_number, tuple(part.position for part in each.parts), each.method)
        for claim_id, lines in found.matched.items()
        for each in lines
    ]


def payment(number: str, day: date = DAY) -> Payment:
    return Payment(number, Decimal(0), day, "PAYER ONE", "1", "CLINIC", "2")


STRICT = "code, modifiers, date, units and charge"


def test_alike_lines_are_paired_in_their_order() -> None:
    ours = [line(1, "96366", "40"), line(2, "96366", "40"), line(3, "96366", "40")]
    found = match_claims(
        {"C1": ours}, [answer(answered(1, "96366", "40"), answered(2, "96366", "40"))]
    )
    assert pairs(found) == [("C1", 1, (1,), STRICT), ("C1", 2, (2,), STRICT)]
    assert found.unanswered == [("C1", 3)]


LIKE: dict[str, tuple[ClaimLine, Any, str]] = {
    "units differ": (
        line(1, "J1200", "50", units=Decimal(5)),
        answered(1, "J1200", "50", units_billed=Decimal(3)),
        "code, modifiers, date and charge",
    ),
    "modifiers differ": (
        line(1, "J1200", "50", modifiers=("59",)),
        answered(1, "J1200", "50"),
        "code, date and charge",
    ),
    "modifiers in another order": (
        line(1, "J1200", "50", modifiers=("59", "25")),
        answered(1, "J1200", "50", modifiers=("25", "59")),
        STRICT,
    ),
    "no date": (
        line(1, "J1200", "50"),
        answered(1, "J1200", "50", service_date=None),
        "code and charge",
    ),
    "the charge differs": (line(1, "J1200", "50"), answered(1, "J1200", "49"), "code and date"),
    "the payer changed the code": (
        line(1, "96413", "50"),
        answered(1, "96365", "50", submitted_code="96413"),
        STRICT,
    ),
    "and does not say so": (line(1, "96413", "50"), answered(1, "96365", "50"), "date and charge"),
    "a revenue code alone": (
        line(1, None, "50", revenue_code="0250"),
        answered(1, None, "50", revenue_code="0250"),
        STRICT,
    ),
    "the number of the line comes back": (
        line(1, "96413", "50"),
        answered(1, "96413", "50", line_control="1"),
        "line control number",
    ),
}


@pytest.mark.parametrize("name", LIKE)
def test_how_a_line_is_found(name: str) -> None:
    ours, theirs, method = LIKE[name]
    found = match_claims({"C1": [ours]}, [answer(theirs)])
    assert pairs(found) == [("C1", 1, (1,), method)]
    assert not found.unmatched


def test_line_control_tells_alike_lines_apart() -> None:
    ours = [line(1, "96366", "40"), line(2, "96366", "40")]
    theirs = answer(
        answered(1, "96366", "40", line_control="2"), answered(2, "96366", "40", line_control="1")
    )
    assert [each[:3] for each in pairs(match_claims({"C1": ours}, [theirs]))] == [
        ("C1", 1, (2,)),
        ("C1", 2, (1,)),
    ]


def test_a_line_control_of_another_line_does_not_count() -> None:
    ours = [line(1, "96365", "40"), line(2, "J7050", "10")]
    theirs = answer(answered(1, "J7050", "10", line_control="1"))
    assert pairs(match_claims({"C1": ours}, [theirs])) == [("C1", 2, (1,), STRICT)]


CONTROLLED: dict[str, tuple[dict[str, Any], str, bool]] = {
    "the same code and charge": ({}, "40", True),
    "another charge": ({}, "39", True),
    "another code": ({"procedure_code": "96360"}, "40", True),
    "neither": ({"procedure_code": "96360"}, "39", False),
}


@pytest.mark.parametrize("name", CONTROLLED)
def test_a_line_is_found_by_the_control_number_of_the_claim(name: str) -> None:
    more, charge, controlled = CONTROLLED[name]
    ours = [line(1, "96366", "40", line_control="A7"), line(2, "96366", "40", line_control="2")]
    theirs = answered(1, more.get("procedure_code", "96366"), charge, line_control="A7")
    made = pairs(match_claims({"C1": ours}, [answer(theirs)]))
    found = [each[3] for each in made if each[1] == 1]
    assert (found == ["line control number"]) is controlled


def test_a_control_number_that_two_lines_have_tells_nothing() -> None:
    ours = [line(1, "96366", "40", line_control="A"), line(2, "J7050", "10", line_control="A")]
    found = match_claims({"C1": ours}, [answer(answered(1, "J7050", "10", line_control="A"))])
    assert pairs(found) == [("C1", 2, (1,), STRICT)]


def test_a_claim_is_found_by_the_control_number_that_it_has_of_the_payer() -> None:
    ours = {"C1": [line(1, "96365", "40", payer_control="ICN7")]}
    for more in ({"payer_control": "ICN7"}, {"original_reference": "ICN7"}):
        found = match_claims(ours, [answer(answered(1, "96365", "40"), claim_id="other", **more)])
        assert pairs(found) == [("C1", 1, (1,), f"{STRICT}, claim by payer control number")]
    two = {**ours, "C2": [line(1, "96365", "40", "C2", payer_control="ICN7")]}
    other = answer(answered(1, "96365", "40"), claim_id="other", payer_control="ICN7")
    assert not match_claims(two, [other]).matched


def test_what_the_payer_made_of_one_line_belongs_to_it() -> None:
    ours = [line(1, "80050", "90"), line(2, "J7050", "10")]
    theirs = answer(
        answered(1, "80053", "90", "CO-45:30", submitted_code="80050"),
        answered(2, "85025", "0", "OA-94:-20", submitted_code="80050"),
        answered(3, "J7050", "10"),
    )
    found = match_claims({"C1": ours}, [theirs])
    assert [each[:3] for each in pairs(found)] == [("C1", 1, (1, 2)), ("C1", 2, (3,))]
    assert found.matched["C1"][0].method.endswith(", unbundled")


def test_lines_that_were_bundled_are_found_by_what_was_billed() -> None:
    ours = [line(1, "82374", "10"), line(2, "82435", "12")]
    theirs = answer(
        answered(1, "80051", "10", submitted_code="82374"),
        answered(2, "80051", "12", "CO-97:12", submitted_code="82435"),
    )
    assert [each[:3] for each in pairs(match_claims({"C1": ours}, [theirs]))] == [
        ("C1", 1, (1,)),
        ("C1", 2, (2,)),
    ]


def test_a_guess_between_two_lines_is_none() -> None:
    ours = [line(1, "96366", "40"), line(2, "96366", "41")]
    found = match_claims({"C1": ours}, [answer(answered(1, "96366", "39"))])
    assert not found.matched
    assert [each.reason for each in found.unmatched] == ["no line of its claim is like it"]
    assert found.unanswered == [("C1", 1), ("C1", 2)]


def test_a_claim_is_found_by_the_payers_control_number() -> None:
    ours = {"C1": [line(1, "96365", "40")], "ICN5": [line(1, "J7050", "10", "ICN5")]}
    found = match_claims(
        ours,
        [
            answer(answered(1, "J7050", "10"), claim_id="other", payer_control="ICN5"),
            answer(answered(1, "96365", "40"), claim_id="else", original_reference="ICN9"),
        ],
    )
    assert pairs(found) == [("ICN5", 1, (1,), f"{STRICT}, claim by payer control number")]
    assert [each.claim.claim_id for each in found.unmatched] == ["else"]


def test_a_claim_is_found_by_provider_and_lines_where_there_is_one_alone() -> None:
    ours = {
        "C1": [line(1, "96365", "40", rendering_provider="P1")],
        "C2": [line(1, "J7050", "10", "C2"), line(2, "96365", "40", "C2")],
    }
    asked = answer(answered(1, "96365", "40"), claim_id="cut", rendering_provider="P1")
    assert pairs(match_claims(ours, [asked])) == [("C1", 1, (1,), f"{STRICT}, claim by provider")]
    other = asked._replace(rendering_provider="P2")
    assert not match_claims(ours, [other]).matched
    assert not match_claims({**ours, "C3": [line(1, "96365", "40", "C3")]}, [asked]).matched


def test_claims_of_one_number_are_told_apart_by_their_lines() -> None:
    ours = {
        f"C1@{part}": [line(1, code, "40", f"C1@{part}", claim_part=part)]
        for part, code in (("a", "96365"), ("b", "J7050"))
    }
    found = match_claims(ours, [answer(answered(1, "J7050", "40"))])
    assert pairs(found) == [("C1@b", 1, (1,), f"{STRICT}, claim by number and lines")]
    neither = match_claims(ours, [answer(answered(1, "J1200", "40"))])
    assert not neither.matched


def test_a_payment_that_was_taken_back_answers_nothing() -> None:
    ours = {"C1": [line(1, "96365", "100")]}
    paid = answer(answered(1, "96365", "100", "CO-45:20"), payment=payment("1"))
    back = answer(
        answered(1, "96365", "-100", "CO-45:-20"),
        status="22",
        payment=payment("2", date(2018, 7, 1)),
    )
    again = answer(answered(1, "96365", "100", "CO-97:100"), payment=payment("2", date(2018, 7, 1)))
    found = match_claims(ours, [again, back, paid])
    (made,) = found.matched["C1"]
    assert made.claim is again
    assert sorted(each.reason for each in found.unmatched) == [
        "it takes a payment back",
        "the payment was taken back",
    ]
    alone = match_claims(ours, [paid, back])
    assert not alone.matched
    assert alone.unanswered == [("C1", 1)]
    without_first = match_claims(ours, [back, again])
    assert without_first.matched["C1"][0].claim is again


def test_a_claim_that_was_split_is_answered_by_both_parts() -> None:
    ours = {"C1": [line(1, "96365", "100"), line(2, "J7050", "10")]}
    parts = [answer(answered(1, "J7050", "10")), answer(answered(1, "96365", "100"))]
    assert [each[:3] for each in pairs(match_claims(ours, parts))] == [
        ("C1", 1, (1,)),
        ("C1", 2, (1,)),
    ]


def test_nothing_is_matched_twice() -> None:
    ours = {"C1": [line(1, "96365", "100")]}
    first = answer(answered(1, "96365", "100"), payment=payment("1"))
    second = answer(answered(1, "96365", "100", "OA-23:90"), status="2", payment=payment("0"))
    found = match_claims(ours, [second, first])
    assert found.matched["C1"][0].claim is first
    assert [(each.claim, each.reason) for each in found.unmatched] == [
        (second, "its claim line is answered already")
    ]
    copy = first._replace(payment=payment("1"))
    found = match_claims(ours, [first, copy])
    assert [each.reason for each in found.unmatched] == ["the remittance was given twice"]


def test_a_claim_without_services_is_shared_out_to_the_cent() -> None:
    ours = {"C1": [line(number, "96365", "33.33") for number in (1, 2, 3)]}
    whole = RemittedClaim(
        "C1",
        "4",
        Decimal("99.99"),
        Decimal("49.99"),
        Decimal(0),
        adjustments=reasons("CO-50:50.00"),
    )
    made = match_claims(ours, [whole]).matched["C1"]
    assert [each.parts[0].adjusted for each in made] == [
        Decimal("16.67"),
        Decimal("16.66"),
        Decimal("16.67"),
    ]
    assert sum(each.parts[0].paid for each in made) == Decimal("49.99")
    other = whole._replace(charge=Decimal("100"))
    assert not match_claims(ours, [other]).matched


def test_the_order_of_the_input_does_not_matter() -> None:
    chance = random.Random(7)
    ours = {
        f"C{number}": [
            line(
                place, chance.choice(("96365", "J7050")), str(chance.choice((10, 20))), f"C{number}"
            )
            for place in (1, 2, 3)
        ]
        for number in range(9)
    }
    theirs = [
        answer(
            *(
                answered(place, each.procedure_code, str(each.charge))
                for place, each in enumerate(lines[:2], 1)
            ),
            claim_id=claim_id,
            payment=payment(str(number)),
        )
        for number, (claim_id, lines) in enumerate(ours.items())
    ]
    first = match_claims(ours, theirs)
    chance.shuffle(theirs)
    second = match_claims(dict(reversed(ours.items())), theirs)
    assert sorted(pairs(first)) == sorted(pairs(second))
    assert sorted(first.unanswered) == sorted(second.unanswered)
