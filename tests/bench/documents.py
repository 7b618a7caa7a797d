"""Measure what people wait for when explanations are exported.

Run as ``python -m tests.bench.documents``. Prints the median time of a claim line in each format
beside its limit, over the adverse lines of claims that differ from each other; and the time of
1,000 claims as HTML, from the claims to the last byte. What the processor was busy with it stands
beside. Nothing here is a test: machines are noisy.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from typing import TypeVar

from explain.explanation import why
from explain.exports import FORMATS
from explain.exports.document import Document
from explain.exports.making import Wishes, document_of
from explain.narrative.builder import narrative_of
from explain.pictures.composing import picture_of
from kb.claims.determine import LoadedClaim, determine
from kb.knowledge_base import KnowledgeBase
from kb.model.clause import ADVERSE_EFFECTS

S, T = TypeVar("S"), TypeVar("T")

CLAIMS = 1000
LIMITS = {"narrative with its graph": 15.0, "pdf": 60.0}
WHOLE_LIMIT = 30.0
SAMPLE = 120
CLAIM_KINDS = (
    ("11", ("J7050", "J1200", "J1885", "J2405", "J3010")),
    ("22", ("96365", "J1200", "J1885", "J2405", "J3010")),
    ("11", ("A4223", "96365", "J1885", "J2405", "J3010")),
    ("11", ("99213", "96372", "J1885", "J2405", "J3010")),
    ("22", ("96413", "J1200", "J1885", "J2405", "J3010")),
)
"""Place of service and procedure codes; about one line of each claim is adverse."""


def main() -> None:
    """Print the table."""
    known = KnowledgeBase.load("r14").with_claims(list(_records()))
    print(f"{'figure':<44}{'median':>12}{'busy':>12}{'limit':>12}")
    lines = [(loaded, numbers[0]) for loaded, numbers in islice(_adverse(known), SAMPLE)]
    narratives = _timed("narrative with its graph", lambda line: narrative_of(why(*line)), lines)
    _timed("picture of a narrative", picture_of, narratives)
    documents = [Document(f"Line {at}", (told,)) for at, told in enumerate(narratives)]
    for name in ("md", "html", "svg", "dot", "mermaid", "pdf", "docx", "png"):
        _timed(name, FORMATS[name].render, documents)
    _whole(known)


def _records() -> Iterator[dict[str, object]]:
    for claim in range(CLAIMS):
        place, codes = CLAIM_KINDS[claim % len(CLAIM_KINDS)]
        for number, code in enumerate(codes, 1):
            yield {
                "claim_id": f"C{claim}",
                "line_number": number,
                "claim_form": "cms1500",
                "service_date": f"2018-06-{claim % 28 + 1:02}",
                "place_of_service": place,
                "procedure_code": code,
                "units": str(claim % 7 + 1),
                "rendering_provider": f"P{claim % 50}",
            }


def _adverse(known: KnowledgeBase) -> Iterator[tuple[LoadedClaim, list[int]]]:
    for claim_id in known.claims:
        loaded = known.claim(claim_id)
        numbers = [one.line_number for one in determine(loaded) if one.outcome in ADVERSE_EFFECTS]
        if numbers:
            yield loaded, numbers


def _timed(name: str, action: Callable[[S], T], subjects: Sequence[S]) -> list[T]:
    made = [action(subjects[0])]
    times, busy = [], []
    for subject in subjects[1:]:
        start, used = time.perf_counter(), time.process_time()
        made.append(action(subject))
        busy.append((time.process_time() - used) * 1000)
        times.append((time.perf_counter() - start) * 1000)
    _row(name, statistics.median(times), statistics.median(busy), LIMITS.get(name), "ms")
    return made


def _whole(known: KnowledgeBase) -> None:
    start, used = time.perf_counter(), time.process_time()
    claims = size = 0
    for claim_id in known.claims:
        document = document_of(known.claim(claim_id), Wishes())
        if document is not None:
            size += len(FORMATS["html"].render(document))
            claims += 1
    name = f"{claims} adverse claims as HTML, {size / 1e6:.0f} MB"
    seconds, busy = time.perf_counter() - start, time.process_time() - used
    _row(name, seconds, busy, WHOLE_LIMIT, "s")


def _row(name: str, value: float, busy: float, limit: float | None, unit: str) -> None:
    bound = f"{limit:g}" if limit is not None else "-"
    print(f"{name:<44}{value:>12.1f}{busy:>12.1f}{bound:>12} {unit}")


if __name__ == "__main__":
    main()
