"""Pass: the rows of the predicates that are known before any line is read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from kb.language.ast import Key, Program, Relational, Rule
from kb.language.matching import match, row_of
from kb.language.traversal import atoms_of, rules_by_head
from kb.language.values import Value

Rows = Mapping[Key, tuple[tuple[Value, ...], ...]]

KNOWN_INPUTS = {
    "setting": 2,
    "clause_effect": 2,
    "clause_from": 2,
    "list_loaded": 1,
    "override": 6,
}
"""Input predicates that a policy, its settings, loaded lists and overrides fill: their arity."""


def constant_predicates(
    program: Program, known: Mapping[str, Iterable[tuple[Value, ...]]]
) -> dict[Key, tuple[tuple[Value, ...], ...]]:
    """Return the rows of known inputs and of what rules derive from constants alone.

    Parameters
    ----------
    program : Program
    known : mapping of predicate to rows
        Rows of predicates in ``KNOWN_INPUTS``; those that are not given are not known.

    Returns
    -------
    dict of (name, arity) to sorted rows
    """
    rows: dict[Key, set[tuple[Value, ...]]] = {
        (name, arity): set(known[name]) for name, arity in KNOWN_INPUTS.items() if name in known
    }
    waiting = rules_by_head(program.rules)
    progress = True
    while progress:
        progress = False
        for key, rules in list(waiting.items()):
            if all(_plain(rule, rows) for rule in rules):
                found: set[tuple[Value, ...]] = set()
                for rule in rules:
                    found |= _derive(rule, rows)
                rows[key] = found
                del waiting[key]
                progress = True
    return {key: tuple(sorted(found, key=repr)) for key, found in rows.items()}


def _plain(rule: Rule, rows: Mapping[Key, set[tuple[Value, ...]]]) -> bool:
    return all(
        isinstance(literal, Relational) and not literal.negated and literal.atom.key in rows
        for literal in rule.body
    )


def _derive(rule: Rule, rows: Mapping[Key, set[tuple[Value, ...]]]) -> set[tuple[Value, ...]]:
    found: list[dict[str, Value]] = [{}]
    for atom in atoms_of(rule.body):
        found = [
            extended
            for bindings in found
            for row in rows[atom.key]
            if (extended := match(atom.terms, row, bindings)) is not None
        ]
    return {row_of(rule.head, bindings) for bindings in found}
