"""Derived relations, their clauses and the goals of a clause."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, TypeAlias

from facts.span import Span
from kb.engines.pydatalog.steps import Step
from kb.language.ast import AggregateFunction, Expression, Key, Term, Variable


@dataclass(eq=False, slots=True)
class Relation:
    """A predicate that rules derive, or the goal of a query or of an aggregate.

    ``recursive`` tells whether it, or a relation that it needs, calls itself. ``handle`` belongs
    to the resolution.
    """

    key: Key
    clauses: list[Clause] = field(default_factory=list)
    stratum: int = 0
    recursive: bool = True
    handle: Any = None


@dataclass(eq=False, slots=True)
class Local:
    """A step as a goal; ``terms`` are the variables it shares with the rest of its clause.

    ``growth`` is where it calculates a value from what a recursion found, which may never end.
    """

    step: Step
    terms: tuple[Variable, ...] = ()
    handle: Any = None
    growth: Span | None = None


@dataclass(eq=False, slots=True)
class Call:
    """A positive atom over a derived relation."""

    relation: Relation
    terms: tuple[Term, ...]

    @property
    def handle(self) -> Any:
        """What the resolution engine calls."""
        return self.relation.handle


@dataclass(eq=False, slots=True)
class Absence:
    """A negated atom over a derived relation.

    ``terms`` are the variables bound before it; any value counts for the others of ``pattern``.
    """

    relation: Relation
    terms: tuple[Variable, ...]
    pattern: tuple[Term, ...]
    handle: Any = None


@dataclass(eq=False, slots=True)
class Fold:
    """An aggregate over derived relations.

    ``terms`` are the inputs and the result; the relation's columns are the inputs and then
    ``columns``, the variables that belong to the goal alone.
    """

    relation: Relation
    terms: tuple[Variable, ...]
    inputs: tuple[str, ...]
    columns: tuple[str, ...]
    function: AggregateFunction
    expression: Expression | None
    result: Variable
    handle: Any = None


Goal: TypeAlias = Local | Call | Absence | Fold


@dataclass(eq=False, slots=True)
class Clause:
    """A rule of a relation.

    Parameters
    ----------
    lead : Step or None
        What the body starts with, if that needs input facts alone.
    goals : tuple of Goal
        The rest of the body.
    shown : frozenset of str
        Variables that the head and the goals have.
    """

    relation: Relation
    head: tuple[Term, ...]
    lead: Step | None
    goals: tuple[Goal, ...]
    shown: frozenset[str]
    template: Any = None
