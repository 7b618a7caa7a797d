"""Claims given in Python: claim lines, or dicts with the columns of the claim table."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from facts.claim import ClaimLine, Trace
from facts.diagnostic import Diagnostic
from facts.origin import Origin
from facts.readers.batch import Claim, ClaimStream, RejectedClaim
from facts.readers.column_names import meant
from facts.readers.grouping import gather
from facts.readers.line_table import MOST_UNKNOWN, PARSERS, REQUIRED, RawRow, unknown_column
from facts.readers.notes import Notes
from facts.readers.plain_values import texts_of
from facts.values import quoted


@dataclass(frozen=True, slots=True)
class RecordTrace:
    """Places of one record of a Python list."""

    source: str
    position: int

    def origin(self, field: str) -> Origin:
        """Return the position, counted from 1, and the field."""
        place = f"record {self.position}"
        return Origin(self.source, f"{place}, `{field}`" if field else place)


def read_claims_from_records(records: Iterable[Any], source: str = "<records>") -> ClaimStream:
    """Read claims from Python values.

    Parameters
    ----------
    records : iterable
        ``Claim`` or ``RejectedClaim``, ``ClaimLine``, or mappings with the columns of the claim
        table; the lines of one claim need not be adjacent.
    source : str, optional
        What places call the list.

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
    return ClaimStream(_claims(records, source, notes), notes)


def _claims(records: Iterable[Any], source: str, notes: Notes) -> Iterator[Claim | RejectedClaim]:
    rows: dict[str, list[RawRow | ClaimLine]] = {}
    seen: set[str | None] = set()
    warned: set[str] = set()
    for position, record in enumerate(records, 1):
        trace = RecordTrace(source, position)
        if isinstance(record, RejectedClaim):
            seen.add(record.claim_id)
            yield record
        elif isinstance(record, Claim):
            yield record if record.claim_id not in seen else _repeated(record, trace)
            seen.add(record.claim_id)
        elif isinstance(record, ClaimLine) and record.trace is not None:
            rows.setdefault(record.claim_id, []).append(record)
        elif isinstance(record, (ClaimLine, Mapping)):
            named = record._asdict() if isinstance(record, ClaimLine) else record
            row = _row(named, position, trace, warned, notes)
            claim_id = row.fields.get("claim_id", "").strip()
            if claim_id:
                rows.setdefault(claim_id, []).append(row)
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
    for claim_id, gathered in rows.items():
        item = gather(claim_id, gathered, notes)
        if isinstance(item, Claim) and claim_id in seen:
            yield _repeated(item, item.lines[0].trace)
        else:
            yield item
    notes.close()


def _row(
    record: Mapping[Any, Any], position: int, trace: RecordTrace, warned: set[str], notes: Notes
) -> RawRow:
    named = {str(name): value for name, value in record.items() if name != "trace"}
    strange = [name for name in named if name not in PARSERS and name not in warned]
    for name in strange[: MOST_UNKNOWN - len(warned)]:
        warned.add(name)
        notes.append(unknown_column(name, meant(name, PARSERS), trace.origin(""), PARSERS))
    fields, faults = texts_of(named, trace)
    missing = {
        name: Diagnostic("error", f"`{name}` is missing", trace.origin(""))
        for name in REQUIRED
        if name not in named
    }
    return RawRow(
        position, fields, trace, (*missing.values(), *faults.values()), (*missing, *faults)
    )


def _repeated(claim: Claim, trace: Trace | None) -> RejectedClaim:
    fault = Diagnostic(
        "error",
        f"claim {quoted(claim.claim_id)} stands twice in the list",
        trace.origin("") if trace is not None else None,
        "claim ids have to be unique",
    )
    return RejectedClaim(claim.claim_id, len(claim.lines), (fault,))
