"""One batch of claims through the bulk run and through pyDatalog: the same determinations."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any, NamedTuple

import duckdb

from facts.claim import Override
from facts.codes import CodeTable, TableRow
from facts.origin import Origin
from facts.readers.code_lists import HcpcsRelease
from facts.readers.column_values import PARSERS
from facts.readers.evidence import COLUMNS as EVIDENCE_COLUMNS
from kb.bulk.adjudicate import adjudicate_files
from kb.knowledge_base import KnowledgeBase
from kb.policy.loader import Policy
from tests.kb.bulk.files import evidence_row, row_of, write_rows
from tests.kb.policies.random_claims import random_case


class Batch(NamedTuple):
    """Claims that share their settings, their lists and the overrides."""

    lines: tuple[Any, ...]
    evidence: tuple[Any, ...]
    overrides: tuple[Override, ...]
    settings: dict[str, str]
    strict: bool
    release: HcpcsRelease | None
    precertification: CodeTable | None

    def knowledge_base(self, policy: Policy) -> KnowledgeBase:
        return KnowledgeBase(
            policy,
            settings=self.settings,
            strict=self.strict,
            release=self.release,
            precertification=self.precertification,
        )


def code_list(codes: Iterable[str]) -> CodeTable:
    rows = tuple(TableRow(code, code, Origin("random")) for code in sorted(codes))
    return CodeTable("precertification_list", "procedure", rows)


def random_batch(seeds: Sequence[int]) -> Batch:
    """Return the claims of some seeds, under the settings of the first one."""
    cases = [random_case(seed) for seed in seeds]
    first = cases[0]
    release = precertification = None
    if first.release is not None or seeds[0] % 3 == 1:
        codes: dict[str, Any] = {}
        for case in cases:
            codes.update(case.release or {})
        release = HcpcsRelease("random", {code: tuple(rows) for code, rows in codes.items()})
    if first.precertification is not None:
        listed = [code for case in cases for code in case.precertification or ()]
        precertification = code_list(set(listed))
    overrides = [
        item
        for case in cases
        for item in case.overrides
        if not (item.effective_from and item.effective_to)
        or item.effective_from <= item.effective_to
    ]
    most = (0, 5, 40, 400)[seeds[0] % 4]
    return Batch(
        tuple(line for case in cases for line in case.lines),
        tuple(item for case in cases for item in case.evidence),
        tuple(overrides[:most]),
        first.settings,
        seeds[0] % 2 == 1,
        release,
        precertification,
    )


def by_rows(batch: Batch, policy: Policy) -> dict[tuple[str, int], dict[str, Any]]:
    result = batch.knowledge_base(policy).adjudicate(batch.lines, batch.evidence, batch.overrides)
    found = {}
    for each in result:
        record = each.to_json()
        record["allowed_units"] = each.allowed_units and Fraction(each.allowed_units)
        found[each.claim_id, each.line_number] = record
    return found


def in_bulk(
    batch: Batch, policy: Policy, folder: Path, kind: str, one_by_one: bool = False
) -> dict[tuple[str, int], dict[str, Any]]:
    claims = write_rows(folder, "claims", kind, map(row_of, batch.lines), tuple(PARSERS))
    evidence = []
    if batch.evidence:
        rows = map(evidence_row, batch.evidence)
        evidence = [write_rows(folder, "evidence", kind, rows, EVIDENCE_COLUMNS)]
    output = folder / f"{kind}.out.parquet"
    kb = batch.knowledge_base(policy)
    result = adjudicate_files(
        kb, [claims], output, evidence=evidence, overrides=batch.overrides, threads=2
    )
    assert [item.render() for item in result.diagnostics if item.severity == "error"] == []
    told = any("one by one" in item.message for item in result.diagnostics)
    assert told == one_by_one
    assert result.tally.lines_read == result.tally.lines_determined == len(batch.lines)
    return read_output(output)


def read_output(output: Path) -> dict[tuple[str, int], dict[str, Any]]:
    with duckdb.connect() as connection:
        cursor = connection.execute(f"SELECT * FROM '{output}'")
        names = [item[0] for item in cursor.description]
        records = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
    for record in records:
        units = record["allowed_units"]
        record["allowed_units"] = units and Fraction(units)
        if record["claim_part"] is None:
            del record["claim_part"]
    return {(record["claim_id"], record["line_number"]): record for record in records}
