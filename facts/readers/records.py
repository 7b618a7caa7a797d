"""Claims given in Python: claim lines, or dicts with the columns of the claim table."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from facts.claim import ClaimLine
from facts.diagnostic import Diagnostic
from facts.origin import Origin
from facts.readers.batch import Claim, ClaimStream, RejectedClaim
from facts.readers.grouping import gather
from facts.readers.jsonl import texts_of
from facts.readers.line_table import PARSERS, RawRow, check_columns
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
    notes: list[Diagnostic] = []
    return ClaimStream(_claims(records, source, notes), notes)


def _claims(
    records: Iterable[Any], source: str, notes: list[Diagnostic]
) -> Iterator[Claim | RejectedClaim]:
    rows: dict[str, list[RawRow]] = {}
    lines: dict[str, list[ClaimLine]] = {}
    warned: set[str] = set()
    for position, record in enumerate(records, 1):
        trace = RecordTrace(source, position)
        if isinstance(record, (Claim, RejectedClaim)):
            yield record
        elif isinstance(record, ClaimLine):
            traced = record if record.trace is not None else record._replace(trace=trace)
            lines.setdefault(record.claim_id, []).append(traced)
        elif isinstance(record, Mapping):
            for name in record:
                if name not in PARSERS and str(name) not in warned:
                    warned.add(str(name))
                    notes.extend(check_columns([str(name)], source, f"record {position}", ()))
            fields, faults = texts_of({str(name): value for name, value in record.items()}, trace)
            row = RawRow(position, fields, trace, tuple(faults))
            claim_id = fields.get("claim_id", "").strip()
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
        yield gather(claim_id, gathered, notes)
    for claim_id, known in lines.items():
        yield _of_lines(claim_id, known)


def _of_lines(claim_id: str, lines: list[ClaimLine]) -> Claim | RejectedClaim:
    numbers = [line.line_number for line in lines]
    twice = sorted({number for number in numbers if numbers.count(number) > 1})
    if twice:
        fault = Diagnostic(
            "error",
            f"line {twice[0]} of claim {quoted(claim_id)} stands twice",
            trace.origin("line_number") if (trace := lines[0].trace) is not None else None,
        )
        return RejectedClaim(claim_id, len(lines), (fault,))
    return Claim(claim_id, tuple(sorted(lines, key=lambda line: line.line_number)))
