"""The script of a policy over lines, and the rows of its tables, ready for DuckDB."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from facts.claim import Override
from facts.codes import CodeTable
from facts.readers.code_lists import HcpcsRelease
from facts.schema import BY_NAME, FIRST_DATE, LAST_DATE
from kb.assertions import policy_facts
from kb.bulk.kept import kept_script
from kb.compile.fused.constants import KNOWN_INPUTS
from kb.compile.fused.line_script import LineScript
from kb.engines.duckdb_dictionaries import TableRow
from kb.engines.duckdb_table import make_table
from kb.language.syntax import Program, Value
from kb.policy import Policy

FEW_OVERRIDES = 60
"""Up to so many overrides are written into the formulas; more are joined as a table."""


def policy_lines(
    policy: Policy,
    settings: Mapping[str, str],
    overrides: Iterable[Override],
    release: HcpcsRelease | None,
    precertification: CodeTable | None,
) -> LineScript:
    """Return the rules of a policy under settings as a script over lines.

    Raises
    ------
    NotFusable
        If its rules cannot be written as formulas over lines.
    """
    lists = [
        name
        for name, loaded in (
            ("hcpcs_release", release),
            ("precertification_list", precertification),
        )
        if loaded is not None
    ]
    store = policy_facts(policy.clauses.values(), settings, overrides, lists)
    program = policy.program.program
    known = {name: tuple(store.get(name, ())) for name in KNOWN_INPUTS}
    amounts = [row.amount for table in policy.tables.values() for row in table.rows]
    divisible = all(amount is None or amount > 0 for amount in amounts)

    def make() -> LineScript:
        return _script(program, known, release is not None, divisible)

    if known["override"]:
        return make()
    return kept_script(
        [repr(program), repr(known), repr(release is not None), repr(divisible)], make
    )


def _script(
    program: Program,
    known: Mapping[str, Sequence[tuple[Value, ...]]],
    has_release: bool,
    divisible: bool,
) -> LineScript:
    from kb.compile.fused.divisions import refuse_divisions
    from kb.compile.fused.plan import plan_lines
    from kb.compile.fused.write_script import write_script

    few = dict(known)
    many: Sequence[tuple[Value, ...]] = ()
    if len(known["override"]) > FEW_OVERRIDES:
        many = few.pop("override")
    absent = frozenset() if has_release else frozenset({"release_code"})
    plan = plan_lines(program, few, absent, many)
    refuse_divisions(plan, divisible)
    return write_script(plan)


def rows_of_tables(policy: Policy, precertification: CodeTable | None) -> list[TableRow]:
    """Return the rows of all tables of a policy, and of a loaded list."""
    tables = list(policy.tables.values())
    if precertification is not None:
        tables.append(precertification)
    return [
        TableRow(
            table.name,
            row.first,
            row.last,
            row.value or "",
            "" if row.amount is None else str(row.amount),
            table.column,
        )
        for table in tables
        for row in table.rows
    ]


def prepare_lists(
    connection: Any, overrides: Iterable[Override], release: HcpcsRelease | None
) -> None:
    """Make the tables ``override`` and ``release_code`` that values of lines are joined with."""
    rows: list[tuple[str, ...]] = list(policy_facts((), {}, overrides, ()).get("override", ()))  # type: ignore[arg-type]
    _table(connection, "override", rows)
    if release is not None:
        codes = [
            (
                code,
                added.isoformat() if added else FIRST_DATE,
                terminated.isoformat() if terminated else LAST_DATE,
            )
            for code, spans in release.codes.items()
            for added, terminated in spans
        ]
        _table(connection, "release_code", codes)


def _table(connection: Any, name: str, rows: Sequence[tuple[str, ...]]) -> None:
    names = [column.name for column in BY_NAME[name].columns]
    columns = zip(*rows, strict=True) if rows else ([] for _ in names)
    made = {column: ("TEXT", list(values)) for column, values in zip(names, columns, strict=True)}
    make_table(connection, name, made)
