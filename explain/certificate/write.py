"""A proof as flat JSON that another program can check step by step, without this one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from explain.certificate.seals import FORMAT, canonical_json, digest, seal
from explain.proof.graph import Node, Proof
from explain.proof.rule_index import RuleIndex, rule_index
from facts.diagnostic import UsageError
from facts.origin import Origin
from kb.engines.protocol import Facts
from kb.language.ast import Aggregate, Atom, Constant, Rule, Variable
from kb.language.printer import print_rule
from kb.language.traversal import atoms_of
from kb.language.values import Value
from kb.model.maker import VERDICT
from kb.model.program import CheckedProgram

if TYPE_CHECKING:
    from explain.narrative.explained import ExplainedLine

_Key = tuple[str, str]


def certificate_of_explanation(explanation: ExplainedLine) -> dict[str, Any]:
    """Return the certificate of an explanation of a claim line.

    Parameters
    ----------
    explanation : ExplainedLine
        The explanation of one claim line, not masked.

    Returns
    -------
    dict
        Plain JSON values; the same explanation gives the same certificate.

    Raises
    ------
    UsageError
        If the explanation is masked: a proof cannot be checked without its facts.
    """
    loaded = explanation.explainer.loaded
    about = _headline(explanation)
    return certificate(explanation.proofs, loaded.policy.program, loaded.facts, about)


def _headline(explanation: ExplainedLine) -> dict[str, Any]:
    """Return what the certificate of an explanation says beside its proof, as plain JSON values.

    Parameters
    ----------
    explanation : ExplainedLine
        The explanation of a claim line.

    Raises
    ------
    UsageError
        If the explanation is masked.
    """
    if explanation.explainer.mask is not None:
        message = "a masked explanation has no certificate"
        help = "a proof cannot be checked without its facts: leave out the mask"
        raise UsageError.of(message, help)
    policy = explanation.explainer.loaded.policy
    verdicts = [
        str(proof.root.atom.terms[2].value)  # type: ignore[union-attr]
        for proof in explanation.verdict
        if proof.root.atom is not None and proof.root.atom.predicate == VERDICT
    ]
    return {
        "policy": policy.policy_id,
        "policy_version": policy.version,
        "program_sha256": policy.program_sha256,
        "claim_id": explanation.claim_id,
        "line_number": explanation.line_number,
        "outcome": explanation.outcome,
        "citations": [
            {
                "clause_id": citation.clause.clause_id,
                "effect": citation.effect,
                "section": citation.clause.section,
                "document_lines": citation.clause.document_lines,
                "carc": citation.clause.carc or None,
                "rarcs": list(citation.clause.rarcs),
                "group": citation.clause.group or None,
                "exceptions_tried": [node.text for node in citation.exceptions],
                "readings": [reading.number for reading in citation.readings],
            }
            for citation in explanation.citations
        ],
        "assumptions": list(explanation.assumptions),
        "missing": list(explanation.missing),
        **({"verdict": " ".join(verdicts)} if verdicts else {}),
    }


def certificate(
    proofs: Sequence[Proof],
    program: CheckedProgram,
    facts: Facts,
    about: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """Return a certificate of some proofs over one program and one set of facts.

    It carries the rules that the proofs use, the rules and the facts by which their absences
    can be checked again, and a seal on every part, so that a change is found where it was made.

    Parameters
    ----------
    proofs : sequence of Proof
        What the certificate shows, in this order.
    program : CheckedProgram
        The rules of the proofs.
    facts : Facts
        The input of the proofs.
    about : mapping, optional
        What the proofs are about, as plain JSON values.

    Returns
    -------
    dict
    """
    index = rule_index(program)
    merged = _Merged()
    goals = [merged.add(proof) for proof in proofs]
    nodes = list(merged.nodes)
    needed = _needed_predicates(nodes, index)
    used = {id(node.rule) for _, node in nodes if node.rule is not None}
    stated = {node.atom for _, node in nodes if node.kind == "fact"}
    kept = [
        rule
        for rule in program.program.rules
        if id(rule) in used
        or rule.head.predicate in needed
        or (not rule.body and rule.head in stated)
    ]
    leaves = {node.atom.predicate for _, node in nodes if node.kind == "fact" and node.atom}
    given = given_facts(facts, needed | leaves)
    rule_ids = {id(rule): f"r{position}" for position, rule in enumerate(kept)}
    document: dict[str, Any] = {
        "format": FORMAT,
        "about": dict(about or {}),
        "input_sha256": digest(given),
        "goals": goals,
        "nodes": [_node_json(number, node, rule_ids) for number, node in nodes],
        "edges": [[above, below, at] for above, below, at in sorted(merged.edges, key=_edge_key)],
        "rules": [_rule_json(rule, rule_ids[id(rule)]) for rule in kept],
        "input": given,
    }
    return seal(document)


def _edge_key(edge: tuple[str, str, int]) -> tuple[int, int]:
    above, _, position = edge
    return int(above[1:]), position


def given_facts(facts: Facts, predicates: Iterable[str]) -> dict[str, list[list[Any]]]:
    """Return all rows of some predicates as sorted plain JSON values.

    Parameters
    ----------
    facts : Facts
        The input facts.
    predicates : iterable of str
        Names of input predicates.
    """
    given = {}
    for predicate in sorted(predicates):
        rows = [[_value_json(value) for value in row] for row in facts.get(predicate, ())]
        given[predicate] = sorted(rows, key=canonical_json)
    return given


def _value_json(value: Value) -> Any:
    """Return a value as JSON: text and whole numbers as such, other numbers exact in text."""
    if isinstance(value, str):
        return value
    exact = Fraction(value)
    return exact.numerator if exact.denominator == 1 else {"number": str(exact)}


class _Merged:
    """The nodes of several proofs, each atom once, numbered from the goals down."""

    def __init__(self) -> None:
        self.nodes: list[tuple[str, Node]] = []
        self.edges: list[tuple[str, str, int]] = []
        self._known: dict[_Key, str] = {}

    def add(self, proof: Proof) -> str:
        """Add a proof; return the id of its goal."""
        goal, fresh = self._number(proof.root)
        waiting = [(proof.root, goal)] if fresh else []
        while waiting:
            node, number = waiting.pop()
            for position, support in enumerate(proof.supports.get(node.id, ())):
                below = proof.by_id[support]
                below_number, fresh = self._number(below)
                self.edges.append((number, below_number, position))
                if fresh:
                    waiting.append((below, below_number))
        return goal

    def _number(self, node: Node) -> tuple[str, bool]:
        shared = node.kind in ("atom", "fact", "absence")
        key = (node.kind, node.label if shared else f"{len(self.nodes)}")
        known = self._known.get(key)
        if known is not None:
            return known, False
        number = self._known[key] = f"n{len(self.nodes)}"
        self.nodes.append((number, node))
        return number, True


def _needed_predicates(nodes: Iterable[tuple[str, Node]], index: RuleIndex) -> set[str]:
    """Return every predicate that the absences and aggregates of a proof depend on."""
    waiting: list[str] = []
    for _, node in nodes:
        if node.kind == "absence" and node.atom is not None:
            waiting.append(node.atom.predicate)
        elif isinstance(node.literal, Aggregate):
            waiting.extend(atom.predicate for atom in atoms_of(node.literal.goal))
    found: set[str] = set()
    while waiting:
        predicate = waiting.pop()
        if predicate not in found:
            found.add(predicate)
            waiting.extend(index.needs.get(predicate, ()))
    return found


def _node_json(number: str, node: Node, rule_ids: Mapping[int, str]) -> dict[str, Any]:
    entry: dict[str, Any] = {"id": number, "kind": node.kind, "text": node.text}
    if node.atom is not None:
        entry["atom"] = list(_atom_json(node.atom))
    if node.kind == "rule" and node.rule is not None:
        entry["rule"] = rule_ids[id(node.rule)]
        entry["clause_id"] = node.clause_id or None
    elif node.kind in ("comparison", "aggregate"):
        entry["literal"] = node.label
    if node.kind in ("rule", "comparison", "aggregate"):
        entry["values"] = {name: _value_json(node.bindings[name]) for name in sorted(node.bindings)}
    if node.kind == "fact":
        entry["origins"] = [_origin_json(origin) for origin in node.origins]
    return entry


def _atom_json(atom: Atom) -> Iterator[Any]:
    yield atom.predicate
    names: list[str] = []
    for term in atom.terms:
        if isinstance(term, Constant):
            yield _value_json(term.value)
        elif isinstance(term, Variable):
            if term.name not in names:
                names.append(term.name)
            yield {"any": names.index(term.name)}


def _rule_json(rule: Rule, number: str) -> dict[str, Any]:
    span = rule.span
    return {"id": number, "source": span.source, "row": span.row, "text": print_rule(rule)}


def _origin_json(origin: Origin) -> dict[str, str]:
    return {
        "source": origin.source,
        "place": origin.place,
        "document_lines": origin.document_lines,
    }
