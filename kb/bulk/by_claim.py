"""Adjudicate files claim by claim, and write what the bulk run would write."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from facts.claim import Override
from facts.readers.batch import RejectedClaim
from facts.readers.detect import open_claims
from facts.readers.evidence import read_evidence
from facts.readers.parquet import exact_path
from facts.spreadsheet import csv_text
from kb.bulk.result import BulkResult, Meter
from kb.claims.result import Adjudication
from kb.compile.sql.stored import NUMBER
from kb.engines.duckdb.connection import literal
from kb.knowledge_base import KnowledgeBase
from kb.model.determination import Determination
from kb.model.tables import CSV_COLUMNS, flat_row

_CITATIONS = (
    'STRUCT(clause_id TEXT, effect TEXT, carc TEXT, rarcs TEXT[], "group" TEXT, '
    "readings INTEGER[], reason TEXT)[]"
)
PARQUET_TYPES = {
    "claim_id": "TEXT",
    "line_number": "BIGINT",
    "outcome": "TEXT",
    "citations": _CITATIONS,
    "allowed_units": NUMBER,
    "missing_evidence": "TEXT[]",
    "assumptions": "TEXT[]",
    "policy": "TEXT",
    "policy_version": "TEXT",
    "program_sha256": "TEXT",
}
"""Columns of determinations as Parquet: those of the contract."""


def write_by_claim(
    connection: Any,
    kb: KnowledgeBase,
    claims: Sequence[str | Path],
    target: Path,
    kind: str,
    evidence: Sequence[str | Path],
    overrides: Iterable[Override],
    meter: Meter,
) -> BulkResult:
    """Determine every line through the knowledge base's own engine; memory stays flat.

    Parameters
    ----------
    connection : DuckDB connection
        Writes Parquet.
    kb : KnowledgeBase
    claims, evidence : sequence of path
    target : Path
    kind : {"parquet", "jsonl", "csv"}
    overrides : iterable of Override
    meter : Meter
        Is told the lines that are done.
    """
    result = Adjudication()
    index = read_evidence(list(evidence), kb.policy.evidence_types)
    outcomes: Counter[str] = Counter()
    stream = kb.stream(open_claims(list(claims)), index, overrides, result)
    texts = target if kind != "parquet" else target.with_name(target.name + ".jsonl")
    try:
        with texts.open("w", encoding="utf-8", errors="backslashreplace", newline="") as file:
            for text in _texts(_counted(stream, outcomes, meter), kind):
                file.write(text + "\n")
        if kind == "parquet":
            types = ", ".join(f"{name}: {literal(kind)}" for name, kind in PARQUET_TYPES.items())
            connection.execute(
                f"COPY (SELECT * FROM read_json({literal(exact_path(texts))}, "
                f"format='newline_delimited', columns={{{types}}})) "
                f"TO {literal(str(target))} (FORMAT parquet)"
            )
    finally:
        if kind == "parquet":
            texts.unlink(missing_ok=True)
    rejected: list[RejectedClaim] = result.rejected
    return BulkResult(
        result.tally,
        result.diagnostics,
        dict(outcomes),
        rejected,
        index.rows_read,
        index.rows_rejected,
    )


def _texts(determinations: Iterable[Determination], kind: str) -> Iterator[str]:
    if kind == "csv":
        yield csv_text([CSV_COLUMNS])
        for each in determinations:
            yield csv_text([flat_row(each)])
    else:
        for each in determinations:
            yield json.dumps(each.to_json(), ensure_ascii=False)


def _counted(
    determinations: Iterable[Determination], outcomes: Counter[str], meter: Meter
) -> Iterator[Determination]:
    for number, each in enumerate(determinations, 1):
        outcomes[each.outcome] += 1
        meter.done = number
        yield each
