"""Pass: one query per predicate, or a fixpoint where a query cannot say the recursion."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from facts.extras import bulk_module
from kb.compile.rewrite.components import Component, recursive_atoms
from kb.compile.sql.bodies import Body
from kb.compile.sql.catalog import Catalog, Table
from kb.compile.sql.numbers import Numbers, Sql
from kb.compile.sql.scans import Attribute
from kb.compile.sql.trivial import never, nothing
from kb.language.ast import Key, Relational, Rule

exp = bulk_module("sqlglot.expressions")

NEW = " new"
"""What the name of the table of a round's new rows ends with."""

SO_FAR = " so far"
"""What the name of a recursive query ends with."""


@dataclass(frozen=True, slots=True)
class Relationship:
    """A predicate whose rows one query gives.

    Parameters
    ----------
    key : (name, arity)
    query : sqlglot expression
    doubts : tuple of query
        Each gives rows where a number that the predicate needs does not exist (see ``Body``).
    parts : tuple of (Rule, query)
        The rules whose rows together are those of the query; none where it is recursive.
    """

    key: Key
    query: Sql
    doubts: tuple[Sql, ...] = ()
    parts: tuple[tuple[Rule, Sql], ...] = ()


@dataclass(frozen=True, slots=True)
class Fixpoint:
    """Predicates whose rows are found in rounds, each from the rows that the last one added.

    Parameters
    ----------
    keys : tuple of (name, arity)
    base : dict of key to query
        The first rows.
    steps : tuple of (key, query)
        Each reads the table ``<name> new`` in the place of one recursive atom.
    doubts : tuple of query
    """

    keys: tuple[Key, ...]
    base: Mapping[Key, Sql]
    steps: tuple[tuple[Key, Sql], ...]
    doubts: tuple[Sql, ...] = ()


Statement = Relationship | Fixpoint


@dataclass(slots=True)
class _Writer:
    """Writes the queries of the rules of one component."""

    catalog: Catalog
    numbers: Numbers
    scans: Mapping[Key, Attribute] = field(default_factory=dict)
    doubts: list[Sql] = field(default_factory=list)

    def rules(self, rules: Sequence[Rule], asserted: str | None = None) -> list[Sql]:
        """One query per rule; before them the rows of a table of asserted facts."""
        several = len(rules) + (asserted is not None) > 1
        queries = [self.rule(rule, distinct=not several) for rule in rules]
        if asserted is not None:
            queries.insert(0, exp.select(exp.Star()).from_(exp.table_(asserted, quoted=True)))
        return queries

    def rule(
        self, rule: Rule, renamed: Mapping[int, str] | None = None, distinct: bool = True
    ) -> Sql:
        body = self.body(renamed).read(rule.body)
        if not renamed:
            self.doubts += body.doubts
        return _head(self.catalog, rule, body, distinct and bool(rule.body))

    def recursive_doubts(self, rules: Iterable[Rule]) -> None:
        """Doubts of recursive rules are told by their whole predicates."""
        for rule in rules:
            self.doubts += self.body().read(rule.body).doubts

    def body(self, renamed: Mapping[int, str] | None = None) -> Body:
        return Body(self.catalog, self.numbers, renamed or {}, scans=self.scans)


def statements(
    catalog: Catalog,
    found: Iterable[Component],
    numbers: Numbers,
    asserted: Mapping[Key, str] | None = None,
    scans: Mapping[Key, Attribute] | None = None,
) -> tuple[Statement, ...]:
    """Return what to run for each component, in order.

    Parameters
    ----------
    catalog : Catalog
    found : iterable of Component
    numbers : Numbers
    asserted : mapping of (name, arity) to table name, optional
        Derived predicates that facts assert too, and the tables that hold those.
    scans : mapping of (name, arity) to Attribute, optional
        Predicates that are read as columns of one wide table.

    Returns
    -------
    tuple of Relationship or Fixpoint
    """
    made: list[Statement] = []
    for component in found:
        writer = _Writer(catalog, numbers, scans or {})
        tables = asserted or {}
        if not component.recursive:
            (key,) = component.keys
            queries = writer.rules(component.rules, tables.get(key))
            parts = tuple(zip(component.rules, queries, strict=False)) if not asserted else ()
            made.append(Relationship(key, union(queries), tuple(writer.doubts), parts))
        elif component.linear:
            made.append(_recursive(writer, component, tables))
        else:
            made.append(_fixpoint(writer, component, tables))
    return tuple(made)


