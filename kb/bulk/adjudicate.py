"""Adjudicate files of millions of lines: the rules once per distinct combination, on DuckDB."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from facts.claim import Override
from facts.extras import Connection
from facts.outputs import ENDINGS, OutputFile, format_by_ending, hold_existing
from facts.readers.frames import TablePath
from facts.values import one_line
from facts.whole_file import real_target, unwritable, whole_file
from kb.bulk.determining import BulkInputs, determine_files
from kb.bulk.faults import room_faults
from kb.bulk.result import BulkResult, Meter
from kb.bulk.session import BulkSession
from kb.engines.duckdb.connection import interruptible, literal
from kb.engines.duckdb.lines.determined import DeterminedLines
from kb.engines.duckdb.output.entries import READS, Answers
from kb.engines.duckdb.output.writer import COPY_OPTIONS, write_determinations
from kb.model.maker import CitedPolicy
from kb.planning.rules import BulkRules

if TYPE_CHECKING:
    from kb.rule_base import RuleBase

_ENDINGS = {**ENDINGS, ".parquet": "parquet", ".pq": "parquet"}


def adjudicate_files(
    kb: RuleBase | BulkRules,
    claims: Sequence[TablePath],
    output: str | Path | OutputFile,
    *,
    evidence: Sequence[TablePath] = (),
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
        CSV, JSONL and Parquet files and data frames, in any mixture; claims may be 837 too.
    output : path or OutputFile
        Parquet, JSONL or CSV, as its ending says; it is written whole or not at all, and only where
        a line was read, unless an ``OutputFile`` says otherwise.
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
    InputError
        If the output exists and a file to read is missing; it stays as it was.
    UsageError
        If the output cannot be written or its ending names no format, the room does not suffice, an
        option is wrong, or the extra ``clausewise[bulk]`` is not installed.

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
    file = OutputFile.of(output)
    kind = format_by_ending(file.path, _ENDINGS)
    target = real_target(file.path)
    _check_writable(target, file.path)
    files = [each for each in (*claims, *evidence) if isinstance(each, (str, Path))]
    hold_existing(file.path, target, files)
    rules = kb if isinstance(kb, BulkRules) else BulkRules.of(kb)
    inputs = BulkInputs(claims, evidence, tuple(overrides), meter or Meter(), threads, memory_limit)
    found = list[BulkResult]()
    keep = partial(_is_kept, file, found)
    with interruptible(), room_faults(str(file.path)), whole_file(target, keep=keep) as made:
        found.append(determine_files(rules, inputs, _Written(made.name, kind), engine, session))
    return found[0]


def _is_kept(file: OutputFile, found: Sequence[BulkResult]) -> bool:
    """Return whether the file is written; where it is not, tell so."""
    (result,) = found
    if file.takes(result.tally.lines_read):
        return True
    result.diagnostics.append(file.not_written())
    return False


@dataclass(frozen=True, slots=True)
class _Written:
    """Determinations in a file of some format."""

    target: str
    kind: str

    def reads(self, readings: bool) -> tuple[str, ...]:
        return (*READS, "charge") if readings else READS

    def take_lines(
        self, lines: DeterminedLines, policy: CitedPolicy, answers: Answers, meter: Meter
    ) -> None:
        query = write_determinations(lines, policy, answers, self.kind)
        meter.enter("writing")
        lines.execute(f"COPY ({query}) TO {literal(self.target)} ({COPY_OPTIONS[self.kind]})")

    def take_claims(self, connection: Connection, kb: RuleBase, inputs: BulkInputs) -> BulkResult:
        from kb.bulk.by_claim import write_by_claim

        return write_by_claim(
            connection,
            kb,
            inputs.claims,
            self.target,
            self.kind,
            inputs.evidence,
            inputs.overrides,
            inputs.meter,
        )


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
