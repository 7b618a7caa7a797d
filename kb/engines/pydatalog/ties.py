"""What is known of the predicates of a program beforehand: ties, and rules without a result."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

from kb.language.ast import (
    Aggregate,
    Assignment,
    BodyLiteral,
    Comparison,
    Key,
    Operation,
    Relational,
    Rule,
    Variable,
)
from kb.language.traversal import atoms_of, names_of


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of the predicates of a program.

    Parameters
    ----------
    ties : mapping of (name, arity) to Rule
        The rules of predicates that only tie lines to each other; they are put in their place.
    harmful : frozenset of str
        Predicates whose rules may have no result.
    """

    ties: Mapping[Key, Rule] = field(default_factory=dict)
    harmful: Collection[str] = frozenset()


NOTHING_KNOWN = Known()


def tie_of(rules: Iterable[Rule]) -> Rule | None:
    """Return the one rule of a predicate that only ties lines to each other.

    Its body has atoms, and a comparison of two variables at least; it calculates nothing.

    Parameters
    ----------
    rules : iterable of Rule
        All that conclude the predicate.

    Returns
    -------
    Rule or None
    """
    first, *more = rules
    names = [term.name for term in first.head.terms if isinstance(term, Variable)]
    if more or len(set(names)) < len(first.head.terms):
        return None
    compared = False
    for literal in first.body:
        match literal:
            case Relational(negated=False):
                continue
            case Comparison(left=Operation()) | Comparison(right=Operation()):
                return None
            case Comparison(operator=operator, left=left, right=right) if operator != "=":
                compared = compared or len({*names_of(left), *names_of(right)}) == 2
            case _:
                return None
    return first if compared else None


def harmful_predicates(rules: Iterable[Rule]) -> frozenset[str]:
    """Return the predicates whose rules calculate, or ask one whose rules do.

    Parameters
    ----------
    rules : iterable of Rule
        All of a program.
    """
    users: dict[str, set[str]] = {}
    waiting = []
    for rule in rules:
        head = rule.head.predicate
        if any(map(_calculates, rule.body)):
            waiting.append(head)
        for atom in atoms_of(rule.body):
            users.setdefault(atom.predicate, set()).add(head)
    found: set[str] = set()
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting.extend(users.get(name, ()))
    return frozenset(found)


def _calculates(literal: BodyLiteral) -> bool:
    match literal:
        case Assignment(expression=Operation()):
            return True
        case Comparison(left=Operation()) | Comparison(right=Operation()):
            return True
        case Aggregate(expression=expression, goal=goal):
            return isinstance(expression, Operation) or any(map(_calculates, goal))
    return False
