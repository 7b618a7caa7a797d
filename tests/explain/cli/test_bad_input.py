"""Every kind of bad input through the command: sentence, place, help, exit code, nothing lost."""

from __future__ import annotations

import json
import os
import threading
from pathlib import Path

import pytest

from tests.explain.cli.conftest import COLUMNS, DENIED, EXAMPLES, Run, Write

OFFICE = (EXAMPLES / "office.837").read_text(encoding="ascii")


def expect(err: str, sentence: str, place: str, help: str = "") -> None:
    """Find one diagnostic with its sentence, its place and its help."""
    rows = err.splitlines()
    assert sentence in rows, err
    position = rows.index(sentence)
    assert rows[position + 1] == f"  --> {place}", err
    if help:
        assert rows[position + 2] == f"  = help: {help}", err


@pytest.mark.parametrize(
    ("content", "sentence", "place", "help"),
    [
        (b"", "`claims.csv` is empty", "", "was it cut off on its way?"),
        (b" \n\t\n", "`claims.csv` is empty", "", "was it cut off on its way?"),
        (
            bytes(range(256)) * 9,
            "`claims.csv` is not a text file",
            "",
            "claims are read from CSV, JSONL and 837 files",
        ),
        (
            f"{COLUMNS}\n{DENIED}\n".encode("utf-16"),
            "`claims.csv` is UTF-16 text",
            "",
            "save it as UTF-8",
        ),
        (
            f"{COLUMNS}\n{DENIED}\n".replace("e", "\xff").encode("latin-1"),
            "`claims.csv` is not UTF-8 text: byte 13 cannot be read",
            "",
            "save it as UTF-8",
        ),
        (
            f"{COLUMNS}\n{DENIED}\n".replace("procedure_code", "procedre_code").encode(),
            "unknown column `procedre_code`, which may be the missing `procedure_code`",
            ", row 1",
            "say what it is: --map procedure_code=procedre_code, or --map ignore=procedre_code",
        ),
        (
            f"{COLUMNS}\n{DENIED}\n".replace("service_date", "date").encode(),
            "the column `service_date` is missing",
            ", row 1",
            "is `date` meant for it? then --map service_date=date",
        ),
    ],
)
def test_a_file_that_cannot_be_read(
    run: Run, here: Path, content: bytes, sentence: str, place: str, help: str
) -> None:
    (here / "claims.csv").write_bytes(content)
    ended = run("adjudicate", "claims.csv")
    assert (ended.code, ended.out) == (3, "")
    expect(ended.err, f"error: {sentence}", f"claims.csv{place}", help)
    assert ended.err.endswith("0 lines read = 0 determined + 0 rejected\n")


@pytest.mark.parametrize(
    ("row", "sentence", "column", "help"),
    [
        (
            "A,1,cms1500,2018-06-01,22,96365,abc",
            "`units` is not a number: `abc`",
            "units",
            "write digits, with a point before decimals",
        ),
        (
            "A,1,cms1500,2018-06-01,22,96365,-1",
            "`units` is negative: `-1`",
            "units",
            "it counts from zero",
        ),
        ("A,1,cms1500,2018-06-01,22,96365,inf", "`units` is not a number: `inf`", "units", ""),
        ("A,1,cms1500,2018-06-01,22,96365,1e", "`units` is not a number: `1e`", "units", ""),
        (
            "A,1,cms1500,2018-02-30,22,96365,1",
            "`service_date` is a date that does not exist: `2018-02-30`",
            "service_date",
            "look at the month and the day",
        ),
        (
            "A,1,cms1500,01/06/2018,22,96365,1",
            "`service_date` is not a date: `01/06/2018`",
            "service_date",
            "write it as in 2018-06-01, or say how dates are written, as in --dates mdy",
        ),
        ("A,0,cms1500,2018-06-01,22,96365,1", "`line_number` is below 1: `0`", "line_number", ""),
        ("A,1,cms1500,2018-06-01,22,963*5,1", "`procedure_code` is not a code: `963*5`", "", ""),
        (",1,cms1500,2018-06-01,22,96365,1", "`claim_id` is empty", "claim_id", ""),
    ],
)
def test_a_value_that_cannot_be_read(
    run: Run, write: Write, row: str, sentence: str, column: str, help: str
) -> None:
    write("claims.csv", COLUMNS, DENIED, row)
    ended = run("adjudicate", "claims.csv")
    assert ended.code == 3
    assert [json.loads(text)["claim_id"] for text in ended.out.splitlines()] == ["GOOD"]
    column = column or sentence.split("`")[1]
    expect(ended.err, f"error: {sentence}", f"claims.csv, row 3, column `{column}`", help)
    assert ended.err.endswith("2 lines read = 1 determined + 1 rejected (1 denied)\n")


