"""An explained line: the proof of its outcome, and of every clause that is cited on it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Self

from explain.narrative.exceptions import exceptions_tried
from explain.proof.explainer import Explainer
from explain.proof.graph import Node, Proof
from kb.model.clause import ADVERSE_EFFECTS, EFFECTS, PolicyClause, Reading
from kb.model.maker import VERDICT


@dataclass(frozen=True, slots=True, eq=False)
class CitedClause:
    """A clause that is cited on a line, with its proof.

    Parameters
    ----------
    clause : PolicyClause
        The clause as the policy has it.
    effect : str
        One of ``kb.model.clause.EFFECTS``.
    proof : Proof
        Proof of the citation.
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
class ExplainedLine:
    """A claim line with the proofs of its outcome and of its citations.

    Parameters
    ----------
    claim_id, line_number : str, int
        The line.
    outcome : str
        One of ``kb.model.clause.OUTCOMES``.
    proof : Proof
        Proof of the outcome.
    citations : tuple of CitedClause
        Strongest effect first, then in the order of the register.
    assumptions, missing : tuple of str
        In English.
    explainer : Explainer
        What the proofs were made from.
    verdict : tuple of Proof
        Proofs of the verdict on the payer's answer and of the money at issue; none where no
        remittance answers the line, or where it is masked.
    """

    claim_id: str
    line_number: int
    outcome: str
    proof: Proof
    citations: tuple[CitedClause, ...]
    assumptions: tuple[str, ...]
    missing: tuple[str, ...]
    explainer: Explainer
    verdict: tuple[Proof, ...] = ()

    @classmethod
    def of(cls, explainer: Explainer, line_number: int) -> Self:
        """Explain a line of a claim; several lines share what is known of the claim.

        Parameters
        ----------
        explainer : Explainer
            What the explanations of the claim share.
        line_number : int
            Number of the line in the claim.

        Raises
        ------
        UsageError
            If the claim has no such line.
        """
        line = explainer.line(line_number)
        key = (line.claim_id, line.line_number)
        rows, clauses = explainer.derivations.rows, explainer.loaded.policy.clauses
        ((_, _, outcome),) = rows("outcome", (*key, None))
        cites = [(str(row[2]), str(row[3])) for row in rows("cites", (*key, None, None))]
        order = {clause_id: position for position, clause_id in enumerate(clauses)}
        cites.sort(key=lambda cite: (EFFECTS.index(cite[1]), order[cite[0]]))
        return cls(
            *key,
            str(outcome),
            explainer.proof_of("outcome", *key, outcome),
            tuple(_cited(explainer, *key, clause_id, effect) for clause_id, effect in cites),
            explainer.texts("assumption", (*key, None)) if outcome == "reimbursable" else (),
            explainer.texts("missing", (*key, None)),
            explainer,
            tuple(_verdict(explainer, *key)),
        )

    @property
    def proofs(self) -> tuple[Proof, ...]:
        """The proof of the outcome, then that of each citation, then those of the verdict."""
        return (self.proof, *(citation.proof for citation in self.citations), *self.verdict)


def _verdict(explainer: Explainer, claim_id: str, number: int) -> Iterator[Proof]:
    """Yield the proofs of the verdict on what the payer answered."""
    if not explainer.loaded.policy.tells_verdicts or explainer.mask is not None:
        return
    for predicate in (VERDICT, "at_issue"):
        for row in explainer.derivations.rows(predicate, (claim_id, number, None)):
            yield explainer.proof_of(predicate, *row)


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
