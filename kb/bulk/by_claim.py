"""Determinations claim by claim: written as soon as each is made, by the engine of one claim."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from pathlib import Path

from facts.claim import Override
from facts.extras import Connection
from facts.leftovers import scratch_folder
from facts.readers.detect import open_claims
from facts.readers.evidence import EvidenceIndex, read_evidence
from facts.readers.frames import TablePath
from facts.readers.parquet import exact_path
from facts.spreadsheet import csv_text
from kb.bulk.result import BulkResult, Meter
from kb.claims.result import Adjudication
from kb.model.determination import Determination
from kb.model.tables import csv_columns, flat_row
from kb.rule_base import RuleBase

Texts = Callable[[Iterable[Determination]], Iterator[str]]
"""Returns determinations as texts to be written, each a line or several."""


def write_by_claim(
    connection: Connection,
    kb: RuleBase,
    claims: Sequence[TablePath],
    target: str,
    kind: str,
    evidence: Sequence[TablePath],
    overrides: Iterable[Override],
    meter: Meter,
) -> BulkResult:
    """Determine every line claim by claim and write a file; memory stays flat.

    Parameters
    ----------
    connection : Connection
        Writes Parquet.
    kb : RuleBase
        A policy with its settings and lists.
    claims, evidence : sequence of path
        Files to read.
    target : str
        The file to write.
    kind : {"parquet", "jsonl", "csv"}
        Its format.
    overrides : iterable of Override
        Overrides of plans and contracts.
    meter : Meter
        Counts the lines that are determined.

    Returns
    -------
    BulkResult
    """
    result, readings = Adjudication(), kb.policy.tells_readings
    index = read_evidence(list(evidence), kb.policy.evidence_types)
    stream = kb.stream(open_claims(claims), index, overrides, result)
    with scratch_folder() as folder:
        rows = Path(folder, "rows.jsonl") if kind == "parquet" else Path(target)
        with rows.open("w", encoding="utf-8", errors="backslashreplace", newline="") as file:
            done = determine_by_claim(
                stream,
                index,
                result,
                partial(csv_texts, readings=readings) if kind == "csv" else jsonl_texts,
                lambda text: file.write(text + "\n"),
                meter,
            )
        if kind == "parquet":
            _to_parquet(connection, rows, target, readings)
    return done


def determine_by_claim(
    stream: Iterable[Determination],
    index: EvidenceIndex,
    result: Adjudication,
    texts: Texts,
    write: Callable[[str], object],
    meter: Meter,
) -> BulkResult:
    """Write determinations as they are made, and return what comes of the run.

    Parameters
    ----------
    stream : iterable of Determination
        As ``RuleBase.stream`` returns them.
    index : EvidenceIndex
        The evidence of the claims.
    result : Adjudication
        Gathers what the stream reports.
    texts : callable
        Returns determinations as texts: ``jsonl_texts`` or ``csv_texts``, say.
    write : callable
        Writes a text and a line end.
    meter : Meter
        Counts the lines that are determined.

    Returns
    -------
    BulkResult
    """
    outcomes = Counter[str]()

    def counted() -> Iterator[Determination]:
        for determination in stream:
            outcomes[determination.outcome] += 1
            meter.done += 1
            yield determination

    for text in texts(counted()):
        write(text)
    return BulkResult(
        result.tally,
        result.diagnostics,
        dict(outcomes),
        result.rejected,
        index.rows_read,
        index.rows_rejected,
        result.readings,
    )


def jsonl_texts(determinations: Iterable[Determination]) -> Iterator[str]:
    """Yield each determination as a row of JSON.

    Parameters
    ----------
    determinations : iterable of Determination
        In the order of the claims.
    """
    for each in determinations:
        yield json.dumps(each.to_json(), ensure_ascii=False)


def csv_texts(determinations: Iterable[Determination], readings: bool = False) -> Iterator[str]:
    """Yield the header of a CSV file, then each determination as a row.

    Parameters
    ----------
    determinations : iterable of Determination
        In the order of the claims.
    readings : bool, optional
        Whether they have the readings in favour of their lines.
    """
    yield csv_text([csv_columns(readings)])
    for each in determinations:
        yield csv_text([flat_row(each)])


def _to_parquet(connection: Connection, rows: Path, target: str, readings: bool) -> None:
    from kb.engines.duckdb.connection import literal
    from kb.engines.duckdb.output.writer import COPY_OPTIONS, parquet_types

    types = ", ".join(f"{name}: {literal(kind)}" for name, kind in parquet_types(readings).items())
    connection.execute(
        f"COPY (SELECT * FROM read_json({literal(exact_path(rows))}, "
        f"format='newline_delimited', columns={{{types}}})) "
        f"TO {literal(target)} ({COPY_OPTIONS['parquet']})"
    )
