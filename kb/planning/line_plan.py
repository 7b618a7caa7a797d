"""Compile the rules of a policy, under settings and overrides, to a script over lines."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from facts.claim import Override
from facts.codes import CodeTable
from facts.readers.code_lists import HcpcsRelease
from kb.claims.assertions import policy_facts
from kb.compile.formulas.divisions import refuse_divisions
from kb.compile.formulas.domains import KNOWN_INPUTS
from kb.compile.formulas.emit import write_script
from kb.compile.formulas.line_script import LineScript, NotFusable
from kb.compile.formulas.plan import plan_lines
from kb.compile.rewrite.claim_first import claim_first
from kb.language.values import Value
from kb.policy.loader import Policy

FEW_OVERRIDES = 60
"""Up to so many overrides are written into the formulas; more are joined as a table."""


def policy_lines(
    policy: Policy,
    settings: Mapping[str, str],
    overrides: Iterable[Override],
    release: HcpcsRelease | None,
    precertification: CodeTable | None,
) -> LineScript:
    """Return the rules of a policy as a script over lines.

    They depend on settings, overrides, a HCPCS release and a precertification list.

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
    known = {name: tuple(store.get(name, ())) for name in KNOWN_INPUTS}
    amounts = [row.amount for table in policy.tables.values() for row in table.rows]
    divisible = all(amount is None or amount > 0 for amount in amounts)
    many: Sequence[tuple[Value, ...]] = ()
    if len(known["override"]) > FEW_OVERRIDES:
        many = known.pop("override")
    absent = frozenset() if release is not None else frozenset({"release_code"})
    try:
        plan = plan_lines(claim_first(policy.program.program), known, absent, many)
        refuse_divisions(plan, divisible)
        return write_script(plan)
    except RecursionError:
        raise NotFusable("rules rest on rules in too many steps for a formula") from None
