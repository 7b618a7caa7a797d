"""How many lines, and how much charge, hang on each contested reading of a policy."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal


@dataclass(slots=True)
class ReadingTotal:
    """What hangs on one reading.

    Parameters
    ----------
    lines : int
        Lines that the reading keeps an adverse clause away from.
    charge : Decimal
        Their charges; a line without one adds nothing.
    """

    lines: int = 0
    charge: Decimal = Decimal(0)


@dataclass(slots=True)
class ReadingTotals:
    """What hangs on each reading, by its number.

    Parameters
    ----------
    by_number : dict of int to ReadingTotal

    Examples
    --------
    >>> totals = ReadingTotals()
    >>> totals.add((16, 24), 2, Decimal("10.50"))
    >>> totals.add((16,), 1, None)
    >>> totals.by_number[16]
    ReadingTotal(lines=3, charge=Decimal('10.50'))
    """

    by_number: dict[int, ReadingTotal] = field(default_factory=dict)

    def add(self, numbers: Iterable[int], lines: int, charge: Decimal | None) -> None:
        """Add lines that have the same readings in their favour.

        Parameters
        ----------
        numbers : iterable of int
            The readings.
        lines : int
            How many lines there are.
        charge : Decimal, optional
            Their charges together.
        """
        for number in numbers:
            total = self.by_number.setdefault(number, ReadingTotal())
            total.lines += lines
            total.charge += charge or 0
