"""Totals of what is at issue: the same on DuckDB, predicate by predicate and claim by claim."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from facts.claim import ClaimLine
from facts.readers.column_values import PARSERS
from facts.readers.evidence import COLUMNS as EVIDENCE_COLUMNS
from kb.bulk.determining import BulkInputs
from kb.bulk.summarise import summarise_files
from kb.model.at_issue import at_issue
from kb.model.summary import DIMENSIONS, Summary
from kb.policy.loader import Policy, load_policy
from kb.remit.payment import pay
from tests.kb.bulk.agreement import Batch, random_batch
from tests.kb.bulk.files import evidence_row, row_of, write_rows
from tests.kb.bulk.test_policies import IN_SETS, TIED, policy_with

POLICY = load_policy("r14", alternatives=True)
ASKED = (*((name,) for name in DIMENSIONS), ("clause", "provider"), ("month", "outcome", "reading"))


def charged(batch: Batch) -> Batch:
    """The lines of a batch with charges and units that do not divide evenly, some without."""
    lines = tuple(
        line._replace(
            charge=None if place % 7 == 3 else Decimal(1001 * (place % 13)) / 100,
            rendering_provider=f"P{place % 5}" if place % 4 else None,
            plan_id=line.plan_id or ("A" if place % 2 else None),
        )
        for place, line in enumerate(batch.lines)
    )
    return batch._replace(lines=lines)


def by_rows(batch: Batch, policy: Policy) -> Summary:
    summary = Summary(ASKED)
    summary.name(policy)
    claims: dict[str, list[ClaimLine]] = {}
    for line in batch.lines:
        claims.setdefault(line.claim_id, []).append(line)
    result = batch.knowledge_base(policy).adjudicate(batch.lines, batch.evidence, batch.overrides)
    found = {(each.claim_id, each.line_number): each for each in result}
    for claim_id, lines in claims.items():
        summary.add_claim(lines, [found[claim_id, line.line_number] for line in lines])
    return summary


def in_bulk(
    batch: Batch, policy: Policy, folder: Path, kind: str, engine: str = "duckdb"
) -> Summary:
    claims = write_rows(folder, "claims", kind, map(row_of, batch.lines), tuple(PARSERS))
    rows = map(evidence_row, batch.evidence)
    evidence = [write_rows(folder, "evidence", kind, rows, EVIDENCE_COLUMNS)]
    summary = Summary(ASKED)
    inputs = BulkInputs([claims], evidence if batch.evidence else (), batch.overrides, threads=2)
    result = summarise_files(batch.knowledge_base(policy), inputs, summary, engine=engine)
    assert result.tally.lines_determined == len(batch.lines) == summary.total.lines
    assert sum(result.outcomes.values()) == len(batch.lines)
    return summary


@pytest.mark.parametrize(
    ("first", "kind"), [(40_000, "csv"), (60_002, "parquet"), (70_003, "jsonl")]
)
def test_random_claims_sum_up_alike(first: int, kind: str, tmp_path: Path) -> None:
    batch = charged(random_batch(range(first, first + 60)))
    expected = by_rows(batch, POLICY)
    assert in_bulk(batch, POLICY, tmp_path, kind).groups == expected.groups
    assert expected.groups["reading",].keys() != {(None,)}


@pytest.mark.parametrize("name", ["a sum over the claim", "what stands on no claim"])
def test_added_rules_sum_up_alike(name: str, tmp_path: Path) -> None:
    """Predicate by predicate, and claim by claim."""
    policy = load_policy(policy_with(tmp_path, {**IN_SETS, **TIED}[name]), alternatives=True)
    batch = charged(random_batch(range(40_000, 40_030)))
    assert in_bulk(batch, policy, tmp_path, "parquet").groups == by_rows(batch, policy).groups


def test_claim_by_claim_sums_up_alike(tmp_path: Path) -> None:
    batch = charged(random_batch(range(40_000, 40_020)))
    found = in_bulk(batch, POLICY, tmp_path, "csv", "pydatalog")
    assert found.groups == by_rows(batch, POLICY).groups


def test_what_is_at_issue_is_what_a_remittance_does_not_pay() -> None:
    batch = charged(random_batch(range(40_000, 40_060)))
    lines = {(line.claim_id, line.line_number): line for line in batch.lines}
    result = batch.knowledge_base(POLICY).adjudicate(batch.lines, batch.evidence, batch.overrides)
    outcomes = set()
    for each in result:
        line = lines[each.claim_id, each.line_number]
        made = pay(line, each)
        lost = at_issue(each.outcome, line.charge, line.units, each.allowed_units)
        assert lost == made.charge - made.paid
        outcomes.add(each.outcome)
    assert "reduced" in outcomes


def test_totals_of_a_grouping_add_up() -> None:
    """Of a dimension that a line has one value of, the groups are all lines."""
    summary = by_rows(charged(random_batch(range(50_001, 50_040))), POLICY)
    for name, dimension in DIMENSIONS.items():
        groups = summary.groups[name,].values()
        if not dimension.several:
            assert sum(each.lines for each in groups) == summary.total.lines
            assert sum(each.at_issue for each in groups) == summary.total.at_issue
        else:
            assert sum(each.lines for each in groups) >= summary.total.lines
