"""Kill runs at random moments, and hold what is left against what may be.

    python -m tests.kills --count 200 [--seed 1] [--lines 60000]

Of each kind of run in turn (bulk, claim by claim out of an 837, an export of documents) one is
started and killed, by SIGKILL twice as often as by SIGTERM or SIGHUP. A file under its final name
has to be whole; after the next run that writes there nothing else may be left.
"""

from __future__ import annotations

import argparse
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

ROOT = Path(__file__).parents[1]
OFFICE = ROOT / "explain" / "examples" / "office.837"
COLUMNS = "claim_id,line_number,claim_form,service_date,place_of_service,procedure_code,units"
SIGNALS = (signal.SIGKILL, signal.SIGKILL, signal.SIGTERM, signal.SIGHUP)
KINDS: Mapping[str, Sequence[str]] = {
    "bulk": ("adjudicate", "claims.csv", "--engine", "duckdb", "-o", "out/out.parquet"),
    "837": ("adjudicate", str(OFFICE), "-o", "out/out.csv"),
    "export": ("export", "--all-adverse", "-c", str(OFFICE), "--format", "json", "-o", "out"),
}


class Place:
    """A folder with claims, an output folder and a folder for temporary files.

    Parameters
    ----------
    folder : Path
        An empty folder.
    lines : int
        Lines of the claims that the bulk run reads.
    """

    def __init__(self, folder: Path, lines: int) -> None:
        self.folder = folder
        self.out, self.temporary = folder / "out", folder / "temporary"
        self.out.mkdir()
        self.temporary.mkdir()
        rows = (f"C{number},1,cms1500,2018-06-01,22,96365,1" for number in range(lines))
        (folder / "claims.csv").write_text("\n".join((COLUMNS, *rows)) + "\n", encoding="utf-8")
        self.whole: dict[str, dict[str, bytes]] = {}

    def start(self, kind: str) -> subprocess.Popen[str]:
        """Start a run of a kind."""
        return subprocess.Popen(
            [sys.executable, "-m", "explain", *KINDS[kind]],
            cwd=self.folder,
            env={**os.environ, "PYTHONPATH": str(ROOT), "TMPDIR": str(self.temporary)},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )

    def finish(self, kind: str) -> float:
        """Let a run end by itself, hold what is left, and return the seconds it took."""
        begun = time.monotonic()
        process = self.start(kind)
        _, err = process.communicate()
        assert process.returncode == 0, err
        self.whole.setdefault(kind, self.files())
        assert self.files() == self.whole[kind], f"the next run of {kind} left {self.left()}"
        assert not any(self.temporary.iterdir()), f"{kind} left temporary files"
        return time.monotonic() - begun

    def kill(self, kind: str, after: float, number: int) -> None:
        """Kill a run after some seconds, unless it ended before, and hold what it wrote."""
        process = self.start(kind)
        try:
            _, err = process.communicate(timeout=after)
        except subprocess.TimeoutExpired:
            process.send_signal(number)
            _, err = process.communicate()
        codes = (0, -number) if number == signal.SIGKILL else (0, -number, 128 + number)
        assert process.returncode in codes, f"{process.returncode}: {err}"
        assert "Traceback" not in err, err
        for name, content in self.files().items():
            if not name.startswith(".clausewise-"):
                assert content == self.whole[kind][name], f"{name} is not whole after {after} s"
        if process.returncode == 128 + number:
            assert not self.left(), f"a run that was stopped left {self.left()}"

    def files(self) -> dict[str, bytes]:
        """Return the files of the output folder, the hidden ones too."""
        return {path.name: path.read_bytes() for path in self.out.iterdir()}

    def left(self) -> list[str]:
        """Return the names of what is not finished."""
        hidden = [path.name for path in self.out.iterdir() if path.name.startswith(".")]
        return [*hidden, *(path.name for path in self.temporary.iterdir())]

    def clear(self) -> None:
        """Remove the finished files, so that the next run is seen to write them."""
        for path in self.out.iterdir():
            if not path.name.startswith("."):
                path.unlink()


def kills(place: Place, draw: random.Random, count: int, every: int = 1) -> int:
    """Kill runs; return how many had left something for the next one to remove.

    Parameters
    ----------
    place : Place
        Where they run.
    draw : random.Random
        Chooses moments and signals.
    count : int
        Runs that are killed.
    every : int, optional
        After so many of a kind a run is let end, and nothing may be left then.
    """
    left = 0
    for kind in KINDS:
        place.clear()
        took = place.finish(kind)
        place.clear()
        mine = count // len(KINDS) + (kind == "bulk") * (count % len(KINDS))
        for at in range(1, mine + 1):
            place.kill(kind, draw.uniform(0, took), draw.choice(SIGNALS))
            left += bool(place.left())
            if at % every == 0 or at == mine:
                place.finish(kind)
                place.clear()
    return left


def main() -> int:
    """Kill runs and tell what was left."""
    parser = argparse.ArgumentParser(prog="python -m tests.kills", description=__doc__)
    parser.add_argument("--count", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--lines", type=int, default=60_000)
    wanted = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        left = kills(Place(Path(folder), wanted.lines), random.Random(wanted.seed), wanted.count)
    print(f"{wanted.count} runs were killed; {left} left something, and the next run removed it")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
