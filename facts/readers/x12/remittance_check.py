"""The check of one transaction of an 835: who pays whom, what it takes off, whether it balances.

Source: ASC X12 005010X221A1, table 1 (BPR, TRN, N1) and table 3 (PLB).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from facts.readers.x12.elements import element
from facts.readers.x12.envelope import NoteBook
from facts.readers.x12.remittance_segments import ElementTrace
from facts.readers.x12.segments import Segment
from facts.readers.x12.values import parse_day
from facts.remittance import ZERO, Payment, ProviderAdjustment
from facts.values import ValueFault, parse_decimal

PAYER, PAYEE = "PR", "PE"
_PLB_PAIRS = range(3, 15, 2)


@dataclass(slots=True)
class CheckSegments:
    """The segments of a transaction beside its claims, and what its claims pay so far.

    Parameters
    ----------
    st : Segment
        Opens the transaction.
    notes : NoteBook
        Takes what is wrong with them.
    component : str
        What separates the components of an element.
    bpr, trn : Segment, optional
        Amount and date; trace number.
    names : dict of str to Segment
        N1 segments by their qualifier.
    plb : list of Segment
        What the check takes off or adds for no claim.
    paid : Decimal
        What the claims pay so far.
    unknown : bool
        Whether a claim pays what cannot be read.
    """

    st: Segment
    notes: NoteBook
    component: str
    bpr: Segment | None = None
    trn: Segment | None = None
    names: dict[str, Segment] = field(default_factory=dict)
    plb: list[Segment] = field(default_factory=list)
    paid: Decimal = ZERO
    unknown: bool = False
    _payment: Payment | None = None

    @property
    def payment(self) -> Payment:
        """The check without its own adjustments."""
        if self._payment is None:
            amount, day = self._amount_and_day()
            payer, payee = self.names.get(PAYER), self.names.get(PAYEE)
            self._payment = Payment(
                _text(self.trn, 2),
                amount,
                day,
                _text(payer, 2),
                _text(payer, 4) or _text(self.trn, 3),
                _text(payee, 2),
                _text(payee, 4),
                (),
                ElementTrace(self.notes.source, self.bpr or self.st),
            )
        return self._payment

    def closed(self, whole: bool) -> Payment:
        """Return the check with its own adjustments, and note where it does not balance.

        Parameters
        ----------
        whole : bool
            Whether all of its claims were read; else nothing is compared.
        """
        taken_off = tuple(each for segment in self.plb for each in self._adjustments(segment))
        payment = self.payment._replace(adjustments=taken_off)
        taken = sum((each.amount for each in taken_off), ZERO)
        if not whole or self.bpr is None or self.paid - taken == payment.amount:
            return payment
        if self.unknown:
            message = "the check cannot be balanced: what a claim pays cannot be read"
        else:
            message = (
                f"the check does not balance: claims pay {self.paid:f} less provider"
                f" adjustments {taken:f} is {self.paid - taken:f}, the check is"
                f" {payment.amount:f}"
            )
        self.notes.warn(message, self.bpr, "02")
        return payment

    def _amount_and_day(self) -> tuple[Decimal, date | None]:
        bpr = self.bpr
        if bpr is None:
            self.notes.error("the transaction has no BPR segment", self.st)
            return ZERO, None
        amount, day = ZERO, None
        try:
            amount = parse_decimal(element(bpr, 2))
        except ValueFault as fault:
            self.notes.error(f"the element {fault.message}", bpr, "02", fault.help)
        try:
            day = parse_day(_text(bpr, 16)) if _text(bpr, 16) else None
        except ValueFault as fault:
            self.notes.error(f"the date {fault.message}", bpr, "16", fault.help)
        return amount, day

    def _adjustments(self, segment: Segment) -> Iterator[ProviderAdjustment]:
        for first in _PLB_PAIRS:
            composite, amount = _text(segment, first), element(segment, first + 1)
            if not composite and not amount.strip():
                continue
            reason, _, reference = composite.partition(self.component)
            try:
                value = parse_decimal(amount)
            except ValueFault as fault:
                message = f"the element {fault.message}"
                self.notes.error(message, segment, f"{first + 1:02}", fault.help)
                continue
            trace = ElementTrace(self.notes.source, segment, f"{first + 1:02}")
            yield ProviderAdjustment(_text(segment, 1), reason, reference, value, trace)


def _text(segment: Segment | None, position: int) -> str:
    return element(segment, position).strip() if segment is not None else ""
