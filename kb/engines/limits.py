"""Limits of what is tried for one answer: the same sentences for both engines, with a place."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from facts.diagnostic import QueryError
from facts.span import Span
from kb.language.ast import (
    BodyLiteral,
    Relational,
    Variable,
)

MOST_FOUND = 1_000_000
"""Values of the variables of a body that are held at once; more have no answer."""

MOST_GROWTH = 100_000
"""Calculations with what a recursion found, in one call; more are taken for a loop."""


def too_many(span: Span) -> QueryError:
    """Return the error of a goal or a rule that multiplies too much.

    Parameters
    ----------
    span : Span
        Its place.
    """
    message = "more combinations of values are tried here than can be held"
    return QueryError.of(message, "tie the variables by a shared one", place=span)


def endless(span: Span) -> QueryError:
    """Return the error of a recursion that calculates ever new numbers.

    Parameters
    ----------
    span : Span
        Where it calculates.
    """
    message = "the calculation is part of a recursion that finds new numbers without end"
    help = "let a comparison stop it, or take the number from facts"
    return QueryError.of(message, help, place=span)


def multiplies(body: Iterable[BodyLiteral]) -> bool:
    """Return whether only the first variable of its atoms, the claim, ties those of a body.

    Parameters
    ----------
    body : iterable of literals
        The body of a rule or a goal.

    Returns
    -------
    bool

    Examples
    --------
    >>> from kb.language.parser import parse_query
    >>> multiplies(parse_query("line(C, A), units(C, A, U)").body)
    False
    >>> multiplies(parse_query("line(C, A), line(C, B), A < B").body)
    True
    """
    atoms = [one.atom for one in body if isinstance(one, Relational) and not one.negated]
    firsts = Counter(atom.terms[0] for atom in atoms if atom.terms)
    groups: list[set[str]] = []
    for atom in atoms:
        names = {
            term.name
            for term in atom.terms
            if isinstance(term, Variable) and (term != atom.terms[0] or firsts[term] == 1)
        }
        if names:
            apart = [group for group in groups if group.isdisjoint(names)]
            groups = [*apart, names.union(*(each for each in groups if each & names))]
    return len(groups) > 1
