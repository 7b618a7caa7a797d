"""A stream read to its end, for tests that look at single sentences."""

from __future__ import annotations

from pathlib import Path

from facts.diagnostic import Diagnostic
from facts.readers.batch import Claim, ClaimStream, RejectedClaim
from facts.readers.detect import open_claims

HEADER = "claim_id,line_number,claim_form,service_date,procedure_code,units,description"
GOOD = "G,1,cms1500,2018-06-01,J7050,1,saline"


def rows(*texts: str) -> str:
    """Return rows as a file."""
    return "\n".join(texts) + "\n"


class Reading:
    """A stream read to its end."""

    def __init__(self, stream: ClaimStream) -> None:
        items = list(stream)
        self.claims = {item.claim_id: item for item in items if isinstance(item, Claim)}
        self.rejected = [item for item in items if isinstance(item, RejectedClaim)]
        self.tally = stream.tally
        self.beside = list(stream.diagnostics)
        found = [each for item in self.rejected for each in item.diagnostics] + self.beside
        self.told = [told(each) for each in found]
        lines = sum(len(item.lines) for item in self.claims.values())
        assert self.tally.lines_rejected == sum(item.lines_read for item in self.rejected)
        assert self.tally.lines_read == lines + self.tally.lines_rejected


def told(diagnostic: Diagnostic) -> tuple[str, str, str]:
    """Sentence, place and help."""
    return (
        f"{diagnostic.severity}: {diagnostic.message}",
        "" if diagnostic.place is None else str(diagnostic.place),
        diagnostic.help,
    )


def read(*paths: str | Path) -> Reading:
    return Reading(open_claims(paths))
