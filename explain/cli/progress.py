"""How far a run is, on stderr: nothing for the first second.

On a terminal it is one row that is written over; elsewhere a plain row every ten seconds.
"""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from kb.bulk.result import Meter

_FIRST = 1.0
"""Seconds before anything is shown on a terminal."""

_ON_TERMINAL, _ELSEWHERE = 0.25, 10.0
"""Seconds between two rows."""


def _progress_text(meter: Meter, seconds: float) -> str:
    """Return what is done, the rate and the time left as one row.

    Examples
    --------
    >>> _progress_text(Meter("claims", total=4000, done=1000), 2.0)
    '1,000 of about 4,000 lines, 500 lines/s, 6 s left'
    >>> _progress_text(Meter("claims", done=1000), 2.0)
    '1,000 lines, 500 lines/s'
    >>> _progress_text(Meter("reading"), 2.0)
    'reading the input'
    >>> _progress_text(Meter("claims", total=9, done=3, noun="claims", exact=True), 6.0)
    '3 of 9 claims, 0.5 claims/s, 12 s left'
    """
    lines = meter.lines
    if not lines:
        return "reading the input"
    rate = lines / seconds
    told = f"{rate:,.1f}" if rate < 10 else f"{rate:,.0f}"
    speed = f"{told} {meter.noun}/s"
    if not meter.total:
        return f"{lines:,} {meter.noun}, {speed}"
    about = "about " if meter.done and not meter.exact else ""
    left = max(meter.total - lines, 0) / rate
    return f"{lines:,} of {about}{meter.total:,} {meter.noun}, {speed}, {_time(left)} left"


def _time(seconds: float) -> str:
    whole = round(seconds)
    if whole < 120:
        return f"{whole} s"
    if whole < 7200:
        return f"{whole // 60} min"
    return f"{whole // 3600} h {whole % 3600 // 60} min"


@contextmanager
def progress(meter: Meter) -> Iterator[Meter]:
    """Show how far a run is for as long as the block lasts.

    Parameters
    ----------
    meter : Meter
        Says how far the run is.
    """
    ended = threading.Event()
    terminal = sys.stderr.isatty()
    began = time.monotonic()

    def show() -> None:
        pause = _FIRST if terminal else _ELSEWHERE
        shown = ""
        while not ended.wait(pause):
            pause = _ON_TERMINAL if terminal else _ELSEWHERE
            text = _progress_text(meter, time.monotonic() - began)
            if not terminal:
                print(text, file=sys.stderr, flush=True)
                continue
            print(f"\r{text.ljust(len(shown))}", end="", file=sys.stderr, flush=True)
            shown = text
        if shown:
            print(f"\r{' ' * len(shown)}\r", end="", file=sys.stderr, flush=True)

    thread = threading.Thread(target=show, daemon=True)
    thread.start()
    try:
        yield meter
    finally:
        ended.set()
        thread.join()
