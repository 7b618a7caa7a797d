"""The plan of a policy over lines, and the rows of its tables, ready for DuckDB."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from facts.claim import Override
from facts.codes import CodeTable
from facts.readers.code_lists import HcpcsRelease
from kb.assertions import policy_facts
from kb.compile.fused.constants import KNOWN_INPUTS
from kb.compile.fused.plan import LinePlan, plan_lines
from kb.engines.duckdb_tests import TableRow
from kb.policy import Policy

FEW_OVERRIDES = 60
"""Up to so many overrides are written into the formulas; more are joined as a table."""


def plan_policy(
    policy: Policy,
    settings: Mapping[str, str],
    overrides: Iterable[Override],
    release: HcpcsRelease | None,
    precertification: CodeTable | None,
) -> LinePlan:
    """Return the plan of a policy under settings.

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
    known = {name: list(store.get(name, ())) for name in KNOWN_INPUTS}
    if len(known["override"]) > FEW_OVERRIDES:
        del known["override"]
    absent = frozenset() if release is not None else frozenset({"release_code"})
    return plan_lines(policy.program.program, known, absent)


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
