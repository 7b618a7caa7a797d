"""Claims of files and data frames, determined into memory: no file in between."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from facts.claim import Override
from facts.extras import Connection, bulk_module
from facts.readers.detect import open_claims
from facts.readers.evidence import read_evidence
from kb.bulk.determining import BulkInputs, determine_files
from kb.bulk.faults import room_faults
from kb.bulk.result import BulkResult, Meter
from kb.claims.result import Adjudication
from kb.engines.duckdb.connection import interruptible
from kb.engines.duckdb.lines.determined import DeterminedLines
from kb.engines.duckdb.output.entries import READS, Answers
from kb.engines.duckdb.output.writer import write_determinations
from kb.model.arrow import StoredDeterminations
from kb.model.maker import CitedPolicy
from kb.planning.rules import BulkRules

if TYPE_CHECKING:
    import pyarrow

    from kb.model.determination import Determination
    from kb.rule_base import RuleBase


def adjudicate_in_memory(
    kb: RuleBase, claims: Iterable[Any], evidence: Iterable[Any], overrides: tuple[Override, ...]
) -> Adjudication:
    """Determine every line of files and data frames on DuckDB.

    Parameters
    ----------
    kb : RuleBase
        A policy with its settings and lists.
    claims, evidence : iterable of path or Frame
        What is read.
    overrides : tuple of Override
        Overrides of plans and contracts.

    Returns
    -------
    Adjudication
        Its determinations are in an Arrow table where all claims could be determined in one set.

    See Also
    --------
    kb.bulk.adjudicate.adjudicate_files : into a file.
    """
    inputs = BulkInputs(list(claims), list(evidence), overrides, Meter())
    lines, found = determine_in_memory(BulkRules.of(kb), inputs)
    result = Adjudication(lines, found.diagnostics, found.tally, found.rejected)
    result.readings = found.readings
    return result


def determine_in_memory(
    rules: BulkRules, inputs: BulkInputs
) -> tuple[Sequence[Determination], BulkResult]:
    """Determine what is read on DuckDB, and return the determinations with what came of the run.

    Parameters
    ----------
    rules : BulkRules
        The policy with its settings and lists.
    inputs : BulkInputs
        What is read.
    """
    kept = _Kept()
    with interruptible(), room_faults():
        found = determine_files(rules, inputs, kept)
    return kept.lines, found


@dataclass(slots=True)
class _Kept:
    """Determinations in memory."""

    lines: Any = field(default_factory=list)

    def reads(self, readings: bool) -> tuple[str, ...]:
        return (*READS, "charge") if readings else READS

    def take_lines(
        self, lines: DeterminedLines, policy: CitedPolicy, answers: Answers, meter: Meter
    ) -> None:
        query = write_determinations(lines, policy, answers, "arrow")
        meter.enter("writing")
        bulk_module("duckdb")  # The module below it makes no Arrow tables.
        connection: Any = lines.connection
        table: pyarrow.Table = connection.sql(query).to_arrow_table()
        self.lines = StoredDeterminations(table)

    def take_claims(self, connection: Connection, kb: RuleBase, inputs: BulkInputs) -> BulkResult:
        result = Adjudication()
        index = read_evidence(list(inputs.evidence), kb.policy.evidence_types)
        stream = kb.stream(open_claims(list(inputs.claims)), index, inputs.overrides, result)
        made: list[Determination] = list(stream)
        self.lines = made
        return BulkResult(
            result.tally,
            result.diagnostics,
            result.outcomes,
            result.rejected,
            index.rows_read,
            index.rows_rejected,
            result.readings,
        )
