"""Pass: the rows of the predicates that are known before any line is read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from kb.compile.sql.catalog import Key
from kb.language.ast import Constant, Program, Relational, Rule, Variable
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
    by_head: dict[Key, list[Rule]] = {}
    for rule in program.rules:
        by_head.setdefault((rule.head.predicate, rule.head.arity), []).append(rule)
    waiting = dict(by_head)
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
        isinstance(literal, Relational)
        and not literal.negated
        and (literal.atom.predicate, literal.atom.arity) in rows
        for literal in rule.body
    )


def _derive(rule: Rule, rows: Mapping[Key, set[tuple[Value, ...]]]) -> set[tuple[Value, ...]]:
    found: list[dict[str, Value]] = [{}]
    for literal in rule.body:
        assert isinstance(literal, Relational)
        atom = literal.atom
        following = []
        for environment in found:
            for row in rows[atom.predicate, atom.arity]:
                extended = match(atom.terms, row, environment)
                if extended is not None:
                    following.append(extended)
        found = following
    return {
        tuple(
            environment[term.name] if isinstance(term, Variable) else term.value
            for term in rule.head.terms
        )
        for environment in found
    }


def match(
    terms: Iterable[Variable | Constant], row: Iterable[Value], environment: Mapping[str, Value]
) -> dict[str, Value] | None:
    """Return the environment in which terms are a row, or None.

    Examples
    --------
    >>> match((Variable("X"), Constant("a")), ("b", "a"), {})
    {'X': 'b'}
    """
    found = dict(environment)
    for term, value in zip(terms, row, strict=True):
        if isinstance(term, Constant):
            if term.value != value:
                return None
        elif found.setdefault(term.name, value) != value:
            return None
    return found
