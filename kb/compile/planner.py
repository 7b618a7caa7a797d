"""Pass: a goal over many claims as statements, each with the tables that it reads."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from facts.schema import BY_NAME, ColumnType
from kb.compile.rewrite.apart import CODE_PREDICATES, OF_CLAIM, Codes, rules_apart
from kb.compile.rewrite.components import Component, components
from kb.compile.rewrite.narrow import narrow
from kb.compile.rewrite.spread import spread_predicates, unfold_spread
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
    statement : Relationship or Fixpoint
    reads : frozenset of (name, arity)
        The predicates whose tables it reads.
    is_view : bool
        Whether it is a view, since it pairs too many rows for a table.
    """

    component: Component
    statement: Statement
    reads: frozenset[Key]
    is_view: bool


@dataclass(slots=True)
class GoalPlan:
    """What a goal needs, in the order in which it is computed.

    Parameters
    ----------
    catalog : Catalog
    wanted : tuple of (name, arity)
        The predicates that are asked for; of a goal its answer.
    components : tuple of Component
    inputs : tuple of (name, arity)
        Predicates that no rule derives.
    """

    catalog: Catalog
    wanted: tuple[Key, ...]
    components: tuple[Component, ...]
    inputs: tuple[Key, ...]
    _views: frozenset[Key] = field(default_factory=frozenset)

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
    codes : Codes, optional
        Given where the goal speaks of one claim at a time: then rules see one claim at a time.
        Otherwise they see all of them together.
    reserved : iterable of str, optional
        Names that no table may have.
    given : iterable of (name, arity), optional
        Predicates whose rows are there already.

    Returns
    -------
    GoalPlan

    Raises
    ------
    NotApart
        If rules would say something else of all claims at once than of each.
    """
    names = named_variables(goal.body)
    rule = Rule(Atom(ANSWER, tuple(map(Variable, names))), goal.body)
    held = set(given)
    open_rules = (each for each in program.rules if each.head.key not in held)
    program = replace(program, rules=tuple(open_rules))
    rules = _needed(program, _keys([rule]))
    if codes is not None:
        apart, rule = rules_apart(rules, rule, codes, held)
        rules = list(apart)
    return _plan(program, [*rules, rule], (rule.head.key,), reserved)


def plan_predicates(
    program: Program, wanted: Iterable[Key], codes: Codes, reserved: Iterable[str] = ()
) -> GoalPlan:
    """Return the plan of predicates that see one claim at a time.

    Parameters
    ----------
    program : Program
        Checked.
    wanted : iterable of (name, arity)
    codes : Codes
    reserved : iterable of str, optional

    Returns
    -------
    GoalPlan

    Raises
    ------
    NotApart
        If rules would say something else of all claims at once than of each.
    """
    wanted = tuple(wanted)
    rules, _ = rules_apart(_needed(program, wanted), None, codes)
    return _plan(program, rules, wanted, reserved)


def _plan(
    program: Program, rules: Sequence[Rule], wanted: tuple[Key, ...], reserved: Iterable[str]
) -> GoalPlan:
    whole = Program(tuple(rules), program.declarations)
    spread = spread_predicates(whole)
    unfolded = Program(tuple(unfold_spread(whole).values()), program.declarations)
    narrowed = narrow(unfolded, wanted, spread)
    final = Program(narrowed.rules, program.declarations)
    types = _types(program, whole, narrowed.copies, final.rules)
    catalog = Catalog.of(final, types, reserved)
    derived = {each.head.key for each in final.rules}
    inputs = dict.fromkeys(key for key in _keys(final.rules) if key not in derived)
    views = frozenset(spread).difference(wanted)
    return GoalPlan(catalog, wanted, components(final, wanted), tuple(inputs), views)


def _needed(program: Program, wanted: Iterable[Key]) -> list[Rule]:
    return [rule for each in components(program, set(wanted)) for rule in each.rules]


def _types(
    program: Program, whole: Program, copies: Mapping[Key, Key], rules: Iterable[Rule]
) -> dict[Key, tuple[ColumnType, ...]]:
    """The types of predicates that the program does not declare."""
    catalog = Catalog.of(Program(whole.rules, program.declarations), _code_types(whole.rules))
    found = {key: catalog[original].types for key, original in copies.items()}
    return {**found, **_code_types(rules)}


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
