"""Measure the bulk run beside a hand-written script, and ``why`` on a large Parquet file."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

from tests.bench.generate import generate

HERE = Path(__file__).parent
TWELVE = (
    "FAC-1 FAC-7 OFF-2 HOM-3 HOM-4 NOT-11 GEN-2 COD-1 COD-2 BIL-4 NOT-10 FAC-3".split()  # noqa: SIM905
)


class Run(NamedTuple):
    """One whole process: seconds by the clock, seconds of processor, peak memory in MiB."""

    clock: float
    processor: float
    memory: float


def data_of(folder: Path, lines: int) -> Path:
    """Return the folder of generated claims, made where it is not there yet."""
    made = folder / f"lines-{lines}"
    if not (made / "overrides.csv").exists():
        generate(made, lines)
    return made


_NOT_KEPT = "PYTHONDONTWRITEBYTECODE"

_MEASURE = """
import json, os, subprocess, sys, time
began = time.perf_counter()
started = subprocess.Popen(sys.argv[1:], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
told = started.stderr.read().decode()
_, status, usage = os.wait4(started.pid, 0)
clock = time.perf_counter() - began
processor = usage.ru_utime + usage.ru_stime
print(json.dumps([status, told, clock, processor, usage.ru_maxrss / 1024]))
"""


def process(arguments: list[str], answers: bool = False) -> Run:
    """Run a whole process; one that answers a goal may find no answer.

    A small process measures it: the peak memory of a child begins at that of its parent. Python may
    keep its modules compiled, as it does where the package is installed.
    """
    kept = {name: value for name, value in os.environ.items() if name != _NOT_KEPT}
    done = subprocess.run(
        [sys.executable, "-c", _MEASURE, sys.executable, *arguments],
        capture_output=True,
        text=True,
        cwd=HERE.parents[1],
        env=kept,
        check=True,
    )
    status, told, *figures = json.loads(done.stdout)
    if status and not (answers and os.waitstatus_to_exitcode(status) == 1):
        raise RuntimeError(told)
    return Run(*figures)


def adjudicate(data: Path, output: Path, *options: str, claims: Path | None = None) -> Run:
    """Adjudicate generated claims with their evidence, from Parquet or another file of them."""
    given = claims or data / "claims.parquet"
    arguments = ["-m", "explain", "adjudicate", str(given), "-o", str(output)]
    return process([*arguments, "--evidence", str(data / "evidence.parquet"), *options])


def by_hand(data: Path, output: Path) -> Run:
    """Run the hand-written script of twelve clauses on the same files."""
    return process([str(HERE / "by_hand.py"), str(data), str(output)])


def why(data: Path) -> Run:
    """Explain one line of one claim, cold."""
    arguments = ["-m", "explain", "why", "CLM000123456", "2", "-c", str(data / "claims.parquet")]
    return process([*arguments, "--evidence", str(data / "evidence.parquet")])


def pairs(data: Path, folder: Path, repeat: int) -> tuple[list[Run], list[Run]]:
    """Run both ways in turn."""
    ours, theirs = [], []
    for _ in range(repeat):
        theirs.append(by_hand(data, folder / "hand.parquet"))
        ours.append(adjudicate(data, folder / "ours.parquet"))
    return ours, theirs


def disagreements(folder: Path) -> int:
    """Return the lines of which the two ways cite other clauses of the twelve."""
    import duckdb

    ids = ", ".join(f"'R14-{name}'" for name in TWELVE)
    query = f"""
        SELECT count(*) FROM (
          SELECT claim_id, line_number, list_sort(list_filter(
            list_transform(citations, lambda c: c.clause_id), lambda k: k IN ({ids}))) AS cited
          FROM '{folder / "ours.parquet"}')
        LEFT JOIN (SELECT claim_id, line_number, list_sort(clauses) AS found
          FROM '{folder / "hand.parquet"}') USING (claim_id, line_number)
        WHERE cited IS DISTINCT FROM coalesce(found, [])
    """
    with duckdb.connect() as connection:
        return int(connection.execute(query).fetchall()[0][0])


def ratio(ours: list[Run], theirs: list[Run], field: str) -> float:
    """Return the median of the ratios of each pair."""
    return statistics.median(
        getattr(one, field) / getattr(other, field) for one, other in zip(ours, theirs, strict=True)
    )


def median(runs: list[Run], field: str) -> float:
    """Return the median of a figure."""
    return statistics.median(getattr(run, field) for run in runs)
