"""A claim with what is paid of it: the lines together, and who pays whom for whom."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from facts.claim import NOBODY, ClaimParties
from facts.readers.batch import Claim
from facts.remittance import ZERO
from kb.model.clause import ADVERSE_EFFECTS
from kb.model.determination import Determination
from kb.remit.payment import Fees, LinePayment, pay

PATIENT = "PR"
"""Group code of what the patient owes. Source: X12 code list 1033."""


@dataclass(frozen=True, slots=True)
class PaidClaim:
    """What is paid of a claim.

    Parameters
    ----------
    claim_id : str
        The claim.
    number : str
        Its number, as the provider sent it; others may have the same one.
    lines : tuple of LinePayment
        Every line, by line number.
    parties : ClaimParties
        Who pays whom for whom.
    """

    claim_id: str
    number: str
    lines: tuple[LinePayment, ...]
    parties: ClaimParties = NOBODY

    @property
    def charge(self) -> Decimal:
        """What is asked."""
        return sum((each.charge for each in self.lines), ZERO)

    @property
    def paid(self) -> Decimal:
        """What is paid."""
        return sum((each.paid for each in self.lines), ZERO)

    @property
    def patient_owes(self) -> Decimal:
        """What the patient has to pay."""
        adjustments = (each for line in self.lines for each in line.adjustments)
        return sum((each.amount for each in adjustments if each.group_code == PATIENT), ZERO)

    @property
    def denied(self) -> bool:
        """Whether nothing is paid of any line for an adverse clause."""
        return all(
            each.determination.outcome in ADVERSE_EFFECTS and not each.paid for each in self.lines
        )


def paid_claim(
    claim: Claim, determinations: Sequence[Determination], fees: Fees | None = None
) -> PaidClaim:
    """Return what is paid of a claim.

    Parameters
    ----------
    claim : Claim
        A claim as a reader returns it.
    determinations : sequence of Determination
        One of each line, in any order.
    fees : mapping of code to Decimal, optional
        Allowed amount of one unit.

    See Also
    --------
    kb.remit.payment.pay : of one line.
    """
    by_line = {each.line_number: each for each in determinations}
    lines = tuple(pay(line, by_line[line.line_number], fees) for line in claim.lines)
    return PaidClaim(claim.claim_id, claim.number, lines, claim.parties)
