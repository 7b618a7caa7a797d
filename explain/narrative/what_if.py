"""The outcome that a line would have if further facts were on file."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction

from explain.proof.explainer import Explainer
from facts.claim import EvidenceType
from facts.origin import Origin
from kb.engines.protocol import Facts
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
        known = self.explainer.derivations
        facts: dict[str, dict[Row, list[Origin]]] = {}
        for name, value in supposed:
            if not self._add(facts, line_number, name, value):
                return ""
        changed = known.index.dependents(facts)
        if not changed.isdisjoint(known.index.recursive):
            return ""
        other = known.changed({**known.facts, **facts}, changed)
        rows = other.rows("outcome", (self.claim_id, line_number, None))
        return str(rows[0][2]) if len(rows) == 1 else ""

    def _add(
        self, facts: dict[str, dict[Row, list[Origin]]], line_number: int, name: str, value: str
    ) -> bool:
        kind = self.explainer.loaded.policy.evidence_types.get(name)
        key = (self.claim_id, line_number)
        if kind is None:
            predicate = _FIELDS.get(name)
            if predicate is None:
                return False
            rows = self._rows(facts, predicate)
            for part in value.split() or [_ANYTHING]:
                rows[(*key, part)] = [*_SUPPOSED]
            return True
        numeric = kind.kind not in ("choice", "text")
        number = _number(value) if numeric else None
        if numeric and number is None:
            return False
        rows = self._rows(facts, "evidence_number" if numeric else "evidence")
        if not kind.several:
            for row in [row for row in rows if row[:3] == (*key, name)]:
                del rows[row]
        stated: Value = number if number is not None else value or _any_of(kind)
        rows[(*key, name, stated)] = [*_SUPPOSED]
        return True

    def _rows(
        self, facts: dict[str, dict[Row, list[Origin]]], predicate: str
    ) -> dict[Row, list[Origin]]:
        rows = facts.get(predicate)
        if rows is None:
            known: Facts = self.explainer.loaded.facts
            rows = facts[predicate] = {
                row: list(origins) for row, origins in known.get(predicate, {}).items()
            }
        return rows


def _any_of(kind: EvidenceType) -> str:
    return kind.choices[0] if kind.choices else _ANYTHING


def _number(text: str) -> Value | None:
    try:
        value = Fraction(text)
    except (ValueError, ZeroDivisionError):
        return None
    return value.numerator if value.denominator == 1 else value
