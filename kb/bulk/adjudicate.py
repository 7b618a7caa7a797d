"""Adjudicate files of millions of lines: the rules once per distinct combination, on DuckDB."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from facts.claim import Override
from facts.diagnostic import Diagnostic, UsageError
from facts.extras import duckdb_module
from facts.values import one_line
from kb.bulk.read.lines import LINES
from kb.bulk.result import BulkResult, Meter
from kb.bulk.session import BulkSession
from kb.compile.formulas.refusal import NotFusable
from kb.engines.duckdb.connection import literal
from kb.engines.duckdb.interrupt import run_stoppable
from kb.engines.duckdb.lines.run import LineRun
from kb.engines.duckdb.output.entries import READS, Cited, count_outcomes, distinct_answers
from kb.engines.duckdb.output.writer import MOST_WORDS, write_determinations
from kb.planning.lists import prepare_lists
from kb.planning.rules import BulkRules

if TYPE_CHECKING:
    from kb.knowledge_base import KnowledgeBase

KINDS = {".parquet": "parquet", ".pq": "parquet", ".jsonl": "jsonl", ".ndjson": "jsonl"}
"""What the ending of the output asks for; anything else is CSV."""

_FORMATS = {
    "parquet": f"FORMAT parquet, DICTIONARY_SIZE_LIMIT {MOST_WORDS}",
    "jsonl": "FORMAT csv, HEADER false, QUOTE '', ESCAPE '', DELIMITER ''",
    "csv": "FORMAT csv, HEADER",
}
INEXACT = ("InvalidInputException", "OutOfRangeException", "ConversionException")
"""What DuckDB raises where a number cannot be computed exactly."""


def adjudicate_files(
    kb: KnowledgeBase | BulkRules,
    claims: Sequence[str | Path],
    output: str | Path,
    *,
    kind: str | None = None,
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
    kb : KnowledgeBase or BulkRules
        A policy with its settings and lists; ``BulkRules`` loads it where it has to.
    claims : sequence of path
        CSV, JSONL and Parquet files, in any mixture.
    output : path
        It is written beside and renamed when it is whole.
    kind : {"parquet", "jsonl", "csv"}, optional
        What to write; the ending of the output tells it otherwise.
    evidence : sequence of path, optional
        CSV, JSONL and Parquet files.
    overrides : iterable of Override, optional
    engine : {"duckdb", "pydatalog"}, optional
        ``pydatalog`` goes claim by claim. So does ``duckdb`` where a rule ties claims together or
        a number has no exact decimal; a note tells so.
    memory_limit : str, optional
        As in ``4GB``; what does not fit is put on disk.
    threads : int, optional
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
        If the output cannot be written, the disk or the memory does not suffice, an option is
        wrong, or the extra ``clausewise[bulk]`` is not installed.

    Examples
    --------
    >>> import tempfile
    >>> folder = Path(tempfile.mkdtemp())
    >>> claims = folder / "claims.csv"
    >>> _ = claims.write_text("claim_id,line_number,claim_form,service_date,procedure_code\\n"
    ...                       "C1,1,cms1500,2018-06-01,J7050\\n")
    >>> from kb import KnowledgeBase
    >>> adjudicate_files(KnowledgeBase.load("r14"), [claims], folder / "out.parquet").outcomes
    {'bundled': 1}
    """
    duckdb = duckdb_module()
    rules = kb if isinstance(kb, BulkRules) else BulkRules.of(kb)
    target = Path(os.path.realpath(output))
    kind = kind or KINDS.get(target.suffix.lower(), "csv")
    held = tuple(overrides)
    _writable(target, output)
    beside = target.with_name(f".{target.name[:100]}.{os.getpid()}.part")
    meter = meter or Meter()
    work = _Work(evidence, held, beside, kind, meter, threads, memory_limit)
    with ExitStack() as stack:
        stack.callback(_remove, beside)
        if session is None:
            session = stack.enter_context(BulkSession(claims, threads, memory_limit))
        try:
            result, note = None, ""
            if engine != "pydatalog":
                try:
                    result = _in_the_set(stack, session, rules, claims, work)
                except NotFusable as fault:
                    note = str(fault)
                except tuple(getattr(duckdb, name) for name in INEXACT):
                    note = "a number of these claims has no exact decimal"
                except duckdb.Error as fault:
                    if type(fault) is not duckdb.Error:
                        raise
                    note = "a Parquet file is damaged"
            if result is None:
                from kb.bulk.by_claim import write_by_claim

                session.stop()
                meter.enter("claims")
                result = write_by_claim(
                    session.connection, rules.kb, claims, beside, kind, evidence, held, meter
                )
                if note:
                    message = f"the claims were adjudicated one by one: {note}"
                    result.diagnostics.insert(0, Diagnostic("note", message))
            os.chmod(beside, 0o666 & ~_umask())
            os.replace(beside, target)
            return result
        except RuntimeError as fault:
            if "interrupted" in str(fault):
                raise KeyboardInterrupt from None
            raise
        except OSError as fault:
            raise UsageError([_unwritable(output, (fault.strerror or "fault").lower())]) from None
        except duckdb.OutOfMemoryException as fault:
            raise UsageError([too_big(str(fault))]) from None
        except duckdb.IOException as fault:
            raise UsageError([_disk_fault(str(fault), output)]) from None


