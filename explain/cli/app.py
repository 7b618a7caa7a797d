"""The command ``clausewise`` and its register of commands."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from explain.cli import adjudicating, asking, policies
from explain.cli.running import command, ended

app = typer.Typer(
    name="clausewise",
    help="Ask why a claim line was denied, and get the clause.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    pretty_exceptions_show_locals=False,
    epilog="Exit codes: 0 done, 1 no answer or a case failed, 2 wrong usage, 3 bad input.",
)

COMMANDS = {
    "demo": adjudicating.demo,
    "adjudicate": adjudicating.adjudicate,
    "why": asking.why,
    "query": asking.query,
    "clauses": policies.clauses,
    "code": policies.code,
    "check": policies.check,
}
"""Every command by its name."""

for _name, _function in COMMANDS.items():
    app.command(_name)(command(_function))


def _show_version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        print(f"clausewise {version('clausewise')}")
        raise typer.Exit


@app.callback()
def options(
    version: Annotated[
        bool,
        typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version."),
    ] = False,
) -> None:
    """Ask why a claim line was denied, and get the clause."""


def run() -> None:
    """Run the command line and exit."""
    sys.stdout.reconfigure(encoding="utf-8", errors="backslashreplace")  # type: ignore[union-attr]
    sys.stderr.reconfigure(encoding="utf-8", errors="backslashreplace")  # type: ignore[union-attr]

    def action() -> int:
        app()
        return 0

    sys.exit(ended(action))
