"""The input: claims, evidence and overrides, from a reader or as plain dicts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, TypeAlias

from facts.readers.batch import Claim, ClaimStream, RejectedClaim
from kb.claims.arguments import check_rows

if TYPE_CHECKING:
    from facts.claim import ClaimLine, Evidence, Override
    from facts.readers.evidence import EvidenceIndex
    from facts.remittance import RemittedClaim
    from kb.matching.claims import Matching

Claims: TypeAlias = "Iterable[Claim | RejectedClaim] | Iterable[ClaimLine | Mapping[str, Any]]"
"""Claims as a reader streams them, or lines as records or plain dicts."""

EvidenceInput: TypeAlias = "EvidenceIndex | Iterable[Evidence | Mapping[str, Any]]"
OverrideInput: TypeAlias = "Iterable[Override | Mapping[str, Any]]"
RemittanceInput: TypeAlias = "Iterable[RemittedClaim] | Matching"


def check_inputs(lines: object, evidence: object, overrides: object) -> None:
    """Check that claims, evidence and overrides are of these kinds.

    Parameters
    ----------
    lines, evidence, overrides : object
        What a caller gives.

    Raises
    ------
    UsageError
        If one of them is something else: a path is read by a reader first.

    Examples
    --------
    >>> check_inputs([], [], [])
    """
    from facts.readers.evidence import EvidenceIndex

    if not isinstance(lines, ClaimStream):
        check_rows(lines, "claims", "line", "`facts.readers.detect.open_claims`")
    if not isinstance(evidence, EvidenceIndex):
        check_rows(evidence, "evidence", "record", "`facts.readers.evidence.read_evidence`")
    check_rows(overrides, "overrides", "record", "`facts.readers.overrides.read_overrides`")


def claim_stream(lines: Claims) -> ClaimStream:
    """Return claims as a reader streams them.

    Parameters
    ----------
    lines : Claims
        Claims of a reader, or lines.

    Examples
    --------
    >>> list(claim_stream([]))
    []
    """
    from facts.readers.records import read_claims_from_records

    return lines if isinstance(lines, ClaimStream) else read_claims_from_records(lines)
