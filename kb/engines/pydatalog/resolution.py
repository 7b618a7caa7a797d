"""Goal-directed resolution by pyDatalog: the only place that knows it.

pyDatalog's engine gives the tabled resolution of positive goals (SLG: subgoals, waiters, a stack
of tasks). What it does not do dependably is done here: clauses are picked and instantiated, input
facts joined and numbers compared in Python, and a negated or aggregated goal waits until no task
is left and no goal of a lower stratum waits; then its table is complete. Terms are built, never
parsed, and each `Resolution` has a state of its own.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, TypeAlias
from weakref import WeakValueDictionary

from pyDatalog import pyEngine as engine

from kb.engines.arithmetic import canonical
from kb.engines.protocol import Row
from kb.engines.pydatalog.relations import Absence, Clause, Fold, Local, Relation
from kb.engines.pydatalog.rows import Rows
from kb.engines.pydatalog.steps import aggregate
from kb.language.syntax import Constant, Term, Value, Variable

_State = engine.Logic
_Part: TypeAlias = Any
"""A variable's name, or pyDatalog's constant."""

_numbers = itertools.count()


class _Open:
    """The goal that pyDatalog looks at to stop early: never done, so that tables get complete."""

    is_done = False


class _Template:
    """A clause as pyDatalog terms, variables as names."""

    def __init__(self, clause: Clause) -> None:
        self.handle = clause.relation.handle
        self.head = _parts(clause.head)
        self.lead = clause.lead
        self.goals = tuple((goal.handle, _parts(goal.terms)) for goal in clause.goals)
        self.shown = tuple(sorted(clause.shown))
        self.repeats = clause.lead is not None and not clause.lead.names <= clause.shown


def register(relations: Iterable[Relation]) -> None:
    """Give relations and their goals what pyDatalog needs to call them.

    Must happen before a resolution uses them; afterwards they are only read, by any thread.
    """
    relations = list(relations)
    with _using(_new_state()):
        for relation in relations:
            relation.handle = _handle(relation.key[1], Resolution.resolve, relation)
        for relation in relations:
            for clause in relation.clauses:
                for goal in clause.goals:
                    if isinstance(goal, Local):
                        goal.handle = _handle(len(goal.terms), Resolution.step, goal)
                    elif isinstance(goal, Absence):
                        goal.handle = _handle(len(goal.terms), Resolution.absence, goal)
                    elif isinstance(goal, Fold):
                        goal.handle = _handle(len(goal.terms), Resolution.fold, goal)
                clause.template = _Template(clause)


class Resolution:
    """The tables of one program over one set of facts.

    Not for two threads at once: a session locks.

    Parameters
    ----------
    clauses : mapping of Relation to list of Clause
        The clauses that can hold; those of relations added later are given to `solve`.
    rows : Rows
    """

    def __init__(self, clauses: Mapping[Relation, list[Clause]], rows: Rows) -> None:
        self._clauses = dict(clauses)
        self._rows = rows
        self._constants: dict[Value, Any] = {}
        self._reset()

    def _reset(self) -> None:
        self._state = _new_state()
        self._state.resolution = self
        self._table: dict[tuple[Any, ...], Any] = self._state.Subgoals
        self._complete = 0
        self._waiting: dict[int, list[tuple[Any, Callable[[Any], None]]]] = {}

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
        """
        temporary = [goal, *extra]
        for relation in temporary:
            self._clauses[relation] = relation.clauses
        try:
            with _using(self._state):
                terms = [
                    engine.Fresh_var() if value is None else self._constant(value)
                    for value in inputs
                ]
                subgoal = self._open(engine.Literal(goal.handle, terms))
                self._run(subgoal)
                facts = subgoal.facts.values()
                return [tuple([term.id for term in fact.terms]) for fact in facts]
        except BaseException:
            self._reset()
            raise
        finally:
            for relation in temporary:
                del self._clauses[relation]

    def _open(self, literal: Any) -> Any:
        """Return the subgoal of a literal, started where it is new."""
        subgoal = self._table.get(literal.get_tag())
        if subgoal is None:
            subgoal = engine.Subgoal(literal)
            subgoal.schedule((engine.SEARCH, (subgoal,)))
        return subgoal

    def _run(self, subgoal: Any) -> None:
        """Work until every table is complete, lower strata first."""
        waiting = self._waiting
        while True:
            task, arguments = subgoal.next_step()
            while task is not None:
                task, arguments = task(*arguments)
            if not waiting:
                break
            lowest = min(waiting)
            before = len(self._table)
            opened = [(self._open(literal), resume) for literal, resume in waiting[lowest]]
            if len(self._table) > before:
                continue
            del waiting[lowest]
            for each, resume in opened:
                resume(each)
        for each in itertools.islice(self._table.values(), self._complete, None):
            each.is_done = True
            each.waiters = []
        self._complete = len(self._table)

    def _await(self, stratum: int, literal: Any, resume: Callable[[Any], None]) -> None:
        """Resume with the complete subgoal of a literal."""
        subgoal = self._table.get(literal.get_tag())
        if subgoal is not None and subgoal.is_done:
            resume(subgoal)
        else:
            self._waiting.setdefault(stratum, []).append((literal, resume))

    def _constant(self, value: Value) -> Any:
        constant = self._constants.get(value)
        if constant is None:
            constant = self._constants[value] = engine.Const(value)
        return constant

    def resolve(self, relation: Relation, literal: Any, subgoal: Any) -> None:
        """Answer a call of a relation: its facts, and its clauses instantiated."""
        terms = literal.terms
        variables = [term.id for term in terms if type(term) is not _Const]
        if len(set(variables)) < len(variables):
            self._generalise(relation, terms, subgoal)
            return
        for row in self._rows.of(relation.key):
            fact = engine.Literal(relation.handle, [self._constant(value) for value in row])
            if literal.unify(fact) is not None:
                subgoal.fact(fact)
        for clause in self._clauses.get(relation, ()):
            bindings = _match(clause.template.head, terms)
            if bindings is not None:
                self._use(clause.template, bindings, subgoal)
                if subgoal.is_done:
                    return

    def _use(self, template: _Template, bindings: dict[str, Any], subgoal: Any) -> None:
        values = {name: term.id for name, term in bindings.items() if type(term) is _Const}
        solutions = [values]
        if template.lead is not None:
            solutions = template.lead.solve(values, self._rows)
            if template.repeats and len(solutions) > 1:
                solutions = list(
                    {tuple(map(each.get, template.shown)): each for each in solutions}.values()
                )
        for solution in solutions:
            terms = dict(bindings)
            for name in template.shown:
                value = solution.get(name)
                if value is not None:
                    terms[name] = self._constant(value)
                elif name not in terms:
                    terms[name] = engine.Fresh_var()
            head = engine.Literal(template.handle, _instance(template.head, terms))
            if not template.goals:
                subgoal.fact(head)
                continue
            body = [
                engine.Literal(handle, _instance(parts, terms)) for handle, parts in template.goals
            ]
            subgoal.schedule((engine.ADD_CLAUSE, (subgoal, engine.Clause(head, body))))

    def _generalise(self, relation: Relation, terms: list[Any], subgoal: Any) -> None:
        """Answer a call such as ``p(X, X)`` by ``p(X, Y)`` and a comparison."""
        seen: set[Any] = set()
        general, same = [], []
        for term in terms:
            if type(term) is not _Const and term.id in seen:
                other = engine.Fresh_var()
                same.append(engine.Literal(_EQUAL, [term, other]))
                general.append(other)
            else:
                seen.add(term.id)
                general.append(term)
        head = engine.Literal(relation.handle, list(terms))
        body = [engine.Literal(relation.handle, general), *same]
        subgoal.schedule((engine.ADD_CLAUSE, (subgoal, engine.Clause(head, body))))

    def step(self, goal: Local, literal: Any, subgoal: Any) -> None:
        """Answer a step by joining input facts."""
        names = [term.name for term in goal.terms]  # type: ignore[union-attr]
        terms = literal.terms
        values = {
            name: term.id for name, term in zip(names, terms, strict=True) if type(term) is _Const
        }
        for solution in goal.step.solve(values, self._rows):
            constants = [self._constant(solution[name]) for name in names]
            subgoal.fact(engine.Literal(goal.handle, constants))

    def absence(self, goal: Absence, literal: Any, subgoal: Any) -> None:
        """Answer a negated goal once its table is complete."""
        relation = goal.relation
        if relation not in self._clauses and not self._rows.of(relation.key):
            subgoal.fact(True)
            return
        terms = {term.name: part for term, part in zip(goal.terms, literal.terms, strict=True)}  # type: ignore[union-attr]
        positive = engine.Literal(relation.handle, self._fresh_instance(goal.pattern, terms))

        def resume(complete: Any) -> None:
            if not complete.facts:
                subgoal.fact(True)

        self._await(relation.stratum, positive, resume)

    def fold(self, goal: Fold, literal: Any, subgoal: Any) -> None:
        """Answer an aggregate once the table of its goal is complete."""
        terms = {term.name: part for term, part in zip(goal.terms, literal.terms, strict=True)}  # type: ignore[union-attr]
        names = (*goal.inputs, *goal.columns)
        columns = tuple(map(Variable, names))
        positive = engine.Literal(goal.relation.handle, self._fresh_instance(columns, terms))

        def resume(complete: Any) -> None:
            facts = complete.facts.values()
            solutions = [
                dict(zip(names, [term.id for term in fact.terms], strict=True)) for fact in facts
            ]
            value = aggregate(goal.function, goal.expression, solutions, goal.result)
            known = terms[goal.result.name]
            if value is None or (type(known) is _Const and known.id != value):
                return
            filled = {**terms, goal.result.name: self._constant(value)}
            answer = [filled[term.name] for term in goal.terms]  # type: ignore[union-attr]
            subgoal.fact(engine.Literal(goal.handle, answer))

        self._await(goal.relation.stratum, positive, resume)

    def _fresh_instance(self, pattern: tuple[Term, ...], known: Mapping[str, Any]) -> list[Any]:
        """Instantiate terms; a variable that is not known matches anything."""
        terms = dict(known)
        parts: list[Any] = []
        for term in pattern:
            if isinstance(term, Constant):
                parts.append(self._constant(canonical(term.value)))
            else:
                if term.name not in terms:
                    terms[term.name] = engine.Fresh_var()
                parts.append(terms[term.name])
        return parts


