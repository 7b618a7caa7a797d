"""Verdicts: what the policy says of what a payer did, on one line each."""

from __future__ import annotations

import shutil
from decimal import Decimal
from typing import Any

import pytest

from kb.audit.audited_line import AuditedLine
from kb.audit.by_claim import audit
from kb.audit.totals import AuditTotals
from kb.knowledge_base import KnowledgeBase
from kb.policy.folder import AUDIT, BUNDLED, SHARED_RULES
from tests.kb.audit.answers import answer, answered, billed, reasons

KB = KnowledgeBase.load("r14", audit=True)
INFUSION = ("96365", "100")
SUPPLY = ("A4223", "100")
"""Bundled in the office with an infusion, by R14-NOT-7 and R14-OFF-2 (CARC 97)."""

OTHER = ("80053", "100")
"""A code that the policy does not address."""

DOSE = ("J1200", "100")
"""Reduced to the 10 units that were given, of 50, by R14-BIL-1 (CARC 151)."""


def audited(lines: list[dict[str, Any]], *answers: Any, **more: Any) -> list[AuditedLine]:
    return list(audit(KB.with_claims(lines, remittances=answers, **more)))


def of_line(code: tuple[str, str], text: str, **more: Any) -> AuditedLine:
    """Return line 2 of a claim with an infusion, answered by some reasons."""
    lines = [billed(1, *INFUSION), billed(2, *code)]
    extra: dict[str, Any] = {}
    if code is INFUSION:
        lines[1]["modifiers"] = "59"
        more["modifiers"] = ("59",)
    if code is DOSE:
        lines[1]["units"] = "50"
        extra["evidence"] = [
            {"claim_id": "C1", "line_number": 2, "evidence": "administered_units", "value": "10"}
        ]
        more = {"units_billed": Decimal(50), "units_paid": Decimal(50), **more}
    given = answer(answered(1, *INFUSION), answered(2, *code, text, **more))
    return audited(lines, given, **extra)[1]


