"""Determine the lines of files, whichever way they can be, for whatever is made of them."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from facts.claim import Override
from facts.diagnostic import Diagnostic
from facts.extras import Connection, duckdb_module
from facts.readers.frames import TablePath
from kb.bulk.faults import NOT_EXACT, inexact_faults, is_program_fault
from kb.bulk.read.lines import LINES
from kb.bulk.result import BulkResult, Meter
from kb.bulk.session import BulkSession
from kb.compile.formulas.line_script import NotFusable
from kb.engines.duckdb.connection import run_stoppable
from kb.engines.duckdb.lines.determined import DeterminedLines
from kb.engines.duckdb.lines.run import CheckedLines, determine_lines
from kb.engines.duckdb.output.entries import (
    Answers,
    count_outcomes,
    distinct_answers,
    total_readings,
)
from kb.model.maker import CitedPolicy
from kb.planning.lists import prepare_lists
from kb.planning.rules import BulkRules

if TYPE_CHECKING:
    from kb.rule_base import RuleBase


@dataclass(frozen=True, slots=True)
class BulkInputs:
    """What a run reads, and with which means.

    Parameters
    ----------
    claims, evidence : sequence of path
        CSV, JSONL and Parquet files; claims may be 837 files too.
    overrides : tuple of Override
        Overrides of plans and contracts.
    meter : Meter
        Tells another thread how far the run is.
    threads : int, optional
        As many as DuckDB takes by itself if absent.
    memory_limit : str, optional
        As in ``4GB``; what does not fit is put on disk.
    whole : bool, optional
        Whether these are all the claims there are; of a part of them, no claim is named that may
        be meant by evidence for one that is not there.
    """

    claims: Sequence[TablePath]
    evidence: Sequence[TablePath] = ()
    overrides: tuple[Override, ...] = ()
    meter: Meter = field(default_factory=Meter)
    threads: int | None = None
    memory_limit: str | None = None
    whole: bool = True


class LineUse(Protocol):
    """What is made of lines that are determined: a file, or totals."""

    def reads(self, readings: bool) -> tuple[str, ...]:
        """Return the columns of the lines that are needed.

        Parameters
        ----------
        readings : bool
            Whether the readings in favour of lines are among the answers.
        """

    def take_lines(
        self, lines: DeterminedLines, policy: CitedPolicy, answers: Answers, meter: Meter
    ) -> None:
        """Use lines that were determined in one set.

        Parameters
        ----------
        lines : DeterminedLines
            All lines.
        policy : CitedPolicy
            What the determinations cite.
        answers : list
            As ``distinct_answers`` returns them.
        meter : Meter
            How far the run is.
        """

    def take_claims(self, connection: Connection, kb: RuleBase, inputs: BulkInputs) -> BulkResult:
        """Determine lines claim by claim, and use them.

        Parameters
        ----------
        connection : Connection
            A connection to DuckDB.
        kb : RuleBase
            A policy with its settings and lists.
        inputs : BulkInputs
            What is read.
        """


def determine_files(
    rules: BulkRules,
    inputs: BulkInputs,
    use: LineUse,
    engine: str = "duckdb",
    session: BulkSession | None = None,
) -> BulkResult:
    """Determine all claims in one set where that can be, or else claim by claim.

    Parameters
    ----------
    rules : BulkRules
        The policy with its settings and lists.
    inputs : BulkInputs
        What is read.
    use : LineUse
        What is made of the lines.
    engine : {"duckdb", "pydatalog"}, optional
        ``pydatalog`` goes claim by claim. So does ``duckdb`` where a rule ties claims together or
        a number has no exact decimal; a note says so.
    session : BulkSession, optional
        It reads the same files already.

    Returns
    -------
    BulkResult
    """
    with ExitStack() as stack:
        if session is None:
            made = BulkSession(inputs.claims, inputs.threads, inputs.memory_limit)
            session = stack.enter_context(made)
        return _determine(session, rules, inputs, use, engine)


def _determine(
    session: BulkSession, rules: BulkRules, inputs: BulkInputs, use: LineUse, engine: str
) -> BulkResult:
    found, note = None, ""
    if engine != "pydatalog":
        found, note = _in_one_set(session, rules, inputs, use)
    if found is None:
        session.stop()
        inputs.meter.enter("claims")
        found = use.take_claims(session.connection, rules.kb, inputs)
    found.diagnostics[:0] = rules.notes
    if note:
        message = f"the claims were adjudicated one by one: {note}"
        found.diagnostics.insert(0, Diagnostic("note", message))
    return found


def _in_one_set(
    session: BulkSession, rules: BulkRules, inputs: BulkInputs, use: LineUse
) -> tuple[BulkResult | None, str]:
    """Determine all claims at once: by formulas of lines, or else predicate by predicate.

    Where neither can be, the reason is returned.
    """
    duckdb = duckdb_module()
    try:
        try:
            return run_stoppable(session, lambda: _by_formulas(session, rules, inputs, use)), ""
        except NotFusable:
            session.stop()
        except Exception as fault:
            if not is_program_fault(fault) or not rules.forget():
                raise
            session.stop()
            with BulkSession(inputs.claims, inputs.threads, inputs.memory_limit) as fresh:
                return _in_one_set(fresh, rules, inputs, use)
        with BulkSession(inputs.claims, inputs.threads, inputs.memory_limit) as fresh:
            made = run_stoppable(
                fresh, lambda: _by_predicates(fresh.connection, rules.kb, inputs, use)
            )
            return made, ""
    except NotFusable as fault:
        return None, str(fault)
    except inexact_faults():
        return None, NOT_EXACT
    except duckdb.Error as fault:
        if type(fault) is not duckdb.Error:
            raise
        return None, "a Parquet file is damaged"


def _by_formulas(
    session: BulkSession, rules: BulkRules, inputs: BulkInputs, use: LineUse
) -> BulkResult:
    connection, meter = session.connection, inputs.meter
    meter.enter("reading")
    session.start_evidence(inputs.evidence, rules.evidence_types, inputs.whole)
    policy = rules.lines(inputs.overrides)
    if hasattr(connection, "query_progress"):
        meter.percent = lambda: max(session.query_progress(), 0.0) / 100
    checked = session.checked()
    result = BulkResult(checked.tally, checked.diagnostics, rejected=checked.rejected)
    meter.total = checked.tally.lines_read

    def has_evidence() -> bool:
        found = session.filed()
        if found is None:
            return False
        reader, has_rows = found
        result.diagnostics += reader.diagnostics
        result.evidence_read, result.evidence_rejected = reader.rows_read, reader.rows_rejected
        return has_rows

    prepare_lists(connection, inputs.overrides, rules.release)
    lines = determine_lines(
        connection,
        policy.script,
        policy.table_rows,
        CheckedLines(LINES, has_evidence, checked.distinct, checked.pairs, checked.spans),
        use.reads(policy.script.readings),
        watch=meter.enter,
    )
    _take(lines, policy, inputs, use, result)
    return result


def _by_predicates(
    connection: Connection, kb: RuleBase, inputs: BulkInputs, use: LineUse
) -> BulkResult:
    from kb.bulk.by_predicate import determine_predicates, read_inputs

    inputs.meter.enter("reading")
    read = read_inputs(connection, kb, inputs.claims, inputs.evidence, inputs.whole)
    result = BulkResult(read.checked.tally, read.diagnostics, rejected=read.checked.rejected)
    result.evidence_read, result.evidence_rejected = read.evidence_read, read.evidence_rejected
    inputs.meter.enter("rules")
    reads = use.reads(kb.policy.tells_readings)
    lines = determine_predicates(connection, kb, read, inputs.overrides, reads, inputs.meter)
    _take(lines, kb.policy, inputs, use, result)
    return result


def _take(
    lines: DeterminedLines,
    policy: CitedPolicy,
    inputs: BulkInputs,
    use: LineUse,
    result: BulkResult,
) -> None:
    """Use the lines and count them."""
    answers = distinct_answers(lines, policy)
    use.take_lines(lines, policy, answers, inputs.meter)
    result.outcomes = count_outcomes(lines, answers)
    result.tally.lines_determined = sum(result.outcomes.values())
    if lines.readings:
        total_readings(lines, answers, result.readings)