def test_a_line_that_stands_twice(run: Run, write: Write) -> None:
    row = "A,1,cms1500,2018-06-01,22,96365,1"
    write("claims.csv", COLUMNS, row, DENIED, row)
    ended = run("adjudicate", "claims.csv")
    assert (ended.code, len(ended.out.splitlines())) == (3, 1)
    expect(
        ended.err,
        "error: line 1 of claim `A` occurs twice",
        "claims.csv, row 4, column `line_number`",
        "the other is in claims.csv, row 2, column `line_number`",
    )
    assert "3 lines read = 1 determined + 2 rejected" in ended.err


def test_a_code_in_lower_case_is_normalised_and_noted(run: Run, write: Write) -> None:
    write("claims.csv", COLUMNS, "A,1,cms1500,2018-06-01,22, j7050 ,1")
    ended = run("adjudicate", "claims.csv")
    assert (ended.code, json.loads(ended.out)["outcome"]) == (0, "bundled")
    expect(
        ended.err,
        "note: `procedure_code` was read as `J7050` instead of ` j7050 `",
        "claims.csv, row 2, column `procedure_code`",
        "codes are upper case without blanks",
    )


def test_an_unknown_column_is_a_warning(run: Run, write: Write) -> None:
    write("claims.csv", f"{COLUMNS},paid_date", f"{DENIED},59")
    ended = run("adjudicate", "claims.csv")
    assert (ended.code, len(ended.out.splitlines())) == (0, 1)
    expect(
        ended.err,
        "warning: unknown column `paid_date`, which is not read",
        "claims.csv, row 1",
        "did you mean `processed_date`?",
    )


@pytest.mark.parametrize("command", ["adjudicate", "why", "query"])
def test_evidence_for_a_claim_that_is_not_there(
    run: Run, write: Write, good: str, command: str
) -> None:
    write(
        "evidence.csv",
        "claim_id,line_number,evidence,value",
        "GOOOD,1,coverage_criteria_met,yes",
        "GOOD,7,coverage_criteria_met,yes",
    )
    arguments = {
        "adjudicate": ["adjudicate", good],
        "why": ["why", "GOOD", "1", "-c", good],
        "query": ["query", "denied(C, L, K)", "-c", good],
    }
    ended = run(*arguments[command], "--evidence", "evidence.csv")
    assert ended.code == 0
    expect(
        ended.err,
        "warning: there is evidence for claim `GOOOD`, which is not there",
        "evidence.csv, row 2, column `claim_id`",
        "did you mean `GOOD`?",
    )
    expect(
        ended.err,
        "warning: there is evidence for line 7 of claim `GOOD`, which is not there",
        "evidence.csv, row 3, column `line_number`",
        "the claim has the lines 1",
    )


def test_unknown_evidence_and_an_unknown_value(run: Run, write: Write, good: str) -> None:
    write(
        "evidence.csv",
        "claim_id,line_number,evidence,value",
        "GOOD,1,coverage_criteria_mt,yes",
        "GOOD,1,coverage_criteria_met,maybe",
        "GOOD,1,administered_units,-2",
    )
    ended = run("adjudicate", good, "--evidence", "evidence.csv")
    assert (ended.code, len(ended.out.splitlines())) == (3, 1)
    expect(
        ended.err,
        "error: unknown evidence `coverage_criteria_mt`",
        "evidence.csv, row 2, column `evidence`",
        "did you mean `coverage_criteria_met`?",
    )
    expect(
        ended.err,
        "error: `coverage_criteria_met` cannot be `maybe`",
        "evidence.csv, row 3, column `value`",
        "one of yes, no",
    )
    expect(
        ended.err,
        "error: `administered_units` is negative: `-2`",
        "evidence.csv, row 4, column `value`",
    )
    assert "3 rows of evidence = 0 kept + 3 rejected\n" in ended.err


def test_an_unknown_clause_in_an_override(run: Run, write: Write, good: str) -> None:
    write(
        "overrides.csv",
        "authority,authority_id,clause_id,effect",
        "plan,P1,r14-fac-1,waived",
        "planet,P1,R14-FAC-1,waved",
    )
    ended = run("adjudicate", good, "--overrides", "overrides.csv")
    assert (ended.code, ended.out) == (3, "")
    expect(
        ended.err,
        "error: unknown clause `r14-fac-1`",
        "overrides.csv, row 2, column `clause_id`",
        "did you mean `R14-FAC-1`?",
    )
    expect(
        ended.err,
        "error: unknown authority `planet`",
        "overrides.csv, row 3, column `authority`",
        "did you mean `plan`?",
    )
    expect(
        ended.err,
        "error: unknown effect `waved`",
        "overrides.csv, row 3, column `effect`",
        "did you mean `waived`?",
    )


def test_an_unknown_column_of_overrides_is_a_warning(run: Run, write: Write, good: str) -> None:
    write(
        "overrides.csv",
        "authority,authority_id,clause_id,effect,citaton",
        "plan,P1,R14-FAC-1,waived,page 4",
    )
    ended = run("adjudicate", good, "--overrides", "overrides.csv")
    assert ended.code == 0
    expect(
        ended.err,
        "warning: unknown column `citaton`, which is not read",
        "overrides.csv, row 1",
        "did you mean `citation`?",
    )


