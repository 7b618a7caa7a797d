"""What a payer answered to a line, with the verdict on it, in words."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from explain.english.phrases import words
from facts.values import one_line

if TYPE_CHECKING:
    from kb.audit.audited_line import AuditedLine

_ACTIONS = {
    "denied": "denied it",
    "reduced": "denied a part of it",
    "paid": "denied nothing of it",
    "adjusted": "denied nothing of it and paid nothing",
}


@dataclass(frozen=True, slots=True)
class PayerAnswer:
    """What a payer answered to a line, and what the policy says of that.

    Amounts are texts with two digits behind the point.

    Parameters
    ----------
    payer, check, action : str
        Who answered, by which check, and what was done.
    charge, paid, adjusted, denied, at_issue : str
        What was asked, paid, taken off, taken off as a denial, and what the verdict is about.
    reasons, remarks : str
        As in ``CO-97:30.00``, and remark codes.
    verdict, differs : str
        The verdict in words, and what differs where it holds in part.
    matched_by : str
        How the line was found in the remittance.
    """

    payer: str
    check: str
    action: str
    charge: str
    paid: str
    adjusted: str
    denied: str
    at_issue: str
    reasons: str
    remarks: str
    verdict: str
    differs: str
    matched_by: str

    @classmethod
    def of(cls, line: AuditedLine) -> PayerAnswer:
        """Return the answer of an audited ``line``."""
        return cls(
            payer=one_line(line.payer or "the payer"),
            check=one_line(line.check_number or ""),
            action=line.action or "",
            charge=_amount(line.charge),
            paid=_amount(line.paid),
            adjusted=_amount(line.adjusted),
            denied=_amount(line.denied),
            at_issue=_amount(line.at_issue),
            reasons=line.reasons or "",
            remarks=one_line(line.remarks or ""),
            verdict=words(line.verdict or "none"),
            differs=line.differs or "",
            matched_by=one_line(line.matched_by or ""),
        )

    @property
    def rows(self) -> tuple[str, ...]:
        """The answer as sentences."""
        check = f" with check {self.check}" if self.check else ""
        why = f": {self.reasons}" if self.reasons else ""
        remarks = f", remarks {self.remarks}" if self.remarks else ""
        done = _ACTIONS.get(self.action, words(self.action))
        differs = f" ({self.differs} differ)" if self.differs else ""
        return (
            f"Of a charge of {self.charge}, {self.payer} paid {self.paid}{check} and"
            f" {done}{why}{remarks}.",
            f"Verdict: {self.verdict}{differs}. At issue: {self.at_issue}.",
        )


def _amount(amount: Decimal | None) -> str:
    return f"{amount or 0:.2f}"
