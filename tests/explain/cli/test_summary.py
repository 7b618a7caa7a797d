"""``summary``: what it shows, what it writes, what it says of wrong input."""

from __future__ import annotations

import csv
import io
import json
import re
import sys
import zipfile
from decimal import Decimal
from pathlib import Path

import pytest

from tests.accept import golden
from tests.explain.cli.conftest import COLUMNS, DENIED, EXAMPLES, Run, Write

GOLDEN = Path(__file__).parent / "golden"
FILES = ["-c", "office.837", "-c", "hospital.837", "-c", "home.837", "--evidence", "evidence.csv"]


@pytest.fixture
def examples(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    monkeypatch.chdir(EXAMPLES)
    return FILES


def test_summary(run: Run, examples: list[str]) -> None:
    ended = run("summary", *examples)
    assert ended.code == 0
    golden(GOLDEN / "summary.txt", ended.out)
    assert ended.err.startswith(
        "2,319.06 of 6,912.00 is at issue: 13 of 19 lines, on 4 of 4 claims"
    )


def test_nested_groups_and_readings(run: Run, examples: list[str]) -> None:
    asked = ["--by", "payer,clause", "--by", "reading", "--top", "3"]
    golden(GOLDEN / "summary-nested.txt", run("summary", *examples, *asked).out)


def test_both_engines_show_the_same(run: Run, examples: list[str]) -> None:
    asked = ["--by", "clause,provider", "--by", "reading", "--by", "month", "--json"]
    rows = run("summary", *examples, *asked, "--engine", "pydatalog")
    sets = run("summary", *examples, *asked, "--engine", "duckdb")
    assert rows == sets


def test_json_and_csv_have_every_group(run: Run, examples: list[str]) -> None:
    asked = [*examples, "--by", "clause,provider", "--top", "1"]
    made = json.loads(run("summary", *asked, "--json").out, parse_float=Decimal)
    assert made["total"]["charge_at_issue"] == Decimal("2319.06")
    (table,) = made["tables"]
    rows = list(csv.DictReader(io.StringIO(run("summary", *asked, "--csv").out)))
    inner = [each for group in table["groups"] for each in group["groups"]]
    assert len(rows) == len(table["groups"]) + len(inner)
    assert [row["value_1"] for row in rows if row["level"] == "1"] == [
        group["value"] or "" for group in table["groups"]
    ]
    assert sum(each["lines"] for each in inner) == sum(each["lines"] for each in table["groups"])


def test_a_page_loads_nothing_and_draws_its_bars(
    run: Run, examples: list[str], tmp_path: Path
) -> None:
    target = tmp_path / "summary.html"
    assert run("summary", *examples, "-o", str(target)).out == ""
    page = target.read_text(encoding="utf-8")
    assert page.count("<svg") == 7
    assert not re.search(r"(src|href|url)\s*[=(]", page.replace("xmlns=", ""))
    assert "default-src 'none'" in page


def test_hostile_values_stay_text(run: Run, write: Write, here: Path) -> None:
    name = write(
        "hostile.csv",
        f"{COLUMNS},rendering_provider,plan_id,charge",
        f"{DENIED},<script>alert(1)</script>,=1+1,10",
        f"{DENIED.replace('GOOD', 'B')},a\u202eb,'; DROP TABLE x,20",
    )
    for kind in ("html", "xlsx", "csv", "json"):
        assert run("summary", "-c", name, "-o", f"out.{kind}").code == 0
    assert "<script" not in (here / "out.html").read_text(encoding="utf-8")
    assert ",'=1+1," in (here / "out.csv").read_text(encoding="utf-8")
    with zipfile.ZipFile(here / "out.xlsx") as book:
        sheets = [book.read(each) for each in book.namelist() if "sheets/" in each]
    assert not any(b"<f>" in sheet for sheet in sheets)
    assert any(b"<v>30</v>" in sheet for sheet in sheets)


def test_lines_without_charges_are_measured_by_their_number(run: Run, write: Write) -> None:
    name = write("plain.csv", COLUMNS, DENIED, DENIED.replace("GOOD", "OTHER"))
    ended = run("summary", "-c", name, "--by", "clause")
    assert "lines at issue" in ended.out
    assert "R14-FAC-1" in ended.out
    assert "2 lines have no charge" in ended.err


def test_wrong_names_are_told_together(run: Run, good: str) -> None:
    ended = run("summary", "-c", good, "--by", "claus,plan,plan", "--by", "zebra")
    assert ended.code == 2
    assert "lines are not grouped by `claus`" in ended.err
    assert "did you mean `clause`?" in ended.err
    assert "`claus,plan,plan` names `plan` twice" in ended.err
    assert "one of outcome, clause, procedure" in ended.err


def test_wrong_usage(run: Run, good: str) -> None:
    assert "no claims are given" in run("summary").err
    assert "exclude each other" in run("summary", good, "--json", "--csv").err
    assert (
        "end it in .csv, in .json, in .xlsx or in .html" in run("summary", good, "-o", "x.doc").err
    )
    assert "one of the files to read" in run("summary", good, "-o", good).err


def test_bars_are_coloured_on_a_terminal_where_rich_is(
    run: Run, good: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdout.isatty", lambda: True, raising=False)
    monkeypatch.setitem(sys.modules, "rich.console", None)
    assert "█" in run("summary", good, "--by", "clause").out


def test_a_file_with_errors_is_told(run: Run, write: Write) -> None:
    name = write("bad.csv", COLUMNS, DENIED, "B,1,cms1500,never,22,96365,1")
    ended = run("summary", "-c", name, "--by", "outcome")
    assert ended.code == 3
    assert "2 lines read = 1 determined + 1 rejected" in ended.err
