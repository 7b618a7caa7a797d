"""Pass: the predicates that depend on each other, those that others need first."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import networkx

from kb.language.ast import Aggregate, Key, Program, Relational, Rule
from kb.language.traversal import atoms_of, rules_by_head


@dataclass(frozen=True, slots=True)
class Component:
    """Predicates that are evaluated together.

    Parameters
    ----------
    keys : tuple of (name, arity)
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
    graph: networkx.DiGraph = networkx.DiGraph()
    rules = rules_by_head(program.rules)
    for key, own in rules.items():
        graph.add_node(key)
        for rule in own:
            for atom in atoms_of(rule.body):
                needed = atom.key
                if needed in rules:
                    graph.add_edge(needed, key)
    if wanted is not None:
        keep: set[Key] = set()
        for key in wanted:
            if key in rules:
                keep |= {key} | networkx.ancestors(graph, key)
        graph = graph.subgraph(keep)
    condensed = networkx.condensation(graph)
    position = {key: number for number, key in enumerate(rules)}
    order = networkx.lexicographical_topological_sort(
        condensed, key=lambda node: min(position[key] for key in condensed.nodes[node]["members"])
    )
    found = []
    for node in order:
        keys = tuple(sorted(condensed.nodes[node]["members"], key=position.__getitem__))
        members = tuple(rule for key in keys for rule in rules[key])
        recursive = len(keys) > 1 or graph.has_edge(keys[0], keys[0])
        found.append(Component(keys, members, recursive, recursive and _linear(keys, members)))
    return tuple(found)


def recursive_atoms(rule: Rule, keys: Iterable[Key]) -> list[int]:
    """Return the positions in the body of the atoms whose predicate is one of the keys."""
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


def united(groups: Iterable[set[str]]) -> list[set[str]]:
    """Return groups of names, those that share one in one group; empty ones are left out.

    Parameters
    ----------
    groups : iterable of set of str
        They are not changed.

    Examples
    --------
    >>> [sorted(group) for group in united([{"a"}, {"b", "c"}, set(), {"c", "d"}])]
    [['a'], ['b', 'c', 'd']]
    """
    found: list[set[str]] = []
    for names in groups:
        if names:
            apart = [group for group in found if not group & names]
            joined = names.union(*(group for group in found if group & names))
            found = [*apart, joined]
    return found
