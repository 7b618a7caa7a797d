"""What a determination pays of the charge of a line, balanced to the cent."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

from facts.claim import ClaimLine
from facts.remittance import ZERO, Adjustment
from kb.model.at_issue import CENT, part_of, share_of_units
from kb.model.clause import ADVERSE_EFFECTS
from kb.model.determination import Citation, Determination

CONTRACTUAL = ("CO", "45")
"""Group and reason of what a charge exceeds the allowed amount by. Source: X12 code list 139."""

UNNAMED = ("CO", "96")
"""Group and reason of a clause that names none: a charge that is not covered."""

Fees = Mapping[str, Decimal]
"""Allowed amount of one unit by procedure code."""


@dataclass(frozen=True, slots=True)
class LinePayment:
    """What is paid of a line, and why no more.

    ``charge`` less the amounts of ``adjustments`` is ``paid``, to the cent.

    Parameters
    ----------
    line : ClaimLine
        The line as it was billed.
    determination : Determination
        What was decided.
    charge, allowed, paid : Decimal
        In dollars, with two digits.
    units_paid : Decimal
        The units that are paid for, whole or not.
    adjustments : tuple of Adjustment
        What is taken off, the clause's part first.
    """

    line: ClaimLine
    determination: Determination
    charge: Decimal
    allowed: Decimal
    paid: Decimal
    units_paid: Decimal
    adjustments: tuple[Adjustment, ...]


def pay(line: ClaimLine, determination: Determination, fees: Fees | None = None) -> LinePayment:
    """Return what a determination pays of a line.

    A denied, bundled or pended line pays nothing; of a reduced line the part of the allowed units
    is paid, rounded half up to the cent. What is left of the charge is allowed up to the fee of
    the code times its units, where fees are given.

    Parameters
    ----------
    line : ClaimLine
        The line; one without a charge is charged nothing.
    determination : Determination
        The determination of the same line.
    fees : mapping of code to Decimal, optional
        Allowed amount of one unit.

    Returns
    -------
    LinePayment

    Examples
    --------
    >>> from datetime import date
    >>> line = ClaimLine("C1", 1, "cms1500", date(2018, 6, 1), procedure_code="J1200",
    ...                  units=Decimal(3), charge=Decimal("10.00"))
    >>> cited = Citation("R14-BIL-4", "reduced", "151", ("M53",), "CO")
    >>> decided = Determination("C1", 1, "reduced", (cited,), 1, (), (), "R14", "", "")
    >>> made = pay(line, decided)
    >>> made.paid, [(each.carc, each.amount) for each in made.adjustments]
    (Decimal('3.33'), [('151', Decimal('6.67'))])
    """
    charge = (line.charge or ZERO).quantize(CENT, ROUND_HALF_UP)
    units = line.units if line.units is not None else Decimal(1)
    outcome = determination.outcome
    paid_units, left = units, charge
    adjustments: list[Adjustment] = []
    share = None
    if outcome == "reduced" and determination.allowed_units is not None:
        share = share_of_units(line.units, determination.allowed_units)
    if share is not None:
        paid_units, left = _units(share, units), part_of(charge, share)
    elif outcome in ADVERSE_EFFECTS:
        paid_units, left = ZERO, ZERO.quantize(CENT)
    if left != charge:
        group, carc = _reason(determination)
        adjustments.append(Adjustment(group, carc, charge - left))
    fee = None if fees is None or line.procedure_code is None else fees.get(line.procedure_code)
    if fee is not None:
        allowed = min(left, (fee * paid_units).quantize(CENT, ROUND_HALF_UP))
        if allowed != left:
            adjustments.append(Adjustment(*CONTRACTUAL, left - allowed))
            left = allowed
    return LinePayment(line, determination, charge, left, left, paid_units, tuple(adjustments))


def strongest(determination: Determination) -> Citation | None:
    """Return the citation that decided an adverse outcome, None where there is none.

    Parameters
    ----------
    determination : Determination
        What was decided.
    """
    cited = (each for each in determination.citations if each.effect == determination.outcome)
    return next(cited, None)


def _reason(determination: Determination) -> tuple[str, str]:
    """Return the group code and the CARC of the clause that decided."""
    cited = strongest(determination)
    if cited is None or not cited.carc:
        return UNNAMED
    return cited.group or UNNAMED[0], cited.carc


def _units(share: Fraction, units: Decimal) -> Decimal:
    """Return a part of some units with at most three digits behind the point."""
    exact = share * Fraction(units)
    thousandths = (2000 * exact.numerator + exact.denominator) // (2 * exact.denominator)
    return (Decimal(thousandths) / 1000).normalize() + ZERO
