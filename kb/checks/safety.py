"""Check: read from left to right, every variable has a value where one is needed."""

from __future__ import annotations

from collections.abc import Iterator

from facts.diagnostic import Diagnostic
from kb.checks.context import Context, Unit
from kb.language.ast import (
    Aggregate,
    Assignment,
    Atom,
    BodyLiteral,
    Comparison,
    Expression,
    Relational,
    Variable,
)
from kb.language.printer import print_literal
from kb.language.traversal import all_names, names_of, variables_of, visible_variables

_LEFT = "bind it in a condition to the left"


def check_safety(context: Context) -> Iterator[Diagnostic]:
    """Yield variables without a value.

    Parameters
    ----------
    context : Context
        The program or query.

    Yields
    ------
    Diagnostic
    """
    for unit in context.units:
        if not unit.body and unit.head is not None:
            yield from _fact(context, unit.head)
        else:
            yield from _BoundVariables(context, unit).unit()


def _fact(context: Context, head: Atom) -> Iterator[Diagnostic]:
    for term in head.terms:
        if type(term) is Variable:
            name = "_" if term.anonymous else term.name
            message = f"variable `{name}` occurs in a fact"
            yield context.error(message, term.span, "a fact holds text and numbers only")


class _BoundVariables:
    """The variables of one rule or query that have a value so far."""

    def __init__(self, context: Context, unit: Unit) -> None:
        self.context = context
        self.unit_ = unit
        self.bound = set(context.bound)
        self.found: list[Diagnostic] = []
        self.local: dict[str, Variable] = {}

    def unit(self) -> list[Diagnostic]:
        self.body(self.unit_.body)
        head = self.unit_.head
        if head is not None:
            for term in head.terms:
                if type(term) is Variable:
                    self.head(term)
        return self.found

    def head(self, variable: Variable) -> None:
        if variable.anonymous:
            message = "`_` occurs in the head of a rule"
            help = "name the variable and bind it in the body"
        elif variable.name not in self.bound:
            self.bound.add(variable.name)
            message = f"variable `{variable.name}` of the head has no value in the body"
            help = "use it in a condition without `\\+`"
            if variable.name in self.local:
                help = "in the goal of an aggregate alone it has no single value"
        else:
            return
        self.found.append(self.context.error(message, variable.span, help))

    def body(self, body: tuple[BodyLiteral, ...]) -> None:
        for literal in body:
            if type(literal) is Relational:
                if literal.negated:
                    self.negated(literal)
                else:
                    for term in literal.atom.terms:
                        if type(term) is Variable:
                            self.bind(term)
            elif type(literal) is Comparison:
                self.comparison(literal)
            elif type(literal) is Assignment:
                self.need(literal.expression, literal)
                self.bind(literal.variable)
            elif type(literal) is Aggregate:
                self.aggregate(literal)

    def bind(self, variable: Variable) -> None:
        if variable.name in self.local and variable.name not in self.bound:
            message = f"`{variable.name}` gets its value only after the aggregate that uses it"
            help = "move this condition to the left of the aggregate, or use another name"
            self.found.append(self.context.error(message, variable.span, help))
        self.bound.add(variable.name)

    def negated(self, literal: Relational) -> None:
        for term in literal.atom.terms:
            if type(term) is Variable and not term.anonymous:
                self.need(term, literal, f"{_LEFT}, or write `_` if any value will do")

    def comparison(self, literal: Comparison) -> None:
        left, right = literal.left, literal.right
        if literal.operator == "=":
            if isinstance(left, Variable) and self.has_value(right):
                self.bind(left)
                return
            if isinstance(right, Variable) and self.has_value(left):
                self.bind(right)
                return
        self.need(left, literal)
        self.need(right, literal)

    def has_value(self, expression: Expression) -> bool:
        return self.bound.issuperset(names_of(expression))

    def need(self, expression: Expression, literal: BodyLiteral, help: str = _LEFT) -> None:
        for variable in variables_of(expression):
            if variable.name in self.bound:
                continue
            self.bound.add(variable.name)
            if variable.anonymous:
                message, help = f"`_` has no value in `{print_literal(literal)}`", "name it"
            else:
                message = f"variable `{variable.name}` has no value in `{print_literal(literal)}`"
            self.found.append(self.context.error(message, variable.span, help))

    def aggregate(self, literal: Aggregate) -> None:
        outside, outer_local = self.bound, self.local
        self.bound, self.local = set(outside), {}
        self.body(literal.goal)
        inner = self.bound - outside
        if literal.expression is not None:
            help = "bind it in the goal of the aggregate"
            self.need(literal.expression, literal, help)
        self.bound, self.local = outside, outer_local
        result = literal.result
        inside = set(all_names(literal.goal))
        if literal.expression is not None:
            inside.update(names_of(literal.expression))
        if result.name in inside:
            message = f"`{result.name}` is the result of the aggregate and occurs inside it"
            self.found.append(self.context.error(message, result.span, "use another name"))
        self.bind(result)
        for term in _variables_of_goal(literal.goal):
            if term.name in inner and not term.anonymous and term.name != result.name:
                self.local.setdefault(term.name, term)


def _variables_of_goal(goal: tuple[BodyLiteral, ...]) -> Iterator[Variable]:
    for literal in goal:
        if isinstance(literal, Assignment):
            yield literal.variable
        elif not isinstance(literal, Aggregate):
            yield from visible_variables(literal)
