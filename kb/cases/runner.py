"""Run the cases of a policy folder."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from facts.diagnostic import ClausewiseError, Diagnostic
from facts.origin import Origin
from kb.cases.case import CLAIM_ID, Case, ExpectedLine
from kb.cases.reader import read_cases
from kb.engines.protocol import Engine
from kb.model.determination import Determination
from kb.policy.loader import Policy

__all__ = [
    "CLAIM_ID",
    "Case",
    "CaseReport",
    "ExpectedLine",
    "_missing_cases",
    "read_cases",
    "run_case",
    "run_cases",
]

_MOST_NAMED = 10
"""Clauses that a warning names."""


@dataclass(frozen=True, slots=True)
class CaseReport:
    """How the cases of a folder went.

    Parameters
    ----------
    total : int
        Cases that were run.
    failures : tuple of Diagnostic
        One for every case that did not come out as expected.
    faults : tuple of Diagnostic
        What is wrong with the files of the cases; a case with faults is not run.
    warnings : tuple of Diagnostic
        Clauses that no case shows.
    """

    total: int
    failures: tuple[Diagnostic, ...]
    faults: tuple[Diagnostic, ...] = ()
    warnings: tuple[Diagnostic, ...] = ()


def run_cases(policy: Policy, engine: Engine | None = None) -> CaseReport:
    """Run every case of a policy's folder.

    Parameters
    ----------
    policy : Policy
        The policy that is tested.
    engine : Engine, optional
        pyDatalog where nothing is given.

    Returns
    -------
    CaseReport
    """
    cases, faults = read_cases(policy.folder, policy)
    failures = [failure for case in cases for failure in run_case(case, policy, engine)]
    warnings = () if faults else tuple(_missing_cases(cases, policy.clauses))
    return CaseReport(len(cases), tuple(failures), tuple(faults), warnings)


def _missing_cases(cases: Iterable[Case], clause_ids: Iterable[str]) -> list[Diagnostic]:
    """Return warnings for clauses that no case fires, or of which there is no near miss."""
    place = Origin("cases")
    cases, clause_ids = list(cases), list(clause_ids)
    if not cases:
        help = "write a claim that fires each clause, and one that nearly does, to cases/*.toml"
        return [Diagnostic("warning", "the policy has no cases", place, help)]
    found = []
    for fires, words, help in (
        (True, "no case fires", "a case names its clause by `clause`"),
        (False, "no case is a near miss of", "a near miss has `fires = false`"),
    ):
        shown = {case.clause_id for case in cases if case.fires is fires}
        bare = [clause_id for clause_id in clause_ids if clause_id not in shown]
        if bare:
            named = ", ".join(f"`{clause_id}`" for clause_id in bare[:_MOST_NAMED])
            more = f" and {len(bare) - _MOST_NAMED} more" if len(bare) > _MOST_NAMED else ""
            found.append(Diagnostic("warning", f"{words} {named}{more}", place, help))
    return found


def run_case(case: Case, policy: Policy, engine: Engine | None = None) -> list[Diagnostic]:
    """Return what came out otherwise than a case expects; nothing where it passes.

    Parameters
    ----------
    case : Case
        The case.
    policy : Policy
        The policy that is tested.
    engine : Engine, optional
        pyDatalog where nothing is given.
    """
    try:
        result = case.knowledge_base(policy, engine).adjudicate(
            case.lines, case.evidence, case.overrides
        )
    except ClausewiseError as fault:
        return list(fault.diagnostics)
    faults = [item.message for item in result.diagnostics if item.severity == "error"]
    cited: set[str] = set()
    for determination in result:
        cited.update(determination.clause_ids)
        expected = case.expected.get(determination.line_number)
        if expected is not None:
            faults.extend(_differences(determination, expected))
    if case.fires != (case.clause_id in cited):
        faults.append(
            f"`{case.clause_id}` is not cited on any line"
            if case.fires
            else f"`{case.clause_id}` is cited, though the case is a near miss"
        )
    if not faults:
        return []
    return [
        Diagnostic("error", f"case `{case.name}`: {'; '.join(faults)}", case.origin),
    ]


def _differences(determination: Determination, expected: ExpectedLine) -> list[str]:
    where = f"line {determination.line_number}"
    faults = []
    if determination.outcome != expected.outcome:
        faults.append(f"{where} is `{determination.outcome}`, expected `{expected.outcome}`")
    cited = frozenset(determination.clause_ids)
    if cited != expected.cites:
        faults.append(f"{where} cites {_set(cited)}, expected {_set(expected.cites)}")
    allowed = determination.to_json()["allowed_units"]
    if str(allowed) != str(expected.allowed):
        faults.append(f"{where} allows {allowed}, expected {expected.allowed}")
    missing = determination.missing_evidence
    if expected.missing is not None and missing != expected.missing:
        faults.append(f"{where} misses {_set(missing)}, expected {_set(expected.missing)}")
    if expected.assumes is not None and determination.assumptions != expected.assumes:
        faults.append(
            f"{where} assumes {_set(determination.assumptions)}, expected {_set(expected.assumes)}"
        )
    return faults


def _set(names: frozenset[str] | tuple[str, ...]) -> str:
    return "{" + ", ".join(sorted(names)) + "}"
