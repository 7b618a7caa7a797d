"""Prints syntax as text that reads back as the same syntax."""

from __future__ import annotations

import re
from collections.abc import Iterable
from decimal import Decimal
from fractions import Fraction

from kb.language.ast import (
    Aggregate,
    Assignment,
    Atom,
    BodyLiteral,
    Comparison,
    Constant,
    Declaration,
    Expression,
    Operation,
    Program,
    Query,
    Relational,
    Rule,
    Term,
    Variable,
)
from kb.language.keywords import FUNCTIONS, OPERATOR_WORDS
from kb.language.lexer import can_be_escaped
from kb.language.values import Value

_PLAIN = re.compile(r"[a-z][A-Za-z0-9_]*")
_STRENGTH = {"+": 1, "-": 1, "*": 2, "/": 2, "//": 2, "mod": 2}
_ESCAPES = {"\\": "\\\\", "\n": "\\n", "\t": "\\t"}


def print_program(program: Program) -> str:
    """Return a program as text: its declarations, then its rules, one a row.

    Parameters
    ----------
    program : Program
        What was parsed or built.

    Returns
    -------
    str
        Text that reads back as an equal program.

    Examples
    --------
    >>> from kb.language.parser import parse_program
    >>> print(print_program(parse_program("q(X) :- p(X, _), X>1.\\np(1,'A').", "a.pl")[0]), end="")
    q(X) :- p(X, _), X > 1.
    p(1, 'A').
    """
    rows = [_declaration(declaration) for declaration in program.declarations]
    rows += [print_rule(rule) for rule in program.rules]
    return "".join(f"{row}\n" for row in rows)


def _declaration(declaration: Declaration) -> str:
    """Return a declaration as a directive."""
    columns = ", ".join(f"{column.name}: {column.type}" for column in declaration.columns)
    texts = [declaration.sentence, declaration.absence]
    if not declaration.absence:
        texts.pop()
    quoted = ", ".join(_quote(text, '"') for text in texts)
    return f":- predicate({declaration.predicate}({columns}), {quoted})."


def print_rule(rule: Rule) -> str:
    """Return a rule or fact with its full stop.

    Parameters
    ----------
    rule : Rule
        A rule or a fact.

    Returns
    -------
    str

    Examples
    --------
    >>> from kb.language.parser import parse_program
    >>> program, _ = parse_program("p(X):-q(X),\\\\+r(X,_).", "a.pl")
    >>> print(print_rule(program.rules[0]))
    p(X) :- q(X), \\+ r(X, _).
    """
    head = print_atom(rule.head)
    return f"{head} :- {_body(rule.body)}." if rule.body else f"{head}."


def print_query(query: Query) -> str:
    """Return a query with ``?-`` before it and a full stop behind it.

    Parameters
    ----------
    query : Query
        A goal.

    Returns
    -------
    str

    Examples
    --------
    >>> from kb.language.parser import parse_query
    >>> print_query(parse_query("units(C, L, U), U > 1"))
    '?- units(C, L, U), U > 1.'
    """
    return f"?- {_body(query.body)}."


def _body(body: Iterable[BodyLiteral]) -> str:
    """Return the literals of a body with commas between them."""
    return ", ".join(print_literal(literal) for literal in body)


def print_literal(literal: BodyLiteral) -> str:
    """Return a literal of a body.

    Parameters
    ----------
    literal : Relational, Comparison, Assignment or Aggregate
        A literal of the body of a rule.

    Returns
    -------
    str

    Examples
    --------
    >>> from kb.language.ast import Comparison, Constant, Variable
    >>> print_literal(Comparison("=<", Variable("X"), Constant(3)))
    'X =< 3'
    """
    match literal:
        case Relational(atom=atom, negated=negated):
            return f"\\+ {print_atom(atom)}" if negated else print_atom(atom)
        case Comparison(operator=operator, left=left, right=right):
            return f"{_expression(left)} {operator} {_expression(right)}"
        case Assignment(variable=variable, expression=expression):
            return f"{_term(variable)} is {_expression(expression)}"
        case Aggregate(function=function, expression=measured, goal=goal, result=result):
            what = function if measured is None else f"{function}({_expression(measured)})"
            alone = len(goal) == 1 and isinstance(goal[0], Relational) and not goal[0].negated
            body = _body(goal) if alone else f"({_body(goal)})"
            return f"aggregate_all({what}, {body}, {_term(result)})"


