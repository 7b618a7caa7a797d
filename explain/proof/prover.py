"""Build the proof of an atom: its smallest derivation as a graph of steps in English."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping

from explain.english.sentences import Sentences
from explain.proof.derivations import Derivations
from explain.proof.graph import Kind, Node, Proof
from explain.proof.search import Derivation, smallest_derivations
from facts.origin import Origin
from kb.language.ast import Aggregate, Atom, BodyLiteral, Constant, Relational, Rule, Variable
from kb.language.matching import Bindings, GroundAtom, pattern_of, row_of
from kb.language.printer import print_atom, print_literal, print_rule
from kb.model.clause import PolicyClause


class Prover:
    """Proves atoms over one set of derivations.

    Parameters
    ----------
    derivations : Derivations
        What follows from the facts.
    sentences : Sentences
        English for the program.
    clauses : mapping of clause id to PolicyClause, optional
        Clauses that the text of a proof may name.
    """

    def __init__(
        self,
        derivations: Derivations,
        sentences: Sentences,
        clauses: Mapping[str, PolicyClause] | None = None,
    ) -> None:
        self.derivations = derivations
        self.sentences = sentences
        self.clauses = clauses or {}
        self._chosen: dict[GroundAtom, Derivation] = {}

    def prove(self, atom: Atom) -> Proof | None:
        """Return the smallest proof of a ground atom, or None if it does not hold.

        Parameters
        ----------
        atom : Atom
            Without variables.

        Returns
        -------
        Proof or None
        """
        goal = (atom.predicate, row_of(atom, {}))
        if goal not in self._chosen:
            self._chosen.update(smallest_derivations(self.derivations, goal))
        if goal not in self._chosen:
            return None
        graph = _Graph(self, self._chosen)
        graph.build(goal)
        return Proof(_ground(goal), tuple(graph.nodes.values()), graph.supports, self.clauses)


class _Graph:
    """Nodes and supports of one proof, from the goal down."""

    def __init__(self, prover: Prover, chosen: Mapping[GroundAtom, Derivation]) -> None:
        self.derivations = prover.derivations
        self.sentences = prover.sentences
        self.chosen = chosen
        self.nodes: dict[str, Node] = {}
        self.supports: dict[str, tuple[str, ...]] = {}
        self._waiting: deque[tuple[str, GroundAtom, str]] = deque()
        self._known: dict[GroundAtom, str] = {}
        self._absences: dict[tuple[str, object], str] = {}

    def build(self, goal: GroundAtom) -> None:
        """Add an atom with everything that supports it."""
        self._add_atom(goal, "")
        while self._waiting:
            number, atom, clause_id = self._waiting.popleft()
            instance = self.chosen[atom].instance
            if instance is not None:
                rule = self._add_rule(instance.rule, instance.bindings, atom, clause_id)
                self.supports[number] = (rule,)

    def _add_atom(self, atom: GroundAtom, clause_id: str) -> str:
        known = self._known.get(atom)
        if known is not None:
            return known
        number = self._known[atom] = self._number()
        written, derivation = _ground(atom), self.chosen[atom]
        label, text = print_atom(written), self.sentences.atom(*atom)
        if derivation.instance is None:
            origins = self.derivations.origins(atom)
            self.nodes[number] = Node(number, "fact", label, text, written, origins=origins)
        else:
            others = derivation.others
            self.nodes[number] = Node(number, "atom", label, text, written, others=others)
            self._waiting.append((number, atom, clause_id))
        return number

    def _number(self) -> str:
        self.nodes[number := f"n{len(self.nodes)}"] = _PENDING
        return number

    def _add_rule(self, rule: Rule, bindings: Bindings, head: GroundAtom, clause_id: str) -> str:
        number = self._number()
        clause = self.sentences.column_value(*head, "clause")
        clause_id = clause if isinstance(clause, str) else clause_id
        self.nodes[number] = Node(
            number,
            "rule",
            print_rule(rule),
            f"by the rule in {rule.span.source}, row {rule.span.row}",
            origins=(Origin(rule.span.source, f"row {rule.span.row}"),),
            rule=rule,
            bindings=bindings,
            clause_id=clause_id,
        )
        supports = (
            self._add_literal(part, seen, rule, clause_id)
            for part, seen in zip(
                rule.body, self.derivations.views(rule.body, bindings), strict=True
            )
        )
        self.supports[number] = tuple(dict.fromkeys(supports))
        return number

    def _add_literal(
        self, literal: BodyLiteral, bindings: Bindings, rule: Rule, clause_id: str
    ) -> str:
        if isinstance(literal, Relational) and not literal.negated:
            atom = (literal.atom.predicate, row_of(literal.atom, bindings))
            return self._add_atom(atom, clause_id)
        text = self.sentences.literal(literal, bindings, rule)
        if isinstance(literal, Relational):
            return self._add_absence(literal, bindings, text)
        number = self._number()
        kind: Kind = "aggregate" if isinstance(literal, Aggregate) else "comparison"
        self.nodes[number] = Node(
            number, kind, print_literal(literal), text, literal=literal, bindings=bindings
        )
        if isinstance(literal, Aggregate):
            self.supports[number] = self._counted(literal, bindings, rule, clause_id)
        return number

    def _add_absence(self, literal: Relational, bindings: Bindings, text: str) -> str:
        pattern = pattern_of(literal.atom, bindings)
        key = (literal.atom.predicate, (pattern, _repeats(literal.atom, bindings)))
        known = self._absences.get(key)
        if known is not None:
            return known
        number = self._absences[key] = self._number()
        terms = (
            term if value is None else Constant(value)
            for term, value in zip(literal.atom.terms, pattern, strict=True)
        )
        looked_for = Atom(literal.atom.predicate, tuple(terms))
        label = print_literal(Relational(looked_for, negated=True))
        self.nodes[number] = Node(number, "absence", label, text, looked_for, literal)
        return number

    def _counted(
        self, literal: Aggregate, bindings: Bindings, rule: Rule, clause_id: str
    ) -> tuple[str, ...]:
        supports: dict[str, None] = {}
        for solution in self.derivations.counted(literal, bindings):
            views = self.derivations.views(literal.goal, solution, bindings)
            for part, seen in zip(literal.goal, views, strict=True):
                supports[self._add_literal(part, seen, rule, clause_id)] = None
        return tuple(supports)


_PENDING = Node("", "atom", "", "")


def _ground(atom: GroundAtom) -> Atom:
    predicate, row = atom
    return Atom(predicate, tuple(Constant(value) for value in row))


def _repeats(atom: Atom, bindings: Bindings) -> tuple[int, ...]:
    """Which free terms of an atom are the same variable."""
    names = [
        term.name if isinstance(term, Variable) and term.name not in bindings else ""
        for term in atom.terms
    ]
    return tuple(names.index(name) if name else -1 for name in names)
