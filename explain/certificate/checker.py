"""Check a proof certificate step by step, with nothing of the engines and nothing of the prover.

Every application has to be an instance of its rule, whose text is read anew; every leaf a fact of
the input or a true comparison; and whatever the proof says is absent is looked for again.
Seals are looked at last: they find only what no step speaks of, such as a changed sentence.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, TypeAlias

from explain.certificate.evaluator import Lookup, Refused, Row, Values, compute, views
from explain.certificate.seals import FORMAT, broken_seals, digest
from kb.language.ast import (
    Aggregate,
    Assignment,
    Atom,
    BodyLiteral,
    Comparison,
    Constant,
    Relational,
    Rule,
    Variable,
)
from kb.language.parser import parse_program
from kb.language.printer import print_literal
from kb.language.traversal import all_names

Said: TypeAlias = tuple[Any, ...]
"""What a step says, so that steps and literals can be compared."""


# The fields of each kind of step, of the place of a fact, of a rule: no more and no less.
_STEP = ("id", "kind", "text", "seal")
_STEPS = {
    "atom": (*_STEP, "atom"),
    "fact": (*_STEP, "atom", "origins"),
    "absence": (*_STEP, "atom"),
    "rule": (*_STEP, "rule", "clause_id", "values"),
    "comparison": (*_STEP, "literal", "values"),
    "aggregate": (*_STEP, "literal", "values"),
}
_ORIGIN = ("source", "place", "document_lines")
_RULE = ("id", "source", "row", "text", "seal")


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a certificate is refused: the step, and what is wrong with it."""

    step: str
    message: str

    def __str__(self) -> str:
        return f"{self.step}: {self.message}"


class Checker:
    """Goes through one certificate, given as plain JSON values."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        self.document = document
        self.place = "certificate"
        self.steps = 0
        self.refusals: list[Refusal] = []
        self.nodes: dict[str, Mapping[str, Any]] = {}
        self.below: dict[str, list[str]] = {}
        self.rules: dict[str, Rule] = {}
        self.input: dict[str, set[Row]] = {}

    def check(self) -> None:
        """Check everything that the certificate says by itself."""
        try:
            self._read()
            self._check_steps()
            self._check_headline()
            for place in broken_seals(self.document):
                self.place = place
                self.refuse("it was changed after the certificate was written")
        except Refused as refused:
            self.refuse(str(refused))
        except RecursionError:
            self.refuse("it goes too deep to be checked")
        except (LookupError, TypeError, ValueError, AttributeError, ArithmeticError):
            self.refuse("it is not written as it has to be")

    def refuse(self, message: str) -> None:
        """Note that what is looked at does not hold."""
        self.refusals.append(Refusal(self.place, message))

    def _read(self) -> None:
        if self.document["format"] != FORMAT:
            raise Refused(f"its format is not `{FORMAT}`")
        for at, node in enumerate(self.document["nodes"]):
            self.place = f"step n{at}"
            if node["id"] != f"n{at}":
                raise Refused("a step before it is missing, or the steps are out of order")
            self.nodes[node["id"]] = node
            _hold_shape(node, _STEPS.get(node["kind"], ()))
            for origin in node.get("origins", ()):
                _hold_shape(origin, _ORIGIN)
        self.below = {number: [] for number in self.nodes}
        places = {number: at for at, number in enumerate(self.nodes)}
        last = 0
        for at, edge in enumerate(self.document["edges"]):
            self.place = f"edge {at}"
            above, below, position = edge
            self.place = f"step {above}"
            after, last, before = len(self.below[above]), places[above], last
            if below not in places or type(position) is not int or position != after:
                raise Refused("an edge leads nowhere or is out of order")
            if last < before:
                raise Refused("its edges stand after those of a later step")
            self.below[above].append(below)
        for at, entry in enumerate(self.document["rules"]):
            self.place = f"rule r{at}"
            if entry["id"] != f"r{at}":
                raise Refused("a rule before it is missing, or the rules are out of order")
            _hold_shape(entry, _RULE)
            self.rules[entry["id"]] = _rule(entry["text"])
        self.place = "input"
        for name, rows in self.document["input"].items():
            self.input[name] = {tuple(map(value_of, row)) for row in rows}
        if digest(self.document["input"]) != self.document["input_sha256"]:
            self.refuse("it is not the input that was hashed")
        self.lookup = Lookup(self.rules.values(), self.input)

    def _check_steps(self) -> None:
        self.place, goals = "goals", self.document["goals"]
        if not goals or len(set(goals)) != len(goals):
            self.refuse("none is given, or one twice")
        reached = self._reached()
        for number, node in self.nodes.items():
            self.place = f"step {number}"
            self.steps += 1
            if number not in reached:
                self.refuse("no goal rests on it")
            below = [self.nodes[part] for part in self.below[number]]
            fault = self._fault(node, below)
            if fault:
                self.refuse(fault)

    def _reached(self) -> set[str]:
        """Return every step that a goal rests on; refuse a step that rests on itself."""
        done: set[str] = set()
        path: set[str] = set()
        waiting = [(goal, False) for goal in self.document["goals"]]
        while waiting:
            number, left = waiting.pop()
            self.place = f"step {number}"
            if left:
                path.discard(number)
                done.add(number)
            elif number in path:
                raise Refused("it rests on itself")
            elif number not in done:
                path.add(number)
                waiting.append((number, True))
                waiting += [(part, False) for part in self.below[number]]
        return done

    def _fault(self, node: Mapping[str, Any], below: Sequence[Mapping[str, Any]]) -> str:
        kind = node["kind"]
        if kind == "atom":
            if len(below) != 1 or below[0]["kind"] != "rule":
                return "it does not rest on one rule"
            head = self.rules[below[0]["rule"]].head
            concluded = _literal_says(Relational(head), values_of(below[0]))
            return "" if concluded == _node_says(node) else "its rule concludes something else"
        if kind == "rule":
            return self._rule_fault(node, below)
        if kind == "aggregate":
            return ""  # its rule says what is counted, and checks it
        if below:
            return "a leaf rests on something"
        if kind == "fact":
            predicate, row = node["atom"][0], tuple(map(value_of, node["atom"][1:]))
            known = row in self.input.get(predicate, ()) or self.lookup.states(predicate, row)
            return "" if known else "it is no fact of the input"
        if kind == "absence":
            return "it is not absent" if self.lookup.finds(_looked_for(node["atom"])) else ""
        return "" if kind == "comparison" else f"there is no kind of step `{kind}`"

    def _rule_fault(self, node: Mapping[str, Any], below: Sequence[Mapping[str, Any]]) -> str:
        rule, values = self.rules[node["rule"]], values_of(node)
        if not rule.body:
            return "its rule has no body"
        names = {term.name for term in rule.head.terms if isinstance(term, Variable)}
        if not values.keys() <= names.union(all_names(rule.body)):
            return "its rule has no such variable"
        seen = views(rule.body, values)
        says = [_literal_says(part, view) for part, view in zip(rule.body, seen, strict=True)]
        if list(dict.fromkeys(says)) != list(dict.fromkeys(map(_node_says, below))):
            return "what it rests on is not the body of its rule under its values"
        for literal, view, said in zip(rule.body, seen, says, strict=True):
            if isinstance(literal, Comparison) and not self.lookup.compares(literal, view):
                return f"`{said[1]}` is not true"
            if isinstance(literal, Assignment):
                name = literal.variable.name
                if values[name] != compute(literal.expression, values):
                    return f"`{said[1]}` is not right"
            if isinstance(literal, Aggregate):
                part = next(part for part in below if _node_says(part) == said)
                fault = self._aggregate_fault(literal, view, part)
                if fault:
                    return fault
        return ""

    def _aggregate_fault(self, literal: Aggregate, values: Values, node: Mapping[str, Any]) -> str:
        outer = {name: value for name, value in values.items() if name != literal.result.name}
        if self.lookup.aggregate(literal, outer) != values[literal.result.name]:
            return f"`{node['literal']}` is not right"
        counted = {
            _literal_says(part, view)
            for solution in self.lookup.solutions(literal, outer)
            for part, view in zip(literal.goal, views(literal.goal, solution, outer), strict=True)
        }
        if {_node_says(self.nodes[part]) for part in self.below[node["id"]]} != counted:
            return f"`{node['id']}` does not rest on what it counts"
        return ""

    def _check_headline(self) -> None:
        self.place = "headline"
        about, goals = self.document["about"], self.document["goals"]
        if "outcome" not in about:
            return
        key = [about["claim_id"], about["line_number"]]
        said = [["outcome", *key, about["outcome"]]]
        said += [["cites", *key, cite["clause_id"], cite["effect"]] for cite in about["citations"]]
        if said != [self.nodes[goal]["atom"] for goal in goals]:
            self.refuse("it says something else than the goals of the proof")


def _hold_shape(entry: Mapping[str, Any], fields: Sequence[str]) -> None:
    if set(entry) != set(fields):
        raise Refused("it has a field too many or too few")


value_of = Lookup.value


def values_of(node: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values of the variables of a step."""
    return {name: value_of(value) for name, value in node["values"].items()}


