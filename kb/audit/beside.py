"""The row of a claim of which a payer says more than of its lines."""

from __future__ import annotations

from collections.abc import Sequence

from facts.remittance import ZERO, RemittedClaim
from kb.audit.audited_line import BESIDE_LINES, AuditedLine, cents, reasons_text
from kb.matching.facts import net_amounts


def claim_row(claim_id: str, beside: Sequence[RemittedClaim]) -> AuditedLine:
    """Return what payers say of a claim beside its lines, without the verdict.

    Parameters
    ----------
    claim_id : str
        The claim.
    beside : sequence of RemittedClaim
        What answers it, as ``claims_beside`` returns it; payer and check are those of the first.

    Examples
    --------
    >>> from decimal import Decimal
    >>> from facts.remittance import Adjustment, RemittedLine
    >>> line = RemittedLine(1, Decimal(10), Decimal(10), "J7050")
    >>> off = Adjustment("CO", "45", Decimal(4))
    >>> claim = RemittedClaim("C1", "1", Decimal(10), Decimal(6), Decimal(0), adjustments=(off,),
    ...                       lines=(line,))
    >>> row = claim_row("C1", [claim])
    >>> row.line_number, row.charge, row.paid, row.reasons
    (None, Decimal('0.00'), Decimal('-4.00'), 'CO-45:4.00')
    """
    payment = beside[0].payment
    levels = [level for level in (claim.beside_lines for claim in beside) if level is not None]
    reasons = net_amounts(beside)
    return AuditedLine(
        claim_id,
        payer=None if payment is None else payment.payer or payment.payer_id,
        check_number=None if payment is None else payment.number,
        check_date=None if payment is None else payment.date,
        charge=cents(sum((level.charge for level in levels), ZERO)),
        paid=cents(sum((level.paid for level in levels), ZERO)),
        adjusted=cents(sum((amount for _, _, amount in reasons), ZERO)),
        reasons=reasons_text(reasons),
        remarks=" ".join(sorted({each for level in levels for each in level.remarks})) or None,
        matched_by=BESIDE_LINES,
    )
