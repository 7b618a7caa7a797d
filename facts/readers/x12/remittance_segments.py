"""One claim of an 835 as its segments, and the place of everything in them.

Source: ASC X12 005010X221A1, loops 2100 and 2110.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from facts.diagnostic import Diagnostic
from facts.origin import Origin
from facts.readers.x12.elements import place
from facts.readers.x12.segments import Segment


@dataclass(slots=True)
class ServiceSegments:
    """The segments of one service line, loop 2110."""

    svc: Segment
    cas: list[Segment] = field(default_factory=list)
    dates: dict[str, Segment] = field(default_factory=dict)
    references: dict[str, list[Segment]] = field(default_factory=dict)
    allowed: Segment | None = None
    remarks: list[Segment] = field(default_factory=list)


@dataclass(slots=True)
class RemittedSegments:
    """The segments of one claim, loop 2100 and below.

    Parameters
    ----------
    clp : Segment
        The segment that begins the claim.
    component : str
        What separates the components of an element.
    cas : list of Segment
        Adjustments of the claim itself.
    names : dict of str to Segment
        NM1 segments by their qualifier.
    dates : dict of str to Segment
        DTM segments by their qualifier.
    references : dict of str to list of Segment
        REF segments by their qualifier.
    moa : Segment, optional
        Remarks of an outpatient claim, or of an inpatient one (MIA).
    lines : list of ServiceSegments
        The service lines, in the order of the file.
    uncounted : int
        Service lines beyond the most that a claim may have.
    faults : list of Diagnostic
        What was wrong while the segments were gathered.
    """

    clp: Segment
    component: str
    cas: list[Segment] = field(default_factory=list)
    names: dict[str, Segment] = field(default_factory=dict)
    dates: dict[str, Segment] = field(default_factory=dict)
    references: dict[str, list[Segment]] = field(default_factory=dict)
    outpatient: Segment | None = None
    inpatient: Segment | None = None
    lines: list[ServiceSegments] = field(default_factory=list)
    uncounted: int = 0
    faults: list[Diagnostic] = field(default_factory=list)

    @property
    def lines_read(self) -> int:
        """Service lines that stand in the file, readable or not."""
        return len(self.lines) + self.uncounted


class ElementTrace:
    """The place of a record that stands in one element, or in a segment as a whole.

    Parameters
    ----------
    source : str
        The file as the person gave it.
    segment : Segment
        The segment that holds the record.
    position : str, optional
        As in ``02``; empty for the whole segment.
    """

    __slots__ = ("_position", "_segment", "_source")

    def __init__(self, source: str, segment: Segment, position: str = "") -> None:
        self._source = source
        self._segment = segment
        self._position = position

    def origin(self, field: str) -> Origin:
        """Return the place of the record, whichever field is asked for."""
        return place(self._source, self._segment, self._position)


class AdjustmentTrace:
    """The places of one reason, amount and quantity of a CAS segment.

    Parameters
    ----------
    source : str
        The file as the person gave it.
    segment : Segment
        The CAS segment.
    first : int
        Number of the element that holds the reason.
    """

    __slots__ = ("_first", "_segment", "_source")

    def __init__(self, source: str, segment: Segment, first: int) -> None:
        self._source = source
        self._segment = segment
        self._first = first

    def origin(self, field: str) -> Origin:
        """Return the place of a field: group code, CARC, amount or quantity."""
        offset = {"group_code": 1 - self._first, "amount": 1, "quantity": 2}.get(field, 0)
        return place(self._source, self._segment, f"{self._first + offset:02}")


_CLAIM_ELEMENTS = {
    "claim_id": "01",
    "status": "02",
    "charge": "03",
    "paid": "04",
    "patient_responsibility": "05",
    "payer_control": "07",
    "frequency": "09",
}
_SERVICE_ELEMENTS = {
    "procedure_code": "01-2",
    "modifiers": "01-3",
    "ndc": "01-2",
    "charge": "02",
    "paid": "03",
    "revenue_code": "04",
    "units_paid": "05",
    "submitted_code": "06-2",
    "submitted_modifiers": "06-3",
    "units_billed": "07",
}
_REFERENCES = {"line_control": "6R", "policy_ids": "0K"}
_CLAIM_REFERENCES = {"original_reference": "F8", "group_number": "1L"}
_CLAIM_NAMES = {"patient_id": "QC", "corrected_patient_id": "74", "rendering_provider": "82"}


class ClaimTrace:
    """The places of the fields of one claim of a remittance."""

    __slots__ = ("_claim", "_source")

    def __init__(self, source: str, claim: RemittedSegments) -> None:
        self._source = source
        self._claim = claim

    def origin(self, field: str) -> Origin:
        """Return the segment and the element of a field; of the claim where none holds it.

        Parameters
        ----------
        field : str
            A field of ``RemittedClaim``.
        """
        claim = self._claim
        if field in _CLAIM_ELEMENTS:
            return place(self._source, claim.clp, _CLAIM_ELEMENTS[field])
        if field in _CLAIM_REFERENCES and _CLAIM_REFERENCES[field] in claim.references:
            return place(self._source, claim.references[_CLAIM_REFERENCES[field]][0], "02")
        if field in _CLAIM_NAMES and _CLAIM_NAMES[field] in claim.names:
            return place(self._source, claim.names[_CLAIM_NAMES[field]], "09")
        if field == "remarks" and (claim.outpatient or claim.inpatient):
            return place(self._source, claim.outpatient or claim.inpatient or claim.clp)
        dates = {"service_date": ("232",), "service_date_to": ("233", "232")}
        for kind in dates.get(field, ()):
            if kind in claim.dates:
                return place(self._source, claim.dates[kind], "02")
        return place(self._source, claim.clp)


class LineTrace:
    """The places of the fields of one service line of a remittance."""

    __slots__ = ("_claim", "_line", "_source")

    def __init__(self, source: str, claim: RemittedSegments, line: ServiceSegments) -> None:
        self._source = source
        self._claim = claim
        self._line = line

    def origin(self, field: str) -> Origin:
        """Return the segment and the element of a field; of the service where none holds it.

        Parameters
        ----------
        field : str
            A field of ``RemittedLine``.
        """
        line = self._line
        if field == "revenue_code" and (line.svc[1][1].split(self._claim.component)[0] == "NU"):
            return place(self._source, line.svc, "01-2")
        if field in _SERVICE_ELEMENTS:
            return place(self._source, line.svc, _SERVICE_ELEMENTS[field])
        if field in _REFERENCES and _REFERENCES[field] in line.references:
            return place(self._source, line.references[_REFERENCES[field]][0], "02")
        if field == "allowed" and line.allowed is not None:
            return place(self._source, line.allowed, "02")
        if field == "remarks" and line.remarks:
            return place(self._source, line.remarks[0], "02")
        dates = {"service_date": ("472", "150"), "service_date_to": ("472", "151", "150")}
        for kind in dates.get(field, ()):
            if kind in line.dates:
                return place(self._source, line.dates[kind], "02")
        if field in dates:
            return ClaimTrace(self._source, self._claim).origin(field)
        return place(self._source, line.svc)
