"""Check: a variable that is named is used more than once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from facts.diagnostic import Diagnostic
from kb.checks.context import Context, Unit
from kb.checks.size import is_too_large
from kb.language.ast import Aggregate, Assignment, BodyLiteral, Comparison, Relational, Variable
from kb.language.traversal import names_of


def check_singletons(context: Context) -> Iterator[Diagnostic]:
    """Yield a warning for each variable that occurs once where ``_`` would do.

    A variable whose name begins with ``_`` may occur once. One that is where it needs a value
    is for the check of safety.

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
            continue
        counts: Counter[str] = Counter()
        if unit.head is not None:
            counts.update(names_of(*unit.head.terms))
        candidates = [one for one in _binding(unit.body, counts) if one.name[0] != "_"]
        for variable in candidates:
            if counts[variable.name] == 1 and not _is_head_only(unit, variable):
                message = f"variable `{variable.name}` occurs once"
                yield context.warning(message, variable.span, "write `_`")


def _is_head_only(unit: Unit, variable: Variable) -> bool:
    return unit.head is not None and any(term is variable for term in unit.head.terms)


def _binding(body: tuple[BodyLiteral, ...], counts: Counter[str]) -> list[Variable]:
    """Count the variables of a body; return those that stand where they get a value."""
    found: list[Variable] = []
    for literal in body:
        if type(literal) is Relational:
            for term in literal.atom.terms:
                if type(term) is Variable:
                    counts[term.name] += 1
                    if not literal.negated:
                        found.append(term)
        elif type(literal) is Comparison:
            counts.update(names_of(literal.left, literal.right))
        elif type(literal) is Assignment:
            counts[literal.variable.name] += 1
            found.append(literal.variable)
            counts.update(names_of(literal.expression))
        elif type(literal) is Aggregate:
            found += _binding(literal.goal, counts)
            if literal.expression is not None:
                counts.update(names_of(literal.expression))
            counts[literal.result.name] += 1
            found.append(literal.result)
    return found
