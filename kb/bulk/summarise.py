"""Summarise files of claims: totals of what is at issue, on DuckDB or claim by claim."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from facts.claim import Override
from facts.extras import Connection
from facts.readers.detect import open_claims
from facts.readers.evidence import EvidenceIndex, read_evidence
from facts.readers.frames import TablePath
from kb.bulk.by_claim import determine_by_claim
from kb.bulk.determining import BulkInputs, determine_files
from kb.bulk.faults import room_faults
from kb.bulk.result import BulkResult, Meter
from kb.bulk.session import BulkSession
from kb.claims.result import Adjudication
from kb.engines.duckdb.connection import interruptible
from kb.engines.duckdb.lines.determined import DeterminedLines
from kb.engines.duckdb.output.entries import Answers
from kb.engines.duckdb.output.totals import READ_BY_TOTALS, total_groups
from kb.model.determination import Determination
from kb.model.maker import CitedPolicy
from kb.model.summary import DIMENSIONS, Summary
from kb.planning.rules import BulkRules

if TYPE_CHECKING:
    from kb.rule_base import RuleBase


def summarise_files(
    kb: RuleBase | BulkRules,
    inputs: BulkInputs,
    summary: Summary,
    *,
    engine: str = "duckdb",
    session: BulkSession | None = None,
) -> BulkResult:
    """Determine every line of files and add up what is at issue; nothing is written.

    Parameters
    ----------
    kb : RuleBase or BulkRules
        A policy with its settings and lists; with its alternatives where a summary is by reading.
    inputs : BulkInputs
        What is read.
    summary : Summary
        Gets the totals of each of its groupings.
    engine : {"duckdb", "pydatalog"}, optional
        As for ``adjudicate_files``.
    session : BulkSession, optional
        It reads the same files already.

    Returns
    -------
    BulkResult

    Raises
    ------
    UsageError
        If there is no room, an option is wrong, or the extra ``clausewise[bulk]`` is not installed.

    See Also
    --------
    kb.bulk.adjudicate.adjudicate_files : the determinations themselves.
    summarise_by_claim : without DuckDB.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> claims = Path(tempfile.mkdtemp()) / "claims.csv"
    >>> _ = claims.write_text("claim_id,line_number,claim_form,service_date,procedure_code,"
    ...                       "charge\\nC1,1,cms1500,2018-06-01,J7050,20.00\\n")
    >>> from kb import KnowledgeBase
    >>> summary = Summary((("clause",),))
    >>> _ = summarise_files(KnowledgeBase.load("r14"), BulkInputs([claims]), summary)
    >>> f"{summary.groups[('clause',)]['R14-COD-2',].at_issue:.2f}"
    '20.00'
    """
    rules = kb if isinstance(kb, BulkRules) else BulkRules.of(kb)
    with interruptible(), room_faults():
        return determine_files(rules, inputs, _Summed(summary), engine, session)


@dataclass(frozen=True, slots=True)
class _Summed:
    """Determinations as totals."""

    summary: Summary

    def reads(self, readings: bool) -> tuple[str, ...]:
        columns = (DIMENSIONS[name].column for name in self.summary.dimensions)
        return tuple(dict.fromkeys((*READ_BY_TOTALS, *filter(None, columns))))

    def take_lines(
        self, lines: DeterminedLines, policy: CitedPolicy, answers: Answers, meter: Meter
    ) -> None:
        meter.enter("writing")
        self.summary.name(policy)
        total_groups(lines, answers, self.summary)

    def take_claims(self, connection: Connection, kb: RuleBase, inputs: BulkInputs) -> BulkResult:
        index = read_evidence(list(inputs.evidence), kb.policy.evidence_types)
        return summarise_by_claim(
            kb, inputs.claims, index, inputs.overrides, self.summary, inputs.meter
        )


def summarise_by_claim(
    kb: RuleBase,
    claims: Sequence[TablePath],
    evidence: EvidenceIndex,
    overrides: Iterable[Override],
    summary: Summary,
    meter: Meter,
    result: Adjudication | None = None,
) -> BulkResult:
    """Determine every line claim by claim and add up what is at issue; memory stays flat.

    Parameters
    ----------
    kb : RuleBase
        A policy with its settings and lists.
    claims : sequence of path
        Files to read.
    evidence : EvidenceIndex
        The evidence of the claims.
    overrides : iterable of Override
        Overrides of plans and contracts.
    summary : Summary
        Gets the totals.
    meter : Meter
        Counts the lines that are determined.
    result : Adjudication, optional
        Gathers what is wrong.

    Returns
    -------
    BulkResult
    """
    result = Adjudication() if result is None else result
    result.watch = summary.add_claim
    stream = kb.stream(open_claims(claims), evidence, overrides, result)
    summary.groups.clear()
    summary.name(kb.policy)
    return determine_by_claim(stream, evidence, result, _no_texts, lambda text: None, meter)


def _no_texts(determinations: Iterable[Determination]) -> Iterator[str]:
    for _ in determinations:
        pass
    yield from ()
