"""One query per predicate, or a fixpoint where a query cannot say the recursion."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from kb.compile.rewrite.components import Component, recursive_atoms
from kb.compile.sql.bodies import Body
from kb.compile.sql.catalog import Catalog, PredicateTable
from kb.compile.sql.dialects import Dialect
from kb.compile.sql.scans import Attribute
from kb.compile.sql.tree import Sql, SqlQuery, exp, named, never, number, one_row, union
from kb.language.ast import Key, Relational, Rule

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
        The predicate.
    query : sqlglot expression
        Its rows.
    doubts : tuple of query
        Each gives rows where a number that the predicate needs does not exist (see ``Body``).
    parts : tuple of (Rule, query)
        The rules whose rows together are those of the query; none where it is recursive.
    """

    key: Key
    query: SqlQuery
    doubts: tuple[SqlQuery, ...] = ()
    parts: tuple[tuple[Rule, SqlQuery], ...] = ()


@dataclass(frozen=True, slots=True)
class Fixpoint:
    """Predicates whose rows are found in rounds, each from the rows that the last one added.

    Parameters
    ----------
    keys : tuple of (name, arity)
        The predicates.
    base : dict of key to query
        The first rows.
    steps : tuple of (key, query)
        Each reads the table ``<name> new`` in the place of one recursive atom.
    doubts : tuple of query
        As in ``Relationship``.
    """

    keys: tuple[Key, ...]
    base: Mapping[Key, SqlQuery]
    steps: tuple[tuple[Key, SqlQuery], ...]
    doubts: tuple[SqlQuery, ...] = ()


Statement = Relationship | Fixpoint


@dataclass(slots=True)
class _QueryWriter:
    """Writes the queries of the rules of one component."""

    catalog: Catalog
    dialect: Dialect
    scans: Mapping[Key, Attribute] = field(default_factory=dict)
    doubts: list[SqlQuery] = field(default_factory=list)

    def rules(self, rules: Sequence[Rule], asserted: str | None = None) -> list[SqlQuery]:
        """One query per rule; before them the rows of a table of asserted facts."""
        several = len(rules) + (asserted is not None) > 1
        queries: list[SqlQuery] = [self.rule(rule, distinct=not several) for rule in rules]
        if asserted is not None:
            queries.insert(0, exp.select(exp.Star()).from_(exp.table_(asserted, quoted=True)))
        return queries

    def rule(
        self, rule: Rule, renamed: Mapping[int, str] | None = None, distinct: bool = True
    ) -> SqlQuery:
        body = self.body(renamed).read(rule.body)
        if not renamed:
            self.doubts += body.doubts
        return _head(self.catalog, rule, body, distinct and bool(rule.body))

    def recursive_doubts(self, rules: Iterable[Rule]) -> None:
        """Doubts of recursive rules are reported by their whole predicates."""
        for rule in rules:
            self.doubts += self.body().read(rule.body).doubts

    def body(self, renamed: Mapping[int, str] | None = None) -> Body:
        return Body(self.catalog, self.dialect, renamed or {}, scans=self.scans)


def statements(
    catalog: Catalog,
    found: Iterable[Component],
    dialect: Dialect,
    asserted: Mapping[Key, str] | None = None,
    scans: Mapping[Key, Attribute] | None = None,
) -> tuple[Statement, ...]:
    """Return what to run for each component, in order.

    Parameters
    ----------
    catalog : Catalog
        Each predicate as a table.
    found : iterable of Component
        Those that others need first.
    dialect : Dialect
        What the queries are written in.
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
        writer = _QueryWriter(catalog, dialect, scans or {})
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


def query_of(catalog: Catalog, rule: Rule, dialect: Dialect) -> Relationship:
    """Return the rows of the head of one rule, its columns named as those of the head's table.

    Parameters
    ----------
    catalog : Catalog
        Each predicate as a table.
    rule : Rule
        It has a body.
    dialect : Dialect
        What the query is written in.
    """
    writer = _QueryWriter(catalog, dialect)
    key = rule.head.key
    return Relationship(key, writer.rule(rule), tuple(writer.doubts))


def _empty(table: PredicateTable, dialect: Dialect) -> SqlQuery:
    """Return a query of a table's columns without rows."""
    columns = [
        named(exp.cast(exp.Null(), dialect.numbers.column_type(kind)), name)
        for name, kind in zip(table.columns, table.types, strict=True)
    ]
    return exp.select(*(columns or [_holds()])).from_(one_row()).where(never())


def column_names(table: PredicateTable) -> tuple[str, ...]:
    """Return the columns of a table; a table of no columns has one that says it holds.

    Parameters
    ----------
    table : PredicateTable
        The table of a predicate.
    """
    return table.columns or ("holds",)


def _holds() -> Sql:
    return named(number(1), "holds")


def _head(catalog: Catalog, rule: Rule, body: Body, distinct: bool) -> SqlQuery:
    table = catalog[rule.head.key]
    columns = []
    for name, term, kind in zip(table.columns, rule.head.terms, table.types, strict=True):
        columns.append(exp.alias_(body.term(term, kind), name, quoted=True))
    return body.select(columns or [_holds()], distinct)


def _split(component: Component) -> tuple[list[Rule], list[Rule]]:
    base = [rule for rule in component.rules if not recursive_atoms(rule, component.keys)]
    again = [rule for rule in component.rules if recursive_atoms(rule, component.keys)]
    return base, again


def _recursive(
    writer: _QueryWriter, component: Component, asserted: Mapping[Key, str]
) -> Relationship:
    (key,) = component.keys
    table = writer.catalog[key]
    base, again = _split(component)
    first = writer.rules(base, asserted.get(key)) or [_empty(table, writer.dialect)]
    name = f"{table.name}{SO_FAR}"
    steps: list[SqlQuery] = [
        writer.rule(rule, {position: name}, distinct=False)
        for rule in again
        for position in recursive_atoms(rule, component.keys)
    ]
    writer.recursive_doubts(again)
    columns = [exp.to_identifier(item, quoted=True) for item in column_names(table)]
    whole = writer.dialect.recursive_union(first, steps)
    query = exp.select(exp.Star()).from_(exp.table_(name, quoted=True))
    alias = exp.TableAlias(this=exp.to_identifier(name, quoted=True), columns=columns)
    query.set("with_", exp.With(expressions=[exp.CTE(this=whole, alias=alias)], recursive=True))
    return Relationship(key, query, tuple(writer.doubts))


def _fixpoint(writer: _QueryWriter, component: Component, asserted: Mapping[Key, str]) -> Fixpoint:
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
        key: union(found) if found else _empty(writer.catalog[key], writer.dialect)
        for key, found in first.items()
    }
    return Fixpoint(component.keys, queries, tuple(steps), tuple(writer.doubts))
