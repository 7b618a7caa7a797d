"""Adjudicate files of millions of lines: the rules once per distinct combination, on DuckDB."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from facts.claim import Override
from facts.diagnostic import Diagnostic, ProgramError, UsageError
from facts.extras import OFFLINE, bulk_module
from facts.values import one_line
from kb.bulk_evidence import EvidenceReader
from kb.bulk_input import LINES, LineReader
from kb.bulk_plan import plan_policy, prepare_lists, rows_of_tables
from kb.bulk_result import BulkResult, Meter
from kb.bulk_rows import write_by_claim
from kb.bulk_sets import determine_in_sets, read_inputs
from kb.bulk_source import literal
from kb.compile.apart import NotApart
from kb.compile.fused.refusal import NotFusable
from kb.engines.duckdb_determined import fill_allowed
from kb.engines.duckdb_goal import Inexact
from kb.engines.duckdb_lines import LineRun
from kb.engines.duckdb_results import READS, count_outcomes, write_determinations
from kb.knowledge_base import KnowledgeBase
from kb.policy import Policy

KINDS = {".parquet": "parquet", ".pq": "parquet", ".jsonl": "jsonl", ".ndjson": "jsonl"}
"""What the ending of the output asks for; anything else is CSV."""

_FORMATS = {
    "parquet": "FORMAT parquet",
    "jsonl": "FORMAT csv, HEADER false, QUOTE '', ESCAPE '', DELIMITER ''",
    "csv": "FORMAT csv, HEADER",
}
INEXACT = ("InvalidInputException", "OutOfRangeException", "ConversionException")
"""What DuckDB raises where a number cannot be computed exactly."""


def adjudicate_files(
    kb: KnowledgeBase,
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
) -> BulkResult:
    """Determine every line of files and write the determinations.

    Parameters
    ----------
    kb : KnowledgeBase
        A policy with its settings and lists.
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
    >>> folder = Path(tempfile.mkdtemp())
    >>> claims = folder / "claims.csv"
    >>> _ = claims.write_text("claim_id,line_number,claim_form,service_date,procedure_code\\n"
    ...                       "C1,1,cms1500,2018-06-01,J7050\\n")
    >>> adjudicate_files(KnowledgeBase.load("r14"), [claims], folder / "out.parquet").outcomes
    {'bundled': 1}
    """
    duckdb = bulk_module("duckdb")
    target = Path(os.path.realpath(output))
    kind = kind or KINDS.get(target.suffix.lower(), "csv")
    held = tuple(overrides)
    _writable(target, output)
    beside = target.with_name(f".{target.name[:100]}.{os.getpid()}.part")
    meter = meter or Meter()
    with tempfile.TemporaryDirectory(prefix="clausewise-") as scratch:
        connection = connect(threads, memory_limit, scratch)
        try:
            by_claim = engine == "pydatalog"
            note = ""
            if not by_claim:
                try:
                    try:
                        result = _run(connection, kb, claims, evidence, held, beside, kind, meter)
                    except NotFusable:
                        connection.close()
                        connection = connect(threads, memory_limit, scratch)
                        result = _run_in_sets(
                            connection, kb, claims, evidence, held, beside, kind, meter
                        )
                except NotApart as fault:
                    by_claim, note = True, str(fault)
                except (Inexact, ProgramError, *(getattr(duckdb, name) for name in INEXACT)):  # noqa: B030
                    by_claim, note = True, "a number of these claims has no exact decimal"
            if by_claim:
                meter.enter("claims")
                result = write_by_claim(connection, kb, claims, beside, kind, evidence, held, meter)
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
        finally:
            connection.close()
            with suppress(OSError):
                beside.unlink()


def _run(
    connection: Any,
    kb: KnowledgeBase,
    claims: Sequence[str | Path],
    evidence: Sequence[str | Path],
    overrides: tuple[Override, ...],
    beside: Path,
    kind: str,
    meter: Meter,
) -> BulkResult:
    policy = kb.policy
    plan = plan_policy(policy, kb.settings, overrides, kb.release, kb.precertification)
    if hasattr(connection, "query_progress"):
        meter.percent = lambda: max(connection.query_progress(), 0.0) / 100
    meter.enter("reading")
    checked = LineReader(connection, claims).read()
    result = BulkResult(checked.tally, checked.diagnostics, rejected=checked.rejected)
    meter.total = checked.tally.lines_read
    prepare_lists(connection, overrides, kb.release)
    has_evidence = False
    if evidence:
        reader = EvidenceReader(connection, policy.evidence_types, LINES)
        has_evidence = reader.read(evidence)
        result.diagnostics += reader.diagnostics
        result.evidence_read, result.evidence_rejected = reader.rows_read, reader.rows_rejected
    tables = rows_of_tables(policy, kb.precertification)
    run = LineRun(connection, plan, LINES, tables, has_evidence, READS)
    run.watch = meter.enter
    run.run()
    _write(run, policy, kind, beside, result, meter)
    return result


def _run_in_sets(
    connection: Any,
    kb: KnowledgeBase,
    claims: Sequence[str | Path],
    evidence: Sequence[str | Path],
    overrides: tuple[Override, ...],
    beside: Path,
    kind: str,
    meter: Meter,
) -> BulkResult:
    meter.enter("reading")
    read = read_inputs(connection, kb, claims, evidence)
    result = BulkResult(read.checked.tally, read.diagnostics, rejected=read.checked.rejected)
    result.evidence_read, result.evidence_rejected = read.evidence_read, read.evidence_rejected
    meter.enter("rules")
    run, catalog = determine_in_sets(connection, kb, read, overrides, READS, meter)
    _write(run, kb.policy, kind, beside, result, meter, lambda: fill_allowed(run, catalog))
    return result


def _write(
    run: LineRun,
    policy: Policy,
    kind: str,
    beside: Path,
    result: BulkResult,
    meter: Meter,
    before: Callable[[], None] = lambda: None,
) -> None:
    """Write the determinations and count them."""
    connection = run.connection
    query = write_determinations(run, policy, kind)
    before()
    meter.enter("writing")
    with run.in_order():
        connection.execute(f"COPY ({query}) TO {literal(str(beside))} ({_FORMATS[kind]})")
    result.outcomes = count_outcomes(run)
    result.tally.lines_determined = sum(result.outcomes.values())


def connect(threads: int | None, memory_limit: str | None, scratch: str) -> Any:
    """Return a connection that keeps what does not fit in memory in a folder."""
    duckdb = bulk_module("duckdb")
    settings = {**OFFLINE, "temp_directory": scratch}
    if threads is not None:
        settings["threads"] = threads
    if memory_limit is not None:
        settings["memory_limit"] = memory_limit
    try:
        connection = duckdb.connect(":memory:", config=settings)
        connection.execute("SET TimeZone = 'UTC'")
        connection.execute("SET enable_progress_bar = true")
        connection.execute("SET enable_progress_bar_print = false")
        return connection
    except duckdb.Error:
        message = f"the memory limit or the threads cannot be `{memory_limit or threads}`"
        help = "write a memory limit as in 4GB, and threads as a whole number from 1"
        raise UsageError([Diagnostic("error", message, None, help)]) from None


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
    """Return what is said of a run that does not fit."""
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
