"""Refuse a division whose divisor a claim could make zero, for then it has no result.

A formula is worked out for every line, whatever the other conditions of its rule say, and SQL makes
nothing of a division by zero. The knowledge base rejects the claim, and only where the division is
reached; the general plan finds that out.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from kb.compile.formulas.line_script import NotFusable
from kb.compile.formulas.line_tests import SideValue
from kb.compile.formulas.plan import LinePlan
from kb.language.arithmetic import DIVISIONS
from kb.language.ast import (
    Assignment,
    BodyLiteral,
    Comparison,
    Constant,
    Expression,
    Operation,
    Relational,
    Variable,
)

_AMOUNTS = "code_amount"


def refuse_divisions(plan: LinePlan, amounts_are_positive: bool) -> None:
    """Refuse a plan that divides by what is not known to differ from zero.

    Parameters
    ----------
    plan : LinePlan
        The plan of all rules of a policy.
    amounts_are_positive : bool
        Whether no amount of the policy's tables is zero.

    Raises
    ------
    NotFusable
    """
    for _, row in plan.rows:
        _look([row.comparison], frozenset())
    bodies = [side.body for _, side in plan.sides]
    for alternative in plan.allowed.alternatives:
        if isinstance(alternative.value, SideValue):
            bodies.append(alternative.value.body)
        else:
            _expression(alternative.value, frozenset())
    for body in bodies:
        _look(body, _amounts(body) if amounts_are_positive else frozenset())


def _amounts(body: Iterable[BodyLiteral]) -> frozenset[str]:
    """Return the variables that a table of the policy binds to an amount."""
    return frozenset(
        literal.atom.terms[2].name
        for literal in body
        if isinstance(literal, Relational)
        and not literal.negated
        and literal.atom.predicate == _AMOUNTS
        and isinstance(literal.atom.terms[2], Variable)
    )


def _look(body: Iterable[BodyLiteral], nonzero: frozenset[str]) -> None:
    for literal in body:
        for expression in _expressions(literal):
            _expression(expression, nonzero)


def _expressions(literal: BodyLiteral) -> Iterator[Expression]:
    if isinstance(literal, Comparison):
        yield literal.left
        yield literal.right
    elif isinstance(literal, Assignment):
        yield literal.expression


def _expression(expression: Expression, nonzero: frozenset[str]) -> None:
    if not isinstance(expression, Operation):
        return
    if expression.operator in DIVISIONS:
        divisor = expression.operands[1]
        known = isinstance(divisor, Constant) and divisor.value != 0
        if not known and not (isinstance(divisor, Variable) and divisor.name in nonzero):
            raise NotFusable("a division may be one by zero")
    for operand in expression.operands:
        _expression(operand, nonzero)
