"""Determinations, their citations and answers as Arrow tables; they go on to polars and pandas."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Any, overload

from facts.claim import claim_number, full_claim_id
from facts.diagnostic import UsageError
from facts.extras import frame_module
from facts.values import format_number
from kb.language.values import Value, canonical
from kb.model.determination import Citation, Determination
from kb.model.tables import IN_FAVOUR

if TYPE_CHECKING:
    import pyarrow

_DIGITS, _SCALE = 38, 9
"""Digits of an exact number of a determination, and those behind the point."""

_MOST_INT = 2**63
_OF_LINE = ("claim_id", "claim_part", "line_number", "outcome")
"""Columns of a line that a citation has too."""


def determination_table(
    determinations: Iterable[Determination], readings: bool = False
) -> pyarrow.Table:
    """Return determinations as an Arrow table with the columns of the contract.

    Parameters
    ----------
    determinations : iterable of Determination
        In the order of the rows.
    readings : bool, optional
        Whether they have the readings in favour of their lines.

    Returns
    -------
    pyarrow.Table
        Its types are those of the Parquet files of a bulk run.

    Raises
    ------
    UsageError
        If an allowed number of units has no decimal of nine places, such as a third.
    """
    arrow = frame_module("pyarrow")
    rows = list(determinations)
    columns: dict[str, list[Any]] = {
        name: [getattr(each, name) for each in rows] for name in _determination_fields(arrow, False)
    }
    columns["claim_id"] = [claim_number(each.claim_id, each.claim_part) for each in rows]
    columns["citations"] = [[each.to_json() for each in row.citations] for row in rows]
    columns["allowed_units"] = [_units(each) for each in rows]
    if readings:
        columns[IN_FAVOUR] = [each.readings_in_favour or () for each in rows]
    return arrow.table(columns, schema=determination_schema(readings))


def determination_schema(readings: bool = False) -> pyarrow.Schema:
    """Return the columns of a table of determinations, with their types.

    Parameters
    ----------
    readings : bool, optional
        Whether the readings in favour of lines are among them.
    """
    return frame_module("pyarrow").schema(
        list(_determination_fields(frame_module("pyarrow"), readings).items())
    )


def citation_table(determinations: pyarrow.Table) -> pyarrow.Table:
    """Return the citations of a table of determinations, one a row.

    Parameters
    ----------
    determinations : pyarrow.Table
        As ``determination_table`` or a bulk run returns it.

    Returns
    -------
    pyarrow.Table
        ``claim_id``, ``claim_part``, ``line_number``, ``outcome``, the number of the citation in
        its line from 1 as ``citation``, and what the citation says.
    """
    arrow = frame_module("pyarrow")
    import pyarrow.compute as compute

    whole = determinations.combine_chunks()
    lists = whole["citations"].combine_chunks() if len(whole) else whole["citations"]
    if isinstance(lists, arrow.ChunkedArray):
        lists = arrow.concat_arrays(lists.chunks) if lists.num_chunks else _no_citations(arrow)
    rows = compute.list_parent_indices(lists)
    flat = compute.list_flatten(lists)
    named = [name for name in _OF_LINE if name in whole.column_names]
    picked = {name: whole[name].take(rows) for name in named}
    offsets = compute.subtract(lists.offsets, lists.offsets[0]).slice(0, len(lists))
    first = offsets.take(rows)
    numbers = compute.subtract(arrow.array(range(len(flat)), first.type), first)
    picked["citation"] = compute.add(numbers, 1).cast(arrow.int64())
    for name in _citation_fields(arrow):
        picked[name] = compute.struct_field(flat, name)
    return arrow.table(picked)


def answer_table(columns: Sequence[str], rows: Sequence[Sequence[Value]]) -> pyarrow.Table:
    """Return answers of a query as an Arrow table, each column of one type.

    Parameters
    ----------
    columns : sequence of str
        Their names.
    rows : sequence of row
        Text and exact numbers.

    Returns
    -------
    pyarrow.Table
        A column of whole numbers is ``int64``, one of decimals ``decimal128`` with as many digits
        behind the point as one of them has; a column that holds a text, a fraction without a
        finite decimal, or a number too long is text.
    """
    arrow = frame_module("pyarrow")
    made, names = [], []
    for place, name in enumerate(columns):
        names.append(name)
        made.append(_answers(arrow, [row[place] for row in rows]))
    return arrow.table(made, names=names)


def _answers(arrow: Any, values: Sequence[Value]) -> Any:
    if all(isinstance(value, int) for value in values) and values:
        if all(-_MOST_INT <= value < _MOST_INT for value in values):  # type: ignore[operator]
            return arrow.array(values, arrow.int64())
    elif values and all(isinstance(value, (int, Decimal)) for value in values):
        numbers = [Decimal(value) for value in values]  # type: ignore[arg-type]
        scale = max(0, *(-int(number.as_tuple().exponent) for number in numbers))
        whole = max(number.adjusted() + 1 for number in numbers)
        if scale + max(whole, 0) <= _DIGITS:
            return arrow.array(numbers, arrow.decimal128(_DIGITS, scale))
    texts = [value if isinstance(value, str) else format_number(value) for value in values]
    return arrow.array(texts, arrow.string())


def _determination_fields(arrow: Any, readings: bool) -> dict[str, Any]:
    text, texts = arrow.string(), arrow.list_(arrow.string())
    fields = {
        "claim_id": text,
        "line_number": arrow.int64(),
        "outcome": text,
        "citations": arrow.list_(arrow.struct(list(_citation_fields(arrow).items()))),
        "allowed_units": arrow.decimal128(_DIGITS, _SCALE),
        "missing_evidence": texts,
        "assumptions": texts,
        "policy": text,
        "policy_version": text,
        "program_sha256": text,
        "claim_part": text,
    }
    return {**fields, IN_FAVOUR: arrow.list_(arrow.int32())} if readings else fields


def _citation_fields(arrow: Any) -> dict[str, Any]:
    text = arrow.string()
    kinds = {"rarcs": arrow.list_(text), "readings": arrow.list_(arrow.int32())}
    names = ("clause_id", "effect", "carc", "rarcs", "group", "readings", "reason")
    return {name: kinds.get(name, text) for name in names}


def _no_citations(arrow: Any) -> Any:
    return arrow.array([], _determination_fields(arrow, False)["citations"])


def _units(determination: Determination) -> Decimal | None:
    units = determination.allowed_units
    if units is None:
        return None
    number = canonical(units)
    if isinstance(number, Fraction):
        line = f"line {determination.line_number} of claim `{determination.claim_id}`"
        message = f"`{number}` allowed units on {line} have no exact decimal"
        raise UsageError.of(message, "take `to_dicts`, which gives it as a text")
    return Decimal(number)


class StoredDeterminations(Sequence[Determination]):
    """Determinations in an Arrow table, made one by one when they are asked for.

    Parameters
    ----------
    table : pyarrow.Table
        As a bulk run returns it.
    """

    def __init__(self, table: pyarrow.Table) -> None:
        self.table = table

    def __len__(self) -> int:
        return int(self.table.num_rows)

    @overload
    def __getitem__(self, place: int) -> Determination: ...

    @overload
    def __getitem__(self, place: slice) -> Sequence[Determination]: ...

    def __getitem__(self, place: int | slice) -> Determination | Sequence[Determination]:
        if isinstance(place, slice):
            first, last, step = place.indices(len(self))
            if step == 1:
                return StoredDeterminations(self.table.slice(first, max(last - first, 0)))
            return [self[number] for number in range(first, last, step)]
        number = place + len(self) if place < 0 else place
        if not 0 <= number < len(self):
            raise IndexError(place)
        return _determination(self.table.slice(number, 1).to_pylist()[0])

    def __iter__(self) -> Iterator[Determination]:
        for batch in self.table.to_batches(max_chunksize=10_000):
            yield from map(_determination, batch.to_pylist())


def _determination(record: dict[str, Any]) -> Determination:
    citations = tuple(
        Citation(**{**each, "rarcs": tuple(each["rarcs"]), "readings": tuple(each["readings"])})
        for each in record["citations"]
    )
    units = record["allowed_units"]
    made: dict[str, Any] = {
        **record,
        "claim_id": full_claim_id(record["claim_id"], record.get("claim_part")),
        "citations": citations,
        "allowed_units": None if units is None else canonical(units),
        "missing_evidence": tuple(record["missing_evidence"]),
        "assumptions": tuple(record["assumptions"]),
    }
    if IN_FAVOUR in made:
        made[IN_FAVOUR] = tuple(made[IN_FAVOUR])
    return Determination(**made)
