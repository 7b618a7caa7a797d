"""How the segments of one claim of an 835 become a remitted claim, and whether it balances.

Source: ASC X12 005010X221A1, loops 2100 and 2110; section 1.10.2, balancing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from decimal import Decimal
from typing import TypeVar

from facts.diagnostic import Diagnostic
from facts.readers.x12.elements import element, place
from facts.readers.x12.remittance_segments import (
    AdjustmentTrace,
    ClaimTrace,
    LineTrace,
    RemittedSegments,
    ServiceSegments,
)
from facts.readers.x12.segments import UNREADABLE, Segment
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

_TRIPLETS = range(2, 20, 3)
_LAST_OF_CAS = 19
_INPATIENT_REMARKS = (5, 20, 21, 22, 23)
_OUTPATIENT_REMARKS = (3, 4, 5, 6, 7)

Value = TypeVar("Value")


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

    Attributes
    ----------
    found : list of Diagnostic
        Errors keep the claim from being used; warnings, as of sums that differ, do not.
    """

    def __init__(self, claim: RemittedSegments, source: str, damaged: bool = False) -> None:
        self._claim = claim
        self._source = source
        self._damaged = damaged
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
        owed = self._amount(clp, 5) if element(clp, 5).strip() else ZERO
        if not element(clp, 1).strip():
            self._error("the claim has no id", clp, "01")
        if not element(clp, 2).strip():
            self._error("the claim has no status", clp, "02", "1 is paid, 4 denied, 22 reversed")
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
            self._day(claim.dates, "232"),
            self._day(claim.dates, "233", "232"),
            self._adjustments(claim.cas),
            self._remarks(),
            tuple(self._line(number, line) for number, line in enumerate(claim.lines, 1)),
            payment,
            ClaimTrace(self._source, claim),
        )
        if not any(each.severity == "error" for each in self.found):
            self._balance(made)
        return made

    def _line(self, position: int, segments: ServiceSegments) -> RemittedLine:
        svc = segments.svc
        paid_by = self._procedure(svc, 1)
        submitted = self._procedure(svc, 6) if element(svc, 6).strip() else None
        revenue, ndc = element(svc, 4).strip(), None
        if paid_by.qualifier == REVENUE_QUALIFIER:
            revenue = self._second_component(svc) or revenue
        elif paid_by.qualifier == NDC_QUALIFIER:
            ndc = parse_ndc(self._second_component(svc))
        units = self._amount(svc, 5) if element(svc, 5).strip() else Decimal(1)
        references = segments.references
        return RemittedLine(
            position,
            self._amount(svc, 2),
            self._amount(svc, 3),
            paid_by.code,
            paid_by.modifiers,
            submitted.code if submitted is not None else None,
            submitted.modifiers if submitted is not None else (),
            self._read(parse_revenue_code, revenue, svc, "04", "") or None if revenue else None,
            ndc,
            units,
            self._amount(svc, 7) if element(svc, 7).strip() else units,
            self._day(segments.dates, "472", "150") or self._day(self._claim.dates, "232"),
            self._day(segments.dates, "472", "151", "150")
            or self._day(self._claim.dates, "233", "232"),
            self._amount(segments.allowed, 2) if segments.allowed is not None else None,
            element(references["6R"][0], 2).strip() if "6R" in references else None,
            tuple(element(each, 2).strip() for each in references.get("0K", ())),
            self._adjustments(segments.cas),
            tuple(element(each, 2).strip() for each in segments.remarks),
            LineTrace(self._source, self._claim, segments),
        )

    def _procedure(self, svc: Segment, position: int) -> Procedure:
        """Return what SVC01 or SVC06 says of the service."""
        try:
            return parse_procedure(element(svc, position), self._claim.component)
        except ComponentFault as fault:
            name = f"{position:02}-{fault.component}"
            self._error(f"the component {fault.message}", svc, name, fault.help)
            return Procedure(None, (), "", HCPCS_QUALIFIER)

    def _second_component(self, svc: Segment) -> str:
        parts = element(svc, 1).split(self._claim.component)
        return parts[1].strip() if len(parts) > 1 else ""

    def _adjustments(self, segments: Iterable[Segment]) -> tuple[Adjustment, ...]:
        """Return every reason of every CAS segment with its amount."""
        found: list[Adjustment] = []
        for cas in segments:
            elements = cas[1]
            group = element(cas, 1).strip().upper()
            if group not in GROUP_CODES:
                help = f"one of {', '.join(GROUP_CODES)}"
                self._error(f"the group code {quoted(group)} is unknown", cas, "01", help)
            if any(each.strip() for each in elements[_LAST_OF_CAS + 1 :]):
                self._error(
                    "the segment has more than six adjustments",
                    cas,
                    f"{_LAST_OF_CAS + 1:02}",
                    "a further CAS segment holds the others",
                )
            before = len(found)
            for first in _TRIPLETS:
                if first >= len(elements):
                    break
                if not any(each.strip() for each in elements[first : first + 3]):
                    continue
                reason = self._read(
                    parse_adjustment_reason, elements[first], cas, f"{first:02}", ""
                )
                amount = self._amount(cas, first + 1)
                quantity = element(cas, first + 2).strip()
                found.append(
                    Adjustment(
                        group,
                        reason,
                        amount,
                        self._amount(cas, first + 2) if quantity else None,
                        AdjustmentTrace(self._source, cas, first),
                    )
                )
            if len(found) == before:
                self._error("the segment adjusts nothing", cas, "", "a reason, then its amount")
        return tuple(found)

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

    def _day(self, dates: dict[str, Segment], *kinds: str) -> date | None:
        """Return the day of the first date segment of some kinds."""
        for kind in kinds:
            if kind in dates:
                segment = dates[kind]
                try:
                    return parse_day(element(segment, 2).strip())
                except ValueFault as fault:
                    self._error(f"the date {fault.message}", segment, "02", fault.help)
                    return None
        return None

    def _balance(self, claim: RemittedClaim) -> None:
        """Compare what is charged, adjusted and paid, of each line and of the claim."""
        for line, segments in zip(claim.lines, self._claim.lines, strict=True):
            self._compare("line", line.charge, line.adjusted, line.paid, segments.svc)
        self._compare("claim", claim.charge, claim.adjusted, claim.paid, self._claim.clp)

    def _compare(
        self, what: str, charge: Decimal, adjusted: Decimal, paid: Decimal, segment: Segment
    ) -> None:
        if charge - adjusted == paid:
            return
        where = place(self._source, segment)
        message = (
            f"the {what} does not balance: charge {charge:f} less adjustments {adjusted:f}"
            f" is {charge - adjusted:f}, paid is {paid:f}"
        )
        self.found.append(Diagnostic("warning", message, where))

    def _amount(self, segment: Segment, position: int) -> Decimal:
        """Return an exact amount of either sign; 0 where it is none, with an error."""
        text = element(segment, position)
        if not text.strip():
            self._error("the element has no amount", segment, f"{position:02}")
            return ZERO
        return self._read(parse_decimal, text, segment, f"{position:02}", ZERO)

    def _read(
        self,
        parser: Callable[[str], Value],
        text: str,
        segment: Segment,
        position: str,
        instead: Value,
    ) -> Value:
        try:
            return parser(text)
        except ValueFault as fault:
            self._error(f"the element {fault.message}", segment, position, fault.help)
            return instead

    def _look_for_damage(self) -> None:
        claim = self._claim
        segments = [claim.clp, *claim.cas]
        for line in claim.lines:
            segments += [line.svc, *line.cas]
        for segment in segments:
            for position, text in enumerate(segment[1]):
                if any(sign in text for sign in UNREADABLE):
                    message = f"the element has characters that cannot be read: {quoted(text)}"
                    self._error(message, segment, f"{position:02}", "save the file as UTF-8")

    def _error(self, message: str, segment: Segment, position: str, help: str = "") -> None:
        fault = Diagnostic("error", message, place(self._source, segment, position), help)
        if fault not in self.found:
            self.found.append(fault)
