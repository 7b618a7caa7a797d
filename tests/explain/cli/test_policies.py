"""``clauses``, ``code`` and ``check``: on R14, and on folders that have faults."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from kb.policy.folder import BUNDLED
from kb.policy.loader import load_policy
from tests.explain.cli.conftest import Run

RULE_FAULTS = {
    "syntax": (
        "applies(C, L, 'R14-FAC-1', denied) :- line(C, L)",
        [],
    ),
    "unknown predicate": (
        "applies(C, L, 'R14-FAC-1', denied) :- line(C, L), unitz(C, L, 3).",
        [
            "error: unknown predicate `unitz/3`",
            "  --> faults.pl:1:51",
            "  | " + " " * 50 + "^" * 14,
            "  = help: did you mean `units/3`?",
        ],
    ),
    "arity": (
        "applies(C, L, 'R14-FAC-1', denied) :- line(C, L), units(C, L).",
        ["error: `units` takes 3 arguments, not 2", "  --> faults.pl:1:51"],
    ),
    "types": (
        "applies(C, L, 'R14-FAC-1', denied) :- procedure(C, L, X), X > 3.",
        ["  --> faults.pl:1:59"],
    ),
    "safety": (
        "applies(C, L, 'R14-FAC-1', denied) :- line(C, L), \\+ procedure(C, L, X).",
        ["  --> faults.pl:1:70"],
    ),
    "stratification": (
        ":- predicate(odd(claim: text, line: number), 'odd', 'even').\n"
        "odd(C, L) :- line(C, L), \\+ odd(C, L).",
        [],
    ),
    "citation": (
        "applies(C, L, 'R14-FAC-99', denied) :- line(C, L).",
        ["  --> faults.pl:1:15", "  = help: did you mean `R14-FAC-7`?"],
    ),
}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of R14 with three of its cases."""
    copy = tmp_path / "mine"
    shutil.copytree(BUNDLED / "r14", copy)
    cases = sorted((copy / "cases").glob("*.toml"))
    for path in cases[1:]:
        path.unlink()
    blocks = cases[0].read_text(encoding="utf-8").split("[[case]]")
    cases[0].write_text("[[case]]".join(blocks[:4]), encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return copy


def test_check_of_a_folder(run: Run, folder: Path) -> None:
    ended = run("check", "mine")
    assert ended.code == 0
    assert ended.out.startswith("R14, version ")
    assert ended.out.endswith(", 3 cases\n")
    assert ended.err.endswith("every case came out as expected\n")


@pytest.mark.parametrize("name", RULE_FAULTS)
def test_check_of_a_rule_file_with_a_fault(run: Run, folder: Path, name: str) -> None:
    rules, expected = RULE_FAULTS[name]
    (folder / "faults.pl").write_text(rules + "\n", encoding="utf-8")
    ended = run("check", "mine")
    assert (ended.code, ended.out) == (3, "")
    rows = ended.err.splitlines()
    assert rows[0].startswith("error: ")
    assert any(row.lstrip().startswith("--> faults.pl:") for row in rows)
    assert any(set(row.strip(" |")) == {"^"} for row in rows)
    assert any(row.lstrip().startswith("= help: ") for row in rows)
    assert all(row in rows for row in expected), ended.err


def test_all_faults_of_a_folder_at_once(run: Run, folder: Path) -> None:
    (folder / "faults.pl").write_text(
        "applies(C, L, 'R14-FAC-99', denied) :- line(C, L), unitz(C, L, 3).\n", encoding="utf-8"
    )
    (folder / "tables" / "stray.csv").write_text("first,last\n", encoding="utf-8")
    ended = run("check", "mine", "--json")
    assert ended.code == 3
    errors = json.loads(ended.out)["errors"]
    assert {error["place"]["source"] for error in errors} == {"faults.pl", "tables/stray.csv"}
    assert len(errors) == 3


def test_a_policy_with_faults_answers_nothing(run: Run, folder: Path) -> None:
    (folder / "faults.pl").write_text("applies(C, L", encoding="utf-8")
    for arguments in (["clauses"], ["code", "J7050"], ["query", "line(C, L)"]):
        ended = run(*arguments, "--policy", "mine")
        assert (ended.code, ended.out) == (3, "")


def test_check_of_a_case_that_fails(run: Run, folder: Path) -> None:
    (path,) = (folder / "cases").glob("*.toml")
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace('expect = "reduced"', 'expect = "denied"', 1), encoding="utf-8")
    ended = run("check", "mine")
    assert ended.code == 1
    assert "error: case `" in ended.err
    assert f"  --> cases/{path.name}, case " in ended.err
    assert ended.err.endswith("1 of 3 cases failed\n")
    ended = run("check", "mine", "--json")
    assert len(json.loads(ended.out)["failures"]) == 1


def test_clauses(run: Run) -> None:
    policy = load_policy("r14")
    ended = run("clauses")
    assert ended.code == 0
    assert [row.split()[0] for row in ended.out.splitlines()] == ["clause", *policy.clauses]
    ended = run("clauses", "--json")
    assert [json.loads(row)["clause_id"] for row in ended.out.splitlines()] == [*policy.clauses]


@pytest.mark.parametrize("clause_id", [*load_policy("r14").clauses])
def test_every_clause_can_be_shown(run: Run, clause_id: str) -> None:
    ended = run("clauses", clause_id.lower())
    assert ended.code == 0
    assert ended.out.startswith(f"{clause_id}: ")
    assert f"'{clause_id}'" in ended.out
    assert ".pl:" in ended.out
    ended = run("clauses", clause_id, "--json")
    assert json.loads(ended.out)["clause_id"] == clause_id


def test_a_clause_that_is_not_there(run: Run) -> None:
    ended = run("clauses", "R14-FAC-77")
    assert (ended.code, ended.out) == (1, "")
    assert ended.err == (
        "error: there is no clause `R14-FAC-77`\n  = help: did you mean `R14-FAC-7`?\n"
    )


def test_code(run: Run) -> None:
    ended = run("code", "j7050", "--json")
    places = json.loads(ended.out)
    assert (ended.code, places["code"]) == (0, "J7050")
    tables = {table["table"]: table for table in places["tables"]}
    assert tables["not_separately_reimbursed"]["document_lines"] == "377"
    assert tables["drug"]["row"] == "J0100-J9999"
    assert tables["dose_per_unit"]["amount"] == "250"
    assert places["sets"] == ["drug_line"]
    assert "R14-COD-2" in places["clauses"]
    ended = run("code", "J7050")
    assert ended.code == 0
    assert all(name in ended.out for name in (*tables, "drug_line", *places["clauses"]))


@pytest.mark.parametrize("code", ["96365", "A4206", "0258", "22", "T80.30", "S9500"])
def test_codes_of_every_kind(run: Run, code: str) -> None:
    ended = run("code", code)
    assert ended.code == 0
    assert "R14-" in ended.out


def test_a_code_that_stands_nowhere(run: Run) -> None:
    ended = run("code", "99999")
    assert (ended.code, ended.out) == (1, "")
    assert ended.err == "`99999` is in no table, set or clause of R14\n"
    ended = run("code", "99999", "--json")
    assert ended.code == 1
    assert json.loads(ended.out) == {"code": "99999", "tables": [], "sets": [], "clauses": []}
