"""What is told stays readable: of every kind the first hundred, then how many more."""

from __future__ import annotations

from pathlib import Path

import pytest

from explain.cli.bounded import MOST, BoundedDiagnostics
from facts.diagnostic import Diagnostic
from tests.explain.cli.conftest import COLUMNS, DENIED, Run, Write

BAD = [f"B{number},1,cms1500,2018-06-01,22,96365,x{number}" for number in range(250)]
REST = "150 more errors like these; `adjudicate --all-diagnostics` shows them all"


def test_of_a_kind_the_first_hundred_are_told(run: Run, write: Write) -> None:
    ended = run("adjudicate", write("bad.csv", COLUMNS, DENIED, *BAD))
    rows = ended.err.splitlines()
    assert ended.code == 3
    assert [row for row in rows if row.startswith("error")] == [
        f"error: `units` is not a number: `x{number}`" for number in range(100)
    ]
    assert rows[-2] == REST
    assert rows[-1].startswith("251 lines read = 1 determined + 250 rejected")


def test_all_of_them_are_told_where_asked_for(run: Run, write: Write) -> None:
    ended = run("adjudicate", write("bad.csv", COLUMNS, DENIED, *BAD), "--all-diagnostics")
    assert ended.err.count("error: `units` is not a number") == 250
    assert "more errors" not in ended.err


def test_why_tells_as_much(run: Run, write: Write) -> None:
    ended = run("why", "GOOD", "1", "-c", write("bad.csv", COLUMNS, DENIED, *BAD))
    assert ended.code == 3
    assert ended.err.count("error: ") == 100
    assert ended.err.endswith(f"{REST}\n")


def test_another_kind_is_told_behind_many(run: Run, write: Write) -> None:
    other = "C1,0,cms1500,2018-06-01,22,96365,1"
    ended = run("adjudicate", write("bad.csv", COLUMNS, *BAD, other))
    assert "error: `line_number` is below 1: `0`" in ended.err.splitlines()


def test_faults_that_end_a_command_are_bounded_too(run: Run, write: Write, good: str) -> None:
    rows = [f"plan,P1,R14-X-{number},waived" for number in range(250)]
    overrides = write("o.csv", "authority,authority_id,clause_id,effect", *rows)
    ended = run("adjudicate", good, "--overrides", overrides)
    assert ended.code == 3
    assert ended.err.count("error: unknown clause") == 100
    assert ended.err.endswith(f"{REST}\n")
    ended = run("adjudicate", good, "--overrides", overrides, "--all-diagnostics", "-o", "out.csv")
    assert ended.code == 3
    assert ended.err.count("error: unknown clause") == 250
    assert not Path("out.csv").exists()


@pytest.mark.parametrize("severity", ["error", "warning", "note"])
def test_the_number_in_all_is_bounded(severity: str) -> None:
    words = ("".join(chr(97 + int(digit)) for digit in str(number)) for number in range(5_000))
    told = BoundedDiagnostics(Diagnostic(severity, word) for word in words)  # type: ignore[arg-type]
    assert len(told) == MOST
    assert told.left_out == f"{5_000 - MOST} more {severity}s"
    assert told.has_errors == (severity == "error")
