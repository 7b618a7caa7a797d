"""The part of a charge that a determination does not pay: what is at issue on a line."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

from kb.model.clause import ADVERSE_EFFECTS

CENT = Decimal("0.01")


def part_of(amount: Decimal, share: Fraction) -> Decimal:
    """Return a share of an amount in cents, half a cent rounded up.

    Parameters
    ----------
    amount : Decimal
        In dollars.
    share : Fraction
        From 0 to 1.

    Examples
    --------
    >>> part_of(Decimal("10.00"), Fraction(1, 3))
    Decimal('3.33')
    """
    cents = Fraction(amount) * share * 100
    whole = (2 * cents.numerator + cents.denominator) // (2 * cents.denominator)
    return Decimal(whole) * CENT


def share_of_units(units: Decimal | None, allowed: int | Decimal | Fraction) -> Fraction | None:
    """Return the share of a reduced line that is paid; None where no units were billed.

    Parameters
    ----------
    units : Decimal or None
        The units that were billed; a line without any counts as one unit.
    allowed : number
        The units that are allowed.

    Examples
    --------
    >>> share_of_units(Decimal(4), 1), share_of_units(Decimal(0), 1)
    (Fraction(1, 4), None)
    """
    billed = Fraction(1) if units is None else Fraction(units)
    return min(Fraction(allowed) / billed, Fraction(1)) if billed else None


def at_issue(
    outcome: str,
    charge: Decimal | None,
    units: Decimal | None = None,
    allowed: int | Decimal | Fraction | None = None,
) -> Decimal:
    """Return what a line loses: its charge, or the part of it that a reduced line is not paid.

    Parameters
    ----------
    outcome : str
        One of ``kb.model.clause.OUTCOMES``; of a line that is not adverse nothing is at issue.
    charge, units : Decimal or None
        What the line bills.
    allowed : number, optional
        The units that are allowed, where the outcome is ``reduced``.

    Examples
    --------
    >>> at_issue("denied", Decimal(10)), at_issue("reduced", Decimal(10), Decimal(3), 1)
    (Decimal('10'), Decimal('6.67'))
    """
    if outcome not in ADVERSE_EFFECTS or charge is None:
        return Decimal(0)
    share = None
    if outcome == "reduced" and allowed is not None:
        share = share_of_units(units, allowed)
    return charge if share is None else charge - part_of(charge, share)
