"""Measure goals over generated claims: ``python -m tests.bench.asking [--lines N] [--repeat N]``.

Whole processes that read Parquet with evidence and print the answers as CSV. Claims are generated
into the folder once. The last row adjudicates them under R14 with a rule more that is no formula of
a line, a sum over the claim.
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

from tests.bench.bulk import Run, adjudicate, data_of, median, process
from tests.kb.bulk.test_policies import IN_SETS, policy_with

GOALS = {
    "every denial": "denied(Claim, Line, Clause)",
    "one outcome": "outcome(C, L, reduced)",
    "every outcome": "outcome(C, L, O)",
    "one clause": "denied(C, L, 'R14-FAC-1')",
    "allowed units": "allowed(C, L, U)",
    "two claims of a provider and day": "denied(C, L, K), denied(D, M, K), C @< D, "
    "rendering_provider(C, L, P), rendering_provider(D, M, P), service_date(C, L, Day), "
    "service_date(D, M, Day)",
    "columns of the lines": "procedure(C, L, X), units(C, L, U), U > 100, charge(C, L, Charge), "
    "Charge > 900",
    "a count over all claims": "aggregate_all(count, line(C, L), N)",
    "one claim": "denied('CLM000123456', L, K)",
}


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folder", type=Path, default=Path(tempfile.gettempdir()) / "clausewise")
    parser.add_argument("--lines", type=int, default=1_000_000)
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--memory-limit")
    options = parser.parse_args()
    data = data_of(options.folder, options.lines)
    more = ["--memory-limit", options.memory_limit] if options.memory_limit else []
    print("| goal | clock | processor | peak memory |")
    print("|---|---|---|---|")
    for name, goal in GOALS.items():
        row(name, [ask(data, goal, *more) for _ in range(options.repeat)])
    with tempfile.TemporaryDirectory() as folder:
        policy = str(policy_with(Path(folder), IN_SETS["a sum over the claim"]))
        more += ["--policy", policy]
        output = Path(folder) / "out.parquet"
        row("adjudicate in sets", [adjudicate(data, output, *more) for _ in range(options.repeat)])


def row(name: str, runs: list[Run]) -> None:
    """Print the medians of some runs."""
    clock, processor = median(runs, "clock"), median(runs, "processor")
    memory = max(run.memory for run in runs)
    print(f"| {name} | {clock:.2f} s | {processor:.2f} s | {memory:,.0f} MiB |", flush=True)


def ask(data: Path, goal: str, *options: str) -> Run:
    """Answer a goal over generated claims with their evidence."""
    files = ["-c", str(data / "claims.parquet"), "--evidence", str(data / "evidence.parquet")]
    return process(["-m", "explain", "query", goal, *files, "--csv", *options], answers=True)


if __name__ == "__main__":
    main()
