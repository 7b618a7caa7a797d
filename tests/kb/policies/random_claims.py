"""Random claims that keep to the edges of R14: its codes, its dates, its forms and its evidence."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from random import Random
from typing import NamedTuple, TypeVar

from facts.claim import ClaimLine, Diagnosis, Evidence, Override
from tests.kb.policies.adjudicator_sets import (
    AMOUNT_PER_UNIT,
    DOSE_PER_UNIT,
    FIRST_DAY,
    PUBLISHED,
    SETS,
    bounds,
)
from tests.kb.policies.adjudicator_view import Release

T = TypeVar("T")

CHOICES: dict[str, str] = {
    "coverage_criteria_met": "yes no",
    "fda_approved_indication": "yes no",
    "benefit_exclusion": "yes no",
    "medically_necessary": "yes no",
    "dosing_appropriate": "yes no",
    "compendium_support": "yes no",
    "fluid_restricted": "yes no",
    "line_inserted_for_infusion": "yes no",
    "physician_order": "yes no",
    "administration_documented": "yes no",
    "general_improvement": "yes no",
    "autologous_for_scheduled_surgery": "yes no",
    "primary_reason_for_visit": "yes no",
    "mismatched_transfusion": "yes no",
    "present_on_admission": "yes no",
    "billing_basis": "hourly daily",
    "precertification": "yes no not_required",
    "therapy_role": "primary side_effect",
    "item_kind": "flush admixture_or_diluent iv_insertion local_anesthesia line_access supply"
    " equipment pharmacy_service administrative_service care_coordination blood_collection"
    " routine_clinical_service",
    "tpn_component": "specialty_amino_acid_renal specialty_amino_acid_hepatic"
    " specialty_amino_acid_high_stress specialty_amino_acid_15_percent lipid added_trace_element"
    " added_vitamin non_nutritional nonspecialty_amino_acid concentrated_dextrose sterile_water"
    " electrolyte standard_trace_elements standard_multivitamin",
    "dosage": "10+mg",
    "route": "vein",
    "drug_name": "some+drug",
}
NUMBERS: dict[str, str] = {
    "controlled_studies": "0 1 2 3",
    "administered_units": "0 0.5 1 2 5 25",
    "wasted_units": "0 0.5 1 3",
    "administered_dose": "0 10 50 50.5 75 250 251",
    "administered_amount": "0 99 100 100.1 101 500 501",
    "related_to": "1 2 3 4",
}
SEVERAL = ("item_kind", "related_to")

TOPICS: dict[str, str] = {
    "coverage": "coverage_criteria_met fda_approved_indication benefit_exclusion"
    " medically_necessary dosing_appropriate compendium_support controlled_studies related_to",
    "nutrition": "tpn_component medically_necessary fluid_restricted billing_basis",
    "blood": "general_improvement autologous_for_scheduled_surgery mismatched_transfusion"
    " present_on_admission item_kind",
    "units": "administered_units wasted_units administered_dose administered_amount item_kind",
    "unlisted": "drug_name dosage route item_kind",
    "office": "item_kind item_kind",
    "home": "item_kind item_kind therapy_role precertification",
    "facility": "item_kind item_kind primary_reason_for_visit",
    "support": "fda_approved_indication medically_necessary dosing_appropriate compendium_support"
    " controlled_studies",
    "order": "physician_order administration_documented coverage_criteria_met",
    "other": "line_inserted_for_infusion physician_order administration_documented"
    " primary_reason_for_visit precertification therapy_role item_kind item_kind",
}
"""Names of evidence that clauses ask for together."""

CODES: dict[str, str] = {
    "coverage": "drug infusion_service office_supplies home_supplies iv_insertion",
    "nutrition": "tpn enteral tpn_daily drug",
    "blood": "transfusion_fee blood_product blood_collection dialysis",
    "units": "drug tpn enteral",
    "unlisted": "unlisted_drug",
    "support": "drug infusion_service blood_product per_diem tpn enteral facility_prose",
    "order": "drug infusion_service blood_product per_diem office_supplies injection",
    "office": "infusion_service injection office_supplies evaluation_and_management",
    "home": "per_diem per_diem home_supplies infusion_service not_therapy",
    "facility": "ub04_incidental infusion_service infusion_service surgery not_surgery"
    " office_supplies",
    "other": "per_diem infusion_service home_supplies office_supplies injection iv_insertion"
    " evaluation_and_management line_insertion surgery not_surgery ub04_incidental"
    " not_separately_reimbursed not_therapy facility_prose drug",
}
"""Sets of procedure codes that clauses look for together."""

USUAL = {
    "office": ("cms1500", "11", "13"),
    "home": (None, "12", "32"),
    "facility": ("ub04", "21", "11"),
}
"""Form, place of service and bill class that go with a topic."""

LIKELY: dict[str, tuple[str, float]] = {
    "medically_necessary": ("yes", 0.6),
    "fluid_restricted": ("yes", 0.8),
    "tpn_component": ("specialty_amino_acid_15_percent", 0.25),
    "fda_approved_indication": ("no", 0.65),
}
"""Values that several facts have to have at once before a clause speaks."""

REVENUE = [name for name in SETS if "revenue" in name and name != "not_separately_reimbursed"]
BILLS = "11 12 13 14 18 21 22 23 32 33 34 41 70 72 79 81 83 85 89"
PLACES = "02 11 12 19 21 22 23 24 26 31 49 50 51 61 62 65 71 72 99"
DESCRIPTIONS = (
    "Heparin lock, 10 units",
    "IV start kit",
    "iv-insertion",
    "sterile DILUENT",
    "flushing agent",
    "saline flush",
    "local anesthesia",
    "some drug",
)
CONTESTED = ("A6219", "A9219", "96523", "J1642", "36000", "36555", "S5498", "S5517", "96401")
"""Codes that readings of the document are about."""

MODIFIERS = ("JW", "25", "59", "SH", "SJ", "RT")


class Case(NamedTuple):
    """One claim with all that is known beside it."""

    lines: tuple[ClaimLine, ...]
    evidence: tuple[Evidence, ...]
    overrides: tuple[Override, ...]
    settings: dict[str, str]
    release: Release | None
    precertification: frozenset[str] | None
    strict: bool = False


def random_case(seed: int) -> Case:
    """Return the claim that a seed stands for, always the same."""
    return _Draw(Random(seed), f"RC{seed}").case()


def beside(code: str, step: int) -> str:
    """Return the code next to another, as long as it is, and itself where there is none."""
    head = code[: len(code) - len(code.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ"))]
    number = int(code[len(head) :]) + step
    moved = f"{head}{number:0{len(code) - len(head)}d}"
    return moved if number >= 0 and len(moved) == len(code) else code


class _Draw:
    """The habits of one random claim: its lines mostly share form, place, day and topic."""

    def __init__(self, random: Random, claim_id: str) -> None:
        self.random = random
        self.claim_id = claim_id
        self.topics = [self.pick(tuple(TOPICS)) for _ in range(2)]
        self.form = "ub04" if self.chance(0.45) else "cms1500"
        self.place = self.pick(PLACES.split())
        self.bill = self.pick(BILLS.split())
        for topic in self.topics:
            if topic in USUAL and self.chance(0.7):
                form, self.place, self.bill = USUAL[topic]
                self.form = form or self.form
        self.day = self.some_day()
        self.plan = "P1" if self.chance(0.5) else None
        self.contract = "K1" if self.chance(0.5) else None

    def chance(self, share: float) -> bool:
        return self.random.random() < share

    def pick(self, items: Sequence[T]) -> T:
        return items[self.random.randrange(len(items))]

    def some_day(self) -> date:
        if self.chance(0.4):
            return date(2018, 9, 18)
        return self.pick(sorted(set(FIRST_DAY.values()))) + timedelta(self.pick([-1, 0, 0, 1]))

    def case(self) -> Case:
        lines = tuple(self.line(number) for number in range(1, self.random.randint(1, 6) + 1))
        codes = sorted({line.procedure_code for line in lines if line.procedure_code})
        release = self.release(codes) if self.chance(0.25) else None
        listed = frozenset(code for code in codes if self.chance(0.4))
        settings = {
            "effective_basis": self.pick(["service_date", "service_date", "processed_date"]),
            "diluent_volume_cc": self.pick(["any", "any", "100"]),
            "transfusion_fee_per": self.pick(["claim_and_date", "claim"]),
        }
        overrides = tuple(self.override() for _ in range(self.pick([0, 0, 0, 1, 3, 30])))
        precertification = listed if self.chance(0.25) else None
        evidence = tuple(self.evidence(len(lines)))
        strict = self.chance(0.25)
        return Case(lines, evidence, overrides, settings, release, precertification, strict)

    def code_of(self, name: str) -> str:
        edge = self.pick(self.pick(bounds(name)))
        return beside(edge, self.pick([-1, 1])) if self.chance(0.15) else edge

    def procedure(self) -> str | None:
        if self.chance(0.15):
            return None
        if self.chance(0.4 if "units" in self.topics else 0.1):
            return self.pick([*DOSE_PER_UNIT, *AMOUNT_PER_UNIT, "J1642", "99999", "9636A", "0001T"])
        if self.chance(0.06):
            return self.pick(CONTESTED)
        return self.code_of(self.pick(CODES[self.pick(self.topics)].split()))

    def line(self, number: int) -> ClaimLine:
        form = self.pick(["other", "cms1500", "ub04"]) if self.chance(0.04) else self.form
        day = self.day
        if self.chance(0.3):
            moved = day + timedelta(self.random.randint(-3, 3))
            day = self.pick([moved, moved, moved, self.some_day(), PUBLISHED])
        bill = self.pick(BILLS.split()) if self.chance(0.05) else self.bill
        place = self.pick(PLACES.split()) if self.chance(0.1) else self.place
        institutional = form == "ub04"
        return ClaimLine(
            self.claim_id,
            number,
            form,
            day,
            service_date_to=self.pick([None, day, day, day + timedelta(self.random.randint(0, 7))]),
            processed_date=self.pick([None, day + timedelta(30), self.some_day()]),
            type_of_bill=bill + "1" if institutional and not self.chance(0.03) else None,
            revenue_code=self.revenue() if institutional and self.chance(0.7) else None,
            place_of_service=None if institutional or self.chance(0.03) else place,
            procedure_code=self.procedure(),
            modifiers=tuple(sorted({self.pick(MODIFIERS) for _ in range(self.pick([0, 0, 1, 2]))})),
            units=self.units(),
            ndc="00000000000" if self.chance(0.3) else None,
            description=self.pick(DESCRIPTIONS) if self.chance(0.4) else None,
            rendering_provider=self.pick([None, "1", "1", "1", "2"]),
            prior_authorization="A1" if self.chance(0.2) else None,
            diagnoses=self.diagnoses(),
            plan_id=self.plan,
            contract_id=self.contract,
        )

    def revenue(self) -> str:
        return self.code_of(self.pick(REVENUE))

    def units(self) -> Decimal | None:
        text = self.pick(["", "0", "0.5", "1", "1", "1", "2", "3", "5", "24", "25", "48", "73"])
        return Decimal(text) if text else None

    def diagnoses(self) -> tuple[Diagnosis, ...]:
        if self.chance(0.7):
            return ()
        code = self.pick(["T8030XA", "T80310A", "T8039", "T8029XA", "T8040XA", "T803", "T80A0XA"])
        return (Diagnosis("Z0000"), Diagnosis(code, self.pick([None, "Y", "N", "U", "W", "1"])))

    def evidence(self, lines: int) -> list[Evidence]:
        found: dict[tuple[int | None, str, str], Evidence] = {}
        names = [name for topic in self.topics for name in TOPICS[topic].split()]
        if self.chance(0.1):
            names = [*CHOICES, *NUMBERS]
        for name in names:
            for _ in range(self.pick([0, 1, 1, 2])):
                number = self.pick([None, *range(1, lines + 1)])
                value = self.value(name)
                key = (number, name, str(value) if name in SEVERAL else "")
                found[key] = Evidence(self.claim_id, number, name, value)
        return list(found.values())

    def value(self, name: str) -> str | Decimal:
        if name in LIKELY and self.chance(LIKELY[name][1]):
            return LIKELY[name][0]
        if name in NUMBERS:
            return Decimal(self.pick(NUMBERS[name].split()))
        return self.pick(CHOICES[name].split()).replace("+", " ")

    def override(self) -> Override:
        frame = ("R14-SCP-1", "R14-SCP-2", "R14-SCP-3")
        clauses = [clause for clause in FIRST_DAY if clause not in frame]
        plan = self.chance(0.5)
        return Override(
            "plan" if plan else "contract",
            self.pick(["P1", "P1", "P2"] if plan else ["K1", "K1", "K2"]),
            self.pick(clauses),
            self.pick(["waived", "denied"]),
            *self.pick(self.periods()),
        )

    def periods(self) -> list[tuple[date | None, date | None]]:
        """First and last days at the edges of the claim's day, the last never before the first."""
        firsts = (None, self.day, self.day + timedelta(1))
        lasts = (None, self.day - timedelta(1), self.day, self.day + timedelta(400))
        return [
            (first, last)
            for first in firsts
            for last in lasts
            if first is None or last is None or first <= last
        ]

    def release(self, codes: list[str]) -> Release:
        spans = (
            (None, None),
            (self.day, None),
            (self.day + timedelta(1), None),
            (None, self.day),
            (None, self.day - timedelta(1)),
        )
        return {code: (self.pick(spans),) for code in codes if self.chance(0.8)}
