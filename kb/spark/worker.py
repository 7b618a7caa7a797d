"""What a task does: it determines the claims of its part, some at a time, each claim whole."""

from __future__ import annotations

import pickle
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

from facts.claim import Override
from facts.diagnostic import Diagnostic
from facts.extras import frame_module
from facts.origin import Origin
from facts.readers.frames import PLACED_FILE, PLACED_ROW, Frame, numbered
from facts.readers.layout import LaidOutFiles, Layout
from facts.readers.parquet import COLUMNS_PLACE
from kb.bulk.determining import BulkInputs
from kb.bulk.in_memory import determine_in_memory
from kb.bulk.result import BulkResult, Meter
from kb.model.arrow import StoredDeterminations, determination_table
from kb.model.tables import reject_rows
from kb.planning.bulk_policy import BulkPolicy
from kb.planning.rules import BulkRules
from kb.spark.stream import (
    COUNTS,
    DETERMINATION,
    DIAGNOSTIC,
    REJECT,
    TALLY,
    batches_of,
    diagnostic_rows,
    stream_schema,
)

if TYPE_CHECKING:
    import pyarrow

    from kb.rule_base import RuleBase

KEY, FILE, ROW, IS_LINE = "key", "file", "row", "is_line"
"""Columns of the rows of a task that are no columns of claims or evidence."""

MOST_ROWS = 1_000_000
"""Rows that are determined at a time, but for a claim that has more."""

_OF_CLAIM = " of its claim"


class Shipped(NamedTuple):
    """What the tasks need of a policy.

    Parameters
    ----------
    kb : RuleBase
        The policy with its settings and lists.
    policy : BulkPolicy or None
        Its rules as they were planned; None where they are no formulas over lines.
    overrides : tuple of Override
        Overrides of plans and contracts.
    """

    kb: RuleBase
    policy: BulkPolicy | None
    overrides: tuple[Override, ...]

    @property
    def rules(self) -> BulkRules:
        """The rules of a run."""
        return (
            BulkRules.of(self.kb) if self.policy is None else BulkRules.made(self.kb, self.policy)
        )


@dataclass(frozen=True, slots=True)
class TaskRows:
    """How the rows of claims, or of evidence, stand in the rows of a task.

    Parameters
    ----------
    name : str
        What places call them.
    prefix : str
        Begins the names of their columns.
    columns : tuple of str
        The columns, as their frame has them.
    files : dict of int to str
        The files that rows come from, by their hashes; none where no file is known.
    layout : Layout
        What a person says of the columns.
    """

    name: str
    prefix: str
    columns: tuple[str, ...]
    files: dict[int, str] = field(default_factory=dict)
    layout: Layout = field(default_factory=Layout)

    def frame(self, rows: pyarrow.Table) -> Frame:
        """Return the rows as a data frame whose places are those of the rows before.

        Parameters
        ----------
        rows : pyarrow.Table
            Rows of a task, whole claims, in order.
        """
        arrow = frame_module("pyarrow")
        columns = {name: rows[f"{self.prefix}{place}"] for place, name in enumerate(self.columns)}
        if self.files:
            hashes = rows[FILE].combine_chunks().dictionary_encode()
            names = [self.files.get(each, self.name) for each in hashes.dictionary.to_pylist()]
            columns[PLACED_FILE] = arrow.array(names, arrow.string()).take(hashes.indices)
            columns[PLACED_ROW] = rows[ROW]
        else:
            columns[PLACED_FILE] = arrow.array([self.name] * len(rows), arrow.string())
            columns[PLACED_ROW] = _within(rows[KEY])
        within = "" if self.files else _OF_CLAIM
        return Frame(self.name, numbered(arrow.table(columns)), True, within)


