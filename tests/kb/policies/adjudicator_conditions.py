"""The conditions of the register of R14, section by section, in plain Python."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from math import ceil
from typing import NamedTuple

from facts.claim import ClaimLine
from tests.kb.policies.adjudicator_sets import (
    AMOUNT_PER_UNIT,
    CLARIFIED,
    DOSE_PER_UNIT,
    OTHER_UNITS,
    within,
)
from tests.kb.policies.adjudicator_view import (
    ClaimView,
    at_home,
    bill_class,
    in_facility,
    in_office,
    invalid_on_its_day,
    is_blood_product,
    is_drug_or_infusion,
    is_primary_service,
    is_transfusion_fee,
    last_day,
    setting,
)

COMPONENTS = {
    "specialty_amino_acid_renal": "COV-6a",
    "specialty_amino_acid_hepatic": "COV-6b",
    "specialty_amino_acid_high_stress": "COV-6c",
    "lipid": "COV-6e",
    "added_trace_element": "COV-6f",
    "added_vitamin": "COV-6g",
    "non_nutritional": "COV-6h",
}
STANDARD_COMPONENTS = {
    "nonspecialty_amino_acid": "NOT-12a",
    "concentrated_dextrose": "NOT-12b",
    "sterile_water": "NOT-12c",
    "electrolyte": "NOT-12d",
    "standard_trace_elements": "NOT-12e",
    "standard_multivitamin": "NOT-12f",
}


class Finding(NamedTuple):
    """A clause whose condition holds on a line, with the units it leaves where it reduces."""

    clause: str
    effect: str
    allowed: Fraction | None = None
    missing: tuple[str, ...] = ()


class Conditions(ClaimView):
    """A claim that can tell which clauses' conditions hold on a line, NOT-3 apart."""

    def conditions(self, line: ClaimLine) -> Iterator[Finding]:
        for clause, effect in self.plain_conditions(line):
            yield Finding(f"R14-{clause}", effect)
        for clause, names in self.pending(line):
            if names:
                yield Finding(f"R14-{clause}", "pended", None, tuple(names))
        for clause, limit in self.reductions(line):
            if line.units is not None and limit is not None and line.units > limit:
                yield Finding(f"R14-{clause}", "reduced", max(limit, Fraction(0)))

    def plain_conditions(self, line: ClaimLine) -> Iterator[tuple[str, str]]:
        if self.release is not None and invalid_on_its_day(line, self.release):
            yield "SCP-4", "denied"
        if within(line.revenue_code, "associated_revenue_codes"):
            yield "SCP-5", "scope"
        yield from self.coverage(line)
        yield from self.not_reimbursed(line)
        yield from self.blood(line)
        yield from self.billing(line)
        yield from self.facility(line)
        yield from self.office_and_home(line)
        yield from self.general(line)

    def coverage(self, line: ClaimLine) -> Iterator[tuple[str, str]]:
        def on(name: str, value: str = "yes") -> bool:
            return self.is_(line, name, value)

        studies = self.number(line, "controlled_studies")
        off_label = on("fda_approved_indication", "no")
        approved = on("fda_approved_indication") and not on("benefit_exclusion")
        backed = on("compendium_support") or (studies is not None and studies >= 2)
        supported = off_label and on("medically_necessary") and on("dosing_appropriate") and backed
        if is_drug_or_infusion(line):
            if on("coverage_criteria_met"):
                yield "COV-1", "supports"
            if approved:
                yield "COV-2", "supports"
            if supported:
                yield "COV-3", "supports"
            other_route = (approved or supported) and self.reading != 16
            if on("coverage_criteria_met", "no") and not other_route:
                yield "NOT-1", "denied"
            if off_label and (self.reading == 16 or not on("coverage_criteria_met")):
                if on("medically_necessary", "no"):
                    yield "NOT-2a", "denied"
                if on("dosing_appropriate", "no"):
                    yield "NOT-2b", "denied"
                if on("compendium_support", "no") and studies is not None and studies < 2:
                    yield "NOT-2c", "denied"
            if off_label and self.reading == 15:
                yield "NOT-2a", "denied"
            if on("physician_order", "no") or on("administration_documented", "no"):
                yield "NOT-4", "denied"
        needless = on("medically_necessary", "no")
        inserted = on("line_inserted_for_infusion") and not needless
        if inserted and within(line.procedure_code, "line_insertion"):
            yield "COV-5", "supports"
        for component, clause in COMPONENTS.items():
            if on("tpn_component", component) and not needless:
                yield clause, "supports"
        strong = on("tpn_component", "specialty_amino_acid_15_percent")
        if strong and on("medically_necessary") and on("fluid_restricted"):
            yield "COV-6d", "supports"

    def not_reimbursed(self, line: ClaimLine) -> Iterator[tuple[str, str]]:
        kinds, code = self.kinds(line), line.procedure_code
        infused = self.infusion_that_day(line)
        others = self.same_day(line)
        if "flush" in kinds:
            yield "NOT-5", "bundled"
        if "admixture_or_diluent" in kinds:
            volume = self.number(line, "administered_amount")
            any_volume = self.settings.get("diluent_volume_cc", "any") == "any"
            if self.reading == 21:
                any_volume = not any_volume
            in_cc = not within(code, "enteral") and code not in OTHER_UNITS
            large = volume is not None and volume > 100
            if any_volume or (large and (in_cc or self.reading == 37)):
                yield "NOT-6", "bundled"
        if infused and (self.is_supply(line) or kinds & {"supply", "equipment"}):
            yield "NOT-7", "bundled"
        starts_iv = within(code, "iv_insertion") or "iv_insertion" in kinds
        if self.reading == 17:
            starts_iv = starts_iv or within(code, "line_insertion")
        if starts_iv and (infused or any(within(x.procedure_code, "drug") for x in others)):
            yield "NOT-8", "bundled"
        if any(within(x.procedure_code, "tpn") for x in others):
            for component, clause in STANDARD_COMPONENTS.items():
                if self.is_(line, "tpn_component", component):
                    yield clause, "bundled"

    def blood(self, line: ClaimLine) -> Iterator[tuple[str, str]]:
        fee, product = is_transfusion_fee(line), is_blood_product(line)
        blood = product or within(line.revenue_code, "blood_revenue")
        if blood and not self.is_(line, "medically_necessary", "no"):
            yield "COV-4", "supports"
        if fee and self.is_(line, "general_improvement", "yes"):
            yield "NOT-9", "denied"
        if fee:
            dialysed = any(
                within(x.procedure_code, "dialysis") or within(x.revenue_code, "dialysis_revenue")
                for x in self.same_day(line)
            )
            if dialysed or bill_class(line) == "72":
                yield "NOT-10", "bundled"
            if setting(line, "outpatient") and self.earlier_fees(line):
                yield "NOT-11", "denied"
            if setting(line, "inpatient"):
                yield "FAC-4", "bundled"
        if (fee or product) and in_facility(line):
            mismatch = self.is_(line, "mismatched_transfusion", "yes")
            arrived_with_it = self.is_(line, "present_on_admission", "yes")
            acquired = any(
                "T8030" <= item.code[:5] <= "T8039" and item.indicator in ("N", "U")
                for item in line.diagnoses
            )
            if (mismatch and not arrived_with_it) or acquired:
                yield "FAC-5", "denied"

    def earlier_fees(self, line: ClaimLine) -> list[ClaimLine]:
        per_claim = self.settings.get("transfusion_fee_per") == "claim"
        if self.reading == 22:
            per_claim = not per_claim
        around = self.others(line) if per_claim else self.same_day(line)
        return [x for x in around if is_transfusion_fee(x) and x.line_number < line.line_number]

    def pending(self, line: ClaimLine) -> Iterator[tuple[str, list[str]]]:
        """Yield the clauses that ask for something, each with what is missing."""
        without_units = [] if line.units else ["units"]
        drug = within(line.procedure_code, "drug") or within(line.revenue_code, "drug_revenue")
        named = line.procedure_code or line.ndc
        if self.reading == 24:
            named = line.procedure_code and line.ndc
        if drug:
            yield "BIL-2", without_units + ([] if named else ["procedure_code_or_ndc"])
        if within(line.procedure_code, "unlisted_drug") and (not line.ndc or self.reading == 36):
            asked = [x for x in ("drug_name", "dosage", "route") if not self.values(line, x)]
            described = [] if line.description else ["description"]
            yield "BIL-3", asked + described + without_units

    def billing(self, line: ClaimLine) -> Iterator[tuple[str, str]]:
        if "JW" in line.modifiers and within(line.procedure_code, "drug"):
            given = [
                x
                for x in self.same_day(line)
                if x.procedure_code == line.procedure_code and "JW" not in x.modifiers
            ]
            if not given:
                yield "BIL-5b", "denied"

    def reductions(self, line: ClaimLine) -> Iterator[tuple[str, Fraction | None]]:
        """Yield the clauses that limit units, each with its limit."""
        code = line.procedure_code or ""
        if "JW" not in line.modifiers:
            yield "BIL-1", self.number(line, "administered_units")
            dose = self.number(line, "administered_dose")
            if dose is not None and code in DOSE_PER_UNIT:
                yield "BIL-4", Fraction(ceil(dose / DOSE_PER_UNIT[code]))
            wasted = self.number(line, "wasted_units")
            drug = within(code, "drug")
            if drug and wasted is not None and wasted > 0 and line.units is not None:
                yield "BIL-5a", Fraction(line.units) - wasted
        if within(code, "tpn"):
            days = (last_day(line) - line.service_date).days + 1
            if self.is_(line, "billing_basis", "hourly"):
                yield "BIL-6", Fraction(24 * days)
            if self.is_(line, "billing_basis", "daily") or within(code, "tpn_daily"):
                yield "BIL-6", Fraction(days)
        amount = self.number(line, "administered_amount")
        if amount is not None and code in AMOUNT_PER_UNIT:
            yield "BIL-7", Fraction(ceil(amount / AMOUNT_PER_UNIT[code]))
        fee = is_transfusion_fee(line) and setting(line, "outpatient")
        if fee and not self.earlier_fees(line):
            yield "NOT-11", Fraction(1)

    def facility(self, line: ClaimLine) -> Iterator[tuple[str, str]]:
        code, kinds = line.procedure_code, self.kinds(line)
        professional = within(code, "facility_prose") or within(code, "facility_table")
        if line.claim_form == "cms1500" and professional and in_facility(line):
            yield "FAC-1", "denied"
        if setting(line, "inpatient"):
            supplied = self.is_supply(line) or within(line.revenue_code, "supply_revenue")
            infused = any(
                within(x.procedure_code, "infusion_service")
                or within(x.revenue_code, "iv_therapy_revenue")
                for x in self.others(line)
            )
            if supplied and infused:
                yield "FAC-3", "bundled"
        if not in_facility(line):
            return
        collected = within(code, "blood_collection") or "blood_collection" in kinds
        if collected and not self.is_(line, "autologous_for_scheduled_surgery", "yes"):
            yield "FAC-2", "denied"
        if "pharmacy_service" in kinds:
            yield "FAC-6", "bundled"
        incidental = "infusion_service" if self.reading == 5 else "ub04_incidental"
        if line.claim_form == "ub04" and within(code, incidental):
            primary = any(is_primary_service(x) for x in self.same_day(line))
            excepted = self.is_(line, "primary_reason_for_visit", "yes")
            if self.reading == 12 and self.basis(line) < CLARIFIED:
                excepted = False
            if primary and not excepted:
                yield "FAC-7", "bundled"

    def office_and_home(self, line: ClaimLine) -> Iterator[tuple[str, str]]:
        code, kinds = line.procedure_code, self.kinds(line)
        infusion, per_diem = within(code, "infusion_service"), within(code, "per_diem")
        if in_office(line):
            if infusion and not self.is_(line, "medically_necessary", "no"):
                yield "OFF-1", "supports"
            included = {"local_anesthesia", "iv_insertion", "line_access", "flush", "supply"}
            if self.infusion_that_day(line) and (
                self.in_supplies(line, "office") or kinds & included
            ):
                yield "OFF-2", "bundled"
        if at_home(line):
            if (per_diem or infusion) and not self.precertified(line):
                yield "HOM-1", "denied"
            kinds_included = {
                "administrative_service",
                "care_coordination",
                "supply",
                "equipment",
                "pharmacy_service",
            }
            day_rate = any(within(x.procedure_code, "per_diem") for x in self.same_day(line))
            if day_rate and (self.in_supplies(line, "home") or kinds & kinds_included):
                yield "HOM-4", "bundled"
            if per_diem and self.is_(line, "therapy_role", "side_effect"):
                yield "HOM-2", "bundled"
        if self.is_therapy(line):
            therapies = [x for x in self.same_day(line) if self.is_therapy(x)]
            earlier = [x for x in therapies if x.line_number < line.line_number]
            first_of_several = bool(therapies) and not earlier
            if self.reading == 23 and first_of_several and "59" not in line.modifiers:
                yield "HOM-3", "denied"
            needed = {"59", "SH"} if len(earlier) == 1 else {"59", "SJ"}
            if earlier and not needed <= set(line.modifiers):
                yield "HOM-3", "denied"

    def is_therapy(self, line: ClaimLine) -> bool:
        code = line.procedure_code
        if not within(code, "per_diem") or not at_home(line):
            return False
        if within(code, "not_therapy") and self.reading != 8:
            return False
        return not self.is_(line, "therapy_role", "side_effect")

    def general(self, line: ClaimLine) -> Iterator[tuple[str, str]]:
        code = line.procedure_code
        room = any(within(x.revenue_code, "room_revenue") for x in self.others(line))
        if room and "routine_clinical_service" in self.kinds(line):
            yield "GEN-1", "bundled"
        outside = not within(line.place_of_service, "facility_place") or self.reading == 25
        if line.claim_form == "cms1500" and outside and "25" not in line.modifiers:
            injected = line.rendering_provider and any(
                within(x.procedure_code, "injection")
                and x.rendering_provider == line.rendering_provider
                for x in self.same_day(line)
            )
            if injected and within(code, "evaluation_and_management"):
                yield "GEN-2", "bundled"
        if code in self.precertification and not self.precertified(line):
            yield "GEN-3", "denied"
        if code == "J1642":
            yield "COD-1", "bundled"
        if code == "J7050":
            yield "COD-2", "bundled"
