"""Adjudicate files of millions of lines: the rules once per distinct combination, on DuckDB."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from facts.claim import Override
from facts.codes import CodeTable
from facts.diagnostic import Diagnostic, InputError
from facts.readers.batch import Tally
from facts.readers.code_lists import HcpcsRelease
from kb.bulk_evidence import read_evidence_rows
from kb.bulk_input import LINES, LineReader
from kb.bulk_plan import plan_policy, prepare_lists, rows_of_tables
from kb.bulk_source import JSONL, PARQUET, literal
from kb.compile.extras import bulk_module
from kb.engines.duckdb_engine import connection_settings
from kb.engines.duckdb_lines import LineRun
from kb.engines.duckdb_results import READS, write_determinations
from kb.policy import Policy

Progress = Callable[[str, int, int], None]
"""Is told a step, lines done and lines in all."""


@dataclass(slots=True)
class BulkResult:
    """What came of a run.

    Parameters
    ----------
    tally : Tally
        Lines read, determined and rejected; read = determined + rejected.
    diagnostics : list of Diagnostic
        Everything that was wrong or worth a note in the input.
    outcomes : dict of outcome to lines
    """

    tally: Tally = field(default_factory=Tally)
    diagnostics: list[Diagnostic] = field(default_factory=list)
    outcomes: dict[str, int] = field(default_factory=dict)


def adjudicate_files(
    policy: Policy,
    claims: Sequence[str | Path],
    output: str | Path,
    *,
    settings: Mapping[str, str],
    evidence: Sequence[str | Path] = (),
    overrides: Iterable[Override] = (),
    release: HcpcsRelease | None = None,
    precertification: CodeTable | None = None,
    rejects: str | Path | None = None,
    memory_limit: str | None = None,
    threads: int | None = None,
    progress: Progress | None = None,
) -> BulkResult:
    """Determine every line of files and write the determinations.

    Parameters
    ----------
    policy : Policy
    claims : sequence of path
        CSV, JSONL or Parquet files, or globs, of one kind.
    output : path
        ``.parquet``, ``.jsonl`` or ``.csv``. It is written beside and renamed when it is whole.
    settings : mapping of str to str
        Every switch of the policy with its value, and ``strict`` (``yes`` or ``no``).
    evidence : sequence of path, optional
    overrides : iterable of Override, optional
    release, precertification : optional
        Lists that are loaded.
    rejects : path, optional
        CSV file of the rows that could not be read.
    memory_limit : str, optional
        As in ``4GB``; what does not fit is put on disk.
    threads : int, optional
    progress : callable, optional
        Is told the step, the lines done and the lines in all.

    Returns
    -------
    BulkResult

    Raises
    ------
    InputError
        If a file cannot be read, or the output cannot be written.
    UsageError
        If the extra ``clausewise[bulk]`` is not installed.
    """
    duckdb = bulk_module("duckdb")
    target = Path(output)
    tell = progress or (lambda step, done, total: None)
    with tempfile.TemporaryDirectory(prefix="clausewise-") as scratch:
        connection = duckdb.connect(
            ":memory:", config=connection_settings(threads, memory_limit, scratch)
        )
        beside = target.with_name(f".{target.name}.{os.getpid()}.part")
        try:
            result = _run(
                connection, policy, claims, settings, evidence, overrides, release,
                precertification, beside, target, tell,
            )  # fmt: skip
            if rejects is not None:
                _write_rejects(connection, Path(rejects), result[1])
            os.replace(beside, target)
            return result[0]
        except duckdb.IOException as fault:
            raise InputError([_disk_fault(fault, target)]) from None
        except duckdb.OutOfMemoryException:
            help = "give a larger memory limit, or free space for temporary files"
            fault_ = Diagnostic("error", "the run does not fit in its memory limit", None, help)
            raise InputError([fault_]) from None
        except OSError as fault:
            message = f"`{target}` cannot be written: {(fault.strerror or 'fault').lower()}"
            raise InputError([Diagnostic("error", message)]) from None
        finally:
            connection.close()
            with suppress(OSError):
                beside.unlink()


def _run(
    connection: Any,
    policy: Policy,
    claims: Sequence[str | Path],
    settings: Mapping[str, str],
    evidence: Sequence[str | Path],
    overrides: Iterable[Override],
    release: HcpcsRelease | None,
    precertification: CodeTable | None,
    beside: Path,
    target: Path,
    tell: Progress,
) -> tuple[BulkResult, list[tuple[str, int, str, str, str]]]:
    result = BulkResult()
    if not target.parent.is_dir():
        message = f"`{target}` cannot be written: there is no folder `{target.parent}`"
        raise InputError([Diagnostic("error", message)])
    tell("reading", 0, 0)
    checked = LineReader(connection, claims).read()
    result.tally, result.diagnostics = checked.tally, checked.diagnostics
    total = checked.tally.lines_read
    held = tuple(overrides)
    plan = plan_policy(policy, settings, held, release, precertification)
    prepare_lists(connection, held, release)
    has_evidence = bool(evidence) and read_evidence_rows(
        connection, evidence, policy.evidence_types, LINES, result.diagnostics
    )
    run = LineRun(
        connection, plan, LINES, rows_of_tables(policy, precertification), has_evidence, READS
    )
    run.watch = lambda step: tell(step, 0, total)
    run.run()
    query = write_determinations(run, policy.clauses)
    tell("writing", 0, total)
    constants = ", ".join(
        f"{literal(value)} AS {name}"
        for name, value in (
            ("policy", policy.policy_id),
            ("policy_version", policy.version),
            ("program_sha256", policy.program_sha256),
        )
    )
    connection.execute(
        f"COPY (SELECT *, {constants} FROM ({query})) TO {literal(str(beside))} {_format(target)}"
    )
    result.outcomes = dict(
        connection.execute(
            "SELECT d.outcome, count(*) FROM signed l JOIN plain_answers p USING (signature) "
            "LEFT JOIN context_answers x ON x.line = l.rowid "
            "JOIN determined d ON d.answer = coalesce(x.answer, p.answer) GROUP BY ALL ORDER BY ALL"
        ).fetchall()
    )
    result.tally.lines_determined = sum(result.outcomes.values())
    tell("done", total, total)
    return result, checked.rejects


def _format(target: Path) -> str:
    name = target.name.lower()
    if name.endswith(PARQUET):
        return "(FORMAT parquet)"
    if name.endswith(JSONL):
        return "(FORMAT json)"
    return "(FORMAT csv, HEADER)"


def _write_rejects(
    connection: Any, target: Path, rows: Sequence[tuple[str, int, str, str, str]]
) -> None:
    columns = [list(column) for column in zip(*rows, strict=True)] if rows else [[]] * 5
    names = ("file", "row", "claim_id", "column", "message")
    types = ("TEXT", "BIGINT", "TEXT", "TEXT", "TEXT")
    picks = ", ".join(
        f'unnest(${number}::{kind}[]) AS "{name}"'
        for number, (name, kind) in enumerate(zip(names, types, strict=True), 1)
    )
    connection.execute(f"CREATE TEMP TABLE rejected_rows AS SELECT {picks}", columns)
    connection.execute(f"COPY rejected_rows TO {literal(str(target))} (FORMAT csv, HEADER)")


def _disk_fault(fault: Exception, target: Path) -> Diagnostic:
    text = str(fault).lower()
    if "no space" in text or "disk full" in text or "could not write" in text:
        message, help = "there is no space left on the disk", "free some, or write elsewhere"
    elif "permission" in text:
        message, help = f"`{target}` cannot be written: permission denied", ""
    else:
        message, help = "a file cannot be read or written", "look at the disk and the paths"
    return Diagnostic("error", message, None, help)
