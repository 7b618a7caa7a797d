"""A second opinion on R14: the register read once more, in plain Python and without the rules."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from copy import copy
from datetime import date
from fractions import Fraction
from typing import NamedTuple

from facts.claim import ClaimLine, Evidence, Override
from tests.kb.policies.adjudicator_conditions import Conditions, Finding
from tests.kb.policies.adjudicator_sets import ADDRESSED, FIRST_DAY, within
from tests.kb.policies.adjudicator_view import (
    Release,
    is_blood_product,
    is_outside_by_form_or_day,
    is_transfusion_fee,
)

ADVERSE = ("denied", "bundled", "reduced", "pended")
"""The strongest first."""

YES_OR_NO = [
    "coverage_criteria_met",
    "fda_approved_indication",
    "benefit_exclusion",
    "medically_necessary",
    "dosing_appropriate",
    "compendium_support",
    "fluid_restricted",
    "line_inserted_for_infusion",
    "physician_order",
    "administration_documented",
    "general_improvement",
    "autologous_for_scheduled_surgery",
    "primary_reason_for_visit",
    "mismatched_transfusion",
    "present_on_admission",
]
TOLD_READINGS = (2, 5, 6, 8, 11, 12, 13, 15, 16, 17, 21, 22, 23, 24, 25, 32, 33, 36, 37)
"""Readings with another condition, but for 35, which is about scope."""

EARLIER_WASTE = date(2016, 10, 1)
COVERAGE_DENIALS = {"R14-NOT-1", "R14-NOT-2a", "R14-NOT-2b", "R14-NOT-2c"}


class Verdict(NamedTuple):
    """The second opinion on one line."""

    outcome: str
    citations: frozenset[tuple[str, str]]
    allowed: Fraction | None
    missing: frozenset[str] = frozenset()
    assumed: frozenset[str] = frozenset()
    in_favour: frozenset[int] = frozenset()


def adjudicate(
    lines: Sequence[ClaimLine],
    evidence: Iterable[Evidence] = (),
    overrides: Iterable[Override] = (),
    settings: Mapping[str, str] | None = None,
    release: Release | None = None,
    precertification: Iterable[str] | None = None,
    strict: bool = False,
    told: bool = True,
) -> dict[int, Verdict]:
    """Return the verdict on every line of one claim, by line number.

    Without ``told`` nothing is told of assumptions and readings, which takes long.
    """
    claim = Claim(
        lines, tuple(evidence), tuple(overrides), settings or {}, release, precertification or ()
    )
    return claim.verdicts(strict, told)


class Claim(Conditions):
    """A claim whose lines can be decided: dates, overrides, NOT-3 and the outcome."""

    unpaid: frozenset[int] = frozenset()
    """Lines that NOT-1 or NOT-2 denies."""

    def first_day(self, clause: str) -> date:
        if self.reading == 11 and clause in ("R14-BIL-5a", "R14-BIL-5b"):
            return EARLIER_WASTE
        return FIRST_DAY[clause]

    def override_effects(self, line: ClaimLine, clause: str, authority: str) -> set[str]:
        identifier = line.plan_id if authority == "plan" else line.contract_id
        return {
            item.effect
            for item in self.overrides
            if identifier
            and (item.authority, item.authority_id) == (authority, identifier)
            and item.clause_id == clause
            and (item.effective_from or date.min) <= line.service_date
            and line.service_date <= (item.effective_to or date.max)
        }

    def after_overrides(self, line: ClaimLine, findings: Iterable[Finding]) -> list[Finding]:
        """Keep what is in force and not waived, and add the override clauses that had a say."""
        kept = []
        for finding in findings:
            if self.basis(line) < self.first_day(finding.clause):
                continue
            plan = self.override_effects(line, finding.clause, "plan")
            contract = self.override_effects(line, finding.clause, "contract")
            if plan:
                kept.append(Finding("R14-SCP-2", "override"))
            elif contract:
                kept.append(Finding("R14-SCP-3", "override"))
            if "waived" not in (plan or contract):
                kept.append(finding)
        return kept

    def verdicts(self, strict: bool, told: bool) -> dict[int, Verdict]:
        denied = {x.line_number: self.after_overrides(x, self.conditions(x)) for x in self.lines}
        self.unpaid = frozenset(
            number
            for number, findings in denied.items()
            if any(finding.clause in COVERAGE_DENIALS for finding in findings)
        )
        verdicts = {}
        for line in self.all_lines:
            if line in self.lines:
                made = verdict(line, self.findings(line))
                if told and made.outcome == "reimbursable":
                    assumed = self.assumed(line)
                    if strict and assumed:
                        made = made._replace(outcome="pended", missing=made.missing | assumed)
                    else:
                        made = made._replace(assumed=assumed)
            else:
                made = Verdict("not_addressed", frozenset({("R14-SCP-1", "scope")}), None)
            if told:
                made = made._replace(in_favour=self.in_favour(line))
            verdicts[line.line_number] = made
        return verdicts

    def findings(self, line: ClaimLine) -> list[Finding]:
        """Return every clause that counts on a line, the other lines being as they are."""
        found = list(self.conditions(line))
        if self.goes_with_a_denial(line, self.unpaid):
            found.append(Finding("R14-NOT-3", "denied"))
        return self.after_overrides(line, found)

    def assumed(self, line: ClaimLine) -> frozenset[str]:
        return frozenset(
            name
            for name in YES_OR_NO
            if not self.values(line, name)
            and any(
                adverse(self.supposing(line, name, value).findings(line)) for value in ("yes", "no")
            )
        )

    def in_favour(self, line: ClaimLine) -> frozenset[int]:
        """Return the readings whose other condition would make a clause count, or count more."""
        if line not in self.lines:
            if is_outside_by_form_or_day(line):
                return frozenset()
            made = copy(self)
            made.lines = sorted([*self.lines, line], key=lambda each: each.line_number)
            return frozenset([35] if adverse(made.findings(line)) else [])
        now = adverse(self.findings(line))
        found = set()
        for number in TOLD_READINGS:
            for clause, strength in adverse(self.with_reading(number).findings(line)).items():
                if clause not in now or strength < now[clause]:
                    found.add(number)
        return frozenset(found)

    def goes_with_a_denial(self, line: ClaimLine, unpaid: frozenset[int]) -> bool:
        named = {int(value) for value in self.values(line, "related_to")} - {line.line_number}
        if named & unpaid:
            return True
        follows = (
            self.is_supply(line)
            or bool(self.kinds(line) & {"supply", "equipment"})
            or within(line.procedure_code, "infusion_service")
        )
        drugs = {x.line_number for x in self.same_day(line) if within(x.procedure_code, "drug")}
        return follows and bool(drugs) and drugs <= unpaid


def adverse(findings: Iterable[Finding]) -> dict[str, int]:
    """Return the clauses that keep a line from full payment; a low number is a strong effect."""
    found: dict[str, int] = {}
    for finding in findings:
        if finding.effect in ADVERSE:
            strength = ADVERSE.index(finding.effect)
            found[finding.clause] = min(strength, found.get(finding.clause, strength))
    return found


def verdict(line: ClaimLine, findings: Sequence[Finding]) -> Verdict:
    """Return what the clauses that count make of a line."""
    effects = {finding.effect for finding in findings}
    addressed = (
        any(within(line.procedure_code, name) for name in ADDRESSED)
        or within(line.revenue_code, "associated_revenue_codes")
        or is_transfusion_fee(line)
        or is_blood_product(line)
        or bool(effects - {"scope"})
    )
    outcome = "reimbursable" if addressed else "not_addressed"
    for effect in reversed(ADVERSE):
        if effect in effects:
            outcome = effect
    missing = {name for finding in findings for name in finding.missing}
    limits = [finding.allowed for finding in findings if finding.allowed is not None]
    return Verdict(
        outcome,
        frozenset((finding.clause, finding.effect) for finding in findings),
        min(limits) if outcome == "reduced" else None,
        frozenset(missing),
    )