@pytest.mark.parametrize(
    ("text", "sentence", "place", "help", "summary"),
    [
        (
            OFFICE[:800],
            "the file ends in the middle of the claim",
            "claims.837, segment 30 (LX)",
            "ask for the file again; the other claims are read",
            "5 lines read = 0 determined + 5 rejected",
        ),
        (
            OFFICE[: OFFICE.index("SE*46")],
            "the file ends in the middle of the claim",
            "claims.837, segment 45 (LX)",
            "ask for the file again; the other claims are read",
            "9 lines read = 7 determined + 2 rejected",
        ),
        (
            OFFICE.replace("EXAMPLE        ", "EXAMPLE", 1),
            "the element has 7 characters, not 15",
            "claims.837, segment 1 (ISA), element ISA06",
            "an ISA segment has 106 characters, the last one ends segments",
            "0 lines read = 0 determined + 0 rejected",
        ),
        (
            OFFICE.replace("005010X222A1", "004010X098A1"),
            "the version `004010X098A1` is unknown",
            "claims.837, segment 3 (ST), element ST03",
            "005010X222 (837P) and 005010X223 (837I) are read",
            "9 lines read = 0 determined + 9 rejected",
        ),
        (
            OFFICE.replace("96365*180*UN*1", "96365*180*UN*x", 1),
            "the element is not a number: `x`",
            "claims.837, segment 16 (SV1), element SV104",
            "write digits, with a point before decimals",
            "9 lines read = 2 determined + 7 rejected",
        ),
        (
            OFFICE.replace("D8*20180601", "D8*20180230", 1),
            "the date does not exist: `20180230`",
            "claims.837, segment 17 (DTP), element DTP03",
            "look at the month and the day",
            "9 lines read = 2 determined + 7 rejected",
        ),
    ],
)
def test_837(
    run: Run, write: Write, text: str, sentence: str, place: str, help: str, summary: str
) -> None:
    write("claims.837", text.rstrip("\n"))
    ended = run("adjudicate", "claims.837")
    assert ended.code == 3
    expect(ended.err, f"error: {sentence}", place, help)
    assert summary in ended.err.splitlines()[-1]


def test_a_service_line_before_any_claim(run: Run, write: Write) -> None:
    write("claims.837", OFFICE.replace("CLM*OFFICE-1*412***11:B:1*Y*A*Y*Y~\n", ""))
    ended = run("adjudicate", "claims.837")
    assert ended.code == 3
    expect(
        ended.err,
        "error: the service line belongs to no claim",
        "claims.837, segment 14 (LX)",
        "a CLM segment has to stand before it",
    )
    assert "9 lines read = 2 determined + 7 rejected" in ended.err


def test_a_file_that_is_not_there_does_not_hold_up_the_others(run: Run, good: str) -> None:
    ended = run("adjudicate", "goood.csv", good)
    assert (ended.code, len(ended.out.splitlines())) == (3, 1)
    expect(ended.err, "error: there is no file `goood.csv`", "goood.csv")
    assert "1 line read = 1 determined + 0 rejected (1 denied)" in ended.err


def test_a_folder_is_no_file(run: Run, here: Path) -> None:
    (here / "claims").mkdir()
    ended = run("adjudicate", "claims")
    assert ended.code == 3
    expect(ended.err, "error: `claims` is a folder", "claims", "name the files in it")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="the system has no named pipes")
def test_what_can_be_read_only_once_is_refused(run: Run, here: Path) -> None:
    os.mkfifo(here / "pipe")
    ended: list[int] = []
    thread = threading.Thread(target=lambda: ended.append(run("adjudicate", "pipe").code))
    thread.start()
    thread.join(20)
    assert ended == [3]


@pytest.mark.parametrize("option", ["--hcpcs", "--precertification"])
def test_a_list_that_is_not_there(run: Run, good: str, option: str) -> None:
    ended = run("adjudicate", good, option, "list.csv")
    assert (ended.code, ended.out) == (3, "")
    expect(ended.err, "error: there is no file `list.csv`", "list.csv")


@pytest.mark.parametrize(
    "arguments",
    [
        ["adjudicate", "claims.csv"],
        ["why", "GOOD", "1", "-c", "claims.csv"],
        ["query", "denied(C, L, K)", "-c", "claims.csv"],
    ],
)
def test_what_is_good_is_still_answered(run: Run, write: Write, arguments: list[str]) -> None:
    write("claims.csv", COLUMNS, DENIED, "A,1,cms1500,2018-02-30,22,96365,1")
    ended = run(*arguments)
    assert ended.code == 3
    assert "R14-FAC-1" in ended.out
    assert "2018-02-30" in ended.err
