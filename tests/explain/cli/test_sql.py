"""``clausewise sql``."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("duckdb")
pytest.importorskip("sqlglot")

from tests.explain.cli.conftest import Run, Write

SMALL = str(Path(__file__).parents[2] / "kb" / "compile" / "policy")


def test_the_whole_policy(run: Run) -> None:
    ended = run("sql")
    assert (ended.code, ended.err) == (0, "")
    assert ended.out.startswith("-- R14: Pharmacy and Infusion Services\n-- Version 2018-09-18, ")
    assert '\nCREATE TABLE "outcome" AS\n' in ended.out
    assert "--   facility.pl, row" in ended.out
    assert "R14-FAC-1" in ended.out
    assert ended.out.endswith(";\n")


def test_only_what_is_asked_for(run: Run) -> None:
    ended = run("sql", "--policy", SMALL, "--dialect", "sqlite", "flush", "drug/2")
    assert ended.code == 0
    assert 'CREATE TABLE "flush"' in ended.out
    assert 'CREATE TABLE "drug"' in ended.out
    assert 'CREATE TABLE "outcome"' not in ended.out
    assert "clause_overrides" not in ended.out


def test_settings_are_rows(run: Run) -> None:
    plain = run("sql", "--policy", SMALL).out
    ended = run("sql", "--policy", SMALL, "--strict", "--set", "effective_basis=processed_date")
    assert "-- Settings: effective_basis=service_date, strict=no\n" in plain
    assert "-- Settings: effective_basis=processed_date, strict=yes\n" in ended.out
    assert "('effective_basis', 'processed_date'),\n  ('strict', 'yes');" in ended.out


def test_lists_are_rows(run: Run, write: Write) -> None:
    release = write("hcpcs.csv", "code,added,terminated", "J1200,2010-01-01,2020-12-31")
    codes = write("precertification.csv", "code", "J9999")
    ended = run("sql", "--hcpcs", release, "--precertification", codes)
    assert ended.code == 0
    assert "('J1200', '2010-01-01', '2020-12-31');" in ended.out
    assert "('precertification_list', 'procedure', 'J9999', 'J9999', '', NULL, '')" in ended.out
    assert "  ('hcpcs_release'),\n  ('precertification_list');" in ended.out


def test_json_is_a_statement_a_row(run: Run) -> None:
    rows = [json.loads(row) for row in run("sql", "--policy", SMALL, "--json").out.splitlines()]
    assert rows[0]["sql"] is rows[0]["name"] is None
    assert rows[0]["comment"][0] == "T1: A small policy for the printed SQL"
    assert all(row["sql"] and row["name"] for row in rows[1:])
    (flush,) = [row for row in rows if row["name"] == "flush"]
    assert flush["comment"][0] == "flush/2: line {line} is a flush, it isn't */ a drug"
    assert flush["sql"].startswith('CREATE TABLE "flush" AS\n')


def test_without_the_extra() -> None:
    script = (
        "import sys; sys.modules['sqlglot'] = None; sys.modules['sqlglot.expressions'] = None\n"
        "from explain.cli.app import app; app(['sql'])"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == (
        "error: `sqlglot` is not installed, and millions of lines, Parquet and SQL need it\n"
        "  = help: pip install '.[bulk]', in your clone of clausewise\n"
    )


@pytest.mark.parametrize(
    ("arguments", "code", "rows"),
    [
        (
            ["--dialect", "snowflak"],
            2,
            ["error: unknown dialect `snowflak`", "  = help: did you mean `snowflake`?"],
        ),
        (
            ["denid", "outcome/4", "zzzzzzz"],
            2,
            [
                "error: no rule derives `denid`",
                "  = help: did you mean `denied/3`?",
                "error: no rule derives `outcome/4`",
                "  = help: did you mean `outcome/3`?",
                "error: no rule derives `zzzzzzz`",
                "  = help: name a predicate that rules derive",
            ],
        ),
        (
            ["--set", "effective_basis=noon"],
            2,
            [
                "error: the setting `effective_basis` cannot be `noon`",
                "  --> settings",
                "  = help: one of service_date, processed_date",
            ],
        ),
        (
            ["--policy", SMALL, "--dialect", "bigquery"],
            3,
            [
                "error: `day_before/3` is recursive, and the dialect's recursive queries keep rows"
                " that stand twice: BigQuery cannot say that in one query",
                "   --> rules.pl:15:1",
                "   = help: `clausewise adjudicate` and `clausewise query` answer it in rounds",
            ],
        ),
    ],
)
def test_what_cannot_be_printed(run: Run, arguments: list[str], code: int, rows: list[str]) -> None:
    ended = run("sql", *arguments)
    assert (ended.code, ended.out) == (code, "")
    told = [
        row
        for row in ended.err.splitlines()
        if row.startswith(("error", "  -", "   -", "  =", "   ="))
    ]
    assert told == rows
