"""Why something does not hold: what each rule that could have fired lacked, nearest miss first."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from explain.derivations import (
    Bindings,
    Derivations,
    GroundAtom,
    Pattern,
    pattern_of,
    row_of,
    unify,
)
from explain.explainer import Explainer
from explain.sentences import Sentences
from facts.diagnostic import Diagnostic, UsageError
from facts.schema import BY_NAME
from facts.suggest import nearest
from kb.adjudicate import LoadedClaim
from kb.clause import OUTCOMES
from kb.language.syntax import BodyLiteral, Relational, Rule
from kb.language.variables import visible_variables

_MOST_STATES = 24
"""Partial solutions of a body that are followed side by side."""

_MOST_MISSES = 8
"""Rules that are shown for one thing that does not hold."""


@dataclass(frozen=True, slots=True, eq=False)
class Failure:
    """A literal that does not hold.

    Parameters
    ----------
    text : str
        What is so, in English.
    needed : str
        What would make the literal hold.
    instead : tuple of str
        Facts that stand in its place.
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
    bindings : mapping of variable name to value
    held : tuple of str
        What held, in English, in the order of the body.
    failures : tuple of Failure
        What did not, the first first.
    unknown : int
        Literals that could not be looked at because of those that failed.
    """

    rule: Rule
    bindings: Bindings
    held: tuple[str, ...]
    failures: tuple[Failure, ...]
    unknown: int = 0

    @property
    def size(self) -> int:
        """Number of things to change for the rule to fire, at least."""
        return self.unknown + sum(failure.size for failure in self.failures)

    @property
    def place(self) -> str:
        """File and row of the rule."""
        return f"{self.rule.span.source}, row {self.rule.span.row}"


@dataclass(frozen=True, slots=True, eq=False)
class WhyNot:
    """Why something does not hold.

    Parameters
    ----------
    goal : str
        What was asked for, in English.
    holds : bool
        True if it holds after all; then there are no misses.
    misses : tuple of Miss
        Nearest first.
    absence : str
        That it does not hold, in English.
    """

    goal: str
    holds: bool
    misses: tuple[Miss, ...] = ()
    absence: str = ""
    hint: str = field(default="")

    @property
    def text(self) -> str:
        """The explanation for a terminal."""
        if self.holds:
            return f"{self.goal}: this holds{f'; {self.hint}' if self.hint else ''}"
        rows = [self.absence]
        if not self.misses:
            rows.append("no rule could conclude it for this line")
        for number, miss in enumerate(self.misses, 1):
            rows += ["", f"{number}. the rule in {miss.place}", *_miss_rows(miss, "   ")]
        return "\n".join(rows)

    def to_json(self) -> dict[str, Any]:
        """Return plain JSON values."""
        return {
            "goal": self.goal,
            "holds": self.holds,
            "misses": [_miss_json(miss) for miss in self.misses],
        }

    def __str__(self) -> str:
        return self.text


def why_not(
    loaded: LoadedClaim, line_number: int, clause_id: str, effect: str | None = None
) -> WhyNot:
    """Explain why a clause is not cited on a claim line.

    Parameters
    ----------
    loaded : LoadedClaim
    line_number : int
    clause_id : str
    effect : str, optional
        Look for this effect alone.

    Returns
    -------
    WhyNot

    Raises
    ------
    UsageError
        If the claim has no such line or the policy no such clause.
    """
    clauses = loaded.policy.clauses
    if clause_id not in clauses:
        near = nearest(clause_id, tuple(clauses))
        message = f"the policy has no clause `{clause_id}`"
        raise UsageError([Diagnostic("error", message, None, f"did you mean `{near}`?" if near else "")])
    explainer = Explainer.of(loaded)
    line = explainer.line(line_number)
    pattern = (line.claim_id, line.line_number, clause_id, effect)
    found = explain_absence(explainer.derivations, explainer.sentences, "cites", pattern)
    goal = f"{clause_id} on line {line_number}"
    absence = f"{clause_id} is not cited on line {line_number}"
    return WhyNot(goal, found.holds, found.misses, absence, "ask why of the line")


def why_not_outcome(loaded: LoadedClaim, line_number: int, outcome: str) -> WhyNot:
    """Explain why a claim line does not have an outcome.

    Parameters
    ----------
    loaded : LoadedClaim
    line_number : int
    outcome : str
        One of ``kb.clause.OUTCOMES``.

    Returns
    -------
    WhyNot

    Raises
    ------
    UsageError
        If the claim has no such line or there is no such outcome.
    """
    if outcome not in OUTCOMES:
        message = f"there is no outcome `{outcome}`"
        raise UsageError([Diagnostic("error", message, None, f"one of {', '.join(OUTCOMES)}")])
    explainer = Explainer.of(loaded)
    line = explainer.line(line_number)
    pattern = (line.claim_id, line.line_number, outcome)
    return explain_absence(explainer.derivations, explainer.sentences, "outcome", pattern)


def explain_absence(
    derivations: Derivations, sentences: Sentences, predicate: str, pattern: Pattern
) -> WhyNot:
    """Explain why no atom of a pattern holds.

    Parameters
    ----------
    derivations : Derivations
    sentences : Sentences
    predicate : str
    pattern : tuple of Value or None
        None where any value would do.

    Returns
    -------
    WhyNot
    """
    goal = sentences.atom(predicate, pattern)
    if derivations.rows(predicate, pattern):
        return WhyNot(goal, True)
    search = _Search(derivations, sentences)
    misses = search.misses(predicate, pattern, frozenset())
    return WhyNot(goal, False, misses, sentences.absence(predicate, pattern))


_NONE: frozenset[GroundAtom] = frozenset()


@dataclass(frozen=True, slots=True)
class _State:
    """A partial solution: what is bound, and how each literal so far came out."""

    bindings: Bindings
    failed: tuple[int, ...] = ()
    unknown: tuple[int, ...] = ()
    open: frozenset[str] = frozenset()


class _Search:
    """Looks for near misses, each pattern once."""

    def __init__(self, derivations: Derivations, sentences: Sentences) -> None:
        self.derivations = derivations
        self.sentences = sentences
        self._misses: dict[tuple[str, Pattern], tuple[Miss, ...]] = {}
        self._possible: dict[tuple[str, Pattern], bool] = {}

    def misses(
        self, predicate: str, pattern: Pattern, above: frozenset[tuple[str, Pattern]]
    ) -> tuple[Miss, ...]:
        """Return the rules that could have concluded a pattern, nearest miss first."""
        key = (predicate, pattern)
        if key in above:
            return ()
        found = self._misses.get(key)
        if found is None:
            rules = self.derivations.index.rules.get(predicate, ())
            missed = [
                (miss.size, position, miss)
                for position, rule in rules
                if (bindings := unify(rule.head, pattern)) is not None
                and self._could_fire(rule, bindings, frozenset({key}))
                and (miss := self._miss(rule, bindings, above | {key})) is not None
            ]
            missed.sort(key=lambda entry: entry[:2])
            found = tuple(miss for _, _, miss in missed[:_MOST_MISSES])
            if not above:
                self._misses[key] = found
        return found

    def _could_fire(
        self, rule: Rule, bindings: Bindings, above: frozenset[tuple[str, Pattern]]
    ) -> bool:
        """Tell whether some facts of a claim could make a rule fire."""
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
            known = known or (predicate not in index.rules and predicate not in index.stated)
            known = known or any(
                bindings is not None and self._could_fire(rule, bindings, above | {key})
                for _, rule in index.rules.get(predicate, ())
                for bindings in (unify(rule.head, pattern),)
            )
            self._possible[key] = known
        return known

    def _miss(
        self, rule: Rule, bindings: Bindings, above: frozenset[tuple[str, Pattern]]
    ) -> Miss | None:
        states = [_State(bindings)]
        for position, literal in enumerate(rule.body):
            followed: list[_State] = []
            for state in states:
                followed.extend(self._follow(state, literal, position))
            followed.sort(key=lambda state: len(state.failed) + len(state.unknown))
            states = followed[:_MOST_STATES]
        best = states[0]
        if not best.failed:
            return None
        held = tuple(
            self.sentences.literal(literal, best.bindings, rule)
            for position, literal in enumerate(rule.body)
            if position not in best.failed and position not in best.unknown
        )
        failures = tuple(
            self._failure(rule.body[position], best.bindings, rule, above)
            for position in best.failed
        )
        return Miss(rule, best.bindings, held, failures, len(best.unknown))

    def _follow(self, state: _State, literal: BodyLiteral, position: int) -> Iterator[_State]:
        names = {variable.name for variable in visible_variables(literal)}
        unbound = frozenset(name for name in names if name not in state.bindings)
        if not state.open.isdisjoint(unbound):
            unknown = (*state.unknown, position)
            yield _State(state.bindings, state.failed, unknown, state.open | unbound)
            return
        held = False
        for extended in self.derivations.step(literal, state.bindings):
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
        if not isinstance(literal, Relational):
            text = self.sentences.literal(literal, bindings, rule)
            return Failure(f"it is not so that {text}", text)
        atom, pattern = literal.atom, pattern_of(literal.atom, bindings)
        said = self.sentences.atom(atom.predicate, pattern)
        absent = self.sentences.absence(atom.predicate, pattern)
        if literal.negated:
            rows = self.derivations.rows(atom.predicate, pattern)
            found = (text for row in rows for text in self._standing((atom.predicate, row), _NONE))
            return Failure(said, absent, tuple(dict.fromkeys(found)))
        misses: tuple[Miss, ...] = ()
        if self.derivations.is_derived(atom.predicate):
            misses = self.misses(atom.predicate, pattern, above)
        return Failure(absent, said, self._instead(atom.predicate, pattern), misses)

    def _standing(self, atom: GroundAtom, above: frozenset[GroundAtom]) -> Iterator[str]:
        """Yield what an atom that holds comes down to, steps that only pass on left out."""
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
            yield from self._standing(other, above | {atom})

    def _instead(self, predicate: str, pattern: Pattern) -> tuple[str, ...]:
        """Return what the same line has in place of a value that it lacks."""
        known = BY_NAME.get(predicate)
        if known is None or known.attribute is None or pattern[-1] is None:
            return ()
        rows = self.derivations.rows(predicate, (*pattern[:-1], None))
        return tuple(self._with_place((predicate, row)) for row in rows)

    def _with_place(self, atom: GroundAtom) -> str:
        origins = "; ".join(map(str, self.derivations.origins(atom)))
        return f"{self.sentences.atom(*atom)}{f'  [{origins}]' if origins else ''}"


def _miss_rows(miss: Miss, indent: str) -> list[str]:
    rows = [f"{indent}holds: {text}" for text in miss.held]
    for failure in miss.failures:
        rows.append(f"{indent}fails: {failure.text}")
        rows += [f"{indent}       but {text}" for text in failure.instead]
        if not failure.misses:
            rows.append(f"{indent}       would hold if: {failure.needed}")
        for part in failure.misses:
            rows.append(f"{indent}  - by the rule in {part.place}")
            rows += _miss_rows(part, indent + "    ")
    if miss.unknown:
        rows.append(f"{indent}({miss.unknown} more to look at once these hold)")
    return rows


def _miss_json(miss: Miss) -> dict[str, Any]:
    return {
        "rule": miss.place,
        "held": list(miss.held),
        "failed": [
            {
                "text": failure.text,
                "needed": failure.needed,
                "instead": list(failure.instead),
                "misses": [_miss_json(part) for part in failure.misses],
            }
            for failure in miss.failures
        ],
        "unknown": miss.unknown,
    }


