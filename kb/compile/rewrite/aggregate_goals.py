"""The variables of an aggregated goal, and whether the goal can be answered by itself."""

from __future__ import annotations

from collections.abc import Iterable

from kb.language.ast import (
    Aggregate,
    Assignment,
    BodyLiteral,
    Comparison,
    Operation,
    Relational,
    Variable,
)
from kb.language.traversal import all_names, names_of, visible_variables


def inner_names(aggregate: Aggregate) -> dict[str, None]:
    """Return the names of the variables of an aggregate's goal and expression, in order.

    Parameters
    ----------
    aggregate : Aggregate
        Its result is not among them.
    """
    names = dict.fromkeys(all_names(aggregate.goal))
    if aggregate.expression is not None:
        names.update(dict.fromkeys(names_of(aggregate.expression)))
    return names


def stands_alone(aggregate: Aggregate, shared: Iterable[str]) -> bool:
    """Tell whether a goal can be answered without the values that its variables have outside.

    It can where its own atoms bind every shared variable before it is used: one aggregation then
    answers for every value, and the outer body joins the groups.

    Parameters
    ----------
    aggregate : Aggregate
        Whose goal is asked.
    shared : iterable of str
        Variables of the goal that are bound before the aggregate.

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
        needed, given = _needed_and_bound(literal)
        if needed & wanted - bound:
            return False
        bound |= given
    if aggregate.expression is not None and set(names_of(aggregate.expression)) & wanted - bound:
        return False
    return wanted <= bound


def _needed_and_bound(literal: BodyLiteral) -> tuple[set[str], set[str]]:
    """The variables that a literal may need to be bound before it, and those that it binds."""
    visible = {variable.name for variable in visible_variables(literal)}
    match literal:
        case Relational(negated=False):
            return set(), visible
        case Assignment(variable=variable, expression=expression):
            return set(names_of(expression)), {variable.name}
        case Aggregate(result=result):
            return set(inner_names(literal)), {result.name}
        case Comparison(operator="=", left=left, right=right):
            return visible, {side.name for side in (left, right) if isinstance(side, Variable)}
    return visible, set()


def calculates(literal: BodyLiteral) -> bool:
    """Tell whether a literal needs arithmetic.

    Parameters
    ----------
    literal : Relational, Comparison, Assignment or Aggregate
        A literal of the body of a rule.
    """
    match literal:
        case Assignment():
            return True
        case Comparison(left=left, right=right):
            return isinstance(left, Operation) or isinstance(right, Operation)
        case Aggregate(expression=expression, goal=goal):
            return isinstance(expression, Operation) or any(map(calculates, goal))
    return False
