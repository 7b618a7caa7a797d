"""The command line: the only part of the program that prints or exits."""

from __future__ import annotations

import os
import sys

_INTERRUPTED = 130
"""How typer ends where a signal comes before the command has begun, whichever signal it is."""


def main() -> None:
    """Run the command ``clausewise``."""
    from explain.cli.stopping import interrupted_code, stop_as_interrupted

    stop_as_interrupted()
    try:
        from explain.cli.app import run

        run()
    except KeyboardInterrupt:
        _leave(interrupted_code())
        raise SystemExit(interrupted_code()) from None
    except SystemExit as ended:
        _leave(interrupted_code() if ended.code == _INTERRUPTED else ended.code)
        raise


def _leave(code: object) -> None:
    """End the process at once when all is printed: to free a policy takes a while."""
    if code is not None and not isinstance(code, int):
        return
    try:
        for stream in (sys.stdout, sys.stderr):
            if stream is not None:
                stream.flush()
    except (OSError, ValueError):
        return
    os._exit(code or 0)
