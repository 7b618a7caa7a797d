"""The command ``clausewise`` and its register of commands."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Iterable, Sequence
from importlib import import_module
from typing import Annotated

import typer

from explain.cli.running import command, ended

COMMANDS = {
    "demo": "adjudicating",
    "adjudicate": "adjudicating",
    "audit": "auditing",
    "summary": "summarising",
    "why": "asking",
    "why-not": "explaining",
    "verify": "explaining",
    "export": "exporting",
    "query": "querying",
    "remit": "remitting",
    "repl": "prompting",
    "clauses": "policies",
    "code": "policies",
    "check": "policies",
    "sql": "compiling",
}
"""Every command by its name, with the module of its function, which returns its exit code.

A module is imported when its command is asked for, or all are listed.
"""


def app(arguments: Sequence[str] | None = None, prog_name: str = "clausewise") -> None:
    """Run a command line and exit.

    Parameters
    ----------
    arguments : sequence of str, optional
        Those of the process where none are given.
    prog_name : str, optional
        What a message calls the program.
    """
    given = list(sys.argv[1:] if arguments is None else arguments)
    wanted = given[:1] if given and given[0] in COMMANDS else COMMANDS
    _registered(wanted)(given, prog_name=prog_name)


def _registered(names: Iterable[str]) -> typer.Typer:
    made = typer.Typer(
        name="clausewise",
        no_args_is_help=True,
        add_completion=False,
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
        pretty_exceptions_show_locals=False,
        epilog=(
            "Data goes to stdout, messages go to stderr. Exit codes: 0 done; 1 the query has no "
            "answer, or a case failed; 2 wrong usage; 3 the input has errors."
        ),
    )
    made.callback()(options)
    for name in names:
        module = import_module(f"explain.cli.{COMMANDS[name]}")
        made.command(name)(command(getattr(module, name.replace("-", "_"))))
    return made


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
        app()
        return 0

    sys.exit(ended(action))
