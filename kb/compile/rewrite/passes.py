"""The passes of the compiler over rules, in the order in which they run."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from kb.compile.rewrite.apart import Codes, rules_apart
from kb.compile.rewrite.components import components
from kb.compile.rewrite.narrow import narrow
from kb.compile.rewrite.spread import spread_predicates, unfold_spread
from kb.language.ast import Key, Program, Rule
from kb.language.traversal import atoms_of


@dataclass(frozen=True, slots=True)
class Rewriting:
    """A program on its way to what some predicates need.

    Parameters
    ----------
    program : Program
        What the passes so far have made of it.
    wanted : tuple of (name, arity)
        The predicates that are asked for.
    goal : Rule, optional
        The rule of a goal, where one is asked; ``wanted`` is its head then.
    codes : Codes, optional
        Given where rules see one claim at a time. Otherwise they see all of them together.
    given : frozenset of (name, arity)
        Predicates whose rows are there already.
    whole : Program, optional
        The program before predicates are unfolded and narrowed, which gives the types.
    spread : frozenset of (name, arity)
        Predicates whose body is in the rules that ask them.
    copies : mapping of (name, arity) to (name, arity)
        Each predicate that holds a part of another, with that other.
    """

    program: Program
    wanted: tuple[Key, ...]
    goal: Rule | None = None
    codes: Codes | None = None
    given: frozenset[Key] = frozenset()
    whole: Program | None = None
    spread: frozenset[Key] = frozenset()
    copies: Mapping[Key, Key] = field(default_factory=dict)


def _needed(state: Rewriting) -> Rewriting:
    """Leave out rules that nothing needs, and those of predicates that are given."""
    rules = tuple(each for each in state.program.rules if each.head.key not in state.given)
    program, wanted = replace(state.program, rules=rules), state.wanted
    if state.goal is not None:
        wanted = tuple(atom.key for atom in atoms_of(state.goal.body))
    rules = tuple(rule for each in components(program, set(wanted)) for rule in each.rules)
    return replace(state, program=replace(program, rules=rules))


def _apart(state: Rewriting) -> Rewriting:
    """Let rules say of all claims at once what they say of each; add the rule of the goal."""
    rules, goal = state.program.rules, state.goal
    if state.codes is not None:
        rules, goal = rules_apart(rules, goal, state.codes, state.given)
    program = replace(state.program, rules=rules if goal is None else (*rules, goal))
    return replace(state, program=program, whole=program)


def _unfolded(state: Rewriting) -> Rewriting:
    """Put the bodies of predicates that pair every row with every other in the place of atoms."""
    rules = tuple(unfold_spread(state.program).values())
    spread = frozenset(spread_predicates(state.program))
    return replace(state, program=replace(state.program, rules=rules), spread=spread)


def _narrowed(state: Rewriting) -> Rewriting:
    """Compute predicates that are asked with constants for those constants alone."""
    made = narrow(state.program, state.wanted, state.spread)
    return replace(state, program=replace(state.program, rules=made.rules), copies=made.copies)


PASSES: tuple[Callable[[Rewriting], Rewriting], ...] = (_needed, _apart, _unfolded, _narrowed)
"""Every pass; each takes what the one before it has made."""


def rewritten(state: Rewriting) -> Rewriting:
    """Return what all passes make of a program.

    Parameters
    ----------
    state : Rewriting
        A checked program with what is wanted of it.

    Raises
    ------
    NotApart
        If rules would say something else of all claims at once than of each.
    """
    for each in PASSES:
        state = each(state)
    return state
