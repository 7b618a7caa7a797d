"""``clausewise adjudicate --engine spark``: Parquet files or tables in, a folder or tables out."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from explain.cli.bounded import MOST, BoundedDiagnostics
from explain.cli.in_bulk import reconciled
from explain.cli.loaded import expanded
from explain.cli.output import csv_text, message, report
from explain.cli.running import BAD_INPUT, DONE
from explain.cli.writing import destination
from facts.diagnostic import Diagnostic, InputError, UsageError
from facts.extras import spark_module
from facts.origin import Origin
from facts.readers.layout import Layout
from facts.values import one_line

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

    from explain.cli.options import EngineOptions, InputOptions
    from kb.bulk.result import BulkResult
    from kb.spark.result import SparkAdjudication

PARTS = ("determinations", "rejects", "diagnostics", "tallies")
"""What is written: folders of OUT, or tables whose names begin with it."""

_TABLE = re.compile(r"[^\W\d]\w*(\.[^\W\d]\w*){1,2}")
"""A table with its schema, and perhaps its catalog; a single word is a folder."""

_READ = (".parquet", ".pq")


class SparkTask(NamedTuple):
    """What is adjudicated on Spark into what.

    Parameters
    ----------
    files : list of str
        Parquet files, folders of them, addresses and tables.
    output : str or None
        A folder, an address or a table.
    master : str or None
        Where Spark runs, as in ``local[4]`` or ``sc://host``; what ``spark-submit`` says if absent.
    rejects : str or None
        A CSV file of this machine.
    readings : bool
        Whether the readings in favour of each line are asked for.
    """

    files: Sequence[str]
    output: str | None
    master: str | None
    rejects: str | None
    readings: bool


def adjudicate_on_spark(
    task: SparkTask, given: InputOptions, by: EngineOptions, counted: Any
) -> int:
    """Adjudicate on Spark, write what came of it, and reconcile the lines.

    Parameters
    ----------
    task : SparkTask
        What is adjudicated into what.
    given : InputOptions
        Evidence, overrides and the policy.
    by : EngineOptions
        The memory of a task.
    counted : callable
        Returns the summary of the evidence that was read and rejected.
    """
    from kb.planning.rules import BulkRules
    from kb.spark.adjudicate import MEMORY
    from kb.spark.adjudicate import adjudicate_on_spark as adjudicate
    from kb.spark.result import spark_faults

    output = _checked(task)
    kb = given.rules.knowledge_base(readings=task.readings)
    notes: list[Diagnostic] = []
    changes = given.changes(BulkRules.of(kb), notes)
    with spark_faults():
        session = _session(task.master)
        claims = _frame(session, task.files)
        evidence = _frame(session, given.evidence) if given.evidence else None
        found = adjudicate(
            kb,
            claims,
            evidence,
            changes,
            memory_limit=by.memory_limit or MEMORY,
            layout=Layout.of(given.maps or (), given.dates),
            files=_names((*task.files, *(given.evidence or ()))),
        )
        found.notes += notes
        for name in PARTS:
            _write(getattr(found, name), output, name)
        told, counts = _told(found), found.counts
        if task.rejects is not None:
            _write_rejects(found, task.rejects)
        found.unpersist()
    report(told)
    _say(counts, bool(given.evidence), counted)
    return BAD_INPUT if told.has_errors else DONE


def _checked(task: SparkTask) -> str:
    """Return the output, after a look at what could be wrong before Spark starts."""
    spark_module("pyspark.sql")
    if task.output is None:
        raise UsageError.of(
            "a run on Spark writes no output here", "name a folder or table with -o"
        )
    for each in task.files:
        if _is_path(each) and not os.path.lexists(each) and not expanded([each])[0] != each:
            raise InputError.of(f"there is no file `{one_line(each)}`")
    out = Path(task.output)
    taken = _is_path(task.output) and out.exists()
    if taken and (not out.is_dir() or any(out.iterdir())):
        message = f"`{one_line(task.output)}` is there already"
        raise UsageError.of(message, "name a folder that is not there, or is empty")
    return task.output


def _is_table(name: str) -> bool:
    """Tell whether a name is of a table of the session's catalog, and of no file."""
    fits = _TABLE.fullmatch(name) is not None and not name.endswith(_READ)
    return fits and not os.path.lexists(name)


def _is_path(name: str) -> bool:
    return "://" not in name and not _is_table(name)


def _session(master: str | None) -> SparkSession:
    """Return the session of a master, or the one that runs this command."""
    from pyspark.sql import SparkSession

    builder = SparkSession.builder.appName("clausewise")
    if master is not None:
        builder = builder.remote(master) if master.startswith("sc://") else builder.master(master)
    return builder.getOrCreate()


def _frame(session: SparkSession, names: Iterable[str]) -> DataFrame:
    """Return Parquet files and tables as one frame."""
    names = list(names)
    paths = [each for each in names if not _is_table(each)]
    read = []
    if paths:
        local = [os.path.abspath(each) for each in expanded(filter(_is_path, paths))]
        other = [each for each in paths if not _is_path(each)]
        read.append(session.read.option("mergeSchema", "true").parquet(*local, *other))
    read += [session.table(each) for each in names if _is_table(each)]
    first, *rest = read
    for frame in rest:
        first = first.unionByName(frame, allowMissingColumns=True)
    return first


def _names(files: Iterable[str]) -> Mapping[str, str]:
    """Return what a person calls each file, by where it is."""
    return {os.path.abspath(each): each for each in expanded(filter(_is_path, files))}


def _write(frame: DataFrame, output: str, name: str) -> None:
    """Write a frame to a folder, or as a table in the format of the session's catalog."""
    if _is_table(output):
        frame.write.saveAsTable(output if name == PARTS[0] else f"{output}_{name}")
        return
    inside = output if "://" in output else os.path.abspath(output)
    frame.write.parquet(f"{inside.rstrip('/')}/{name}")


def _told(found: SparkAdjudication) -> BoundedDiagnostics:
    """Return what is told of the claims, errors first; the table has all of it."""
    rows = found.diagnostics.orderBy("severity", "file", "place", "message").limit(MOST).collect()
    return BoundedDiagnostics(
        Diagnostic(
            row["severity"],
            row["message"],
            Origin(row["file"], row["place"]) if row["file"] else None,
            row["help"],
            row["excerpt"],
        )
        for row in rows
    )


def _write_rejects(found: SparkAdjudication, path: str) -> None:
    from kb.model.tables import REJECT_COLUMNS

    with destination(path) as write:
        write(csv_text([REJECT_COLUMNS]))
        for row in found.rejects.orderBy("claim_id", "file", "place").toLocalIterator():
            write(csv_text([tuple(row)]))


def _say(counts: BulkResult, has_evidence: bool, counted: Any) -> None:
    if has_evidence:
        message(counted(counts.evidence_read, counts.evidence_rejected))
    message(reconciled(counts.tally, counts.outcomes))
