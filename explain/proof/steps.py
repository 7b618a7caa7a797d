"""What a step of a proof rests on, rule applications and steps that only pass on left out."""

from __future__ import annotations

from collections.abc import Container

from explain.proof.graph import Node, Proof


def parts_of(proof: Proof, node: Node) -> list[Node]:
    """Return what supports a step, rule applications left out.

    Parameters
    ----------
    proof : Proof
    node : Node

    Returns
    -------
    list of Node
        In the order of the rule's body; none for a leaf.
    """
    supports = [proof.by_id[number] for number in proof.supports.get(node.id, ())]
    if node.kind == "atom":
        supports = [
            proof.by_id[number] for rule in supports for number in proof.supports.get(rule.id, ())
        ]
    return supports


def passed_on(proof: Proof, node: Node, kept: Container[str] = ()) -> Node:
    """Follow steps whose rule has one derived atom for its body down to one that says more.

    Parameters
    ----------
    proof : Proof
    node : Node
    kept : container of str, optional
        Predicates whose steps are shown in any case.

    Returns
    -------
    Node
        The step itself where it does not merely pass another one on.
    """
    while node.kind == "atom" and not (node.atom and node.atom.predicate in kept):
        parts = parts_of(proof, node)
        if len(parts) != 1 or parts[0].kind != "atom":
            return node
        node = parts[0]
    return node


def rule_of(proof: Proof, node: Node) -> Node | None:
    """Return the rule application by which a derived atom follows; None for any other step."""
    supports = proof.supports.get(node.id, ())
    return proof.by_id[supports[0]] if node.kind == "atom" and supports else None
