"""What every claim reader returns: claims one at a time, those that were rejected, and a tally."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from facts.claim import ClaimLine
from facts.diagnostic import Diagnostic


@dataclass(frozen=True, slots=True)
class Claim:
    """One claim: all of its lines, by line number."""

    claim_id: str
    lines: tuple[ClaimLine, ...]


@dataclass(frozen=True, slots=True)
class RejectedClaim:
    """A claim, or a line without a claim id, that could not be read.

    Parameters
    ----------
    claim_id : str or None
        None for a line without a claim id.
    lines_read : int
        Lines that are rejected with it; conditions look at other lines, so a claim of which one
        line cannot be read is rejected as a whole.
    diagnostics : tuple of Diagnostic
        Everything that is wrong with it.
    """

    claim_id: str | None
    lines_read: int
    diagnostics: tuple[Diagnostic, ...]


@dataclass(slots=True)
class Tally:
    """Lines read, determined and rejected; read = determined + rejected when all is done."""

    lines_read: int = 0
    lines_determined: int = 0
    lines_rejected: int = 0
    claims_read: int = 0
    claims_rejected: int = 0


@dataclass(slots=True)
class ClaimStream:
    """Claims as they are read. It can be iterated once, and keeps no claim.

    Parameters
    ----------
    items : iterable of Claim or RejectedClaim
        What a reader yields.
    diagnostics : list of Diagnostic
        What concerns no claim: faults of the file, warnings and notes. Complete when the stream
        is at its end.
    tally : Tally
        Counts what was read until now.
    """

    items: Iterable[Claim | RejectedClaim]
    diagnostics: list[Diagnostic] = field(default_factory=list)
    tally: Tally = field(default_factory=Tally)

    def __iter__(self) -> Iterator[Claim | RejectedClaim]:
        for item in self.items:
            self.tally.claims_read += 1
            if isinstance(item, Claim):
                self.tally.lines_read += len(item.lines)
            else:
                self.tally.claims_rejected += 1
                self.tally.lines_read += item.lines_read
                self.tally.lines_rejected += item.lines_read
            yield item
