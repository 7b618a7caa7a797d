"""Pass: predicates that are asked with constants are computed for those constants alone.

A goal that asks for one clause or one outcome needs a part of a program; the part is found by
handing its constants down to the rules.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from kb.compile.rewrite.components import components
from kb.language.ast import (
    Aggregate,
    Atom,
    BodyLiteral,
    Constant,
    Key,
    Program,
    Relational,
    Rule,
)
from kb.language.matching import constants_of, match
from kb.language.traversal import rules_by_head, substitute, substitute_terms
from kb.language.values import Value, canonical

_Bound = tuple[tuple[int, Value], ...]
"""The positions of an atom that hold constants, with these."""

_Pattern = tuple[Key, _Bound]

_MOST = 3
"""Sets of constants for each of which a predicate is computed separately."""


@dataclass(frozen=True, slots=True)
class Narrowed:
    """A program that computes what some predicates need.

    Parameters
    ----------
    rules : tuple of Rule
        Those that are needed.
    copies : mapping of (name, arity) to (name, arity)
        Each predicate that holds a part of another, with that other.
    """

    rules: tuple[Rule, ...]
    copies: Mapping[Key, Key]


def narrow(program: Program, wanted: Iterable[Key], whole: Iterable[Key] = ()) -> Narrowed:
    """Return what predicates need, narrowed to the constants that are asked for.

    Where a predicate is asked both whole and with constants, or with two sets of constants of
    which one holds the other, the wider one serves for both. Recursive predicates stay whole, and
    those that are asked with many sets of constants: reading the same lines again for each costs
    more than it saves.

    Parameters
    ----------
    program : Program
        The checked rules.
    wanted : iterable of (name, arity)
        They stay whole.
    whole : iterable of (name, arity), optional
        Predicates that stay whole too.

    Returns
    -------
    Narrowed

    Examples
    --------
    >>> from kb.language.parser import parse_program
    >>> from kb.language.printer import print_rule
    >>> program, _ = parse_program(
    ...     "goal(L) :- has(L, red). has(L, E) :- cites(L, E). "
    ...     "cites(L, red) :- line(L, L). cites(L, blue) :- line(L, L).", "a.pl")
    >>> for rule in narrow(program, [("goal", 1)]).rules:
    ...     print(f"{rule.head.predicate}: {[item.atom.predicate for item in rule.body]}")
    goal: ['has 1']
    has 1: ['cites 1']
    cites 1: ['line']
    """
    wanted = list(wanted)
    keep = {*wanted, *whole}
    for component in components(program, wanted):
        if component.recursive:
            keep.update(component.keys)
    first: list[_Pattern] = [(key, ()) for key in wanted]
    rules = rules_by_head(program.rules)
    asked = _widest(_Reach(rules, frozenset(keep)).patterns(first, {}))
    while many := {key for key, bounds in asked.items() if len(bounds) > _MOST}:
        keep |= many
        asked = _widest(_Reach(rules, frozenset(keep)).patterns(first, {}))
    reach = _Reach(rules, frozenset(keep), asked)
    made: dict[_Pattern, list[Rule]] = {}
    found = reach.patterns(first, made)
    copies = {reach.name(pattern): pattern[0] for pattern in found if pattern[1]}
    return Narrowed(tuple(rule for own in made.values() for rule in own), copies)


@dataclass(slots=True)
class _Reach:
    """All that some predicates need, directly or through others."""

    rules: Mapping[Key, list[Rule]]
    whole: frozenset[Key]
    asked: Mapping[Key, list[_Bound]] | None = None
    names: dict[_Pattern, Key] = field(default_factory=dict)

    def patterns(
        self, first: Iterable[_Pattern], made: dict[_Pattern, list[Rule]]
    ) -> list[_Pattern]:
        """Return the patterns that some need, themselves too; gather their rules."""
        waiting = list(first)
        seen = dict.fromkeys(waiting)
        while waiting:
            pattern = waiting.pop()
            made[pattern] = []
            for rule in self.rules.get(pattern[0], ()):
                values = match(rule.head.terms, _row(pattern))
                if values is None:
                    continue
                given = constants_of(values)
                literals = []
                for item in substitute(rule.body, given):
                    renamed, needed = self._literal(item)
                    literals.append(renamed)
                    for other in needed:
                        if other not in seen:
                            seen[other] = None
                            waiting.append(other)
                terms = substitute_terms(rule.head.terms, given)
                head = replace(rule.head, predicate=self.name(pattern)[0], terms=terms)
                made[pattern].append(replace(rule, head=head, body=tuple(literals)))
        return list(seen)

    def name(self, pattern: _Pattern) -> Key:
        """Return the predicate that holds the rows of a pattern."""
        (predicate, arity), bound = pattern
        if not bound:
            return pattern[0]
        if pattern not in self.names:
            number = 1 + sum(other[0][0] == predicate for other in self.names)
            self.names[pattern] = (f"{predicate} {number}", arity)
        return self.names[pattern]

    def _literal(self, literal: BodyLiteral) -> tuple[BodyLiteral, list[_Pattern]]:
        if isinstance(literal, Aggregate):
            goals, needed = [], []
            for item in literal.goal:
                renamed, found = self._literal(item)
                goals.append(renamed)
                needed += found
            return replace(literal, goal=tuple(goals)), needed
        if isinstance(literal, Relational):
            key = literal.atom.key
            if key in self.rules:
                pattern = self._served(key, literal.atom)
                atom = replace(literal.atom, predicate=self.name(pattern)[0])
                return replace(literal, atom=atom), [pattern]
        return literal, []

    def _served(self, key: Key, atom: Atom) -> _Pattern:
        if key in self.whole:
            return key, ()
        bound = tuple(
            (position, canonical(term.value))
            for position, term in enumerate(atom.terms)
            if isinstance(term, Constant)
        )
        if self.asked is None:
            return key, bound
        return key, next(wider for wider in self.asked[key] if set(wider) <= set(bound))


def _widest(patterns: Iterable[_Pattern]) -> dict[Key, list[_Bound]]:
    """The patterns of each predicate that no other one of it holds."""
    found: dict[Key, list[_Bound]] = {}
    for key, bound in patterns:
        found.setdefault(key, []).append(bound)
    return {
        key: [one for one in bounds if not any(set(other) < set(one) for other in bounds)]
        for key, bounds in found.items()
    }


def _row(pattern: _Pattern) -> tuple[Value | None, ...]:
    """The constants of a pattern, None where any value will do."""
    (_, arity), bound = pattern
    held = dict(bound)
    return tuple(held.get(position) for position in range(arity))
