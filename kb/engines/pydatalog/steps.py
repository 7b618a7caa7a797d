"""Steps of a join: what a literal without a goal of its own makes of bindings."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence, Set
from typing import TypeAlias

from kb.engines.limits import MOST_FOUND, too_many
from kb.engines.pydatalog.scans import RowSource, Scan, access
from kb.language.arithmetic import evaluate, evaluate_number, holds
from kb.language.ast import Assignment, Comparison, Expression, Variable
from kb.language.matching import Bindings
from kb.language.values import Value

Found: TypeAlias = Sequence[Bindings]
"""Bindings of the same variables."""

Run: TypeAlias = Callable[[Found, RowSource], Found]
"""Extends each of some bindings in every way that a literal allows."""


def step_of(literal: Scan | Comparison | Assignment, bound: Set[str]) -> Run:
    """Return what a literal makes of bindings.

    Parameters
    ----------
    literal : Scan, Comparison or Assignment
        Its variables have a value where they need one.
    bound : set of str
        The variables that have a value before.

    Returns
    -------
    callable
    """
    match literal:
        case Scan(negated=True):
            return _absence(literal, bound)
        case Scan():
            return _scan(literal, bound)
        case Comparison():
            return _comparison(literal, bound)
    return _bind(literal.variable, evaluate_number, literal.expression, bound)


def _scan(scan: Scan, bound: Set[str]) -> Run:
    meets = access(scan.terms, bound)
    key, positions, new, same = scan.key, meets.positions, meets.new, meets.same

    def run(found: Found, source: RowSource) -> Found:
        asked = meets.keys_of(found)
        index = source.index(key, positions, asked)
        extended: list[Bindings] = []
        if not new:
            return [each for each, values in zip(found, asked, strict=True) if index.get(values)]
        for bindings, values in zip(found, asked, strict=True):
            for row in index.get(values) or ():
                if same and not meets.agrees(row):
                    continue
                larger = dict(bindings)
                for position, name in new:
                    larger[name] = row[position]
                extended.append(larger)
            if len(extended) > MOST_FOUND:
                raise too_many(scan.span)
        return extended

    return run


def _absence(scan: Scan, bound: Set[str]) -> Run:
    meets = access(scan.terms, bound)

    def run(found: Found, source: RowSource) -> Found:
        asked = meets.keys_of(found)
        index = source.index(scan.key, meets.positions, asked)
        return [
            bindings
            for bindings, values in zip(found, asked, strict=True)
            if not any(map(meets.agrees, index.get(values) or ()))
        ]

    return run


def _comparison(literal: Comparison, bound: Set[str]) -> Run:
    operator, left, right = literal.operator, literal.left, literal.right
    if operator == "=":
        for variable, other in ((left, right), (right, left)):
            if isinstance(variable, Variable) and variable.name not in bound:
                return _bind(variable, evaluate, other, bound)

    def run(found: Found, source: RowSource) -> Found:
        return [bindings for bindings in found if holds(operator, left, right, bindings)]

    return run


def _bind(
    variable: Variable,
    value_of: Callable[[Expression, Mapping[str, Value]], Value],
    expression: Expression,
    bound: Set[str],
) -> Run:
    name = variable.name

    def check(found: Found, source: RowSource) -> Found:
        return [bindings for bindings in found if bindings[name] == value_of(expression, bindings)]

    def bind(found: Found, source: RowSource) -> Found:
        return [{**bindings, name: value_of(expression, bindings)} for bindings in found]

    return check if name in bound else bind
