"""The command ``clausewise`` and its register of commands."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Iterable, Sequence
from importlib import import_module
from pathlib import Path
from typing import Annotated

import typer

from explain.cli.output import report
from explain.cli.running import WRONG_USAGE, command, ended
from facts.diagnostic import UsageError
from facts.suggest import near_help
from facts.values import one_line

COMMANDS = {
    "demo": "adjudicating",
    "adjudicate": "adjudicating",
    "convert": "converting",
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

_MEANT = {
    "explain": "why",
    "appeal": "export",
    "letter": "export",
    "letters": "export",
    "report": "summary",
    "stats": "summary",
    "totals": "summary",
    "determine": "adjudicate",
    "run": "adjudicate",
    "ask": "query",
    "search": "code",
    "find": "code",
    "clause": "clauses",
    "policy": "clauses",
    "policies": "clauses",
    "codes": "code",
    "test": "check",
    "lint": "check",
    "validate": "check",
    "shell": "repl",
}
"""What people call commands whose names are not like that."""

_CLAIM_FILES = (".837", ".csv", ".jsonl", ".parquet", ".pq", ".edi", ".x12", ".txt")
_HELP = {"help_option_names": ["--help", "-h"]}


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
    try:
        given = _asked(given)
    except UsageError as fault:
        report(fault.diagnostics)
        sys.exit(WRONG_USAGE)
    wanted = given[:1] if given and given[0] in COMMANDS else COMMANDS
    _registered(wanted)(given, prog_name=prog_name)


def _asked(given: list[str]) -> list[str]:
    """Return arguments with ``help COMMAND`` as that command's own help.

    Raises
    ------
    UsageError
        If there is no such command.
    """
    if given[:1] == ["help"]:
        given = [*given[1:2], "--help"]
    name = given[0] if given else "--help"
    if name.startswith("-") or name in COMMANDS:
        return given
    meant = _MEANT.get(name.casefold())
    if meant is None and Path(name).suffix.casefold() in _CLAIM_FILES:
        help = f"to determine its lines: clausewise adjudicate {name}"
    elif meant is not None:
        help = f"did you mean `{meant}`?"
    else:
        help = near_help(name, (*COMMANDS, "help"))
    raise UsageError.of(f"there is no command `{one_line(name)}`", help)


def _registered(names: Iterable[str]) -> typer.Typer:
    made = typer.Typer(
        name="clausewise",
        no_args_is_help=True,
        add_completion=False,
        context_settings=_HELP,
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
        made.command(name, context_settings=_HELP)(command(getattr(module, name.replace("-", "_"))))
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
