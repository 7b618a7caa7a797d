"""Rename the variables of literals."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from kb.language.ast import (
    Aggregate,
    Assignment,
    Atom,
    BodyLiteral,
    Comparison,
    Constant,
    Expression,
    Operation,
    Relational,
    Term,
    Variable,
)
from kb.language.traversal import variables_of_expression, visible_variables


def all_names(body: Iterable[BodyLiteral]) -> Iterator[str]:
    """Yield the names of all variables of a body, those inside aggregates too."""
    for literal in body:
        for variable in visible_variables(literal):
            yield variable.name
        if isinstance(literal, Aggregate):
            yield from all_names(literal.goal)
            if literal.expression is not None:
                for variable in variables_of_expression(literal.expression):
                    yield variable.name


def rename_atom(atom: Atom, names: Mapping[str, str]) -> Atom:
    """Return an atom with its variables renamed; names that are not given stay."""
    return replace(atom, terms=tuple(_term(term, names) for term in atom.terms))


def rename_expression(expression: Expression, names: Mapping[str, str]) -> Expression:
    """Return an expression with its variables renamed; names that are not given stay.

    Examples
    --------
    >>> rename_expression(Operation("-", (Variable("X"),)), {"X": "Y"})
    Operation(operator='-', operands=(Variable(name='Y'),))
    """
    if isinstance(expression, Operation):
        operands = tuple(rename_expression(operand, names) for operand in expression.operands)
        return replace(expression, operands=operands)
    return _term(expression, names)


def rename_literal(literal: BodyLiteral, names: Mapping[str, str]) -> BodyLiteral:
    """Return a literal with its variables renamed; names that are not given stay."""
    match literal:
        case Relational(atom=atom):
            return replace(literal, atom=rename_atom(atom, names))
        case Comparison(left=left, right=right):
            return replace(
                literal,
                left=rename_expression(left, names),
                right=rename_expression(right, names),
            )
        case Assignment(variable=variable, expression=expression):
            return replace(
                literal,
                variable=_variable(variable, names),
                expression=rename_expression(expression, names),
            )
        case Aggregate(expression=aggregated, goal=goal, result=result):
            return replace(
                literal,
                expression=None if aggregated is None else rename_expression(aggregated, names),
                goal=tuple(rename_literal(inner, names) for inner in goal),
                result=_variable(result, names),
            )


def _term(term: Term, names: Mapping[str, str]) -> Term:
    return term if isinstance(term, Constant) else _variable(term, names)


def _variable(variable: Variable, names: Mapping[str, str]) -> Variable:
    return replace(variable, name=names.get(variable.name, variable.name))
