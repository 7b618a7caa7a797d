"""The body of a rule as one SELECT, read from left to right."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from facts.schema import ColumnType
from kb.compile.rewrite.aggregate_goals import calculates, inner_names, stands_alone
from kb.compile.sql import tree
from kb.compile.sql.catalog import Catalog
from kb.compile.sql.dialects import Dialect
from kb.compile.sql.numbers import Numbers
from kb.compile.sql.ratio import Ratio
from kb.compile.sql.scans import KEY_COLUMNS, Attribute
from kb.compile.sql.tree import Sql, exp
from kb.language.ast import (
    Aggregate,
    Assignment,
    Atom,
    BodyLiteral,
    Comparison,
    Constant,
    Expression,
    Key,
    Operation,
    Relational,
    Term,
    Variable,
)

_TEXT_COMPARISONS: dict[str, type[exp.Binary]] = {
    "@<": exp.LT,
    "@=<": exp.LTE,
    "@>": exp.GT,
    "@>=": exp.GTE,
    "=": exp.EQ,
    "\\=": exp.NEQ,
}
_ORDER = {"@<": "<", "@=<": "=<", "@>": ">", "@>=": ">="}
_TRUE_OF_NUMBER_AND_TEXT = ("\\=", "@<", "@=<")
_TRUE_OF_TEXT_AND_NUMBER = ("\\=", "@>", "@>=")
_AGGREGATES: dict[str, type[exp.Func]] = {"sum": exp.Sum, "min": exp.Min, "max": exp.Max}
_AGGREGATED = "aggregated value"
_VALUE, _RESULT = "value", "result"


@dataclass(slots=True)
class Body:
    """A SELECT under construction.

    Parameters
    ----------
    catalog : Catalog
        Each predicate as a table.
    dialect : Dialect
        What the SELECT is written in.
    renamed : mapping of body position to table name
        Atoms that read another table than their predicate's: the rows that are new.
    values : dict of variable name to SQL
        What each variable is so far.
    types : dict of variable name to type
        The type of each variable so far.
    scans : mapping of (name, arity) to Attribute
        Predicates that are read as columns of one wide table.
    doubts : list of query
        Rows that a literal meets and for which its number does not exist or does not fit: the
        body holds of none of them, and there has to be none.
    """

    catalog: Catalog
    dialect: Dialect
    renamed: Mapping[int, str] = field(default_factory=dict)
    values: dict[str, Sql] = field(default_factory=dict)
    types: dict[str, ColumnType] = field(default_factory=dict)
    sources: list[tuple[Sql, str, list[Sql]]] = field(default_factory=list)
    conditions: list[Sql] = field(default_factory=list)
    prefix: str = "t"
    doubts: list[exp.Select] = field(default_factory=list)
    literals: list[BodyLiteral] = field(default_factory=list)
    scans: Mapping[Key, Attribute] = field(default_factory=dict)
    scanned: dict[tuple[str, ...], tuple[str, list[Sql]]] = field(default_factory=dict)
    numbers: Numbers = field(init=False)

    def __post_init__(self) -> None:
        self.numbers = self.dialect.numbers

    def read(self, body: Iterable[BodyLiteral]) -> Body:
        """Add the literals of a body.

        Parameters
        ----------
        body : iterable of literals
            In reading order.
        """
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
                self._bind_number(literal.variable, ratio, literal.expression)
            else:
                self._aggregate(literal)
            self.literals.append(literal)
        return self

    def select(self, columns: Sequence[Sql], distinct: bool = True) -> exp.Select:
        """Return the SELECT of some columns.

        Parameters
        ----------
        columns : sequence of sqlglot expression
            What is selected.
        distinct : bool, optional
            Whether each row is wanted once.
        """
        query = exp.select(*columns)
        sources = self.sources
        if not sources and self.conditions:
            sources = [(tree.one_row(), "", [])]
        for position, (source, join, on) in enumerate(sources):
            if position == 0:
                query.from_(source.copy(), copy=False)
                if on:
                    query.where(*_copies(on), copy=False)
            elif on:
                test = exp.and_(*_copies(on), copy=False)
                query.join(source.copy(), on=test, join_type=join, copy=False)
            else:
                query.join(source.copy(), join_type=join or "cross", copy=False)
        if self.conditions:
            query.where(*_copies(self.conditions), copy=False)
        return query.distinct(copy=False) if distinct else query

    def term(self, term: Term, kind: ColumnType) -> Sql:
        """Return a bound term as SQL of a column's type.

        Parameters
        ----------
        term : Term
            A constant, or a variable that is bound.
        kind : {"text", "number", "date"}
            Type of the column.
        """
        if isinstance(term, Variable):
            return self.values[term.name].copy()
        if kind == "number":
            return self.numbers.cast(self.numbers.constant(term))
        return self.numbers.constant(term)

    def _kind(self, term: Term) -> ColumnType:
        """Return the type of a bound term."""
        if isinstance(term, Variable):
            return self.types[term.name]
        return "text" if isinstance(term.value, str) else "number"

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
        attribute = self.scans.get(atom.key)
        if attribute is not None and all(isinstance(term, Variable) for term in atom.terms[:2]):
            self._scan(atom, attribute)
            return
        table = self.catalog[atom.key]
        alias, on = self._source(exp.table_(renamed or table.name, quoted=True))
        for column, term, kind in tree.columns_of(table, atom, alias):
            if isinstance(term, Variable) and term.name not in self.values:
                self.values[term.name], self.types[term.name] = column, kind
            else:
                on.append(self._equal(column, kind, term))

    def _scan(self, atom: Atom, attribute: Attribute) -> None:
        """Read an attribute from the scan of its line, which begins with the first of them."""
        table = self.catalog[atom.key]
        key = tuple(term.name for term in atom.terms[:KEY_COLUMNS] if isinstance(term, Variable))
        scan = self.scanned.get(key)
        first = 0 if scan is None else KEY_COLUMNS
        if scan is None:
            scan = self._source(exp.to_table(attribute.table))
            self.scanned[key] = scan
        alias, on = scan
        for position in range(first, atom.arity):
            term, kind = atom.terms[position], table.types[position]
            column = attribute.column(position, alias)
            if isinstance(term, Variable) and term.name not in self.values:
                self.values[term.name], self.types[term.name] = column, kind
            else:
                (self.conditions if first else on).append(self._equal(column, kind, term))
        said = atom.terms[-1]
        if not (isinstance(said, Constant) and said.value):
            self.conditions += attribute.conditions(alias)

    def _negated(self, atom: Atom) -> None:
        table = self.catalog[atom.key]
        alias = f"{self.prefix}n"
        source = exp.alias_(exp.table_(table.name, quoted=True), alias, table=True)
        query = exp.select(tree.number(1)).from_(source)
        local: dict[str, Sql] = {}
        for column, term, kind in tree.columns_of(table, atom, alias):
            if isinstance(term, Constant) or term.name in self.values:
                query = query.where(self._equal(column, kind, term))
            elif term.name in local:
                query = query.where(exp.EQ(this=column, expression=local[term.name].copy()))
            else:
                local[term.name] = column
        self.conditions.append(exp.Not(this=exp.Exists(this=query)))

    def _equal(self, column: Sql, kind: ColumnType, term: Term) -> Sql:
        """The test that a column holds a bound term; a number is never text."""
        if (kind == "number") != (self._kind(term) == "number"):
            return tree.never()
        value = (
            self.values[term.name].copy()
            if isinstance(term, Variable)
            else self.numbers.constant(term)
        )
        return exp.EQ(this=column, expression=value)

    def _comparison(self, literal: Comparison) -> None:
        if literal.operator == "=":
            for one, other in (
                (literal.left, literal.right),
                (literal.right, literal.left),
            ):
                if isinstance(one, Variable) and one.name not in self.values:
                    if self._is_text(other):
                        self.values[one.name] = self._text(other)
                        self.types[one.name] = self._kind(other)  # type: ignore[arg-type]
                    else:
                        ratio = self.numbers.expression(other, self.values)
                        self._bind_number(one, ratio, other)
                    return
        texts = self._is_text(literal.left), self._is_text(literal.right)
        if all(texts):
            node = _TEXT_COMPARISONS[literal.operator]
            left, right = self._text(literal.left), self._text(literal.right)
            if literal.operator in _ORDER:
                left = self.dialect.by_code_point(left)
            self.conditions.append(node(this=left, expression=right))
        elif any(texts):
            true = _TRUE_OF_TEXT_AND_NUMBER if texts[0] else _TRUE_OF_NUMBER_AND_TEXT
            if literal.operator not in true:
                self.conditions.append(tree.never())
        else:
            ratios = [
                self.numbers.expression(side, self.values) for side in (literal.left, literal.right)
            ]
            operator = _ORDER.get(literal.operator, literal.operator)
            test = self.numbers.compare(operator, *ratios)
            if calculates(literal):
                self._doubt(test)
            self.conditions.append(test)

    def _is_text(self, item: Expression) -> bool:
        if isinstance(item, Variable):
            return self.types.get(item.name) in ("text", "date")
        return isinstance(item, Constant) and isinstance(item.value, str)

    def _text(self, item: Expression) -> Sql:
        assert not isinstance(item, Operation)
        return self.term(item, "text")

    def _bind_number(self, variable: Variable, ratio: Ratio, source: Expression) -> None:
        if variable.name in self.values:
            if self.types[variable.name] != "number":
                self.conditions.append(tree.never())
                return
            test = self.numbers.compare("=", Ratio(self.values[variable.name].copy()), ratio)
            if isinstance(source, Operation):
                self._doubt(test)
            self.conditions.append(test)
            return
        value = self.numbers.stored(ratio)
        fails = False
        if isinstance(source, Operation):
            value = self.numbers.guarded(value)
            fails = self.numbers.may_fail(value)
        if not isinstance(value, exp.Cast | exp.Column):
            value = self.numbers.cast(value)
        self.types[variable.name] = "number"
        self.values[variable.name] = value
        if fails and not self.renamed:
            self._settle()
            value = self.values[variable.name]
        if fails:
            self._doubt(value, fails)
            self.conditions.append(tree.known(value))

    def _settle(self) -> None:
        """Give every value so far a column, so that a long expression is in one place."""
        fields = tree.field_names(self.values)
        columns = [tree.named(value, fields[name]) for name, value in self.values.items()]
        query = self.select(columns, distinct=False)
        self.sources, self.conditions, self.scanned = [], [], {}
        alias, _ = self._source(query.subquery())
        self.values = {name: tree.field_of(alias, fields[name]) for name in self.values}

    def _doubt(self, value: Sql, fails: bool = False) -> None:
        """Note the rows for which a number has to be known."""
        if fails or self.numbers.may_fail(value):
            unknown = exp.Is(this=value.copy(), expression=exp.Null())
            self.conditions.append(unknown)
            self.doubts.append(self.select([tree.number(1)], distinct=False))
            self.conditions.pop()

    def _aggregate(self, literal: Aggregate) -> None:
        shared = [name for name in inner_names(literal) if name in self.values]
        goal = Body(self.catalog, self.dialect, prefix=f"{self.prefix}g", scans=self.scans)
        if not stands_alone(literal, shared):
            self._give(goal, shared)
        goal.read(literal.goal)
        fields = tree.field_names(goal.values)
        columns = [tree.named(value, fields[name]) for name, value in goal.values.items()]
        result: Sql = exp.Count(this=exp.Star())
        kind: ColumnType = "number"
        if literal.function != "count":
            assert literal.expression is not None
            if goal._is_text(literal.expression):
                kind = "text"
                value = goal._text(literal.expression)
            else:
                value = goal.numbers.guarded(
                    goal.numbers.stored(goal.numbers.expression(literal.expression, goal.values))
                )
                if self.numbers.may_fail(value):
                    goal.conditions.append(tree.known(value))
            columns.append(tree.named(value, _VALUE))
            node, values = _AGGREGATES[literal.function], tree.field_of("g", _VALUE)
            result = self.dialect.extreme(node, values) if kind == "text" else node(this=values)
        self._doubts_of_goal(literal)
        if not columns:
            columns = [tree.named(tree.number(1), _VALUE)]
        solutions = goal.select(columns).subquery("g")
        keys = [tree.field_of("g", fields[name]) for name in shared]
        groups = exp.select(*keys, tree.named(result, _RESULT)).from_(solutions)
        if shared:
            groups = groups.group_by(*_copies(keys))
        if not self.sources:
            self._source(tree.one_row())
        optional = literal.function in ("count", "sum") and bool(shared)
        alias, on = self._source(groups.subquery(), "left" if optional else "")
        for name in shared:
            column = tree.field_of(alias, fields[name])
            on.append(exp.EQ(this=column, expression=self.values[name].copy()))
        found: Sql = tree.field_of(alias, _RESULT)
        if literal.function in ("count", "sum"):
            found = exp.Coalesce(this=found, expressions=[tree.number(0)])
        elif not shared:
            self.conditions.append(tree.known(found))
        if kind == "number":
            found = self.numbers.cast(found)
        name = literal.result.name
        if name not in self.values:
            self.values[name], self.types[name] = found, kind
        elif self.types[name] == kind or "number" not in (self.types[name], kind):
            self.conditions.append(exp.EQ(this=self.values[name].copy(), expression=found))
        else:
            self.conditions.append(tree.never())

    def _give(self, goal: Body, names: Sequence[str]) -> None:
        """Let a goal begin with the values that variables have so far."""
        fields = tree.field_names(names)
        columns = [tree.named(self.values[name], fields[name]) for name in names]
        alias, _ = goal._source(self.select(columns).subquery())
        for name in names:
            goal.values[name], goal.types[name] = (
                tree.field_of(alias, fields[name]),
                self.types[name],
            )

    def _doubts_of_goal(self, literal: Aggregate) -> None:
        """Note the rows of a goal for which a number has to be known: those it is asked for."""
        calculated = [*literal.goal]
        if isinstance(literal.expression, Operation):
            calculated.append(Assignment(Variable(_AGGREGATED), literal.expression))
        if not any(map(calculates, calculated)):
            return
        probe = Body(self.catalog, self.dialect, self.renamed, scans=self.scans)
        probe.read(self.literals)
        before = len(probe.doubts)
        probe.renamed = {}
        probe.read(calculated)
        self.doubts += probe.doubts[before:]


def _copies(items: Iterable[Sql]) -> list[Sql]:
    return [item.copy() for item in items]
