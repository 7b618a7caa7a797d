"""What every claim reader returns: claims one at a time, those that were rejected, and a tally."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from facts.claim import NOBODY, ClaimLine, ClaimParties, claim_number
from facts.diagnostic import Diagnostic


@dataclass(frozen=True, slots=True)
class Claim:
    """One claim: all of its lines, by line number.

    Parameters
    ----------
    claim_id : str
        Its number, with a part behind ``facts.claim.PART_SIGN`` where others have the same one.
    lines : tuple of ClaimLine
        Its lines.
    superseded : Diagnostic, optional
        A note where another claim takes its place, or where it voids one: it is not determined.
    parties : ClaimParties, optional
        Whom an 837 or a FHIR resource names; a table names nobody.
    """

    claim_id: str
    lines: tuple[ClaimLine, ...]
    superseded: Diagnostic | None = None
    parties: ClaimParties = NOBODY

    @property
    def part(self) -> str | None:
        """The end of its id that tells it from others of the same number, where it has one."""
        return self.lines[0].claim_part if self.lines else None

    @property
    def number(self) -> str:
        """Its number, which others may have too."""
        return claim_number(self.claim_id, self.part)


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
    """Lines read and what became of them: read = determined + superseded + rejected at the end."""

    lines_read: int = 0
    lines_determined: int = 0
    lines_superseded: int = 0
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
    with_superseded : bool
        Whether claims are yielded that others supersede; they are counted and noted anyway.
    """

    items: Iterable[Claim | RejectedClaim]
    diagnostics: list[Diagnostic] = field(default_factory=list)
    tally: Tally = field(default_factory=Tally)
    with_superseded: bool = False

    def __iter__(self) -> Iterator[Claim | RejectedClaim]:
        for item in self.items:
            self.tally.claims_read += 1
            if isinstance(item, Claim):
                self.tally.lines_read += len(item.lines)
                if item.superseded is not None:
                    self.tally.lines_superseded += len(item.lines)
                    self.diagnostics.append(item.superseded)
                    if not self.with_superseded:
                        continue
            else:
                self.tally.claims_rejected += 1
                self.tally.lines_read += item.lines_read
                self.tally.lines_rejected += item.lines_read
            yield item
