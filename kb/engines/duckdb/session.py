"""The DuckDB engine: rules as SQL over tables, for small facts and for the agreement of engines."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from facts.diagnostic import ProgramError, QueryError
from facts.extras import duckdb_module
from kb.compile.sql.catalog import Catalog, PredicateTable
from kb.compile.sql.number_types import SCALE
from kb.engines.duckdb.bounded import too_many_at
from kb.engines.duckdb.connection import connection_settings, identifier
from kb.engines.duckdb.facts import create_table, fill_table, found_value
from kb.engines.duckdb.program import FACTS, CompiledProgram, ProgramCache, TextStatement
from kb.engines.duckdb.rounds import check_ended, run_rounds
from kb.engines.protocol import Facts
from kb.language.ast import Atom, Constant, Key, Query, Rule, Term, Variable
from kb.language.traversal import atoms_of, named_variables, substitute
from kb.language.values import Row, Value, row_key
from kb.model.program import CheckedProgram

_ANSWER = "answer to the query"
_INEXACT = "a number of this query cannot be computed exactly by DuckDB"
_INEXACT_HELP = f"it divides by zero, or needs more than {SCALE} digits after the point"


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
        self._programs = ProgramCache()

    def open(self, program: CheckedProgram, facts: Facts) -> DuckDBSession:
        """Return a session over the facts.

        Parameters
        ----------
        program : CheckedProgram
            The rules.
        facts : Facts
            What the rules conclude from.

        Returns
        -------
        DuckDBSession

        Raises
        ------
        UsageError
            If DuckDB is not installed.
        """
        return DuckDBSession(self._programs.compiled(program.program, facts), facts, self._config)


class DuckDBSession:
    """One program over one set of facts; a predicate's table is made when it is first asked for.

    Several threads may ask it, one after the other.
    """

    def __init__(self, compiled: CompiledProgram, facts: Facts, config: Mapping[str, Any]) -> None:
        self._compiled = compiled
        self._catalog = compiled.catalog
        self._made: set[Key] = set()
        self._duckdb = duckdb_module()
        self._connection = self._duckdb.connect(":memory:", config=dict(config))
        self._lock = threading.Lock()
        self._facts: dict[Key, list[Row]] = {}
        for predicate, rows in facts.items():
            for row in rows:
                self._facts.setdefault((predicate, len(row)), []).append(row)

    def answers(self, query: Query, bound: Mapping[str, Value] | None = None) -> list[Row]:
        """Return the distinct answers of a query with bound variables, as ``Session.answers`` does.

        Raises
        ------
        QueryError
            If a number that the query needs does not exist, or has no exact decimal of nine
            digits after the point.
        """
        names = named_variables(query.body)
        given = bound or {}
        bindings: dict[str, Term] = {name: Constant(value) for name, value in given.items()}
        body = substitute(query.body, bindings)
        terms: tuple[Term, ...] = tuple(
            Constant(given[name]) if name in given else Variable(name) for name in names
        )
        rule = Rule(Atom(_ANSWER, terms), body)
        try:
            table, statement, catalog = self._compiled.query(rule)
            with self._lock:
                self._make({atom.key for atom in atoms_of(body)}, catalog)
                self._settle(statement)
                (sql,) = statement.base.values()
                with too_many_at([rule]):
                    rows = self._connection.execute(sql).fetchall()
        except self._duckdb.Error as fault:
            raise QueryError.of(_sentence(fault)) from None
        except ProgramError as fault:
            raise QueryError(fault.diagnostics) from None
        if not table.columns:
            return [()] if rows else []
        return sorted({tuple(map(found_value, row)) for row in rows}, key=row_key)

    def close(self) -> None:
        """Let go of the tables."""
        self._connection.close()

    def _make(self, wanted: Iterable[Key], catalog: Catalog) -> None:
        """Make the tables of some predicates and of all that they need."""
        wanted = sorted(wanted)
        needed = [item for item in self._compiled.needed(wanted) if item.keys[0] not in self._made]
        inputs = dict.fromkeys(wanted)
        for component in needed:
            for rule in component.rules:
                for atom in atoms_of(rule.body):
                    inputs[atom.key] = None
        for key in inputs:
            if key not in self._compiled.derived and key not in self._made:
                self._load(key, catalog[key], catalog[key].name)
                self._made.add(key)
        for component in needed:
            self._run(component.keys, self._compiled.statement(component))

    def _run(self, keys: Sequence[Key], statement: TextStatement) -> None:
        for key in keys:
            if key in self._compiled.asserted:
                table = self._catalog[key]
                self._load(key, table, f"{table.name}{FACTS}")
        for key in keys:
            name = identifier(self._catalog[key].name)
            rules = self._compiled.rules_of(key)
            with too_many_at(rules):
                self._connection.execute(f"CREATE TEMP TABLE {name} AS {statement.base[key]}")
        if statement.steps:
            tables = {key: self._catalog[key] for key in keys}
            steps, growth = statement.steps, statement.growth
            run_rounds(self._connection, tables, steps, self._compiled.type_of, growth)
        try:
            if statement.growth is not None and not statement.steps:
                (key,) = keys
                check_ended(self._connection, self._catalog[key], statement.growth)
            self._settle(statement)
        except QueryError:
            for key in keys:
                self._connection.execute(f"DROP TABLE {identifier(self._catalog[key].name)}")
            raise
        self._made.update(keys)

    def _settle(self, statement: TextStatement) -> None:
        """Refuse an answer that a number without an exact decimal would be missing from."""
        for sql in statement.doubts:
            if self._connection.execute(f"{sql} LIMIT 1").fetchone() is not None:
                raise QueryError.of(_INEXACT, _INEXACT_HELP)

    def _load(self, key: Key, table: PredicateTable, name: str) -> None:
        create_table(self._connection, table, name, self._compiled.type_of)
        rows = self._facts.get(key, [])
        fill_table(self._connection, key[0], table, name, rows, self._compiled.type_of)


def _sentence(fault: Exception) -> str:
    text = str(fault).splitlines()[0].rstrip(".")
    if "verflow" in text or "out of range" in text.lower():
        return _INEXACT
    return f"DuckDB cannot answer this query: {text[:1].lower()}{text[1:]}"
