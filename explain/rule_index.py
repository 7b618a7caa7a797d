"""The rules of a program by what they conclude, and what can be told of them beforehand."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from facts.origin import Origin
from kb.checks.checked import CheckedProgram
from kb.engines.protocol import Row
from kb.language.rename import all_names
from kb.language.syntax import Aggregate, BodyLiteral, Constant, Relational, Rule
from kb.language.variables import visible_variables

NO_NAMES: frozenset[str] = frozenset()


class RuleIndex:
    """The rules of a program by the predicate of their head, and which predicates recur.

    Parameters
    ----------
    program : CheckedProgram
    """

    def __init__(self, program: CheckedProgram) -> None:
        self.rules: dict[str, list[tuple[int, Rule]]] = {}
        self.stated: dict[str, dict[Row, list[Origin]]] = {}
        for position, rule in enumerate(program.program.rules):
            if rule.body:
                self.rules.setdefault(rule.head.predicate, []).append((position, rule))
                continue
            row = tuple(term.value for term in rule.head.terms if isinstance(term, Constant))
            origin = Origin(rule.span.source, f"row {rule.span.row}")
            self.stated.setdefault(rule.head.predicate, {}).setdefault(row, []).append(origin)
        self.recursive = _recursive(self.rules)
        self.own = {
            id(rule.body): own_names(rule.body)
            for group in self.rules.values()
            for _, rule in group
        }


_INDEXES: dict[int, tuple[CheckedProgram, RuleIndex]] = {}
_MOST_INDEXES = 16


def rule_index(program: CheckedProgram) -> RuleIndex:
    """Return the index of a program, made once while the program is in use."""
    known = _INDEXES.get(id(program))
    if known is not None and known[0] is program:
        return known[1]
    index = RuleIndex(program)
    if len(_INDEXES) >= _MOST_INDEXES:
        _INDEXES.clear()
    _INDEXES[id(program)] = (program, index)
    return index


def own_names(
    body: tuple[BodyLiteral, ...], given: Iterable[str] = ()
) -> tuple[frozenset[str], ...] | None:
    """Return, for each literal, the variables of it that are its own.

    A variable of a negated atom or of an aggregate's goal that no literal before it binds is
    another than the variable of that name outside.

    Parameters
    ----------
    body : tuple of BodyLiteral
    given : iterable of str, optional
        Variables that are bound before the body.

    Returns
    -------
    tuple of frozenset of str, or None
        None where no literal has one.
    """
    bound = set(given)
    own = []
    for literal in body:
        names = {one.name for one in visible_variables(literal) if not one.anonymous}
        if isinstance(literal, Relational) and literal.negated:
            own.append(frozenset(names - bound))
            continue
        inner = frozenset(all_names((literal,))) if isinstance(literal, Aggregate) else NO_NAMES
        own.append(inner - bound - names)
        bound |= names
    return tuple(own) if any(own) else None


def _recursive(rules: dict[str, list[tuple[int, Rule]]]) -> frozenset[str]:
    """Return the predicates that depend on themselves."""
    needs = {
        predicate: set(predicates_of(literal for _, rule in group for literal in rule.body))
        for predicate, group in rules.items()
    }
    recursive = set()
    for predicate in rules:
        reached: set[str] = set()
        waiting = list(needs[predicate])
        while waiting:
            other = waiting.pop()
            if other not in reached:
                reached.add(other)
                waiting.extend(needs.get(other, ()))
        if predicate in reached:
            recursive.add(predicate)
    return frozenset(recursive)


def predicates_of(body: Iterable[BodyLiteral]) -> Iterator[str]:
    """Yield the predicates that a body names, negated and aggregated ones included."""
    for literal in body:
        if isinstance(literal, Relational):
            yield literal.atom.predicate
        elif isinstance(literal, Aggregate):
            yield from predicates_of(literal.goal)
