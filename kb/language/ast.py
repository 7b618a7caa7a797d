"""The rule language as data: terms, literals, rules, queries and programs, each with its span.

Spans do not count when two pieces of syntax are compared.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from facts.schema import Column
from facts.span import Span
from kb.language.values import Value

NOWHERE = Span("<built>", 1, 1, 1, 1)

Key: TypeAlias = tuple[str, int]
"""Name and arity of a predicate."""


@dataclass(frozen=True, slots=True)
class Variable:
    """A variable. The parser gives each ``_`` of a rule a name of its own: ``_1``, ``_2``, ..."""

    name: str
    span: Span = field(default=NOWHERE, compare=False, repr=False)

    @property
    def anonymous(self) -> bool:
        """Whether a person wrote ``_``."""
        return self.name.startswith("_") and self.name[1:].isdigit()


@dataclass(frozen=True, slots=True)
class Constant:
    """Text or an exact number."""

    value: Value
    span: Span = field(default=NOWHERE, compare=False, repr=False)


Term: TypeAlias = Variable | Constant


@dataclass(frozen=True, slots=True)
class Operation:
    """Arithmetic: ``+ - * / // mod`` of two operands, or ``ceiling floor abs min max -``."""

    operator: str
    operands: tuple[Expression, ...]
    span: Span = field(default=NOWHERE, compare=False, repr=False)


Expression: TypeAlias = Variable | Constant | Operation


@dataclass(frozen=True, slots=True)
class Atom:
    """A predicate applied to terms."""

    predicate: str
    terms: tuple[Term, ...]
    span: Span = field(default=NOWHERE, compare=False, repr=False)

    @property
    def arity(self) -> int:
        """Number of terms."""
        return len(self.terms)

    @property
    def key(self) -> Key:
        """Name and arity of the predicate."""
        return self.predicate, len(self.terms)


@dataclass(frozen=True, slots=True)
class Relational:
    """A positive or negated (``\\+``) atom in a body."""

    atom: Atom
    negated: bool = False
    span: Span = field(default=NOWHERE, compare=False, repr=False)


Comparator = Literal["<", "=<", ">", ">=", "=:=", "=\\=", "@<", "@=<", "@>", "@>=", "=", "\\="]


@dataclass(frozen=True, slots=True)
class Comparison:
    """A built-in comparison; ``=`` binds a variable that is not yet bound."""

    operator: Comparator
    left: Expression
    right: Expression
    span: Span = field(default=NOWHERE, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Assignment:
    """``Variable is Expression``."""

    variable: Variable
    expression: Expression
    span: Span = field(default=NOWHERE, compare=False, repr=False)


AggregateFunction = Literal["count", "sum", "min", "max"]


@dataclass(frozen=True, slots=True)
class Aggregate:
    """``aggregate_all(Function, Goal, Result)`` over the distinct solutions of the goal."""

    function: AggregateFunction
    expression: Expression | None
    goal: tuple[BodyLiteral, ...]
    result: Variable
    span: Span = field(default=NOWHERE, compare=False, repr=False)


BodyLiteral: TypeAlias = Relational | Comparison | Assignment | Aggregate


@dataclass(frozen=True, slots=True)
class Rule:
    """``head :- body.``; a fact where the body is empty."""

    head: Atom
    body: tuple[BodyLiteral, ...]
    span: Span = field(default=NOWHERE, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Declaration:
    """``:- predicate(name(column: type, ...), "sentence", "absence").``"""

    predicate: str
    columns: tuple[Column, ...]
    sentence: str
    absence: str = ""
    span: Span = field(default=NOWHERE, compare=False, repr=False)

    @property
    def key(self) -> Key:
        """Name and arity of the predicate."""
        return self.predicate, len(self.columns)


@dataclass(frozen=True, slots=True)
class Query:
    """A goal: a conjunction whose named variables are the columns of the answer.

    ``text`` is what was typed, for underlining.
    """

    body: tuple[BodyLiteral, ...]
    span: Span = field(default=NOWHERE, compare=False, repr=False)
    text: str = field(default="", compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Program:
    """The rules and declarations of one or several files, in reading order.

    ``texts`` maps each source to its whole text, for underlining and for hashing. ``broken`` names
    the predicates of rules that could not be read, so that they are not reported as unknown.
    """

    rules: tuple[Rule, ...]
    declarations: tuple[Declaration, ...] = ()
    texts: dict[str, str] = field(default_factory=dict, compare=False, repr=False)
    broken: tuple[str, ...] = field(default=(), compare=False, repr=False)
