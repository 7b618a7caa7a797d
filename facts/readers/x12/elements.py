"""One claim of an 837 as its segments, and the place of everything in them.

Source: ASC X12 005010X222 (837P) and 005010X223 (837I), loops 2300, 2400, 2410, 2420.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date

from facts.claim import NOBODY, ClaimParties, full_claim_id
from facts.diagnostic import Diagnostic
from facts.origin import Origin
from facts.readers.identity import ALONE, Identity
from facts.readers.x12.segments import UNREADABLE, Segment
from facts.readers.x12.values import DIAGNOSIS_QUALIFIERS, ComponentFault, parse_period
from facts.values import quoted

READ_ELEMENTS = {
    "CLM": (0, 1, 5),
    "SBR": (0, 3),
    "NM1": (0, 1, 9),
    "REF": (0, 1, 2, 4),
    "DTP": (0, 1, 2, 3),
    "CN1": (0, 4),
    "LX": (0, 1),
    "SV1": (0, 1, 2, 3, 4, 5),
    "SV2": (0, 1, 2, 3, 4, 5),
    "LIN": (0, 2, 3),
    "CTP": (0, 4, 5),
    "NTE": (0, 1, 2),
}
"""The elements of each segment of a claim that are read; of any other segment, all of them."""


@dataclass(slots=True)
class LineSegments:
    """The segments of one service line, loop 2400 and below."""

    lx: Segment
    sv: Segment | None = None
    dtp: Segment | None = None
    lin: Segment | None = None
    ctp: Segment | None = None
    ref: Segment | None = None
    nm1: Segment | None = None
    control: Segment | None = None
    nte: Sequence[Segment] = ()

    def segments(self) -> list[Segment]:
        """Return every segment that is read."""
        single = (self.lx, self.sv, self.dtp, self.lin, self.ctp, self.ref, self.nm1, self.control)
        return [*(each for each in single if each is not None), *self.nte]


@dataclass(slots=True)
class ClaimSegments:
    """The segments of one claim, loop 2300 and below, and of its subscriber.

    Parameters
    ----------
    billing : Segment, optional
        Name of the billing provider, loop 2010AA.
    control : Segment, optional
        The payer's number of the claim.
    strays : list of Segment
        Services that belong to no line of their own: lines that would be lost.
    uncounted : int
        Lines beyond the most that a claim may have.
    faults : list of Diagnostic
        What was wrong while the segments were gathered.
    identity : Identity
        Who it is among claims of the same number.
    parties : ClaimParties
        Who pays, who is paid, and for whom.
    """

    clm: Segment
    professional: bool
    component: str
    sbr: Segment | None = None
    billing: Segment | None = None
    dtp: Segment | None = None
    ref: Segment | None = None
    nm1: Segment | None = None
    cn1: Segment | None = None
    control: Segment | None = None
    hi: list[Segment] = field(default_factory=list)
    lines: list[LineSegments] = field(default_factory=list)
    strays: list[Segment] = field(default_factory=list)
    uncounted: int = 0
    faults: list[Diagnostic] = field(default_factory=list)
    identity: Identity = ALONE
    parties: ClaimParties = NOBODY

    @property
    def number(self) -> str:
        """CLM01."""
        return element(self.clm, 1).strip()

    @property
    def claim_id(self) -> str:
        """CLM01, with a part where others have the same one."""
        return full_claim_id(self.number, self.identity.part)

    @property
    def provider(self) -> Segment | None:
        """Name of the rendering provider: an 837P leaves it out where the billing one renders."""
        return self.nm1 or (self.billing if self.professional else None)

    @property
    def lines_read(self) -> int:
        """Lines that stand in the file, readable or not."""
        return len(self.lines) + len(self.strays) + self.uncounted

    def segments(self) -> list[Segment]:
        """Return every segment of the claim itself that is read."""
        single = (self.clm, self.sbr, self.dtp, self.ref, self.provider, self.cn1, self.control)
        return [*(each for each in single if each is not None), *self.hi]


class SegmentTrace:
    """Places of one claim line of an 837."""

    __slots__ = ("_claim", "_line", "_source")

    def __init__(self, source: str, claim: ClaimSegments, line: LineSegments) -> None:
        self._source = source
        self._claim = claim
        self._line = line

    def origin(self, field: str) -> Origin:
        """Return the segment and the element that hold a field; of the line where none does."""
        service = self._line.sv or self._line.lx
        if field == "description" and self._line.nte:
            notes = [place(self._source, note, "02").place for note in self._line.nte]
            position = "01-7" if self._claim.professional else "02-7"
            if component(service, int(position[:2]), 6, self._claim.component):
                notes.insert(0, place(self._source, service, position).place)
            return Origin(self._source, " and ".join(notes))
        segment, position = self._place(field)
        if segment is None:
            segment, position = service, ""
        return place(self._source, segment, position)

    def _place(self, field: str) -> tuple[Segment | None, str]:
        claim, line = self._claim, self._line
        if field in ("claim_id", "claim_form", "claim_part"):
            return claim.clm, "01"
        if field == "superseded_by":
            return claim.clm, ""
        if field == "line_number":
            return line.lx, "01"
        if field in ("service_date", "service_date_to"):
            return line.dtp or claim.dtp, "03"
        if field == "type_of_bill":
            return claim.clm, "05"
        if field == "place_of_service" and (line.sv is None or not element(line.sv, 5).strip()):
            return claim.clm, "05-1"
        if field == "ndc":
            return line.lin, "03"
        if field == "ndc_quantity":
            return line.ctp, "04"
        if field == "ndc_unit":
            return line.ctp, "05-1"
        if field == "rendering_provider":
            return line.nm1 or claim.provider, "09"
        if field == "prior_authorization":
            return line.ref or claim.ref, "02"
        if field == "line_control":
            return line.control, "02"
        if field == "payer_control":
            return claim.control, "02"
        if field == "diagnoses":
            return diagnosis_segment(claim), "01"
        if field == "plan_id":
            return claim.sbr, "03"
        if field == "contract_id":
            return claim.cn1, "04"
        return line.sv, (_PROFESSIONAL if claim.professional else _INSTITUTIONAL).get(field, "")


_PROFESSIONAL = {
    "procedure_code": "01-2",
    "modifiers": "01-3",
    "description": "01-7",
    "charge": "02",
    "units": "04",
    "place_of_service": "05",
}
_INSTITUTIONAL = {
    "revenue_code": "01",
    "procedure_code": "02-2",
    "modifiers": "02-3",
    "description": "02-7",
    "charge": "03",
    "units": "05",
}


def element(segment: Segment, position: int) -> str:
    """Return an element of a segment, empty where it is missing.

    Parameters
    ----------
    segment : Segment
        The segment.
    position : int
        Number of the element in its segment.
    """
    elements = segment[1]
    return elements[position] if position < len(elements) else ""


def qualifier(segment: Segment) -> str:
    """Return the first element, which gives the kind of date, name or reference.

    Parameters
    ----------
    segment : Segment
        The segment.
    """
    elements = segment[1]
    return elements[1].strip() if len(elements) > 1 else ""


def component(segment: Segment, position: int, index: int, separator: str) -> str:
    """Return a component: of the element at a position of a segment, at an index from 0.

    The separator is between components; what is missing is empty.
    """
    parts = element(segment, position).split(separator)
    return parts[index].strip() if index < len(parts) else ""


def period_of(
    dtp: Segment | None, source: str, found: list[Diagnostic], one_day: bool = False
) -> tuple[date, date] | None:
    """Return the first and the last day of a date; None where there is none or it cannot be read.

    Parameters
    ----------
    dtp : Segment or None
        The date.
    source : str
        The file, as places name it.
    found : list of Diagnostic
        Gathers what is wrong.
    one_day : bool, optional
        Whether a span may have one day, which is its first and its last; a note says so.
    """
    if dtp is None:
        return None
    kind, text = element(dtp, 2), element(dtp, 3)
    try:
        period = parse_period(kind, text, one_day)
    except ComponentFault as fault:
        where = place(source, dtp, f"{fault.component:02}")
        found.append(Diagnostic("error", f"the date {fault.message}", where, fault.help))
        return None
    if kind.strip().upper() == "RD8" and "-" not in text:
        message = f"the span has one day, and is read as {quoted(text.strip())} alone"
        help = "RD8 has two days, as in 20180601-20180605"
        found.append(Diagnostic("note", message, place(source, dtp, "03"), help))
    return period


_FACILITY = re.compile(r"[A-Z0-9]{1,2}([^A-Za-z0-9 ])[A-Z0-9]\1[A-Z0-9]")


def wrong_separator(composite: str, separator: str) -> str:
    """Return what is wrong with CLM05 where its parts have another sign between them.

    Parameters
    ----------
    composite : str
        CLM05: facility, its kind, frequency.
    separator : str
        The component separator that ISA16 names.

    Examples
    --------
    >>> wrong_separator("22>B>1", ":"), wrong_separator("22:B:1", ":")
    ('composites separate their parts with `>`, while ISA16 says `:`', '')
    """
    found = _FACILITY.fullmatch(composite.strip())
    if found is None or separator in composite:
        return ""
    other = quoted(found[1])
    return f"composites separate their parts with {other}, while ISA16 says {quoted(separator)}"


def diagnosis_segment(claim: ClaimSegments) -> Segment | None:
    """Return the first HI segment of a claim that has a diagnosis."""
    for segment in claim.hi:
        if any(
            composite.split(claim.component)[0].strip().upper() in DIAGNOSIS_QUALIFIERS
            for composite in segment[1][1:]
        ):
            return segment
    return None


def place(source: str, segment: Segment, position: str = "") -> Origin:
    """Return the place of an element.

    Parameters
    ----------
    source : str
        The file, as places name it.
    segment : Segment
        The segment.
    position : str
        The element, and a component of it, as in ``01-2``; empty for the segment.

    Examples
    --------
    >>> place("claims.837", (23, ["SV1", "HC:96365"]), "01-2").place
    'segment 23 (SV1), element SV101-2'
    """
    name = shown_name(segment)
    text = f"segment {segment[0]} ({name})"
    return Origin(source, f"{text}, element {name}{position}" if position else text)


def shown_name(segment: Segment) -> str:
    """Return the name of a segment, or `?` where the text cannot be a name."""
    name = segment[1][0]
    return name if len(name) <= 3 and name.isascii() and name.isalnum() else "?"


def unreadable_elements(segments: Iterable[Segment]) -> Iterator[tuple[Segment, int, str]]:
    """Yield the elements of some ``segments`` that are read, and have damaged characters."""
    for segment in segments:
        read = READ_ELEMENTS.get(segment[1][0])
        for position, text in enumerate(segment[1]):
            if read is not None and position not in read:
                continue
            if any(sign in text for sign in UNREADABLE):
                yield segment, position, text
