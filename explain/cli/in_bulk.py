"""The bulk run as the command line asks for it."""

from __future__ import annotations

import gc
import json
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from explain.cli.output import data, table_text
from explain.cli.progress import progress
from explain.cli.writing import check_target
from facts.claim import Override, full_claim_id
from facts.leftovers import scratch_folder
from facts.outputs import OutputFile
from facts.readers.batch import RejectedClaim, Tally
from facts.readers.detect import document_reader
from facts.readers.opening import packing
from facts.readers.parquet import is_parquet
from facts.readers.text_file import look
from kb.bulk.result import BulkResult, Meter
from kb.model.reading_totals import ReadingTotals
from kb.model.tables import IN_FAVOUR

if TYPE_CHECKING:
    from explain.cli.options import EngineOptions
    from kb.bulk.session import BulkSession
    from kb.model.clause import Reading
    from kb.planning.rules import BulkRules

_SHORT_PAUSE = 0.0005
"""Seconds after which a thread lets another one run: the one that reads has short statements."""

_MANY_OBJECTS = 50_000
"""New objects after which garbage is looked for: a policy and its plan are kept, not garbage."""


@contextmanager
def reading_ahead(
    files: Sequence[str], engine: str, memory_limit: str | None, threads: int | None
) -> Iterator[BulkSession | None]:
    """Let DuckDB read the files while the policy is loaded; nothing where it is not the engine.

    Parameters
    ----------
    files : sequence of str
        The files of claims.
    engine : str
        The engine that reads them.
    memory_limit : str or None
        As in ``4GB``.
    threads : int or None
        Threads of DuckDB.
    """
    if engine != "duckdb":
        yield None
        return
    from kb.bulk.session import BulkSession

    pause, thresholds = sys.getswitchinterval(), gc.get_threshold()
    sys.setswitchinterval(_SHORT_PAUSE)
    gc.set_threshold(_MANY_OBJECTS)
    try:
        with BulkSession(files, threads, memory_limit, last=True) as session:
            session.start()
            yield session
    finally:
        sys.setswitchinterval(pause)
        gc.set_threshold(*thresholds)
        gc.unfreeze()


class Task(NamedTuple):
    """What is adjudicated into what.

    Parameters
    ----------
    files, evidence : list of str
        The files of claims and of evidence.
    output : str or None
        The file to write, None for stdout.
    kind : str
        ``jsonl``, ``csv``, ``parquet``, or ``table`` for a person at a terminal.
    inputs : list of str
        Every file that is read, none of which may be written over.
    engine : str
        One of ``ENGINES``.
    allow_empty : bool
        Whether a file is written where no line was read.
    """

    files: Sequence[str]
    evidence: list[str]
    output: str | None
    kind: str
    inputs: list[str]
    engine: str
    allow_empty: bool = True


def adjudicate_in_bulk(
    task: Task,
    rules: BulkRules,
    overrides: tuple[Override, ...],
    by: EngineOptions,
    session: BulkSession | None,
) -> BulkResult:
    """Adjudicate files into a file, or onto stdout.

    Parameters
    ----------
    task : Task
        What is adjudicated into what.
    rules : BulkRules
        The policy with its settings and lists.
    overrides : tuple of Override
        Overrides of clauses.
    by : EngineOptions
        Memory and threads of the engine.
    session : BulkSession or None
        The session that reads the files already.
    """
    from kb.bulk.adjudicate import adjudicate_files

    if session is not None:
        gc.freeze()
    meter = Meter(total=about_lines(task.files) if task.engine == "pydatalog" else 0)

    def write(target: Path) -> BulkResult:
        with progress(meter):
            return adjudicate_files(
                rules,
                task.files,
                OutputFile(target, task.allow_empty),
                evidence=task.evidence,
                overrides=overrides,
                engine=task.engine,
                memory_limit=by.memory_limit,
                threads=by.threads,
                meter=meter,
                session=session,
            )

    if task.output is not None:
        check_target(task.output, task.inputs)
        return write(Path(task.output))
    with scratch_folder() as folder:
        written = Path(folder, f"determinations.{'jsonl' if task.kind == 'table' else task.kind}")
        result = write(written)
        with written.open(encoding="utf-8", newline="\n") as file:
            if task.kind == "table":
                records = [json.loads(row, parse_float=Decimal) for row in file]
                if records:
                    data(determinations_table(records))
                return result
            for row in file:
                data(row.removesuffix("\n"))
    return result


_TABLE_COLUMNS = ("claim", "line", "outcome", "clauses", "allowed", "missing", "assumed")


