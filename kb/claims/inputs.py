"""The input: claims, evidence and overrides, from a reader or as plain dicts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeAlias

from facts.readers.batch import Claim, ClaimStream, RejectedClaim
from facts.values import format_number
from kb.claims.arguments import check_rows
from kb.claims.sources import sources_of

if TYPE_CHECKING:
    from facts.claim import ClaimLine, Evidence, EvidenceTypes, Override
    from facts.diagnostic import Diagnostic
    from facts.readers.evidence import EvidenceIndex
    from facts.readers.frames import Frame
    from facts.remittance import RemittedClaim
    from kb.matching.claims import Matching

Given: TypeAlias = Any
"""Files and data frames: a path, a glob, a frame of polars, pandas or Arrow, or a list of them."""

Claims: TypeAlias = (
    "Given | Iterable[Claim | RejectedClaim] | Iterable[ClaimLine | Mapping[str, Any]]"
)
"""Files and frames, claims as a reader streams them, or lines as records or plain dicts."""

EvidenceInput: TypeAlias = "Given | EvidenceIndex | Iterable[Evidence | Mapping[str, Any]]"
OverrideInput: TypeAlias = "Given | Iterable[Override | Mapping[str, Any]]"
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
        If one of them is something else.

    Examples
    --------
    >>> check_inputs([], [], [])
    """
    from facts.readers.evidence import EvidenceIndex

    if not isinstance(lines, ClaimStream):
        check_rows(lines, "claims", "line")
    if not isinstance(evidence, EvidenceIndex):
        check_rows(evidence, "evidence", "record")
    check_rows(overrides, "overrides", "record")


def claim_stream(lines: Claims) -> ClaimStream:
    """Return claims as a reader streams them.

    Parameters
    ----------
    lines : Claims
        Claims of a reader, files, frames, or lines.

    Examples
    --------
    >>> list(claim_stream([]))
    []
    """
    if isinstance(lines, ClaimStream):
        return lines
    sources = sources_of(lines)
    if sources is not None:
        return sources.stream()
    from facts.readers.records import read_claims_from_records

    return read_claims_from_records(lines)


def evidence_index(evidence: EvidenceInput, types: EvidenceTypes) -> EvidenceIndex:
    """Return evidence by claim, checked against what a policy declares.

    Parameters
    ----------
    evidence : EvidenceInput
        Evidence of a reader, files, frames, or records.
    types : mapping of str to EvidenceType
        What the policy declares.
    """
    from facts.readers.evidence import EvidenceIndex, index_evidence, read_evidence

    if isinstance(evidence, EvidenceIndex):
        return evidence
    sources = sources_of(evidence, "evidence")
    if sources is not None:
        return read_evidence(sources.all, types)
    return index_evidence(evidence, types)


def override_items(
    overrides: OverrideInput, clauses: Sequence[str], notes: list[Diagnostic]
) -> tuple[Override, ...]:
    """Return overrides, checked against the clauses of a policy; add what is worth a note.

    Parameters
    ----------
    overrides : OverrideInput
        Overrides of a reader, files, frames, or records.
    clauses : sequence of str
        The clauses of the policy.
    notes : list of Diagnostic
        Collects warnings.

    Raises
    ------
    InputError
        If an override has errors.
    """
    from facts.readers.overrides import collect_overrides, read_overrides

    sources = sources_of(overrides, "overrides")
    if sources is None:
        return collect_overrides(overrides, clauses, notes)
    return read_overrides(sources.all, clauses, notes)


def evidence_frame(index: EvidenceIndex) -> Frame:
    """Return evidence that was read as a data frame, for a run on DuckDB.

    Parameters
    ----------
    index : EvidenceIndex
        Evidence by claim.
    """
    from facts.extras import frame_module
    from facts.readers.evidence import COLUMNS
    from facts.readers.frames import frames_of

    items = list(index)
    texts = {
        "claim_id": [each.claim_id for each in items],
        "line_number": [each.line_number for each in items],
        "evidence": [each.name for each in items],
        "value": [
            each.value if isinstance(each.value, str) else format_number(each.value)
            for each in items
        ],
        "document": [each.document for each in items],
    }
    arrow = frame_module("pyarrow")
    kinds = {"line_number": arrow.int64()}
    schema = arrow.schema([(name, kinds.get(name, arrow.string())) for name in COLUMNS])
    (frame,) = frames_of([arrow.table(texts, schema=schema)], "evidence")
    return frame
