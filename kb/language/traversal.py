"""Walks rules: their atoms and variables, and copies of them with other variables or terms."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace

from kb.language.ast import (
    Aggregate,
    Assignment,
    Atom,
    BodyLiteral,
    Comparator,
    Comparison,
    Constant,
    Expression,
    Key,
    Operation,
    Relational,
    Rule,
    Term,
    Variable,
)


def atoms_of(body: Iterable[BodyLiteral]) -> Iterator[Atom]:
    """Yield the atoms of a body in reading order, those of aggregated goals too.

    Parameters
    ----------
    body : iterable of literals
        The body of a rule, a query or an aggregate.

    Yields
    ------
    Atom
        Negated ones included.

    Examples
    --------
    >>> from kb.language.parser import parse_query
    >>> goal = parse_query("p(X), aggregate_all(count, (q(X), \\\\+ r(X)), N)")
    >>> [atom.predicate for atom in atoms_of(goal.body)]
    ['p', 'q', 'r']
    """
    for literal in body:
        if type(literal) is Relational:
            yield literal.atom
        elif type(literal) is Aggregate:
            yield from atoms_of(literal.goal)


def rules_by_head(rules: Iterable[Rule]) -> dict[Key, list[Rule]]:
    """Return rules by the name and arity of what they conclude.

    Parameters
    ----------
    rules : iterable of Rule
        In reading order.

    Returns
    -------
    dict of Key to list of Rule
        Keys and rules in the order of the input.
    """
    found: dict[Key, list[Rule]] = {}
    for rule in rules:
        found.setdefault(rule.head.key, []).append(rule)
    return found


def variables_of(*expressions: Expression) -> Iterator[Variable]:
    """Yield the variables of expressions, from left to right.

    Parameters
    ----------
    *expressions : Variable, Constant or Operation
        Terms of an atom, or the sides of a comparison.

    Yields
    ------
    Variable
        As often as it occurs.
    """
    for expression in expressions:
        if type(expression) is Variable:
            yield expression
        elif type(expression) is Operation:
            yield from variables_of(*expression.operands)


def names_of(*expressions: Expression) -> Iterator[str]:
    """Yield the names of the variables of expressions, as often as they occur.

    Parameters
    ----------
    *expressions : Variable, Constant or Operation
        Terms of an atom, or the sides of a comparison.

    Yields
    ------
    str

    See Also
    --------
    all_names : The names of a whole body.
    """
    for variable in variables_of(*expressions):
        yield variable.name


def visible_variables(literal: BodyLiteral) -> Iterator[Variable]:
    """Yield the variables that a literal shares with the rest of its body.

    Of an aggregate that is its result alone: the variables of its goal are its own unless they
    are bound before it.

    Parameters
    ----------
    literal : Relational, Comparison, Assignment or Aggregate
        A literal of the body of a rule.

    Yields
    ------
    Variable
    """
    match literal:
        case Relational(atom=atom):
            yield from variables_of(*atom.terms)
        case Comparison(left=left, right=right):
            yield from variables_of(left, right)
        case Assignment(variable=variable, expression=expression):
            yield from variables_of(variable, expression)
        case Aggregate(result=result):
            yield result


def named_variables(body: Iterable[BodyLiteral]) -> tuple[str, ...]:
    """Return the named variables of a body in order of first occurrence.

    Parameters
    ----------
    body : iterable of literals
        The body of a rule, a query or an aggregate.

    Returns
    -------
    tuple of str
        The columns of the answer where the body is a query's.

    Examples
    --------
    >>> named_variables([Relational(Atom("p", (Variable("X"), Variable("_1"), Variable("Y"))))])
    ('X', 'Y')
    """
    found: dict[str, None] = {}
    for literal in body:
        for variable in visible_variables(literal):
            if not variable.anonymous:
                found[variable.name] = None
    return tuple(found)


def all_names(body: Iterable[BodyLiteral]) -> Iterator[str]:
    """Yield the names of all variables of a body, those inside aggregates too.

    Parameters
    ----------
    body : iterable of literals
        The body of a rule, a query or an aggregate.

    Yields
    ------
    str
        As often as it occurs.
    """
    for literal in body:
        for variable in visible_variables(literal):
            yield variable.name
        if type(literal) is Aggregate:
            yield from all_names(literal.goal)
            if literal.expression is not None:
                yield from names_of(literal.expression)


def rename(body: Iterable[BodyLiteral], names: Mapping[str, str]) -> tuple[BodyLiteral, ...]:
    """Return a body with its variables renamed; each keeps its place in the text.

    Parameters
    ----------
    body : iterable of literals
        The body of a rule, a query or an aggregate.
    names : mapping of old to new name
        Names that it lacks stay.

    Returns
    -------
    tuple of literals

    Examples
    --------
    >>> rename([Assignment(Variable("X"), Operation("-", (Variable("Y"),)))], {"Y": "Z"})[0]
    Assignment(variable=Variable(name='X'), \
expression=Operation(operator='-', operands=(Variable(name='Z'),)))
    """
    return _changed(
        body, lambda one: Variable(names[one.name], one.span) if one.name in names else one
    )


def substitute(body: Iterable[BodyLiteral], terms: Mapping[str, Term]) -> tuple[BodyLiteral, ...]:
    """Return what a body says when some of its variables are other terms.

    An assignment to a constant becomes a comparison; an aggregate whose result is a constant
    gets a result of its own, which is compared with the constant.

    Parameters
    ----------
    body : iterable of literals
        The body of a rule, a query or an aggregate.
    terms : mapping of variable name to Term
        Variables that it lacks stay.

    Returns
    -------
    tuple of literals

    Examples
    --------
    >>> made = substitute([Assignment(Variable("X"), Constant(1))], {"X": Constant(2)})
    >>> made[0].operator
    '=:='
    """
    return _changed(body, lambda variable: terms.get(variable.name, variable))


def substitute_terms(terms: Iterable[Term], others: Mapping[str, Term]) -> tuple[Term, ...]:
    """Return the terms of an atom when some variables are other terms.

    Parameters
    ----------
    terms : iterable of Term
        The terms of an atom.
    others : mapping of variable name to Term
        Variables that it lacks stay.

    Returns
    -------
    tuple of Term
    """
    return tuple(
        [others.get(term.name, term) if type(term) is Variable else term for term in terms]
    )


def _changed(
    body: Iterable[BodyLiteral], change: Callable[[Variable], Term]
) -> tuple[BodyLiteral, ...]:
    """Return a body whose variables are changed by a function."""
    made: list[BodyLiteral] = []
    for literal in body:
        match literal:
            case Relational(atom=atom):
                terms = tuple([x if isinstance(x, Constant) else change(x) for x in atom.terms])
                changed = Atom(atom.predicate, terms, atom.span)
                made.append(Relational(changed, literal.negated, literal.span))
            case Comparison(left=left, right=right):
                left, right = _expression(left, change), _expression(right, change)
                made.append(Comparison(literal.operator, left, right, literal.span))
            case Assignment(variable=variable, expression=expression):
                target, value = change(variable), _expression(expression, change)
                if isinstance(target, Variable):
                    made.append(replace(literal, variable=target, expression=value))
                else:
                    made.append(Comparison("=:=", target, value, literal.span))
            case Aggregate(expression=inner, goal=goal, result=result):
                target = change(result)
                own = target
                if isinstance(own, Constant):
                    own = Variable(f"{result.name} found", result.span)
                inner, goal = inner and _expression(inner, change), _changed(goal, change)
                made.append(replace(literal, expression=inner, goal=goal, result=own))
                if isinstance(target, Constant):
                    operator: Comparator = "=" if isinstance(target.value, str) else "=:="
                    made.append(Comparison(operator, own, target, literal.span))
    return tuple(made)


def _expression(expression: Expression, change: Callable[[Variable], Term]) -> Expression:
    if isinstance(expression, Operation):
        operands = tuple([_expression(operand, change) for operand in expression.operands])
        return replace(expression, operands=operands)
    return change(expression) if isinstance(expression, Variable) else expression
