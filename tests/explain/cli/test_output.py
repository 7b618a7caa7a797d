"""What is printed: aligned tables, spreadsheet-safe CSV, and no claim text that draws."""

from __future__ import annotations

import csv
import io
import json
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from explain.cli.output import csv_text, json_text, table_text, visible
from facts.spreadsheet import safe_cell
from tests.explain.cli.conftest import Run

HOSTILE = "=CMD()\n\x1b[2Jerror: fake\u202e\u2028x"


@pytest.mark.parametrize(
    ("cell", "safe"),
    [
        ("=1+1", "'=1+1"),
        ("+1+1", "'+1+1"),
        ("-1+1", "'-1+1"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\uff1d1+1", "'\uff1d1+1"),
        ("\t=1+1", "'\t=1+1"),
        ("\r=1+1", "'\r=1+1"),
        ("\u200b=1+1", "'\u200b=1+1"),
        ("note;=1+1", "note;'=1+1"),
        ('note; "=1+1', "note; \"'=1+1"),
        ("note\t@SUM(A1);\uff1d1", "note\t'@SUM(A1);'\uff1d1"),
        ("a;;=1", "a;;'=1"),
        (";=1", ";'=1"),
        ("two\n-1+1", "two\n'-1+1"),
        ("one; two; 3", "one; two; 3"),
        ("-1.50", "-1.50"),
        ("+3", "+3"),
        ("-", "'-"),
        ("R14-FAC-1", "R14-FAC-1"),
        ("", ""),
        (None, ""),
        (-3, -3),
    ],
)
def test_cells_are_no_formulas(cell: object, safe: object) -> None:
    assert safe_cell(cell) == safe


@given(st.lists(st.lists(st.text(max_size=8), min_size=2, max_size=2), min_size=1, max_size=4))
def test_csv_reads_back(rows: list[list[str]]) -> None:
    rows = [[cell.replace("\0", "") for cell in row] for row in rows]
    found = list(csv.reader(io.StringIO(csv_text(rows) + "\n", newline="")))
    assert found == [[safe_cell(cell) for cell in row] for row in rows]


@given(st.text())
def test_what_is_visible_draws_nothing(text: str) -> None:
    shown = visible(text)
    assert all(each.isprintable() or each in "\n\t" or each.isspace() for each in shown)
    assert "\x1b" not in shown
    assert "\u202e" not in shown


@given(st.lists(st.tuples(st.text(max_size=9), st.integers()), min_size=1, max_size=5))
def test_a_table_has_a_row_for_each_row(rows: list[tuple[str, int]]) -> None:
    assert len(table_text(("A", "B"), rows).split("\n")) == len(rows) + 1


def test_wide_characters_keep_the_columns_aligned() -> None:
    assert table_text(("A", "B"), [("漢字", 1), ("e\u0301", 2)]) == (
        "A     B\n漢字  1\ne\u0301     2"
    )


def test_wide_tables_are_not_cut() -> None:
    assert "x" * 500 in table_text(("A",), [("x" * 500,)])


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (Decimal("2.50"), "2.5"),
        (Decimal("3.00"), "3"),
        (Fraction(1, 3), '"1/3"'),
        (Decimal("0.123456789012345678901"), '"0.123456789012345678901"'),
        (12345678901234567890, "12345678901234567890"),
    ],
)
def test_numbers_of_json_are_exact(value: object, text: str) -> None:
    assert json_text(value) == text


@pytest.fixture
def hostile(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A claim whose texts try to draw, and to be formulas."""
    monkeypatch.chdir(tmp_path)
    line = {
        "claim_id": HOSTILE,
        "line_number": 1,
        "claim_form": "cms1500",
        "service_date": "2018-06-01",
        "place_of_service": "22",
        "procedure_code": "96365",
        "description": f"heparin lock flush {HOSTILE}",
        "rendering_provider": HOSTILE,
    }
    (tmp_path / "claims.jsonl").write_text(json.dumps(line) + "\n", encoding="utf-8")
    return "claims.jsonl"


@pytest.mark.parametrize(
    "arguments",
    [
        ["why", HOSTILE, "1"],
        ["why", f"{HOSTILE}!", "1"],
        ["why", HOSTILE, "7"],
        ["query", "denied(C, L, K), rendering_provider(C, L, P), description(C, L, D)"],
    ],
)
def test_claim_text_cannot_draw(run: Run, hostile: str, arguments: list[str]) -> None:
    ended = run(*arguments, "-c", hostile)
    for text in (ended.out, ended.err):
        assert "\x1b" not in text
        assert "\u202e" not in text
        assert not any(row.startswith(("error: fake", "\x1b")) for row in text.splitlines())
    assert "CMD" in ended.out + ended.err


def test_claim_text_as_json_and_csv(run: Run, hostile: str) -> None:
    ended = run("adjudicate", hostile)
    assert json.loads(ended.out)["claim_id"] == HOSTILE
    ended = run("adjudicate", hostile, "--csv")
    rows = list(csv.DictReader(io.StringIO(ended.out, newline="")))
    assert rows[0]["claim_id"] == f"'{HOSTILE}"
