"""Calculations in rules: a recursion that has one may find new numbers without end."""

from __future__ import annotations

from collections.abc import Iterable

from facts.span import Span
from kb.language.ast import Assignment, Comparison, Operation, Rule


def growth_of(literal: object) -> Span | None:
    """Return where a literal calculates a value; None where it does not.

    Parameters
    ----------
    literal : BodyLiteral
        Of a rule of a recursion.

    Returns
    -------
    Span or None
    """
    match literal:
        case Assignment(expression=Operation()):
            return literal.span
        case (
            Comparison(operator="=", left=Operation()) | Comparison(operator="=", right=Operation())
        ):
            return literal.span
    return None


def growth_in(rules: Iterable[Rule]) -> Span | None:
    """Return the first place where rules of a recursion calculate; None where none does.

    Parameters
    ----------
    rules : iterable of Rule
        Those of predicates that need each other.

    Returns
    -------
    Span or None
    """
    found = (growth_of(literal) for rule in rules for literal in rule.body)
    return next(filter(None, found), None)
