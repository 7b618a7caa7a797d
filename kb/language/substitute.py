"""Put terms in the place of variables."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from kb.language.ast import (
    Aggregate,
    Assignment,
    Atom,
    BodyLiteral,
    Comparison,
    Expression,
    Operation,
    Relational,
    Term,
    Variable,
)


def substitute(literal: BodyLiteral, terms: Mapping[str, Term]) -> tuple[BodyLiteral, ...]:
    """Return what a literal says when some of its variables are other terms.

    An assignment to a constant becomes a comparison; an aggregate whose result is a constant
    keeps its result apart and compares it.

    Examples
    --------
    >>> from kb.language.ast import Constant
    >>> made = substitute(Assignment(Variable("X"), Constant(1)), {"X": Constant(2)})
    >>> made[0].operator
    '=:='
    """
    match literal:
        case Relational(atom=atom):
            found = tuple(
                terms.get(term.name, term) if isinstance(term, Variable) else term
                for term in atom.terms
            )
            made = Atom(atom.predicate, found, atom.span)
            return (Relational(made, literal.negated, literal.span),)
        case Comparison(left=left, right=right):
            one, other = _expression(left, terms), _expression(right, terms)
            return (Comparison(literal.operator, one, other, literal.span),)
        case Assignment(variable=variable, expression=expression):
            target = _term(variable, terms)
            value = _expression(expression, terms)
            if isinstance(target, Variable):
                return (replace(literal, variable=target, expression=value),)
            return (Comparison("=:=", target, value, literal.span),)
        case Aggregate(expression=inner, goal=goal, result=result):
            put = replace(
                literal,
                expression=None if inner is None else _expression(inner, terms),
                goal=tuple(part for item in goal for part in substitute(item, terms)),
            )
            target = _term(result, terms)
            if isinstance(target, Variable):
                return (replace(put, result=target),)
            own = Variable(f"{result.name} found", result.span)
            operator = "=" if isinstance(target.value, str) else "=:="
            return (
                replace(put, result=own),
                Comparison(operator, own, target, literal.span),  # type: ignore[arg-type]
            )


def _term(term: Term, terms: Mapping[str, Term]) -> Term:
    return terms.get(term.name, term) if isinstance(term, Variable) else term


def _expression(item: Expression, terms: Mapping[str, Term]) -> Expression:
    if isinstance(item, Operation):
        operands = tuple(_expression(operand, terms) for operand in item.operands)
        return replace(item, operands=operands)
    return _term(item, terms)
