"""Pass: rules as clauses of relations, with what needs no resolution gathered in steps."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from facts.diagnostic import Diagnostic, ProgramError
from facts.span import Span
from kb.engines.pydatalog.relations import Absence, Call, Clause, Fold, Goal, Local, Relation
from kb.engines.pydatalog.rows import Rows
from kb.engines.pydatalog.steps import (
    LocalAggregate,
    LocalLiteral,
    Scan,
    Step,
)
from kb.language.ast import (
    Aggregate,
    Assignment,
    Atom,
    BodyLiteral,
    Comparison,
    Constant,
    Key,
    Operation,
    Program,
    Query,
    Relational,
    Rule,
    Term,
    Variable,
)
from kb.language.matching import row_of
from kb.language.traversal import all_names, named_variables, names_of, rename, substitute_terms
from kb.language.values import Row


@dataclass(slots=True)
class PreparedProgram:
    """A program ready to be resolved.

    Parameters
    ----------
    relations : dict of Key to Relation
        The predicates that have rules with a body.
    derived : list of Relation
        All relations, those of aggregates too.
    base : Rows
        The ground facts of the program.
    """

    relations: dict[Key, Relation]
    derived: list[Relation]
    base: Rows


def prepare(program: Program) -> PreparedProgram:
    """Prepare a checked program.

    Parameters
    ----------
    program : Program

    Returns
    -------
    PreparedProgram

    Raises
    ------
    ProgramError
        If a rule is unsafe or the program is not stratified; checks find that before, and say
        it better.
    """
    derived = {rule.head.key for rule in program.rules if not _is_fact(rule)}
    facts: dict[str, dict[Row, tuple[()]]] = {}
    for rule in program.rules:
        if rule.head.key not in derived:
            facts.setdefault(rule.head.predicate, {})[row_of(rule.head, {})] = ()
    prepared = PreparedProgram({key: Relation(key) for key in sorted(derived)}, [], Rows(facts))
    prepared.derived.extend(prepared.relations.values())
    for rule in program.rules:
        relation = prepared.relations.get(rule.head.key)
        if relation is not None:
            body = _Body(prepared.relations, prepared.derived)
            goals = body.goals(rule.body)
            body._need(names_of(*rule.head.terms), rule.span)
            relation.clauses.append(_clause(relation, rule.head.terms, goals))
    stratify(prepared.derived)
    _mark_recursion(prepared.derived)
    _mark_growth(prepared.derived)
    return prepared


def prepare_query(
    prepared: PreparedProgram, query: Query, bound: Iterable[str]
) -> tuple[Relation, list[Relation]]:
    """Prepare a query as a relation of its named variables.

    Parameters
    ----------
    prepared : PreparedProgram
    query : Query
    bound : iterable of str
        Variables whose value will be given.

    Returns
    -------
    Relation
        Its columns are the named variables in order of first occurrence.
    list of Relation
        Further relations that it needs for its aggregates.
    """
    extra: list[Relation] = []
    body = _Body(prepared.relations, extra, bound)
    goals = body.goals(query.body)
    columns = named_variables(query.body)
    body._need(columns, query.span)
    relation = Relation(("query", len(columns)))
    relation.clauses.append(_clause(relation, tuple(map(Variable, columns)), goals))
    stratify([*extra, relation])
    _mark_recursion([*extra, relation])
    return relation, extra


class _Body:
    """Prepares one body from left to right; ``bound`` are the variables known so far."""

    def __init__(
        self,
        relations: dict[Key, Relation],
        derived: list[Relation],
        bound: Iterable[str] = (),
        depth: str = "",
    ) -> None:
        self.relations = relations
        self.derived = derived
        self.bound = set(bound)
        self.depth = depth
        self.renamed = 0

    def goals(self, body: tuple[BodyLiteral, ...]) -> list[Goal]:
        """Return the goals of a body, neighbouring literals over input facts gathered."""
        goals: list[Goal] = []
        waiting: list[LocalLiteral] = []
        for literal in body:
            goal = self._goal(literal)
            if isinstance(goal, Call | Absence | Fold):
                if waiting:
                    goals.append(Local(Step(waiting)))
                    waiting = []
                goals.append(goal)
            else:
                waiting.append(goal)
        if waiting:
            goals.append(Local(Step(waiting)))
        return goals

    def _goal(self, literal: BodyLiteral) -> LocalLiteral | Call | Absence | Fold:
        match literal:
            case Relational(atom=atom, negated=True):
                return self._absence(atom)
            case Relational(atom=atom):
                self.bound.update(names_of(*atom.terms))
                relation = self.relations.get(atom.key)
                return Call(relation, atom.terms) if relation else Scan(atom.key, atom.terms)
            case Comparison():
                self._compare(literal)
                return literal
            case Assignment(variable=variable, expression=expression):
                self._need(names_of(expression), literal.span)
                self.bound.add(variable.name)
                return literal
            case Aggregate():
                return self._aggregate(literal)

    def _absence(self, atom: Atom) -> Scan | Absence:
        relation = self.relations.get(atom.key)
        if relation is None:
            own = {
                name: Variable(other) for name, other in self._apart(names_of(*atom.terms)).items()
            }
            return Scan(atom.key, substitute_terms(atom.terms, own), negated=True)
        known = [name for name in dict.fromkeys(names_of(*atom.terms)) if name in self.bound]
        return Absence(relation, tuple(Variable(name) for name in known), atom.terms)

    def _compare(self, literal: Comparison) -> None:
        sides = (literal.left, literal.right)
        if literal.operator in _STRUCTURAL and any(isinstance(x, Operation) for x in sides):
            message = f"`{literal.operator}` compares values and does not calculate"
            raise ProgramError([Diagnostic("error", message, literal.span)])
        if literal.operator == "=":
            for variable, other in (sides, sides[::-1]):
                if isinstance(variable, Variable) and variable.name not in self.bound:
                    self._need(names_of(other), literal.span)
                    self.bound.add(variable.name)
                    return
        for side in sides:
            self._need(names_of(side), literal.span)

    def _aggregate(self, literal: Aggregate) -> LocalAggregate | Fold:
        names = dict.fromkeys(all_names(literal.goal))
        if literal.expression is not None:
            names.update(dict.fromkeys(names_of(literal.expression)))
        inputs = tuple(name for name in names if name in self.bound)
        apart = self._apart(names)
        inner = _Body(self.relations, self.derived, inputs, self._fresh())
        (own,) = rename((literal,), apart)
        assert isinstance(own, Aggregate)
        goals, expression = inner.goals(own.goal), own.expression
        if expression is not None:
            inner._need(names_of(expression), literal.span)
        function, result = literal.function, literal.result
        self.bound.add(result.name)
        if len(goals) == 1 and isinstance(goals[0], Local):
            return LocalAggregate(function, expression, goals[0].step, inputs, result)
        columns = tuple(sorted(inner.bound.difference(inputs)))
        relation = Relation((f"goal {len(self.derived)}", len(inputs) + len(columns)))
        head = tuple(Variable(name) for name in (*inputs, *columns))
        relation.clauses.append(_clause(relation, head, goals))
        self.derived.append(relation)
        terms = tuple(Variable(name) for name in dict.fromkeys((*inputs, result.name)))
        return Fold(relation, terms, inputs, columns, function, expression, result)

    def _need(self, names: Iterable[str], span: Span) -> None:
        for name in names:
            if name not in self.bound:
                raise _unsafe(name, span)

    def _apart(self, names: Iterable[str]) -> dict[str, str]:
        """Return new names for variables that nothing has bound: they are the literal's own."""
        mark = self._fresh()
        return {name: f"{name}{mark}" for name in names if name not in self.bound}

    def _fresh(self) -> str:
        self.renamed += 1
        return f"{self.depth}.{self.renamed}"


