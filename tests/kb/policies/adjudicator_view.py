"""What is on file for the lines of one claim, and where they were served."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from copy import copy
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Self

from facts.claim import ClaimLine, Evidence, Override
from tests.kb.policies.adjudicator_sets import (
    FLUSH_CODE,
    OFFICE_AND_HOME,
    PUBLISHED,
    kinds_in_words,
    within,
)

Release = Mapping[str, Sequence[tuple[date | None, date | None]]]
"""A HCPCS release: of each code the spans in which it was valid, open ends None."""


class ClaimView:
    """The lines of one claim and whatever is known beside them."""

    def __init__(
        self,
        lines: Sequence[ClaimLine],
        evidence: tuple[Evidence, ...],
        overrides: tuple[Override, ...],
        settings: Mapping[str, str],
        release: Release | None,
        precertification: Iterable[str],
    ) -> None:
        self.all_lines = lines
        self.lines = sorted((x for x in lines if not out_of_scope(x)), key=lambda x: x.line_number)
        self.evidence = evidence
        self.overrides = overrides
        self.settings = settings
        self.release = release
        self.precertification = frozenset(precertification)
        self.reading = 0
        """The reading whose other condition holds in place of the default one, if any."""
        self.supposed: dict[tuple[int, str], str] = {}
        """Values by line and name of evidence as if they were on file."""

    def with_reading(self, number: int) -> Self:
        made = copy(self)
        made.reading = number
        return made

    def supposing(self, line: ClaimLine, name: str, value: str) -> Self:
        made = copy(self)
        made.supposed = {(line.line_number, name): value}
        return made

    def values(self, line: ClaimLine, name: str) -> list[str | Decimal]:
        if (line.line_number, name) in self.supposed:
            return [self.supposed[line.line_number, name]]
        of_name = [item for item in self.evidence if item.name == name]
        own = [item.value for item in of_name if item.line_number == line.line_number]
        return own or [item.value for item in of_name if item.line_number is None]

    def is_(self, line: ClaimLine, name: str, value: str) -> bool:
        return value in self.values(line, name)

    def number(self, line: ClaimLine, name: str) -> Fraction | None:
        values = self.values(line, name)
        return Fraction(values[0]) if values else None

    def basis(self, line: ClaimLine) -> date:
        by_processing = self.settings.get("effective_basis") == "processed_date"
        if self.reading == 13:
            by_processing = not by_processing
        if by_processing and line.processed_date:
            return line.processed_date
        return line.service_date

    def kinds(self, line: ClaimLine) -> set[str]:
        kinds = {str(value) for value in self.values(line, "item_kind")}
        uncoded = line.procedure_code is None or within(line.procedure_code, "unlisted_drug")
        if uncoded or self.reading == 33:
            kinds |= kinds_in_words(line.description)
        if self.reading == 6 and line.procedure_code == "96523":
            kinds |= {"flush", "line_access"}
        if self.reading == 32 and line.procedure_code == "J1642" and self.basis(line) < FLUSH_CODE:
            kinds.add("flush")
        return kinds

    def is_supply(self, line: ClaimLine) -> bool:
        return self.in_supplies(line, "office") or self.in_supplies(line, "home")

    def in_supplies(self, line: ClaimLine, table: str) -> bool:
        if self.reading == 2 and line.procedure_code == "A6219":
            return True
        return within(line.procedure_code, f"{table}_supplies")

    def others(self, line: ClaimLine) -> list[ClaimLine]:
        return [other for other in self.lines if other.line_number != line.line_number]

    def same_day(self, line: ClaimLine) -> list[ClaimLine]:
        return [other for other in self.others(line) if days_meet(line, other)]

    def infusion_that_day(self, line: ClaimLine) -> bool:
        return any(within(x.procedure_code, "infusion_service") for x in self.same_day(line))

    def precertified(self, line: ClaimLine) -> bool:
        said = self.values(line, "precertification")
        return bool(line.prior_authorization) or "yes" in said or "not_required" in said


def last_day(line: ClaimLine) -> date:
    return line.service_date_to or line.service_date


def days_meet(line: ClaimLine, other: ClaimLine) -> bool:
    """Tell whether there is a day in both spans."""
    first = max(line.service_date, other.service_date)
    return first <= min(last_day(line), last_day(other))


def out_of_scope(line: ClaimLine) -> bool:
    early = line.service_date < OFFICE_AND_HOME and (in_office(line) or at_home(line))
    return is_outside_by_form_or_day(line) or early


def is_outside_by_form_or_day(line: ClaimLine) -> bool:
    return line.claim_form not in ("cms1500", "ub04") or line.service_date < PUBLISHED


def invalid_on_its_day(line: ClaimLine, release: Release) -> bool:
    code = line.procedure_code
    if not code or not code[0].isalpha():
        return False
    return not any(
        (added or date.min) <= line.service_date <= (terminated or date.max)
        for added, terminated in release.get(code, ())
    )


def bill_class(line: ClaimLine) -> str:
    bill = line.type_of_bill or ""
    return (bill[1:] if len(bill) == 4 else bill)[:2]


def setting(line: ClaimLine, name: str) -> bool:
    if line.claim_form == "ub04":
        return within(bill_class(line), f"{name}_bill")
    return line.claim_form == "cms1500" and within(line.place_of_service, f"{name}_place")


def in_office(line: ClaimLine) -> bool:
    return line.claim_form == "cms1500" and line.place_of_service == "11"


def at_home(line: ClaimLine) -> bool:
    if line.claim_form == "ub04":
        return within(bill_class(line), "home_bill")
    return line.claim_form == "cms1500" and line.place_of_service == "12"


def in_facility(line: ClaimLine) -> bool:
    if line.claim_form == "ub04":
        return not at_home(line)
    return within(line.place_of_service, "facility_place")


def is_drug_or_infusion(line: ClaimLine) -> bool:
    """Tell whether a line is what the words drug, biological agent, infusion service mean."""
    names = ["drug", "infusion_service", "facility_prose", "per_diem", "tpn", "enteral"]
    if any(within(line.procedure_code, name) for name in names) or is_blood_product(line):
        return True
    if within(line.revenue_code, "drug_revenue"):
        return True
    return not line.procedure_code and within(line.revenue_code, "iv_therapy_revenue")


def is_transfusion_fee(line: ClaimLine) -> bool:
    if line.procedure_code:
        return within(line.procedure_code, "transfusion_fee")
    return within(line.revenue_code, "transfusion_fee_revenue")


def is_blood_product(line: ClaimLine) -> bool:
    return within(line.procedure_code, "blood_product") or within(
        line.revenue_code, "blood_product_revenue"
    )


def is_primary_service(line: ClaimLine) -> bool:
    code = line.procedure_code
    operated = within(code, "surgery") and not within(code, "not_surgery")
    return operated or within(line.revenue_code, "surgery_revenue")
