"""A program as SQL text for DuckDB, written once and run for every session."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from facts.schema import BY_NAME, ColumnType
from facts.span import Span
from kb.compile.rewrite.components import Component, components
from kb.compile.sql.catalog import Catalog, PredicateTable
from kb.compile.sql.dialects import DuckDB
from kb.compile.sql.statements import Fixpoint, query_of, statements
from kb.compile.sql.tree import Sql
from kb.engines.duckdb.bounded import bounded
from kb.engines.limits import MOST_FOUND, MOST_GROWTH
from kb.engines.protocol import Facts
from kb.language.ast import Key, Program, Rule
from kb.language.growth import growth_in

_DIALECT = DuckDB("try")
FACTS = " facts"
"""What the name of a table ends with that holds the facts of a derived predicate."""

_KEPT = 4

FactTypes = tuple[tuple[Key, tuple[ColumnType, ...]], ...]


@dataclass(frozen=True, slots=True)
class TextStatement:
    """A statement of ``kb.compile.sql.statements`` as text.

    Parameters
    ----------
    base : dict of key to SQL
        The first rows of each predicate; all of them where it is not recursive.
    steps : tuple of (key, SQL)
        What the rounds of a recursion add; none where one query gives all rows.
    doubts : tuple of SQL
        Each gives rows where a number that is needed does not exist.
    growth : Span, optional
        Where a recursion calculates.
    """

    base: Mapping[Key, str]
    steps: tuple[tuple[Key, str], ...]
    doubts: tuple[str, ...]
    growth: Span | None = None


@dataclass(slots=True)
class CompiledProgram:
    """A program with the types of its facts; statements are written when first asked for.

    Parameters
    ----------
    program : Program
        The rules.
    fact_types : tuple of (key, types)
        Types of the facts that the program leaves open: those of predicates that nothing declares,
        and of predicates that rules derive too.
    """

    program: Program
    fact_types: FactTypes
    catalog: Catalog = field(init=False)
    derived: frozenset[Key] = field(init=False)
    asserted: dict[Key, str] = field(init=False)
    _written: dict[tuple[Key, ...], TextStatement] = field(default_factory=dict)
    _needed: dict[frozenset[Key], tuple[Component, ...]] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def __post_init__(self) -> None:
        self.catalog = Catalog.of(self.program, dict(self.fact_types))
        self.derived = frozenset(rule.head.key for rule in self.program.rules)
        self.asserted = {
            key: f"{self.catalog[key].name}{FACTS}"
            for key, _ in self.fact_types
            if key in self.derived
        }

    def type_of(self, kind: ColumnType) -> str:
        """Return the SQL type of a kind of column."""
        return _text(_DIALECT.numbers.column_type(kind))

    def needed(self, wanted: Iterable[Key]) -> tuple[Component, ...]:
        """Return the components that wanted predicates need, in order."""
        key = frozenset(wanted)
        with self._lock:
            if key not in self._needed:
                self._needed[key] = components(self.program, key)
            return self._needed[key]

    def statement(self, component: Component) -> TextStatement:
        """Return how the rows of a component are found."""
        with self._lock:
            if component.keys not in self._written:
                self._written[component.keys] = self._write(component)
            return self._written[component.keys]

    def query(self, rule: Rule) -> tuple[PredicateTable, TextStatement, Catalog]:
        """Return how the rows of one more rule are found, and the tables that it reads.

        Its head is a predicate of its own. Predicates that nothing defines have no rows.
        """
        types = {key: table.types for key, table in self.catalog.tables.items()}
        found = Catalog.of(Program((rule,)), types)
        key = rule.head.key
        catalog = Catalog({**found.tables, **self.catalog.tables})
        made = query_of(catalog, rule, _DIALECT)
        sql = bounded(made.query, (rule,), MOST_FOUND)
        text = TextStatement({key: sql}, (), tuple(map(_text, made.doubts)))
        return catalog[key], text, catalog

    def _write(self, component: Component) -> TextStatement:
        (made,) = statements(self.catalog, [component], _DIALECT, self.asserted)
        doubts = tuple(map(_text, made.doubts))
        if isinstance(made, Fixpoint):
            base = {key: _text(query) for key, query in made.base.items()}
            return TextStatement(
                base,
                tuple((key, _text(query)) for key, query in made.steps),
                doubts,
                growth_in(component.rules),
            )
        growth = growth_in(component.rules) if component.recursive else None
        if growth is not None:
            sql = f"SELECT * FROM ({_text(made.query)}) LIMIT {MOST_GROWTH + 1}"
        else:
            sql = bounded(made.query, component.rules, MOST_FOUND)
        return TextStatement({made.key: sql}, (), doubts, growth)

    def rules_of(self, key: Key) -> list[Rule]:
        """Return the rules that conclude a predicate, by its name and arity, the ``key``."""
        return [rule for rule in self.program.rules if rule.head.key == key]


class ProgramCache:
    """The compiled programs of an engine. Sessions of several threads may share it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._programs: OrderedDict[tuple[int, FactTypes], CompiledProgram] = OrderedDict()

    def compiled(self, program: Program, facts: Facts) -> CompiledProgram:
        """Return a program compiled for some facts."""
        key = (id(program), open_fact_types(program, facts))
        with self._lock:
            found = self._programs.get(key)
            if found is None:
                found = self._programs[key] = CompiledProgram(program, key[1])
                if len(self._programs) > _KEPT:
                    self._programs.popitem(last=False)
            self._programs.move_to_end(key)
            return found


def open_fact_types(program: Program, facts: Facts) -> FactTypes:
    """Return the types of facts that the program does not tell.

    Parameters
    ----------
    program : Program
        The rules.
    facts : mapping
        Rows by predicate, as a session gets them.

    Returns
    -------
    tuple of (key, types)
    """
    found: dict[Key, tuple[ColumnType, ...]] = {}
    for predicate, rows in facts.items():
        if predicate in BY_NAME:
            continue
        for row in rows:
            key = (predicate, len(row))
            if key not in found:
                found[key] = tuple("text" if isinstance(value, str) else "number" for value in row)
    if not found:
        return ()
    derived = {rule.head.key for rule in program.rules}
    declared = {(item.predicate, len(item.columns)) for item in program.declarations}
    return tuple(
        (key, types)
        for key, types in sorted(found.items())
        if key in derived or key not in declared
    )


def _text(query: Sql) -> str:
    return str(query.sql(dialect=_DIALECT.name))
