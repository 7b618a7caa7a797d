"""Every way in which an atom follows: the rules of a program, instantiated over the facts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from heapq import nsmallest

from explain.english.phrases import MOST_COUNTED
from explain.proof.rule_index import NO_NAMES, own_names, rule_index
from facts.origin import Origin
from kb.engines.protocol import Facts, Session
from kb.engines.pydatalog.evaluator import Evaluator
from kb.engines.pydatalog.session import PyDatalogSession
from kb.language.ast import Aggregate, BodyLiteral, Rule
from kb.language.matching import Bindings, GroundAtom, Pattern, match, without
from kb.language.values import Row, Value, row_key
from kb.model.program import CheckedProgram


@dataclass(frozen=True, slots=True)
class Instance:
    """A rule with a value for each of its variables, under which its body holds.

    Parameters
    ----------
    rule : Rule
        The rule.
    position : int
        Number of the rule in its program, for a stable order.
    bindings : mapping of variable name to value
        The values.
    """

    rule: Rule
    position: int
    bindings: Bindings


def _in_order(named: tuple[tuple[str, Value], ...]) -> tuple[tuple[int, Value], ...]:
    return row_key(value for _, value in named)


_UNKNOWN: tuple[frozenset[str], ...] = (frozenset({"unknown"}),)


class Derivations:
    """The ways in which atoms follow from one program and one set of facts.

    Parameters
    ----------
    program : CheckedProgram
        The rules.
    facts : Facts
        What they conclude from.
    session : Session, optional
        A session over the same program and facts; what one of pyDatalog found is used.
    """

    def __init__(
        self, program: CheckedProgram, facts: Facts, session: Session | None = None
    ) -> None:
        self.index = rule_index(program)
        self.facts = facts
        if isinstance(session, PyDatalogSession):
            self._evaluator = session.evaluator
        else:
            self._evaluator = Evaluator(self.index.rules, facts)
        self.program = program

    def changed(self, facts: Facts, predicates: frozenset[str]) -> Derivations:
        """Return the derivations over other facts that keep what does not depend on them.

        Parameters
        ----------
        facts : Facts
            The other facts.
        predicates : frozenset of str
            Those whose facts are others, and all that depend on them.

        Returns
        -------
        Derivations
        """
        other = Derivations(self.program, facts)
        other._evaluator = self._evaluator.changed(facts, predicates)
        return other

    def origins(self, atom: GroundAtom) -> tuple[Origin, ...]:
        """Return every place that states an atom as a fact; none if it is no fact.

        Parameters
        ----------
        atom : tuple of predicate and row
            A ground atom.

        Returns
        -------
        tuple of Origin
        """
        predicate, row = atom
        read = self.facts.get(predicate, {}).get(row, ())
        return (*read, *self.index.stated.get(predicate, {}).get(row, ()))

    def is_stated(self, atom: GroundAtom) -> bool:
        """Return whether an atom is a fact.

        Parameters
        ----------
        atom : tuple of predicate and row
            A ground atom.

        Returns
        -------
        bool
        """
        predicate, row = atom
        return any(row in source.get(predicate, ()) for source in (self.facts, self.index.stated))

    def is_derived(self, predicate: str) -> bool:
        """Return whether some rule with a body concludes the predicate.

        Parameters
        ----------
        predicate : str
            Its name.

        Returns
        -------
        bool
        """
        return predicate in self.index.needs

    def rows(self, predicate: str, pattern: Pattern) -> Sequence[Row]:
        """Return the rows of a predicate, stated or derived, that match a pattern.

        Parameters
        ----------
        predicate : str
            Its name.
        pattern : tuple of value or None
            None where any value will do.

        Returns
        -------
        sequence of tuple
            In the order in which they are found.
        """
        return self._evaluator.rows(predicate, pattern)

    def instances(self, atom: GroundAtom) -> Iterator[Instance]:
        """Yield every instance of a rule that concludes an atom, in the order of the program.

        Parameters
        ----------
        atom : tuple of predicate and row
            A ground atom.

        Yields
        ------
        Instance
        """
        predicate, row = atom
        for each in self.index.candidates(predicate, row):
            bindings = match(each.rule.head.terms, row)
            if bindings is not None:
                for solution in self._evaluator.solve(each.join, bindings):
                    yield Instance(each.rule, each.position, solution)

    def step(
        self, literal: BodyLiteral, bindings: Bindings, own: frozenset[str] = NO_NAMES
    ) -> Iterator[Bindings]:
        """Yield what the bindings become where one literal holds.

        Parameters
        ----------
        literal : BodyLiteral
            A literal of the body of a rule.
        bindings : mapping of variable name to value
            What is bound before.
        own : frozenset of str, optional
            Variables of the literal that are its own, though the bindings may have their name.

        Yields
        ------
        mapping of variable name to value
        """
        for solution in self._solve((literal,), without(bindings, own)):
            yield {**bindings, **solution} if own else solution

    def views(
        self, body: tuple[BodyLiteral, ...], bindings: Bindings, given: Iterable[str] = ()
    ) -> list[Bindings]:
        """Return, for each literal of a body, those of its final bindings that it sees.

        Parameters
        ----------
        body : tuple of BodyLiteral
            The body of a rule, or the goal of an aggregate.
        bindings : mapping of variable name to value
            Those under which the whole body holds.
        given : iterable of str, optional
            Variables that are bound before the body.

        Returns
        -------
        list of mapping
        """
        known = self.index.own.get(id(body), _UNKNOWN)
        own = own_names(body, given) if known is _UNKNOWN else known
        if own is None:
            return [bindings] * len(body)
        return [without(bindings, names) for names in own]

    def counted(self, literal: Aggregate, bindings: Bindings) -> list[Bindings]:
        """Return the distinct solutions of an aggregate's goal, the first `MOST_COUNTED` of them.

        Parameters
        ----------
        literal : Aggregate
            A literal of the body of a rule.
        bindings : mapping of variable name to value
            What is bound before.

        Returns
        -------
        list of mapping
            In the order of their values.
        """
        outer = without(bindings, {literal.result.name})
        solutions = {
            tuple(sorted(solution.items())): solution
            for solution in self._solve(literal.goal, outer)
        }
        keys = nsmallest(MOST_COUNTED, solutions, key=_in_order)
        return [solutions[key] for key in keys]

    def _solve(self, body: tuple[BodyLiteral, ...], bindings: Bindings) -> Sequence[Bindings]:
        return self._evaluator.solve(self.index.join(body, bindings), bindings)
