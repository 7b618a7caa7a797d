"""What came of a Spark frame of claims, as frames."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cached_property
from typing import TYPE_CHECKING, Any

from facts.diagnostic import ClausewiseError, Diagnostic, UsageError
from facts.readers.batch import Tally
from kb.bulk.result import BulkResult
from kb.model.clause import OUTCOMES
from kb.spark.stream import (
    COUNTS,
    DETERMINATION,
    DIAGNOSTIC,
    KIND,
    REJECT,
    TALLY,
    ddl_of,
    diagnostic_rows,
)

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

_SAME = ("severity", "message", "help", "excerpt")
"""What notes have in common that are told once."""


class SparkAdjudication:
    """What came of a Spark frame of claims: frames, computed when they are first asked for.

    All of them come from one pass over the claims, which is kept until ``unpersist``. What is
    counted is counted in rows of that pass, one a part of the claims, not in accumulators: a task
    that is tried again, or twice at once, takes the place of itself.

    Parameters
    ----------
    stream : DataFrame
        The rows of all kinds.
    schema : pyarrow.Schema
        Of the stream.
    notes : sequence of Diagnostic
        What was told before the pass.
    """

    def __init__(self, stream: DataFrame, schema: Any, notes: Sequence[Diagnostic]) -> None:
        self._stream = stream.persist()
        self._schema = schema
        self.notes = list(notes)

    @property
    def determinations(self) -> DataFrame:
        """One row for each line that was determined, with the columns of a Parquet output."""
        return self._of(DETERMINATION)

    @property
    def rejects(self) -> DataFrame:
        """One row for each fault of a claim that could not be read, as ``--rejects`` writes them.

        ``lines_rejected`` adds up to the lines that are rejected.
        """
        return self._of(REJECT)

    @property
    def diagnostics(self) -> DataFrame:
        """Everything that was wrong or worth a note; a note is told once, with its first place."""
        from pyspark.sql import functions as f

        told = self._of(DIAGNOSTIC)
        if self.notes:
            fields = ddl_of(list(self._schema.field(DIAGNOSTIC).type))
            rows = diagnostic_rows(self.notes)
            told = told.unionByName(told.sparkSession.createDataFrame(rows, fields))
        errors = told.where("severity = 'error'")
        place = f.min(f.struct("file", f.length("place").alias("n"), "place")).alias("at")
        once = told.where("severity <> 'error'").groupBy(*_SAME)
        notes = once.agg(place, f.sum("lines").alias("lines")).select(
            "severity", "message", "at.file", "at.place", "help", "excerpt", "lines"
        )
        number = f.format_string(", on %d lines", "lines")
        number = f.when(f.col("lines") == 1, ", on 1 line").otherwise(number)
        whole = f.when(f.col("lines").isNull(), "").otherwise(number)
        return (
            errors.unionByName(notes)
            .withColumn("message", f.concat("message", whole))
            .drop("lines")
        )

    @property
    def tallies(self) -> DataFrame:
        """What each part of the claims read, determined and rejected, and its outcomes."""
        return self._of(TALLY)

    @cached_property
    def counts(self) -> BulkResult:
        """What came of all parts together: read = determined + superseded + rejected.

        Raises
        ------
        UsageError
            If a task failed.
        """
        with spark_faults():
            rows = self.tallies.collect()
        total, outcomes = Counter[str](), Counter[str]()
        for row in rows:
            total.update({name: row[name] or 0 for name in COUNTS})
            outcomes.update(row["outcomes"])
        tally = Tally(**{name: total[name] for name in COUNTS if hasattr(Tally(), name)})
        found = BulkResult(tally)
        found.outcomes = {each: outcomes[each] for each in OUTCOMES if outcomes[each]}
        found.evidence_read = total["evidence_read"]
        found.evidence_rejected = total["evidence_rejected"]
        return found

    def unpersist(self) -> None:
        """Let Spark forget the rows; the frames are computed anew if they are asked for again."""
        self._stream.unpersist()

    def _of(self, kind: str) -> DataFrame:
        return self._stream.where(f"{KIND} = '{kind}'").select(f"{kind}.*")


@contextmanager
def spark_faults() -> Iterator[None]:
    """Report what fails on Spark as one fault.

    Raises
    ------
    UsageError
        In place of what Spark raises.
    """
    try:
        yield
    except ClausewiseError:
        raise
    except Exception as fault:
        if type(fault).__module__.partition(".")[0] not in ("pyspark", "py4j"):
            raise
        raise _said(str(fault)) from None


def _said(text: str) -> UsageError:
    """Return what a person needs of a fault of Spark, whose text has the traces of two machines."""
    for row in text.splitlines():
        name, sign, told = row.partition("Error: error: ")
        if sign and name.startswith("facts.diagnostic."):
            return UsageError.of(f"a task failed on Spark: {told}")
    ended = ("exited unexpectedly", "crashed", "ExecutorLost", "OutOfMemory", "Connection reset")
    if any(sign in text for sign in ended):
        help = "give the tasks more memory (spark.executor.memoryOverhead), or take more parts"
        return UsageError.of("a worker of Spark died", help)
    rows = [row.strip() for row in text.splitlines() if row.strip()]
    help = "the log of Spark tells more"
    return UsageError.of(f"a run on Spark failed: {_reason(rows)}", help)


def _reason(rows: Sequence[str]) -> str:
    """Return the first row that names an error of Python, or else the first of all."""
    for row in rows:
        if row.startswith(("ModuleNotFoundError", "ImportError", "MemoryError", "OSError")):
            return row[:200]
    return rows[0][:200] if rows else "no reason was given"
