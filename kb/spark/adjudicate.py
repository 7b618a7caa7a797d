"""Determine the claims of a Spark frame: whole claims a task, each by the bulk engine."""

from __future__ import annotations

import logging
import os
import pickle
import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

from facts.claim import Override
from facts.diagnostic import Diagnostic, InputError, UsageError
from facts.extras import spark_module
from facts.origin import Origin
from facts.readers.column_values import PARSERS, REQUIRED
from facts.readers.evidence import COLUMNS as EVIDENCE_COLUMNS
from facts.readers.evidence import REQUIRED as EVIDENCE_REQUIRED
from facts.readers.frames import check_names
from facts.readers.layout import Layout
from facts.readers.naming import check_columns, name_columns
from facts.readers.parquet import COLUMNS_PLACE
from kb.compile.formulas.line_script import NotFusable
from kb.planning.rules import BulkRules
from kb.spark.keys import claim_key, column, part_count
from kb.spark.result import SparkAdjudication
from kb.spark.stream import ddl_of, stream_schema
from kb.spark.worker import FILE, IS_LINE, KEY, MOST_ROWS, ROW, ShardTask, Shipped, TaskRows

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

    from kb.rule_base import RuleBase

MEMORY = "1GB"
"""What DuckDB may take in a task; the rest it puts on the disk of the worker."""

_PART = "claim_part"
_FORMS = ("file:/", "file:///")
"""How the address of a file of this machine begins: the columns of Spark differ in that."""


def adjudicate_on_spark(
    kb: RuleBase,
    claims: DataFrame,
    evidence: DataFrame | None = None,
    overrides: tuple[Override, ...] = (),
    *,
    parts: int | None = None,
    memory_limit: str = MEMORY,
    layout: Layout | None = None,
    files: Mapping[str, str] | None = None,
) -> SparkAdjudication:
    """Determine every line of a Spark frame.

    Rows are brought together by their claims, with their evidence; a task hands whole claims to the
    bulk engine, on one thread. A task that is tried again returns the same rows.

    Parameters
    ----------
    kb : RuleBase
        A policy with its settings and lists; clausewise has to be installed where the tasks run.
    claims : DataFrame
        Claim lines, with the columns of the claim table or their usual names.
    evidence : DataFrame, optional
        Evidence, as of files.
    overrides : tuple of Override, optional
        Overrides of plans and contracts.
    parts : int, optional
        Tasks that the claims are divided among; by themselves one for each 500,000 rows, which
        counts the rows first.
    memory_limit : str, optional
        What DuckDB may take in a task. Arrow and Python take about as much again.
    layout : Layout, optional
        What a person says of the columns.
    files : mapping of str to str, optional
        What places call files, by how their addresses begin.

    Returns
    -------
    SparkAdjudication
        Frames that are computed when they are first asked for.

    Raises
    ------
    InputError
        If a column is missing, or has the name of another.
    UsageError
        If pyspark is not installed, or an argument is no frame of Spark.
    """
    spark_module("pyspark.sql")
    notes: list[Diagnostic] = []
    shipped = pickle.dumps(Shipped(kb, _planned(kb, overrides), overrides))
    named = files or {}
    lines = _KeyedRows(claims, "<frame>", PARSERS, REQUIRED, layout or Layout(), named, notes)
    filed = None
    if evidence is not None:
        filed = _KeyedRows(
            evidence, "<evidence>", EVIDENCE_COLUMNS, EVIDENCE_REQUIRED, Layout(), named, notes
        )
    faults = [each for each in notes if each.severity == "error"]
    if faults:
        raise InputError(faults)
    session = claims.sparkSession
    if parts is None:
        counted = claims.count() + (0 if evidence is None else evidence.count())
        parts = part_count(counted, session)
    schema = stream_schema(kb.policy.tells_readings)
    line_part = lines.part("l")
    evidence_part = None if filed is None else filed.part("e")
    task = ShardTask(shipped, line_part, evidence_part, memory_limit, MOST_ROWS)
    together = _together(lines, filed)
    stream = (
        together.repartition(parts, KEY)
        .sortWithinPartitions(*(name for name in together.columns if name in _ORDER))
        .mapInArrow(task, ddl_of(list(schema)))
    )
    return SparkAdjudication(stream, schema, notes)


_ORDER = (KEY, IS_LINE, FILE, ROW)
"""What the rows of a task are sorted by."""


def _planned(kb: RuleBase, overrides: tuple[Override, ...]) -> Any:
    """Return the rules as formulas over lines, None where they are none."""
    try:
        return BulkRules.of(kb).lines(overrides)
    except NotFusable:
        return None


