"""Claims together with the determinations of their lines, by either engine."""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from fractions import Fraction
from itertools import groupby
from pathlib import Path
from typing import Any

from facts.claim import Override
from facts.readers.batch import Claim, ClaimStream, RejectedClaim
from facts.readers.detect import open_claims
from facts.readers.evidence import EvidenceIndex
from kb.claims.result import Adjudication
from kb.model.determination import Citation, Determination
from kb.rule_base import RuleBase

Determined = tuple[Claim, Sequence[Determination]]
"""A claim, and the determinations of its lines."""


def determined_one_by_one(
    kb: RuleBase,
    files: Sequence[str | Path],
    evidence: EvidenceIndex,
    overrides: Iterable[Override],
    result: Adjudication,
) -> Iterator[Determined]:
    """Yield claims as they are determined; memory does not grow with them.

    Parameters
    ----------
    kb : RuleBase
        A policy with its settings and lists.
    files : sequence of path
        The files of claims.
    evidence : EvidenceIndex
        The evidence of the claims.
    overrides : iterable of Override
        Overrides of plans and contracts.
    result : Adjudication
        Gathers diagnostics, rejected claims and the tally.
    """
    stream = open_claims(list(files))
    passed: deque[Claim] = deque()

    def passing(items: Iterable[Claim | RejectedClaim]) -> Iterator[Claim | RejectedClaim]:
        for item in items:
            if isinstance(item, Claim):
                passed.append(item)
            yield item

    watched = ClaimStream(passing(stream.items), stream.diagnostics, stream.tally)
    found = kb.stream(watched, evidence, overrides, result)
    for claim_id, group in groupby(found, key=lambda each: each.claim_id):
        while passed[0].claim_id != claim_id:
            passed.popleft()
        yield passed.popleft(), list(group)


def determined_in_file(
    files: Sequence[str | Path], determinations: str | Path
) -> Iterator[Determined]:
    """Yield the claims of some files with what a bulk run wrote of them as JSONL.

    Parameters
    ----------
    files : sequence of path
        The files of claims.
    determinations : path
        What ``kb.bulk.adjudicate.adjudicate_files`` wrote of the same files.
    """
    places: dict[str, list[int]] = {}
    with Path(determinations).open("rb") as file:
        position = 0
        for row in file:
            places.setdefault(_claim_of(row.decode("utf-8")), []).append(position)
            position += len(row)
        for item in open_claims(list(files)):
            found = places.get(item.claim_id or "") if isinstance(item, Claim) else None
            if found is None or not isinstance(item, Claim):
                continue
            made = []
            for start in found:
                file.seek(start)
                made.append(_determination(json.loads(file.readline(), parse_float=Decimal)))
            yield item, made


_PREFIX = len('{"claim_id":')


def _claim_of(row: str) -> str:
    """Return the claim of a determination, which stands first in its row."""
    start = _PREFIX + (row[_PREFIX] == " ")
    claim_id, _ = json.JSONDecoder().raw_decode(row, start)
    return str(claim_id)


def _determination(record: dict[str, Any]) -> Determination:
    """Return a determination of its JSON."""
    citations = tuple(
        Citation(
            each["clause_id"],
            each["effect"],
            each["carc"],
            tuple(each["rarcs"]),
            each["group"],
            tuple(each["readings"]),
            each["reason"],
        )
        for each in record["citations"]
    )
    units = record["allowed_units"]
    return Determination(
        record["claim_id"],
        record["line_number"],
        record["outcome"],
        citations,
        Fraction(units) if isinstance(units, str) else units,
        tuple(record["missing_evidence"]),
        tuple(record["assumptions"]),
        record["policy"],
        record["policy_version"],
        record["program_sha256"],
    )
