"""Which absences are exceptions: what could have been on file to keep a clause from a line."""

from __future__ import annotations

from collections.abc import Iterator

from explain.proof import Node, Proof
from explain.rule_index import RuleIndex, predicates_of

FILED = frozenset({"evidence", "evidence_number", "modifier", "prior_authorization"})
"""Input predicates that somebody may add to a line to make an exception."""


def exceptions_tried(proof: Proof, index: RuleIndex) -> tuple[Node, ...]:
    """Return the checked absences of a proof that would have been exceptions if on file.

    Parameters
    ----------
    proof : Proof
    index : RuleIndex
        Of the program of the proof.

    Returns
    -------
    tuple of Node
        Absences of evidence, of a modifier and the like, or of what follows from these alone.
    """
    return tuple(
        node
        for node in proof.nodes
        if node.kind == "absence"
        and node.atom is not None
        and _is_filed(node.atom.predicate, index)
    )


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