class _KeyedRows:
    """Rows of a frame of claims or of evidence, of which the columns were looked at."""

    def __init__(
        self,
        frame: DataFrame,
        name: str,
        known: Sequence[str] | Mapping[str, Any],
        required: Sequence[str],
        layout: Layout,
        files: Mapping[str, str],
        notes: list[Diagnostic],
    ) -> None:
        if not hasattr(frame, "sparkSession"):
            message = (
                f"claims and evidence on Spark are frames of Spark, not {type(frame).__name__}"
            )
            raise UsageError.of(message, "make one: spark.read.parquet(path), say")
        self.frame, self.name, self.layout = frame, name, layout
        known = tuple(known)
        names = list(frame.columns)
        check_names(names, name)
        self.named = name_columns(names, known, layout)
        place = Origin(name, COLUMNS_PLACE)
        notes += check_columns(self.named, names, place, required, known)
        picked = {place for places in self.named.picks.values() for place in places}
        self.columns = tuple(names[place] for place in sorted(picked))
        self.types = dict(frame.dtypes)
        self._given = files
        self.placed = _has_places(frame)

    def of(self, name: str) -> str:
        """Return what the frame calls a column."""
        names = list(self.frame.columns)
        return str(names[self.named.picks[name][0]])

    def part(self, prefix: str) -> TaskRows:
        """Return how the rows stand in those of a task."""
        names = _file_names(self.frame, self._given) if self.placed else {}
        return TaskRows(self.name, prefix, self.columns, names, self.layout)

    def keyed(self, prefix: str, parts: bool) -> tuple[list[Any], list[Any]]:
        """Return the key, the place and the columns of the rows, as columns of Spark."""
        from pyspark.sql import functions as f

        claim = self.of("claim_id")
        key = claim_key(claim, self.types[claim], self.columns, parts)
        if self.placed:
            file, row = f.xxhash64(f.col("_metadata.file_path")), f.col("_metadata.row_index") + 1
        else:
            # Where rows have no numbers, lines come by their own, and then by what they hold.
            number = f.lit(None)
            if "line_number" in self.named.picks:
                number = column(self.of("line_number")).cast("string")
            file = number.try_cast("bigint")
            row = f.xxhash64(*(column(each).cast("string") for each in self.columns))
        head = [key.alias(KEY), file.alias(FILE), row.cast("bigint").alias(ROW)]
        body = [
            (column(name) if self.types[name] != "void" else f.lit(None).cast("string")).alias(
                f"{prefix}{place}"
            )
            for place, name in enumerate(self.columns)
        ]
        return head, body


def _together(lines: _KeyedRows, filed: _KeyedRows | None) -> DataFrame:
    """Return claims and evidence as one frame, each row with the key of its claim."""
    from pyspark.sql import functions as f

    parts = _PART in lines.named.picks
    head, body = lines.keyed("l", parts)
    if filed is None:
        return lines.frame.select(*head, *body)
    first = lines.frame.select(*head, f.lit(True).alias(IS_LINE), *body)
    head, body = filed.keyed("e", parts)
    second = filed.frame.select(*head, f.lit(False).alias(IS_LINE), *body)
    return first.unionByName(second, allowMissingColumns=True)


def _has_places(frame: DataFrame) -> bool:
    """Tell whether each row of a frame says which row of which file it is."""
    if not frame.inputFiles():
        return False
    told = logging.getLogger("DataFrameQueryContextLogger")  # of pyspark: a person asked nothing
    before, told.disabled = told.disabled, True
    try:
        return bool(frame.select("_metadata.file_path", "_metadata.row_index").schema)
    except Exception:
        return False
    finally:
        told.disabled = before


def _file_names(frame: DataFrame, given: Mapping[str, str]) -> dict[int, str]:
    """Return the files of a frame by the hashes of their addresses, as places name them."""
    from pyspark.sql import functions as f

    addresses = list(frame.inputFiles())
    if not addresses:
        return {}
    spelled = {(each, each) for each in addresses}
    spelled |= {(each, unquote(each)) for each in addresses}
    spelled |= {(each, re.sub("^file:/+", form, one)) for each, one in spelled for form in _FORMS}
    hashed = frame.sparkSession.createDataFrame(sorted(spelled), "a STRING, spelled STRING")
    rows = hashed.select("a", f.xxhash64("spelled").alias("h")).collect()
    return {row["h"]: _name_of(row["a"], given) for row in rows}


def _name_of(address: str, given: Mapping[str, str]) -> str:
    """Return a file as a person gave it, or its address, of this machine without a scheme."""
    parts = urlsplit(address)
    name = unquote(parts.path) if parts.scheme == "file" else address
    for begin, called in given.items():
        if name == begin or name.startswith(begin.rstrip(os.sep) + os.sep):
            return called + name[len(begin) :]
    return name
