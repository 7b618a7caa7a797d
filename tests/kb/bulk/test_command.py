"""``adjudicate``, ``why`` and ``query`` on Parquet and on large tables, as a person runs them."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import duckdb
import pytest

from explain.cli import progress
from explain.cli.app import app
from facts.readers.column_values import PARSERS
from kb.bulk import engine as choice
from kb.bulk.result import Meter
from tests.conftest import INTERRUPTED, interruptible
from tests.kb.bulk.files import row_of, write_rows
from tests.kb.policies.random_claims import random_case

ROOT = Path(__file__).parents[3]
COLUMNS = "claim_id,line_number,claim_form,service_date,place_of_service,procedure_code,units"
DENIED = "{claim},1,cms1500,2018-06-01,22,96365,1"


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: Any) -> Any:
    monkeypatch.chdir(tmp_path)

    def command(*arguments: str) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as ended:
            app(arguments, prog_name="clausewise")
        captured = capsys.readouterr()
        assert "Traceback" not in captured.err
        return int(ended.value.code or 0), captured.out, captured.err

    return command


@pytest.fixture
def claims(tmp_path: Path) -> Path:
    """Sixty claims as CSV, JSONL and Parquet of the same name."""
    rows = [row_of(line) for seed in range(60) for line in random_case(seed).lines]
    for kind in ("csv", "jsonl", "parquet"):
        write_rows(tmp_path, "claims", kind, rows, tuple(PARSERS))
    return tmp_path


@pytest.mark.parametrize("kind", ["csv", "jsonl"])
def test_both_engines_print_the_same(run: Any, claims: Path, kind: str) -> None:
    option = "--csv" if kind == "csv" else "--json"
    one = run("adjudicate", "claims.parquet", option)
    other = run("adjudicate", "claims.csv", "--engine", "pydatalog", option)
    third = run("adjudicate", "claims.jsonl", "--engine", "duckdb", option)
    assert one[0] == other[0] == third[0] == 0
    assert one[1:] == other[1:] == third[1:]
    assert one[2].endswith("not addressed)\n")


def test_parquet_holds_what_the_rows_hold(run: Any, claims: Path) -> None:
    assert run("adjudicate", "claims.parquet", "-o", "out.parquet")[0] == 0
    assert run("adjudicate", "claims.csv", "--engine", "pydatalog", "-o", "rows.parquet")[0] == 0
    found = [duckdb.sql(f"SELECT * FROM '{claims / name}.parquet'") for name in ("out", "rows")]
    assert found[0].types == found[1].types
    assert found[0].columns == found[1].columns
    assert found[0].fetchall() == found[1].fetchall()


def test_a_table_on_a_terminal(run: Any, claims: Path, monkeypatch: Any) -> None:
    monkeypatch.setattr("explain.cli.adjudicating._on_terminal", lambda: True)
    one, other = run("adjudicate", "claims.parquet"), run("adjudicate", "claims.csv")
    assert one == other
    assert one[1].startswith("claim ")


def test_globs_and_several_kinds(run: Any, claims: Path) -> None:
    for number in range(3):
        (claims / f"part{number}.csv").write_text(
            f"{COLUMNS}\n{DENIED.format(claim=f'P{number}')}\n"
        )
    code, out, _ = run("adjudicate", "part*.csv", "claims.parquet", "--json")
    assert code == 0
    assert [json.loads(row)["claim_id"] for row in out.splitlines()][:3] == ["P0", "P1", "P2"]
    assert run("adjudicate", "part*.csv", "--json")[1] == "".join(out.splitlines(True)[:3])


def test_rejects_add_up_and_are_the_same_of_both_engines(run: Any, claims: Path) -> None:
    rows = [
        DENIED.format(claim="A"),
        "B,1,cms1500,2018-06-01,22,96365,abc",
        "B,2,cms1500,2018-06-01,22,96365,1",
        "B,3,cms1500,2018-02-30,22,96365,1",
        "C,1,cms1500",
    ]
    (claims / "bad.csv").write_text("\n".join([COLUMNS, *rows]) + "\n")
    found = []
    for engine in ("duckdb", "pydatalog"):
        code, out, err = run("adjudicate", "bad.csv", "--engine", engine, "--rejects", "r.csv")
        assert code == 3
        assert "5 lines read = 1 determined + 4 rejected (1 denied)\n" in err
        found.append((out, err, (claims / "r.csv").read_text()))
    assert found[0] == found[1]
    assert found[0][2].splitlines() == [
        "claim_id,lines_rejected,file,place,message,help",
        'B,3,bad.csv,"row 3, column `units`",`units` is not a number: `abc`,'
        '"write digits, with a point before decimals"',
        'B,0,bad.csv,"row 5, column `service_date`",`service_date` is a date that does not exist: '
        "`2018-02-30`,look at the month and the day",
        'C,1,bad.csv,row 6,"the row has 3 values, the header has 7 columns",'
        "is a comma or a quotation mark missing?",
    ]


def test_the_engine_that_fits_is_taken(claims: Path, monkeypatch: Any) -> None:
    table, parquet = str(claims / "claims.csv"), str(claims / "claims.parquet")
    x12 = str(ROOT / "explain" / "examples" / "office.837")
    assert choice.choose_engine(None, [table]) == "pydatalog"
    assert choice.choose_engine(None, [x12]) == "pydatalog"
    assert choice.choose_engine(None, [table, parquet]) == "duckdb"
    assert choice.choose_engine("pydatalog", [parquet]) == "pydatalog"
    monkeypatch.setattr(choice, "LARGE", 100)
    assert choice.choose_engine(None, [table]) == "duckdb"
    assert choice.choose_engine(None, [x12]) == "duckdb"
    assert choice.choose_engine(None, [table, x12]) == "duckdb"
    monkeypatch.setattr(choice, "is_installed", lambda: False)
    assert choice.choose_engine(None, [table]) == "pydatalog"


WRONG = {
    "an engine that there is not": (
        ["claims.csv", "--engine", "prolog"],
        "error: there is no engine `prolog`\n  = help: one of pydatalog, duckdb\n",
    ),
    "a memory limit": (
        ["claims.parquet", "--memory-limit", "much"],
        "error: the memory limit or the threads cannot be `much`\n"
        "  = help: write a memory limit as in 4GB, and threads as a whole number from 1\n",
    ),
    "no folder": (
        ["claims.parquet", "-o", "nowhere/out.parquet"],
        "/nowhere`\n  = help: choose another file or folder, or make room\n",
    ),
    "over its input": (
        ["claims.parquet", "-o", "claims.parquet"],
        "error: `claims.parquet` is one of the files to read\n  = help: write to another file\n",
    ),
    "rejects over the output": (
        ["claims.csv", "-o", "out.csv", "--rejects", "out.csv"],
        "error: `out.csv` is one of the files to read\n  = help: write to another file\n",
    ),
    "too little memory": (
        ["claims.parquet", "-o", "out.parquet", "--memory-limit", "1MB", "--threads", "1"],
        "error: the run does not fit in its memory limit\n  = help: give a larger --memory-limit",
    ),
}


@pytest.mark.parametrize("name", WRONG)
def test_wrong_usage_is_one_clear_sentence(run: Any, claims: Path, name: str) -> None:
    arguments, sentence = WRONG[name]
    before = sorted(os.listdir(claims))
    code, out, err = run("adjudicate", *arguments)
    assert (code, out) == (2, "")
    assert sentence in err
    assert sorted(os.listdir(claims)) == before


def test_a_file_that_is_missing_is_told(run: Any, claims: Path) -> None:
    code, _, err = run("adjudicate", "absent.parquet", "--engine", "duckdb")
    assert code == 3
    assert err.startswith(
        "error: there is no file `absent.parquet`\n  --> absent.parquet\n"
        "  = help: look at the name and the folder\n"
    )


def test_without_the_extra_one_line_names_it(run: Any, claims: Path, monkeypatch: Any) -> None:
    for name in ("duckdb", "_duckdb"):
        monkeypatch.setitem(sys.modules, name, None)
    for arguments in (
        ["adjudicate", "claims.parquet"],
        ["why", "RC1", "1", "-c", "claims.parquet"],
    ):
        code, out, err = run(*arguments)
        assert (code, out) == (2, "")
        assert err.startswith("error: `duckdb` is not installed, and millions of lines")
        assert err.endswith("  = help: pip install '.[bulk]', in your clone of clausewise\n")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="the system has no full device")
def test_a_full_disk_is_one_sentence(claims: Path) -> None:
    with open("/dev/full", "w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "explain", "adjudicate", "claims.parquet", "--json"],
            cwd=claims,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
    assert done.returncode == 2
    assert "error: the output cannot be written: no space left on device\n" in done.stderr


@pytest.mark.skipif(sys.platform == "win32", reason="the system has no such signal")
@pytest.mark.parametrize("seconds", [0.05, 0.4])
def test_an_interrupt_leaves_no_file(seconds: float, tmp_path: Path) -> None:
    rows = [DENIED.format(claim=f"C{number}") for number in range(300_000)]
    (tmp_path / "many.csv").write_text("\n".join([COLUMNS, *rows]) + "\n")
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    process = subprocess.Popen(
        [sys.executable, "-m", "explain", "adjudicate", "many.csv", "-o", "out.parquet"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT), "TMPDIR": str(scratch)},
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
    assert process.returncode in INTERRUPTED
    assert err.splitlines()[-1].startswith("interrupted: the output is not complete")
    assert sorted(os.listdir(tmp_path)) == ["many.csv", "scratch"]
    assert os.listdir(scratch) == []


@pytest.mark.parametrize("terminal", [True, False])
def test_progress_is_told_after_a_while_and_taken_off_a_terminal(
    terminal: bool, monkeypatch: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(progress, "_FIRST", 0.01)
    monkeypatch.setattr(progress, "_ELSEWHERE", 0.01)
    monkeypatch.setattr(sys.stderr, "isatty", lambda: terminal)
    meter = Meter("claims", total=100, done=50)
    with progress.progress(meter):
        time.sleep(0.1)
    err = capsys.readouterr().err
    assert "50 of about 100 lines, " in err
    assert err.endswith("\r" if terminal else " left\n")


def test_a_short_run_tells_no_progress(capsys: pytest.CaptureFixture[str]) -> None:
    with progress.progress(Meter("claims", total=100, done=50)):
        pass
    assert capsys.readouterr().err == ""


def test_why_and_query_read_one_claim_of_parquet(run: Any, claims: Path) -> None:
    assert run("why", "RC7", "1", "-c", "claims.parquet")[0] == 0
    goal = "outcome('RC7', Line, Outcome)"
    one = run("query", goal, "-c", "claims.parquet")
    assert one == run("query", goal, "-c", "claims.csv")
    assert one[0] == 0
    every = run("query", "denied(Claim, Line, Clause)", "-c", "claims.parquet", "--csv")
    assert every == run("query", "denied(Claim, Line, Clause)", "-c", "claims.csv", "--csv")


def test_why_tells_the_row_of_the_parquet_file(run: Any, claims: Path) -> None:
    _, out, _ = run("why", "RC7", "1", "-c", "claims.parquet", "--json")
    row = duckdb.sql(
        f"SELECT file_row_number + 1 FROM read_parquet('{claims}/claims.parquet', "
        "file_row_number = true) WHERE claim_id = 'RC7' AND line_number = 1"
    ).fetchall()[0]
    assert f"row {row[0]}, column" in out


def test_why_of_a_claim_that_is_not_there_names_the_nearest(run: Any, claims: Path) -> None:
    assert run("why", "RC77", "1", "-c", "claims.parquet") == (
        1,
        "",
        "error: there is no claim `RC77`\n  = help: did you mean `RC7`?\n",
    )
