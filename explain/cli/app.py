"""The command ``clausewise`` and its register of commands."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Callable
from typing import Annotated

import typer

from explain.cli import adjudicating, asking, compiling, explaining, exporting, policies, querying
from explain.cli.running import command, ended

app = typer.Typer(
    name="clausewise",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    pretty_exceptions_show_locals=False,
    epilog=(
        "Data goes to stdout, messages go to stderr. Exit codes: 0 done; 1 the query has no answer,"
        " or a case failed; 2 wrong usage; 3 the input has errors."
    ),
)

COMMANDS: dict[str, Callable[..., int]] = {
    "demo": adjudicating.demo,
    "adjudicate": adjudicating.adjudicate,
    "why": asking.why,
    "why-not": explaining.why_not,
    "verify": explaining.verify,
    "export": exporting.export,
    "query": querying.query,
    "clauses": policies.clauses,
    "code": policies.code,
    "check": policies.check,
    "sql": compiling.sql,
}
"""Every command by its name: a function that prints and returns its exit code."""

for _name, _function in COMMANDS.items():
    app.command(_name)(command(_function))


def version() -> str:
    """Return the version of the package that is installed."""
    from importlib.metadata import PackageNotFoundError
    from importlib.metadata import version as installed

    try:
        return installed("clausewise")
    except PackageNotFoundError:
        return "(not installed)"


def _show_version(wanted: bool) -> None:
    if wanted:
        print(f"clausewise {version()}")
        raise typer.Exit


@app.callback()
def options(
    version: Annotated[
        bool,
        typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version."),
    ] = False,
) -> None:
    """Ask why a claim line was denied, and get the clause.

    \b
    clausewise demo                        a tour on example claims
    clausewise adjudicate claims.837       a determination for every line
    clausewise why CLM1 2 -c claims.837    the clauses behind one of them
    """


def run() -> None:
    """Run the command line and exit."""
    if sys.stdout is None:
        sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")

    def action() -> int:
        app(prog_name="clausewise")
        return 0

    sys.exit(ended(action))
