"""Claims and what payers answered, as short texts."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from facts.remittance import Adjustment, Payment, RemittedClaim, RemittedLine

DAY = date(2018, 6, 1)


def billed(number: int, code: str, charge: str, **more: Any) -> dict[str, Any]:
    """Return a line of claim C1."""
    return {
        "claim_id": "C1",
        "line_number": number,
        "claim_form": "cms1500",
        "service_date": DAY.isoformat(),
        "place_of_service": "11",
        "procedure_code": code,
        "units": "1",
        "charge": charge,
        **more,
    }


def reasons(text: str) -> tuple[Adjustment, ...]:
    """Return adjustments written as ``CO-97:30 PR-1:5``."""
    found = []
    for word in text.split():
        group, _, rest = word.partition("-")
        carc, _, amount = rest.partition(":")
        found.append(Adjustment(group, carc, Decimal(amount)))
    return tuple(found)


def answered(position: int, code: str | None, charge: str, text: str = "", **more: Any) -> Any:
    """Return a line of a remittance whose adjustments are those of a text."""
    adjustments = reasons(text)
    paid = Decimal(charge) - sum(each.amount for each in adjustments)
    more = {"service_date": DAY, **more}
    return RemittedLine(position, Decimal(charge), paid, code, adjustments=adjustments, **more)


def answer(*lines: RemittedLine, claim_id: str = "C1", status: str = "1", **more: Any) -> Any:
    """Return a claim of a remittance with some lines."""
    charge = sum((line.charge for line in lines), Decimal(0))
    paid = sum((line.paid for line in lines), Decimal(0))
    payment = more.pop("payment", Payment("CHECK1", paid, DAY, "PAYER ONE", "1", "CLINIC", "2"))
    return RemittedClaim(
        claim_id,
        status,
        more.pop("charge", charge),
        more.pop("paid", paid),
        Decimal(0),
        lines=lines,
        payment=payment,
        **more,
    )
