"""One claim of an 837 as its segments, and how they become claim lines.

Source: ASC X12 005010X222 (837P) and 005010X223 (837I), loops 2300, 2400, 2410, 2420.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Any

from facts.claim import ClaimLine, Diagnosis
from facts.diagnostic import Diagnostic
from facts.origin import Origin
from facts.readers.x12_segments import Segment
from facts.values import (
    PRESENT_ON_ADMISSION,
    ValueFault,
    parse_amount,
    parse_code,
    parse_date,
    parse_modifiers,
    parse_place_of_service,
    parse_revenue_code,
    parse_type_of_bill,
    parse_whole_number,
    quoted,
)

DIAGNOSIS_QUALIFIERS = ("ABK", "ABF", "BK", "BF")
"""Principal and other diagnoses, ICD-10 and ICD-9."""

_POA_COMPONENT = 8


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
    nte: list[Segment] = field(default_factory=list)


@dataclass(slots=True)
class ClaimSegments:
    """The segments of one claim, loop 2300 and below, and of its subscriber."""

    clm: Segment
    professional: bool
    component: str
    sbr: Segment | None = None
    dtp: Segment | None = None
    ref: Segment | None = None
    nm1: Segment | None = None
    cn1: Segment | None = None
    hi: list[Segment] = field(default_factory=list)
    lines: list[LineSegments] = field(default_factory=list)

    @property
    def claim_id(self) -> str:
        """CLM01."""
        return element(self.clm, 1).strip()


class SegmentTrace:
    """Places of one claim line of an 837."""

    __slots__ = ("_claim", "_line", "_source")

    def __init__(self, source: str, claim: ClaimSegments, line: LineSegments) -> None:
        self._source = source
        self._claim = claim
        self._line = line

    def origin(self, field: str) -> Origin:
        """Return the segment and the element that hold a field."""
        segment, position = self._place(field)
        return place(self._source, segment, position)

    def _place(self, field: str) -> tuple[Segment, str]:
        claim, line = self._claim, self._line
        sv = line.sv or line.lx
        if field in ("claim_id", "claim_form"):
            return claim.clm, "01"
        if field in ("service_date", "service_date_to"):
            return line.dtp or claim.dtp or sv, "03"
        if field == "type_of_bill" or (field == "place_of_service" and not element(sv, 5)):
            return claim.clm, "05"
        if field in ("ndc", "ndc_quantity", "ndc_unit"):
            position = {"ndc": "03", "ndc_quantity": "04", "ndc_unit": "05"}[field]
            return (line.lin if field == "ndc" else line.ctp) or sv, position
        if field == "rendering_provider":
            return line.nm1 or claim.nm1 or sv, "09"
        if field == "prior_authorization":
            return line.ref or claim.ref or sv, "02"
        if field == "diagnoses":
            return (claim.hi[0] if claim.hi else claim.clm), "01"
        if field == "plan_id":
            return claim.sbr or claim.clm, "03"
        if field == "contract_id":
            return claim.cn1 or claim.clm, "04"
        if field == "description":
            composite = "01-7" if claim.professional else "02-7"
            return (line.nte[0], "02") if line.nte else (sv, composite)
        if field == "line_number":
            return line.lx, "01"
        return sv, (_PROFESSIONAL if claim.professional else _INSTITUTIONAL).get(field, "")


_PROFESSIONAL = {
    "procedure_code": "01-2",
    "modifiers": "01-3",
    "charge": "02",
    "units": "04",
    "place_of_service": "05",
}
_INSTITUTIONAL = {
    "revenue_code": "01",
    "procedure_code": "02-2",
    "modifiers": "02-3",
    "charge": "03",
    "units": "05",
}


def element(segment: Segment, position: int) -> str:
    """Return an element of a segment, empty where it is missing."""
    elements = segment[1]
    return elements[position] if position < len(elements) else ""


def place(source: str, segment: Segment, position: str = "") -> Origin:
    """Return the place of an element: ``segment 23 (SV1), element SV104``."""
    name = segment[1][0]
    text = f"segment {segment[0]} ({name})"
    return Origin(source, f"{text}, element {name}{position}" if position else text)


@lru_cache(maxsize=4096)
def parse_day(text: str) -> date:
    """Return a date written as ``20180601``.

    Raises
    ------
    ValueFault
    """
    if len(text) != 8 or not text.isdigit():
        raise ValueFault(f"is not a date: {quoted(text)}", "eight digits, as in 20180601")
    try:
        return parse_date(f"{text[:4]}-{text[4:6]}-{text[6:]}")
    except ValueFault as fault:
        raise ValueFault(f"does not exist: {quoted(text)}", fault.help) from None


@lru_cache(maxsize=4096)
def parse_period(qualifier: str, text: str) -> tuple[date, date]:
    """Return the first and the last day of a D8 or RD8 date.

    Examples
    --------
    >>> parse_period("RD8", "20040201-20040207")[1]
    datetime.date(2004, 2, 7)
    """
    if qualifier == "D8":
        day = parse_day(text)
        return day, day
    if qualifier == "RD8":
        first, _, last = text.partition("-")
        period = parse_day(first), parse_day(last)
        if period[1] < period[0]:
            raise ValueFault(f"ends before it begins: {quoted(text)}")
        return period
    raise ValueFault(f"has an unknown date format {quoted(qualifier)}", "D8 or RD8")


@lru_cache(maxsize=8192)
def parse_procedure(composite: str, separator: str) -> tuple[str | None, tuple[str, ...], str]:
    """Return the procedure code, modifiers and description of SV101 or SV202.

    Qualifiers other than HC give no procedure code.
    """
    parts = composite.split(separator)
    modifiers = parse_modifiers(" ".join(parts[2:6])) if len(parts) > 2 else ()
    description = parts[6].strip() if len(parts) > 6 else ""
    code = parse_code(parts[1]) if parts[0] == "HC" and len(parts) > 1 and parts[1] else None
    return code, modifiers, description


class LineBuilder:
    """Makes the lines of one claim, and gathers all that is wrong with it.

    Parameters
    ----------
    claim : ClaimSegments
    source : str
    """

    def __init__(self, claim: ClaimSegments, source: str) -> None:
        self._claim = claim
        self._source = source
        self.found: list[Diagnostic] = []

    def lines(self) -> list[ClaimLine]:
        """Return every line that can be read."""
        claim = self._claim
        if not claim.claim_id:
            self._error("the claim has no id", claim.clm, "01")
        facility = self._facility()
        diagnoses = self._diagnoses()
        period = None
        if claim.dtp is not None and not claim.professional:
            period = self._period(claim.dtp)
        shared = (
            element(claim.nm1, 9) if claim.nm1 is not None else "",
            element(claim.ref, 2) if claim.ref is not None else "",
            (element(claim.sbr, 3).strip() if claim.sbr is not None else "") or None,
            (element(claim.cn1, 4).strip() if claim.cn1 is not None else "") or None,
        )
        built: dict[int, LineSegments] = {}
        lines = []
        for segments in claim.lines:
            line = self._line(segments, facility, diagnoses, period, shared)
            if line is None:
                continue
            other = built.setdefault(line.line_number, segments)
            if other is not segments:
                self._error(
                    f"line {line.line_number} stands twice in the claim",
                    segments.lx,
                    "01",
                    f"the other is segment {other.lx[0]}",
                )
            lines.append(line)
        if not claim.lines:
            self._error("the claim has no lines", claim.clm, "", "was the file cut?")
        return lines

    def _line(
        self,
        segments: LineSegments,
        facility: str | None,
        diagnoses: tuple[Diagnosis, ...],
        period: tuple[date, date] | None,
        shared: tuple[str, str, str | None, str | None],
    ) -> ClaimLine | None:
        claim, before = self._claim, len(self.found)
        professional = claim.professional
        number = self._read(parse_whole_number, segments.lx, 1, "01", 1)
        sv = segments.sv
        if sv is None:
            name = "SV1" if professional else "SV2"
            self._error(f"the line has no {name} segment", segments.lx, "")
            return None
        if segments.dtp is not None:
            period = self._period(segments.dtp)
        elif period is None:
            self._error(
                "the line has no service date",
                sv,
                "",
                "DTP with the qualifier 472"
                if professional
                else "DTP with 472, or 434 on the claim",
            )
        composite = element(sv, 1 if professional else 2)
        code: str | None = None
        modifiers: tuple[str, ...] = ()
        description = ""
        if composite:
            position = "01" if professional else "02"
            try:
                code, modifiers, description = parse_procedure(composite, claim.component)
            except ValueFault as fault:
                self._error(f"the procedure {fault.message}", sv, position, fault.help)
            self._procedure_notes(composite, code, sv, position)
        elif professional:
            self._error("the line has no procedure", sv, "01")
        if professional:
            revenue = None
            charge = self._amount(sv, 2, "02")
            units, unit = self._amount(sv, 4, "04"), element(sv, 3)
            place_of_service = facility
            if element(sv, 5):
                place_of_service = self._read(parse_place_of_service, sv, 5, "05")
        else:
            revenue = self._read(parse_revenue_code, sv, 1, "01") if element(sv, 1) else None
            charge = self._amount(sv, 3, "03")
            units, unit = self._amount(sv, 5, "05"), element(sv, 4)
            place_of_service = None
            if revenue is None and code is None and not composite and not element(sv, 1):
                self._error("the line has neither a revenue code nor a procedure", sv, "01")
        if unit == "MJ":
            self.found.append(
                Diagnostic(
                    "note",
                    "the units of the line are minutes",
                    place(self._source, sv, "03"),
                )
            )
        ndc = quantity = ndc_unit = None
        if segments.lin is not None and element(segments.lin, 2) == "N4":
            ndc = element(segments.lin, 3).strip() or None
        if segments.ctp is not None:
            quantity = self._amount(segments.ctp, 4, "04")
            ndc_unit = element(segments.ctp, 5).partition(claim.component)[0].strip() or None
        if segments.nte:
            notes = (element(note, 2).strip() for note in segments.nte)
            description = " ".join(filter(None, (description, *notes)))
        provider = element(segments.nm1, 9) if segments.nm1 is not None else shared[0]
        authorization = element(segments.ref, 2) if segments.ref is not None else shared[1]
        if len(self.found) > before and any(
            each.severity == "error" for each in self.found[before:]
        ):
            return None
        assert period is not None
        return ClaimLine(
            claim.claim_id,
            number,
            "cms1500" if professional else "ub04",
            period[0],
            period[1],
            None,
            None if professional else facility,
            revenue,
            place_of_service,
            code,
            modifiers,
            units,
            charge,
            ndc,
            quantity,
            ndc_unit,
            description or None,
            provider.strip() or None,
            authorization.strip() or None,
            diagnoses,
            shared[2],
            shared[3],
            SegmentTrace(self._source, claim, segments),
        )

    def _procedure_notes(
        self, composite: str, code: str | None, sv: Segment, position: str
    ) -> None:
        parts = composite.split(self._claim.component)
        if parts[0] != "HC":
            self.found.append(
                Diagnostic(
                    "note",
                    f"the product qualifier {quoted(parts[0])} gives no procedure code",
                    place(self._source, sv, f"{position}-1"),
                    "only HC names CPT and HCPCS codes",
                )
            )
        elif code is not None and code != parts[1]:
            self.found.append(
                Diagnostic(
                    "note",
                    f"the procedure code was read as {quoted(code)} instead of {quoted(parts[1])}",
                    place(self._source, sv, f"{position}-2"),
                    "codes are upper case without blanks",
                )
            )

    def _facility(self) -> str | None:
        """The place of service, or the type of bill, of CLM05."""
        clm = self._claim.clm
        parts = element(clm, 5).split(self._claim.component)
        if not parts[0]:
            if not self._claim.professional:
                self._error("the claim has no type of bill", clm, "05")
            return None
        try:
            if self._claim.professional:
                return parse_place_of_service(parts[0])
            return parse_type_of_bill(parts[0] + (parts[2] if len(parts) > 2 else ""))
        except ValueFault as fault:
            self._error(f"the element {fault.message}", clm, "05", fault.help)
            return None

    def _diagnoses(self) -> tuple[Diagnosis, ...]:
        found: dict[Diagnosis, None] = {}
        for segment in self._claim.hi:
            for position, composite in enumerate(segment[1][1:], 1):
                parts = composite.split(self._claim.component)
                if parts[0] not in DIAGNOSIS_QUALIFIERS or len(parts) < 2:
                    continue
                indicator = parts[_POA_COMPONENT] if len(parts) > _POA_COMPONENT else ""
                if indicator and indicator not in PRESENT_ON_ADMISSION:
                    self._error(
                        f"the present-on-admission indicator {quoted(indicator)} is unknown",
                        segment,
                        f"{position:02}-9",
                        f"one of {', '.join(PRESENT_ON_ADMISSION)}",
                    )
                try:
                    code = parse_code(parts[1].replace(".", ""))
                except ValueFault as fault:
                    self._error(f"the diagnosis {fault.message}", segment, f"{position:02}-2")
                else:
                    found[Diagnosis(code, indicator or None)] = None
        return tuple(found)

    def _period(self, dtp: Segment) -> tuple[date, date] | None:
        try:
            return parse_period(element(dtp, 2), element(dtp, 3))
        except ValueFault as fault:
            self._error(f"the date {fault.message}", dtp, "03", fault.help)
            return None

    def _amount(self, segment: Segment, position: int, name: str) -> Decimal | None:
        return (
            self._read(parse_amount, segment, position, name)
            if element(segment, position)
            else None
        )

    def _read(self, parser: Any, segment: Segment, position: int, name: str, *more: int) -> Any:
        try:
            return parser(element(segment, position), *more)
        except ValueFault as fault:
            self._error(f"the element {fault.message}", segment, name, fault.help)
            return None

    def _error(self, message: str, segment: Segment, position: str, help: str = "") -> None:
        self.found.append(
            Diagnostic("error", message, place(self._source, segment, position), help)
        )
