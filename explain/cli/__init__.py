"""The command line: the only part of the program that prints or exits."""

from __future__ import annotations

import os
import sys


def main() -> None:
    """Run the command ``clausewise``."""
    try:
        from explain.cli.app import run

        run()
    except KeyboardInterrupt:
        raise SystemExit(130) from None
    except SystemExit as ended:
        _leave(ended.code)
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
