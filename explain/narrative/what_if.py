"""The outcome that a line would have if further facts were on file."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction

from explain.proof.derivations import Derivations
from explain.proof.explainer import Explainer
from facts.claim import EvidenceType
from facts.origin import Origin
from kb.language.values import Row, Value

_SUPPOSED = (Origin("supposed"),)

_FIELDS = {"modifiers": "modifier", "prior_authorization": "prior_authorization"}
"""Fields of a claim that an exception may name, with the predicate of each."""

_ANYTHING = "(anything)"


class WhatIf:
    """Works out outcomes of the lines of one claim under facts that are not on file.

    Only what depends on these facts is derived anew.

    Parameters
    ----------
    explainer : Explainer
        Everything that the explanations of the claim share.
    """

    def __init__(self, explainer: Explainer) -> None:
        self.explainer = explainer
        self.claim_id = explainer.loaded.claim.claim_id

    def outcome(self, line_number: int, supposed: Iterable[tuple[str, str]]) -> str:
        """Return the outcome of a line if some facts were on file.

        Parameters
        ----------
        line_number : int
            Number of the line in the claim.
        supposed : iterable of (name, value)
            Names of evidence or fields of the claim; an empty value is any.

        Returns
        -------
        str
            One of ``kb.model.clause.OUTCOMES``; empty where it cannot be worked out.
        """
        other = self.supposed(line_number, supposed)
        outcomes = other.rows("outcome", (self.claim_id, line_number, None)) if other else ()
        return str(outcomes[0][2]) if len(outcomes) == 1 else ""

    def supposed(self, line_number: int, supposed: Iterable[tuple[str, str]]) -> Derivations | None:
        """Return what follows for a line if some facts were on file; None if that is unknown.

        Parameters
        ----------
        line_number : int
            Number of the line in the claim.
        supposed : iterable of (name, value)
            As for ``outcome``.
        """
        facts = self.facts_with(line_number, supposed)
        known = self.explainer.derivations
        changed = known.index.dependents(facts) if facts is not None else frozenset()
        if facts is None or not changed.isdisjoint(known.index.recursive):
            return None
        return known.changed({**known.facts, **facts}, changed)

    def facts_with(
        self, line_number: int, supposed: Iterable[tuple[str, str]]
    ) -> dict[str, dict[Row, Sequence[Origin]]] | None:
        """Return the facts of the predicates that some supposed facts change.

        Parameters
        ----------
        line_number : int
            Number of the line in the claim.
        supposed : iterable of (name, value)
            As for ``outcome``.
        """
        key = (self.claim_id, line_number)
        facts: dict[str, dict[Row, Sequence[Origin]]] = {}
        for name, value in supposed:
            found = self._fact(name, value)
            if found is None:
                return None
            predicate, values, several = found
            known_rows = self.explainer.loaded.facts.get(predicate, {})
            rows = facts.setdefault(predicate, dict(known_rows))
            if not several:
                for row in [row for row in rows if row[:3] == (*key, name)]:
                    del rows[row]
            rows.update({(*key, *each): _SUPPOSED for each in values})
        return facts

    def _fact(self, name: str, value: str) -> tuple[str, list[Row], bool] | None:
        """Return a fact's predicate, its values behind the line, and whether others remain."""
        kind = self.explainer.loaded.policy.evidence_types.get(name)
        if kind is None:
            predicate = _FIELDS.get(name)
            parts = value.split() or [_ANYTHING]
            return None if predicate is None else (predicate, [(part,) for part in parts], True)
        if kind.kind in ("choice", "text"):
            return "evidence", [(name, value or _any_of(kind))], kind.several
        number = _number(value)
        return None if number is None else ("evidence_number", [(name, number)], kind.several)


def _any_of(kind: EvidenceType) -> str:
    return kind.choices[0] if kind.choices else _ANYTHING


def _number(text: str) -> Value | None:
    try:
        value = Fraction(text)
    except (ValueError, ZeroDivisionError):
        return None
    return value.numerator if value.denominator == 1 else value
