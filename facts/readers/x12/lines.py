"""How the segments of one claim of an 837 become claim lines.

Source: ASC X12 005010X222 (837P) and 005010X223 (837I), loops 2300, 2400, 2410, 2420.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple, TypeVar

from facts.claim import ClaimLine, Diagnosis
from facts.diagnostic import Diagnostic
from facts.readers.identity import REPLACES, note_on_replacement
from facts.readers.x12.column_elements import check_id, column_value, note_on_amount, text_value
from facts.readers.x12.elements import (
    ClaimSegments,
    LineSegments,
    SegmentTrace,
    component,
    element,
    period_of,
    place,
    unreadable_elements,
    wrong_separator,
)
from facts.readers.x12.segments import Segment
from facts.readers.x12.values import (
    COUNTED_UNITS,
    DIAGNOSIS_QUALIFIERS,
    DRUG_UNITS,
    HCPCS_QUALIFIER,
    ComponentFault,
    Procedure,
    amount_of,
    line_number_of,
    parse_ndc,
    parse_procedure,
    parse_unit,
    plain_diagnosis,
)
from facts.values import (
    PRESENT_ON_ADMISSION,
    PROCEDURE_LENGTH,
    ValueFault,
    odd_procedure,
    parse_code,
    parse_diagnoses,
    parse_type_of_bill,
    quoted,
)

NDC_QUALIFIER = "N4"
_POA_COMPONENT = 8
_LONGEST_DESCRIPTION = 10_000
_NO_PROCEDURE = Procedure(None, (), "", "")

Value = TypeVar("Value")


class _Shared(NamedTuple):
    """What the lines of a claim have in common."""

    facility: str | None
    diagnoses: tuple[Diagnosis, ...]
    period: tuple[date, date] | None
    provider: str | None
    authorization: str | None
    plan_id: str | None
    contract_id: str | None
    payer_control: str | None


class LineBuilder:
    """Makes the lines of one claim, and gathers all that is wrong with it.

    Parameters
    ----------
    claim : ClaimSegments
        The segments of the claim.
    source : str
        The file, as places name it.
    damaged : bool, optional
        Whether the file has characters that cannot be read, so that they have to be looked for.

    Attributes
    ----------
    found : list of Diagnostic
        Errors keep the claim from being used, notes do not.
    """

    def __init__(self, claim: ClaimSegments, source: str, damaged: bool = False) -> None:
        self._claim = claim
        self.claim_id = claim.claim_id
        self._source = source
        self._damaged = damaged
        self.found: list[Diagnostic] = list(claim.faults)

    def lines(self) -> list[ClaimLine]:
        """Return every line that can be read, in the order of the file."""
        claim = self._claim
        if not self.claim_id:
            self._error("the claim has no id", claim.clm, "01")
        check_id(self.claim_id, claim.clm, self._source, self.found)
        wrong = wrong_separator(element(claim.clm, 5), claim.component)
        if wrong:
            self._error(wrong, claim.clm, "05", "the whole file needs the sign of ISA16")
            return []
        self._look_for_damage(claim.segments())
        if component(claim.clm, 5, 2, claim.component) == REPLACES:
            where = place(self._source, claim.clm, "05-3")
            self.found.append(note_on_replacement(claim.claim_id, claim.identity, where))
        shared = _Shared(
            self._facility(),
            self._diagnoses(),
            None if claim.professional else period_of(claim.dtp, self._source, self.found, True),
            self._value("rendering_provider", claim.provider, 9),
            self._value("prior_authorization", claim.ref, 2),
            self._value("plan_id", claim.sbr, 3),
            self._value("contract_id", claim.cn1, 4),
            self._value("payer_control", claim.control, 2),
        )
        by_number: dict[int, LineSegments] = {}
        lines = []
        for segments in claim.lines:
            number = self._read(line_number_of, segments.lx, 1, "01")
            if number is not None:
                other = by_number.setdefault(number, segments)
                if other is not segments:
                    self._error(
                        f"line {number} occurs twice in the claim",
                        segments.lx,
                        "01",
                        f"the other is segment {other.lx[0]}",
                    )
            line = self._line(number or 0, segments, shared)
            if line is not None:
                lines.append(line)
        if not claim.lines_read:
            self._error("the claim has no lines", claim.clm, "", "was the file cut?")
        return lines

    def _line(self, number: int, segments: LineSegments, shared: _Shared) -> ClaimLine | None:
        claim = self._claim
        professional = claim.professional
        self._look_for_damage(segments.segments())
        sv = segments.sv
        service = "SV1" if professional else "SV2"
        if sv is None:
            self._error(f"the line has no {service} segment", segments.lx, "")
            return None
        if sv[1][0] != service:
            form = "837P" if professional else "837I"
            self._error(f"an {form} has no {sv[1][0]} segments", sv, "", f"it has {service}")
            return None
        period = self._service_period(segments, sv, shared)
        procedure = self._procedure(sv, 1 if professional else 2)
        revenue = place_of_service = None
        if professional:
            charge = self._amount(sv, 2, "02")
            self._unit(sv, 3, "03")
            units = self._amount(sv, 4, "04")
            place_of_service = shared.facility
            if element(sv, 5).strip():
                place_of_service = self._value("place_of_service", sv, 5)
        else:
            if element(sv, 1).strip():
                revenue = self._value("revenue_code", sv, 1)
            elif procedure is _NO_PROCEDURE:
                self._error("the line has neither a revenue code nor a procedure", sv, "01")
            charge = self._amount(sv, 3, "03")
            self._unit(sv, 4, "04")
            units = self._amount(sv, 5, "05")
        ndc = self._ndc(segments.lin) if segments.lin is not None else None
        quantity = unit = None
        if segments.ctp is not None:
            quantity = self._amount(segments.ctp, 4, "04")
            unit = self._drug_unit(segments.ctp)
        if period is None:
            return None
        return ClaimLine(
            self.claim_id,
            number,
            "cms1500" if professional else "ub04",
            period[0],
            period[1],
            None,
            None if professional else shared.facility,
            revenue,
            place_of_service,
            procedure.code,
            procedure.modifiers,
            units,
            charge,
            ndc,
            quantity,
            unit,
            self._description(procedure, segments),
            self._value("rendering_provider", segments.nm1, 9)
            if segments.nm1 is not None
            else shared.provider,
            self._value("prior_authorization", segments.ref, 2) or shared.authorization,
            shared.diagnoses,
            shared.plan_id,
            shared.contract_id,
            claim.identity.part or None,
            claim.identity.superseded_by or None,
            SegmentTrace(self._source, claim, segments),
            self._value("line_control", segments.control, 2),
            shared.payer_control,
        )

    def _service_period(
        self, segments: LineSegments, sv: Segment, shared: _Shared
    ) -> tuple[date, date] | None:
        if segments.dtp is not None:
            return period_of(segments.dtp, self._source, self.found)
        if self._claim.professional:
            self._error("the line has no service date", sv, "", "DTP with the qualifier 472")
        elif self._claim.dtp is None:
            self._error(
                "the line has no service date",
                sv,
                "",
                "DTP with the qualifier 472 on the line, or 434 on the claim",
            )
        return shared.period

    def _procedure(self, sv: Segment, position: int) -> Procedure:
        composite, name = element(sv, position), f"{position:02}"
        if not composite.strip():
            if self._claim.professional:
                self._error("the line has no procedure", sv, name)
            return _NO_PROCEDURE
        try:
            procedure = parse_procedure(composite, self._claim.component)
        except ComponentFault as fault:
            self._error(
                f"the procedure {fault.message}", sv, f"{name}-{fault.component}", fault.help
            )
            return Procedure(None, (), "", "")
        if procedure.qualifier != HCPCS_QUALIFIER:
            self._note(
                f"the product qualifier {quoted(procedure.qualifier)} gives no procedure code",
                sv,
                f"{name}-1",
                f"only {HCPCS_QUALIFIER} names CPT and HCPCS codes",
            )
        if procedure.code is not None and len(procedure.code) != PROCEDURE_LENGTH:
            message, help = odd_procedure(procedure.code)
            self._note(message, sv, f"{name}-2", help)
        for number, text, value in procedure.changed:
            what = "procedure code" if number == 2 else "modifier"
            self._changed(what, text, value, sv, f"{name}-{number}")
        return procedure

    def _unit(self, sv: Segment, position: int, name: str) -> None:
        if len(sv[1]) > position and sv[1][position] == COUNTED_UNITS[0]:
            return
        meaning = self._read(parse_unit, sv, position, name)
        if meaning:
            self._note(f"the units of the line are {meaning}", sv, name, "the number is kept")

    def _ndc(self, lin: Segment) -> str | None:
        text = self._value("ndc", lin, 3) or ""
        code = parse_ndc(text)
        if code is None:
            if text:
                message = f"the national drug code {quoted(text)} has not 11 digits"
                self._note(message, lin, "03", "it is kept as it is")
            return text or None
        if code != text:
            message = f"the national drug code was read as {quoted(code)} instead of {quoted(text)}"
            self._note(message, lin, "03", "it has 11 digits, without a mark before or between")
        return code

    def _drug_unit(self, ctp: Segment) -> str | None:
        text = component(ctp, 5, 0, self._claim.component)
        unit = text.upper() if text.isascii() else text
        if unit and unit not in DRUG_UNITS:
            message = f"the drug unit {quoted(text)} is unknown"
            self._note(message, ctp, "05-1", f"one of {', '.join(DRUG_UNITS)}")
        return unit or None

    def _description(self, procedure: Procedure, segments: LineSegments) -> str | None:
        if not segments.nte:
            return procedure.description or None
        notes = (element(note, 2).strip() for note in segments.nte)
        text = " ".join(filter(None, (procedure.description, *notes)))
        if len(text) > _LONGEST_DESCRIPTION:
            self._error(
                f"the description is longer than {_LONGEST_DESCRIPTION} characters",
                segments.nte[0],
                "02",
            )
        return text or None

    def _facility(self) -> str | None:
        """Return the place of service, or the type of bill, of CLM05."""
        claim = self._claim
        first = component(claim.clm, 5, 0, claim.component)
        if not first:
            if not claim.professional:
                self._error("the claim has no type of bill", claim.clm, "05")
            return None
        try:
            if claim.professional:
                args = ("place_of_service", first, claim.clm, "05-1", self._source)
                read: str | None = text_value(*args, self.found)
                return read
            text = first + component(claim.clm, 5, 2, claim.component)
            value = parse_type_of_bill(text)
        except ValueFault as fault:
            self._error(f"the element {fault.message}", claim.clm, "05", fault.help)
            return None
        if text != text.upper():
            self._changed("type of bill", text, value, claim.clm, "05")
        return value

    def _diagnoses(self) -> tuple[Diagnosis, ...]:
        found: dict[Diagnosis, None] = {}
        component = self._claim.component
        for segment in self._claim.hi:
            for position, composite in enumerate(segment[1][1:], 1):
                plain = plain_diagnosis(composite, component)
                if plain is not None:
                    found[plain] = None
                    continue
                parts = composite.split(self._claim.component)
                if parts[0].strip().upper() in DIAGNOSIS_QUALIFIERS:
                    diagnosis = self._diagnosis(parts, segment, f"{position:02}")
                    if diagnosis is not None:
                        found[diagnosis] = None
        return tuple(found)

    def _diagnosis(self, parts: list[str], segment: Segment, name: str) -> Diagnosis | None:
        text = parts[1] if len(parts) > 1 else ""
        try:
            (diagnosis,) = parse_diagnoses(parse_code(text.replace(".", "")))
        except ValueFault as fault:
            self._error(f"the diagnosis {fault.message}", segment, f"{name}-2", fault.help)
            return None
        if text != text.upper():
            self._changed("diagnosis", text, diagnosis.code, segment, f"{name}-2")
        if self._claim.professional or len(parts) <= _POA_COMPONENT:
            return diagnosis
        indicator = parts[_POA_COMPONENT].strip().upper()
        if not indicator:
            return diagnosis
        if indicator not in PRESENT_ON_ADMISSION:
            self._error(
                f"the present-on-admission indicator {quoted(indicator)} is unknown",
                segment,
                f"{name}-{_POA_COMPONENT + 1}",
                f"one of {', '.join(PRESENT_ON_ADMISSION)}",
            )
        return Diagnosis(diagnosis.code, indicator)

    def _amount(self, segment: Segment, position: int, name: str) -> Decimal | None:
        value = self._read(amount_of, segment, position, name)
        if value is not None:
            note_on_amount(value, segment, position, self._source, self.found)
        return value

    def _value(self, column: str, segment: Segment | None, position: int) -> Any:
        return column_value(column, segment, position, self._source, self.found)

    def _read(
        self, parser: Callable[[str], Value], segment: Segment, position: int, name: str
    ) -> Value | None:
        elements = segment[1]
        try:
            return parser(elements[position] if position < len(elements) else "")
        except ValueFault as fault:
            self._error(f"the element {fault.message}", segment, name, fault.help)
            return None

    def _look_for_damage(self, segments: list[Segment]) -> None:
        for segment, position, text in unreadable_elements(segments) if self._damaged else ():
            message = f"the element has characters that cannot be read: {quoted(text)}"
            self._error(message, segment, f"{position:02}", "save the file as UTF-8")

    def _changed(self, what: str, text: str, value: str, segment: Segment, position: str) -> None:
        self._note(
            f"the {what} was read as {quoted(value)} instead of {quoted(text)}",
            segment,
            position,
            "codes are upper case without blanks",
        )

    def _note(self, message: str, segment: Segment, position: str, help: str = "") -> None:
        self.found.append(Diagnostic("note", message, place(self._source, segment, position), help))

    def _error(self, message: str, segment: Segment, position: str, help: str = "") -> None:
        self.found.append(
            Diagnostic("error", message, place(self._source, segment, position), help)
        )
