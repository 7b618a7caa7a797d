"""Pass: which constants the columns of a predicate of lines can hold, as rows with holes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from facts.schema import INPUT_PREDICATES
from kb.compile.formulas.constants import Rows
from kb.language.ast import BodyLiteral, Comparison, Constant, Key, Program, Relational, Rule
from kb.language.traversal import visible_variables
from kb.language.values import Value


class Open:
    """A column that can hold anything."""

    def __repr__(self) -> str:
        return "OPEN"


OPEN = Open()
Held = Value | Open
Domain = frozenset[tuple[Held, ...]]

KEY_COLUMNS = 2
"""Claim and line come first in every predicate of lines."""

LINE_INPUTS = frozenset(
    predicate.name
    for predicate in INPUT_PREDICATES
    if [column.name for column in predicate.columns[:KEY_COLUMNS]] == ["claim", "line"]
)
"""Input predicates of lines."""


def domains(
    program: Program, constants: Rows, overrides: Iterable[tuple[Value, ...]] = ()
) -> dict[Key, Domain]:
    """Return the possible rows of each derived predicate of lines, without claim and line.

    Parameters
    ----------
    program : Program
    constants : mapping
        What ``constant_predicates`` returns.
    overrides : iterable of tuple, optional
        Rows of ``override`` where they are no constants.

    Returns
    -------
    dict of (name, arity) to rows
    """
    derived: dict[Key, set[tuple[Held, ...]]] = {
        rule.head.key: set() for rule in program.rules if rule.head.key not in constants
    }
    held_overrides: set[tuple[Value | Open, ...]] = {
        (authority, OPEN, clause, effect, OPEN, OPEN)
        for authority, _, clause, effect, _, _ in overrides
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
        head = rules[number].head
        key = head.key
        found = _possible(rules[number], derived, constants, held_overrides)
        if not found <= derived[key]:
            derived[key] |= found
            waiting |= dict.fromkeys(readers.get(key, ()))
    return {key: frozenset(rows) for key, rows in derived.items()}


def _possible(
    rule: Rule,
    derived: Mapping[Key, set[tuple[Held, ...]]],
    constants: Rows,
    overrides: set[tuple[Held, ...]],
) -> set[tuple[Held, ...]]:
    head = rule.head.terms[KEY_COLUMNS:]
    wanted = {term.name for term in head if not isinstance(term, Constant)}
    environments: list[dict[str, Held]] = [{}]
    for position, literal in enumerate(rule.body):
        environments = _extend(literal, environments, derived, constants, overrides)
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
    environments: list[dict[str, Held]],
    derived: Mapping[Key, set[tuple[Held, ...]]],
    constants: Rows,
    overrides: set[tuple[Held, ...]],
) -> list[dict[str, Held]]:
    if isinstance(literal, Comparison) and literal.operator == "\\=":
        left, right = literal.left, literal.right
        if isinstance(left, Constant) or not isinstance(right, Constant):
            return environments
        name = getattr(left, "name", "")
        return [item for item in environments if item.get(name, OPEN) != right.value]
    if not isinstance(literal, Relational) or literal.negated:
        return environments
    atom = literal.atom
    key = atom.key
    if key in constants:
        rows: Iterable[tuple[Held, ...]] = constants[key]
        terms = atom.terms
    elif key in derived:
        rows, terms = derived[key], atom.terms[KEY_COLUMNS:]
    elif key == ("override", 6):
        rows, terms = overrides, atom.terms
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
            extended: dict[str, Held] = dict(environment)
            for place, name in free:
                known, value = extended.get(name, OPEN), row[place]
                if known is OPEN:
                    extended[name] = value
                elif value is not OPEN and value != known:
                    break
            else:
                found.append(extended)
    return found
