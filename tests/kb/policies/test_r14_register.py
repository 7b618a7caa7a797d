"""The clauses of R14 agree with the register, where a person has it, and with themselves."""

from __future__ import annotations

import csv
import re
import tomllib
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[3]
FOLDER = ROOT / "kb" / "policies" / "r14"
REGISTER = ROOT.parent / "shared" / "r14"
PLACEHOLDERS = {"line", "procedure", "place", "units", "clause"}
CLAIM_COLUMNS = {"modifiers", "prior_authorization"}

needs_register = pytest.mark.skipif(
    not (REGISTER / "clauses.csv").exists(), reason="the register is not at hand"
)


def toml(name: str) -> dict[str, Any]:
    return tomllib.loads((FOLDER / name).read_text(encoding="utf-8"))


CLAUSES: list[dict[str, Any]] = toml("clauses.toml")["clause"]


@needs_register
def test_clauses_agree_with_the_register() -> None:
    with (REGISTER / "clauses.csv").open(encoding="utf-8", newline="") as file:
        register = [
            (
                row["clause_id"],
                row["section"],
                row["document_lines"],
                row["effect"],
                row["effective_from"],
                row["carc"],
                row["rarcs"].split(),
            )
            for row in csv.DictReader(file)
        ]
    ours = [
        (
            clause["id"],
            clause["section"],
            clause["document_lines"],
            clause["effect"],
            clause["effective_from"].isoformat(),
            clause["carc"],
            clause["rarcs"],
        )
        for clause in CLAUSES
    ]
    assert ours == register


@needs_register
def test_evidence_agrees_with_the_register() -> None:
    declared = toml("policy.toml")["evidence"]
    with (REGISTER / "evidence.csv").open(encoding="utf-8", newline="") as file:
        register = {row["evidence"]: row["values"] for row in csv.DictReader(file)}
    assert list(declared) == list(register)
    for name, values in register.items():
        kind = declared[name]["kind"]
        if kind == "choice":
            assert declared[name]["choices"] == values.split()
        elif kind == "line_number":
            assert values.startswith("line_number")
        else:
            assert re.match(rf"{kind}\b", values)


@needs_register
def test_readings_agree_with_the_register() -> None:
    text = (REGISTER / "readings.md").read_text(encoding="utf-8")
    numbers = [int(number) for number in re.findall(r"^\| (\d+) \|", text, re.MULTILINE)]
    ours = [reading["number"] for reading in toml("readings.toml")["reading"]]
    assert ours == list(dict.fromkeys(numbers))


def test_there_are_63_clauses() -> None:
    assert len(CLAUSES) == len({clause["id"] for clause in CLAUSES}) == 63


def test_adverse_clauses_adjust_and_the_others_do_not() -> None:
    for clause in CLAUSES:
        adverse = clause["effect"] in {"denied", "bundled", "reduced", "pended"}
        assert bool(clause["carc"]) == adverse, clause["id"]
        assert clause["group"] == ("CO" if adverse else ""), clause["id"]
        assert bool(clause.get("changes")) or not adverse, clause["id"]


def test_texts_are_short_and_complete() -> None:
    for clause in CLAUSES:
        assert 3 <= len(clause["title"].split()) <= 7, clause["id"]
        assert clause["summary"].endswith("."), clause["id"]
        assert clause["narrative"].strip(), clause["id"]
        assert not clause["narrative"].endswith("."), clause["id"]
        assert set(re.findall(r"{(\w+)}", clause["narrative"])) <= PLACEHOLDERS, clause["id"]


def test_exceptions_and_related_policies_are_declared() -> None:
    policy = toml("policy.toml")
    for clause in CLAUSES:
        assert set(clause.get("related", ())) <= set(policy["related"]), clause["id"]
        for exception in clause.get("exceptions", ()):
            name, value = exception["evidence"], exception["value"]
            if name in CLAIM_COLUMNS:
                continue
            declared = policy["evidence"][name]
            if declared["kind"] == "choice":
                assert value in declared["choices"], clause["id"]


def test_numbers_of_readings_exist() -> None:
    policy = toml("policy.toml")
    known = {reading["number"]: reading for reading in toml("readings.toml")["reading"]}
    for section in ("switches", "tables"):
        for name, declaration in policy[section].items():
            if "reading" in declaration:
                assert declaration["reading"] in known, name
    for name, switch in policy["switches"].items():
        assert known[switch["reading"]]["switch"] == name
        assert switch["default"] in switch["values"]
    named = {reading["switch"] for reading in known.values() if "switch" in reading}
    assert named == set(policy["switches"])
