"""Signals that end a command as a person's Ctrl-C does: what was begun is removed, then it ends."""

from __future__ import annotations

import signal
from types import FrameType

_NAMES = ("SIGTERM", "SIGHUP")
_met = signal.SIGINT


def stop_as_interrupted() -> None:
    """Let this process end for a request of the system as it does for one of a person.

    A signal that whoever started the process lets it ignore stays ignored (``nohup``).
    """
    for name in _NAMES:
        number = getattr(signal, name, None)
        if number is not None and signal.getsignal(number) is signal.SIG_DFL:
            signal.signal(number, _stop)


def interrupted_code() -> int:
    """Return the exit code of an interrupted command: 128 and the number of the signal."""
    return 128 + _met


def _stop(number: int, frame: FrameType | None) -> None:
    global _met
    _met = signal.Signals(number)
    for name in _NAMES:
        other = getattr(signal, name, None)
        if other is not None:
            signal.signal(other, signal.SIG_IGN)
    raise KeyboardInterrupt
