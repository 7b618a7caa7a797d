"""Claims given in Python: claim lines, or dicts with the columns of the claim table."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from dataclasses import field as made
from functools import partial
from typing import Any

from facts.claim import ClaimLine, Evidence, Override, Trace
from facts.diagnostic import Diagnostic
from facts.origin import Origin
from facts.readers.batch import Claim, ClaimStream, RejectedClaim
from facts.readers.column_values import PARSERS, REQUIRED, claim_key
from facts.readers.date_orders import DateOrders
from facts.readers.forms_of_file import FormsOfFile
from facts.readers.grouping import gather
from facts.readers.layout import Layout
from facts.readers.line_table import RawRow
from facts.readers.notes import Notes
from facts.readers.object_names import ObjectNames
from facts.readers.plain_values import texts_of
from facts.readers.repeated import (
    Ids,
    IdSource,
    RepeatedClaims,
    rejected,
    repeated_claims,
    repeated_fault,
)
from facts.values import one_line, quoted


@dataclass(frozen=True, slots=True)
class RecordTrace:
    """Places of one record of a Python list."""

    source: str
    position: int
    told: Mapping[str, tuple[str, ...]] | None = made(default=None, compare=False)

    def origin(self, field: str) -> Origin:
        """Return the position, counted from 1, and the field."""
        place = f"record {self.position}"
        if field:
            names = (self.told or {}).get(field, (field,))
            place = f"{place}, {' and '.join(f'`{one_line(name)}`' for name in names)}"
        return Origin(self.source, place)


def read_claims_from_records(
    records: Iterable[Any], source: str = "<records>", layout: Layout | None = None
) -> ClaimStream:
    """Read claims from Python values.

    Parameters
    ----------
    records : iterable
        ``Claim`` or ``RejectedClaim``, ``ClaimLine``, or mappings with the columns of the claim
        table. In a list the lines of one claim need not be adjacent. Of an iterator, which may
        have no end, a claim is given as soon as a line of another one comes; what comes of it
        later is rejected, as is a claim id that occurs twice: in a list wherever it occurs.
    source : str, optional
        What places call the list.
    layout : Layout, optional
        What a person says of the names.

    Returns
    -------
    ClaimStream

    Examples
    --------
    >>> stream = read_claims_from_records([{"claim_id": "C1", "line_number": 1,
    ...     "claim_form": "cms1500", "service_date": "2018-06-01", "units": "abc"}])
    >>> [item.diagnostics[0].message for item in stream]
    ['`units` is not a number: `abc`']
    """
    notes = Notes()
    return ClaimStream(_claims(records, source, notes, layout), notes)


def _claims(
    records: Iterable[Any], source: str, notes: Notes, layout: Layout | None
) -> Iterator[Claim | RejectedClaim]:
    rows: dict[str, list[RawRow | ClaimLine]] = {}
    places: dict[str, Trace] = {}
    repeated = RepeatedClaims()
    if not isinstance(records, Iterator):
        repeated = repeated_claims([_ids_of(records, source, layout)])
    given: dict[str, Origin] = {}
    names = ObjectNames(PARSERS, layout)
    dates = DateOrders(source, layout.dates if layout else "", partial(_texts, records, names))
    forms = FormsOfFile(source)

    def once(item: Claim | RejectedClaim, place: Origin) -> Claim | RejectedClaim:
        """Return a claim, rejected where its id is in another place too."""
        fault = repeated.fault(item.claim_id, place)
        if fault is None and item.claim_id:
            first = given.setdefault(item.claim_id, place)
            fault = repeated_fault(item.claim_id, place, [first]) if first != place else None
        return item if fault is None else rejected(item, fault)

    def ended() -> Iterator[Claim | RejectedClaim]:
        """Yield the claims of the lines that were gathered."""
        for claim_id, gathered in rows.items():
            yield once(gather(claim_id, gathered, notes), places[claim_id].origin(""))
        rows.clear()
        places.clear()

    def gathered_under(claim_id: str) -> Iterator[Claim | RejectedClaim]:
        """Yield the claim before, where a source that is read once begins another one."""
        if once_only and claim_id not in rows:
            yield from ended()

    once_only = isinstance(records, Iterator)
    for position, record in enumerate(records, 1):
        trace = RecordTrace(source, position, names.told)
        if isinstance(record, (Claim, RejectedClaim)):
            yield once(record, trace.origin(""))
        elif isinstance(record, ClaimLine) and record.trace is not None:
            yield from gathered_under(record.claim_id)
            rows.setdefault(record.claim_id, []).append(record)
            places.setdefault(record.claim_id, trace)
        elif isinstance(record, (ClaimLine, Mapping)):
            named = record._asdict() if isinstance(record, ClaimLine) else record
            row = _row(named, position, trace, names, dates, notes)
            forms.add(row.fields.get("claim_form"))
            claim_id = claim_key(row.fields.get("claim_id", ""))
            if claim_id:
                yield from gathered_under(claim_id)
                rows.setdefault(claim_id, []).append(row)
                places.setdefault(claim_id, trace)
            else:
                yield gather("", [row], notes)
        else:
            fault = Diagnostic(
                "error",
                f"a claim line cannot be of the type {quoted(type(record).__name__)}",
                trace.origin(""),
                "give claim lines or dicts with the columns of the claim table",
            )
            yield RejectedClaim(None, 1, (fault,))
    yield from ended()
    notes.once((*forms.warnings(), *dates.notes()))
    notes.close()


def _ids_of(records: Iterable[Any], source: str, layout: Layout | None) -> IdSource:
    """Return what reads the claim ids of a list: of every claim, and once of all loose lines."""

    names = ObjectNames(PARSERS, layout)

    def ids(wanted: Collection[int] | None) -> Ids:
        loose: set[str] = set()
        for position, record in enumerate(records, 1):
            whole = isinstance(record, (Claim, RejectedClaim))
            if whole or isinstance(record, ClaimLine):
                claim_id = record.claim_id or ""
            elif isinstance(record, Mapping):
                named = names.renamed({str(name): value for name, value in record.items()})
                claim_id = claim_key(texts_of(named, None, ("claim_id",))[0].get("claim_id", ""))
            else:
                continue
            if not claim_id or claim_id in loose:
                continue
            if not whole:
                loose.add(claim_id)
            if wanted is None:
                yield claim_id, None
            elif hash(claim_id) in wanted:
                yield claim_id, RecordTrace(source, position).origin("")

    return ids


def _texts(records: Iterable[Any], names: ObjectNames, column: str) -> Iterator[str]:
    """Yield the texts of a column of records, where these can be read again."""
    for record in () if isinstance(records, Iterator) else records:
        if isinstance(record, Mapping):
            named = {str(name): value for name, value in record.items()}
            value = names.renamed(named).get(column)
            if isinstance(value, str):
                yield value


def _row(
    record: Mapping[Any, Any],
    position: int,
    trace: RecordTrace,
    names: ObjectNames,
    dates: DateOrders,
    notes: Notes,
) -> RawRow:
    given = {str(name): value for name, value in record.items() if name != "trace"}
    wrong = names.faults(given, trace.origin(""))
    notes.extend(names.notes(given, trace.origin("")))
    named = names.renamed(given)
    fields, faults = texts_of(named, trace)
    dates.read(fields)
    missing = {
        name: Diagnostic("error", f"`{name}` is missing", trace.origin(""))
        for name in REQUIRED
        if name not in named
    }
    return RawRow(
        position, fields, trace, (*wrong, *missing.values(), *faults.values()), (*missing, *faults)
    )


def record_rows(
    items: Iterable[Any],
    given: type[Evidence] | type[Override],
    columns: tuple[str, ...],
    source: str,
    found: list[Diagnostic],
) -> Iterator[RawRow]:
    """Yield records given in Python as rows of texts.

    Parameters
    ----------
    items : iterable
        Objects of the type that was read before, or dicts.
    given : type
        The type of what was read before; its fields are the columns, and a trace.
    columns : tuple of str
        Columns that are read.
    source : str
        What places call the list.
    found : list of Diagnostic
        Gathers warnings.
    """
    names = ObjectNames(columns)
    for position, item in enumerate(items, 1):
        trace: Trace = RecordTrace(source, position, names.told)
        record = item
        if isinstance(item, given):
            trace = item.trace or trace
            record = dict(zip(columns, item[:-1], strict=True))
        yield _record_row(record, position, trace, names, columns, found)


def _record_row(
    record: Any,
    position: int,
    trace: Trace,
    names: ObjectNames,
    columns: tuple[str, ...],
    found: list[Diagnostic],
) -> RawRow:
    """Return a record given in Python as a row of texts."""
    if not isinstance(record, Mapping):
        fault = Diagnostic(
            "error",
            f"a record cannot be of the type {quoted(type(record).__name__)}",
            trace.origin(""),
            f"give dicts with {', '.join(columns)}",
        )
        return RawRow(position, {}, trace, (fault,))
    named = {str(name): value for name, value in record.items()}
    wrong = names.faults(named, trace.origin(""))
    found.extend(names.notes(named, trace.origin("")))
    fields, faults = texts_of(names.renamed(named), trace, columns)
    return RawRow(position, fields, trace, (*wrong, *faults.values()), tuple(faults))