def query_of(catalog: Catalog, rule: Rule, numbers: Numbers) -> Relationship:
    """Return the rows of the head of one rule, its columns named as those of the head's table."""
    writer = _Writer(catalog, numbers)
    key = rule.head.key
    return Relationship(key, writer.rule(rule), tuple(writer.doubts))


def empty(table: Table, numbers: Numbers) -> Sql:
    """Return a query of a table's columns without rows."""
    columns = [
        exp.alias_(exp.cast(exp.Null(), numbers.column_type(kind)), name, quoted=True)
        for name, kind in zip(table.columns, table.types, strict=True)
    ]
    return exp.select(*(columns or [_holds()])).from_(nothing()).where(never())


def union(queries: list[Sql]) -> Sql:
    """Return the distinct rows of some queries."""
    query = queries[0]
    for other in queries[1:]:
        query = exp.Union(this=query, expression=other, distinct=True)
    return query


def column_names(table: Table) -> tuple[str, ...]:
    """Return the columns of a table; a table of no columns has one that says it holds."""
    return table.columns or ("holds",)


def _holds() -> Sql:
    return exp.alias_(exp.Literal.number(1), "holds", quoted=True)


def _head(catalog: Catalog, rule: Rule, body: Body, distinct: bool) -> Sql:
    table = catalog[rule.head.key]
    columns = []
    for name, term, kind in zip(table.columns, rule.head.terms, table.types, strict=True):
        columns.append(exp.alias_(body.term(term, kind), name, quoted=True))
    return body.select(columns or [_holds()], distinct)


def _split(component: Component) -> tuple[list[Rule], list[Rule]]:
    base = [rule for rule in component.rules if not recursive_atoms(rule, component.keys)]
    again = [rule for rule in component.rules if recursive_atoms(rule, component.keys)]
    return base, again


def _recursive(writer: _Writer, component: Component, asserted: Mapping[Key, str]) -> Relationship:
    (key,) = component.keys
    table = writer.catalog[key]
    base, again = _split(component)
    first = writer.rules(base, asserted.get(key)) or [empty(table, writer.numbers)]
    name = f"{table.name}{SO_FAR}"
    steps = [
        writer.rule(rule, {position: name}, distinct=False)
        for rule in again
        for position in recursive_atoms(rule, component.keys)
    ]
    writer.recursive_doubts(again)
    columns = [exp.to_identifier(item, quoted=True) for item in column_names(table)]
    if writer.numbers.dialect == "sqlite":
        whole = union([*first, *steps])
    else:
        whole = exp.Union(this=_grouped(first), expression=_grouped(steps), distinct=True)
    query = exp.select(exp.Star()).from_(exp.table_(name, quoted=True))
    alias = exp.TableAlias(this=exp.to_identifier(name, quoted=True), columns=columns)
    query.set("with_", exp.With(expressions=[exp.CTE(this=whole, alias=alias)], recursive=True))
    return Relationship(key, query, tuple(writer.doubts))


def _grouped(queries: list[Sql]) -> Sql:
    if len(queries) == 1:
        return queries[0]
    return exp.select(exp.Star()).from_(exp.alias_(union(queries).subquery(), "u", table=True))


def _fixpoint(writer: _Writer, component: Component, asserted: Mapping[Key, str]) -> Fixpoint:
    base, again = _split(component)
    own: dict[Key, list[Rule]] = {key: [] for key in component.keys}
    for rule in base:
        own[rule.head.key].append(rule)
    first = {key: writer.rules(rules, asserted.get(key)) for key, rules in own.items()}
    steps = []
    for rule in again:
        key = rule.head.key
        for position in recursive_atoms(rule, component.keys):
            literal = rule.body[position]
            assert isinstance(literal, Relational)
            name = writer.catalog[literal.atom.key].name
            steps.append((key, writer.rule(rule, {position: f"{name}{NEW}"})))
    writer.recursive_doubts(again)
    queries = {
        key: union(found) if found else empty(writer.catalog[key], writer.numbers)
        for key, found in first.items()
    }
    return Fixpoint(component.keys, queries, tuple(steps), tuple(writer.doubts))
