"""Cases of a policy folder: claims with the outcome and the exact clauses that are expected."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from facts.codes import CodeTable, TableRow
from facts.diagnostic import ClausewiseError, Diagnostic
from facts.origin import Origin
from facts.readers.code_lists import HcpcsRelease
from kb.clause import OUTCOMES
from kb.determination import Determination
from kb.engines.protocol import Engine
from kb.knowledge_base import KnowledgeBase
from kb.policy import Policy
from kb.policy_toml import TomlFile

CLAIM_ID = "CASE"
_EXPECTATIONS = ("expect", "cites", "allowed", "missing", "assumes")


@dataclass(frozen=True, slots=True)
class ExpectedLine:
    """What a case expects of one claim line; None where it expects nothing of a field."""

    outcome: str
    cites: frozenset[str]
    allowed: str | None = None
    missing: tuple[str, ...] | None = None
    assumes: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class Case:
    """One claim of a policy's test suite.

    Parameters
    ----------
    name : str
        What the case shows, in words.
    clause_id : str
        The clause that it is about.
    fires : bool
        Whether some line must cite the clause, or none may.
    lines, evidence, overrides : tuple of dict
        As the readers take them.
    settings : dict of str to str
    strict : bool
    release, precertification : tuple of dict
        A small HCPCS release and precertification list, where the case loads one.
    expected : dict of line number to ExpectedLine
    origin : Origin
    """

    name: str
    clause_id: str
    fires: bool
    lines: tuple[Mapping[str, Any], ...]
    evidence: tuple[Mapping[str, Any], ...]
    overrides: tuple[Mapping[str, Any], ...]
    settings: Mapping[str, str]
    strict: bool
    release: tuple[Mapping[str, Any], ...] | None
    precertification: tuple[str, ...] | None
    expected: Mapping[int, ExpectedLine]
    origin: Origin

    def knowledge_base(self, policy: Policy, engine: Engine | None = None) -> KnowledgeBase:
        """Return the knowledge base that the case asks for."""
        return KnowledgeBase(
            policy,
            settings=self.settings,
            strict=self.strict,
            release=_release(self.release) if self.release is not None else None,
            precertification=(
                _code_list(self.precertification) if self.precertification is not None else None
            ),
            engine=engine,
        )


@dataclass(frozen=True, slots=True)
class CaseReport:
    """How the cases of a folder went.

    Parameters
    ----------
    total : int
        Cases that were run.
    failures : tuple of Diagnostic
        One for every case that did not come out as expected, or could not be read.
    """

    total: int
    failures: tuple[Diagnostic, ...]


def read_cases(folder: Path) -> tuple[list[Case], list[Diagnostic]]:
    """Read ``cases/*.toml`` of a policy folder.

    Parameters
    ----------
    folder : Path
        The policy folder.

    Returns
    -------
    list of Case
    list of Diagnostic
        What could not be read.
    """
    cases: list[Case] = []
    found: list[Diagnostic] = []
    for path in sorted((folder / "cases").glob("*.toml")):
        file = TomlFile(path, f"cases/{path.name}", found)
        for position, row in enumerate(file.rows("case"), 1):
            case = _read_case(file, row, position)
            if case is not None:
                cases.append(case)
    return cases, found


def run_cases(policy: Policy, engine: Engine | None = None) -> CaseReport:
    """Run every case of a policy's folder.

    Parameters
    ----------
    policy : Policy
    engine : Engine, optional

    Returns
    -------
    CaseReport
    """
    cases, found = read_cases(policy.folder)
    failures = list(found)
    for case in cases:
        failures.extend(run_case(case, policy, engine))
    return CaseReport(len(cases), tuple(failures))


def run_case(case: Case, policy: Policy, engine: Engine | None = None) -> list[Diagnostic]:
    """Return what came out otherwise than a case expects; nothing where it passes."""
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


def _read_case(file: TomlFile, row: dict[str, Any], position: int) -> Case | None:
    place = f"case {position}"
    name = file.text(row, "name", place, required=True)
    clause_id = file.text(row, "clause", place, required=True)
    lines, expected = [], {}
    for number, line in enumerate(row.get("lines", []), 1):
        line_number = line.get("line_number", number)
        lines.append(
            {
                "claim_id": CLAIM_ID,
                "line_number": line_number,
                **{key: _plain(value) for key, value in line.items() if key not in _EXPECTATIONS},
            }
        )
        if "expect" not in line:
            continue
        if line["expect"] not in OUTCOMES:
            file.error(
                f"unknown outcome `{line['expect']}`", f"one of {', '.join(OUTCOMES)}", place
            )
        expected[line_number] = ExpectedLine(
            line["expect"],
            frozenset(line.get("cites", ())),
            None if line.get("allowed") is None else str(line["allowed"]),
            tuple(sorted(line["missing"])) if "missing" in line else None,
            tuple(sorted(line["assumes"])) if "assumes" in line else None,
        )
    if not lines:
        file.error("a case needs `lines`", place=place)
        return None
    return Case(
        name,
        clause_id,
        row.get("fires", True),
        tuple(lines),
        tuple({"claim_id": CLAIM_ID, **_plain_values(item)} for item in row.get("evidence", [])),
        tuple(_plain_values(item) for item in row.get("overrides", [])),
        row.get("settings", {}),
        row.get("strict", False),
        tuple(row["release"]) if "release" in row else None,
        tuple(row["precertification"]) if "precertification" in row else None,
        expected,
        Origin(file.label, f"{place} (`{name}`)"),
    )


def _plain_values(item: Mapping[str, Any]) -> dict[str, Any]:
    return {key: _plain(value) for key, value in item.items()}


def _plain(value: Any) -> Any:
    """Numbers and dates of TOML as the text that a table would hold."""
    if isinstance(value, date):
        return value.isoformat()
    return str(value) if isinstance(value, (int, float)) and not isinstance(value, bool) else value


def _release(rows: tuple[Mapping[str, Any], ...]) -> HcpcsRelease:
    return HcpcsRelease(
        "case",
        {row["code"]: ((row.get("added"), row.get("terminated")),) for row in rows},
    )


def _code_list(codes: tuple[str, ...]) -> CodeTable:
    rows = tuple(TableRow(code, code, Origin("case", code)) for code in codes)
    return CodeTable("precertification_list", "procedure", rows)
