"""``query`` on both engines, as a person runs it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from facts.readers.column_values import PARSERS
from kb.bulk import engine as choice
from kb.claims.sources import ENGINES
from tests.conftest import interruptible
from tests.kb.bulk.files import write_rows
from tests.kb.bulk.test_command import COLUMNS, DENIED, ROOT, claims, run

__all__ = ["claims", "run"]

GOALS = (
    "denied(Claim, Line, Clause)",
    "units(C, L, U), U > 1, procedure(C, L, X)",
    "outcome(C, L, O), outcome(D, L, O), C @< D, denied(C, L, K)",
    "denied('RC7', Line, Clause)",
    "denied('RC7', L, K), denied('RC8', M, J)",
    "aggregate_all(count, line(C, L), N)",
    "code_in('J7050', Table)",
    "denied(_, _, 'R14-FAC-1')",
    "\\+ denied(_, _, 'R14-FAC-1')",
)


@pytest.mark.parametrize(
    ("goal", "option"), list(zip(GOALS, ["", "--csv", "--json"] * 3, strict=True))
)
def test_both_engines_print_the_same(run: Any, claims: Path, goal: str, option: str) -> None:
    said = [goal, *filter(None, (option,))]
    found = {
        run("query", *said, "-c", f"claims.{kind}", *chosen)
        for kind, *chosen in (
            ("csv", "--engine", "pydatalog"),
            ("csv", "--engine", "duckdb"),
            ("jsonl", "--engine", "duckdb"),
            ("parquet",),
            ("parquet", "--engine", "duckdb"),
        )
    }
    ((code, out, err),) = found
    assert (code, err) in ((0, ""), (1, "no answer\n"))
    assert (code == 0) == (out.count("\n") > (option == "--csv"))


def test_a_large_table_is_answered_by_duckdb(run: Any, claims: Path, monkeypatch: Any) -> None:
    expected = (
        run("query", GOALS[0], "-c", "claims.csv"),
        run("query", GOALS[3], "-c", "claims.csv"),
    )
    monkeypatch.setattr(choice, "LARGE", 100)
    monkeypatch.setattr("kb.bulk.answers.answer_by_rows", None)
    monkeypatch.setattr("explain.cli.options.load_claims", None)
    for goal, said in zip((GOALS[0], GOALS[3]), expected, strict=True):
        assert run("query", goal, "-c", "claims.csv") == said
    assert run("query", "denied('RC777', L, K)", "-c", "claims.csv") == (1, "", "no answer\n")


def test_bad_rows_are_told_and_left_out_by_both_engines(run: Any, claims: Path) -> None:
    rows = [
        DENIED.format(claim="A"),
        "B,1,cms1500,2018-06-01,22,96365,abc",
        "B,2,cms1500,2018-06-01,22,96365,1",
        "C,1,cms1500",
        DENIED.format(claim="D"),
    ]
    (claims / "bad.csv").write_text("\n".join([COLUMNS, *rows]) + "\n")
    (claims / "evidence.csv").write_text(
        "claim_id,line_number,evidence,value\nA,1,primary_reason_for_visit,maybe\n"
        "A,1,indicated_for_condition,yes\n"
    )
    found = {
        run("query", *said, "-c", "bad.csv", "--evidence", "evidence.csv", "--engine", engine)
        for engine in ENGINES
        for said in (["denied(C, L, K)", "--csv"],)
    }
    told = {(code, out, "\n".join(sorted(err.splitlines()))) for code, out, err in found}
    ((code, out, err),) = told
    assert code == 3
    assert out == "C,L,K\nA,1,R14-FAC-1\nD,1,R14-FAC-1\n"
    assert "error: `units` is not a number: `abc`" in err
    assert "error: the row has 3 values, the header has 7 columns" in err
    assert "maybe" in err


def test_overrides_and_settings_reach_the_goal(run: Any, claims: Path) -> None:
    (claims / "one.csv").write_text(f"{COLUMNS},plan_id\n{DENIED.format(claim='A')},P1\n")
    (claims / "overrides.csv").write_text(
        "authority,authority_id,clause_id,effect,effective_from,effective_to\n"
        "plan,P1,R14-FAC-1,waived,2018-01-01,2018-12-31\n"
    )
    for engine in ENGINES:
        chosen = ["-c", "one.csv", "--engine", engine]
        assert run("query", "denied(C, L, K)", *chosen)[0] == 0
        chosen += ["--overrides", "overrides.csv", "--strict", "--json"]
        assert run("query", "denied(C, L, K)", *chosen) == (1, "", "no answer\n")
        code, out, _ = run("query", "waived(C, L, K), setting(strict, S)", *chosen)
        assert json.loads(out) == {"C": "A", "L": 1, "K": "R14-FAC-1", "S": "yes"}
        assert code == 0


WRONG = {
    "an engine that there is not": (
        ["line(C, L)", "-c", "claims.csv", "--engine", "prolog"],
        "error: there is no engine `prolog`\n  = help: one of pydatalog, duckdb\n",
    ),
    "a memory limit": (
        ["line(C, L)", "-c", "claims.parquet", "--memory-limit", "much"],
        "error: the memory limit or the threads cannot be `much`\n",
    ),
    "a memory limit for one claim": (
        ["line('RC7', L)", "-c", "claims.parquet", "--memory-limit", "much", "--engine", "duckdb"],
        "error: the memory limit or the threads cannot be `much`\n",
    ),
    "too little memory": (
        ["denied(C, L, K)", "-c", "claims.parquet", "--memory-limit", "1MB", "--threads", "1"],
        "error: the run does not fit in its memory limit\n  = help: give a larger --memory-limit",
    ),
    "a goal with a fault": (
        ["denyed(C, L, K)", "-c", "claims.parquet"],
        "error: unknown predicate `denyed/3`\n",
    ),
}


@pytest.mark.parametrize("name", WRONG)
def test_wrong_usage_is_one_clear_sentence(run: Any, claims: Path, name: str) -> None:
    arguments, sentence = WRONG[name]
    code, out, err = run("query", *arguments)
    assert (code, out) == (2, "")
    assert sentence in err


def test_a_file_that_is_missing_is_told(run: Any, claims: Path) -> None:
    code, out, err = run("query", "line(C, L)", "-c", "absent.parquet")
    assert (code, out) == (3, "")
    assert err.startswith("error: there is no file `absent.parquet`\n")


def test_without_the_extra_small_tables_are_answered(
    run: Any, claims: Path, monkeypatch: Any
) -> None:
    for name in [name for name in sys.modules if name.startswith("kb.bulk.query")]:
        monkeypatch.delitem(sys.modules, name)
    for name in ("duckdb", "_duckdb"):
        monkeypatch.setitem(sys.modules, name, None)
    assert run("query", "denied(C, L, K)", "-c", "claims.csv")[0] == 0
    code, out, err = run("query", "denied(C, L, K)", "-c", "claims.parquet")
    assert (code, out) == (2, "")
    assert err.startswith("error: `duckdb` is not installed, and millions of lines")


@pytest.mark.skipif(sys.platform == "win32", reason="the system has no such signal")
@pytest.mark.parametrize("seconds", [0.05, 0.6])
def test_an_interrupt_leaves_nothing_behind(seconds: float, tmp_path: Path) -> None:
    rows = [
        {"claim_id": f"C{number}", "line_number": "1", "claim_form": "cms1500"}
        | {"service_date": "2018-06-01", "rendering_provider": f"P{number % 9}"}
        for number in range(40_000)
    ]
    write_rows(tmp_path, "many", "csv", rows, tuple(PARSERS))
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    goal = "rendering_provider(C, L, P), rendering_provider(D, M, P), C @< D"
    process = subprocess.Popen(
        [sys.executable, "-m", "explain", "query", goal, "-c", "many.csv"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT), "TMPDIR": str(scratch)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=interruptible,
    )
    deadline = time.monotonic() + 30
    while not os.listdir(scratch) and time.monotonic() < deadline:
        time.sleep(0.01)
    time.sleep(seconds)
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=60)
    assert process.returncode == 130
    assert err.splitlines()[-1].startswith("interrupted: ")
    assert os.listdir(scratch) == []
