"""What came of a set of claims, and the claims of a stream as they are accepted."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from facts.diagnostic import Diagnostic, QueryError
from facts.readers.batch import Claim, ClaimStream, RejectedClaim, Tally
from facts.values import one_line
from kb.model.determination import Determination
from kb.model.reading_totals import ReadingTotals

if TYPE_CHECKING:
    from facts.readers.evidence import EvidenceIndex


@dataclass(slots=True)
class Adjudication:
    """What came of a set of claims.

    Iterating gives the determinations.

    Parameters
    ----------
    determinations : list of Determination
        One for each line that was not rejected.
    diagnostics : list of Diagnostic
        Everything that was wrong or worth a note in the input.
    tally : Tally
        Lines read, determined and rejected; read = determined + rejected.
    rejected : list of RejectedClaim
        The claims that could not be read, or determined; what is wrong with them is in
        ``diagnostics`` too.
    readings : ReadingTotals
        What hangs on each contested reading, where the readings in favour are asked for.
    """

    determinations: list[Determination] = field(default_factory=list)
    diagnostics: list[Diagnostic] = field(default_factory=list)
    tally: Tally = field(default_factory=Tally)
    rejected: list[RejectedClaim] = field(default_factory=list)
    readings: ReadingTotals = field(default_factory=ReadingTotals)

    def __iter__(self) -> Iterator[Determination]:
        return iter(self.determinations)

    def __len__(self) -> int:
        return len(self.determinations)

    def __getitem__(self, position: int) -> Determination:
        return self.determinations[position]

    def reject(self, claim: RejectedClaim) -> None:
        """Gather a rejected claim and what is wrong with it."""
        self.diagnostics.extend(claim.diagnostics)
        self.rejected.append(claim)


def accepted(stream: ClaimStream, index: EvidenceIndex, result: Adjudication) -> Iterator[Claim]:
    """Yield the claims of a stream that could be read; gather all else in the result.

    Parameters
    ----------
    stream : ClaimStream
        Claims as a reader streams them.
    index : EvidenceIndex
        Evidence for claims that the stream does not have is reported at the end.
    result : Adjudication
        Its tally is that of the stream when all claims were taken.
    """
    seen: dict[str, list[int]] = {}
    for claim in stream:
        if isinstance(claim, RejectedClaim):
            result.reject(claim)
            continue
        if index:
            seen[claim.claim_id] = [line.line_number for line in claim.lines]
        yield claim
    result.diagnostics.extend(stream.diagnostics)
    result.diagnostics.extend(index.unused(seen))
    result.tally = stream.tally


def undetermined(claim: Claim, fault: QueryError) -> RejectedClaim:
    """Return a claim on which a rule has no result, with the rule's place.

    Parameters
    ----------
    claim : Claim
        The claim.
    fault : QueryError
        What a rule has no result for.
    """
    help = f"claim `{one_line(claim.claim_id)}` is rejected; see to the rule"
    faults = (
        Diagnostic("error", each.message, each.place, help, each.excerpt)
        for each in fault.diagnostics
    )
    return RejectedClaim(claim.claim_id, len(claim.lines), tuple(faults))
