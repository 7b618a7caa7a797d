"""Pass: the body of a rule as one SELECT, read from left to right."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from facts.schema import ColumnType
from kb.compile.catalog import Catalog, Table
from kb.compile.extras import bulk_module
from kb.compile.numbers import NUMBER, Numbers, Ratio, Sql
from kb.language.syntax import (
    Aggregate,
    Assignment,
    Atom,
    BodyLiteral,
    Comparison,
    Constant,
    Expression,
    Operation,
    Relational,
    Term,
    Variable,
)
from kb.language.variables import variables_of_expression, visible_variables

exp = bulk_module("sqlglot.expressions")

_TEXT_COMPARISONS = {
    "@<": exp.LT,
    "@=<": exp.LTE,
    "@>": exp.GT,
    "@>=": exp.GTE,
    "=": exp.EQ,
    "\\=": exp.NEQ,
}
_ORDER = {"@<": "<", "@=<": "=<", "@>": ">", "@>=": ">="}
_AGGREGATES = {"sum": exp.Sum, "min": exp.Min, "max": exp.Max}


@dataclass(slots=True)
class Body:
    """A SELECT under construction.

    Parameters
    ----------
    catalog : Catalog
    numbers : Numbers
    renamed : mapping of body position to table name
        Atoms that read another table than their predicate's: the rows that are new.
    values : dict of variable name to SQL
    types : dict of variable name to type
    """

    catalog: Catalog
    numbers: Numbers
    renamed: Mapping[int, str] = field(default_factory=dict)
    values: dict[str, Sql] = field(default_factory=dict)
    types: dict[str, ColumnType] = field(default_factory=dict)
    sources: list[tuple[Sql, str, list[Sql]]] = field(default_factory=list)
    conditions: list[Sql] = field(default_factory=list)
    prefix: str = "t"

    def read(self, body: Iterable[BodyLiteral]) -> Body:
        """Add the literals of a body."""
        for position, literal in enumerate(body):
            if isinstance(literal, Relational):
                if literal.negated:
                    self._negated(literal.atom)
                else:
                    self._atom(literal.atom, self.renamed.get(position))
            elif isinstance(literal, Comparison):
                self._comparison(literal)
            elif isinstance(literal, Assignment):
                ratio = self.numbers.expression(literal.expression, self.values)
                self._bind_number(literal.variable, ratio)
            else:
                self._aggregate(literal)
        return self

    def select(self, columns: Sequence[Sql], distinct: bool = True) -> Sql:
        """Return the SELECT of some columns."""
        query = exp.select(*columns)
        for position, (source, join, on) in enumerate(self.sources):
            if position == 0:
                query = query.from_(source)
                if on:
                    query = query.where(*on, copy=False)
            elif on:
                query = query.join(source, on=exp.and_(*on), join_type=join, copy=False)
            else:
                query = query.join(source, join_type=join or "cross", copy=False)
        if self.conditions:
            query = query.where(*self.conditions, copy=False)
        return query.distinct() if distinct else query

    def term(self, term: Term, kind: ColumnType) -> Sql:
        """Return a bound term as SQL of a column's type."""
        if isinstance(term, Variable):
            return self.values[term.name].copy()
        if kind == "number":
            return exp.cast(self.numbers.constant(term), NUMBER)
        return self.numbers.constant(term)

    def _source(self, source: Sql, join: str = "") -> tuple[str, list[Sql]]:
        alias = f"{self.prefix}{len(self.sources) + 1}"
        on: list[Sql] = []
        if isinstance(source, exp.Subquery):
            source.set("alias", exp.TableAlias(this=exp.to_identifier(alias)))
        else:
            source = exp.alias_(source, alias, table=True)
        self.sources.append((source, join, on))
        return alias, on

    def _atom(self, atom: Atom, renamed: str | None) -> None:
        table = self.catalog[atom.predicate, atom.arity]
        alias, on = self._source(exp.table_(renamed or table.name, quoted=True))
        for column, term, kind in _columns(table, atom, alias):
            if isinstance(term, Variable):
                known = self.values.get(term.name)
                if known is None:
                    self.values[term.name], self.types[term.name] = column, kind
                else:
                    on.append(exp.EQ(this=column, expression=known.copy()))
            else:
                on.append(exp.EQ(this=column, expression=self.numbers.constant(term)))

    def _negated(self, atom: Atom) -> None:
        table = self.catalog[atom.predicate, atom.arity]
        alias = f"{self.prefix}n"
        source = exp.alias_(exp.table_(table.name, quoted=True), alias, table=True)
        query = exp.select(exp.Literal.number(1)).from_(source)
        local: dict[str, Sql] = {}
        for column, term, _ in _columns(table, atom, alias):
            if isinstance(term, Constant):
                query = query.where(exp.EQ(this=column, expression=self.numbers.constant(term)))
            elif term.name in self.values:
                query = query.where(exp.EQ(this=column, expression=self.values[term.name].copy()))
            elif term.name in local:
                query = query.where(exp.EQ(this=column, expression=local[term.name].copy()))
            else:
                local[term.name] = column
        self.conditions.append(exp.Not(this=exp.Exists(this=query)))

    def _comparison(self, literal: Comparison) -> None:
        if literal.operator == "=":
            for one, other in (
                (literal.left, literal.right),
                (literal.right, literal.left),
            ):
                if isinstance(one, Variable) and one.name not in self.values:
                    if self._is_text(other):
                        self.types[one.name] = "text"
                        self.values[one.name] = self._text(other)
                    else:
                        self._bind_number(one, self.numbers.expression(other, self.values))
                    return
        if self._is_text(literal.left) or self._is_text(literal.right):
            node = _TEXT_COMPARISONS[literal.operator]
            self.conditions.append(
                node(this=self._text(literal.left), expression=self._text(literal.right))
            )
            return
        left = self.numbers.expression(literal.left, self.values)
        right = self.numbers.expression(literal.right, self.values)
        operator = _ORDER.get(literal.operator, literal.operator)
        self.conditions.append(self.numbers.compare(operator, left, right))

    def _is_text(self, item: Expression) -> bool:
        if isinstance(item, Variable):
            return self.types.get(item.name) in ("text", "date")
        return isinstance(item, Constant) and isinstance(item.value, str)

    def _text(self, item: Expression) -> Sql:
        if isinstance(item, Operation):
            return self.numbers.stored(self.numbers.expression(item, self.values))
        return self.term(item, "text")

    def _bind_number(self, variable: Variable, ratio: Ratio) -> None:
        value = self.numbers.stored(ratio)
        if variable.name in self.values:
            known = Ratio(self.values[variable.name].copy())
            self.conditions.append(self.numbers.compare("=", known, ratio))
            return
        if ratio.denominator is not None or isinstance(value, exp.Nullif):
            self.conditions.append(exp.Not(this=exp.Is(this=value, expression=exp.Null())))
        self.values[variable.name] = exp.cast(value.copy(), NUMBER)
        self.types[variable.name] = "number"

    def _aggregate(self, literal: Aggregate) -> None:
        shared = [name for name in _inner_variables(literal) if name in self.values]
        before = self._so_far()
        goal = Body(self.catalog, self.numbers, prefix=f"{self.prefix}g")
        if shared:
            keys = exp.select(*(_column("b", name) for name in shared)).distinct()
            keys = keys.from_(before.copy().subquery("b"))
            alias, _ = goal._source(keys.subquery())
            for name in shared:
                goal.values[name] = _column(alias, name)
                goal.types[name] = self.types[name]
        goal.read(literal.goal)
        columns = [exp.alias_(value.copy(), f"v_{name}") for name, value in goal.values.items()]
        result: Sql = exp.Count(this=exp.Star())
        kind: ColumnType = "number"
        if literal.function != "count":
            assert literal.expression is not None
            if goal._is_text(literal.expression):
                kind = "text"
                value = goal._text(literal.expression)
            else:
                value = goal.numbers.stored(
                    goal.numbers.expression(literal.expression, goal.values)
                )
            columns.append(exp.alias_(value, "v"))
            result = _AGGREGATES[literal.function](this=_column("g", "", "v"))
        if not columns:
            columns = [exp.alias_(exp.Literal.number(1), "v")]
        solutions = goal.select(columns).subquery("g")
        groups = exp.select(
            *(_column("g", name) for name in shared), exp.alias_(result, "result")
        ).from_(solutions)
        if shared:
            groups = groups.group_by(*(_column("g", name) for name in shared))
        self._restart(before)
        optional = literal.function in ("count", "sum") and bool(shared)
        alias, on = self._source(groups.subquery(), "left" if optional else "")
        for name in shared:
            on.append(exp.EQ(this=_column(alias, name), expression=self.values[name].copy()))
        found = _column(alias, "", "result")
        if literal.function in ("count", "sum"):
            found = exp.Coalesce(this=found, expressions=[exp.Literal.number(0)])
        else:
            known = exp.Not(this=exp.Is(this=found.copy(), expression=exp.Null()))
            self.conditions.append(known)
        if kind == "number":
            found = exp.cast(found, NUMBER)
        name = literal.result.name
        if name in self.values:
            self.conditions.append(exp.EQ(this=self.values[name].copy(), expression=found))
        else:
            self.values[name], self.types[name] = found, kind

    def _so_far(self) -> Sql:
        """What is bound so far as one SELECT with a column per variable."""
        columns = [exp.alias_(value.copy(), f"v_{name}") for name, value in self.values.items()]
        return self.select(columns or [exp.alias_(exp.Literal.number(1), "v")])

    def _restart(self, before: Sql) -> None:
        self.sources, self.conditions = [], []
        alias, _ = self._source(before.subquery())
        self.values = {name: _column(alias, name) for name in self.values}


def _columns(table: Table, atom: Atom, alias: str) -> Iterable[tuple[Sql, Term, ColumnType]]:
    for name, term, kind in zip(table.columns, atom.terms, table.types, strict=True):
        yield exp.column(exp.to_identifier(name, quoted=True), table=alias), term, kind


def _column(alias: str, variable: str, name: str = "") -> Sql:
    return exp.column(exp.to_identifier(name or f"v_{variable}"), table=alias)


def _inner_variables(aggregate: Aggregate) -> dict[str, None]:
    """The variables of an aggregate's goal and expression, in order."""
    found: dict[str, None] = {}
    for literal in aggregate.goal:
        found.update((variable.name, None) for variable in visible_variables(literal))
        if isinstance(literal, Aggregate):
            found.update(_inner_variables(literal))
    if aggregate.expression is not None:
        for variable in variables_of_expression(aggregate.expression):
            found[variable.name] = None
    return found
