"""Measure what a person and an embedding program wait for.

Run as ``python -m tests.bench.interactive``. Prints the median of several runs of each figure
beside its floor; nothing here is a test, since machines are noisy.
"""

from __future__ import annotations

import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

RUNS = 7
PROCEDURES = (
    "J1200",
    "96365",
    "A4206",
    "J7050",
    "99213",
    "96372",
    "S9500",
    "36430",
    "B4164",
    "E0781",
)


def main() -> None:
    """Print the table."""
    print(f"{'figure':<52}{'median':>12}{'floor':>12}")
    with tempfile.TemporaryDirectory() as folder:
        claims = Path(folder) / "claim.csv"
        claims.write_text(_csv(1, 20), encoding="utf-8")
        _row("import kb (process less an empty one)", _import_time(), 200, "ms")
        _row("clausewise why, cold, 20-line claim", _why_time(claims), 700, "ms")
    _row("load and check R14, warm imports", _load_time(), 150, "ms")
    _row("warm query, 20-line claim", _warm(_query), 5, "ms")
    _row("first query of a claim, 20 lines", _warm(_first_query), None, "ms")
    _row("warm proof of one line", _warm(_proof), 10, "ms")
    _row("first proof of a line, 20-line claim", _warm(_first_proof), None, "ms")
    for claims_count in (200, 800):
        rate, memory = _adjudication(claims_count)
        _row(f"adjudicate {claims_count * 5} lines", rate, 300, "lines/s")
        print(f"  peak memory so far {memory} MiB")
    _row("read 837, 10,000 claims of 3 lines", _reading(10_000), 5000, "claims/s")


def _row(name: str, value: float, floor: float | None, unit: str) -> None:
    limit = f"{floor:g}" if floor is not None else "-"
    print(f"{name:<52}{value:>12.1f}{limit:>12} {unit}")


def _csv(claims: int, lines: int) -> str:
    rows = ["claim_id,line_number,claim_form,service_date,place_of_service,procedure_code,units"]
    for claim in range(claims):
        for line in range(lines):
            code = PROCEDURES[(claim + line) % len(PROCEDURES)]
            rows.append(
                f"C{claim},{line + 1},cms1500,2018-06-01,{(11, 22, 12)[claim % 3]},{code},1"
            )
    return "\n".join(rows) + "\n"


def _records(claims: int, lines: int) -> list[dict[str, str]]:
    header, *rows = _csv(claims, lines).splitlines()
    return [dict(zip(header.split(","), row.split(","), strict=True)) for row in rows]


def _timed(action: Callable[[], object], runs: int = RUNS) -> float:
    """Median time of an action in milliseconds."""
    times = []
    for _ in range(runs):
        start = time.perf_counter()
        action()
        times.append((time.perf_counter() - start) * 1000)
    return statistics.median(times)


def _process(*arguments: str) -> None:
    subprocess.run([sys.executable, *arguments], check=False, capture_output=True)


def _import_time() -> float:
    return _timed(lambda: _process("-c", "import kb; kb.KnowledgeBase")) - _timed(
        lambda: _process("-c", "pass")
    )


def _why_time(claims: Path) -> float:
    return _timed(lambda: _process("-m", "explain", "why", "C0", "4", "-c", str(claims)))


def _load_time() -> float:
    from kb.policy.loader import load_policy

    load_policy("r14")
    return _timed(lambda: load_policy("r14"))


def _loaded():  # type: ignore[no-untyped-def]
    from kb import KnowledgeBase

    return KnowledgeBase.load("r14").with_claims(_records(1, 20))


def _warm(prepare: Callable[[], Callable[[], object]]) -> float:
    action = prepare()
    action()
    return _timed(action, 30)


def _query() -> Callable[[], object]:
    kb = _loaded()
    return lambda: kb.query("denied(C, L, Clause)", C="C0")


def _first_query() -> Callable[[], object]:
    kb = _loaded()
    records = _records(1, 20)
    return lambda: kb.with_claims(records).query("denied(C, L, Clause)", C="C0")


def _proof() -> Callable[[], object]:
    from explain import prove

    kb = _loaded()
    return lambda: prove(kb, "outcome(C, L, Outcome)", C="C0", L=4)


def _first_proof() -> Callable[[], object]:
    from explain import prove

    kb = _loaded()
    records = _records(1, 20)
    return lambda: prove(kb.with_claims(records), "outcome(C, L, Outcome)", C="C0", L=4)


def _adjudication(claims: int) -> tuple[float, int]:
    from kb import KnowledgeBase

    kb = KnowledgeBase.load("r14")
    records = _records(claims, 5)
    kb.adjudicate(records[:5])
    milliseconds = _timed(lambda: kb.adjudicate(records), 3)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    return len(records) / milliseconds * 1000, peak


def _reading(claims: int) -> float:
    from facts.readers.x12.claims import read_837
    from tests.facts.readers.x12.build import professional_file

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "claims.837"
        path.write_text(professional_file(claims), encoding="utf-8")
        return claims / _timed(lambda: sum(1 for _ in read_837(path)), 3) * 1000


if __name__ == "__main__":
    main()
