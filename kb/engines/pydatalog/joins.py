"""Joins: the literals of a body over rows, planned once for the variables bound before it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence, Set
from dataclasses import dataclass
from typing import TypeAlias

from kb.engines.limits import MOST_FOUND, too_many
from kb.engines.pydatalog.ordered_rows import OrderedRows
from kb.engines.pydatalog.scans import RowSource, Scan
from kb.engines.pydatalog.sides import TiedSide, find_side
from kb.engines.pydatalog.steps import Found, Run, step_of
from kb.language.arithmetic import evaluate, fold
from kb.language.ast import (
    AggregateFunction,
    Assignment,
    Comparison,
    Expression,
    Variable,
)
from kb.language.matching import Bindings
from kb.language.traversal import names_of, visible_variables
from kb.language.values import Row, Value

_FEW = 4
"""Bindings for which a side is not worth an index."""

_INPUT = "#"
"""A name that no variable has: the number of a binding among those that a goal is asked for."""


@dataclass(frozen=True, slots=True)
class Aggregation:
    """An aggregate with its goal as a join; ``inputs`` are the variables bound before it."""

    function: AggregateFunction
    expression: Expression | None
    goal: Join
    inputs: tuple[str, ...]
    result: Variable


@dataclass(frozen=True, slots=True)
class Absence:
    """There is no answer of a goal; ``inputs`` are the variables bound before it."""

    goal: Join
    inputs: tuple[str, ...]


JoinLiteral: TypeAlias = Scan | Comparison | Assignment | Aggregation | Absence

_NO_NAMES: frozenset[str] = frozenset()


class Join:
    """A conjunction of literals, planned once for each set of variables bound before it.

    Parameters
    ----------
    literals : iterable of JoinLiteral
        In an order in which every literal finds its variables bound.
    wanted : iterable of str, optional
        The variables whose values are wanted; of others some values are left out. All where
        nothing is given.
    harmful : collection of str, optional
        Predicates whose rules may have no result.

    See Also
    --------
    kb.engines.pydatalog.bodies.join_of : The join of a body.
    """

    def __init__(
        self,
        literals: Iterable[JoinLiteral],
        wanted: Iterable[str] | None = None,
        harmful: Collection[str] = (),
    ) -> None:
        self.literals = tuple(literals)
        self.names = frozenset(name for literal in self.literals for name in shared(literal))
        self.wanted = None if wanted is None else frozenset(wanted)
        self._harmful = harmful
        self._plans: dict[frozenset[str], tuple[Run, ...]] = {}

    def solve(self, bindings: Bindings, source: RowSource) -> Found:
        """Return every extension of the bindings that makes the conjunction true.

        Parameters
        ----------
        bindings : mapping of variable name to value
            Variables that the join does not have are kept.
        source : RowSource
            Where the rows of its atoms are.

        Returns
        -------
        sequence of mapping
            As far as the values that are wanted differ.

        Raises
        ------
        QueryError
            If arithmetic has no result, or there are too many.
        """
        return self.extend([bindings], source)

    def extend(self, found: Found, source: RowSource) -> Found:
        """Return what `solve` returns for each of some bindings of the same variables.

        Parameters
        ----------
        found : sequence of mapping of variable name to value
            At least one.
        source : RowSource
            Where the rows of its atoms are.
        """
        for run in self._plan_of(found[0]):
            found = run(found, source)
            if not found:
                break
        return found

    def counts(self, inputs: Found, source: RowSource) -> list[int] | None:
        """Return how many values of the wanted variables there are for each of some bindings.

        Parameters
        ----------
        inputs : sequence of mapping of variable name to value
            At least one.
        source : RowSource
            Where the rows of its atoms are.

        Returns
        -------
        list of int, or None
            None where they cannot be told without finding them.
        """
        plan = self._plan_of(inputs[0])
        if len(plan) == 1 and isinstance(plan[0], _SideRun):
            return plan[0].counts(inputs, source, self.wanted or _NO_NAMES)
        return None

    def _plan_of(self, bindings: Bindings) -> tuple[Run, ...]:
        return self.plan(self.names.intersection(bindings))

    def plan(self, bound: frozenset[str]) -> tuple[Run, ...]:
        """Return what extends bindings, literal by literal.

        Parameters
        ----------
        bound : frozenset of str
            The variables that have a value; others than those of the join do not matter.

        Returns
        -------
        tuple of callable
            Each returns all extensions of the bindings that it is given.
        """
        plan = self._plans.get(bound)
        if plan is None:
            made = _planned(self.literals, set(bound), self.wanted, self._harmful)
            plan = self._plans[bound] = tuple(made)
        return plan


def shared(literal: JoinLiteral) -> Iterator[str]:
    """Yield the names of the variables that a literal shares with its rule."""
    match literal:
        case Scan(terms=terms):
            yield from names_of(*terms)
        case Aggregation(inputs=inputs, result=result):
            yield from (*inputs, result.name)
        case Absence(inputs=inputs):
            yield from inputs
        case _:
            yield from (variable.name for variable in visible_variables(literal))


def _planned(
    literals: Sequence[JoinLiteral],
    bound: set[str],
    wanted: frozenset[str] | None,
    harmful: Collection[str],
) -> Iterator[Run]:
    rest = list(literals)
    while rest:
        literal = rest[0]
        if wanted is not None and bound and isinstance(literal, Scan) and not literal.negated:
            used: list[Set[str]] = [*(set(shared(each)) for each in rest), wanted]
            side = find_side(rest, bound, used, harmful)
            if side is not None:
                yield _SideRun(side, frozenset(bound))
                taken = set(map(id, side.literals))
                rest = [each for each in rest if id(each) not in taken]
                bound.update(side.needed, *map(shared, side.others))
                continue
        yield _run(literal, bound)
        bound.update(shared(literal))
        del rest[0]


def _run(literal: JoinLiteral, bound: Set[str]) -> Run:
    match literal:
        case Aggregation():
            return _aggregate(literal, bound)
        case Absence():
            return _nothing(literal)
    return step_of(literal, bound)


def _inputs(names: Sequence[str], found: Found) -> tuple[list[Row], list[Bindings]]:
    """Return the values of some variables, and the distinct of them as numbered bindings."""
    values = [tuple([bindings[name] for name in names]) for bindings in found]
    distinct = [
        {**dict(zip(names, each, strict=True)), _INPUT: number}
        for number, each in enumerate(dict.fromkeys(values))
    ]
    return values, distinct  # type: ignore[return-value]


def _nothing(literal: Absence) -> Run:
    def run(found: Found, source: RowSource) -> Found:
        values, inputs = _inputs(literal.inputs, found)
        answered = {
            tuple([each[name] for name in literal.inputs])
            for each in literal.goal.extend(inputs, source)
        }
        return [each for each, own in zip(found, values, strict=True) if own not in answered]

    return run


def _aggregate(literal: Aggregation, bound: Set[str]) -> Run:
    name, checked = literal.result.name, literal.result.name in bound

    def run(found: Found, source: RowSource) -> Found:
        values, inputs = _inputs(literal.inputs, found)
        folded = dict(zip(dict.fromkeys(values), _folded(literal, inputs, source), strict=True))
        extended: list[Bindings] = []
        for bindings, own in zip(found, values, strict=True):
            value = folded[own]
            if value is None or (checked and bindings[name] != value):
                continue
            extended.append(bindings if checked else {**bindings, name: value})
        return extended

    return run


def _folded(literal: Aggregation, inputs: Found, source: RowSource) -> Sequence[Value | None]:
    """Return the aggregate for each of some numbered inputs."""
    expression, function = literal.expression, literal.function
    if expression is None:
        counts = literal.goal.counts(inputs, source)
        if counts is not None:
            return counts
    wanted = sorted(literal.goal.wanted or ())
    solutions: dict[Value, dict[Row, Bindings]] = {}
    for solution in literal.goal.extend(inputs, source):
        row = tuple([solution[name] for name in wanted])
        solutions.setdefault(solution[_INPUT], {})[row] = solution
    span = literal.result.span if expression is None else expression.span
    return [
        fold(
            function,
            (
                0 if expression is None else evaluate(expression, solution)
                for solution in solutions.get(number, {}).values()
            ),
            span,
        )
        for number in range(len(inputs))
    ]


class _SideRun:
    """Extends bindings by a side: by an index of its rows where several bindings share them."""

    def __init__(self, side: TiedSide, bound: frozenset[str]) -> None:
        self._side = side
        self._plain = Join(side.literals)
        self._others = Join(side.others)
        self._own = Join(side.own)
        linked = (link.name for link in side.links if link.name not in side.needed)
        self._columns = (*side.needed, *dict.fromkeys(linked))
        self._links = [
            (self._columns.index(link.name), link.operator, link.other) for link in side.links
        ]

    def __call__(self, found: Found, source: RowSource) -> Found:
        side = self._side
        if not self._pays(found):
            return self._plain.extend(found, source)
        others = self._others.extend(found, source)
        extended: list[Bindings] = []
        for bindings in others:
            rows = self._rows(bindings, source)
            meeting = self._meeting(rows, bindings)
            if meeting is None:
                return self._plain.extend(found, source)
            if not meeting:
                continue
            if not side.needed:
                extended.append(bindings)
                continue
            for values in rows.shown(meeting):
                extended.append({**bindings, **dict(zip(side.needed, values, strict=True))})
            if len(extended) > MOST_FOUND:
                raise too_many(side.literals[0].span)
        return extended

    def counts(self, inputs: Found, source: RowSource, wanted: Set[str]) -> list[int] | None:
        """Return how many values of the wanted variables there are for each numbered input."""
        side = self._side
        if not self._pays(inputs) or wanted - set(inputs[0]) - set(side.needed):
            return None
        found = [0] * len(inputs)
        for bindings in self._others.extend(inputs, source):
            rows = self._rows(bindings, source)
            meeting = self._meeting(rows, bindings)
            if meeting is None or not rows.is_told_apart:
                return None
            number = bindings[_INPUT]
            assert isinstance(number, int)
            found[number] |= meeting
        return [each.bit_count() for each in found]

    def _pays(self, found: Found) -> bool:
        if len(found) < _FEW:
            return False
        keys = self._side.keys
        distinct = {tuple([each[name] for name in keys]) for each in found}
        return 2 * len(distinct) <= len(found)

    def _rows(self, bindings: Bindings, source: RowSource) -> OrderedRows:
        """Return the rows of the side for the keys of a binding."""
        keys = self._side.keys
        values = tuple([bindings[name] for name in keys])
        known = source.tables.get((self, values))
        if known is None:
            solutions = self._own.solve(dict(zip(keys, values, strict=True)), source)
            columns = self._columns
            rows = dict.fromkeys(tuple([each[name] for name in columns]) for each in solutions)
            known = OrderedRows(list(rows), len(self._side.needed))
            source.tables[self, values] = known
        assert isinstance(known, OrderedRows)
        return known

    def _meeting(self, rows: OrderedRows, bindings: Bindings) -> int | None:
        """Return the rows that meet the links, as bits; None where a comparison has no result."""
        meeting = rows.all
        for column, operator, other in self._links:
            value = bindings[other]
            if not rows.compares(column, operator, value):
                return None
            meeting &= rows.where(column, operator, value)
        return meeting
