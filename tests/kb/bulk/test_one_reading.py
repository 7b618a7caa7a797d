"""One table as CSV, JSONL, Parquet of several types and records: the same of every engine."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest

from explain.cli.app import app
from facts.readers.records import read_claims_from_records
from tests.facts.readers.reading import Reading

Run = Callable[..., tuple[int, str, str]]

LINE = {
    "claim_id": "A1",
    "line_number": 1,
    "claim_form": "cms1500",
    "service_date": "2018-06-01",
    "place_of_service": "12",
    "procedure_code": "S9500",
}
FOUND = "`{0}` in `{1}` is read as no value, on 1 line"


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: Any) -> Run:
    monkeypatch.chdir(tmp_path)

    def command(*arguments: str) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as ended:
            app(arguments, prog_name="clausewise")
        captured = capsys.readouterr()
        return int(ended.value.code or 0), captured.out, captured.err

    return command


def csv(rows: list[Mapping[str, Any]]) -> str:
    names = list(dict.fromkeys(name for row in rows for name in row))
    texts = [",".join("" if row.get(n) is None else str(row[n]) for n in names) for row in rows]
    return "\n".join([",".join(names), *texts, ""])


def parquet(path: str, rows: list[Mapping[str, Any]], types: Mapping[str, str]) -> None:
    names = list(dict.fromkeys(name for row in rows for name in row))
    cells = ", ".join(
        f"${n + 1}::{types.get(name, 'TEXT')} AS {name}" for n, name in enumerate(names)
    )
    connection = duckdb.connect()
    connection.execute("SET TimeZone = 'UTC'")
    for number, row in enumerate(rows):
        how = "CREATE TABLE t AS" if number == 0 else "INSERT INTO t"
        values = [None if row.get(name) is None else str(row[name]) for name in names]
        connection.execute(f"{how} SELECT {cells}", values)
    connection.execute(f"COPY t TO '{path}' (FORMAT parquet)")


def sentences(err: str) -> list[str]:
    return [row for row in err.splitlines() if not row.startswith(("  -->", "  = help"))]


def of_all(
    run: Run, rows: list[Mapping[str, Any]], *types: Mapping[str, str]
) -> tuple[str, list[str]]:
    """Return what every file and engine says of a table, which has to be the same."""
    Path("t.csv").write_text(csv(rows), encoding="utf-8")
    Path("t.jsonl").write_text("".join(f"{json.dumps(row)}\n" for row in rows), encoding="utf-8")
    names = ["t.csv", "t.jsonl"]
    for number, each in enumerate(({}, *types)):
        names.append(f"t{number}.parquet")
        parquet(names[-1], rows, each)
    found = {
        (name, engine): run("adjudicate", name, "--engine", engine, "--json")
        for name in names
        for engine in ("pydatalog", "duckdb")
    }
    outs = {key: (out, sentences(err)) for key, (_, out, err) in found.items()}
    outs = {
        key: (out, [row.replace(key[0], "T") for row in err]) for key, (out, err) in outs.items()
    }
    first = outs["t.csv", "pydatalog"]
    assert {key: out for key, out in outs.items() if out != first} == {}
    return first


def test_one_table_of_many_types(run: Run) -> None:
    row = {**LINE, "units": 1, "charge": 180.1, "rendering_provider": 1003000126}
    types = (
        {"line_number": "DOUBLE", "service_date": "TIMESTAMP", "units": "FLOAT", "charge": "FLOAT"},
        {"line_number": "BIGINT", "service_date": "DATE", "units": "DOUBLE", "charge": "DOUBLE"},
        {
            "line_number": "SMALLINT",
            "service_date": "TIMESTAMPTZ",
            "units": "DECIMAL(9, 4)",
            "charge": "DECIMAL(18, 2)",
            "rendering_provider": "DOUBLE",
            "place_of_service": "INTEGER",
        },
    )
    out, err = of_all(run, [row], *types)
    assert json.loads(out)["outcome"] == "denied"
    assert err == ["1 line read = 1 determined + 0 rejected (1 denied)"]


@pytest.mark.parametrize("word", ["NULL", "null", "None", "nan", "N/A", "NA", "\\N", "-", "#N/A"])
def test_words_for_nothing(run: Run, word: str) -> None:
    columns = ("rendering_provider", "prior_authorization", "ndc", "modifiers", "units", "plan_id")
    out, err = of_all(run, [{**LINE, **dict.fromkeys(columns, word)}])
    assert [each["clause_id"] for each in json.loads(out)["citations"]] == ["R14-HOM-1"]
    notes = {f"note: {FOUND.format(word, column)}" for column in columns}
    assert set(err[:-1]) == notes


def test_a_word_is_told_once_with_its_lines(run: Run) -> None:
    rows = [
        {**LINE, "line_number": n, "ndc": word} for n, word in enumerate(("NULL", "x", "NULL"), 1)
    ]
    _, err = of_all(run, rows)
    assert err[0] == "note: `NULL` in `ndc` is read as no value, on 2 lines"


@pytest.mark.parametrize("word", ["NPR", "none", "NOT REQUIRED", "No Auth"])
def test_words_for_no_authorization(run: Run, word: str) -> None:
    out, err = of_all(run, [{**LINE, "prior_authorization": word}])
    assert "R14-HOM-1" in out
    assert err[0] == f"note: {FOUND.format(word, 'prior_authorization')}"


@pytest.mark.parametrize(
    ("column", "text", "message"),
    [
        ("claim_id", "NULL", "`claim_id` cannot be `NULL`, which stands for no value"),
        ("claim_id", "2.01806E+11", "`claim_id` is a number in scientific notation: `2.01806E+11`"),
        ("line_number", "nan", "`line_number` cannot be `nan`, which stands for no value"),
        ("claim_form", "N/A", "`claim_form` cannot be `N/A`, which stands for no value"),
        ("rendering_provider", "1.003E+09", "`rendering_provider` is a number in scientific"),
        ("ndc", "6.41038E+08", "`ndc` is a number in scientific notation: `6.41038E+08`"),
        ("procedure_code", "9.6365E+04", "`procedure_code` is not a code: `9.6365E+04`"),
        ("units", "0.3333333333333333", "`units` has too many digits: `0.3333333333333333`"),
        ("service_date", "2018-06-01 08:30:00", "`service_date` is not a date: `2018-06-01 08:3"),
    ],
)
def test_what_is_refused(run: Run, column: str, text: str, message: str) -> None:
    out, err = of_all(run, [{**LINE, column: text}])
    assert out == ""
    assert err[0].startswith(f"error: {message}")
    assert err[-1] == "1 line read = 0 determined + 1 rejected"


@pytest.mark.parametrize(
    ("column", "text", "value", "message"),
    [
        ("units", "0.30000000000000004", Decimal("0.3"), "read as `0.3` instead"),
        ("charge", "180.10000610351562", Decimal("180.1"), "read as `180.1` instead"),
        ("charge", "1e-07", Decimal("0.0000001"), "read as `0.0000001` instead of `1e-07`"),
        ("place_of_service", "2", "02", "`place_of_service` was read as `02` instead of `2`"),
        ("place_of_service", "22.0", "22", ""),
        ("revenue_code", "360", "0360", "`revenue_code` was read as `0360` instead of `360`"),
        ("revenue_code", "1", "0001", "`revenue_code` was read as `0001` instead of `1`"),
        ("procedure_code", "96365.0", "96365", ""),
        ("line_number", "1.0", 1, ""),
        ("rendering_provider", "1003000126.0", "1003000126", "without the decimals behind"),
        ("service_date", "2018-06-01 00:00:00", date(2018, 6, 1), ""),
        ("service_date", "2018-06-01T00:00:00.000Z", date(2018, 6, 1), ""),
        ("claim_form", "837P", "cms1500", "`claim_form` was read as `cms1500` instead of `837P`"),
        ("claim_form", "HCFA-1500", "cms1500", "was read as `cms1500`"),
        ("claim_form", "P", "cms1500", "was read as `cms1500`"),
        ("claim_form", "I", "ub04", "was read as `ub04`"),
        ("claim_form", "UB", "ub04", "was read as `ub04`"),
        ("claim_form", "institutional", "ub04", "was read as `ub04`"),
    ],
)
def test_what_is_read(run: Run, column: str, text: str, value: Any, message: str) -> None:
    row = {**LINE, column: text}
    _, err = of_all(run, [row])
    notes = [each for each in err[:-1] if each.startswith("note")]
    assert [message in note for note in notes] == ([True] if message else [])
    (claim,) = Reading(read_claims_from_records([row])).claims.values()
    assert getattr(claim.lines[0], column) == value


@pytest.mark.parametrize(
    ("column", "value", "read"),
    [
        ("units", float("nan"), None),
        ("rendering_provider", float("nan"), None),
        ("service_date", datetime(2018, 6, 1), date(2018, 6, 1)),
        ("line_number", 1.0, 1),
        ("rendering_provider", 1003000126.0, "1003000126"),
    ],
)
def test_values_of_frames(column: str, value: Any, read: Any) -> None:
    (claim,) = Reading(read_claims_from_records([{**LINE, column: value}])).claims.values()
    assert getattr(claim.lines[0], column) == read


def test_a_number_of_32_bits_is_too_short_for_a_provider(run: Run) -> None:
    parquet(
        "t.parquet", [{**LINE, "rendering_provider": 1003000126}], {"rendering_provider": "FLOAT"}
    )
    for engine in ("pydatalog", "duckdb"):
        code, _, err = run("adjudicate", "t.parquet", "--engine", engine)
        assert code == 3
        assert err.startswith("error: `rendering_provider` is a number in scientific notation")


def test_a_file_without_a_known_form_says_so(run: Run) -> None:
    rows = [{**LINE, "line_number": n, "claim_form": form} for n, form in enumerate("MD", 1)]
    _, err = of_all(run, rows)
    warnings = [each for each in err if each.startswith("warning")]
    assert warnings == [
        "warning: no line of `T` is addressed, for its claim forms are unknown: `d`, `m`"
    ]
    assert "warning: no line of" in run("why", "A1", "1", "-c", "t.csv")[2]


def test_evidence_without_values(run: Run) -> None:
    Path("t.csv").write_text(csv([LINE]), encoding="utf-8")
    Path("e.csv").write_text(
        "claim_id,line_number,evidence,value,document\n"
        "A1,NULL,coverage_criteria_met,yes,N/A\nA1,1.0,medically_necessary,NULL,\n"
        "NULL,,drug_name,x,\n",
        encoding="utf-8",
    )
    told = []
    for engine in ("pydatalog", "duckdb"):
        _, out, err = run(
            "adjudicate", "t.csv", "--evidence", "e.csv", "--engine", engine, "--json"
        )
        told.append((out, sorted(sentences(err))))
    assert told[0] == told[1]
    assert told[0][1] == [
        "1 line read = 1 determined + 0 rejected (1 denied)",
        "3 rows of evidence = 1 kept + 2 rejected",
        "error: `claim_id` cannot be `NULL`, which stands for no value",
        "error: `medically_necessary` cannot be `NULL`, which stands for no value",
        "note: `N/A` in `document` is read as no value, on 1 line",
        "note: `NULL` in `line_number` is read as no value, on 1 line",
    ]