@lru_cache(maxsize=2048)
def _rule(text: str) -> Rule:
    program, faults = parse_program(text, "<certificate>")
    if faults or len(program.rules) != 1:
        raise Refused("its text is not one rule")
    return program.rules[0]


def _looked_for(written: Sequence[Any]) -> Atom:
    """Return the atom of a step; what may be anything is numbered in order."""
    terms: list[Variable | Constant] = []
    free = 0
    for term in written[1:]:
        if isinstance(term, dict) and "any" in term:
            if set(term) != {"any"} or type(term["any"]) is not int or term["any"] > free:
                raise Refused("what may be anything is not numbered in order")
            free = max(free, term["any"] + 1)
            terms.append(Variable(f"V{term['any']}"))
        else:
            terms.append(Constant(value_of(term)))
    return Atom(written[0], tuple(terms))


def _atom_says(atom: Atom, values: Values) -> Iterator[Any]:
    yield atom.predicate
    free: list[str] = []
    for term in atom.terms:
        if isinstance(term, Constant):
            yield term.value
        elif term.name in values:
            yield values[term.name]
        else:
            free += [] if term.name in free else [term.name]
            yield ("any", free.index(term.name))


def _literal_says(literal: BodyLiteral, values: Values) -> Said:
    if isinstance(literal, Relational):
        return ("not" if literal.negated else "holds", *_atom_says(literal.atom, values))
    kind = "aggregate" if isinstance(literal, Aggregate) else "comparison"
    return (kind, print_literal(literal), frozenset(values.items()))


def _node_says(node: Mapping[str, Any]) -> Said:
    if node["kind"] in ("comparison", "aggregate"):
        return (node["kind"], node["literal"], frozenset(values_of(node).items()))
    said = "not" if node["kind"] == "absence" else "holds"
    return (said, *_atom_says(_looked_for(node["atom"]), {}))
