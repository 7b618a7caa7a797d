"""Measure what people wait for when they ask why, why not, and whether a proof holds.

Run as ``python -m tests.bench.explaining``. Prints medians beside their limits, over every line
of the example claims and over claims of 20 lines; then a whole process that exports 1,000 claims,
each with an adverse line, with an index and a queue. Beside the time on the wall stands the time of
the processor, which says more on a machine that others use. Nothing here is a test.
"""

from __future__ import annotations

import csv
import json
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from explain import narrative_of, verify, why, why_not, why_not_outcome
from explain.cli.loaded import load_claims
from kb.claims.determine import LoadedClaim
from kb.knowledge_base import KnowledgeBase
from tests.bench.documents import _records

EXAMPLES = Path(__file__).parents[2] / "explain" / "examples"
ROUNDS = 5
ASKED = ("R14-FAC-1", "R14-FAC-7", "R14-OFF-2", "R14-HOM-3", "R14-NOT-1", "R14-BIL-4")
LIMITS = {
    "narrative with its graph": 15.0,
    "verify a certificate by itself": 5.0,
    "1,001 files of html, whole process": 30.0,
    "1,000 files of pdf, whole process": 60.0,
}


def main() -> None:
    """Print the table."""
    base = KnowledgeBase.load("r14")
    files = [str(EXAMPLES / name) for name in ("office.837", "hospital.837", "home.837")]
    known = load_claims(base, files, [str(EXAMPLES / "evidence.csv")], None).kb
    examples = _lines(known)
    long = _lines(base.with_claims(list(_long_claims())))
    policy = known.policy
    print(f"{'figure':<46}{'median':>10}{'95 %':>10}{'processor':>11}{'limit':>8}")
    _timed("narrative with its graph", lambda line: narrative_of(why(*line)), examples)
    _timed("narrative, claim of 20 lines", lambda line: narrative_of(why(*line)), long)
    _timed("certificate", lambda line: why(*line).to_json(), examples)
    made = [(line[0], json.loads(json.dumps(why(*line).to_json()))) for line in examples]
    _timed("verify a certificate by itself", lambda one: verify(one[1]), made)
    _timed(
        "verify against the policy and the claim",
        lambda one: verify(one[1], policy=policy, facts=one[0].facts),
        made,
    )
    asked = [(*line, clause) for line in examples for clause in ASKED]
    _timed("why not a clause", lambda one: why_not(*one).text, asked)
    outcomes = [(*line, "denied") for line in examples]
    _timed("why not an outcome, over all clauses", lambda one: why_not_outcome(*one).text, outcomes)
    for kind in ("html", "pdf"):
        _whole(kind)


def _lines(known: KnowledgeBase) -> list[tuple[LoadedClaim, int]]:
    return [
        (known.claim(claim_id), line.line_number)
        for claim_id, claim in known.claims.items()
        for line in claim.lines
    ]


def _long_claims() -> Iterable[dict[str, object]]:
    lines = list(_records())
    for number, line in enumerate(lines[:60]):
        yield {**line, "claim_id": f"L{number // 20}", "line_number": number % 20 + 1}


def _timed(name: str, action: Callable[[Any], object], subjects: Iterable[Any]) -> None:
    times, busy = [], []
    for subject in subjects:
        action(subject)
        for _ in range(ROUNDS):
            start, own = time.perf_counter(), time.process_time()
            action(subject)
            times.append((time.perf_counter() - start) * 1000)
            busy.append((time.process_time() - own) * 1000)
    times.sort()
    slow = times[int(len(times) * 0.95)]
    _row(name, statistics.median(times), f"{slow:.1f}", statistics.median(busy), "ms")


def _row(name: str, median: float, slow: str, busy: float, unit: str) -> None:
    limit = LIMITS.get(name)
    shown = f"{limit:g}" if limit is not None else "-"
    print(f"{name:<46}{median:>10.1f}{slow:>10}{busy:>11.1f}{shown:>8} {unit}")


def _whole(kind: str) -> None:
    """Time the command that writes a document for each of 1,000 claims."""
    with tempfile.TemporaryDirectory() as folder:
        claims = Path(folder) / "claims.csv"
        rows = list(_records())
        with claims.open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, list(rows[0]))
            writer.writeheader()
            writer.writerows(rows)
        command = [sys.executable, "-m", "explain", "export", "--all-adverse", "-c", str(claims)]
        before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
        subprocess.run(
            [*command, "--format", kind, "-o", str(Path(folder) / "out")],
            check=True,
            capture_output=True,
        )
        seconds = time.perf_counter() - start
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        busy = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        written = len(list((Path(folder) / "out").glob(f"*.{kind}")))
    _row(f"{written:,} files of {kind}, whole process", seconds, "", busy, "s")


if __name__ == "__main__":
    main()