def print_atom(atom: Atom) -> str:
    """Return an atom.

    Parameters
    ----------
    atom : Atom
        A predicate with its terms.

    Returns
    -------
    str

    Examples
    --------
    >>> from kb.language.ast import Atom, Constant, Variable
    >>> print_atom(Atom("procedure", (Variable("C"), Constant(1), Constant("J7050"))))
    "procedure(C, 1, 'J7050')"
    """
    return f"{atom.predicate}({', '.join([_term(term) for term in atom.terms])})"


def _term(term: Term) -> str:
    """Return a variable or constant; a variable without a name is ``_``."""
    if isinstance(term, Variable):
        return "_" if term.anonymous else term.name
    return print_value(term.value)


def _expression(expression: Expression) -> str:
    """Return an expression with as few parentheses as it needs."""
    if isinstance(expression, Variable | Constant):
        return _term(expression)
    operator, operands = expression.operator, expression.operands
    if operator in FUNCTIONS:
        return f"{operator}({', '.join(_expression(operand) for operand in operands)})"
    if len(operands) == 1:
        inner = _expression(operands[0])
        return f"-{inner}" if isinstance(operands[0], Variable) else f"-({inner})"
    left, right = operands
    strength = _STRENGTH[operator]
    left_text, right_text = _expression(left), _expression(right)
    if _strength(left) < strength:
        left_text = f"({left_text})"
    if _strength(right) <= strength:
        right_text = f"({right_text})"
    return f"{left_text} {operator} {right_text}"


def print_value(value: Value) -> str:
    """Return a constant as Prolog writes it: quoted where it must be.

    Parameters
    ----------
    value : str, int, Decimal or Fraction
        The value of a constant.

    Returns
    -------
    str

    Raises
    ------
    ValueError
        If the value is no number (``nan`` or infinite) or text that no file can hold.

    Examples
    --------
    >>> from decimal import Decimal
    >>> print_value("denied"), print_value("R14-FAC-1"), print_value(Decimal("1.50"))
    ('denied', "'R14-FAC-1'", '1.50')
    >>> print_value("it's"), print_value("")
    ("'it\\\\'s'", "''")
    """
    match value:
        case str():
            if _PLAIN.fullmatch(value) and value not in OPERATOR_WORDS:
                return value
            return _quote(value, "'")
        case bool():
            raise ValueError(f"{value} is neither text nor a number")
        case int():
            return str(value)
        case Decimal():
            if not value.is_finite():
                raise ValueError(f"{value} is not a number")
            return f"{value:f}"
        case Fraction():
            if value.denominator == 1:
                return str(value.numerator)
            return f"{value.numerator}r{value.denominator}"


def _strength(expression: Expression) -> int:
    if isinstance(expression, Operation) and len(expression.operands) == 2:
        return _STRENGTH.get(expression.operator, 3)
    return 3


def _quote(text: str, mark: str) -> str:
    return f"{mark}{''.join([_escaped(character, mark) for character in text])}{mark}"


def _escaped(character: str, mark: str) -> str:
    if character == mark:
        return f"\\{mark}"
    if character in _ESCAPES:
        return _ESCAPES[character]
    if "\ud800" <= character <= "\udfff":
        raise ValueError(f"U+{ord(character):04X} is not a character")
    if character.isprintable() or not can_be_escaped(ord(character)):
        return character
    return f"\\x{ord(character):X}\\"
