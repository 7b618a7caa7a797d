"""What rules say of a line if one more fact of it were on file."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from kb.compile.rewrite.distinct_arguments import Pairs, distinct_arguments, is_apart
from kb.language.ast import (
    Aggregate,
    Atom,
    BodyLiteral,
    Comparison,
    Constant,
    Declaration,
    Program,
    Relational,
    Rule,
    Term,
    Variable,
)
from kb.language.traversal import (
    all_names,
    atoms_of,
    names_of,
    substitute,
    substitute_terms,
)
from kb.language.unification import fresh_rule, unify

EVIDENCE = "evidence"
CLAUSE = Variable("Clause")
"""The clause of a conclusion; a rewritten rule has the place of the rule that tells which it is."""


@dataclass(frozen=True, slots=True)
class NeededRules:
    """The rules on which some predicates depend, by what they conclude and by what they read.

    Parameters
    ----------
    rules : mapping of predicate to rules
    readers : mapping of predicate to rules
        Those with an atom of it in their body, or in the goal of an aggregate there.
    of_fact : mapping of fact to rules
        Those that ask for the evidence; "" has those that ask for evidence by a variable.
    distinct : mapping of predicate to pairs of positions
        Arguments that are never equal.
    """

    rules: Mapping[str, list[Rule]]
    readers: Mapping[str, list[Rule]]
    of_fact: Mapping[str, list[Rule]]
    distinct: Pairs

    @classmethod
    def of(cls, program: Program, asked: Iterable[str]) -> NeededRules:
        """Return the index of the rules of a program on which the asked predicates depend."""
        concluding: dict[str, list[Rule]] = {}
        for rule in program.rules:
            concluding.setdefault(rule.head.predicate, []).append(rule)
        rules: dict[str, list[Rule]] = {}
        readers: dict[str, list[Rule]] = {}
        of_fact: dict[str, list[Rule]] = {}
        waiting = list(asked)
        while waiting:
            name = waiting.pop()
            if name in concluding and name not in rules:
                rules[name] = concluding[name]
                waiting += [atom.predicate for rule in rules[name] for atom in atoms_of(rule.body)]
        for rule in program.rules:
            if rule.head.predicate not in rules:
                continue
            atoms = list(atoms_of(rule.body))
            for name in dict.fromkeys(atom.predicate for atom in atoms):
                readers.setdefault(name, []).append(rule)
            for atom in atoms:
                if (atom.predicate, atom.arity) == (EVIDENCE, 4):
                    fact = atom.terms[2]
                    named = "" if isinstance(fact, Variable) else str(fact.value)
                    of_fact.setdefault(named, []).append(rule)
        return cls(rules, readers, of_fact, distinct_arguments(rules, readers))


@dataclass(slots=True)
class Supposition:
    """A fact that is unknown of a line, as if one of its answers were on file for this line.

    Parameters
    ----------
    index : NeededRules
    fact, answer : str

    Attributes
    ----------
    gains, loses : set of str
        Predicates that can come to hold of the line, and that can cease to.

    Notes
    -----
    What rules say of other lines stays as it is, and so does what an aggregate gathers of lines
    that its rule does not name.
    """

    index: NeededRules
    fact: str
    answer: str
    gains: set[str] = field(default_factory=set)
    loses: set[str] = field(default_factory=set)
    _changing: set[int] = field(default_factory=set)
    _helpers: dict[str, list[Rule]] = field(default_factory=dict)
    _count: int = 0

    def __post_init__(self) -> None:
        of_fact = self.index.of_fact
        waiting = [*of_fact.get(self.fact, ()), *of_fact.get("", ())]
        while waiting:
            rule = waiting.pop()
            changes = [
                self._change(literal, variant.head)
                for variant in self._variants(rule)
                for literal in variant.body
            ]
            name, known = rule.head.predicate, len(self.gains) + len(self.loses)
            if (True, False) in changes or (True, True) in changes:
                self.gains.add(name)
                self._changing.add(id(rule))
            if (False, True) in changes or (True, True) in changes:
                self.loses.add(name)
                self._changing.add(id(rule))
            if len(self.gains) + len(self.loses) > known:
                waiting += self.index.readers.get(name, ())

    def rewritten(self, rule: Rule) -> Iterator[Rule]:
        """Yield a rule about the line, written anew, in each way that the supposition changes it.

        Positive conditions on the line are unfolded into those of their rules, so that each rule
        says by itself what has to be on file.
        """
        for made, gained in self._unfold(rule, 0, False, frozenset()):
            if gained:
                yield made

    def helpers(self, rules: Iterable[Rule]) -> Iterator[Rule]:
        """Yield the rules of conditions that rewritten rules ask for under another name.

        Parameters
        ----------
        rules : iterable of Rule
            As ``rewritten`` yields them.
        """
        named = {self._named(name): found for name, found in self._helpers.items()}
        waiting, seen = list(rules), set[str]()
        while waiting:
            for atom in atoms_of(waiting.pop().body):
                if atom.predicate in named and atom.predicate not in seen:
                    seen.add(atom.predicate)
                    waiting += named[atom.predicate]
                    yield from named[atom.predicate]

    def declarations(self, declared: Iterable[Declaration]) -> Iterator[Declaration]:
        """Yield what is declared of those conditions, after what is declared of their parts."""
        supposed = f", if {self.fact} were {self.answer}"
        for own in declared:
            if own.predicate in self._helpers:
                yield replace(
                    own,
                    predicate=self._named(own.predicate),
                    sentence=own.sentence + supposed,
                    absence=own.absence and own.absence + supposed,
                )

    def _change(self, literal: BodyLiteral, head: Atom) -> tuple[bool, bool]:
        """Tell whether a literal can come to hold, and whether it can cease to."""
        if isinstance(literal, Aggregate):
            inner = any(any(self._change(part, head)) for part in literal.goal)
            return inner, inner
        if not isinstance(literal, Relational) or literal.atom.terms[:2] != head.terms[:2]:
            return False, False
        name = literal.atom.predicate
        if name == EVIDENCE and literal.atom.arity == 4:
            more, less = self._is_about(literal.atom), False
        else:
            more, less = name in self.gains, name in self.loses
        return (less, more) if literal.negated else (more, less)

    def _is_about(self, atom: Atom) -> bool:
        """Tell whether an atom of evidence can be the fact with the answer."""
        return all(
            isinstance(term, Variable) or term.value == word
            for term, word in zip(atom.terms[2:], (self.fact, self.answer), strict=True)
        )

    def _variants(self, rule: Rule) -> Iterator[Rule]:
        """Yield a rule apart for a line that it names and that may be the line or another one."""
        if rule.head.arity < 2:
            yield rule
            return
        claim, line = rule.head.terms[:2]
        for literal in rule.body:
            if not isinstance(literal, Relational) or literal.atom.terms[:1] != (claim,):
                continue
            other = literal.atom.terms[1] if literal.atom.arity > 1 else claim
            if other in (claim, line) or not isinstance(other, Variable):
                continue
            keys = replace(rule.head, terms=(claim, other))
            if any(self._change(literal, keys)) and not is_apart(
                rule.body, line, other, self.index.distinct
            ):
                yield from self._variants(_put(rule, {other.name: line}))
                differ = Comparison("=\\=", other, line)
                yield from self._variants(replace(rule, body=(*rule.body, differ)))
                return
        yield rule

    def _unfold(
        self, rule: Rule, start: int, gained: bool, above: frozenset[str]
    ) -> Iterator[tuple[Rule, bool]]:
        """Yield a rule with everything written anew that changes, and whether it can gain."""
        for place, literal in enumerate(rule.body[start:], start):
            more, less = self._change(literal, rule.head)
            if not more and not less:
                continue
            before, after = rule.body[:place], rule.body[place + 1 :]
            if (
                isinstance(literal, Relational)
                and not literal.negated
                and literal.atom.predicate not in {EVIDENCE, *above}
            ):
                name = literal.atom.predicate
                alone = not gained and not any(any(self._change(x, rule.head)) for x in after)
                for inner, terms in self._resolved(literal.atom, alone):
                    whole = replace(rule, body=(*before, *inner.body, *after))
                    if CLAUSE in literal.atom.terms:
                        whole = replace(whole, span=inner.span)
                    yield from self._unfold(_put(whole, terms), place, gained, above | {name})
                return
            for instead, terms in self._instead(literal, rule.head):
                made = _put(replace(rule, body=(*before, *instead, *after)), terms)
                yield from self._unfold(made, place + len(instead), gained or more, above)
            return
        yield rule, gained

    def _resolved(self, atom: Atom, alone: bool) -> Iterator[tuple[Rule, dict[str, Term]]]:
        """Yield the rules of an atom, with the values of variables.

        Where nothing else of a body changes, those that do not change either are left out.
        """
        for rule in self.index.rules[atom.predicate]:
            if (alone and id(rule) not in self._changing) or not _may_be(atom, rule.head):
                continue
            for variant in self._variants(rule):
                self._count += 1
                fresh = fresh_rule(variant, self._count)
                terms = unify(atom, fresh.head)
                if terms is not None:
                    yield fresh, terms

    def _instead(
        self, literal: BodyLiteral, head: Atom
    ) -> Iterator[tuple[tuple[BodyLiteral, ...], dict[str, Term]]]:
        """Yield what stands in the place of a literal that changes, with values of variables."""
        if isinstance(literal, Aggregate):
            goal = tuple(self._renamed(part, head) for part in literal.goal)
            yield (replace(literal, goal=goal),), {}
            return
        assert isinstance(literal, Relational)
        atom = literal.atom
        if atom.predicate == EVIDENCE and not literal.negated:
            words = zip(atom.terms[2:], (self.fact, self.answer), strict=True)
            on_file: dict[str, Term] = {
                term.name: Constant(word) for term, word in words if isinstance(term, Variable)
            }
            of_line = replace(literal, atom=Atom("line", atom.terms[:2], atom.span))
            yield (of_line,), on_file
            if isinstance(atom.terms[2], Variable):
                yield (literal,), {}
        elif atom.predicate == EVIDENCE and _is_certain(atom):
            return
        elif self._has_rules(atom.predicate):
            yield (self._renamed(literal, head),), {}
        elif literal.negated:
            yield (), {}

    def _renamed(self, literal: BodyLiteral, head: Atom) -> BodyLiteral:
        if not isinstance(literal, Relational) or not any(self._change(literal, head)):
            return literal
        self._has_rules(literal.atom.predicate)
        named = self._named(literal.atom.predicate)
        return replace(literal, atom=replace(literal.atom, predicate=named))

    def _has_rules(self, predicate: str) -> bool:
        """Make the rules of a condition as the supposition has it; tell whether there are any."""
        if predicate in self._helpers:
            return True
        made: list[Rule] = []
        self._helpers[predicate] = made
        if predicate == EVIDENCE:
            made += self._on_file()
        for rule in self.index.rules.get(predicate, ()):
            for variant in self._variants(rule):
                for each, _ in self._unfold(variant, 0, True, frozenset({predicate})):
                    head = replace(each.head, predicate=self._named(predicate))
                    made.append(tidy(replace(each, head=head)))
        if not made:
            del self._helpers[predicate]
        return bool(made)

    def _on_file(self) -> list[Rule]:
        """The rules of evidence itself, with the fact."""
        claim, line, name, value = (Variable(each) for each in ("C", "L", "Name", "Value"))
        named = self._named(EVIDENCE)
        supposed = Atom(named, (claim, line, Constant(self.fact), Constant(self.answer)))
        held = Atom(EVIDENCE, (claim, line, name, value))
        return [
            Rule(supposed, (Relational(Atom("line", (claim, line))),)),
            Rule(replace(held, predicate=named), (Relational(held),)),
        ]

    def _named(self, predicate: str) -> str:
        return re.sub(r"\W", "_", f"{predicate}_if_{self.fact}_{self.answer}")


def tidy(rule: Rule) -> Rule:
    """Return a rule without atoms of its line that another one makes needless.

    Variables that occur once are named like those that nobody named.
    """
    keys = rule.head.terms[:2]
    body = rule.body
    first = next((one for one in body if not _is_line(one, keys)), None)
    if isinstance(first, Relational) and not first.negated and first.atom.terms[:2] == keys:
        body = tuple(one for one in body if not _is_line(one, keys))
    body = tuple(dict.fromkeys(body))
    counts = Counter((*names_of(*rule.head.terms), *all_names(body)))
    names: dict[str, Term] = {}
    taken = set(counts)
    for name, count in counts.items():
        plain = name.partition("_")[0]
        if count == 1 and not Variable(name).anonymous:
            names[name] = Variable(f"_90{len(names)}")
        elif plain and plain not in taken:
            names[name] = Variable(plain)
            taken.add(plain)
    return _put(replace(rule, body=body), names)


def _may_be(atom: Atom, head: Atom) -> bool:
    """Tell whether no constant of an atom differs from that of a head."""
    return all(
        isinstance(one, Variable) or isinstance(other, Variable) or one == other
        for one, other in zip(atom.terms, head.terms, strict=False)
    )


def _is_line(literal: BodyLiteral, keys: tuple[Term, ...]) -> bool:
    return literal == Relational(Atom("line", keys))


def _is_certain(atom: Atom) -> bool:
    """Tell whether an atom of evidence asks for nothing that a variable could be instead."""
    return all(isinstance(term, Constant) or term.anonymous for term in atom.terms[2:])


def _put(rule: Rule, terms: Mapping[str, Term]) -> Rule:
    if not terms:
        return rule
    head = replace(rule.head, terms=substitute_terms(rule.head.terms, terms))
    return replace(rule, head=head, body=substitute(rule.body, terms))
