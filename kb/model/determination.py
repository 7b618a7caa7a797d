"""A determination: what happens to a claim line, under which clauses, on what assumptions."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

from facts.claim import claim_number
from facts.json_number import json_number
from kb.language.values import Value
from kb.model.clause import ADVERSE_EFFECTS, PolicyClause


@dataclass(frozen=True, slots=True)
class Citation:
    """A clause that fired on a line.

    Parameters
    ----------
    clause_id, effect : str
        The clause and what it does to the line.
    carc, group : str or None
        Claim adjustment reason code and group code where the clause adjusts the line.
    rarcs : tuple of str
        Remittance advice remark codes.
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


def citation_of(
    clause: PolicyClause,
    effect: str,
    mattered: Iterable[tuple[Value, ...]],
    reason: str,
) -> Citation:
    """Return the citation of a clause on a line.

    Parameters
    ----------
    clause : PolicyClause
        What fired.
    effect : str
        One of ``kb.model.clause.EFFECTS``.
    mattered : iterable of (clause id, number)
        Readings that mattered on the line.
    reason : str
        Why the clause fired, as ``PolicyClause.reason`` returns it.

    Examples
    --------
    >>> from datetime import date
    >>> clause = PolicyClause("R1-A-1", "", "", "denied", date(2018, 1, 1), carc="96", group="CO")
    >>> citation_of(clause, "denied", [("R1-A-1", 3), ("R1-A-2", 1)], "").readings
    (3,)
    """
    adverse = effect in ADVERSE_EFFECTS
    return Citation(
        clause.clause_id,
        effect,
        (clause.carc or None) if adverse else None,
        clause.rarcs if adverse else (),
        (clause.group or None) if adverse else None,
        tuple(sorted({int(number) for name, number in mattered if name == clause.clause_id})),
        reason,
    )


@dataclass(frozen=True, slots=True)
class Determination:
    """What is decided for one claim line.

    Parameters
    ----------
    claim_id : str
        Id of the claim.
    line_number : int
        Number of the line.
    outcome : str
        One of ``kb.model.clause.OUTCOMES``.
    citations : tuple of Citation
        Every clause that fired, strongest effect first, then in the order of the register.
    allowed_units : int, Decimal or Fraction, or None
        Given when the outcome is ``reduced``.
    missing_evidence, assumptions : tuple of str
        Names, sorted.
    policy, policy_version, program_sha256 : str
        The policy, the day of its document, and a hash of all that a determination depends on.
    readings_in_favour : tuple of int, optional
        Numbers of the readings that keep an adverse clause away from the line, sorted; None where
        they were not asked for.
    claim_part : str, optional
        The end of ``claim_id`` that tells the claim from others of the same number; what is
        written has the number and the part apart.
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
    readings_in_favour: tuple[int, ...] | None = None
    claim_part: str | None = None

    @property
    def clause_ids(self) -> tuple[str, ...]:
        """Ids of the cited clauses."""
        return tuple(citation.clause_id for citation in self.citations)

    def to_json(self) -> dict[str, Any]:
        """Return the determination as plain JSON values, in the order of the contract."""
        made = {
            "claim_id": claim_number(self.claim_id, self.claim_part),
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
        if self.readings_in_favour is not None:
            made["readings_in_favour"] = list(self.readings_in_favour)
        if self.claim_part is not None:
            made["claim_part"] = self.claim_part
        return made
