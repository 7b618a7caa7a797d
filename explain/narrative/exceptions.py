"""Which absences are exceptions: what could have been on file to keep a clause from a line."""

from __future__ import annotations

from collections.abc import Iterator

from explain.proof.graph import Node, Proof
from explain.proof.rule_index import RuleIndex, predicates_of

FILED = frozenset({"evidence", "evidence_number", "modifier", "prior_authorization"})
"""Input predicates that somebody may add to a line to make an exception."""


WAIVED = "waived"
"""The predicate of an override that keeps a clause from a line."""


def exceptions_tried(proof: Proof, index: RuleIndex, adverse: bool = True) -> tuple[Node, ...]:
    """Return the checked absences of a proof that would have been exceptions if they held.

    Parameters
    ----------
    proof : Proof
    index : RuleIndex
        Of the program of the proof.
    adverse : bool, optional
        Whether the proof is of a clause that keeps the line from full payment, so that an
        override would be an exception too.

    Returns
    -------
    tuple of Node
        Absences of evidence, of a modifier and the like, or of what follows from these alone;
        the absence of an override last.
    """
    absences = [node for node in proof.nodes if node.kind == "absence" and node.atom is not None]
    filed = [node for node in absences if _is_filed(_predicate(node), index)]
    overrides = [node for node in absences if adverse and _predicate(node) == WAIVED]
    return (*filed, *overrides)


def _predicate(node: Node) -> str:
    return node.atom.predicate if node.atom is not None else ""


def _is_filed(predicate: str, index: RuleIndex) -> bool:
    seen = {predicate}
    waiting = [predicate]
    while waiting:
        current = waiting.pop()
        if current in FILED:
            continue
        below = list(_below(current, index))
        if not below:
            return False
        for other in below:
            if other not in seen:
                seen.add(other)
                waiting.append(other)
    return True


def _below(predicate: str, index: RuleIndex) -> Iterator[str]:
    for _, rule in index.rules.get(predicate, ()):
        yield from predicates_of(rule.body)
