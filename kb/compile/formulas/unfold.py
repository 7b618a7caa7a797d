"""Pass: bodies without derived atoms that carry values and without what is known beforehand."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from facts.schema import BY_NAME
from kb.compile.formulas.constants import Rows
from kb.compile.formulas.domains import KEY_COLUMNS, OPEN, Domain
from kb.compile.formulas.line_script import NotFusable
from kb.language.arithmetic import holds
from kb.language.ast import (
    Atom,
    BodyLiteral,
    Comparison,
    Constant,
    Key,
    Program,
    Relational,
    Rule,
    Term,
    Variable,
)
from kb.language.matching import constants_of, match
from kb.language.traversal import all_names, names_of, rules_by_head, substitute, substitute_terms

Wanted = tuple[Term, ...]
Flat = tuple[tuple[BodyLiteral, ...], Wanted]
_DEEP = 60


@dataclass(slots=True)
class Unfolder:
    """Unfolds bodies.

    Parameters
    ----------
    constants : mapping
        Rows of the predicates that are known beforehand.
    domains : mapping
        What the columns of predicates of lines can hold.
    absent : frozenset of str
        Input predicates of which no row can exist in this run.
    rules : dict of (name, arity) to rules
    """

    constants: Rows
    domains: Mapping[Key, Domain]
    absent: frozenset[str]
    rules: dict[Key, list[Rule]] = field(default_factory=dict)
    _fresh: int = 0

    @classmethod
    def of(
        cls,
        program: Program,
        constants: Rows,
        domains: Mapping[Key, Domain],
        absent: frozenset[str],
    ) -> Unfolder:
        """Return the unfolder of a program."""
        return cls(constants, domains, absent, rules_by_head(program.rules))

    def fresh(self, rule: Rule, given: Mapping[str, Term]) -> tuple[BodyLiteral, ...]:
        """Return a rule's body: given variables are put in, all others are like nothing else."""
        self._fresh += 1
        terms = dict(given)
        for name in all_names(rule.body):
            if name not in terms:
                terms[name] = Variable(f"{name}~{self._fresh}")
        return substitute(rule.body, terms)

    def flatten(
        self, body: tuple[BodyLiteral, ...], wanted: Wanted, keys: frozenset[str], depth: int = 0
    ) -> Iterator[Flat]:
        """Yield the bodies that a body expands to, and the wanted terms in each.

        Parameters
        ----------
        body : tuple of literals
        wanted : tuple of Term
            Terms whose values are needed.
        keys : frozenset of str
            Variables of claims and lines that are needed.
        """
        if depth > _DEEP:
            raise NotFusable("rules call each other too deeply")
        for expand in (self._known, self._enumerated, self._inlined):
            for position, literal in enumerate(body):
                made = expand(position, literal, body, wanted, keys)
                if made is not None:
                    for following, terms in made:
                        yield from self.flatten(following, terms, keys, depth + 1)
                    return
        yield body, wanted

    def _known(
        self,
        position: int,
        literal: BodyLiteral,
        body: tuple[BodyLiteral, ...],
        wanted: Wanted,
        keys: frozenset[str],
    ) -> list[Flat] | None:
        rest = body[:position] + body[position + 1 :]
        if isinstance(literal, Comparison):
            left, right = literal.left, literal.right
            if isinstance(left, Constant) and isinstance(right, Constant):
                return [(rest, wanted)] if holds(literal.operator, left, right, {}) else []
            if literal.operator == "=":
                for one, other in ((left, right), (right, left)):
                    if isinstance(one, Variable) and isinstance(other, Constant):
                        return [_replace(rest, wanted, {one.name: other})]
            return None
        if not isinstance(literal, Relational):
            return None
        atom = literal.atom
        if atom.predicate in self.absent and atom.predicate in BY_NAME:
            return [(rest, wanted)] if literal.negated else []
        rows = self.constants.get(atom.key)
        if rows is None:
            return None
        if literal.negated:
            elsewhere = _variables(rest, wanted)
            if any(isinstance(term, Variable) and term.name in elsewhere for term in atom.terms):
                return None
            hit = any(match(atom.terms, row) is not None for row in rows)
            return [] if hit else [(rest, wanted)]
        matches = (match(atom.terms, row) for row in rows)
        return [
            _replace(rest, wanted, constants_of(found)) for found in matches if found is not None
        ]

    def _enumerated(
        self,
        position: int,
        literal: BodyLiteral,
        body: tuple[BodyLiteral, ...],
        wanted: Wanted,
        keys: frozenset[str],
    ) -> list[Flat] | None:
        atom = self._derived(literal)
        if atom is None:
            return None
        free = self._carried(position, atom, body, wanted, keys)
        if not free:
            return None
        possible = set()
        for row in self.domains.get(atom.key, frozenset()):
            held = tuple(row[column] for column in free.values())
            fixed = all(
                not isinstance(term, Constant) or value is OPEN or value == term.value
                for term, value in zip(atom.terms[KEY_COLUMNS:], row, strict=True)
            )
            if fixed:
                if any(value is OPEN for value in held):
                    return None
                possible.add(held)
        found = []
        for held in sorted(possible, key=repr):
            terms: dict[str, Term] = {
                name: Constant(value)  # type: ignore[arg-type]
                for name, value in zip(free, held, strict=True)
            }
            found.append(_replace(body, wanted, terms))
        return found

    def _inlined(
        self,
        position: int,
        literal: BodyLiteral,
        body: tuple[BodyLiteral, ...],
        wanted: Wanted,
        keys: frozenset[str],
    ) -> list[Flat] | None:
        atom = self._derived(literal)
        if atom is None or not self._carried(position, atom, body, wanted, keys):
            return None
        found = []
        for rule in self.rules[atom.key]:
            inner: dict[str, Term] = {}
            outer: dict[str, Term] = {}
            checks: list[BodyLiteral] = []
            for term, own in zip(atom.terms, rule.head.terms, strict=True):
                if isinstance(own, Variable):
                    if own.name in inner:
                        checks.append(Comparison("=", inner[own.name], term))
                    inner.setdefault(own.name, term)
                elif isinstance(term, Variable):
                    outer[term.name] = own
                elif term.value != own.value:
                    break
            else:
                put = self.fresh(rule, inner)
                joined = (*body[:position], *put, *checks, *body[position + 1 :])
                found.append(_replace(joined, wanted, outer))
        return found

    def _derived(self, literal: BodyLiteral) -> Atom | None:
        """The atom of a positive literal of a derived predicate."""
        if not isinstance(literal, Relational) or literal.negated:
            return None
        atom = literal.atom
        return atom if atom.key in self.rules else None

    def _carried(
        self,
        position: int,
        atom: Atom,
        body: tuple[BodyLiteral, ...],
        wanted: Wanted,
        keys: frozenset[str],
    ) -> dict[str, int]:
        """Variables beyond claim and line whose value is needed elsewhere, with their columns."""
        elsewhere = _variables(body[:position] + body[position + 1 :], wanted) | keys
        found: dict[str, int] = {}
        for column, term in enumerate(atom.terms[KEY_COLUMNS:]):
            if isinstance(term, Variable) and (term.name in elsewhere or term.name in found):
                found[term.name] = column
        return found


def _replace(body: tuple[BodyLiteral, ...], wanted: Wanted, terms: Mapping[str, Term]) -> Flat:
    return substitute(body, terms), substitute_terms(wanted, terms)


def _variables(body: Iterable[BodyLiteral], wanted: Wanted) -> set[str]:
    return {*all_names(body), *names_of(*wanted)}
