"""Goal-directed resolution of prepared relations over one set of facts.

pyDatalog resolves and tables the calls of derived relations. What it does not do dependably is
done here and in the modules beside this one: clauses are picked and instantiated, input facts
joined and numbers compared in Python, negated and aggregated goals answered from complete tables.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from facts.diagnostic import Diagnostic, QueryError
from facts.span import Span
from kb.engines.pydatalog import machine
from kb.engines.pydatalog.machine import Const, Literal, Unknown
from kb.engines.pydatalog.relations import Absence, Clause, Fold, Local, Relation
from kb.engines.pydatalog.rows import Rows
from kb.engines.pydatalog.steps import aggregate
from kb.engines.pydatalog.tables import Tables
from kb.engines.pydatalog.templates import ClauseIndex, Template
from kb.language.ast import Constant, Term, Variable
from kb.language.values import Row, Value, canonical

MOST_GROWTH = 100_000
"""Calculations with what a recursion found, in one answer; more are taken for a loop."""


def register(relations: Iterable[Relation]) -> None:
    """Give relations and their goals the predicates by which they are called.

    Must happen before a resolution uses them; afterwards they are only read, by any thread.
    """
    relations = list(relations)
    for relation in relations:
        relation.handle = machine.new_predicate(relation.key[1], Resolution.resolve, relation)
    for relation in relations:
        for clause in relation.clauses:
            for goal in clause.goals:
                if isinstance(goal, Local):
                    goal.handle = machine.new_predicate(len(goal.terms), Resolution.step, goal)
                elif isinstance(goal, Absence):
                    goal.handle = machine.new_predicate(len(goal.terms), Resolution.absence, goal)
                elif isinstance(goal, Fold):
                    goal.handle = machine.new_predicate(len(goal.terms), Resolution.fold, goal)
            clause.template = Template(clause)


class Resolution:
    """The tables of one program over one set of facts. Not for two threads at once.

    Parameters
    ----------
    clauses : mapping of Relation to list of Clause
        The clauses that can hold.
    rows : Rows
    """

    def __init__(self, clauses: Mapping[Relation, list[Clause]], rows: Rows) -> None:
        self._clauses = {relation: ClauseIndex(found) for relation, found in clauses.items()}
        self._rows = rows
        self._constants: dict[Value, Any] = {}
        self._grown = 0
        self._start(widening=True)

    def _start(self, widening: bool) -> None:
        self._state = machine.new_state()
        self._tables = Tables(self._state, widening)

    def solve(
        self, goal: Relation, inputs: Sequence[Value | None], extra: Iterable[Relation] = ()
    ) -> list[Row]:
        """Return the rows of a goal, in no particular order.

        Parameters
        ----------
        goal : Relation
            A registered relation of a query.
        inputs : sequence of value or None
            The columns whose value is given.
        extra : iterable of Relation
            Further registered relations that only this goal needs.

        Raises
        ------
        QueryError
            If arithmetic has no result.
        """
        temporary = [goal, *extra]
        for relation in temporary:
            self._clauses[relation] = ClauseIndex(relation.clauses)
        try:
            return self._solve(goal, inputs)
        except QueryError:
            # a wider goal may have met what the goal itself never asks for
            widened = self._tables.widened
            self._start(widening=False)
            if not widened:
                raise
            return self._solve(goal, inputs)
        except BaseException:
            self._start(widening=True)
            raise
        finally:
            for relation in temporary:
                del self._clauses[relation]

    def _solve(self, goal: Relation, inputs: Sequence[Value | None]) -> list[Row]:
        self._grown = 0
        with machine.using(self._state, self):
            terms = [Unknown() if value is None else self._constant(value) for value in inputs]
            facts = self._tables.complete(Literal(goal.handle, terms))
            return [tuple([term.id for term in fact.terms]) for fact in facts]

    def resolve(self, relation: Relation, literal: Any, subgoal: Any) -> None:
        """Answer a call of a relation: by a wider call, or by its facts and clauses."""
        terms = literal.terms
        variables = [term.id for term in terms if type(term) is not Const]
        if len(set(variables)) < len(variables):
            self._generalise(relation, terms, subgoal)
            return
        known = self._tables.recall(relation.handle, terms)
        if known is not None:
            for fact in known:
                subgoal.fact(fact)
            return
        for row in self._rows.of(relation.key):
            fact = Literal(relation.handle, [self._constant(value) for value in row])
            if literal.unify(fact) is not None:
                subgoal.fact(fact)
        clauses = self._clauses.get(relation)
        if clauses is None:
            return
        for template in clauses.for_call(terms):
            if subgoal.is_done:
                return
            bindings = template.match(terms)
            if bindings is not None:
                self._use(template, bindings, subgoal)

    def _use(self, template: Template, bindings: dict[str, Any], subgoal: Any) -> None:
        """Go on with every instance of a clause that its lead allows."""
        values = {name: term.id for name, term in bindings.items() if type(term) is Const}
        solutions = [values]
        if template.lead is not None:
            solutions = template.lead.solve(values, self._rows)
            if template.repeats and len(solutions) > 1:
                solutions = list(
                    {tuple(map(each.get, template.shown)): each for each in solutions}.values()
                )
        given = {**template.fixed, **bindings}
        for solution in solutions:
            terms = given.copy()
            for name in template.shown:
                value = solution.get(name)
                if value is not None:
                    terms[name] = self._constants.get(value) or self._constant(value)
                elif name not in terms:
                    terms[name] = Unknown()
            head = Literal(template.handle, template.head(terms))
            if template.goals:
                body = [Literal(handle, make(terms)) for handle, make in template.goals]
                machine.resolve_with(subgoal, head, body)
            else:
                subgoal.fact(head)

    def _generalise(self, relation: Relation, terms: list[Any], subgoal: Any) -> None:
        """Answer a call such as ``p(X, X)`` by ``p(X, Y)`` and a comparison."""
        seen: set[Any] = set()
        general, same = [], []
        for term in terms:
            if type(term) is not Const and term.id in seen:
                other = Unknown()
                same.append(Literal(machine.EQUAL, [term, other]))
                general.append(other)
            else:
                seen.add(term.id)
                general.append(term)
        body = [Literal(relation.handle, general), *same]
        machine.resolve_with(subgoal, Literal(relation.handle, list(terms)), body)

    def step(self, goal: Local, literal: Any, subgoal: Any) -> None:
        """Answer a step by joining input facts."""
        if goal.growth is not None:
            self._grown += 1
            if self._grown > MOST_GROWTH:
                raise _endless(goal.growth)
        names = [variable.name for variable in goal.terms]
        values = {
            name: term.id
            for name, term in zip(names, literal.terms, strict=True)
            if type(term) is Const
        }
        for solution in goal.step.solve(values, self._rows):
            constants = [self._constant(solution[name]) for name in names]
            subgoal.fact(Literal(goal.handle, constants))

    def absence(self, goal: Absence, literal: Any, subgoal: Any) -> None:
        """Answer a negated goal once its table is complete."""
        relation = goal.relation
        if relation not in self._clauses and not self._rows.of(relation.key):
            subgoal.fact(True)
            return

        def resume(complete: Any) -> None:
            if not complete.facts:
                subgoal.fact(True)

        terms = {term.name: part for term, part in zip(goal.terms, literal.terms, strict=True)}
        self._wait(relation, goal.pattern, terms, resume)

    def fold(self, goal: Fold, literal: Any, subgoal: Any) -> None:
        """Answer an aggregate once the table of its goal is complete."""
        terms = {term.name: part for term, part in zip(goal.terms, literal.terms, strict=True)}
        names = (*goal.inputs, *goal.columns)

        def resume(complete: Any) -> None:
            solutions = [
                dict(zip(names, [term.id for term in fact.terms], strict=True))
                for fact in complete.facts.values()
            ]
            value = aggregate(goal.function, goal.expression, solutions, goal.result)
            known = terms[goal.result.name]
            if value is None or (type(known) is Const and known.id != value):
                return
            filled = {**terms, goal.result.name: self._constant(value)}
            subgoal.fact(Literal(goal.handle, [filled[term.name] for term in goal.terms]))

        self._wait(goal.relation, tuple(map(Variable, names)), terms, resume)

    def _wait(
        self, relation: Relation, pattern: tuple[Term, ...], known: Mapping[str, Any], resume: Any
    ) -> None:
        """Wait for all answers that match a pattern; variables that are not known match all."""
        terms = dict(known)
        parts: list[Any] = []
        for term in pattern:
            if isinstance(term, Constant):
                parts.append(self._constant(canonical(term.value)))
            else:
                if term.name not in terms:
                    terms[term.name] = Unknown()
                parts.append(terms[term.name])
        self._tables.wait(relation, Literal(relation.handle, parts), resume)

    def _constant(self, value: Value) -> Any:
        constant = self._constants.get(value)
        if constant is None:
            constant = self._constants[value] = Const(value)
        return constant


def _endless(span: Span) -> QueryError:
    message = "the calculation stands in a recursion that finds new numbers without end"
    help = "let a comparison stop it, or take the number from facts"
    return QueryError([Diagnostic("error", message, span, help)])
