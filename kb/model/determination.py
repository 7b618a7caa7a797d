"""A determination: what happens to a claim line, under which clauses, on what assumptions."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

from facts.values import json_number


@dataclass(frozen=True, slots=True)
class Citation:
    """A clause that fired on a line.

    Parameters
    ----------
    clause_id, effect : str
    carc, group : str or None
        Claim adjustment reason code and group code where the clause adjusts the line.
    rarcs : tuple of str
    readings : tuple of int
        Numbers of the readings that mattered.
    reason : str
        One sentence on why the clause fired on this line.
    """

    clause_id: str
    effect: str
    carc: str | None
    rarcs: tuple[str, ...]
    group: str | None
    readings: tuple[int, ...] = ()
    reason: str = ""

    def to_json(self) -> dict[str, Any]:
        """Return plain JSON values."""
        return {
            "clause_id": self.clause_id,
            "effect": self.effect,
            "carc": self.carc,
            "rarcs": list(self.rarcs),
            "group": self.group,
            "readings": list(self.readings),
            "reason": self.reason,
        }


@dataclass(frozen=True, slots=True)
class Determination:
    """What is decided for one claim line.

    Parameters
    ----------
    claim_id : str
    line_number : int
    outcome : str
        One of ``kb.model.clause.OUTCOMES``.
    citations : tuple of Citation
        Every clause that fired, strongest effect first, then in the order of the register.
    allowed_units : int, Decimal or Fraction, or None
        Given when the outcome is ``reduced``.
    missing_evidence, assumptions : tuple of str
        Names, sorted.
    policy, policy_version, program_sha256 : str
    """

    claim_id: str
    line_number: int
    outcome: str
    citations: tuple[Citation, ...]
    allowed_units: int | Decimal | Fraction | None
    missing_evidence: tuple[str, ...]
    assumptions: tuple[str, ...]
    policy: str
    policy_version: str
    program_sha256: str

    @property
    def clause_ids(self) -> tuple[str, ...]:
        """Ids of the cited clauses."""
        return tuple(citation.clause_id for citation in self.citations)

    def to_json(self) -> dict[str, Any]:
        """Return the determination as plain JSON values, in the order of the contract."""
        return {
            "claim_id": self.claim_id,
            "line_number": self.line_number,
            "outcome": self.outcome,
            "citations": [citation.to_json() for citation in self.citations],
            "allowed_units": (
                None if self.allowed_units is None else json_number(self.allowed_units)
            ),
            "missing_evidence": list(self.missing_evidence),
            "assumptions": list(self.assumptions),
            "policy": self.policy,
            "policy_version": self.policy_version,
            "program_sha256": self.program_sha256,
        }
