"""What predicates can hold before any line is read: all rows of some, rows with holes of others."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from facts.schema import INPUT_PREDICATES
from kb.language.ast import BodyLiteral, Comparison, Constant, Key, Program, Relational, Rule
from kb.language.traversal import rules_by_head, visible_variables
from kb.language.values import Value


class Open:
    """A column that can hold anything."""

    def __repr__(self) -> str:
        return "OPEN"


OPEN = Open()
PossibleValue = Value | Open
Domain = frozenset[tuple[PossibleValue, ...]]
Rows = Mapping[Key, tuple[tuple[Value, ...], ...]]
_Possible = Mapping[Key, set[tuple[PossibleValue, ...]]]

KEY_COLUMNS = 2
"""Claim and line come first in every predicate of lines."""

LINE_INPUTS = frozenset(
    predicate.name
    for predicate in INPUT_PREDICATES
    if [column.name for column in predicate.columns[:KEY_COLUMNS]] == ["claim", "line"]
)
"""Input predicates of lines."""

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
        The checked rules.
    known : mapping of predicate to rows
        Rows of predicates in ``KNOWN_INPUTS``; those that are not given are not known.

    Returns
    -------
    dict of (name, arity) to sorted rows
    """
    rows: dict[Key, set[tuple[PossibleValue, ...]]] = {
        (name, arity): set(known[name]) for name, arity in KNOWN_INPUTS.items() if name in known
    }
    waiting = rules_by_head(program.rules)
    progress = True
    while progress:
        progress = False
        for key, rules in list(waiting.items()):
            if all(_is_constant(literal, rows) for rule in rules for literal in rule.body):
                rows[key] = set().union(*(_possible(rule, 0, {}, rows) for rule in rules))
                del waiting[key]
                progress = True
    return {key: tuple(sorted(found, key=repr)) for key, found in rows.items()}  # type: ignore[arg-type]


def domains(
    program: Program, constants: Rows, overrides: Iterable[tuple[Value, ...]] = ()
) -> dict[Key, Domain]:
    """Return the possible rows of each derived predicate of lines, without claim and line.

    Parameters
    ----------
    program : Program
        The checked rules.
    constants : mapping of (name, arity) to rows
        What ``constant_predicates`` returns.
    overrides : iterable of tuple, optional
        Rows of ``override`` where they are no constants.

    Returns
    -------
    dict of (name, arity) to rows
    """
    derived: dict[Key, set[tuple[PossibleValue, ...]]] = {
        rule.head.key: set() for rule in program.rules if rule.head.key not in constants
    }
    known: dict[Key, Iterable[tuple[PossibleValue, ...]]] = {
        ("override", 6): {
            (authority, OPEN, clause, effect, OPEN, OPEN)
            for authority, _, clause, effect, _, _ in overrides
        },
        **constants,
    }
    rules = [rule for rule in program.rules if rule.head.key in derived]
    readers: dict[Key, list[int]] = {}
    for number, rule in enumerate(rules):
        for literal in rule.body:
            if isinstance(literal, Relational) and not literal.negated:
                readers.setdefault(literal.atom.key, []).append(number)
    waiting = dict.fromkeys(range(len(rules)))
    while waiting:
        number = next(iter(waiting))
        del waiting[number]
        key = rules[number].head.key
        found = _possible(rules[number], KEY_COLUMNS, derived, known)
        if not found <= derived[key]:
            derived[key] |= found
            waiting |= dict.fromkeys(readers.get(key, ()))
    return {key: frozenset(rows) for key, rows in derived.items()}


def _is_constant(literal: BodyLiteral, rows: _Possible) -> bool:
    return isinstance(literal, Relational) and not literal.negated and literal.atom.key in rows


def _possible(
    rule: Rule,
    first: int,
    derived: _Possible,
    known: Mapping[Key, Iterable[tuple[PossibleValue, ...]]],
) -> set[tuple[PossibleValue, ...]]:
    """The rows that a rule can conclude, from a column of its head on."""
    head = rule.head.terms[first:]
    wanted = {term.name for term in head if not isinstance(term, Constant)}
    environments: list[dict[str, PossibleValue]] = [{}]
    for position, literal in enumerate(rule.body):
        environments = _extend(literal, environments, derived, known)
        if not environments:
            return set()
        needed = wanted | _names(rule.body[position + 1 :])
        distinct = {
            tuple(sorted(((k, v) for k, v in item.items() if k in needed), key=lambda p: p[0]))
            for item in environments
        }
        environments = [dict(item) for item in distinct]
    return {
        tuple(
            term.value if isinstance(term, Constant) else environment.get(term.name, OPEN)
            for term in head
        )
        for environment in environments
    }


def _names(body: Iterable[BodyLiteral]) -> set[str]:
    return {variable.name for literal in body for variable in visible_variables(literal)}


def _extend(
    literal: BodyLiteral,
    environments: list[dict[str, PossibleValue]],
    derived: _Possible,
    known: Mapping[Key, Iterable[tuple[PossibleValue, ...]]],
) -> list[dict[str, PossibleValue]]:
    if isinstance(literal, Comparison) and literal.operator == "\\=":
        left, right = literal.left, literal.right
        if isinstance(left, Constant) or not isinstance(right, Constant):
            return environments
        name = getattr(left, "name", "")
        return [item for item in environments if item.get(name, OPEN) != right.value]
    if not isinstance(literal, Relational) or literal.negated:
        return environments
    key, terms = literal.atom.key, literal.atom.terms
    if key in derived:
        rows: Iterable[tuple[PossibleValue, ...]] = derived[key]
        terms = terms[KEY_COLUMNS:]
    elif key in known:
        rows = known[key]
    else:
        return environments
    fixed = [(place, term.value) for place, term in enumerate(terms) if isinstance(term, Constant)]
    free = [
        (place, term.name) for place, term in enumerate(terms) if not isinstance(term, Constant)
    ]
    matching = [
        row
        for row in rows
        if all(row[place] is OPEN or row[place] == value for place, value in fixed)
    ]
    found = []
    for environment in environments:
        for row in matching:
            extended: dict[str, PossibleValue] = dict(environment)
            for place, name in free:
                before, value = extended.get(name, OPEN), row[place]
                if before is OPEN:
                    extended[name] = value
                elif value is not OPEN and value != before:
                    break
            else:
                found.append(extended)
    return found
