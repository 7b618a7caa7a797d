"""A line of an audit: the payer's action, our determination, the verdict, and the money."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple, TypeAlias

from facts.remittance import ZERO, RemittedClaim, RemittedLine
from facts.values import format_number

CENT = Decimal("0.01")
VERDICTS = (
    "not_supported",
    "in_part",
    "supported",
    "supported_otherwise",
    "paid_against_the_policy",
    "beyond_the_policy",
    "agreed",
)
"""The verdicts of the shared rules, in the order of their totals."""

UNANSWERED = "no remittance answers it"
BESIDE_LINES = "the claim beside its lines"
"""How what a payer takes off a claim is matched, beside what it takes off the lines."""

Cell: TypeAlias = "str | int | Decimal | date | None"


class AuditedLine(NamedTuple):
    """A claim line with what the payer did, or a line of a remittance that answers none.

    What a payer takes off a claim beside its lines is a row of the claim, without a number.

    Parameters
    ----------
    claim_id, line_number : str, int or None
        The claim line; without a number, what a remittance says of the claim beside its lines, or
        a line of a remittance that answers no claim line.
    payer, check_number, check_date : str, str, date
        Who answered, by which check.
    provider, service_date, procedure_code : str, date, str
        Of the claim line.
    action : str
        What the payer did: ``denied``, ``reduced``, ``paid`` or ``adjusted``, which is no denial.
    charge, paid, adjusted, denied : Decimal
        What was asked, what was paid, what was taken off, and what of that is a denial.
    reasons, remarks : str
        As in ``CO-97:30.00 PR-1:5.00``, and remark codes.
    outcome, clauses : str
        Our determination, and the clauses that keep the line from full payment.
    allowed_units, units_paid : Decimal
        The units that the policy allows, and those that the payer paid.
    verdict, differs, supported_by : str
        The verdict, what differs where it holds in part, and the clauses that support the denial.
    at_issue : Decimal
        What the verdict is about, in money.
    matched_by : str
        How the line was found in the remittance.
    unmatched : str
        Why it was not.
    appeal_by : date
        Last day of an appeal, where that is known and there is money to be asked for.
    days_left : int
        Days until then.
    """

    claim_id: str
    line_number: int | None = None
    payer: str | None = None
    check_number: str | None = None
    check_date: date | None = None
    provider: str | None = None
    service_date: date | None = None
    procedure_code: str | None = None
    action: str | None = None
    charge: Decimal | None = None
    paid: Decimal | None = None
    adjusted: Decimal | None = None
    denied: Decimal | None = None
    reasons: str | None = None
    remarks: str | None = None
    outcome: str | None = None
    clauses: str | None = None
    allowed_units: Decimal | None = None
    units_paid: Decimal | None = None
    verdict: str | None = None
    differs: str | None = None
    supported_by: str | None = None
    at_issue: Decimal | None = None
    matched_by: str | None = None
    unmatched: str | None = None
    appeal_by: date | None = None
    days_left: int | None = None


COLUMNS = AuditedLine._fields
MONEY = ("charge", "paid", "adjusted", "denied", "at_issue")
UNITS = ("allowed_units", "units_paid")
DATES = ("check_date", "service_date", "appeal_by")
WHOLE = ("line_number", "days_left")


TYPES = {
    name: "DECIMAL(18, 2)"
    if name in MONEY
    else "DECIMAL(18, 3)"
    if name in UNITS
    else "DATE"
    if name in DATES
    else "BIGINT"
    if name in WHOLE
    else "VARCHAR"
    for name in COLUMNS
}
"""The type of each column in DuckDB and Parquet."""


def cents(amount: int | Decimal | Fraction) -> Decimal:
    """Return an ``amount`` with two digits behind the point, or with those that it has more."""
    value = Decimal(amount) if not isinstance(amount, Fraction) else Decimal(format_number(amount))
    exponent = value.as_tuple().exponent
    return value if isinstance(exponent, int) and exponent < -2 else value.quantize(CENT)


def reasons_text(reasons: Iterable[tuple[str, str, Decimal]]) -> str | None:
    """Return ``reasons`` (group, CARC and amount) as words, by group and CARC.

    Examples
    --------
    >>> reasons_text([("PR", "1", Decimal(5)), ("CO", "97", Decimal(30))])
    'CO-97:30.00 PR-1:5.00'
    """
    ordered = sorted(reasons, key=lambda each: each[:2])
    return " ".join(f"{group}-{carc}:{cents(amount):f}" for group, carc, amount in ordered) or None


def unmatched_line(claim: RemittedClaim, line: RemittedLine | None, reason: str) -> AuditedLine:
    """Return the row of a line of a remittance that answers no claim line.

    Parameters
    ----------
    claim : RemittedClaim
        The claim of the remittance.
    line : RemittedLine or None
        Its line; None for the claim as a whole.
    reason : str
        Why it answers none.
    """
    payment = claim.payment
    told = (claim.beside_lines or claim) if line is None else line
    return AuditedLine(
        claim.claim_id,
        payer=(payment.payer or payment.payer_id) if payment else None,
        check_number=payment.number if payment else None,
        check_date=payment.date if payment else None,
        provider=claim.rendering_provider,
        service_date=(line or claim).service_date,
        procedure_code=None if line is None else line.procedure_code,
        charge=cents(told.charge),
        paid=cents(told.paid),
        adjusted=cents(sum((each.amount for each in told.adjustments), ZERO)),
        reasons=reasons_text(
            (each.group_code, each.carc, each.amount) for each in told.adjustments
        ),
        remarks=" ".join(told.remarks) or None,
        unmatched=reason,
    )


def with_deadlines(
    lines: Iterable[AuditedLine], days: dict[str, int], as_of: date | None
) -> Iterator[AuditedLine]:
    """Yield lines with the last day of their appeal.

    Parameters
    ----------
    lines : iterable of AuditedLine
        The lines; of those without money to be asked for ``appeal_by`` stays empty.
    days : dict of payer to int
        Days from the check's date, by the payer's name in lower case; ``*`` is any other one.
    as_of : date or None
        The day from which days left are counted.
    """
    from datetime import timedelta

    for line in lines:
        known = days.get((line.payer or "").casefold(), days.get("*"))
        if known is None or line.check_date is None or not is_appealable(line):
            yield line
            continue
        last = line.check_date + timedelta(days=known)
        left = (last - as_of).days if as_of is not None else None
        yield line._replace(appeal_by=last, days_left=left)


def is_appealable(line: AuditedLine) -> bool:
    """Tell whether a ``line`` has money to be asked for."""
    return line.verdict in ("not_supported", "in_part") and bool(line.at_issue)


def by_urgency(line: AuditedLine) -> tuple[object, ...]:
    """Return what sorts a ``line``: most money first, then the nearest last day."""
    return (
        not is_appealable(line),
        -(line.at_issue or Decimal(0)),
        line.appeal_by or date.max,
        line.claim_id,
        line.line_number or 0,
    )
