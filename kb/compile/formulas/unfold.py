"""Bodies without derived atoms that carry values and without what is known beforehand."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from facts.schema import BY_NAME
from kb.compile.formulas.domains import KEY_COLUMNS, OPEN, Domain, Rows
from kb.compile.formulas.line_script import NotFusable
from kb.language.arithmetic import holds
from kb.language.ast import (
    Atom,
    BodyLiteral,
    Comparison,
    Constant,
    Key,
    Relational,
    Rule,
    Term,
    Variable,
)
from kb.language.matching import constants_of, match
from kb.language.traversal import all_names, names_of, substitute, substitute_terms
from kb.language.values import Value

_DEEP = 60


@dataclass(frozen=True, slots=True)
class Conjunction:
    """A body with what is needed of it.

    Parameters
    ----------
    body : tuple of literals
        The body of a rule or an aggregate.
    keys : frozenset of str
        Variables of claims and lines that are needed.
    wanted : tuple of Term
        Further terms whose values are needed.
    """

    body: tuple[BodyLiteral, ...]
    keys: frozenset[str]
    wanted: tuple[Term, ...] = ()

    def without(self, position: int) -> Conjunction:
        """Return it without the literal at a position.

        Parameters
        ----------
        position : int
            From 0.
        """
        body = self.body[:position] + self.body[position + 1 :]
        return Conjunction(body, self.keys, self.wanted)

    def replaced(self, terms: Mapping[str, Term]) -> Conjunction:
        """Return it with terms in the place of variables.

        Parameters
        ----------
        terms : mapping of variable name to Term
            Variables that it lacks stay.
        """
        wanted = substitute_terms(self.wanted, terms)
        return Conjunction(substitute(self.body, terms), self.keys, wanted)

    @property
    def names(self) -> set[str]:
        """The variables of the body and of the wanted terms."""
        return {*all_names(self.body), *names_of(*self.wanted)}


@dataclass(slots=True)
class Unfolder:
    """Unfolds bodies.

    Parameters
    ----------
    constants : mapping of (name, arity) to rows
        Rows of the predicates that are known beforehand.
    domains : mapping of (name, arity) to rows
        What the columns of predicates of lines can hold.
    absent : frozenset of str
        Input predicates of which no row can exist in this run.
    rules : dict of (name, arity) to rules
        The rules of the whole program.
    """

    constants: Rows
    domains: Mapping[Key, Domain]
    absent: frozenset[str]
    rules: dict[Key, list[Rule]]
    _fresh: int = 0

    def flatten(self, whole: Conjunction, depth: int = 0) -> Iterator[Conjunction]:
        """Yield the bodies that a body expands to.

        Parameters
        ----------
        whole : Conjunction
            It may have derived atoms that carry values.
        depth : int, optional
            How many bodies it is the body of.

        Raises
        ------
        NotFusable
            If rules call each other too deeply.
        """
        if depth > _DEEP:
            raise NotFusable("rules call each other too deeply")
        for expand in (self._known, self._enumerated, self._inlined):
            for position in range(len(whole.body)):
                made = expand(whole, position)
                if made is not None:
                    for following in made:
                        yield from self.flatten(following, depth + 1)
                    return
        yield whole

    def _known(self, whole: Conjunction, position: int) -> list[Conjunction] | None:
        match whole.body[position]:
            case Comparison(operator, Constant() as left, Constant() as right):
                return [whole.without(position)] if holds(operator, left, right, {}) else []
            case Comparison("=", Variable(name), Constant() as value):
                return [whole.without(position).replaced({name: value})]
            case Comparison("=", Constant() as value, Variable(name)):
                return [whole.without(position).replaced({name: value})]
            case Relational(atom, negated):
                if atom.predicate in self.absent and atom.predicate in BY_NAME:
                    return [whole.without(position)] if negated else []
                rows = self.constants.get(atom.key)
                if rows is not None:
                    return _matched(whole.without(position), atom, negated, rows)
        return None

    def _enumerated(self, whole: Conjunction, position: int) -> list[Conjunction] | None:
        atom = self._derived(whole.body[position])
        free = {} if atom is None else _carried(whole.without(position), atom)
        if atom is None or not free:
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
        return [
            whole.replaced(constants_of(dict(zip(free, held, strict=True))))  # type: ignore[arg-type]
            for held in sorted(possible, key=repr)
        ]

    def _inlined(self, whole: Conjunction, position: int) -> list[Conjunction] | None:
        atom = self._derived(whole.body[position])
        if atom is None or not _carried(whole.without(position), atom):
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
                put = (*self._body(rule, inner), *checks)
                body = (*whole.body[:position], *put, *whole.body[position + 1 :])
                found.append(replace(whole, body=body).replaced(outer))
        return found

    def _body(self, rule: Rule, given: Mapping[str, Term]) -> tuple[BodyLiteral, ...]:
        """A rule's body: given variables are put in, all others are like nothing else."""
        self._fresh += 1
        names = dict.fromkeys(all_names(rule.body))
        fresh = {name: Variable(f"{name}~{self._fresh}") for name in names}
        return substitute(rule.body, {**fresh, **given})

    def _derived(self, literal: BodyLiteral) -> Atom | None:
        """The atom of a positive literal of a derived predicate."""
        if not isinstance(literal, Relational) or literal.negated:
            return None
        return literal.atom if literal.atom.key in self.rules else None


def _carried(rest: Conjunction, atom: Atom) -> dict[str, int]:
    """Variables beyond claim and line whose value is needed elsewhere, with their columns."""
    elsewhere = rest.names | rest.keys
    found: dict[str, int] = {}
    for column, term in enumerate(atom.terms[KEY_COLUMNS:]):
        if isinstance(term, Variable) and (term.name in elsewhere or term.name in found):
            found[term.name] = column
    return found


def _matched(
    rest: Conjunction, atom: Atom, negated: bool, rows: tuple[tuple[Value, ...], ...]
) -> list[Conjunction] | None:
    """What is left of a body for each known row that an atom of it is."""
    matches = [found for row in rows if (found := match(atom.terms, row)) is not None]
    if not negated:
        return [rest.replaced(constants_of(found)) for found in matches]
    if not rest.names.isdisjoint(names_of(*atom.terms)):
        return None
    return [] if matches else [rest]
