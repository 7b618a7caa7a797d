"""The predicates that depend on each other, those that others need first."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from kb.language.ast import Aggregate, Key, Program, Relational, Rule
from kb.language.dependencies import reachable, strongly_connected
from kb.language.traversal import atoms_of, rules_by_head


@dataclass(frozen=True, slots=True)
class Component:
    """Predicates that are evaluated together.

    Parameters
    ----------
    keys : tuple of (name, arity)
        In the order of the program.
    rules : tuple of Rule
        Rules whose head is one of the keys.
    recursive : bool
        Whether a predicate depends on itself.
    linear : bool
        Whether one recursive query computes it: a single predicate, at most one recursive atom
        in a body, and no aggregate next to that atom.
    """

    keys: tuple[Key, ...]
    rules: tuple[Rule, ...]
    recursive: bool
    linear: bool


def components(program: Program, wanted: Iterable[Key] | None = None) -> tuple[Component, ...]:
    """Return the components of the derived predicates in the order of their evaluation.

    Parameters
    ----------
    program : Program
        Checked: stratified.
    wanted : iterable of (name, arity), optional
        Only what these predicates need.

    Returns
    -------
    tuple of Component
    """
    rules = rules_by_head(program.rules)
    uses = {
        key: [atom.key for rule in own for atom in atoms_of(rule.body) if atom.key in rules]
        for key, own in rules.items()
    }
    if wanted is not None:
        needed = reachable(uses, wanted)
        uses = {key: used for key, used in uses.items() if key in needed}
    position = {key: number for number, key in enumerate(rules)}
    groups = {position[group[0]]: tuple(group) for group in strongly_connected(uses)}
    first = {key: number for number, keys in groups.items() for key in keys}
    missing = {
        number: {first[used] for key in keys for used in uses[key]} - {number}
        for number, keys in groups.items()
    }
    found = []
    while missing:
        number = min(number for number, needs in missing.items() if not needs)
        del missing[number]
        for needs in missing.values():
            needs.discard(number)
        keys = groups[number]
        members = tuple(rule for key in keys for rule in rules[key])
        recursive = len(keys) > 1 or keys[0] in uses[keys[0]]
        found.append(Component(keys, members, recursive, recursive and _linear(keys, members)))
    return tuple(found)


def recursive_atoms(rule: Rule, keys: Iterable[Key]) -> list[int]:
    """Return the positions in the body of the atoms whose predicate is one of the keys.

    Parameters
    ----------
    rule : Rule
        A rule of a component.
    keys : iterable of (name, arity)
        The predicates of the component.
    """
    members = set(keys)
    return [
        position
        for position, literal in enumerate(rule.body)
        if isinstance(literal, Relational) and literal.atom.key in members
    ]


def _linear(keys: tuple[Key, ...], rules: tuple[Rule, ...]) -> bool:
    if len(keys) > 1:
        return False
    for rule in rules:
        found = recursive_atoms(rule, keys)
        if len(found) > 1:
            return False
        if found and any(isinstance(literal, Aggregate) for literal in rule.body):
            return False
    return True
