"""Builds syntax from what the grammar recognised, one method for each of its rules."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast, get_args

from facts.schema import Column, ColumnType
from facts.span import Span
from kb.language.ast import (
    Aggregate,
    AggregateFunction,
    Assignment,
    Atom,
    BodyLiteral,
    Comparator,
    Comparison,
    Constant,
    Declaration,
    Expression,
    Operation,
    Query,
    Relational,
    Rule,
    Term,
    Variable,
)
from kb.language.keywords import DEEPEST_EXPRESSION, FUNCTIONS, MEASURES
from kb.language.lexer import Token

_TYPES = get_args(ColumnType)


class SyntaxFault(Exception):
    """Something that the grammar lets through and the language does not have."""

    def __init__(self, span: Span, message: str, help: str) -> None:
        self.span = span
        self.message = message
        self.help = help
        super().__init__(message)


class _Builder:
    """The callbacks of the parser."""

    def fact(self, parts: Sequence[Any]) -> Rule:
        """Build a fact."""
        head, end = parts
        return Rule(head, (), _across(head.span, end.span))

    def rule(self, parts: Sequence[Any]) -> Rule:
        """Build a rule."""
        head, _, body, end = parts
        return Rule(head, body, _across(head.span, end.span))

    def query(self, parts: Sequence[Any]) -> Query:
        """Build a query."""
        body = next(part for part in parts if type(part) is tuple)
        return Query(body, _across(body[0].span, body[-1].span))

    def body(self, parts: Sequence[Any]) -> tuple[BodyLiteral, ...]:
        """Build a body."""
        return tuple(parts[::2])

    def positive(self, parts: Sequence[Any]) -> Relational:
        """Build a literal."""
        return Relational(parts[0], False, parts[0].span)

    def negated(self, parts: Sequence[Any]) -> Relational:
        """Build a negated literal."""
        return Relational(parts[1], True, _across(parts[0].span, parts[1].span))

    def comparison(self, parts: Sequence[Any]) -> Comparison:
        """Build a comparison."""
        left, right = _expression(parts[0]), _expression(parts[2])
        span = _across(_span(parts[0]), _span(parts[2]))
        return Comparison(cast(Comparator, parts[1].text), left, right, span)

    def assignment(self, parts: Sequence[Any]) -> Assignment:
        """Build an assignment."""
        left, right = _expression(parts[0]), _expression(parts[2])
        if not isinstance(left, Variable):
            raise SyntaxFault(
                _span(parts[0]),
                "the left side of `is` is not a variable",
                "compare two numbers with `=:=`",
            )
        return Assignment(left, right, _across(_span(parts[0]), _span(parts[2])))

    def aggregate(self, parts: Sequence[Any]) -> Aggregate:
        """Build an aggregate."""
        opening, measured, _, goal, _, result, closing = parts
        function, expression = self._measured(measured)
        for literal in goal if isinstance(goal, tuple) else ():
            if isinstance(literal, Aggregate):
                raise SyntaxFault(
                    literal.span,
                    "there is an aggregate inside another",
                    "give the inner one a predicate of its own",
                )
        if not isinstance(result.term, Variable):
            raise SyntaxFault(
                result.span,
                f"the result of an aggregate is a variable, not `{result.text}`",
                f"write a variable and compare it afterwards: `N =:= {result.text}`",
            )
        body = goal if isinstance(goal, tuple) else (Relational(goal, False, goal.span),)
        return Aggregate(
            cast(AggregateFunction, function),
            expression,
            body,
            result.term,
            _across(opening.span, closing.span),
        )

    def _measured(
        self, measured: Token | tuple[Token, Expression]
    ) -> tuple[str, Expression | None]:
        help = f"one of count, {', '.join(f'{name}(E)' for name in MEASURES)}"
        if isinstance(measured, Token):
            if measured.text == "count":
                return "count", None
            raise SyntaxFault(measured.span, f"unknown aggregate `{measured.text}`", help)
        token, expression = measured
        if token.text not in MEASURES:
            raise SyntaxFault(token.span, f"unknown aggregate `{token.text}`", help)
        return token.text, expression

    def measure(self, parts: Sequence[Any]) -> tuple[Token, Expression]:
        """Keep what is aggregated with its expression."""
        return parts[0], _expression(parts[1])

    def conjunction(self, parts: Sequence[Any]) -> tuple[BodyLiteral, ...]:
        """Take a conjunction out of its parentheses."""
        return cast(tuple[BodyLiteral, ...], parts[1])

    def atom(self, parts: Sequence[Any]) -> Atom:
        """Build an atom."""
        opening, closing = parts[0], parts[-1]
        span = Span(opening.source, opening.row, opening.column, closing.row, closing.end_column)
        return Atom(opening.text, tuple([part.term for part in parts[1:-1:2]]), span)

    def operation(self, parts: Sequence[Any]) -> Operation:
        """Build an operation of two operands."""
        left, sign, right = parts
        return Operation(
            sign.text, (_expression(left), _expression(right)), _across(_span(left), _span(right))
        )

    def negative(self, parts: Sequence[Any]) -> Operation:
        """Build a minus before an operand."""
        return Operation("-", (_expression(parts[1]),), _across(parts[0].span, _span(parts[1])))

    def call(self, parts: Sequence[Any]) -> Operation:
        """Build a call of a function."""
        name, operands = parts[0].text, tuple(_expression(part) for part in parts[1:-1:2])
        span = _across(parts[0].span, parts[-1].span)
        wanted = FUNCTIONS[name]
        if len(operands) != wanted:
            raise SyntaxFault(
                span,
                f"`{name}` takes {_count(wanted, 'operand')}, not {len(operands)}",
                f"write `{name}({', '.join('XY'[:wanted])})`",
            )
        return Operation(name, operands, span)

    def group(self, parts: Sequence[Any]) -> Expression:
        """Take an expression out of its parentheses."""
        return _expression(parts[1])

    def declaration(self, parts: Sequence[Any]) -> Declaration:
        """Build a declaration."""
        name, columns = parts[2]
        strings = [str(part.term.value) for part in parts if _is_string(part)]
        return Declaration(
            name.text,
            columns,
            strings[0],
            strings[1] if len(strings) > 1 else "",
            _across(parts[0].span, parts[-1].span),
        )

    def declared(self, parts: Sequence[Any]) -> tuple[Token, tuple[Column, ...]]:
        """Keep a declared name with its columns."""
        seen = set()
        for name, column in parts[1:-1:2]:
            if column.name in seen:
                raise SyntaxFault(name.span, f"column `{column.name}` is declared twice", "")
            seen.add(column.name)
        return parts[0], tuple(column for _, column in parts[1:-1:2])

    def column(self, parts: Sequence[Any]) -> tuple[Token, Column]:
        """Build a column."""
        name, _, kind = parts
        if not (isinstance(name.term, Constant) and name.text[0].isalpha()):
            raise SyntaxFault(
                name.span,
                f"the name of a column is a plain word, not `{name.text}`",
                "begin it with a small letter",
            )
        if kind.text not in _TYPES:
            raise SyntaxFault(
                kind.span, f"unknown type `{kind.text}`", f"a type is {_alternatives(_TYPES)}"
            )
        return name, Column(name.text, kind.text)


CALLBACKS = _Builder()
"""What the parser calls for each rule of the grammar. It has no state: threads can share it."""


def check_depth(body: Sequence[BodyLiteral]) -> None:
    """Refuse operations that stand too deep inside each other.

    Parameters
    ----------
    body : sequence of BodyLiteral
        The body of a rule or a query.

    Raises
    ------
    SyntaxFault
    """
    waiting: list[tuple[Expression, int, Expression]] = []
    literals = list(body)
    while literals:
        literal = literals.pop()
        if isinstance(literal, Comparison):
            waiting += [(literal.left, 0, literal.left), (literal.right, 0, literal.right)]
        elif isinstance(literal, Assignment):
            waiting.append((literal.expression, 0, literal.expression))
        elif isinstance(literal, Aggregate):
            literals += literal.goal
            if literal.expression is not None:
                waiting.append((literal.expression, 0, literal.expression))
    while waiting:
        expression, depth, whole = waiting.pop()
        if isinstance(expression, Operation):
            if depth >= DEEPEST_EXPRESSION:
                raise SyntaxFault(
                    whole.span,
                    f"an expression is more than {DEEPEST_EXPRESSION} operations deep",
                    "compute it in several steps with `is`",
                )
            waiting += [(operand, depth + 1, whole) for operand in expression.operands]


def _expression(part: Any) -> Expression:
    return cast(Term, part.term) if type(part) is Token else cast(Expression, part)


def _span(part: Token | Expression) -> Span:
    return part.span


def _across(first: Span, last: Span) -> Span:
    return Span(first.source, first.row, first.column, last.end_row, last.end_column)


def _is_string(part: Any) -> bool:
    return isinstance(part, Token) and part.type == "STRING"


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"


def _alternatives(names: Sequence[str]) -> str:
    return f"{', '.join(names[:-1])} or {names[-1]}"