@dataclass(frozen=True, slots=True)
class ShardTask:
    """Determines the rows of a part; Spark calls it with the batches of each.

    It is pickled with what it needs, so that a worker needs no file of the policy.

    Parameters
    ----------
    shipped : bytes
        A pickled ``Shipped``.
    lines, evidence : TaskRows
        How claims and evidence stand in the rows; no evidence where there is none.
    memory_limit : str
        Of DuckDB, as in ``1GB``.
    most_rows : int, optional
        Rows that are determined at a time.
    """

    shipped: bytes
    lines: TaskRows
    evidence: TaskRows | None
    memory_limit: str
    most_rows: int = MOST_ROWS

    def __call__(self, batches: Iterable[pyarrow.RecordBatch]) -> Iterator[pyarrow.RecordBatch]:
        """Yield what came of the claims, as batches of the stream."""
        shipped = _unpacked(self.shipped)
        schema = stream_schema(shipped.kb.policy.tells_readings)
        for shard, rows in enumerate(whole_claims(batches, self.most_rows)):
            yield from self._determined(shipped, schema, rows, (_part_number(), shard))

    def _determined(
        self, shipped: Shipped, schema: Any, rows: pyarrow.Table, number: tuple[int, int]
    ) -> Iterator[pyarrow.RecordBatch]:
        compute = frame_module("pyarrow.compute")
        if self.evidence is None:
            lines, given = self.lines.frame(rows), []
        else:
            lines = self.lines.frame(rows.filter(rows[IS_LINE]))
            filed = self.evidence.frame(rows.filter(compute.invert(rows[IS_LINE])))
            given = [filed] if len(filed) else []
        inputs = BulkInputs(
            LaidOutFiles([lines]).laid_out(self.lines.layout),
            given,
            shipped.overrides,
            Meter(),
            threads=1,
            memory_limit=self.memory_limit,
            whole=False,
        )
        made, found = determine_in_memory(shipped.rules, inputs)
        if isinstance(made, StoredDeterminations):
            table = made.table
        else:
            table = determination_table(made, shipped.kb.policy.tells_readings)
        yield from batches_of(schema, DETERMINATION, table)
        yield from batches_of(schema, REJECT, list(reject_rows(found.rejected)))
        told = [each for each in found.diagnostics if not self._is_of_frame(each)]
        yield from batches_of(schema, DIAGNOSTIC, diagnostic_rows(told))
        yield from batches_of(schema, TALLY, [_tally(number, found)])

    def _is_of_frame(self, told: Diagnostic) -> bool:
        """Tell whether a diagnostic is of columns, or of a part without rows: told elsewhere."""
        if not isinstance(told.place, Origin):
            return False
        names = (self.lines.name, "" if self.evidence is None else self.evidence.name)
        return told.place.source in names and told.place.place in ("", COLUMNS_PLACE)


def whole_claims(batches: Iterable[pyarrow.RecordBatch], most_rows: int) -> Iterator[pyarrow.Table]:
    """Yield sorted rows as tables of at most some rows; no claim is in two of them.

    Parameters
    ----------
    batches : iterable of pyarrow.RecordBatch
        Sorted by their key.
    most_rows : int
        Rows of a table; one claim may have more.

    Examples
    --------
    >>> import pyarrow
    >>> rows = [pyarrow.record_batch({"key": list(text)}) for text in ("AAB", "BBC", "CC")]
    >>> [table["key"].to_pylist() for table in whole_claims(rows, 3)]
    [['A', 'A'], ['B', 'B', 'B'], ['C', 'C', 'C']]
    """
    arrow = frame_module("pyarrow")
    held: list[Any] = []
    count = 0
    for batch in batches:
        if not batch.num_rows:
            continue
        held.append(batch)
        count += batch.num_rows
        while count > most_rows and held[0][KEY][0] != held[-1][KEY][-1]:
            rows = arrow.Table.from_batches(held)
            cut = _cut(rows[KEY], most_rows)
            yield rows.slice(0, cut)
            held = rows.slice(cut).to_batches()
            count -= cut
    if held:
        yield arrow.Table.from_batches(held)


def _cut(keys: Any, most: int) -> int:
    """Return where the first of several claims ends that are no more than the most rows."""
    starts = _starts(keys)
    before = starts[(starts > 0) & (starts <= most)]
    return int(before[-1] if len(before) else starts[starts > most][0])


def _starts(keys: Any) -> Any:
    """Return where in sorted keys each key begins."""
    numpy = frame_module("numpy")
    compute = frame_module("pyarrow.compute")
    if not len(keys):
        return numpy.zeros(0, numpy.int64)
    flat = keys.combine_chunks()
    changes = compute.not_equal(flat.slice(1), flat.slice(0, len(flat) - 1))
    found = numpy.flatnonzero(numpy.asarray(changes.to_numpy(zero_copy_only=False))) + 1
    return numpy.concatenate(([0], found)).astype(numpy.int64)


def _within(keys: Any) -> Any:
    """Return which row of its claim each row is, from 1."""
    numpy, arrow = frame_module("numpy"), frame_module("pyarrow")
    starts = _starts(keys)
    lengths = numpy.diff(numpy.append(starts, len(keys)))
    first = numpy.repeat(starts, lengths)
    return arrow.array(numpy.arange(len(keys), dtype=numpy.int64) - first + 1)


def _tally(number: tuple[int, int], found: BulkResult) -> tuple[object, ...]:
    counts = {name: getattr(found.tally, name, None) for name in COUNTS}
    counts["evidence_read"] = found.evidence_read
    counts["evidence_rejected"] = found.evidence_rejected
    return (*number, *(counts[name] for name in COUNTS), sorted(found.outcomes.items()))


def _part_number() -> int:
    from pyspark import TaskContext

    context = TaskContext.get()
    return 0 if context is None else context.partitionId()


@lru_cache(maxsize=2)
def _unpacked(shipped: bytes) -> Shipped:
    """Return what was shipped; a worker that serves several tasks unpacks it once."""
    found: Shipped = pickle.loads(shipped)
    return found
