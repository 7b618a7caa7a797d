"""Why a claim line has its outcome: the proof of the outcome and of every clause cited."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from explain.narrative.exceptions import exceptions_tried
from explain.proof.explainer import Explainer
from explain.proof.graph import Node, Proof
from kb.claims.determine import LoadedClaim
from kb.model.clause import ADVERSE_EFFECTS, EFFECTS, PolicyClause, Reading


@dataclass(frozen=True, slots=True, eq=False)
class CitedClause:
    """A clause that is cited on a line, with its proof.

    Parameters
    ----------
    clause : PolicyClause
    effect : str
    proof : Proof
    exceptions : tuple of Node
        Checked absences that would have kept the clause from the line.
    readings : tuple of Reading
        Readings of the document that mattered.
    """

    clause: PolicyClause
    effect: str
    proof: Proof
    exceptions: tuple[Node, ...]
    readings: tuple[Reading, ...]


@dataclass(frozen=True, eq=False)
class Explanation:
    """Why a claim line has its outcome.

    Parameters
    ----------
    claim_id : str
    line_number : int
    outcome : str
    proof : Proof
        Of the outcome.
    citations : tuple of CitedClause
        Strongest effect first, then in the order of the register.
    assumptions, missing : tuple of str
        In English.
    explainer : Explainer
        What the proofs were made from.
    """

    claim_id: str
    line_number: int
    outcome: str
    proof: Proof
    citations: tuple[CitedClause, ...]
    assumptions: tuple[str, ...]
    missing: tuple[str, ...]
    explainer: Explainer

    @property
    def proofs(self) -> tuple[Proof, ...]:
        """The proof of the outcome, then that of each citation."""
        return (self.proof, *(citation.proof for citation in self.citations))

    @cached_property
    def text(self) -> str:
        """The explanation for a terminal."""
        from explain.narrative.builder import narrative_of
        from explain.text.explanation import explanation_text

        return explanation_text(self, narrative_of(self))

    def to_json(self) -> dict[str, Any]:
        """Return the explanation as a certificate that `explain.certificate.checker` can check."""
        from explain.certificate.write import certificate_of_explanation

        return certificate_of_explanation(self)

    def __str__(self) -> str:
        return self.text


def why(loaded: LoadedClaim, line_number: int, *, masked: bool = False) -> Explanation:
    """Explain the outcome of a claim line.

    Parameters
    ----------
    loaded : LoadedClaim
    line_number : int
    masked : bool, optional
        Whether to withhold identity, dates of service, provider and charges.

    Returns
    -------
    Explanation

    Raises
    ------
    UsageError
        If the claim has no such line.
    """
    return explain_line(Explainer.of(loaded, masked=masked), line_number)


def explain_line(explainer: Explainer, line_number: int) -> Explanation:
    """Explain the outcome of a line of a claim; several lines share what is known of the claim.

    Parameters
    ----------
    explainer : Explainer
    line_number : int

    Returns
    -------
    Explanation

    Raises
    ------
    UsageError
        If the claim has no such line.
    """
    line = explainer.line(line_number)
    key = (line.claim_id, line.line_number)
    derivations, policy = explainer.derivations, explainer.loaded.policy
    ((_, _, outcome),) = derivations.rows("outcome", (*key, None))
    cites = [(str(row[2]), str(row[3])) for row in derivations.rows("cites", (*key, None, None))]
    order = {clause_id: position for position, clause_id in enumerate(policy.clauses)}
    cites.sort(key=lambda cite: (EFFECTS.index(cite[1]), order[cite[0]]))
    return Explanation(
        line.claim_id,
        line.line_number,
        str(outcome),
        explainer.proof_of("outcome", *key, outcome),
        tuple(_cited(explainer, *key, clause_id, effect) for clause_id, effect in cites),
        explainer.texts("assumption", (*key, None)) if outcome == "reimbursable" else (),
        explainer.texts("missing", (*key, None)),
        explainer,
    )


def _cited(
    explainer: Explainer, claim_id: str, number: int, clause_id: str, effect: str
) -> CitedClause:
    policy = explainer.loaded.policy
    proof = explainer.proof_of("cites", claim_id, number, clause_id, effect)
    mattered = explainer.derivations.rows("mattered", (claim_id, number, clause_id, None))
    readings = (policy.readings.get(int(row[3])) for row in sorted(mattered, key=repr))
    return CitedClause(
        policy.clauses[clause_id],
        effect,
        proof,
        exceptions_tried(proof, explainer.derivations.index, effect in ADVERSE_EFFECTS),
        tuple(reading for reading in readings if reading is not None),
    )
