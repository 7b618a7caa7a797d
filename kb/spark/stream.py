"""The rows that a task returns: determinations, rejects, diagnostics and a tally in one stream."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from facts.diagnostic import Diagnostic
from facts.extras import frame_module
from facts.origin import Origin
from facts.readers.notes import Tallied
from facts.span import Span
from kb.model.arrow import determination_schema

if TYPE_CHECKING:
    import pyarrow

KIND = "kind"
DETERMINATION, REJECT, DIAGNOSTIC, TALLY = "determination", "reject", "diagnostic", "tally"

_AT_ONCE = 20_000
"""Rows of a batch that goes to Spark."""

_REJECT = {
    "claim_id": "string",
    "lines_rejected": "int64",
    "file": "string",
    "place": "string",
    "message": "string",
    "help": "string",
}
"""As ``kb.model.tables.REJECT_COLUMNS``."""

_DIAGNOSTIC = {
    "severity": "string",
    "message": "string",
    "file": "string",
    "place": "string",
    "help": "string",
    "excerpt": "string",
    "lines": "int64",
}
"""``lines`` of a note that is told once for all its lines; its message is without their number."""

COUNTS = (
    "lines_read",
    "lines_determined",
    "lines_superseded",
    "lines_rejected",
    "claims_rejected",
    "evidence_read",
    "evidence_rejected",
)
_TALLY = {"part": "int64", "shard": "int64", **dict.fromkeys(COUNTS, "int64")}


def stream_schema(readings: bool) -> pyarrow.Schema:
    """Return the columns of the stream.

    Parameters
    ----------
    readings : bool
        Whether determinations have the readings in favour of their lines.

    Returns
    -------
    pyarrow.Schema
        ``kind``, and a record of each kind, of which all but one are null.
    """
    arrow = frame_module("pyarrow")

    def record(fields: dict[str, str]) -> Any:
        return arrow.struct([(name, getattr(arrow, kind)()) for name, kind in fields.items()])

    outcomes = arrow.map_(arrow.string(), arrow.int64())
    tally = arrow.struct([*record(_TALLY), arrow.field("outcomes", outcomes)])
    kinds = {
        DETERMINATION: arrow.struct(list(determination_schema(readings))),
        REJECT: record(_REJECT),
        DIAGNOSTIC: record(_DIAGNOSTIC),
        TALLY: tally,
    }
    return arrow.schema([(KIND, arrow.string()), *kinds.items()])


def batches_of(schema: pyarrow.Schema, kind: str, records: Any) -> Iterator[pyarrow.RecordBatch]:
    """Yield records of a kind as batches of the stream.

    Parameters
    ----------
    schema : pyarrow.Schema
        As ``stream_schema`` returns it.
    kind : str
        The kind.
    records : pyarrow.Table or list of tuple
        The records.
    """
    arrow = frame_module("pyarrow")
    fields = list(schema.field(kind).type)
    if isinstance(records, list):
        arrays = [
            arrow.array([record[place] for record in records], each.type)
            for place, each in enumerate(fields)
        ]
        records = arrow.Table.from_arrays(arrays, schema=arrow.schema(fields))
    records = records.select([each.name for each in fields]).cast(arrow.schema(fields))
    for batch in records.to_batches(max_chunksize=_AT_ONCE):
        if not batch.num_rows:
            continue
        made = arrow.StructArray.from_arrays(batch.columns, fields=fields)
        columns = [
            arrow.array([kind] * len(made), arrow.string())
            if each.name == KIND
            else made
            if each.name == kind
            else arrow.nulls(len(made), each.type)
            for each in schema
        ]
        yield arrow.RecordBatch.from_arrays(columns, schema=schema)


def diagnostic_rows(diagnostics: Iterable[Diagnostic]) -> list[tuple[object, ...]]:
    """Return diagnostics as records.

    Parameters
    ----------
    diagnostics : iterable of Diagnostic
        Whatever is told.
    """
    rows: list[tuple[object, ...]] = []
    for each in diagnostics:
        file, place = "", ""
        if isinstance(each.place, Origin):
            file, place = each.place.source, each.place.place
        elif isinstance(each.place, Span):
            file, place = each.place.source, f"row {each.place.row}"
        message, lines = each.message, None
        if isinstance(each, Tallied):
            message, lines = each.sentence, each.lines
        rows.append((each.severity, message, file, place, each.help, each.excerpt, lines))
    return rows


def type_of(kind: Any) -> str:
    """Return how Spark writes a ``kind`` of Arrow."""
    arrow = frame_module("pyarrow")
    types = arrow.types
    if types.is_struct(kind):
        return f"STRUCT<{', '.join(f'`{each.name}`: {type_of(each.type)}' for each in kind)}>"
    if types.is_map(kind):
        return f"MAP<{type_of(kind.key_type)}, {type_of(kind.item_type)}>"
    if types.is_list(kind):
        return f"ARRAY<{type_of(kind.value_type)}>"
    if types.is_decimal(kind):
        return f"DECIMAL({kind.precision}, {kind.scale})"
    return {"string": "STRING", "int64": "BIGINT", "int32": "INT"}[str(kind)]


def ddl_of(fields: Sequence[Any]) -> str:
    """Return how Spark writes some ``fields`` of Arrow."""
    return ", ".join(f"`{each.name}` {type_of(each.type)}" for each in fields)
