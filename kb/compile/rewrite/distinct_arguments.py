"""Arguments of predicates that are never equal, by the comparisons of their rules."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from kb.language.ast import BodyLiteral, Comparison, Relational, Rule, Term

_UNEQUAL = ("=\\=", "\\=", "<", ">")
Pairs = Mapping[str, frozenset[tuple[int, int]]]
"""Of each predicate the pairs of arguments that are never equal."""


def is_apart(body: Iterable[BodyLiteral], line: Term, other: Term, distinct: Pairs) -> bool:
    """Return whether a body holds of two different terms alone.

    Parameters
    ----------
    body : iterable of BodyLiteral
        The body of a rule.
    line, other : Term
        The two terms.
    distinct : mapping of predicate to pairs of positions
        Arguments that are never equal.
    """
    both = {line, other}
    for literal in body:
        if isinstance(literal, Comparison):
            if literal.operator in _UNEQUAL and {literal.left, literal.right} == both:
                return True
        elif isinstance(literal, Relational) and not literal.negated:
            terms = literal.atom.terms
            pairs = distinct.get(literal.atom.predicate, frozenset())
            if any({terms[one], terms[two]} == both for one, two in pairs):
                return True
    return False


def distinct_arguments(
    rules: Mapping[str, list[Rule]], readers: Mapping[str, list[Rule]]
) -> dict[str, frozenset[tuple[int, int]]]:
    """Return the pairs of arguments that each rule of a predicate keeps apart.

    Parameters
    ----------
    rules : mapping of predicate to rules
        Those that conclude it.
    readers : mapping of predicate to rules
        Those that have an atom of it in their body.
    """
    found: dict[str, frozenset[tuple[int, int]]] = {}
    waiting = list(rules)
    while waiting:
        name = waiting.pop()
        pairs = [
            {
                (one, two)
                for two, last in enumerate(rule.head.terms)
                for one, first in enumerate(rule.head.terms[:two])
                if is_apart(rule.body, first, last, found)
            }
            for rule in rules[name]
        ]
        made = frozenset(set.intersection(*pairs))
        if made != found.get(name, frozenset()):
            found[name] = made
            waiting += {rule.head.predicate for rule in readers.get(name, ())}
    return found
