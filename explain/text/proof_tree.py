"""A proof as an indented tree of plain characters, then the clauses that it rests on."""

from __future__ import annotations

from collections.abc import Iterable

from explain.narrative.places import document_place
from explain.proof.graph import Node, Proof, parts_of, passed_on, rule_of
from kb.model.clause import PolicyClause

_BRANCH, _LAST, _BAR, _BLANK = "|- ", "`- ", "|  ", "   "


def proof_text(proof: Proof) -> str:
    """Return a proof as text: the tree, then each clause with its place in the document.

    Parameters
    ----------
    proof : Proof
        Any proof.
    """
    rows = tree_rows(proof)
    for clause_id in proof.clause_ids:
        clause = proof.clauses.get(clause_id)
        if clause is not None:
            rows += ["", *_clause_rows(clause)]
    return "\n".join(rows)


def tree_rows(proof: Proof, shown: set[str] | None = None) -> list[str]:
    """Return the rows of a proof's tree.

    A step that only passes another one on is left out; what it passes on is not. A step that
    supports several others is shown once.

    Parameters
    ----------
    proof : Proof
        Any proof.
    shown : set of str, optional
        Labels of steps that were shown before; those of this proof are added.
    """
    shown = set() if shown is None else shown
    rows: list[str] = []
    root = passed_on(proof, proof.root)
    if root.text != proof.root.text:
        root = proof.root
    waiting: list[tuple[Node, str, str]] = [(root, "", "")]
    while waiting:
        node, lead, indent = waiting.pop()
        node = node if node is root else passed_on(proof, node)
        parts = parts_of(proof, node)
        if parts and node.kind == "atom" and node.label in shown:
            rows.append(f"{lead}{node.text} (shown above)")
            continue
        shown.add(node.label)
        rows.append(f"{lead}{node.text}{_place(proof, node)}")
        below = [
            (part, indent + (_LAST if last else _BRANCH), indent + (_BLANK if last else _BAR))
            for part, last in _with_last(parts)
        ]
        waiting.extend(reversed(below))
    return rows


def _clause_rows(clause: PolicyClause) -> list[str]:
    rows = [f"{clause.clause_id}: {clause.title}" if clause.title else clause.clause_id]
    codes = code_text(clause)
    rows += [f"  {text}" for text in (clause.summary, document_place(clause).text, codes) if text]
    return [*rows, *(f"  see also {policy}" for policy in clause.related)]


def code_text(clause: PolicyClause) -> str:
    """Return the adjustment codes of a clause; empty where it adjusts nothing."""
    parts = []
    if clause.carc:
        parts.append(f"CARC {clause.carc}")
    if clause.rarcs:
        parts.append(f"RARC {', '.join(clause.rarcs)}")
    if clause.group:
        parts.append(f"group {clause.group}")
    return ", ".join(parts)


def _place(proof: Proof, node: Node) -> str:
    if node.kind == "fact":
        return f"  [{'; '.join(map(str, node.origins))}]"
    if node.kind == "absence":
        return "  [checked]"
    rule = rule_of(proof, node)
    if rule is None:
        return ""
    said = [str(rule.origins[0])]
    if rule.clause_id and rule.clause_id not in node.text:
        said.append(rule.clause_id)
    if node.others:
        said.append(f"{node.others} other {'way' if node.others == 1 else 'ways'}")
    return f"  [{'; '.join(said)}]"


def _with_last(nodes: Iterable[Node]) -> list[tuple[Node, bool]]:
    listed = list(nodes)
    return [(node, position == len(listed) - 1) for position, node in enumerate(listed)]
