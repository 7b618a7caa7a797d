"""Why something does not hold: what each rule that could have fired lacked, nearest miss first."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import chain
from shlex import quote
from typing import Any

from explain.english.phrases import words
from explain.english.sentences import Sentences
from explain.narrative.builder import narrative_of
from explain.narrative.explained import ExplainedLine
from explain.narrative.model import CitationNarrative
from explain.proof.derivations import Derivations
from explain.proof.explainer import Explainer
from explain.whynot.near_miss import Miss, NearMisses
from explain.whynot.text import direct_ways, way_json, ways_rows
from facts.diagnostic import UsageError
from facts.suggest import near_help
from facts.values import one_line, quoted
from kb.claims.determine import LoadedClaim, check_loaded
from kb.language.matching import Pattern
from kb.model.clause import ADVERSE_EFFECTS, OUTCOMES


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
    hint : str
        What to ask instead, if it holds.
    preventing : tuple of CitationNarrative
        Clauses that prevent an outcome, each with what would lift it.
    """

    goal: str
    holds: bool
    misses: tuple[Miss, ...] = ()
    absence: str = ""
    hint: str = ""
    preventing: tuple[CitationNarrative, ...] = ()

    @property
    def text(self) -> str:
        """The explanation for a terminal."""
        if self.holds:
            return f"{self.goal}: this holds{f'; {self.hint}' if self.hint else ''}"
        ways = direct_ways(self.misses)
        rows = [self.absence]
        for citation in self.preventing:
            rows += ["", *_preventing_rows(citation)]
        if not ways and not self.preventing:
            rows.append("no rule can conclude it, whatever is on the claim")
        clauses = {way.clause_id for way in ways}
        return "\n".join([*rows, *ways_rows(ways, named=len(clauses) > 1)])

    def to_json(self) -> dict[str, Any]:
        """Return plain JSON values."""
        return {
            "goal": self.goal,
            "holds": self.holds,
            "standing": [_preventing_json(citation) for citation in self.preventing],
            "misses": [way_json(miss) for miss in direct_ways(self.misses)],
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
        A claim of a knowledge base: ``kb.claim("C1")``.
    line_number : int
        Number of the line in the claim.
    clause_id : str
        As in ``R14-FAC-1``.
    effect : str, optional
        Look for this effect alone.

    Returns
    -------
    WhyNot

    Raises
    ------
    UsageError
        If the claim has no such line or the policy no such clause.

    See Also
    --------
    why_not_outcome : the same for an outcome.
    explain.why : why a line has the outcome that it has.
    """
    check_loaded(loaded)
    clauses = loaded.policy.clauses
    if clause_id not in clauses:
        message = f"the policy has no clause {quoted(clause_id)}"
        raise UsageError.of(message, near_help(clause_id, clauses, ""))
    explainer = Explainer.of(loaded)
    line = explainer.line(line_number)
    where = f"line {line.line_number} of claim {one_line(line.claim_id)}"
    pattern = (line.claim_id, line.line_number, clause_id, effect)
    return replace(
        explain_absence(explainer.derivations, explainer.sentences, "cites", pattern),
        goal=f"{clause_id} on {where}",
        absence=f"{clause_id} is not cited on {where}",
        hint=_hint(line.claim_id, line.line_number),
    )


def why_not_outcome(loaded: LoadedClaim, line_number: int, outcome: str) -> WhyNot:
    """Explain why a claim line does not have an outcome.

    Parameters
    ----------
    loaded : LoadedClaim
        A claim of a knowledge base: ``kb.claim("C1")``.
    line_number : int
        Number of the line in the claim.
    outcome : str
        One of ``kb.model.clause.OUTCOMES``.

    Returns
    -------
    WhyNot
        For an adverse outcome the near misses of every clause that could bring it; for another
        one, the clauses that prevent it, each with what would lift it.

    Raises
    ------
    UsageError
        If the claim has no such line or there is no such outcome.

    See Also
    --------
    why_not : the same for a clause.
    """
    check_loaded(loaded)
    if outcome not in OUTCOMES:
        message = f"there is no outcome {quoted(outcome)}"
        raise UsageError.of(message, near_help(outcome, OUTCOMES))
    explainer = Explainer.of(loaded)
    line = explainer.line(line_number)
    where = f"line {line.line_number} of claim {one_line(line.claim_id)}"
    goal, hint = f"{words(outcome)} for {where}", _hint(line.claim_id, line.line_number)
    key, rows = (line.claim_id, line.line_number), explainer.derivations.rows
    if rows("outcome", (*key, outcome)):
        return WhyNot(goal, True, hint=hint)
    ((_, _, actual),) = rows("outcome", (*key, None))
    absence = f"{where} is {words(str(actual))}, not {words(outcome)}"
    search = NearMisses(explainer.derivations, explainer.sentences)
    if outcome in ADVERSE_EFFECTS and not rows("has_effect", (*key, outcome)):
        found = (
            search.misses("cites", (*key, clause_id, outcome))
            for clause_id in loaded.policy.clauses
        )
        return WhyNot(goal, False, tuple(chain.from_iterable(found)), absence, hint)
    if actual in ADVERSE_EFFECTS:
        explained = ExplainedLine.of(explainer, line_number)
        if preventing := narrative_of(explained).adverse:
            return WhyNot(goal, False, (), absence, hint, preventing)
    return WhyNot(goal, False, search.misses("outcome", (*key, outcome)), absence, hint)


def explain_absence(
    derivations: Derivations, sentences: Sentences, predicate: str, pattern: Pattern
) -> WhyNot:
    """Explain why no atom of a pattern holds, in any program.

    Parameters
    ----------
    derivations : Derivations
        What follows from some facts.
    sentences : Sentences
        English for the program.
    predicate : str
        Name of the predicate.
    pattern : tuple of Value or None
        None where any value would do.
    """
    goal = sentences.atom(predicate, pattern)
    if derivations.rows(predicate, pattern):
        return WhyNot(goal, True)
    misses = NearMisses(derivations, sentences).misses(predicate, pattern)
    return WhyNot(goal, False, misses, sentences.absence(predicate, pattern))


def _hint(claim_id: str, line_number: int) -> str:
    return f"ask: clausewise why {quote(one_line(claim_id))} {line_number}"


def _preventing_rows(citation: CitationNarrative) -> list[str]:
    rows = [f"{citation.effect_text} under {citation.clause_id}: {citation.title}"]
    rows.append(f"   because: {citation.sentence}")
    rows += [f"   not excepted: {text}" for text in citation.not_excepted]
    for change in citation.changes:
        rows.append(f"   would lift it, {change.said}")
    if citation.change_summary:
        rows.append(f"   would change it: {citation.change_summary}")
    return rows


def _preventing_json(citation: CitationNarrative) -> dict[str, Any]:
    return {
        "clause_id": citation.clause_id,
        "effect": citation.effect,
        "because": citation.sentence,
        "not_excepted": list(citation.not_excepted),
        "would_change": citation.change_summary,
        "needed": [
            {"kind": change.kind, "name": change.name, "value": change.value, "text": change.said}
            for change in citation.changes
        ],
    }
