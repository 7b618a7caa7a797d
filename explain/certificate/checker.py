"""Check a proof certificate step by step, with nothing of the engines and nothing of the prover.

Every application has to be an instance of its rule, whose text is read anew; every leaf a fact of
the input or a true comparison; and whatever the proof says is absent is looked for again.
Seals are looked at last: they find only what no step speaks of, such as a changed sentence.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from explain.certificate.bounds import MOST_SHOWN, STEPS_OF_A_NODE, Budget, Refused, value_of
from explain.certificate.evaluator import Lookup, Row, Values, compute, views
from explain.certificate.says import literal_says, looked_for, node_says, values_of
from explain.certificate.seals import broken_seals, digest
from explain.certificate.shape import hold_document, hold_headline, hold_rule, hold_step
from kb.language.ast import (
    Aggregate,
    Assignment,
    Comparison,
    Constant,
    Relational,
    Rule,
    Variable,
)
from kb.language.parser import parse_program
from kb.language.traversal import all_names


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a certificate is refused: the step, and what is wrong with it."""

    step: str
    message: str

    def __str__(self) -> str:
        return f"{self.step}: {self.message}"


class Checker:
    """Goes through one certificate, given as plain JSON values.

    Parameters
    ----------
    document : mapping
        The certificate.
    bare : bool, optional
        Whether it is a proof of any goals, which names no line.
    budget : Budget, optional
        The work that may go into it.
    """

    def __init__(
        self, document: Mapping[str, Any], bare: bool = False, budget: Budget | None = None
    ) -> None:
        self.document = document
        self._bare = bare
        self._budget = budget or Budget()
        self.place = "certificate"
        self.steps = 0
        self.refusals: list[Refusal] = []
        self.nodes: dict[str, Mapping[str, Any]] = {}
        self.below: dict[str, list[str]] = {}
        self.above: dict[str, list[str]] = {}
        self.rules: dict[str, Rule] = {}
        self.input: dict[str, set[Row]] = {}

    def check(self) -> None:
        """Check everything that the certificate says by itself."""
        try:
            self._read()
            self._check_steps()
            self._check_input()
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
        """Note that what is looked at does not hold.

        Parameters
        ----------
        message : str
            What is wrong with it.
        """
        self.refusals.append(Refusal(self.place, message))

    def states(self, number: str, predicate: str, row: Row) -> bool:
        """Return whether a rule of the certificate states a row as a fact.

        Parameters
        ----------
        number : str
            Number of the rule.
        predicate : str
            The predicate of the fact.
        row : tuple
            The values of the fact.
        """
        rule = self.rules[number]
        if rule.body or rule.head.predicate != predicate:
            return False
        return tuple(t.value for t in rule.head.terms if isinstance(t, Constant)) == row

    def _read(self) -> None:
        hold_document(self.document)
        self.place = "headline"
        if not self._bare:
            hold_headline(self.document["about"])
        for at, node in enumerate(self.document["nodes"]):
            self.place = f"step n{at}"
            if node["id"] != f"n{at}":
                raise Refused("a step before it is missing, or the steps are out of order")
            self._budget.spend(STEPS_OF_A_NODE)
            self.nodes[node["id"]] = node
            hold_step(node)
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
            self.above.setdefault(below, []).append(above)
        for at, entry in enumerate(self.document["rules"]):
            self.place = f"rule r{at}"
            if entry["id"] != f"r{at}":
                raise Refused("a rule before it is missing, or the rules are out of order")
            hold_rule(entry)
            self._budget.spend_on_rule(entry["text"])
            self.rules[entry["id"]] = _rule(entry["text"])
        self.place = "input"
        for name, rows in self.document["input"].items():
            self.input[name] = {tuple(map(value_of, row)) for row in rows}
        if digest(self.document["input"]) != self.document["input_sha256"]:
            self.refuse("it is not the input that was hashed")
        self.lookup = Lookup(self.rules.values(), self.input, self._budget)

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

    def _check_input(self) -> None:
        """Refuse where an absence rests on input that the certificate says nothing of."""
        self.place = "input"
        for name in sorted(self.lookup.asked):
            if name not in self.lookup.rules and name not in self.input:
                self.refuse(f"it says nothing of `{name}`, and an absence depends on it")

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
            concluded = literal_says(Relational(head), values_of(below[0]))
            return "" if concluded == node_says(node) else "its rule concludes something else"
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
            return "it is not absent" if self.lookup.finds(looked_for(node["atom"])) else ""
        return "" if kind == "comparison" else f"there is no kind of step `{kind}`"

    def _rule_fault(self, node: Mapping[str, Any], below: Sequence[Mapping[str, Any]]) -> str:
        rule, values = self.rules[node["rule"]], values_of(node)
        if not rule.body:
            return "its rule has no body"
        names = {term.name for term in rule.head.terms if isinstance(term, Variable)}
        if not values.keys() <= names.union(all_names(rule.body)):
            return "its rule has no such variable"
        seen = views(rule.body, values)
        says = [literal_says(part, view) for part, view in zip(rule.body, seen, strict=True)]
        if list(dict.fromkeys(says)) != list(dict.fromkeys(map(node_says, below))):
            return "what it rests on is not the body of its rule under its values"
        for literal, view, said in zip(rule.body, seen, says, strict=True):
            if isinstance(literal, Comparison) and not self.lookup.compares(literal, view):
                return f"`{said[1]}` is not true"
            if isinstance(literal, Assignment):
                name = literal.variable.name
                if values[name] != compute(literal.expression, values):
                    return f"`{said[1]}` is not right"
            if isinstance(literal, Aggregate):
                part = next(part for part in below if node_says(part) == said)
                fault = self._aggregate_fault(literal, view, part)
                if fault:
                    return fault
        return ""

    def _aggregate_fault(self, literal: Aggregate, values: Values, node: Mapping[str, Any]) -> str:
        outer = {name: value for name, value in values.items() if name != literal.result.name}
        if self.lookup.aggregate(literal, outer) != values[literal.result.name]:
            return f"`{node['literal']}` is not right"
        solutions = [
            {
                literal_says(part, view)
                for part, view in zip(
                    literal.goal, views(literal.goal, solution, outer), strict=True
                )
            }
            for solution in self.lookup.solutions(literal, outer)
        ]
        said = {node_says(self.nodes[part]) for part in self.below[node["id"]]}
        shown = [solution for solution in solutions if solution <= said]
        enough = len(shown) >= min(MOST_SHOWN, len(solutions))
        if not enough or said != set().union(*shown):
            return f"`{node['id']}` does not rest on what it counts"
        return ""

    def _check_headline(self) -> None:
        self.place = "headline"
        about, goals = self.document["about"], self.document["goals"]
        if self._bare:
            return
        key = [about["claim_id"], about["line_number"]]
        said = [["outcome", *key, about["outcome"]]]
        said += [["cites", *key, cite["clause_id"], cite["effect"]] for cite in about["citations"]]
        if said != [self.nodes[goal]["atom"] for goal in goals]:
            self.refuse("it says something else than the goals of the proof")


@lru_cache(maxsize=2048)
def _rule(text: str) -> Rule:
    program, faults = parse_program(text, "<certificate>")
    if faults or len(program.rules) != 1:
        raise Refused("its text is not one rule")
    return program.rules[0]
