"""How the segments of one claim of an 835 become a remitted claim, and whether it balances.

Source: ASC X12 005010X221A1, loops 2100 and 2110; section 1.10.2, balancing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import TypeVar

from facts.diagnostic import Diagnostic
from facts.readers.x12.elements import element, place, unreadable_elements
from facts.readers.x12.remittance_segments import (
    AdjustmentTrace,
    ClaimTrace,
    LineTrace,
    RemittedSegments,
    ServiceSegments,
)
from facts.readers.x12.segments import Segment
from facts.readers.x12.values import (
    HCPCS_QUALIFIER,
    ComponentFault,
    Procedure,
    parse_day,
    parse_ndc,
    parse_procedure,
)
from facts.remittance import ZERO, Adjustment, Payment, RemittedClaim, RemittedLine
from facts.values import ValueFault, parse_code, parse_decimal, parse_revenue_code, quoted

REVENUE_QUALIFIER, NDC_QUALIFIER = "NU", "N4"
"""Product qualifiers of revenue codes and drug codes. Source: X12 code list 235."""

GROUP_CODES = ("CO", "CR", "OA", "PI", "PR")
"""Who is liable for an adjustment. Source: X12 code list 1033."""

REMARK_CODES = "HE"
"""Qualifier of a remittance advice remark code. Source: X12 code list 1270."""

_PAST_CAS = 20
"""Number of the first element that a CAS segment cannot have."""

_INPATIENT_REMARKS = (5, 20, 21, 22, 23)
_OUTPATIENT_REMARKS = (3, 4, 5, 6, 7)

Value = TypeVar("Value")
_NO_PROCEDURE = Procedure(None, (), "", HCPCS_QUALIFIER)


@lru_cache(maxsize=1024)
def parse_adjustment_reason(text: str) -> str:
    """Return a claim adjustment reason code of up to five letters and digits.

    Parameters
    ----------
    text : str
        What the element holds.

    Raises
    ------
    ValueFault

    Examples
    --------
    >>> parse_adjustment_reason(" 97")
    '97'
    """
    code = parse_code(text)
    if len(code) > 5:
        raise ValueFault(f"is not a reason code: {quoted(text)}", "up to five letters and digits")
    return code


class RemittanceBuilder:
    """Makes one claim of a remittance, and gathers all that is wrong with it.

    Parameters
    ----------
    claim : RemittedSegments
        What stands in the file.
    source : str
        The file as the person gave it.
    damaged : bool, optional
        Whether the file has characters that cannot be read, so that they have to be looked for.
    traced : bool, optional
        Whether the claim keeps the places of its fields.

    Attributes
    ----------
    found : list of Diagnostic
        Errors keep the claim from being used; warnings, as of sums that differ, do not.
    """

    def __init__(
        self, claim: RemittedSegments, source: str, damaged: bool = False, traced: bool = True
    ) -> None:
        self._traced = traced
        self._claim = claim
        self._source = source
        self._damaged = damaged
        self._claim_days: tuple[date | None, date | None] = (None, None)
        self.found: list[Diagnostic] = list(claim.faults)

    def remitted(self, payment: Payment) -> RemittedClaim:
        """Return the claim; it can be used where ``found`` has no error.

        Parameters
        ----------
        payment : Payment
            The check that pays it.
        """
        claim, clp = self._claim, self._claim.clp
        if self._damaged:
            self._look_for_damage()
        charge, paid = self._amount(clp, 3), self._amount(clp, 4)
        owed = self._optional(clp, 5) or ZERO
        if not element(clp, 1).strip():
            self._error("the claim has no id", clp, "01")
        if not element(clp, 2).strip():
            self._error("the claim has no status", clp, "02", "1 is paid, 4 denied, 22 reversed")
        self._claim_days = self._days(claim.dates, "", "232", "233")
        made = RemittedClaim(
            element(clp, 1).strip(),
            element(clp, 2).strip(),
            charge,
            paid,
            owed,
            element(clp, 7).strip() or None,
            element(clp, 9).strip() or None,
            self._reference("F8"),
            self._reference("1L"),
            self._id("QC"),
            self._id("74"),
            self._id("82"),
            *self._claim_days,
            self._adjustments(claim.cas),
            self._remarks(),
            tuple(self._line(number, line) for number, line in enumerate(claim.lines, 1)),
            payment,
            ClaimTrace(self._source, claim) if self._traced else None,
        )
        if not any(each.severity == "error" for each in self.found):
            self._balance(made)
        return made

    def _line(self, position: int, segments: ServiceSegments) -> RemittedLine:
        svc, references = segments.svc, segments.references
        paid_by = self._procedure(svc, 1)
        submitted = self._procedure(svc, 6) if element(svc, 6).strip() else _NO_PROCEDURE
        units = self._optional(svc, 5)
        units = Decimal(1) if units is None else units
        billed = self._optional(svc, 7)
        first, last = self._days(segments.dates, "472", "150", "151")
        if first is None:
            first, last = self._claim_days
        return RemittedLine(
            position,
            self._amount(svc, 2),
            self._amount(svc, 3),
            paid_by.code,
            paid_by.modifiers,
            submitted.code,
            submitted.modifiers,
            self._revenue_code(svc, paid_by),
            parse_ndc(self._code(svc)) if paid_by.qualifier == NDC_QUALIFIER else None,
            units,
            units if billed is None else billed,
            first,
            last,
            self._amount(segments.allowed, 2) if segments.allowed is not None else None,
            element(references["6R"][0], 2).strip() if "6R" in references else None,
            tuple(element(each, 2).strip() for each in references.get("0K", ())),
            self._adjustments(segments.cas),
            tuple(element(each, 2).strip() for each in segments.remarks),
            LineTrace(self._source, self._claim, segments) if self._traced else None,
        )

    def _revenue_code(self, svc: Segment, paid_by: Procedure) -> str | None:
        """Return the code of SVC01 where it is a revenue code, else SVC04."""
        text, position = element(svc, 4), "04"
        if paid_by.qualifier == REVENUE_QUALIFIER:
            text, position = self._code(svc), "01-2"
        if not text.strip():
            return None
        try:
            return parse_revenue_code(text)
        except ValueFault as fault:
            self._error(f"the element {fault.message}", svc, position, fault.help)
            return None

    def _procedure(self, svc: Segment, position: int) -> Procedure:
        """Return what SVC01 or SVC06 says of the service."""
        try:
            return parse_procedure(element(svc, position), self._claim.component)
        except ComponentFault as fault:
            name = f"{position:02}-{fault.component}"
            self._error(f"the component {fault.message}", svc, name, fault.help)
            return _NO_PROCEDURE

    def _code(self, svc: Segment) -> str:
        """Return the second component of SVC01."""
        parts = element(svc, 1).split(self._claim.component)
        return parts[1].strip() if len(parts) > 1 else ""

    def _adjustments(self, segments: Iterable[Segment]) -> tuple[Adjustment, ...]:
        """Return every reason of every CAS segment with its amount."""
        found: list[Adjustment] = []
        source, traced = self._source, self._traced
        for cas in segments:
            elements = cas[1]
            group, before = element(cas, 1), len(found)
            if group not in GROUP_CODES:
                group = self._group(cas)
            for first in range(2, min(len(elements), _PAST_CAS), 3):
                if not (elements[first] or any(map(str.strip, elements[first : first + 3]))):
                    continue
                reason = self._read(parse_adjustment_reason, cas, first, "")
                amount = self._amount(cas, first + 1)
                quantity = self._optional(cas, first + 2)
                trace = AdjustmentTrace(source, cas, first) if traced else None
                found.append(Adjustment(group, reason, amount, quantity, trace))
            if any(map(str.strip, elements[_PAST_CAS:])):
                message = "the segment has more than six adjustments"
                help = "a further CAS segment holds the others"
                self._error(message, cas, f"{_PAST_CAS:02}", help)
            if len(found) == before:
                self._error("the segment adjusts nothing", cas, "", "a reason, then its amount")
        return tuple(found)

    def _group(self, cas: Segment) -> str:
        """Return a group code that has other letters or blanks, with an error where it is none."""
        text = element(cas, 1)
        group = text.strip().upper()
        if group not in GROUP_CODES:
            help = f"one of {', '.join(GROUP_CODES)}"
            self._error(f"the group code {quoted(text)} is unknown", cas, "01", help)
        return group

    def _remarks(self) -> tuple[str, ...]:
        """Return the remark codes of MIA and MOA."""
        claim = self._claim
        found: list[str] = []
        for segment, positions in (
            (claim.inpatient, _INPATIENT_REMARKS),
            (claim.outpatient, _OUTPATIENT_REMARKS),
        ):
            if segment is not None:
                found += [element(segment, each).strip() for each in positions]
        return tuple(dict.fromkeys(filter(None, found)))

    def _reference(self, kind: str) -> str | None:
        found = self._claim.references.get(kind)
        return element(found[0], 2).strip() or None if found else None

    def _id(self, kind: str) -> str | None:
        segment = self._claim.names.get(kind)
        return element(segment, 9).strip() or None if segment is not None else None

    def _days(
        self, dates: dict[str, Segment], single: str, start: str, end: str
    ) -> tuple[date | None, date | None]:
        """Return the first and the last day, by the kinds of a single date, a start and an end."""
        if not dates:
            return None, None
        if single in dates:
            day = self._day(dates[single])
            return day, day
        first = self._day(dates[start]) if start in dates else None
        return first, self._day(dates[end]) if end in dates else first

    def _day(self, segment: Segment) -> date | None:
        try:
            return parse_day(element(segment, 2).strip())
        except ValueFault as fault:
            self._error(f"the date {fault.message}", segment, "02", fault.help)
            return None

    def _balance(self, claim: RemittedClaim) -> None:
        """Compare what is charged, adjusted and paid, of each line and of the claim."""
        total = sum((each.amount for each in claim.adjustments), ZERO)
        for line, segments in zip(claim.lines, self._claim.lines, strict=True):
            adjusted = line.adjusted
            total += adjusted
            if line.charge - adjusted != line.paid:
                self._unbalanced("line", line.charge, adjusted, line.paid, segments.svc)
        if claim.charge - total != claim.paid:
            self._unbalanced("claim", claim.charge, total, claim.paid, self._claim.clp)

    def _unbalanced(
        self, what: str, charge: Decimal, adjusted: Decimal, paid: Decimal, segment: Segment
    ) -> None:
        message = (
            f"the {what} does not balance: charge {charge:f} less adjustments {adjusted:f}"
            f" is {charge - adjusted:f}, paid is {paid:f}"
        )
        self.found.append(Diagnostic("warning", message, place(self._source, segment)))

    def _amount(self, segment: Segment, position: int) -> Decimal:
        """Return an exact amount of either sign; 0 where it is none, with an error."""
        return self._read(parse_decimal, segment, position, ZERO)

    def _optional(self, segment: Segment, position: int) -> Decimal | None:
        """Return an exact amount, or None where the element is empty."""
        return self._amount(segment, position) if element(segment, position).strip() else None

    def _read(
        self, parser: Callable[[str], Value], segment: Segment, position: int, instead: Value
    ) -> Value:
        """Return the value of an element, or another one with an error where it cannot be read."""
        text = element(segment, position)
        try:
            return parser(text)
        except ValueFault as fault:
            message, help = f"the element {fault.message}", fault.help
        if not text.strip():
            message, help = "the element is empty", "the segment needs it"
        self._error(message, segment, f"{position:02}", help)
        return instead

    def _look_for_damage(self) -> None:
        claim = self._claim
        segments = [claim.clp, *claim.cas]
        for line in claim.lines:
            segments += [line.svc, *line.cas]
        for segment, position, text in unreadable_elements(segments):
            message = f"the element has characters that cannot be read: {quoted(text)}"
            self._error(message, segment, f"{position:02}", "save the file as UTF-8")

    def _error(self, message: str, segment: Segment, position: str, help: str = "") -> None:
        fault = Diagnostic("error", message, place(self._source, segment, position), help)
        if fault not in self.found:
            self.found.append(fault)
