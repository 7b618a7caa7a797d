"""Print the table of the bulk run: ``python -m tests.bench [--folder F] [--repeat N] [--large]``.

Claims are generated into the folder once. Clock times are of whole processes; since machines are
noisy, look at the ratios, which are medians over pairs of runs, one after the other.
"""

from __future__ import annotations

import argparse
import os
import platform
import tempfile
from datetime import date
from pathlib import Path

import duckdb

from tests.bench import bulk, others

SIZES = {"pyDatalog": 3_000, "SWI-Prolog": 3_000, "clingo": 10_000}


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folder", type=Path, default=Path(tempfile.gettempdir()) / "clausewise")
    parser.add_argument("--lines", type=int, default=1_000_000)
    parser.add_argument("--repeat", type=int, default=5)
    parser.add_argument("--large", action="store_true", help="ten times as many lines too")
    options = parser.parse_args()
    data, folder = bulk.data_of(options.folder, options.lines), options.folder
    print(f"{date.today().isoformat()}, {machine()}")
    print()
    print("| what | lines | clock | processor | peak memory | lines/s |")
    print("|---|---|---|---|---|---|")
    ours, theirs = bulk.pairs(data, folder, options.repeat)
    row("clausewise adjudicate, 63 clauses", options.lines, ours)
    row("hand-written SQL, 12 clauses", options.lines, theirs)
    notes = [
        f"hand-written to clausewise: {bulk.ratio(ours, theirs, 'clock'):.2f} times the clock, "
        f"{bulk.ratio(ours, theirs, 'processor'):.2f} times the processor "
        f"(median of {options.repeat} pairs)",
        f"lines on which they cite other clauses of the twelve: {bulk.disagreements(folder)}",
    ]
    if options.large:
        many = options.lines * 10
        large = bulk.data_of(options.folder, many)
        once, ten = [], []
        for _ in range(max(1, options.repeat // 2)):
            once.append(bulk.adjudicate(data, folder / "ours.parquet"))
            ten.append(bulk.adjudicate(large, folder / "large.parquet", "--memory-limit", "3GB"))
        row("clausewise adjudicate --memory-limit 3GB", many, ten)
        asked = [bulk.why(large) for _ in range(options.repeat)]
        row("clausewise why, one claim, cold", many, asked, rate=False)
        notes.append(
            f"ten times the lines: {bulk.ratio(ten, once, 'clock'):.1f} times the clock, "
            f"{bulk.ratio(ten, once, 'processor'):.1f} times the processor"
        )
    for found in others.measure(data / "claims.parquet", SIZES):
        rate = found.lines / found.seconds
        print(f"| {found.name} | {found.lines:,} | {found.seconds:.2f} s | | | {rate:,.0f} |")
        notes.append(f"{found.name} agrees with pyDatalog: {'yes' if found.agrees else 'NO'}")
    print()
    print("\n".join(f"- {note}" for note in notes))


def row(name: str, lines: int, runs: list[bulk.Run], rate: bool = True) -> None:
    """Print the medians of some runs."""
    clock, processor = bulk.median(runs, "clock"), bulk.median(runs, "processor")
    memory = max(run.memory for run in runs)
    speed = f"{lines / clock:,.0f}" if rate else ""
    print(
        f"| {name} | {lines:,} | {clock:.2f} s | {processor:.2f} s | {memory:,.0f} MiB | {speed} |"
    )


def machine() -> str:
    """Return what of the machine matters."""
    pages = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    load = os.getloadavg()[0]
    return (
        f"{os.cpu_count()} cores, {pages / 2**30:.0f} GiB, load {load:.1f} at the start, "
        f"Python {platform.python_version()}, DuckDB {duckdb.__version__}"
    )


if __name__ == "__main__":
    main()
