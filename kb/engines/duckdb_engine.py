"""The DuckDB engine: rules as SQL over tables, for small facts and for the agreement of engines."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any, cast

from facts.diagnostic import Diagnostic, ProgramError, QueryError
from facts.schema import ColumnType
from kb.compile.catalog import Catalog, Key, Table, atoms_of
from kb.compile.components import components
from kb.compile.extras import bulk_module
from kb.compile.numbers import Numbers, decimal_of
from kb.compile.statements import (
    NEW,
    Fixpoint,
    Relationship,
    column_names,
    rule_query,
    sql_type,
    statements,
)
from kb.compile.substitute import substitute
from kb.engines.protocol import Facts, Row
from kb.language.syntax import (
    Atom,
    Constant,
    Program,
    Query,
    Rule,
    Term,
    Value,
    Variable,
)
from kb.language.variables import named_variables

_ANSWER = "answer to the query"


class DuckDBEngine:
    """Evaluates a checked program as SQL on DuckDB.

    Parameters
    ----------
    threads : int, optional
        As many as DuckDB takes by itself if not given.
    memory_limit : str, optional
        As DuckDB writes it: ``2GB``.
    """

    def __init__(self, threads: int | None = None, memory_limit: str | None = None) -> None:
        self._config = connection_settings(threads, memory_limit)

    def open(self, program: Program, facts: Facts) -> DuckDBSession:
        """Return a session over the facts.

        Raises
        ------
        ProgramError
            If a number of the facts or of the program has no exact decimal.
        UsageError
            If DuckDB is not installed.
        """
        return DuckDBSession(program, facts, self._config)


class DuckDBSession:
    """One program over one set of facts; a predicate's table is made when it is first asked for."""

    def __init__(self, program: Program, facts: Facts, config: Mapping[str, Any]) -> None:
        self._program = program
        self._numbers = Numbers()
        self._catalog = Catalog.of(program, _fact_types(facts))
        self._made: set[Key] = set()
        self._derived = {(rule.head.predicate, rule.head.arity) for rule in program.rules}
        self._duckdb = bulk_module("duckdb")
        self._connection = self._duckdb.connect(":memory:", config=dict(config))
        self._facts: dict[Key, list[Row]] = {}
        for predicate, rows in facts.items():
            for row in rows:
                self._facts.setdefault((predicate, len(row)), []).append(row)

    def answers(self, query: Query, bound: Mapping[str, Value] | None = None) -> list[Row]:
        """Return the distinct answers of a query, sorted; see ``Session.answers``.

        Raises
        ------
        QueryError
            If a number that the query needs cannot be computed exactly.
        """
        names = named_variables(query.body)
        given = bound or {}
        bindings: dict[str, Term] = {name: Constant(value) for name, value in given.items()}
        body = tuple(made for literal in query.body for made in substitute(literal, bindings))
        terms: tuple[Term, ...] = tuple(
            Constant(given[name]) if name in given else Variable(name) for name in names
        )
        rule = Rule(Atom(_ANSWER, terms), body)
        wanted = {(atom.predicate, atom.arity) for atom in atoms_of(body)}
        try:
            self._make(wanted)
            catalog = self._with_answer(rule, wanted)
            sql = rule_query(catalog, rule, self._numbers).sql(dialect="duckdb")
            rows = self._connection.execute(sql).fetchall()
        except self._duckdb.Error as fault:
            raise QueryError([Diagnostic("error", _sentence(fault))]) from None
        if not names:
            return [()] if rows else []
        return sorted({tuple(map(_value, row)) for row in rows})

    def close(self) -> None:
        """Let go of the tables."""
        self._connection.close()

    def _with_answer(self, rule: Rule, wanted: Iterable[Key]) -> Catalog:
        extra = {key: self._catalog[key].types for key in wanted}
        found = Catalog.of(Program((rule,)), extra)
        tables = {
            **self._catalog.tables,
            **{key: table for key, table in found.tables.items() if key[0] == _ANSWER},
        }
        return Catalog(tables)

    def _make(self, wanted: Iterable[Key]) -> None:
        for key in wanted:
            if key not in self._catalog:
                extra = Catalog.of(
                    Program(()), {key: cast("tuple[ColumnType, ...]", ("text",) * key[1])}
                )
                self._catalog.tables[key] = extra[key]
        needed = components(self._program, wanted)
        inputs = dict.fromkeys(wanted)
        for component in needed:
            for rule in component.rules:
                for atom in atoms_of(rule.body):
                    inputs[atom.predicate, atom.arity] = None
        for key in inputs:
            if key not in self._derived and key not in self._made:
                self._load(key, self._catalog[key].name)
                self._made.add(key)
        fresh = [item for item in needed if item.keys[0] not in self._made]
        for statement in statements(self._catalog, fresh, self._numbers):
            self._run(statement)

    def _run(self, statement: Relationship | Fixpoint) -> None:
        if isinstance(statement, Relationship):
            table = self._catalog[statement.key]
            self._create(table, table.name)
            self._insert(table, table.name, statement.query.sql(dialect="duckdb"))
            self._add_facts(statement.key, table)
            self._made.add(statement.key)
            return
        for key in statement.keys:
            table = self._catalog[key]
            self._create(table, table.name)
            self._insert(table, table.name, statement.base[key].sql(dialect="duckdb"))
            self._add_facts(key, table)
            self._create(table, table.name + NEW)
            self._insert(table, table.name + NEW, f"SELECT * FROM {_quoted(table.name)}")
            self._made.add(key)
        steps = [(key, query.sql(dialect="duckdb")) for key, query in statement.steps]
        while self._round(statement.keys, steps):
            pass

    def _round(self, keys: Sequence[Key], steps: Sequence[tuple[Key, str]]) -> int:
        """Add what follows from the rows of the last round; return how many rows that gave."""
        for key in keys:
            table = self._catalog[key]
            self._create(table, table.name + " next")
        for key, sql in steps:
            table = self._catalog[key]
            self._insert(table, table.name + " next", sql)
        added = 0
        for key in keys:
            table = self._catalog[key]
            name, new, following = (_quoted(table.name + end) for end in ("", NEW, " next"))
            self._connection.execute(f"DELETE FROM {new}")
            self._connection.execute(
                f"INSERT INTO {new} SELECT DISTINCT * FROM {following} EXCEPT SELECT * FROM {name}"
            )
            row = self._connection.execute(f"SELECT COUNT(*) FROM {new}").fetchone()
            added += row[0]
            self._connection.execute(f"INSERT INTO {name} SELECT * FROM {new}")
            self._connection.execute(f"DROP TABLE {following}")
        return added

    def _create(self, table: Table, name: str) -> None:
        types = [sql_type(kind) for kind in table.types] or ["INTEGER"]
        columns = ", ".join(
            f"{_quoted(column)} {kind}"
            for column, kind in zip(column_names(table), types, strict=True)
        )
        self._connection.execute(f"CREATE TEMP TABLE {_quoted(name)} ({columns})")

    def _insert(self, table: Table, name: str, sql: str) -> None:
        self._connection.execute(f"INSERT INTO {_quoted(name)} {sql}")

    def _load(self, key: Key, name: str) -> None:
        table = self._catalog[key]
        self._create(table, name)
        self._fill(key, table, name, self._facts.get(key, []))

    def _add_facts(self, key: Key, table: Table) -> None:
        """Facts of a predicate that rules derive too."""
        rows = self._facts.get(key)
        if not rows:
            return
        names = _quoted(table.name), _quoted(f"{table.name} facts")
        self._load(key, f"{table.name} facts")
        self._connection.execute(
            f"INSERT INTO {names[0]} SELECT * FROM {names[1]} EXCEPT SELECT * FROM {names[0]}"
        )

    def _fill(self, key: Key, table: Table, name: str, rows: Sequence[Row]) -> None:
        if not rows:
            return
        if not table.columns:
            self._connection.execute(f"INSERT INTO {_quoted(name)} VALUES (1)")
            return
        columns = []
        for position, kind in enumerate(table.types):
            values = [row[position] for row in rows]
            columns.append([_parameter(value, kind, key[0]) for value in values])
        picks = ", ".join(
            f"unnest(${position}::TEXT[])::{sql_type(kind)}"
            for position, kind in enumerate(table.types, 1)
        )
        self._connection.execute(f"INSERT INTO {_quoted(name)} SELECT {picks}", columns)