def determinations_table(records: Iterable[Mapping[str, Any]]) -> str:
    """Return determinations as a table for a person at a terminal.

    Parameters
    ----------
    records : iterable of mapping of str to Any
        Determinations as JSON has them.
    """
    rows = list(map(_table_row, records))
    names = (*_TABLE_COLUMNS, "in favour")
    return table_text(names[: len(rows[0]) if rows else len(_TABLE_COLUMNS)], rows)


def readings_table(policy: str, totals: ReadingTotals) -> str:
    """Return how many lines, and how much charge, hang on each contested reading of a policy.

    The most charge comes first.

    Parameters
    ----------
    policy : str
        A bundled policy, or a folder.
    totals : ReadingTotals
        What hangs on each reading.
    """
    if not totals.by_number:
        return "no contested reading keeps an adverse clause away from a line"
    known = known_readings(policy)
    found = sorted(totals.by_number.items(), key=lambda item: (-item[1].charge, item[0]))
    return table_text(
        ("reading", "lines", "charge", "question"),
        [
            (
                number,
                total.lines,
                f"{total.charge:.2f}",
                known[number].question if number in known else "-",
            )
            for number, total in found
        ],
    )


def known_readings(policy: str) -> dict[int, Reading]:
    """Return the readings of a ``policy`` by their numbers, without loading it."""
    from kb.policy.folder import find_policy_folder
    from kb.policy.sections import read_readings
    from kb.policy.toml_file import TomlFile

    file = find_policy_folder(policy) / "readings.toml"
    return read_readings(TomlFile(file, file.name, [])) if file.exists() else {}


def _table_row(record: Mapping[str, Any]) -> tuple[object, ...]:
    """A determination, as JSON has it, as a row for a person at a terminal."""
    allowed = record["allowed_units"]
    row = (
        full_claim_id(record["claim_id"], record.get("claim_part")),
        record["line_number"],
        record["outcome"],
        " ".join(citation["clause_id"] for citation in record["citations"]) or "-",
        "-" if allowed is None else str(allowed),
        " ".join(record["missing_evidence"]) or "-",
        " ".join(record["assumptions"]) or "-",
    )
    if IN_FAVOUR not in record:
        return row
    return (*row, " ".join(map(str, record[IN_FAVOUR])) or "-")


def about_lines(files: Iterable[str]) -> int:
    """Return about how many claim lines some tables have; 0 where that is unknown.

    Parameters
    ----------
    files : iterable of str
        The files of claims.
    """
    total = 0
    for file in files:
        path = Path(file)
        if not path.is_file():
            continue
        if is_parquet(path) or document_reader(look(path)[0]) is not None:
            return 0
        try:
            if packing(path):
                return 0
            with path.open("rb") as rows:
                while block := rows.read(1 << 20):
                    total += block.count(b"\n")
        except OSError:
            continue
    return total


def write_rejects(path: str, inputs: Iterable[str], claims: Iterable[RejectedClaim]) -> None:
    """Write the claims that could not be read as a CSV file.

    Parameters
    ----------
    path : str
        The file to write.
    inputs : iterable of str
        Files that are read, none of which may be written over.
    claims : iterable of RejectedClaim
        The rejected claims.
    """
    from explain.cli.output import csv_text
    from explain.cli.writing import destination
    from kb.model.tables import REJECT_COLUMNS, reject_rows

    with destination(path, inputs) as write:
        write(csv_text([REJECT_COLUMNS]))
        for row in reject_rows(claims):
            write(csv_text([row]))


def reconciled(tally: Tally, counts: Mapping[str, int]) -> str:
    """Return the reconciliation of a run: lines read and what became of them.

    Parameters
    ----------
    tally : Tally
        Lines read, determined, superseded and rejected.
    counts : mapping of str to int
        Lines of each outcome.
    """
    from kb.model.clause import OUTCOMES

    parts = ", ".join(
        f"{counts[outcome]} {outcome.replace('_', ' ')}"
        for outcome in OUTCOMES
        if counts.get(outcome)
    )
    superseded = f" + {tally.lines_superseded} superseded" if tally.lines_superseded else ""
    return (
        f"{counted_noun(tally.lines_read, 'line')} read = {tally.lines_determined} determined"
        f"{superseded} + {tally.lines_rejected} rejected{f' ({parts})' if parts else ''}"
    )


def counted_noun(count: int, noun: str) -> str:
    """Return a ``count`` with its ``noun``, as one or as many."""
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"
