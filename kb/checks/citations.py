"""Check: a clause or table that a rule names exists."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from facts.diagnostic import Diagnostic
from facts.schema import BY_NAME
from facts.suggest import near_help
from kb.checks.context import Context, atoms
from kb.language.ast import Constant


def check_citations(context: Context) -> Iterator[Diagnostic]:
    """Yield clauses and tables that do not exist.

    A clause is in a column that is declared with the name ``clause``, a table in the column
    ``table`` of an input predicate.

    Parameters
    ----------
    context : Context
        The program or query.

    Yields
    ------
    Diagnostic
    """
    columns: dict[str, list[tuple[int, str, Collection[str]]]] = {}
    for name, predicate in context.signature.items():
        for position, column in enumerate(predicate.columns):
            if column.name == "clause" and context.clauses is not None:
                columns.setdefault(name, []).append((position, "clause", context.clauses))
            elif column.name == "table" and context.tables is not None and name in BY_NAME:
                columns.setdefault(name, []).append((position, "table", context.tables))
    for unit in context.units:
        for atom in atoms(unit):
            if atom.predicate not in columns or context.known(atom) is None:
                continue
            for position, noun, names in columns[atom.predicate]:
                term = atom.terms[position]
                if type(term) is not Constant or not isinstance(term.value, str):
                    continue
                if term.value not in names:
                    message = f"there is no {noun} `{term.value}`"
                    help = near_help(term.value, names, "")
                    yield context.error(message, term.span, help)
