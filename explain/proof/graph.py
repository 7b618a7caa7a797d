"""A proof: a graph from a conclusion down to facts, checked absences and comparisons.

Its text is an indented tree of plain characters, then the clauses that it rests on.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from explain.english.phrases import code_text
from explain.english.places import document_place
from facts.origin import Origin
from facts.values import one_line
from kb.language.ast import Atom, BodyLiteral, Rule
from kb.language.values import Value
from kb.model.clause import PolicyClause

if TYPE_CHECKING:
    import networkx

_BRANCH, _LAST, _BAR, _BLANK = "|- ", "`- ", "|  ", "   "

Kind = Literal["atom", "rule", "fact", "absence", "comparison", "aggregate"]


@dataclass(frozen=True, slots=True, eq=False)
class Node:
    """A step of a proof.

    Parameters
    ----------
    id : str
        Unique in its proof, the same for the same proof.
    kind : {"atom", "rule", "fact", "absence", "comparison", "aggregate"}
        What the step is.
    label : str
        The step in the rule language.
    text : str
        The step in English.
    atom : Atom, optional
        What is concluded or stated; for an absence, what was looked for (variables: anything).
    literal : BodyLiteral, optional
        The literal of the rule behind an absence, a comparison or an aggregate.
    origins : tuple of Origin
        Every place that states a fact; the file and row of a rule.
    rule : Rule, optional
        The rule that a step of the kind ``rule`` applies.
    bindings : mapping of variable name to value
        The values under which a rule, an absence, a comparison or an aggregate was used.
    clause_id : str
        The policy clause that a rule belongs to.
    others : int
        Number of other ways in which an atom follows.
    """

    id: str
    kind: Kind
    label: str
    text: str
    atom: Atom | None = None
    literal: BodyLiteral | None = None
    origins: tuple[Origin, ...] = ()
    rule: Rule | None = None
    bindings: Mapping[str, Value] = field(default_factory=dict)
    clause_id: str = ""
    others: int = 0

    @property
    def is_leaf(self) -> bool:
        """Whether nothing supports the step but what it says itself."""
        return self.kind in ("fact", "absence", "comparison")


@dataclass(frozen=True, eq=False, repr=False)
class Proof:
    """Why an atom holds: the smallest of its derivations.

    Parameters
    ----------
    goal : Atom
        The atom that holds.
    nodes : tuple of Node
        The goal first, each step before what supports it.
    supports : dict of node id to tuple of node ids
        What each step rests on, in the order of the rule's body.
    clauses : mapping of clause id to PolicyClause
        The clauses that the text may name.
    """

    goal: Atom
    nodes: tuple[Node, ...]
    supports: Mapping[str, tuple[str, ...]]
    clauses: Mapping[str, PolicyClause] = field(default_factory=dict, repr=False)

    @cached_property
    def by_id(self) -> dict[str, Node]:
        """The nodes by their id."""
        return {node.id: node for node in self.nodes}

    @property
    def root(self) -> Node:
        """The node of the goal."""
        return self.nodes[0]

    @property
    def edges(self) -> Iterator[tuple[str, str]]:
        """Pairs of a conclusion and what supports it."""
        for node in self.nodes:
            for support in self.supports.get(node.id, ()):
                yield node.id, support

    @property
    def graph(self) -> networkx.DiGraph[str]:
        """The proof as a graph whose edges lead from a conclusion to what supports it.

        Node attributes are those of ``Node`` but its id; an edge has its ``position``. It is made
        anew each time: whoever changes it does not change the proof.

        See Also
        --------
        Proof.write : as a file for other programs.
        """
        import networkx

        graph: networkx.DiGraph[str] = networkx.DiGraph(goal=self.root.label)
        for node in self.nodes:
            graph.add_node(node.id, **_attributes(node))
        for node in self.nodes:
            for position, support in enumerate(self.supports.get(node.id, ())):
                graph.add_edge(node.id, support, position=position)
        return graph

    @property
    def leaves(self) -> tuple[Node, ...]:
        """Facts, absences and comparisons that the proof rests on."""
        return tuple(node for node in self.nodes if node.is_leaf)

    @property
    def clause_ids(self) -> tuple[str, ...]:
        """The clauses whose rules the proof uses, in order of use."""
        return tuple(dict.fromkeys(node.clause_id for node in self.nodes if node.clause_id))

    @property
    def text(self) -> str:
        """The proof as an indented tree, then each clause with its place in the document."""
        rows = tree_rows(self)
        for clause_id in self.clause_ids:
            clause = self.clauses.get(clause_id)
            if clause is not None:
                rows += ["", *_clause_rows(clause)]
        return "\n".join(rows)

    def write(self, path: str | Path) -> None:
        """Write the graph of the proof as ``.graphml``, ``.gexf`` or node-link ``.json``.

        Parameters
        ----------
        path : str or Path
            Its ending names the format.

        Raises
        ------
        UsageError
            If the ending names none of these, or the file cannot be written.
        """
        from explain.proof.graph_file import write_graph

        write_graph(self.graph, path)

    def __str__(self) -> str:
        return self.text

    def __repr__(self) -> str:
        return f"<Proof of {one_line(self.root.text)}: {len(self.nodes)} steps>"

    def _repr_html_(self) -> str:
        return f"<pre>{escape(self.text)}</pre>"


def _attributes(node: Node) -> dict[str, Any]:
    return {
        "kind": node.kind,
        "label": node.label,
        "text": node.text,
        "atom": node.atom,
        "origins": node.origins,
        "origin": node.origins[0] if node.origins else None,
        "rule": node.rule,
        "span": node.rule.span if node.rule is not None else None,
        "bindings": dict(node.bindings),
        "clause_id": node.clause_id,
        "others": node.others,
    }


def parts_of(proof: Proof, node: Node) -> list[Node]:
    """Return what supports a step, rule applications left out.

    Parameters
    ----------
    proof : Proof
        The proof that the step is of.
    node : Node
        The step.

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
        The proof that the step is of.
    node : Node
        The step.
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
    """Return the rule application by which a derived atom follows; None for any other step.

    Parameters
    ----------
    proof : Proof
        The proof that the step is of.
    node : Node
        The step.

    Returns
    -------
    Node or None
    """
    supports = proof.supports.get(node.id, ())
    return proof.by_id[supports[0]] if node.kind == "atom" and supports else None


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
