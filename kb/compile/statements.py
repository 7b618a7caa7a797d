"""Pass: one query per predicate, or a fixpoint where a query cannot say the recursion."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from kb.compile.bodies import Body
from kb.compile.catalog import Catalog, Key, Table
from kb.compile.components import Component, recursive_atoms
from kb.compile.extras import bulk_module
from kb.compile.numbers import NUMBER, Numbers, Sql
from kb.language.syntax import Rule

exp = bulk_module("sqlglot.expressions")

NEW = " new"
"""What the name of the table of a round's new rows ends with."""


@dataclass(frozen=True, slots=True)
class Relationship:
    """A predicate whose rows one query gives.

    Parameters
    ----------
    key : (name, arity)
    query : sqlglot expression
    """

    key: Key
    query: Sql


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
    """

    keys: tuple[Key, ...]
    base: Mapping[Key, Sql]
    steps: tuple[tuple[Key, Sql], ...]


Statement = Relationship | Fixpoint


def statements(
    catalog: Catalog, found: Iterable[Component], numbers: Numbers
) -> tuple[Statement, ...]:
    """Return what to run for each component, in order.

    Parameters
    ----------
    catalog : Catalog
    found : iterable of Component
    numbers : Numbers

    Returns
    -------
    tuple of Relationship or Fixpoint
    """
    made: list[Statement] = []
    for component in found:
        if not component.recursive:
            (key,) = component.keys
            queries = [rule_query(catalog, rule, numbers) for rule in component.rules]
            made.append(Relationship(key, union(queries)))
        elif component.linear:
            made.append(_recursive(catalog, component, numbers))
        else:
            made.append(_fixpoint(catalog, component, numbers))
    return tuple(made)


def rule_query(
    catalog: Catalog, rule: Rule, numbers: Numbers, renamed: Mapping[int, str] | None = None
) -> Sql:
    """Return the SELECT of one rule, its columns named as those of the head's table."""
    table = catalog[rule.head.predicate, rule.head.arity]
    body = Body(catalog, numbers, renamed or {}).read(rule.body)
    columns = []
    for name, term, kind in zip(table.columns, rule.head.terms, table.types, strict=True):
        value = body.term(term, kind)
        columns.append(exp.alias_(value, name, quoted=True))
    if not columns:
        columns = [exp.alias_(exp.Literal.number(1), "holds", quoted=True)]
    return body.select(columns, distinct=bool(rule.body))


def empty(table: Table) -> Sql:
    """Return a query of a table's columns without rows."""
    columns = [
        exp.alias_(exp.cast(exp.Null(), sql_type(kind)), name, quoted=True)
        for name, kind in zip(table.columns, table.types, strict=True)
    ]
    nothing = exp.EQ(this=exp.Literal.number(1), expression=exp.Literal.number(0))
    return exp.select(
        *(columns or [exp.alias_(exp.Literal.number(1), "holds", quoted=True)])
    ).where(nothing)


def sql_type(kind: str) -> str:
    """Return the SQL type of a column; dates are ISO text."""
    return NUMBER if kind == "number" else "TEXT"


def union(queries: list[Sql]) -> Sql:
    """Return the distinct rows of some queries."""
    query = queries[0]
    for other in queries[1:]:
        query = exp.Union(this=query, expression=other, distinct=True)
    return query


def column_names(table: Table) -> tuple[str, ...]:
    """Return the columns of a table; a table of no columns has one that says it holds."""
    return table.columns or ("holds",)


def _split(component: Component) -> tuple[list[Rule], list[Rule]]:
    base = [rule for rule in component.rules if not recursive_atoms(rule, component.keys)]
    again = [rule for rule in component.rules if recursive_atoms(rule, component.keys)]
    return base, again


def _recursive(catalog: Catalog, component: Component, numbers: Numbers) -> Relationship:
    (key,) = component.keys
    table = catalog[key]
    base, again = _split(component)
    first = [rule_query(catalog, rule, numbers) for rule in base] or [empty(table)]
    name = f"{table.name} so far"
    steps = [
        rule_query(catalog, rule, numbers, {position: name})
        for rule in again
        for position in recursive_atoms(rule, component.keys)
    ]
    columns = [exp.to_identifier(item, quoted=True) for item in column_names(table)]
    whole = exp.Union(this=_grouped(first), expression=_grouped(steps), distinct=True)
    query = exp.select(exp.Star()).from_(exp.table_(name, quoted=True))
    alias = exp.TableAlias(this=exp.to_identifier(name, quoted=True), columns=columns)
    query.set("with_", exp.With(expressions=[exp.CTE(this=whole, alias=alias)], recursive=True))
    return Relationship(key, query)


def _grouped(queries: list[Sql]) -> Sql:
    if len(queries) == 1:
        return queries[0]
    return exp.select(exp.Star()).from_(exp.alias_(union(queries).subquery(), "u", table=True))


def _fixpoint(catalog: Catalog, component: Component, numbers: Numbers) -> Fixpoint:
    base, again = _split(component)
    first: dict[Key, list[Sql]] = {key: [] for key in component.keys}
    for rule in base:
        key = (rule.head.predicate, rule.head.arity)
        first[key].append(rule_query(catalog, rule, numbers))
    steps = []
    for rule in again:
        key = (rule.head.predicate, rule.head.arity)
        for position in recursive_atoms(rule, component.keys):
            literal = rule.body[position]
            name = catalog[literal.atom.predicate, literal.atom.arity].name  # type: ignore[union-attr]
            renamed = {position: f"{name}{NEW}"}
            steps.append((key, rule_query(catalog, rule, numbers, renamed)))
    queries = {key: union(found) if found else empty(catalog[key]) for key, found in first.items()}
    return Fixpoint(component.keys, queries, tuple(steps))
