"""Pass: the variables of an aggregated goal, and whether the goal can be answered by itself."""

from __future__ import annotations

from collections.abc import Iterable

from kb.language.ast import (
    Aggregate,
    Assignment,
    BodyLiteral,
    Comparison,
    Relational,
    Variable,
)
from kb.language.traversal import names_of, visible_variables


def inner_variables(aggregate: Aggregate) -> dict[str, None]:
    """Return the variables of an aggregate's goal and expression, in order.

    Parameters
    ----------
    aggregate : Aggregate

    Returns
    -------
    dict of variable name to None
    """
    found: dict[str, None] = {}
    for literal in aggregate.goal:
        found.update((variable.name, None) for variable in visible_variables(literal))
        if isinstance(literal, Aggregate):
            found.update(inner_variables(literal))
    if aggregate.expression is not None:
        found.update(dict.fromkeys(names_of(aggregate.expression)))
    return found


def stands_alone(aggregate: Aggregate, shared: Iterable[str]) -> bool:
    """Tell whether a goal can be answered without the values that its variables have outside.

    It can where its own atoms bind every shared variable before it is used: one aggregation then
    answers for every value, and the outer body joins the groups.

    Parameters
    ----------
    aggregate : Aggregate
    shared : iterable of str
        Variables of the goal that are bound before the aggregate.

    Returns
    -------
    bool

    Examples
    --------
    >>> from kb.language.parser import parse_query
    >>> goal = "q(X, L), aggregate_all(count, {}, N)"
    >>> own = parse_query(goal.format("p(X, Y)")).body[1]
    >>> outer = parse_query(goal.format("(p(Y, Z), Y @< X)")).body[1]
    >>> stands_alone(own, ["X"]), stands_alone(outer, ["X"])
    (True, False)
    """
    wanted = set(shared)
    bound: set[str] = set()
    for literal in aggregate.goal:
        if used_by(literal) & wanted - bound:
            return False
        bound |= bound_by(literal)
    if aggregate.expression is not None and set(names_of(aggregate.expression)) & wanted - bound:
        return False
    return wanted <= bound


def used_by(literal: BodyLiteral) -> set[str]:
    """Return the variables that a literal may need to be bound before it."""
    match literal:
        case Relational(negated=False):
            return set()
        case Assignment(expression=expression):
            return set(names_of(expression))
        case Aggregate():
            return set(inner_variables(literal))
    return {variable.name for variable in visible_variables(literal)}


def bound_by(literal: BodyLiteral) -> set[str]:
    """Return the variables that a literal binds."""
    match literal:
        case Relational(negated=False):
            return {variable.name for variable in visible_variables(literal)}
        case Assignment(variable=variable):
            return {variable.name}
        case Aggregate(result=result):
            return {result.name}
        case Comparison(operator="=", left=left, right=right):
            return {side.name for side in (left, right) if isinstance(side, Variable)}
    return set()
