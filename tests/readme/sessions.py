"""The sessions and programs that a Markdown page shows, to be run again and compared.

A block marked ``console`` holds rows that begin with ``$``, each followed by what the command
prints. A block marked ``python`` may be followed by one marked ``text`` with what it prints.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
_BLOCK = re.compile(r"^```(console|python)\n(.*?)^```$(?:\n+```text\n(.*?)^```$)?", re.M | re.S)


@dataclass(frozen=True, slots=True)
class Shown:
    """A block of a page: what is run, and the page's text of it.

    Parameters
    ----------
    kind : {"console", "python"}
    code : str
        Of a session all of its rows, of a program the program.
    output : str
        What the page shows behind a program.
    row : int
        Row of the page, from 1.
    place : (int, int)
        Where in the page the text stands that ``run`` gives.
    """

    kind: str
    code: str
    output: str
    row: int
    place: tuple[int, int]

    def run(self) -> str:
        """Run the block and return its text as it should stand in the page."""
        if self.kind == "python":
            return _ended([sys.executable, "-c", self.code])
        return "".join(f"$ {command}\n{_shell(command)}" for command in self.commands)

    @property
    def commands(self) -> list[str]:
        """The commands of a session."""
        return [row[2:] for row in self.code.splitlines() if row.startswith("$ ")]

    @property
    def expected(self) -> str:
        """What ``run`` has to give."""
        return self.output if self.kind == "python" else self.code


def blocks(page: Path) -> Iterator[Shown]:
    """Yield the blocks of a page that can be run."""
    text = page.read_text(encoding="utf-8")
    for match in _BLOCK.finditer(text):
        row = text.count("\n", 0, match.start()) + 1
        place = match.span(2 if match[1] == "console" else 3)
        yield Shown(match[1], match[2], match[3] or "", row, place)


def accept(page: Path) -> None:
    """Write what the blocks of a page print into the page."""
    text = page.read_text(encoding="utf-8")
    for shown in reversed(list(blocks(page))):
        start, end = shown.place
        if start >= 0:
            text = f"{text[:start]}{shown.run()}{text[end:]}"
    page.write_text(text, encoding="utf-8", newline="\n")


def _shell(command: str) -> str:
    return _ended(["bash", "-c", command])


def _ended(arguments: list[str]) -> str:
    """Return what a program prints to either stream, in the repository's folder."""
    scripts = Path(sys.executable).parent
    environment = {
        **os.environ,
        "PATH": f"{scripts}{os.pathsep}{os.environ['PATH']}",
        "COLUMNS": "100",
        "PYTHONUNBUFFERED": "1",
    }
    done = subprocess.run(
        arguments,
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        stdin=subprocess.DEVNULL,
        text=True,
        encoding="utf-8",
        timeout=120,
        check=False,
    )
    return done.stdout
