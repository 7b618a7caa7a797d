"""Remittances as the reader of an 835 returns them: payments, claims, service lines, adjustments.

Source: ASC X12 005010X221A1, health care claim payment and advice.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import NamedTuple

from facts.claim import Trace

REVERSAL = "22"
"""Claim status of a payment that is taken back. Source: X12 code list 1029."""

DENIED = "4"
"""Claim status of a denial. Source: X12 code list 1029."""

ZERO = Decimal(0)


class Adjustment(NamedTuple):
    """One reason of a CAS segment with its amount: why so much of a charge is not paid.

    Parameters
    ----------
    group_code, carc : str
        Who is liable (CO, CR, OA, PI, PR), and the reason.
    amount : Decimal
        What is not paid; a negative amount raises the payment.
    quantity : Decimal, optional
        The units that are not paid.
    trace : Trace, optional
        The places of these fields.
    """

    group_code: str
    carc: str
    amount: Decimal
    quantity: Decimal | None = None
    trace: Trace | None = None


class ProviderAdjustment(NamedTuple):
    """One reason of a PLB segment: what a check pays less for no claim of its own.

    Parameters
    ----------
    provider, reason, reference : str
        The provider's id, the code of the reason, and what it refers to.
    amount : Decimal
        What is paid less; a negative amount is paid more.
    trace : Trace, optional
        The place of the record.
    """

    provider: str
    reason: str
    reference: str
    amount: Decimal
    trace: Trace | None = None


class Payment(NamedTuple):
    """A check or transfer, one transaction of an 835.

    Parameters
    ----------
    number, amount, date : str, Decimal, date or None
        The trace number (TRN02), what is paid (BPR02), and the day of it (BPR16).
    payer, payer_id, payee, payee_id : str
        Names and ids (N104); the company of the trace number where the payer has no id.
    adjustments : tuple of ProviderAdjustment
        What the check pays less for no claim of its own.
    trace : Trace, optional
        The place of the check.
    """

    number: str
    amount: Decimal
    date: date | None
    payer: str
    payer_id: str
    payee: str
    payee_id: str
    adjustments: tuple[ProviderAdjustment, ...] = ()
    trace: Trace | None = None


class RemittedLine(NamedTuple):
    """A service line of a remittance, loop 2110.

    Parameters
    ----------
    position : int
        Number of the line in its claim, from 1.
    charge, paid, allowed : Decimal
        What was asked, what is paid, and what the payer allows (AMT B6), if it says so.
    procedure_code, modifiers : str, tuple of str
        What the payer paid by.
    submitted_code, submitted_modifiers : str, tuple of str
        What the provider billed (SVC06), where the payer changed it.
    revenue_code, ndc : str, optional
        Revenue code and national drug code.
    units_paid, units_billed : Decimal
        1 where SVC05 is empty; as many as are paid where SVC07 is.
    service_date, service_date_to : date, optional
        First and last day of service; those of the claim where the line has none.
    line_control, policy_ids, remarks : str, tuple of str
        The provider's number of the line (REF 6R), policies (REF 0K) and remark codes (LQ HE).
    adjustments : tuple of Adjustment
        Why less is paid than was asked.
    trace : Trace, optional
        The place of each field.
    line_number : int, optional
        The line of the claim that it answers, where the remittance says so.
    """

    position: int
    charge: Decimal
    paid: Decimal
    procedure_code: str | None = None
    modifiers: tuple[str, ...] = ()
    submitted_code: str | None = None
    submitted_modifiers: tuple[str, ...] = ()
    revenue_code: str | None = None
    ndc: str | None = None
    units_paid: Decimal = Decimal(1)
    units_billed: Decimal = Decimal(1)
    service_date: date | None = None
    service_date_to: date | None = None
    allowed: Decimal | None = None
    line_control: str | None = None
    policy_ids: tuple[str, ...] = ()
    adjustments: tuple[Adjustment, ...] = ()
    remarks: tuple[str, ...] = ()
    trace: Trace | None = None
    line_number: int | None = None

    @property
    def adjusted(self) -> Decimal:
        """The sum of the adjustments."""
        return sum((each.amount for each in self.adjustments), ZERO)


class BesideLines(NamedTuple):
    """What a claim of a remittance says beside its service lines.

    Parameters
    ----------
    charge, paid : Decimal
        What the claim has more than its lines; less is negative.
    adjustments, remarks : tuple
        Those of the claim itself.
    """

    charge: Decimal
    paid: Decimal
    adjustments: tuple[Adjustment, ...]
    remarks: tuple[str, ...]


class RemittedClaim(NamedTuple):
    """A claim of a remittance, loop 2100.

    Parameters
    ----------
    claim_id, status : str
        CLP01, as the provider sent it, and CLP02.
    charge, paid, patient_responsibility : Decimal
        What was asked, what is paid, and what the patient owes.
    payer_control, frequency, original_reference, group_number : str, optional
        CLP07, CLP09, REF F8 and REF 1L.
    patient_id, corrected_patient_id, rendering_provider : str, optional
        Ids of NM1 QC, 74 and 82.
    service_date, service_date_to : date, optional
        DTM 232 and 233.
    adjustments, remarks : tuple
        Adjustments of the claim itself, and remark codes (MIA, MOA).
    lines : tuple of RemittedLine
        The service lines, in the order of the file.
    payment : Payment, optional
        The check that pays it.
    trace : Trace, optional
        The place of each field.
    """

    claim_id: str
    status: str
    charge: Decimal
    paid: Decimal
    patient_responsibility: Decimal
    payer_control: str | None = None
    frequency: str | None = None
    original_reference: str | None = None
    group_number: str | None = None
    patient_id: str | None = None
    corrected_patient_id: str | None = None
    rendering_provider: str | None = None
    service_date: date | None = None
    service_date_to: date | None = None
    adjustments: tuple[Adjustment, ...] = ()
    remarks: tuple[str, ...] = ()
    lines: tuple[RemittedLine, ...] = ()
    payment: Payment | None = None
    trace: Trace | None = None

    @property
    def is_reversal(self) -> bool:
        """Whether an earlier payment is taken back."""
        return self.status == REVERSAL

    @property
    def adjusted(self) -> Decimal:
        """The sum of the adjustments of the claim and of its lines."""
        own = sum((each.amount for each in self.adjustments), ZERO)
        return own + sum((line.adjusted for line in self.lines), ZERO)

    @property
    def beside_lines(self) -> BesideLines | None:
        """The money of the claim that none of its lines has; None where there is none.

        A claim without lines has none either: it was answered as a whole.
        """
        if not self.lines:
            return None
        charge, paid = self.charge, self.paid
        for line in self.lines:
            charge -= line.charge
            paid -= line.paid
        if not (self.adjustments or charge or paid):
            return None
        return BesideLines(charge, paid, self.adjustments, self.remarks)