CASES: dict[str, tuple[tuple[str, str], str, dict[str, Any], str, str, str]] = {
    "paid by both": (INFUSION, "", {}, "agreed", "", "0"),
    "the payer denies, the policy pays": (INFUSION, "CO-97:100", {}, "not_supported", "", "100"),
    "the payer denies a part": (INFUSION, "CO-97:30", {}, "not_supported", "", "30"),
    "the contract takes a part": (INFUSION, "CO-45:30", {}, "beyond_the_policy", "", "0"),
    "the patient owes it all": (INFUSION, "PR-1:100", {}, "beyond_the_policy", "", "0"),
    "another payer paid": (INFUSION, "OA-23:100", {}, "beyond_the_policy", "", "0"),
    "filed too late": (INFUSION, "CO-29:100", {}, "beyond_the_policy", "", "100"),
    "too late, and included": (INFUSION, "CO-29:50 CO-97:50", {}, "not_supported", "", "100"),
    "a reason that no table has": (INFUSION, "CO-ZZ9:100", {}, "not_supported", "", "100"),
    "denied by the reason of the clause": (SUPPLY, "CO-97:100", {}, "supported", "", "100"),
    "denied by a reason of its family": (SUPPLY, "CO-234:100", {}, "supported", "", "100"),
    "what is left is contractual": (SUPPLY, "CO-97:60 CO-45:40", {}, "supported", "", "60"),
    "by another reason": (SUPPLY, "CO-50:100", {}, "supported_otherwise", "", "100"),
    "too late, and bundled": (SUPPLY, "CO-29:100", {}, "supported_otherwise", "", "100"),
    "denied in part, bundled whole": (SUPPLY, "CO-97:60", {}, "in_part", "amounts", "40"),
    "the payer pays what is bundled": (SUPPLY, "", {}, "paid_against_the_policy", "", "100"),
    "pays it less the contract": (SUPPLY, "CO-45:40", {}, "paid_against_the_policy", "", "60"),
    "the patient owes what is bundled": (SUPPLY, "PR-1:100", {}, "beyond_the_policy", "", "0"),
    "nothing is said of the code": (OTHER, "CO-97:100", {}, "beyond_the_policy", "", "100"),
    "and it is paid": (OTHER, "", {}, "beyond_the_policy", "", "0"),
    "a remark tells what it is about": (
        SUPPLY,
        "CO-96:100",
        {"remarks": ("M15",)},
        "supported",
        "",
        "100",
    ),
    "a remark about something else": (
        SUPPLY,
        "CO-96:100",
        {"remarks": ("N706",)},
        "supported_otherwise",
        "",
        "100",
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_verdict(name: str) -> None:
    code, text, more, verdict, differs, at_issue = CASES[name]
    line = of_line(code, text, **more)
    assert (line.verdict, line.differs or "", line.at_issue) == (
        verdict,
        differs,
        Decimal(at_issue),
    )


UNITS: dict[str, tuple[str, dict[str, Any], str, str, str]] = {
    "the units of the policy": ("CO-151:80", {"units_paid": Decimal(10)}, "supported", "", "80"),
    "fewer units": ("CO-151:90", {"units_paid": Decimal(5)}, "in_part", "units", "10"),
    "more units": ("CO-151:50", {"units_paid": Decimal(25)}, "in_part", "units", "30"),
    "the same money, no units told": ("CO-151:80", {}, "supported", "", "80"),
    "other money, no units told": ("CO-151:81", {}, "in_part", "amounts", "1"),
    "denied whole": ("CO-151:100", {"units_paid": Decimal(0)}, "in_part", "amounts", "20"),
    "paid whole": ("", {}, "paid_against_the_policy", "", "80"),
    "paid for the units, the rest left off": (
        "CO-45:80",
        {"units_paid": Decimal(10)},
        "agreed",
        "",
        "0",
    ),
}


@pytest.mark.parametrize("name", UNITS)
def test_verdict_on_units(name: str) -> None:
    text, more, verdict, differs, at_issue = UNITS[name]
    line = of_line(DOSE, text, **more)
    assert (line.verdict, line.differs or "", line.at_issue) == (
        verdict,
        differs,
        Decimal(at_issue),
    )


def test_an_audited_line_has_both_sides() -> None:
    line = of_line(SUPPLY, "CO-97:60 CO-45:40", remarks=("M15",))
    assert line.action == "denied"
    assert (line.charge, line.paid, line.adjusted, line.denied) == (100, 0, 100, 60)
    assert (line.reasons, line.remarks) == ("CO-45:40.00 CO-97:60.00", "M15")
    assert (line.outcome, line.supported_by) == ("bundled", "R14-NOT-7 R14-OFF-2")
    assert (line.payer, line.check_number) == ("PAYER ONE", "CHECK1")


def test_what_answers_nothing_is_listed_on_either_side() -> None:
    other = answer(answered(1, *INFUSION), claim_id="C9")
    first, second, third = audited(
        [billed(1, *INFUSION), billed(2, *SUPPLY)],
        answer(answered(1, *SUPPLY, "CO-97:100")),
        other,
    )
    assert (first.line_number, first.verdict, first.outcome) == (1, None, "reimbursable")
    assert first.unmatched == "no remittance answers it"
    assert (second.line_number, second.verdict) == (2, "supported")
    assert (third.claim_id, third.line_number, third.paid) == ("C9", None, 100)
    assert third.unmatched is not None


def test_a_policy_may_have_verdicts_of_its_own(tmp_path: Any) -> None:
    copy = tmp_path / "r14"
    shutil.copytree(BUNDLED / "r14", copy)
    rules = (SHARED_RULES / AUDIT).read_text(encoding="utf-8")
    mine = rules.replace("verdict(C, L, not_supported)", "verdict(C, L, look_again)")
    (copy / AUDIT).write_text(mine, encoding="utf-8")
    kb = KnowledgeBase.load(copy, audit=True).with_claims(
        [billed(1, *INFUSION)], remittances=[answer(answered(1, *INFUSION, "CO-97:100"))]
    )
    (line,) = audit(kb)
    assert line.verdict == "look_again"
    assert "verdict" not in KnowledgeBase.load(copy).policy.program.signature


BESIDE: dict[str, tuple[str, str, str | None, str, str]] = {
    "the contract takes it off": ("CO-A2:50", "adjusted", "beyond_the_policy", "0", "-50"),
    "a denial where every line is payable": ("CO-50:50", "denied", "not_supported", "50", "-50"),
    "filed too late": ("CO-29:50", "denied", "beyond_the_policy", "50", "-50"),
    "two reasons": ("CO-50:20 CO-45:5", "denied", "not_supported", "20", "-25"),
}


@pytest.mark.parametrize("name", BESIDE)
def test_what_is_taken_off_the_claim_is_a_row_of_the_claim(name: str) -> None:
    text, action, verdict, at_issue, paid = BESIDE[name]
    line = answered(1, *INFUSION)
    given = answer(line, paid=line.paid + Decimal(paid), adjustments=reasons(text))
    first, second = audited([billed(1, *INFUSION)], given)
    assert (first.line_number, first.verdict, first.paid) == (1, "agreed", 100)
    assert (second.line_number, second.action, second.verdict) == (None, action, verdict)
    assert (second.paid, second.charge) == (Decimal(paid), 0)
    assert second.at_issue == Decimal(at_issue)
    assert second.unmatched is None
    total = AuditTotals().of([first, second]).groups["payer"]["PAYER ONE"]
    assert (total.lines, total.paid) == (1, given.paid)


def test_a_denial_of_the_claim_is_in_doubt_where_a_line_is_not_paid() -> None:
    lines = [billed(1, *INFUSION), billed(2, *OTHER)]
    given = answer(
        answered(1, *INFUSION),
        answered(2, *OTHER),
        paid=Decimal(150),
        adjustments=reasons("CO-50:50"),
    )
    assert audited(lines, given)[-1].verdict == "beyond_the_policy"


def test_what_a_claim_says_beside_lines_that_match_nothing_is_listed_too() -> None:
    given = answer(
        answered(1, *SUPPLY), claim_id="C9", paid=Decimal(60), adjustments=reasons("CO-50:40")
    )
    found = audited([billed(1, *INFUSION)], given)
    assert [(each.line_number, each.paid) for each in found] == [
        (1, None),
        (None, 100),
        (None, -40),
    ]
    assert found[-1].reasons == "CO-50:40.00"
    assert found[-1].unmatched is not None
    assert AuditTotals().of(found).unmatched.paid == given.paid
