"""Planner: a goal over many claims as statements, each with the tables that it reads."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from facts.schema import BY_NAME, ColumnType
from kb.compile.rewrite.apart import CODE_PREDICATES, OF_CLAIM, Codes
from kb.compile.rewrite.components import Component, components
from kb.compile.rewrite.passes import Rewriting, rewritten
from kb.compile.sql.catalog import Catalog
from kb.compile.sql.dialects import DuckDB
from kb.compile.sql.scans import Attribute
from kb.compile.sql.statements import Fixpoint, Statement, statements
from kb.language.ast import Atom, Key, Program, Query, Rule, Variable
from kb.language.traversal import atoms_of, named_variables

ANSWER = "answer to the goal"
"""The predicate that the goal itself derives."""

_DIALECT = DuckDB("try")


@dataclass(frozen=True, slots=True)
class Step:
    """One component with how its rows are found.

    Parameters
    ----------
    component : Component
        Predicates that are evaluated together.
    statement : Relationship or Fixpoint
        How their rows are found.
    reads : frozenset of (name, arity)
        The predicates whose tables it reads.
    is_view : bool
        Whether it is a view, since it pairs too many rows for a table.
    """

    component: Component
    statement: Statement
    reads: frozenset[Key]
    is_view: bool


@dataclass(frozen=True, slots=True)
class GoalPlan:
    """What a goal needs, in the order in which it is computed.

    Parameters
    ----------
    catalog : Catalog
        Each predicate as a table.
    wanted : tuple of (name, arity)
        The predicates that are asked for; of a goal its answer.
    components : tuple of Component
        Derived predicates, those that others need first.
    inputs : tuple of (name, arity)
        Predicates that no rule derives.
    """

    catalog: Catalog
    wanted: tuple[Key, ...]
    components: tuple[Component, ...]
    inputs: tuple[Key, ...]
    _views: frozenset[Key]

    def steps(self, scans: Mapping[Key, Attribute]) -> Iterator[Step]:
        """Yield the steps; that of a goal comes last.

        Parameters
        ----------
        scans : mapping of (name, arity) to Attribute
            Predicates that are read as columns of the wide table.
        """
        under: dict[Key, frozenset[Key]] = {}
        for component in self.components:
            (made,) = statements(self.catalog, [component], _DIALECT, scans=scans)
            reads: set[Key] = set()
            for key in _keys(component.rules):
                reads |= {key} | under.get(key, frozenset())
            is_view = component.keys[0] in self._views and not isinstance(made, Fixpoint)
            found = frozenset(reads - set(component.keys))
            if is_view:
                under[component.keys[0]] = found
            yield Step(component, made, found, is_view)


def plan_goal(
    program: Program,
    goal: Query,
    codes: Codes | None = None,
    reserved: Iterable[str] = (),
    given: Iterable[Key] = (),
) -> GoalPlan:
    """Return the plan of a goal.

    Parameters
    ----------
    program : Program
        Checked, as the goal is.
    goal : Query
        A conjunction; its named variables are the columns of the answer.
    codes : Codes, optional
        Given where the goal speaks of one claim at a time: then rules see one claim at a time.
        Otherwise they see all of them together.
    reserved : iterable of str, optional
        Names that no table may have.
    given : iterable of (name, arity), optional
        Predicates whose rows are there already.

    Raises
    ------
    NotApart
        If rules would say something else of all claims at once than of each.

    See Also
    --------
    kb.compile.rewrite.passes.PASSES : what is made of the rules.
    """
    names = named_variables(goal.body)
    rule = Rule(Atom(ANSWER, tuple(map(Variable, names))), goal.body)
    return _plan(Rewriting(program, (rule.head.key,), rule, codes, frozenset(given)), reserved)


def plan_predicates(
    program: Program,
    wanted: Iterable[Key],
    codes: Codes,
    reserved: Iterable[str] = (),
    given: Iterable[Key] = (),
) -> GoalPlan:
    """Return the plan of predicates that see one claim at a time.

    Parameters
    ----------
    program : Program
        The checked rules.
    wanted : iterable of (name, arity)
        The predicates.
    codes : Codes
        What is known of the tables that codes stand in.
    reserved : iterable of str, optional
        Names that no table may have.
    given : iterable of (name, arity), optional
        Predicates whose rows are there already.

    Raises
    ------
    NotApart
        If rules would say something else of all claims at once than of each.
    """
    return _plan(Rewriting(program, tuple(wanted), codes=codes, given=frozenset(given)), reserved)


def _plan(start: Rewriting, reserved: Iterable[str]) -> GoalPlan:
    made = rewritten(start)
    final = made.program
    catalog = Catalog.of(final, _types(made), reserved)
    derived = {rule.head.key for rule in final.rules}
    inputs = tuple(dict.fromkeys(key for key in _keys(final.rules) if key not in derived))
    views = made.spread.difference(made.wanted)
    return GoalPlan(catalog, made.wanted, components(final, made.wanted), inputs, views)


def _types(made: Rewriting) -> dict[Key, tuple[ColumnType, ...]]:
    """The types of predicates that the program does not declare."""
    assert made.whole is not None
    catalog = Catalog.of(made.whole, _code_types(made.whole.rules))
    found = {key: catalog[original].types for key, original in made.copies.items()}
    return {**found, **_code_types(made.program.rules)}


def _code_types(rules: Iterable[Rule]) -> dict[Key, tuple[ColumnType, ...]]:
    found: dict[Key, tuple[ColumnType, ...]] = {}
    for name, arity in _keys(rules):
        base = name.removesuffix(OF_CLAIM)
        if base != name and base in CODE_PREDICATES:
            types = tuple(column.type for column in BY_NAME[base].columns)
            found[name, arity] = ("text", *types)
    return found


def _keys(rules: Iterable[Rule]) -> Iterator[Key]:
    for rule in rules:
        for atom in atoms_of(rule.body):
            yield atom.key
