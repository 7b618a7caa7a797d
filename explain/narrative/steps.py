"""The steps of a proof as a person reads them: rules left out, what every clause needs in one step.

The predicates named here are those of the rules that all policies share.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import get_args

from explain.english.phrases import words
from explain.english.places import (
    Place,
    document_place,
    file_name,
    lines_place,
    section_of,
)
from explain.narrative.reasoning import FactKind, FactUsed, GraphStep, ProofGraph, Reason, StepKind
from explain.proof.explainer import Explainer
from explain.proof.graph import Node, Proof, parts_of, passed_on
from facts.origin import Origin
from facts.values import one_line
from kb.language.ast import Constant
from kb.language.values import Value
from kb.model.clause import PolicyClause

_IN_FORCE = frozenset({"counts", "in_force"})
"""What every clause requires in addition to its own condition."""

_SCOPE = "in_scope"
_BACKGROUND = _IN_FORCE | {_SCOPE}
_BACKGROUND_ABSENCES = frozenset({"has_effect", "awaits_evidence"})
"""What the rules of every determination require, the same for every line; pictures fold it."""

_CONDITION, _CITES, _OUTCOME, _LINE = "applies", "cites", "outcome", "line"
_POLICY_FACTS = frozenset(
    {"code_in", "code_amount", "mentions", "clause_effect", "clause_from", "release_code"}
)
_OURS = "our reading of the policy document"
_SETTINGS = frozenset({"setting", "list_loaded"})
_EVIDENCE = frozenset({"evidence", "evidence_number"})
_ATOMS: dict[str, StepKind] = {_OUTCOME: "outcome", _CITES: "clause"}
_CHECKS: dict[str, StepKind] = {
    "absence": "absence",
    "aggregate": "sum",
    "comparison": "comparison",
}


class ProofSteps:
    """Reads the proofs of one claim step by step.

    Parameters
    ----------
    explainer : Explainer
        Everything that the explanations of the claim share.
    """

    def __init__(self, explainer: Explainer) -> None:
        self.policy = explainer.loaded.policy
        self._index = explainer.derivations.index
        self._masked = explainer.mask is not None

    def reasons(self, proof: Proof, clause: PolicyClause) -> tuple[Reason, ...]:
        """Return what a citation rests on, in the order of reading.

        Parameters
        ----------
        proof : Proof
            Proof of the citation.
        clause : PolicyClause
            The clause that is cited.

        Returns
        -------
        tuple of Reason
            The condition of the clause first, then that it is in force.
        """
        reasons: list[Reason] = []
        shown: set[str] = set()
        top = self._parts(proof, proof.root, clause)
        ordered = sorted(top, key=lambda node: _predicate(node) in _IN_FORCE)
        waiting = [(node, 0) for node in reversed(ordered)]
        while waiting:
            node, depth = waiting.pop()
            if _predicate(node) in _IN_FORCE:
                reasons.append(self._in_force(proof, node, clause, depth))
                continue
            parts = [
                part for part in self._parts(proof, node, clause) if _predicate(part) != _SCOPE
            ]
            repeated = bool(parts) and node.label in shown
            shown.add(node.label)
            reasons.append(
                Reason(self._kind(node), node.text, depth, self._places(node, clause), repeated)
            )
            if not repeated:
                waiting.extend((part, depth + 1) for part in reversed(parts))
        return tuple(reasons)

    def facts(self, proof: Proof, clause: PolicyClause) -> tuple[FactUsed, ...]:
        """Return the facts that a citation rests on, each once, the claim's own first.

        Parameters
        ----------
        proof : Proof
            Proof of the citation.
        clause : PolicyClause
            The clause that is cited.
        """
        found = [
            FactUsed(self._fact_kind(node), node.text, self._places(node, clause))
            for node in proof.nodes
            if node.kind == "fact" and _predicate(node) != _LINE and not self._is_usual(node)
        ]
        found.sort(key=lambda fact: get_args(FactKind).index(fact.kind))
        return tuple(dict.fromkeys(found))

    def graph(self, proofs: Iterable[Proof]) -> ProofGraph:
        """Return some proofs as one graph for a picture, the root of the first proof on top.

        Parameters
        ----------
        proofs : iterable of Proof
            The proof of the outcome, then that of each clause.
        """
        return _GraphMaker(self).made(proofs)

    def _kind(self, node: Node) -> StepKind:
        if node.kind == "fact":
            return self._fact_kind(node)
        if node.kind == "atom":
            return _ATOMS.get(_predicate(node), "conclusion")
        return _CHECKS[node.kind]

    def _fact_kind(self, node: Node) -> FactKind:
        predicate = _predicate(node)
        if predicate in _EVIDENCE:
            return "evidence"
        if predicate == "override":
            return "override"
        if predicate in _SETTINGS:
            return "setting"
        of_policy = predicate in _POLICY_FACTS or predicate in self._index.stated
        return "policy" if of_policy else "claim"

    def _places(self, node: Node, clause: PolicyClause | None = None) -> tuple[Place, ...]:
        """Return the places of a fact; none for another step.

        The section of the clause is named for lines that the clause cites too.
        """
        if node.kind != "fact":
            return ()
        kind = self._fact_kind(node)
        found = (self._place(node, kind, origin, clause) for origin in node.origins)
        return tuple(dict.fromkeys(place for place in found if place is not None))

    def _place(
        self, node: Node, kind: FactKind, origin: Origin, clause: PolicyClause | None
    ) -> Place | None:
        if kind == "policy":
            return self._policy_place(node, origin, clause)
        if kind == "setting":
            return Place(origin.source, words(origin.place))
        source = f"the {kind} file" if self._masked else file_name(origin.source)
        return Place(source, one_line(origin.place))

    def _policy_place(
        self, node: Node, origin: Origin, clause: PolicyClause | None
    ) -> Place | None:
        predicate = _predicate(node)
        if predicate == "release_code":
            return Place(file_name(origin.source), origin.place)
        if predicate in ("clause_from", "clause_effect"):
            named = self.policy.clauses.get(str(_value(node, 0)))
            return document_place(named) if named is not None else None
        if origin.document_lines:
            return self._document_lines(origin.document_lines, clause)
        if predicate not in _POLICY_FACTS:
            lines = clause.document_lines if clause is not None else ""
            return self._document_lines(lines, clause, _OURS)
        table = self.policy.declarations.get(str(_value(node, 1)))
        if table is None:
            return Place(file_name(origin.source), origin.place)
        if not table.document_lines:
            return Place(table.basis or f'table "{table.title or table.name}"')
        source = _OURS if "our reading" in table.basis else ""
        return self._document_lines(table.document_lines, clause, source)

    def _document_lines(self, lines: str, clause: PolicyClause | None, source: str = "") -> Place:
        return lines_place(lines, section_of(lines, clause, self.policy.clauses), source)

    def _is_usual(self, node: Node) -> bool:
        """Whether a fact is a switch with its usual value, which goes without saying."""
        if _predicate(node) != "setting":
            return False
        switch = self.policy.switches.get(str(_value(node, 0)))
        return switch is not None and switch.default == _value(node, 1)

    def _in_force(self, proof: Proof, node: Node, clause: PolicyClause, depth: int) -> Reason:
        """Return one sentence on what every clause requires."""
        below = list(_below(proof, node))
        dated = [part for part in below if _predicate(part) == "basis_date"]
        since = [part for part in below if _predicate(part) == "clause_from"]
        said = [part.text for part in (*since, *dated)]
        text = "; ".join(said) if said else node.text
        leaves = (part for part in below if part.kind == "fact" and _predicate(part) != _LINE)
        places = [
            place
            for part in leaves
            if not self._is_usual(part)
            for place in self._places(part, clause)
        ]
        return Reason("conclusion", text, depth, tuple(dict.fromkeys(places)))

    def _parts(self, proof: Proof, node: Node, clause: PolicyClause | None) -> list[Node]:
        """Return what a step rests on, steps that only pass on and the bare condition left out."""
        parts: list[Node] = []
        for part in parts_of(proof, node):
            part = passed_on(proof, part, (_CITES,))
            if _predicate(part) == _CONDITION and (
                clause is None or _value(part, 2) == clause.clause_id
            ):
                parts.extend(self._parts(proof, part, clause))
            elif not (part.kind == "fact" and _predicate(part) == _LINE):
                parts.append(part)
        return parts


class _GraphMaker:
    """Merges proofs into one graph."""

    def __init__(self, steps: ProofSteps) -> None:
        self.steps = steps
        self.known: dict[tuple[str, str], str] = {}
        self.found: dict[str, tuple[Node, str, tuple[Place, ...]]] = {}
        self.edges: dict[tuple[str, str], None] = {}

    def made(self, proofs: Iterable[Proof]) -> ProofGraph:
        front = self._front([self._add(proof) for proof in proofs])
        steps = tuple(
            GraphStep(
                number,
                self.steps._kind(node),
                node.text,
                places,
                clause_id,
                node.others if node.kind == "atom" else 0,
                number not in front,
            )
            for number, (node, clause_id, places) in self.found.items()
        )
        return ProofGraph(steps, tuple(self.edges))

    def _add(self, proof: Proof) -> str:
        root, fresh = self._number(proof.root, "")
        waiting = [(proof.root, root)] if fresh else []
        while waiting:
            node, number = waiting.pop(0)
            clause_id = self.found[number][1]
            own = self.steps.policy.clauses.get(clause_id)
            for part in self.steps._parts(proof, node, own):
                below, fresh = self._number(part, clause_id)
                if below != number:
                    self.edges[number, below] = None
                if fresh:
                    waiting.append((part, below))
        return root

    def _number(self, node: Node, clause_id: str) -> tuple[str, bool]:
        if _predicate(node) == _CITES:
            clause_id = str(_value(node, 2))
        key = (node.kind, node.label if node.kind not in ("comparison", "sum") else node.text)
        known = self.known.get(key)
        if known is not None:
            return known, False
        number = self.known[key] = f"s{len(self.known)}"
        clause = self.steps.policy.clauses.get(clause_id)
        self.found[number] = (node, clause_id, self.steps._places(node, clause))
        return number, True

    def _front(self, roots: list[str]) -> set[str]:
        """Return the steps that are reached without what every clause requires."""
        below: dict[str, list[str]] = {}
        for above, part in self.edges:
            below.setdefault(above, []).append(part)
        reached: set[str] = set()
        waiting = list(roots)
        while waiting:
            number = waiting.pop()
            if number in reached or _is_background(self.found[number][0]):
                continue
            reached.add(number)
            waiting.extend(below.get(number, ()))
        return reached


def _below(proof: Proof, node: Node) -> Iterator[Node]:
    seen: set[str] = set()
    waiting = [node]
    while waiting:
        current = waiting.pop()
        if current.id in seen:
            continue
        seen.add(current.id)
        yield current
        waiting.extend(reversed(parts_of(proof, current)))


def _is_background(node: Node) -> bool:
    if node.kind == "absence" and node.atom is not None:
        return node.atom.predicate in _BACKGROUND_ABSENCES
    return _predicate(node) in _BACKGROUND


def _predicate(node: Node) -> str:
    return node.atom.predicate if node.atom is not None and node.kind in ("atom", "fact") else ""


def _value(node: Node, position: int) -> Value | None:
    if node.atom is None or position >= len(node.atom.terms):
        return None
    term = node.atom.terms[position]
    return term.value if isinstance(term, Constant) else None
