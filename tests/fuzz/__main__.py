"""Try damaged inputs until the time is over, and keep what found something.

    python -m tests.fuzz --minutes 10 [--seed 1] [--only tables] [--keep found]

Each input is drawn from the seed, its kind and its number, so that it can be drawn again:
``--only tables --seed 1 --first 4711 --count 1``.
"""

from __future__ import annotations

import argparse
import faulthandler
import random
import shutil
import tempfile
import time
import traceback
from pathlib import Path

from kb.knowledge_base import KnowledgeBase
from tests.fuzz import certificates, tables, x12

KINDS = {
    "tables": tables.run,
    "parquet": tables.run_parquet,
    "x12": x12.run,
    "certificates": certificates.run,
}
LONGEST = 120
"""Seconds after which an input is taken to hang."""


def main() -> int:
    """Try inputs; return 1 if one found something."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("--minutes", type=float, default=1)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--count", type=int)
    parser.add_argument("--only", choices=KINDS)
    parser.add_argument("--keep", type=Path, default=Path("found"))
    wanted = parser.parse_args()
    end = time.monotonic() + 60 * wanted.minutes
    kb = KnowledgeBase.load("r14")
    found = dict.fromkeys(KINDS, 0)
    tried = dict.fromkeys(KINDS, 0)
    number = wanted.first
    while time.monotonic() < end and number != wanted.first + (wanted.count or -1):
        for kind in [wanted.only] if wanted.only else KINDS:
            said = _one(kind, wanted.seed, number, kb, wanted.keep)
            tried[kind] += 1
            if said:
                found[kind] += 1
                print(f"{kind} {number}: {said}\n", flush=True)
        number += 1
    for kind, count in tried.items():
        print(f"{kind}: {count} inputs, {found[kind]} found something")
    return int(any(found.values()))


def _one(kind: str, seed: int, number: int, kb: KnowledgeBase, keep: Path) -> str:
    """Try one input; keep its files if it found something."""
    draw = random.Random(f"{seed} {kind} {number}")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        faulthandler.dump_traceback_later(LONGEST, exit=True)
        try:
            said = KINDS[kind](draw, folder, kb)
        except Exception:
            said = traceback.format_exc()
        finally:
            faulthandler.cancel_dump_traceback_later()
        if said:
            shutil.copytree(folder, keep / f"{kind}-{seed}-{number}", dirs_exist_ok=True)
        return said


if __name__ == "__main__":
    raise SystemExit(main())
