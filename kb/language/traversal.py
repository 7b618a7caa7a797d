"""Which variables a body has."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from kb.language.ast import (
    Aggregate,
    Assignment,
    BodyLiteral,
    Comparison,
    Constant,
    Expression,
    Operation,
    Relational,
    Variable,
)


def variables_of_expression(expression: Expression) -> Iterator[Variable]:
    """Yield the variables of an expression, from left to right."""
    if isinstance(expression, Variable):
        yield expression
    elif isinstance(expression, Operation):
        for operand in expression.operands:
            yield from variables_of_expression(operand)


def visible_variables(literal: BodyLiteral) -> Iterator[Variable]:
    """Yield the variables that a literal shares with the rest of its body.

    Of an aggregate that is its result alone: the variables of its goal are its own unless they
    are bound before it.
    """
    match literal:
        case Relational(atom=atom):
            for term in atom.terms:
                if not isinstance(term, Constant):
                    yield term
        case Comparison(left=left, right=right):
            yield from variables_of_expression(left)
            yield from variables_of_expression(right)
        case Assignment(variable=variable, expression=expression):
            yield variable
            yield from variables_of_expression(expression)
        case Aggregate(result=result):
            yield result


def named_variables(body: Iterable[BodyLiteral]) -> tuple[str, ...]:
    """Return the named variables of a body in order of first occurrence.

    Examples
    --------
    >>> from kb.language.ast import Atom, Relational, Variable
    >>> named_variables([Relational(Atom("p", (Variable("X"), Variable("_1"), Variable("Y"))))])
    ('X', 'Y')
    """
    found: dict[str, None] = {}
    for literal in body:
        for variable in visible_variables(literal):
            if not variable.anonymous:
                found[variable.name] = None
    return tuple(found)
