"""Which absences are exceptions: what could have been on file to keep a clause from a line."""

from __future__ import annotations

from explain.proof.graph import Node, Proof
from explain.proof.rule_index import RuleIndex

_FILED = frozenset({"evidence", "evidence_number", "modifier", "prior_authorization"})
"""Input predicates that a person may add to a line to make an exception."""

_WAIVED = "waived"
"""The predicate of an override that keeps a clause from a line."""


def exceptions_tried(proof: Proof, index: RuleIndex, adverse: bool = True) -> tuple[Node, ...]:
    """Return the checked absences of a proof that would have been exceptions if they held.

    Parameters
    ----------
    proof : Proof
        Proof that a clause is cited.
    index : RuleIndex
        The rules of the program of the proof.
    adverse : bool, optional
        Whether the proof is of a clause that keeps the line from full payment, so that an
        override would be an exception too.

    Returns
    -------
    tuple of Node
        Absences of evidence, of a modifier and the like, or of what follows from these alone;
        the absence of an override last.
    """
    absences = [
        (node, node.atom.predicate)
        for node in proof.nodes
        if node.kind == "absence" and node.atom is not None
    ]
    filed = [node for node, predicate in absences if _is_filed(predicate, index)]
    overrides = [node for node, predicate in absences if adverse and predicate == _WAIVED]
    return (*filed, *overrides)


def _is_filed(predicate: str, index: RuleIndex) -> bool:
    """Whether a predicate is one that a person may add, or follows from such alone."""
    seen = {predicate}
    waiting = [predicate]
    while waiting:
        current = waiting.pop()
        if current in _FILED:
            continue
        needs = index.needs.get(current)
        if not needs:
            return False
        waiting += needs - seen
        seen |= needs
    return True
