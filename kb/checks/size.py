"""Check: a rule or query has no more variables than can be answered.

Conditions that share their variables narrow each other; each variable of its own multiplies.
"""

from __future__ import annotations

from collections.abc import Iterator

from facts.diagnostic import Diagnostic
from kb.checks.context import Context, Unit
from kb.language.traversal import atoms_of, names_of

_MOST_VARIABLES = 100
"""How many variables a rule or a query can have, each ``_`` counted too."""


def check_size(context: Context) -> Iterator[Diagnostic]:
    """Yield rules and queries with too many variables.

    Parameters
    ----------
    context : Context
        The program or query.

    Yields
    ------
    Diagnostic
    """
    for unit in context.units:
        if is_too_large(unit):
            noun = "query" if unit.head is None else "rule"
            message = f"a {noun} with more than {_MOST_VARIABLES} variables is too large to answer"
            help = "leave out conditions, or name some of them by a rule of their own"
            yield context.error(message, unit.span if unit.head is None else unit.head.span, help)


def is_too_large(unit: Unit) -> bool:
    """Whether a unit has more variables than it can.

    Parameters
    ----------
    unit : Unit
        A rule or a query.

    Returns
    -------
    bool
    """
    names: set[str] = set()
    for atom in atoms_of(unit.body):
        names.update(names_of(*atom.terms))
    return len(names) > _MOST_VARIABLES
