"""Claims of a remittance as a stream: read or rejected, and counted to the cent."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal

from facts.diagnostic import Diagnostic
from facts.remittance import ZERO, Payment, RemittedClaim


@dataclass(frozen=True, slots=True)
class RejectedRemittance:
    """A claim of a remittance that could not be read.

    Parameters
    ----------
    claim_id : str or None
        None where the file gives none.
    lines_read : int
        Service lines that are rejected with it.
    paid : Decimal or None
        What it pays, where that can be read.
    diagnostics : tuple of Diagnostic
        What is wrong with it.
    """

    claim_id: str | None
    lines_read: int
    paid: Decimal | None
    diagnostics: tuple[Diagnostic, ...]


@dataclass(slots=True)
class RemittanceTally:
    """What was read and rejected. Whatever was read was kept or rejected, to the cent.

    ``paid_read`` and ``paid_rejected`` leave out amounts that cannot be read; these claims are
    counted by ``unknown_amounts``.
    """

    claims_read: int = 0
    claims_rejected: int = 0
    lines_read: int = 0
    lines_rejected: int = 0
    paid_read: Decimal = ZERO
    paid_rejected: Decimal = ZERO
    unknown_amounts: int = 0

    def count(self, item: RemittedClaim | RejectedRemittance) -> None:
        """Count an item of the stream: a claim with its lines."""
        self.claims_read += 1
        if isinstance(item, RemittedClaim):
            self.lines_read += len(item.lines)
            self.paid_read += item.paid
            return
        self.claims_rejected += 1
        self.lines_read += item.lines_read
        self.lines_rejected += item.lines_read
        self.unknown_amounts += item.paid is None
        self.paid_read += item.paid or ZERO
        self.paid_rejected += item.paid or ZERO


@dataclass(slots=True)
class RemittanceStream:
    """Claims of a remittance as they are read. It can be iterated once, and keeps no claim.

    Parameters
    ----------
    items : iterator of RemittedClaim or RejectedRemittance
        In the order of the file.
    payments : list of Payment
        The checks, with their own adjustments; complete when the stream is at its end.
    diagnostics : list of Diagnostic
        What concerns no rejected claim; complete when the stream is at its end.
    tally : RemittanceTally
        Counts what was yielded so far.
    """

    items: Iterator[RemittedClaim | RejectedRemittance]
    payments: list[Payment]
    diagnostics: list[Diagnostic]
    tally: RemittanceTally = field(default_factory=RemittanceTally)

    def __iter__(self) -> Iterator[RemittedClaim | RejectedRemittance]:
        for item in self.items:
            self.tally.count(item)
            yield item
