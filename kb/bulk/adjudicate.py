"""Adjudicate files of millions of lines: the rules once per distinct combination, on DuckDB."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from facts.claim import Override
from facts.diagnostic import Diagnostic
from facts.extras import Connection, duckdb_module
from facts.values import one_line
from facts.whole_file import real_target, unwritable, whole_file
from kb.bulk.faults import NOT_EXACT, inexact_faults, is_program_fault, room_faults
from kb.bulk.read.lines import LINES
from kb.bulk.result import BulkResult, Meter
from kb.bulk.session import BulkSession
from kb.compile.formulas.line_script import NotFusable
from kb.engines.duckdb.connection import interruptible, literal, run_stoppable
from kb.engines.duckdb.lines.determined import DeterminedLines
from kb.engines.duckdb.lines.run import CheckedLines, determine_lines
from kb.engines.duckdb.output.entries import (
    READS,
    count_outcomes,
    distinct_answers,
    total_readings,
)
from kb.engines.duckdb.output.writer import COPY_OPTIONS, write_determinations
from kb.model.maker import CitedPolicy
from kb.planning.lists import prepare_lists
from kb.planning.rules import BulkRules

if TYPE_CHECKING:
    from kb.rule_base import RuleBase

_KINDS = {".parquet": "parquet", ".pq": "parquet", ".jsonl": "jsonl", ".ndjson": "jsonl"}
"""What the ending of the output asks for; anything else is CSV."""


def adjudicate_files(
    kb: RuleBase | BulkRules,
    claims: Sequence[str | Path],
    output: str | Path,
    *,
    evidence: Sequence[str | Path] = (),
    overrides: Iterable[Override] = (),
    engine: str = "duckdb",
    memory_limit: str | None = None,
    threads: int | None = None,
    meter: Meter | None = None,
    session: BulkSession | None = None,
) -> BulkResult:
    """Determine every line of files and write the determinations.

    Parameters
    ----------
    kb : RuleBase or BulkRules
        A policy with its settings and lists; ``BulkRules`` loads it where it has to.
    claims, evidence : sequence of path
        CSV, JSONL and Parquet files, in any mixture; claims may be 837 files too.
    output : path
        Parquet, JSONL or CSV, as its ending says; it is written whole or not at all.
    overrides : iterable of Override, optional
        Overrides of plans and contracts.
    engine : {"duckdb", "pydatalog"}, optional
        ``pydatalog`` goes claim by claim. So does ``duckdb`` where a rule ties claims together or
        a number has no exact decimal; a note says so.
    memory_limit : str, optional
        As in ``4GB``; what does not fit is put on disk.
    threads : int, optional
        As many as DuckDB takes by itself if absent.
    meter : Meter, optional
        Tells another thread how far the run is.
    session : BulkSession, optional
        It reads the same files already, with its own memory limit and threads.

    Returns
    -------
    BulkResult

    Raises
    ------
    KeyboardInterrupt
        If a person stops it; nothing is left behind.
    UsageError
        If the output cannot be written, the room does not suffice, an option is wrong, or the
        extra ``clausewise[bulk]`` is not installed.

    See Also
    --------
    kb.KnowledgeBase.adjudicate : over claims that are in memory.
    kb.bulk.query.query_files : answers of a goal instead of determinations.

    Examples
    --------
    >>> import tempfile
    >>> claims = Path(tempfile.mkdtemp()) / "claims.csv"
    >>> _ = claims.write_text("claim_id,line_number,claim_form,service_date,procedure_code\\n"
    ...                       "C1,1,cms1500,2018-06-01,J7050\\n")
    >>> from kb import KnowledgeBase
    >>> adjudicate_files(KnowledgeBase.load("r14"), [claims], claims.with_name("out.csv")).outcomes
    {'bundled': 1}
    """
    target = real_target(output)
    _check_writable(target, output)
    rules = kb if isinstance(kb, BulkRules) else BulkRules.of(kb)
    with interruptible(), room_faults(str(output)), ExitStack() as stack:
        job = _Job(
            claims,
            evidence,
            tuple(overrides),
            stack.enter_context(whole_file(target)).name,
            _KINDS.get(Path(output).suffix.lower(), "csv"),
            meter or Meter(),
            threads,
            memory_limit,
        )
        session = session or stack.enter_context(BulkSession(claims, threads, memory_limit))
        return _adjudicate(session, rules, job, engine)


@dataclass(frozen=True, slots=True)
class _Job:
    """The files that are read, and where what comes of them is written."""

    claims: Sequence[str | Path]
    evidence: Sequence[str | Path]
    overrides: tuple[Override, ...]
    target: str
    kind: str
    meter: Meter
    threads: int | None
    memory_limit: str | None


def _adjudicate(session: BulkSession, rules: BulkRules, job: _Job, engine: str) -> BulkResult:
    """Determine all claims in one set where that can be, or else claim by claim."""
    found, note = None, ""
    if engine != "pydatalog":
        found, note = _in_one_set(session, rules, job)
    if found is None:
        from kb.bulk.by_claim import write_by_claim

        session.stop()
        job.meter.enter("claims")
        found = write_by_claim(
            session.connection,
            rules.kb,
            job.claims,
            job.target,
            job.kind,
            job.evidence,
            job.overrides,
            job.meter,
        )
    found.diagnostics[:0] = rules.notes
    if note:
        message = f"the claims were adjudicated one by one: {note}"
        found.diagnostics.insert(0, Diagnostic("note", message))
    return found


def _in_one_set(session: BulkSession, rules: BulkRules, job: _Job) -> tuple[BulkResult | None, str]:
    """Determine all claims at once: by formulas of lines, or else predicate by predicate.

    Where neither can be, the reason is returned.
    """
    duckdb = duckdb_module()
    try:
        try:
            return run_stoppable(session, lambda: _by_formulas(session, rules, job)), ""
        except NotFusable:
            session.stop()
        except Exception as fault:
            if not is_program_fault(fault) or not rules.forget():
                raise
            session.stop()
            with BulkSession(job.claims, job.threads, job.memory_limit) as fresh:
                return _in_one_set(fresh, rules, job)
        with BulkSession(job.claims, job.threads, job.memory_limit) as fresh:
            made = run_stoppable(fresh, lambda: _by_predicates(fresh.connection, rules.kb, job))
            return made, ""
    except NotFusable as fault:
        return None, str(fault)
    except inexact_faults():
        return None, NOT_EXACT
    except duckdb.Error as fault:
        if type(fault) is not duckdb.Error:
            raise
        return None, "a Parquet file is damaged"


def _by_formulas(session: BulkSession, rules: BulkRules, job: _Job) -> BulkResult:
    connection, meter = session.connection, job.meter
    meter.enter("reading")
    session.start_evidence(job.evidence, rules.evidence_types)
    policy = rules.lines(job.overrides)
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

    prepare_lists(connection, job.overrides, rules.release)
    lines = determine_lines(
        connection,
        policy.script,
        policy.table_rows,
        CheckedLines(LINES, has_evidence, checked.distinct, checked.pairs, checked.spans),
        _read_by_output(policy.script.readings),
        watch=meter.enter,
    )
    _write(lines, policy, job, result)
    return result


def _by_predicates(connection: Connection, kb: RuleBase, job: _Job) -> BulkResult:
    from kb.bulk.by_predicate import determine_predicates, read_inputs

    job.meter.enter("reading")
    read = read_inputs(connection, kb, job.claims, job.evidence)
    result = BulkResult(read.checked.tally, read.diagnostics, rejected=read.checked.rejected)
    result.evidence_read, result.evidence_rejected = read.evidence_read, read.evidence_rejected
    job.meter.enter("rules")
    reads = _read_by_output(kb.policy.tells_readings)
    lines = determine_predicates(connection, kb, read, job.overrides, reads, job.meter)
    _write(lines, kb.policy, job, result)
    return result


def _write(lines: DeterminedLines, policy: CitedPolicy, job: _Job, result: BulkResult) -> None:
    """Write the determinations and count them."""
    answers = distinct_answers(lines, policy)
    query = write_determinations(lines, policy, answers, job.kind)
    job.meter.enter("writing")
    lines.execute(f"COPY ({query}) TO {literal(job.target)} ({COPY_OPTIONS[job.kind]})")
    result.outcomes = count_outcomes(lines, answers)
    result.tally.lines_determined = sum(result.outcomes.values())
    if lines.readings:
        total_readings(lines, answers, result.readings)


def _read_by_output(readings: bool) -> tuple[str, ...]:
    """The columns of the lines that the output needs."""
    return (*READS, "charge") if readings else READS


def _check_writable(target: Path, output: str | Path) -> None:
    """Report before the work that the output cannot be written."""
    reason = ""
    if target.is_dir():
        reason = "it is a folder"
    elif not target.parent.is_dir():
        reason = f"there is no folder `{one_line(str(target.parent))}`"
    elif not os.access(target.parent, os.W_OK):
        reason = "permission denied"
    if reason:
        raise unwritable(f"`{one_line(str(output))}`", reason)
