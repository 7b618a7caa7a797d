"""A second opinion on R14: the register read once more, in plain Python and without the rules."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from fractions import Fraction
from typing import NamedTuple

from facts.claim import ClaimLine, Evidence, Override
from tests.kb.policies.adjudicator_conditions import Conditions, Finding
from tests.kb.policies.adjudicator_sets import ADDRESSED, FIRST_DAY, within
from tests.kb.policies.adjudicator_view import (
    Release,
    is_blood_product,
    is_supply,
    is_transfusion_fee,
)

ADVERSE = ("denied", "bundled", "reduced", "pended")
COVERAGE_DENIALS = {"R14-NOT-1", "R14-NOT-2a", "R14-NOT-2b", "R14-NOT-2c"}


class Verdict(NamedTuple):
    """The second opinion on one line."""

    outcome: str
    citations: frozenset[tuple[str, str]]
    allowed: Fraction | None


def adjudicate(
    lines: Sequence[ClaimLine],
    evidence: Iterable[Evidence] = (),
    overrides: Iterable[Override] = (),
    settings: Mapping[str, str] | None = None,
    release: Release | None = None,
    precertification: Iterable[str] | None = None,
) -> dict[int, Verdict]:
    """Return the verdict on every line of one claim, by line number."""
    claim = Claim(
        lines, tuple(evidence), tuple(overrides), settings or {}, release, precertification or ()
    )
    return claim.verdicts()


class Claim(Conditions):
    """A claim whose lines can be decided: dates, overrides, NOT-3 and the outcome."""

    def basis(self, line: ClaimLine) -> date:
        if self.settings.get("effective_basis") == "processed_date" and line.processed_date:
            return line.processed_date
        return line.service_date

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
            if self.basis(line) < FIRST_DAY[finding.clause]:
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

    def verdicts(self) -> dict[int, Verdict]:
        cited = {x.line_number: self.after_overrides(x, self.conditions(x)) for x in self.lines}
        unpaid = {
            number
            for number, findings in cited.items()
            if any(finding.clause in COVERAGE_DENIALS for finding in findings)
        }
        for line in self.lines:
            if self.goes_with_a_denial(line, unpaid):
                finding = Finding("R14-NOT-3", "denied")
                cited[line.line_number] += self.after_overrides(line, [finding])
        verdicts = {
            x.line_number: Verdict("not_addressed", frozenset({("R14-SCP-1", "scope")}), None)
            for x in self.all_lines
        }
        for line in self.lines:
            verdicts[line.line_number] = verdict(line, cited[line.line_number])
        return verdicts

    def goes_with_a_denial(self, line: ClaimLine, unpaid: set[int]) -> bool:
        named = {int(value) for value in self.values(line, "related_to")} - {line.line_number}
        if named & unpaid:
            return True
        code = line.procedure_code
        follows = (
            is_supply(code)
            or bool(self.kinds(line) & {"supply", "equipment"})
            or within(code, "infusion_service")
        )
        drugs = {x.line_number for x in self.same_day(line) if within(x.procedure_code, "drug")}
        return follows and bool(drugs) and drugs <= unpaid


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
    limits = [finding.allowed for finding in findings if finding.allowed is not None]
    return Verdict(
        outcome,
        frozenset((finding.clause, finding.effect) for finding in findings),
        min(limits) if outcome == "reduced" else None,
    )
