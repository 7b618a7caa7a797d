"""Why something does not hold: what each rule that could have fired lacked, nearest miss first."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from explain.derivations import Derivations, Pattern
from explain.explainer import Explainer
from explain.near_miss import Miss, NearMisses
from explain.sentences import Sentences
from facts.diagnostic import Diagnostic, UsageError
from facts.suggest import nearest
from kb.adjudicate import LoadedClaim
from kb.clause import OUTCOMES


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
    hint: str = ""

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
        raise UsageError(
            [Diagnostic("error", message, None, f"did you mean `{near}`?" if near else "")]
        )
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
    search = NearMisses(derivations, sentences)
    misses = search.misses(predicate, pattern, frozenset())
    return WhyNot(goal, False, misses, sentences.absence(predicate, pattern))


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