def _clause(relation: Relation, head: tuple[Term, ...], goals: list[Goal]) -> Clause:
    """Assemble a clause, and tell each step which variables it shares."""
    first, lead = goals[0] if goals else None, None
    if isinstance(first, Local):
        lead, goals = first.step, goals[1:]
    users = [frozenset(names_of(*head)), *(_goal_names(goal) for goal in goals)]
    for position, goal in enumerate(goals, 1):
        if isinstance(goal, Local):
            others = frozenset().union(
                lead.names if lead is not None else (), *users[:position], *users[position + 1 :]
            )
            goal.terms = tuple(Variable(name) for name in sorted(goal.step.names & others))
    return Clause(relation, head, lead, tuple(goals), frozenset().union(*users))


def stratify(relations: Iterable[Relation]) -> None:
    """Give each relation a stratum above those that it negates or aggregates.

    Raises
    ------
    ProgramError
        If a relation depends on its own absence.
    """
    uses = [
        (clause.relation, goal.relation, 0 if isinstance(goal, Call) else 1)
        for relation in relations
        for clause in relation.clauses
        for goal in clause.goals
        if not isinstance(goal, Local)
    ]
    highest = len(uses) + max((used.stratum for _, used, _ in uses), default=0)
    changed = True
    while changed:
        changed = False
        for user, used, above in uses:
            if user.stratum < used.stratum + above:
                user.stratum = used.stratum + above
                changed = True
                if user.stratum > highest:
                    name = user.key[0]
                    message = f"`{name}` depends on its own absence, through negation"
                    raise ProgramError([Diagnostic("error", message)])


def _mark_recursion(relations: Iterable[Relation]) -> None:
    """Find the relations that need no recursion: those that need only such relations."""
    left = list(relations)
    while True:
        found = [
            relation
            for relation in left
            if not any(
                goal.relation.recursive
                for clause in relation.clauses
                for goal in clause.goals
                if not isinstance(goal, Local)
            )
        ]
        if not found:
            return
        for relation in found:
            relation.recursive = False
        left = [relation for relation in left if relation.recursive]


def _mark_growth(relations: Iterable[Relation]) -> None:
    """Find the steps of recursive relations that calculate new values."""
    for relation in relations:
        for clause in relation.clauses if relation.recursive else ():
            for goal in clause.goals:
                if isinstance(goal, Local):
                    goal.growth = next(filter(None, map(_growth, goal.step.literals)), None)


def _growth(literal: LocalLiteral) -> Span | None:
    if isinstance(literal, Assignment) and isinstance(literal.expression, Operation):
        return literal.span
    if isinstance(literal, Comparison) and literal.operator == "=":
        return (
            literal.span
            if any(isinstance(x, Operation) for x in (literal.left, literal.right))
            else None
        )
    return None


def _goal_names(goal: Goal) -> frozenset[str]:
    return goal.step.names if isinstance(goal, Local) else frozenset(names_of(*goal.terms))


def _is_fact(rule: Rule) -> bool:
    return not rule.body and all(isinstance(term, Constant) for term in rule.head.terms)


def _unsafe(name: str, span: Span) -> ProgramError:
    message = f"nothing before it binds variable `{name}`"
    return ProgramError([Diagnostic("error", message, span)])


_STRUCTURAL = frozenset({"=", "\\=", "@<", "@=<", "@>", "@>="})
