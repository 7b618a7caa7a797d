"""Wrong usage ends with 2, before anything is read or written."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.explain.cli.conftest import Run


@pytest.mark.parametrize(
    ("goal", "rows"),
    [
        (
            "denid(C, L, K)",
            [
                "error: unknown predicate `denid/3`",
                "  --> <query>:1:1",
                "  |",
                "1 | denid(C, L, K)",
                "  | ^^^^^^^^^^^^^^",
                "  = help: did you mean `denied/3`?",
            ],
        ),
        (
            "line(C, L), denied(C, L)",
            [
                "error: `denied` takes 3 arguments, not 2",
                "  --> <query>:1:13",
                "  |",
                "1 | line(C, L), denied(C, L)",
                "  |             ^^^^^^^^^^^^",
                "  = help: write `denied(claim, line, clause)`",
            ],
        ),
        ("denied(C, L", ["error: a parenthesis is not closed", "  = help: close it with `)`"]),
        (
            "units(C, L, U), U > abc",
            ["error: `abc` is text, and `U > abc` takes numbers", "  --> <query>:1:21"],
        ),
        (
            "\\+ denied(C, 1, _)",
            ["error: variable `C` has no value in `\\+ denied(C, 1, _)`", "  --> <query>:1:11"],
        ),
        (
            "__import__('os').system('true')",
            ["error: `__import__` cannot be the name of a predicate", "  --> <query>:1:1"],
        ),
        ("", ["error: the query is empty"]),
    ],
)
def test_a_goal_with_a_fault(run: Run, good: str, goal: str, rows: list[str]) -> None:
    ended = run("query", goal, "-c", good)
    assert (ended.code, ended.out) == (2, "")
    assert all(row in ended.err.splitlines() for row in rows), ended.err


@pytest.mark.parametrize(
    ("arguments", "sentence", "help"),
    [
        (["--set", "effectiv_basis=x"], "unknown setting `effectiv_basis`", "`effective_basis`"),
        (
            ["--set", "effective_basis=x"],
            "the setting `effective_basis` cannot be `x`",
            "one of service_date, processed_date",
        ),
        (["--set", "effective_basis"], "`--set effective_basis` is not a setting", "=processed"),
        (
            ["--set", "effective_basis=service_date", "--set", "effective_basis=processed_date"],
            "the setting `effective_basis` is given two values",
            "choose one",
        ),
        (["--policy", "r15"], "there is no policy `r15`", "did you mean `r14`?"),
        (["--policy", "."], "`.` is not a policy folder", "it has no file policy.toml"),
        (
            ["-o", "out.xlsx"],
            "`out.xlsx` has an unknown ending",
            "end it in .jsonl, in .csv or in .parquet",
        ),
        (["-o", "out"], "`out` has an unknown ending", "end it in .jsonl, in .csv or in .parquet"),
        (["-o", "good.csv"], "`good.csv` is one of the files to read", "another file"),
        (["-o", "./nowhere/../good.csv"], "is one of the files to read", "another file"),
        (["-o", "no/out.csv"], "`no/out.csv` cannot be written: no such file", "another file"),
        (["--json", "--csv"], "`--json` and `--csv` exclude each other", "choose one"),
        (["--csv", "-o", "out.jsonl"], "`--csv` contradicts the ending of `out.jsonl`", ""),
        (["--unknown"], "No such option: --unknown", "clausewise adjudicate --help"),
    ],
)
def test_adjudicate(
    run: Run, good: str, here: Path, arguments: list[str], sentence: str, help: str
) -> None:
    ended = run("adjudicate", good, *arguments)
    assert (ended.code, ended.out) == (2, "")
    assert sentence in ended.err
    assert help in ended.err
    assert [path.name for path in here.iterdir()] == [good]


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["why", "GOOD", "1"], "no claims are given"),
        (["why", "GOOD", "one", "-c", "good.csv"], "`one` is not a line number"),
        (["why"], "Missing argument 'CLAIM'"),
        (["adjudicate"], "Missing argument 'FILE"),
        (["query"], "Missing argument 'GOAL'"),
        (["query", "denied(C, L, K)", "--json", "--csv"], "exclude each other"),
        (["code"], "Missing argument 'CODE'"),
        (["code", "J70-50"], "the code is not a code: `J70-50`"),
        (["check", "nowhere"], "there is no policy `nowhere`"),
        (["clauses", "--policy", "nowhere"], "there is no policy `nowhere`"),
        (["explain"], "there is no command `explain`"),
    ],
)
def test_other_commands(run: Run, good: str, arguments: list[str], sentence: str) -> None:
    ended = run(*arguments)
    assert (ended.code, ended.out) == (2, "")
    assert sentence in ended.err


def test_without_arguments_there_is_help(run: Run) -> None:
    ended = run()
    assert ended.code in (0, 2)
    assert "clausewise demo" in ended.out + ended.err


def test_a_folder_is_no_output(run: Run, good: str, here: Path) -> None:
    (here / "out.csv").mkdir()
    ended = run("adjudicate", good, "-o", "out.csv")
    assert ended.code == 2
    assert "`out.csv` is a folder" in ended.err
