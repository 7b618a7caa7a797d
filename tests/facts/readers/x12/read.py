"""Reads a file whole, and gathers what came of it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from facts.claim import ClaimLine
from facts.diagnostic import Diagnostic
from facts.origin import Origin
from facts.readers.batch import Claim, RejectedClaim, Tally
from facts.readers.x12.claims import read_837


@dataclass
class Reading:
    """All that came of a file."""

    claims: list[Claim]
    rejected: list[RejectedClaim]
    notes: list[Diagnostic]
    tally: Tally

    @property
    def line(self) -> ClaimLine:
        """The only line of the only claim."""
        ((line,),) = (claim.lines for claim in self.claims)
        return line

    def told(self, severity: str | None = None) -> list[str]:
        """Return every message with its place: ``segment 3 (ST): the version ...``."""
        found = [*self.notes]
        for claim in self.rejected:
            found.extend(claim.diagnostics)
        return [
            f"{each.place.place}: {each.message}"
            if isinstance(each.place, Origin)
            else each.message
            for each in found
            if severity in (None, each.severity)
        ]


def read(path: Path, text: str | bytes) -> Reading:
    """Write a file and read it."""
    if isinstance(text, str):
        text = text.encode("utf-8", "surrogateescape")
    path.write_bytes(text)
    stream = read_837(path)
    items = list(stream)
    return Reading(
        [item for item in items if isinstance(item, Claim)],
        [item for item in items if isinstance(item, RejectedClaim)],
        stream.diagnostics,
        stream.tally,
    )
