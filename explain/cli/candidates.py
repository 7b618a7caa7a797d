"""Which claim is asked for, where several have its number."""

from __future__ import annotations

from collections.abc import Mapping
from shlex import quote

from facts.claim import PART_SIGN
from facts.diagnostic import Diagnostic
from facts.readers.batch import Claim
from facts.values import one_line, quoted

_MOST_TOLD = 20
"""Claims of one number that are listed."""


def is_asked(claim: Claim, asked: str) -> bool:
    """Tell whether a claim is meant by its id, its number, or its number with some of its part.

    Parameters
    ----------
    claim : Claim
        The claim.
    asked : str
        What a person typed.
    """
    number, part = claim.number, claim.part
    if asked in (claim.claim_id, number):
        return True
    return (
        bool(part)
        and asked.startswith(number + PART_SIGN)
        and (asked.removeprefix(number + PART_SIGN) in str(part))
    )


def candidates(asked: str, known: Mapping[str, Claim]) -> list[Diagnostic]:
    """Return what tells the claims of one number apart, and how to ask for one of them.

    Parameters
    ----------
    asked : str
        What a person typed.
    known : mapping of claim id to Claim
        The claims that are meant.
    """
    claims = sorted(known.items())
    rows = []
    for claim_id, claim in claims[:_MOST_TOLD]:
        first = claim.lines[0]
        place = first.trace.origin("claim_id") if first.trace is not None else None
        by = f"; superseded: {first.superseded_by}" if first.superseded_by else ""
        days = sorted({line.service_date for line in claim.lines})
        rows.append(f"{one_line(claim_id)}: from {days[0]}, {place}{by}")
    if len(claims) > len(rows):
        rows.append(f"... and {len(claims) - len(rows)} more")
    message = f"{quoted(asked)} is the number of {len(claims)} claims"
    help = f"ask for one of them, as in {quote(one_line(claims[0][0]))}"
    return [Diagnostic("error", message, None, help, "\n  | ".join(rows))]