def _remove(path: Path) -> None:
    with suppress(OSError):
        path.unlink()


@dataclass(frozen=True, slots=True)
class _Work:
    """What is done with the claims: what is read beside them, where what comes of it is written."""

    evidence: Sequence[str | Path]
    overrides: tuple[Override, ...]
    beside: Path
    kind: str
    meter: Meter
    threads: int | None
    memory_limit: str | None


def _in_the_set(
    stack: ExitStack,
    session: BulkSession,
    rules: BulkRules,
    claims: Sequence[str | Path],
    work: _Work,
) -> BulkResult:
    """Determine all claims at once: by formulas of lines, or else predicate by predicate."""
    try:
        return run_stoppable(session, lambda: _by_formulas(session, rules, work))
    except NotFusable:
        session.stop()
    fresh = stack.enter_context(BulkSession(claims, work.threads, work.memory_limit))
    return run_stoppable(fresh, lambda: _by_predicates(fresh.connection, rules.kb, claims, work))


def _by_formulas(session: BulkSession, rules: BulkRules, work: _Work) -> BulkResult:
    connection, meter = session.connection, work.meter
    meter.enter("reading")
    session.start_evidence(work.evidence, rules.evidence_types)
    policy = rules.lines(work.overrides)
    if hasattr(connection, "query_progress"):
        meter.percent = lambda: max(session.query_progress(), 0.0) / 100
    checked = session.checked()
    result = BulkResult(checked.tally, checked.diagnostics, rejected=checked.rejected)
    meter.total = checked.tally.lines_read

    def filed() -> bool:
        found = session.filed()
        if found is None:
            return False
        reader, has_evidence = found
        result.diagnostics += reader.diagnostics
        result.evidence_read, result.evidence_rejected = reader.rows_read, reader.rows_rejected
        return has_evidence

    prepare_lists(connection, work.overrides, rules.release)
    run = LineRun(
        connection,
        policy.script,
        LINES,
        policy.table_rows,
        filed,
        READS,
        checked.distinct,
        pairs=checked.pairs,
    )
    run.watch = meter.enter
    run.run()
    _write(run, policy, work, result)
    return result


def _by_predicates(
    connection: Any, kb: KnowledgeBase, claims: Sequence[str | Path], work: _Work
) -> BulkResult:
    from kb.bulk.by_predicate import determine_in_sets, read_inputs

    work.meter.enter("reading")
    read = read_inputs(connection, kb, claims, work.evidence)
    result = BulkResult(read.checked.tally, read.diagnostics, rejected=read.checked.rejected)
    result.evidence_read, result.evidence_rejected = read.evidence_read, read.evidence_rejected
    work.meter.enter("rules")
    run = determine_in_sets(connection, kb, read, work.overrides, READS, work.meter)
    _write(run, kb.policy, work, result)
    return result


def _write(run: LineRun, policy: Cited, work: _Work, result: BulkResult) -> None:
    """Write the determinations and count them."""
    answers = distinct_answers(run, policy)
    query = write_determinations(run, policy, answers, work.kind)
    work.meter.enter("writing")
    run.execute(f"COPY ({query}) TO {literal(str(work.beside))} ({_FORMATS[work.kind]})")
    result.outcomes = count_outcomes(run, answers)
    result.tally.lines_determined = sum(result.outcomes.values())


def _writable(target: Path, output: str | Path) -> None:
    """Find out before the work whether the output can be written."""
    if target.is_dir():
        raise UsageError([_unwritable(output, "it is a folder")])
    if not target.parent.is_dir():
        reason = f"there is no folder `{one_line(str(target.parent))}`"
        raise UsageError([_unwritable(output, reason)])
    if not os.access(target.parent, os.W_OK):
        raise UsageError([_unwritable(output, "permission denied")])


def _unwritable(output: str | Path, reason: str) -> Diagnostic:
    message = f"`{one_line(str(output))}` cannot be written: {reason}"
    return Diagnostic("error", message, None, "choose another file or folder, or make room")


def too_big(text: str) -> Diagnostic:
    """Return what is said where a run does not fit, by what DuckDB says."""
    if "disk" in text.lower() or "temp" in text.lower():
        help = "give a larger --memory-limit, or make room for temporary files (TMPDIR)"
    else:
        help = "give a larger --memory-limit, or fewer --threads"
    return Diagnostic("error", "the run does not fit in its memory limit", None, help)


def _disk_fault(text: str, output: str | Path) -> Diagnostic:
    lower = text.lower()
    if "no space" in lower or "disk full" in lower or "could not write" in lower:
        return _unwritable(output, "no space left on the disk")
    if "permission" in lower:
        return _unwritable(output, "permission denied")
    message = "a file of the run cannot be read or written"
    return Diagnostic("error", message, None, "look at the disk and the paths")


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
