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

    A negative amount raises the payment. ``trace`` has the fields of this record, and ``""``.
    """

    group_code: str
    carc: str
    amount: Decimal
    quantity: Decimal | None = None
    trace: Trace | None = None


class ProviderAdjustment(NamedTuple):
    """One reason of a PLB segment: what a check pays less for no claim of its own."""

    provider: str
    reason: str
    reference: str
    amount: Decimal
    trace: Trace | None = None


class Payment(NamedTuple):
    """A check or transfer, one transaction of an 835.

    ``amount`` is BPR02, ``number`` the trace number TRN02, ``payer`` and ``payee`` are names, the
    ids are those of the N1 segments (N104) or, where they have none, of REF.
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

    ``procedure_code`` and ``modifiers`` are what the payer paid by, ``submitted_code`` and
    ``submitted_modifiers`` what the provider billed (SVC06) where the payer changed it.
    ``units_paid`` is 1 where SVC05 is empty, ``units_billed`` is ``units_paid`` where SVC07 is.
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

    @property
    def adjusted(self) -> Decimal:
        """The sum of the adjustments."""
        return sum((each.amount for each in self.adjustments), ZERO)


class RemittedClaim(NamedTuple):
    """A claim of a remittance, loop 2100.

    ``claim_id`` is CLP01 as the provider sent it, ``status`` CLP02, ``payer_control`` CLP07,
    ``frequency`` CLP09, ``original_reference`` REF F8, ``group_number`` REF 1L. ``service_date``
    and ``service_date_to`` are DTM 232 and 233. ``remarks`` are those of MIA and MOA.
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