def connection_settings(
    threads: int | None = None,
    memory_limit: str | None = None,
    temp_directory: str | None = None,
) -> dict[str, Any]:
    """Return the settings of every connection: nothing is fetched from a network."""
    settings: dict[str, Any] = {
        "autoinstall_known_extensions": False,
        "autoload_known_extensions": False,
    }
    if threads is not None:
        settings["threads"] = threads
    if memory_limit is not None:
        settings["memory_limit"] = memory_limit
    if temp_directory is not None:
        settings["temp_directory"] = temp_directory
    return settings


def _fact_types(facts: Facts) -> dict[Key, tuple[ColumnType, ...]]:
    found: dict[Key, tuple[ColumnType, ...]] = {}
    for predicate, rows in facts.items():
        for row in rows:
            key = (predicate, len(row))
            if key not in found:
                found[key] = tuple("text" if isinstance(value, str) else "number" for value in row)
    return found


def _parameter(value: Value, kind: ColumnType, predicate: str) -> str:
    if kind != "number":
        return str(value)
    number = decimal_of(value)
    if number is None:
        message = f"a fact of `{predicate}` has the number `{value}`, which has no exact decimal"
        raise ProgramError([Diagnostic("error", message)])
    return format(number, "f")


def _value(value: Any) -> Value:
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else value.normalize()
    return value  # type: ignore[no-any-return]


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _sentence(fault: Exception) -> str:
    text = str(fault).splitlines()[0].rstrip(".")
    if "exact decimal" in text or "verflow" in text:
        return "a number of this query cannot be computed exactly by DuckDB"
    return f"DuckDB cannot answer this query: {text[:1].lower()}{text[1:]}"
