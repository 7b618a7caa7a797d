"""How far a long command is, on stderr, once it takes longer than a second."""

from __future__ import annotations

import sys
from time import monotonic as now
from types import TracebackType

from explain.cli.output import message

_FIRST = 1.0
_BETWEEN_TERMINAL, _BETWEEN_FILE = 0.2, 10.0
"""Seconds between two reports: on a terminal one row is drawn anew, in a file each is a row."""


class Progress:
    """Reports how many of a known number of things are done.

    Parameters
    ----------
    noun : str
        As in ``claims``.
    total : int
    """

    def __init__(self, noun: str, total: int) -> None:
        self.noun = noun
        self.total = total
        self.done = 0
        self._start = now()
        self._last = self._start + _FIRST - _BETWEEN_FILE
        self._width = 0
        self._terminal = sys.stderr.isatty()

    def __enter__(self) -> Progress:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        fault: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._width:
            print(f"\r{' ' * self._width}\r", end="", file=sys.stderr, flush=True)

    def advance(self) -> None:
        """Note that one more is done, and report it when it is time."""
        self.done += 1
        at = now()
        between = _BETWEEN_TERMINAL if self._terminal else _BETWEEN_FILE
        due = at - self._start >= _FIRST and at - self._last >= between
        if due and self.done < self.total:
            self._last = at
            self._report(at - self._start)

    def _report(self, seconds: float) -> None:
        rate = self.done / seconds
        left = round((self.total - self.done) / rate)
        text = (
            f"{self.done:,} of {self.total:,} {self.noun}, {rate:,.0f} a second, "
            f"about {left} s left"
        )
        if not self._terminal:
            message(text)
            return
        padding = " " * max(0, self._width - len(text))
        print(f"\r{text}{padding}", end="", file=sys.stderr, flush=True)
        self._width = max(self._width, len(text))
