"""Read the cases of a policy folder, and tell what is wrong with their files."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from facts.diagnostic import ClausewiseError, Diagnostic
from facts.readers.batch import RejectedClaim
from facts.readers.column_values import PARSERS
from facts.readers.evidence import COLUMNS as EVIDENCE_COLUMNS
from facts.readers.evidence import index_evidence
from facts.readers.overrides import COLUMNS as OVERRIDE_COLUMNS
from facts.readers.overrides import collect_overrides
from facts.readers.records import read_claims_from_records
from facts.suggest import near_help
from facts.values import ValueFault, parse_amount
from kb.cases.case import CLAIM_ID, Case, ExpectedLine
from kb.claims.settings import complete_settings
from kb.model.clause import OUTCOMES
from kb.policy.loader import Policy
from kb.policy.toml_file import Field, TomlFile

_UNQUOTED = "write it without quotes"
_CASE = (
    Field("name", required=True),
    Field("clause", required=True),
    Field("fires", "flag", help=_UNQUOTED, default=True),
    Field("lines", "tables", help="as in lines = [{ ... }]"),
    Field("evidence", "tables", help="as in evidence = [{ ... }]"),
    Field("overrides", "tables", help="as in overrides = [{ ... }]"),
    Field("settings", ""),
    Field("strict", "flag", help=_UNQUOTED),
    Field("release", "tables", help='as in release = [{ code = "J1200", added = 1990-01-01 }]'),
    Field("precertification", ""),
)
_CODES = Field("precertification", "texts")
_EXPECTATIONS = ("expect", "cites", "allowed", "missing", "assumes")
_RELEASE_COLUMNS = ("code", "added", "terminated")
_RECORD = re.compile(r"record (\d+)")


def read_cases(folder: Path, policy: Policy | None = None) -> tuple[list[Case], list[Diagnostic]]:
    """Read ``cases/*.toml`` of a policy folder.

    Parameters
    ----------
    folder : Path
        The policy folder.
    policy : Policy, optional
        What clauses, evidence and settings of the cases are checked against.

    Returns
    -------
    list of Case
        Those without faults.
    list of Diagnostic
        What is wrong with the files.
    """
    cases: list[Case] = []
    found: list[Diagnostic] = []
    for path in sorted((folder / "cases").glob("*.toml")):
        file = TomlFile(path, f"cases/{path.name}", found)
        file.known(file.data, ("case",), "", "error")
        for position, row in enumerate(file.rows("case"), 1):
            before = len(found)
            case = _CaseReader(file, row, position, policy).case()
            if len(found) == before:
                cases.append(case)
    return cases, found


class _CaseReader:
    """One ``[[case]]`` of a file."""

    def __init__(
        self, file: TomlFile, row: dict[str, Any], position: int, policy: Policy | None
    ) -> None:
        self.file = file
        self.row = row
        self.policy = policy
        self.place = f"case {position}"
        name = row.get("name")
        if isinstance(name, str) and name:
            self.place = f"case {position} (`{name}`)"

    def case(self) -> Case:
        """Return the case; what is wrong with it is noted in the file."""
        record = self.file.record(self.row, _CASE, self.place, "error")
        if record["clause"]:
            self.known_clause(record["clause"], "clause")
        lines, expected = self.lines([*map(_plain, record["lines"])])
        evidence = [{"claim_id": CLAIM_ID, **_plain(item)} for item in record["evidence"]]
        self.columns("evidence", evidence, EVIDENCE_COLUMNS)
        overrides = [_plain(item) for item in record["overrides"]]
        self.columns("overrides", overrides, OVERRIDE_COLUMNS)
        if self.policy is not None:
            self.report(
                "evidence", index_evidence(evidence, self.policy.evidence_types).diagnostics
            )
            try:
                collect_overrides(overrides, tuple(self.policy.clauses))
            except ClausewiseError as fault:
                self.report("overrides", fault.diagnostics)
        return Case(
            record["name"],
            record["clause"],
            record["fires"],
            tuple(lines),
            tuple(evidence),
            tuple(overrides),
            self.settings(),
            record["strict"],
            self.release(record["release"]) if "release" in self.row else None,
            self.file.value(self.row, _CODES, self.place) if _CODES.key in self.row else None,
            expected,
            self.file.origin(self.place),
        )

    def error(self, message: str, help: str = "", key: str = "", item: int = 0) -> None:
        self.file.error(message, help, self.place, key, item)

    def known_clause(self, clause_id: str, key: str, item: int = 0) -> None:
        if self.policy is not None and clause_id not in self.policy.clauses:
            help = near_help(clause_id, self.policy.clauses, "`clausewise clauses` lists them")
            self.error(f"there is no clause `{clause_id}`", help, key, item)

    def columns(self, key: str, items: Iterable[Mapping[str, Any]], known: Collection[str]) -> None:
        for number, item in enumerate(items, 1):
            for name in item:
                if name not in known:
                    help = near_help(name, known)
                    self.error(f"unknown column `{name}`", help, key, number)

    def report(self, key: str, diagnostics: Iterable[Diagnostic]) -> None:
        """Note what a reader found wrong, at its row of the case."""
        for each in diagnostics:
            if each.severity == "error":
                match = _RECORD.search(str(each.place))
                self.error(each.message, each.help, key, int(match[1]) if match else 0)

    def lines(
        self, items: Sequence[Mapping[str, Any]]
    ) -> tuple[list[dict[str, Any]], dict[int, ExpectedLine]]:
        """Return the claim lines, and what is expected of each."""
        if not items and self.row.get("lines", []) == []:
            self.error("a case needs `lines`", "as in lines = [{ ... }]", "lines")
        self.columns("lines", items, (*PARSERS, *_EXPECTATIONS))
        lines: list[dict[str, Any]] = []
        expected: dict[int, ExpectedLine] = {}
        for number, item in enumerate(items, 1):
            columns = {key: value for key, value in item.items() if key in PARSERS}
            lines.append({"claim_id": CLAIM_ID, "line_number": str(number), **columns})
            expectation = self.expectation(number, item)
            line_number = str(lines[-1]["line_number"])
            if expectation is not None and line_number.isdecimal():
                expected[int(line_number)] = expectation
        for claim in read_claims_from_records(lines, "lines"):
            if isinstance(claim, RejectedClaim):
                self.report("lines", claim.diagnostics)
        return lines, expected

    def expectation(self, number: int, item: Mapping[str, Any]) -> ExpectedLine | None:
        """Return what is expected of a line; None where nothing is."""
        outcome = item.get("expect")
        if outcome is None:
            for key in _EXPECTATIONS:
                if key in item:
                    self.error(f"`{key}` has no `expect`", "", "lines", number)
                    break
            return None
        if outcome not in OUTCOMES:
            help = near_help(str(outcome), OUTCOMES)
            self.error(f"unknown outcome `{outcome}`", help, "lines", number)
        cites = self.names(item, "cites", number) or ()
        for clause_id in cites:
            self.known_clause(clause_id, "lines", number)
        allowed = item.get("allowed")
        if allowed is not None:
            try:
                parse_amount(str(allowed))
            except ValueFault as fault:
                self.error(f"`allowed` {fault.message}", fault.help, "lines", number)
        return ExpectedLine(
            str(outcome),
            frozenset(cites),
            None if allowed is None else str(allowed),
            self.names(item, "missing", number),
            self.names(item, "assumes", number),
        )

    def names(self, item: Mapping[str, Any], key: str, number: int) -> tuple[str, ...] | None:
        """Return a sorted list of texts of a line, or None where it is absent."""
        value = item.get(key)
        if value is None:
            return None
        if isinstance(value, list) and all(isinstance(each, str) for each in value):
            return tuple(sorted(value))
        self.error(f"`{key}` has to be a list of texts", "", "lines", number)
        return ()

    def settings(self) -> dict[str, str]:
        value = self.row.get("settings", {})
        if not isinstance(value, dict):
            self.error("`settings` has to be a table", 'as in settings = { a = "b" }', "settings")
            return {}
        if self.policy is not None:
            try:
                complete_settings(self.policy, value, strict=False)
            except ClausewiseError as fault:
                self.report("settings", fault.diagnostics)
        return value

    def release(self, rows: tuple[dict[str, Any], ...]) -> tuple[dict[str, Any], ...]:
        """Return the rows of a small HCPCS release."""
        self.columns("release", rows, _RELEASE_COLUMNS)
        for number, item in enumerate(rows, 1):
            if not isinstance(item.get("code"), str):
                self.error("`code` has to be text", "", "release", number)
            for name in ("added", "terminated"):
                if name in item and type(item[name]) is not date:
                    help = "write it without quotes, as in 1990-01-01"
                    self.error(f"`{name}` has to be a date", help, "release", number)
        return rows


def _plain(item: Mapping[str, Any]) -> dict[str, Any]:
    """A table in braces, its numbers and dates as the text that a table of claims would hold."""
    return {name: _as_text(value) for name, value in item.items()}


def _as_text(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    return str(value) if isinstance(value, (int, float)) and not isinstance(value, bool) else value
