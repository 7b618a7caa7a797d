"""Every way in which an atom follows: the rules of a program, instantiated over the facts.

Only what a goal needs is looked at, and each pattern is looked at once, which is what keeps an
explanation fast. Recursive predicates are left to the engine's session.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from explain.proof.rule_index import NO_NAMES, own_names, rule_index
from facts.origin import Origin
from kb.checks.checked import CheckedProgram
from kb.engines.protocol import Facts, Session
from kb.language.arithmetic import evaluate, fold, holds
from kb.language.ast import (
    Aggregate,
    Assignment,
    Atom,
    BodyLiteral,
    Comparison,
    Query,
    Relational,
    Rule,
    Variable,
)
from kb.language.matching import (
    Bindings,
    GroundAtom,
    Pattern,
    joined,
    match,
    pattern_of,
    row_of,
    without,
)
from kb.language.values import Row, Value


@dataclass(frozen=True, slots=True)
class Instance:
    """A rule with a value for each of its variables, under which its body holds.

    Parameters
    ----------
    rule : Rule
    position : int
        Of the rule in its program, for a stable order.
    bindings : mapping of variable name to value
    """

    rule: Rule
    position: int
    bindings: Bindings


_UNKNOWN: tuple[frozenset[str], ...] = (frozenset({"unknown"}),)


class Derivations:
    """The ways in which atoms follow from one program and one set of facts.

    Parameters
    ----------
    program : CheckedProgram
    facts : Facts
    session : Session
        Of an engine, over the same program and facts.
    """

    def __init__(self, program: CheckedProgram, facts: Facts, session: Session) -> None:
        self.program = program
        self.index = rule_index(program)
        self.facts = facts
        self.session = session
        self._rows: dict[tuple[str, Pattern], list[Row]] = {}
        self._by_value: dict[tuple[str, tuple[int, ...]], dict[Row, list[Row]]] = {}
        self._before: Derivations | None = None
        self._others: frozenset[str] = frozenset()

    def changed(self, facts: Facts, predicates: frozenset[str]) -> Derivations:
        """Return the derivations over other facts that keep what does not depend on them.

        Parameters
        ----------
        facts : Facts
        predicates : frozenset of str
            Those whose facts are others, and all that depend on them; none is recursive.
        """
        other = Derivations(self.program, facts, self.session)
        other._before, other._others = self, predicates
        return other

    def origins(self, atom: GroundAtom) -> tuple[Origin, ...]:
        """Return every place that states an atom as a fact; none if it is no fact."""
        predicate, row = atom
        read = self.facts.get(predicate, {}).get(row, ())
        return (*read, *self.index.stated.get(predicate, {}).get(row, ()))

    def is_stated(self, atom: GroundAtom) -> bool:
        """Return whether an atom is a fact."""
        predicate, row = atom
        return any(row in source.get(predicate, ()) for source in (self.facts, self.index.stated))

    def is_derived(self, predicate: str) -> bool:
        """Return whether some rule with a body concludes the predicate."""
        return predicate in self.index.rules

    def holds(self, atom: GroundAtom) -> bool:
        """Return whether an atom is a fact or follows."""
        return bool(self.rows(*atom))

    def rows(self, predicate: str, pattern: Pattern) -> list[Row]:
        """Return the rows of a predicate, stated or derived, that match a pattern, sorted as met.

        Parameters
        ----------
        predicate : str
        pattern : tuple of Value or None

        Returns
        -------
        list of tuple
        """
        key = (predicate, pattern)
        found = self._rows.get(key)
        if found is None and self._before is not None and predicate not in self._others:
            return self._before.rows(predicate, pattern)
        if found is None:
            distinct: dict[Row, None] = dict.fromkeys(self._stated(predicate, pattern))
            if predicate in self.index.recursive:
                distinct.update(dict.fromkeys(self._ask(predicate, pattern)))
            elif predicate in self.index.rules:
                distinct.update(dict.fromkeys(self._derived(predicate, pattern)))
            found = self._rows[key] = list(distinct)
        return found

    def instances(self, atom: GroundAtom) -> Iterator[Instance]:
        """Yield every instance of a rule that concludes an atom, in the order of the program."""
        predicate, row = atom
        for position, rule in self.index.candidates(predicate, row):
            bindings = match(rule.head.terms, row)
            if bindings is not None:
                for solution in self.solve(rule.body, bindings):
                    yield Instance(rule, position, solution)

    def solve(
        self, body: tuple[BodyLiteral, ...], bindings: Bindings, start: int = 0
    ) -> Iterator[Bindings]:
        """Yield the bindings under which a body holds, from left to right.

        Parameters
        ----------
        body : tuple of BodyLiteral
        bindings : mapping of variable name to value
            What is bound before.
        start : int, optional
            First literal to look at.
        """
        if start == len(body):
            yield bindings
            return
        own = self.index.own.get(id(body))
        for extended in self.step(body[start], bindings, own[start] if own else NO_NAMES):
            yield from self.solve(body, extended, start + 1)

    def step(
        self, literal: BodyLiteral, bindings: Bindings, own: frozenset[str] = NO_NAMES
    ) -> Iterator[Bindings]:
        """Yield what the bindings become where one literal holds.

        Parameters
        ----------
        literal : BodyLiteral
        bindings : mapping of variable name to value
        own : frozenset of str, optional
            Variables of the literal that are its own, though the bindings may have their name.
        """
        if type(literal) is Relational:
            atom = literal.atom
            seen = without(bindings, own)
            rows = self.rows(atom.predicate, pattern_of(atom, seen))
            if not literal.negated:
                yield from joined(atom, rows, bindings)
            elif not joined(atom, rows, seen):
                yield bindings
        elif type(literal) is Comparison:
            yield from _compared(literal, bindings)
        elif type(literal) is Assignment:
            yield from _bind(literal.variable, evaluate(literal.expression, bindings), bindings)
        elif type(literal) is Aggregate:
            value = self._aggregate(literal, without(bindings, own))
            yield from _bind(literal.result, value, bindings)

    def views(
        self, body: tuple[BodyLiteral, ...], bindings: Bindings, given: Iterable[str] = ()
    ) -> list[Bindings]:
        """Return, for each literal of a body, those of its final bindings that it sees.

        Parameters
        ----------
        body : tuple of BodyLiteral
            Of a rule, or the goal of an aggregate.
        bindings : mapping of variable name to value
        given : iterable of str, optional
            Variables that are bound before the body.
        """
        known = self.index.own.get(id(body), _UNKNOWN)
        own = own_names(body, given) if known is _UNKNOWN else known
        if own is None:
            return [bindings] * len(body)
        return [without(bindings, names) for names in own]

    def counted(self, literal: Aggregate, bindings: Bindings) -> list[Bindings]:
        """Return the distinct solutions of an aggregate's goal, in a stable order."""
        outer = without(bindings, frozenset({literal.result.name}))
        solutions = {
            tuple(sorted(solution.items())): solution
            for solution in self.solve(literal.goal, outer)
        }
        return [solutions[key] for key in sorted(solutions, key=repr)]

    def _aggregate(self, literal: Aggregate, bindings: Bindings) -> Value | None:
        solutions = self.counted(literal, bindings)
        values: list[Value] = [
            1 if literal.expression is None else evaluate(literal.expression, solution)
            for solution in solutions
        ]
        return fold(literal.function, values, literal.span)

    def _stated(self, predicate: str, pattern: Pattern) -> Iterator[Row]:
        for source in (self.facts.get(predicate), self.index.stated.get(predicate)):
            if not source:
                continue
            if None not in pattern:
                if pattern in source:
                    yield pattern  # type: ignore[misc]
                continue
            bound = tuple(at for at, value in enumerate(pattern) if value is not None)
            if not bound:
                yield from source
                continue
            key = (predicate if source is self.facts.get(predicate) else f":{predicate}", bound)
            groups = self._by_value.get(key)
            if groups is None:
                groups = self._by_value[key] = {}
                for row in source:
                    groups.setdefault(tuple(row[at] for at in bound), []).append(row)
            wanted = tuple(value for value in pattern if value is not None)
            yield from groups.get(wanted, ())

    def _derived(self, predicate: str, pattern: Pattern) -> Iterator[Row]:
        for _, rule in self.index.candidates(predicate, pattern):
            bindings = match(rule.head.terms, pattern)
            if bindings is None:
                continue
            for solution in self.solve(rule.body, bindings):
                yield row_of(rule.head, solution)

    def _ask(self, predicate: str, pattern: Pattern) -> Iterable[Row]:
        names = [f"V{position}" for position in range(len(pattern))]
        goal = Relational(Atom(predicate, tuple(Variable(name) for name in names)))
        bound = {
            name: value for name, value in zip(names, pattern, strict=True) if value is not None
        }
        return self.session.answers(Query((goal,)), bound)


def _compared(literal: Comparison, bindings: Bindings) -> Iterator[Bindings]:
    if literal.operator == "=":
        for side, other in ((literal.left, literal.right), (literal.right, literal.left)):
            if isinstance(side, Variable) and side.name not in bindings:
                yield from _bind(side, evaluate(other, bindings), bindings)
                return
    if holds(literal.operator, literal.left, literal.right, bindings):
        yield bindings


def _bind(variable: Variable, value: Value | None, bindings: Bindings) -> Iterator[Bindings]:
    if value is None:
        return
    if variable.name not in bindings:
        yield {**bindings, variable.name: value}
    elif bindings[variable.name] == value:
        yield bindings
