"""The command line: the only part that prints or exits."""

from __future__ import annotations


def main() -> None:
    """Run the command ``clausewise``."""
    from explain.cli.app import run

    run()
