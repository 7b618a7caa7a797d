"""Rules that could have fired and did not: what held of them, what failed, nearest first."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from explain.english.sentences import Sentences
from explain.proof.derivations import Derivations
from explain.proof.rule_index import NO_NAMES
from explain.whynot.requirements import Requirements
from facts.origin import Origin
from facts.schema import BY_NAME
from kb.language.ast import BodyLiteral, Relational, Rule
from kb.language.matching import Bindings, GroundAtom, Pattern, match, pattern_of, row_of
from kb.language.traversal import all_names

_MOST_STATES = 24
"""Partial solutions of a body that are followed at the same time."""

_DEEPEST = 12
"""Depth of the search, in rules."""

_MOST_MISSES = 8
"""Rules that are shown for one thing that does not hold."""


@dataclass(frozen=True, slots=True)
class Held:
    """A literal that holds.

    Parameters
    ----------
    text : str
        In English.
    places : tuple of Origin
        Sources of a fact; none for anything else.
    expected : bool
        Whether nearly every line has it: that the line exists, is within the policy, is not
        waived.
    """

    text: str
    places: tuple[Origin, ...] = ()
    expected: bool = False

    def __str__(self) -> str:
        places = "; ".join(map(str, self.places))
        return f"{self.text}{f'  [{places}]' if places else ''}"


_EXPECTED = frozenset({"line", "in_scope", "counts", "in_force", "waived", "excludes"})


@dataclass(frozen=True, slots=True, eq=False)
class Failure:
    """A literal that does not hold.

    Parameters
    ----------
    text : str
        What is the case, in English.
    needed : str
        What would make the literal hold.
    instead : tuple of str
        Facts that the line has in its place.
    misses : tuple of Miss
        Rules that could have made it hold.
    """

    text: str
    needed: str
    instead: tuple[str, ...] = ()
    misses: tuple[Miss, ...] = ()

    @property
    def size(self) -> int:
        """Number of things to change for the literal to hold, at least."""
        return min((miss.size for miss in self.misses), default=1)


@dataclass(frozen=True, slots=True, eq=False)
class Miss:
    """A rule that could have fired and did not.

    Parameters
    ----------
    rule : Rule
        As the policy states it.
    bindings : mapping of variable name to value
        The values under which the most of it holds.
    held : tuple of Held
        What held, in the order of the body.
    failures : tuple of Failure
        What did not hold, in the order of the body.
    unknown : int
        Literals that could not be looked at because of those that failed.
    clause_id : str
        The clause that the rule would have concluded something of.
    """

    rule: Rule
    bindings: Bindings
    held: tuple[Held, ...]
    failures: tuple[Failure, ...]
    unknown: int = 0
    clause_id: str = ""

    @property
    def size(self) -> int:
        """Number of things to change for the rule to fire, at least."""
        return self.unknown + sum(failure.size for failure in self.failures)

    @property
    def place(self) -> str:
        """File and row of the rule."""
        return f"{self.rule.span.source}, row {self.rule.span.row}"


_NONE: frozenset[GroundAtom] = frozenset()


@dataclass(frozen=True, slots=True)
class _State:
    """A partial solution: what is bound, and how each literal so far came out."""

    bindings: Bindings
    failed: tuple[int, ...] = ()
    unknown: tuple[int, ...] = ()
    open: frozenset[str] = frozenset()


class NearMisses:
    """Looks for near misses, each pattern once.

    Parameters
    ----------
    derivations : Derivations
        What follows from the claim.
    sentences : Sentences
        English for the program.
    """

    def __init__(self, derivations: Derivations, sentences: Sentences) -> None:
        self.derivations = derivations
        self.sentences = sentences
        self._requirements = Requirements(derivations, sentences)
        self._misses: dict[tuple[str, Pattern], tuple[Miss, ...]] = {}
        self._possible: dict[tuple[str, Pattern], bool] = {}

    def misses(
        self, predicate: str, pattern: Pattern, above: frozenset[tuple[str, Pattern]] = frozenset()
    ) -> tuple[Miss, ...]:
        """Return the rules that could have concluded a pattern, nearest miss first.

        Parameters
        ----------
        predicate : str
            What the rules conclude.
        pattern : tuple of Value or None
            None where any value would do.
        above : frozenset of (predicate, pattern), optional
            What the search is in the middle of, so that it ends on recursive rules.
        """
        key = (predicate, pattern)
        if key in above or len(above) >= _DEEPEST:
            return ()
        found = self._misses.get(key)
        if found is None:
            rules = self.derivations.index.candidates(predicate, pattern)
            missed = [
                (miss.size, each.position, miss)
                for each in rules
                if (bindings := match(each.rule.head.terms, pattern)) is not None
                and self._could_fire(each.rule, bindings, frozenset({key}))
                and (miss := self._miss(each.rule, bindings, above | {key})) is not None
            ]
            missed.sort(key=lambda entry: entry[:2])
            found = tuple(miss for _, _, miss in missed[:_MOST_MISSES])
            self._misses[key] = found
        return found

    def _could_fire(
        self, rule: Rule, bindings: Bindings, above: frozenset[tuple[str, Pattern]]
    ) -> bool:
        """Return whether some facts of a claim could make a rule fire."""
        return all(
            self._could_hold(part.atom.predicate, pattern_of(part.atom, bindings), above)
            for part in rule.body
            if isinstance(part, Relational) and not part.negated
        )

    def _could_hold(
        self, predicate: str, pattern: Pattern, above: frozenset[tuple[str, Pattern]]
    ) -> bool:
        key = (predicate, pattern)
        if key in above:
            return False
        known = self._possible.get(key)
        if known is None:
            index = self.derivations.index
            known = predicate in BY_NAME or bool(self.derivations.rows(predicate, pattern))
            known = known or (predicate not in index.needs and predicate not in index.stated)
            known = known or any(
                bindings is not None and self._could_fire(each.rule, bindings, above | {key})
                for each in index.candidates(predicate, pattern)
                for bindings in (match(each.rule.head.terms, pattern),)
            )
            if known or not above:
                self._possible[key] = known
        return known

    def _miss(
        self, rule: Rule, bindings: Bindings, above: frozenset[tuple[str, Pattern]]
    ) -> Miss | None:
        own = self.derivations.index.own.get(id(rule.body)) or (NO_NAMES,) * len(rule.body)
        states = [_State(bindings)]
        for position, literal in enumerate(rule.body):
            followed: list[_State] = []
            for state in states:
                followed.extend(self._follow(state, literal, position, own[position]))
            followed.sort(key=lambda state: len(state.failed) + len(state.unknown))
            states = followed[:_MOST_STATES]
        best = states[0]
        if not best.failed:
            return None
        held = tuple(
            self._held(literal, best.bindings, rule)
            for position, literal in enumerate(rule.body)
            if position not in best.failed and position not in best.unknown
        )
        failures = tuple(
            self._failure(rule.body[position], best.bindings, rule, above)
            for position in best.failed
        )
        clause = self.sentences.column_value(
            rule.head.predicate, pattern_of(rule.head, best.bindings), "clause"
        )
        clause_id = clause if isinstance(clause, str) else ""
        return Miss(rule, best.bindings, held, failures, len(best.unknown), clause_id)

    def _held(self, literal: BodyLiteral, bindings: Bindings, rule: Rule) -> Held:
        text = self.sentences.literal(literal, bindings, rule)
        if not isinstance(literal, Relational):
            return Held(text)
        predicate = literal.atom.predicate
        pattern = pattern_of(literal.atom, bindings)
        origins = (
            self.derivations.origins((predicate, pattern))  # type: ignore[arg-type]
            if not literal.negated and None not in pattern
            else ()
        )
        return Held(text, origins, predicate in _EXPECTED)

    def _follow(
        self, state: _State, literal: BodyLiteral, position: int, own: frozenset[str]
    ) -> Iterator[_State]:
        names = frozenset(all_names((literal,)))
        unbound = names.difference(state.bindings)
        if not state.open.isdisjoint(unbound):
            unknown = (*state.unknown, position)
            yield _State(state.bindings, state.failed, unknown, state.open | unbound)
            return
        held = False
        for extended in self.derivations.step(literal, state.bindings, own):
            held = True
            yield _State(extended, state.failed, state.unknown, state.open)
        if not held:
            failed = (*state.failed, position)
            yield _State(state.bindings, failed, state.unknown, state.open | unbound)

    def _failure(
        self,
        literal: BodyLiteral,
        bindings: Bindings,
        rule: Rule,
        above: frozenset[tuple[str, Pattern]],
    ) -> Failure:
        needed = self._requirements.needed(literal, bindings, rule)
        if not isinstance(literal, Relational):
            return Failure(self._requirements.fails(literal, bindings, rule), needed)
        atom, pattern = literal.atom, pattern_of(literal.atom, bindings)
        if literal.negated:
            said = self.sentences.atom(atom.predicate, pattern)
            rows = self.derivations.rows(atom.predicate, pattern)
            found = (text for row in rows for text in self._grounds((atom.predicate, row), _NONE))
            return Failure(said, needed, tuple(dict.fromkeys(found)))
        misses: tuple[Miss, ...] = ()
        if self.derivations.is_derived(atom.predicate):
            misses = self.misses(atom.predicate, pattern, above)
        absent = self._requirements.absent(atom.predicate, pattern)
        return Failure(absent, needed, self._instead(atom.predicate, pattern), misses)

    def _grounds(self, atom: GroundAtom, above: frozenset[GroundAtom]) -> Iterator[str]:
        """Yield the facts behind an atom that holds, steps that only pass on left out."""
        passed_on = [
            (part.atom.predicate, row_of(part.atom, instance.bindings))
            for instance in self.derivations.instances(atom)
            if len(instance.rule.body) == 1
            for part in instance.rule.body
            if isinstance(part, Relational) and not part.negated
        ]
        below = [other for other in passed_on if self.derivations.is_derived(other[0])]
        if not below or atom in above:
            yield self._with_place(atom)
            return
        for other in below:
            yield from self._grounds(other, above | {atom})

    def _instead(self, predicate: str, pattern: Pattern) -> tuple[str, ...]:
        """Return what the same line has in place of an absent value."""
        known = BY_NAME.get(predicate)
        if known is None or known.attribute is None or pattern[-1] is None:
            return ()
        rows = self.derivations.rows(predicate, (*pattern[:-1], None))
        return tuple(self._with_place((predicate, row)) for row in rows)

    def _with_place(self, atom: GroundAtom) -> str:
        origins = "; ".join(map(str, self.derivations.origins(atom)))
        return f"{self.sentences.atom(*atom)}{f'  [{origins}]' if origins else ''}"
