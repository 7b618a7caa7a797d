"""The command line: the only part that prints or exits."""

from __future__ import annotations


def main() -> None:
    """Run the command ``clausewise``."""
    try:
        from explain.cli.app import run

        run()
    except KeyboardInterrupt:
        raise SystemExit(130) from None