def _match(parts: tuple[_Part, ...], terms: list[Any]) -> dict[str, Any] | None:
    """Match a head with a call whose variables are distinct, None where constants differ."""
    bindings: dict[str, Any] = {}
    for part, term in zip(parts, terms, strict=True):
        if type(part) is str:
            known = bindings.get(part)
            if known is None or type(known) is not _Const:
                bindings[part] = term
            elif type(term) is _Const and term.id != known.id:
                return None
        elif type(term) is _Const and term.id != part.id:
            return None
    return bindings


def _instance(parts: tuple[_Part, ...], terms: Mapping[str, Any]) -> list[Any]:
    return [terms[part] if type(part) is str else part for part in parts]


def _parts(terms: tuple[Term, ...]) -> tuple[_Part, ...]:
    return tuple(
        _Const(canonical(term.value)) if isinstance(term, Constant) else term.name for term in terms
    )


def _handle(arity: int, method: Callable[..., None], owner: Any) -> Any:
    """Return a predicate of pyDatalog that a method of the resolution at work answers.

    The name is no Python name and holds none of the marks that pyDatalog reads in names.
    """
    handle = engine.Pred(f"clausewise {next(_numbers)}", arity)
    handle.prearity = arity

    def primitive(literal: Any, subgoal: Any) -> None:
        method(_State.tl.logic.resolution, owner, literal, subgoal)

    handle.prim = primitive
    return handle


def _equal(literal: Any, subgoal: Any) -> None:
    first, second = literal.terms
    if first.id == second.id:
        subgoal.fact(True)


def _new_state() -> Any:
    """Return a state of pyDatalog's engine that shares nothing with any other."""
    state = object.__new__(_State)
    state.Db = {}
    state.Pred_registry = WeakValueDictionary()
    state.Subgoals = {}
    state.Tasks = engine.TaskList()
    state.Recursive_Tasks = engine.TaskDeque()
    state.Recursive = False
    state.Goal = _Open
    state.gc_uncollected = False
    return state


@contextmanager
def _using(state: Any) -> Iterator[None]:
    """Make a state the one that pyDatalog sees in this thread, and restore what was there."""
    local, fresh = _State.tl, engine.Fresh_var.tl
    before = getattr(local, "logic", None)
    counter = getattr(fresh, "counter", None)
    local.logic = state
    if counter is None:
        fresh.counter = 0
    try:
        yield
    finally:
        if before is None:
            del local.logic
        else:
            local.logic = before
        if counter is None:
            del fresh.counter


_Const = engine.Const
with _using(_new_state()):
    _EQUAL = engine.Pred("clausewise equal", 2)
    _EQUAL.prearity = 2
    _EQUAL.prim = _equal
