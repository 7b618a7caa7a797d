"""Codes, ranges and tables: quick look-up agrees with the plain definition of a range."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from facts.codes import CodeTable, TableRow, phrase_of, read_code_table
from facts.diagnostic import ProgramError
from facts.origin import Origin

CODES = st.text("AJ019", min_size=1, max_size=5)
PLACE = Origin("example")


@st.composite
def rows(draw: st.DrawFn) -> TableRow:
    first = draw(CODES)
    last = draw(st.text("AJ019", min_size=len(first), max_size=len(first)))
    return TableRow(min(first, last), max(first, last), PLACE)


def _sorted(found: tuple[TableRow, ...]) -> list[tuple[str, str]]:
    return sorted((row.first, row.last) for row in found)


@given(st.lists(rows(), max_size=20), CODES)
def test_a_code_stands_in_the_rows_that_have_it(table: list[TableRow], code: str) -> None:
    found = CodeTable("t", "procedure", table).rows_of(code)
    assert _sorted(found) == _sorted(tuple(row for row in table if row.has(code)))


@given(st.lists(rows(), max_size=20), CODES)
def test_a_diagnosis_stands_where_its_beginning_does(table: list[TableRow], code: str) -> None:
    found = CodeTable("t", "diagnosis", table).rows_of(code)
    begins = tuple(row for row in table if row.has(code[: len(row.first)]))
    assert _sorted(found) == _sorted(begins)


@given(st.lists(rows(), max_size=20), CODES, st.randoms())
def test_the_order_of_rows_does_not_matter(table: list[TableRow], code: str, random) -> None:  # type: ignore[no-untyped-def]
    shuffled = list(table)
    random.shuffle(shuffled)
    one = CodeTable("t", "procedure", table).rows_of(code)
    other = CodeTable("t", "procedure", shuffled).rows_of(code)
    assert _sorted(one) == _sorted(other)


@pytest.mark.parametrize(
    ("code", "inside"),
    [("A4206", True), ("A4215", True), ("A4205", False), ("A4216", False), ("A421", False)],
)
def test_bounds_count(code: str, inside: bool) -> None:
    assert TableRow("A4206", "A4215", PLACE).has(code) is inside


def test_a_phrase_is_found_as_whole_words() -> None:
    table = CodeTable("t", "description", [TableRow("heparin lock", "heparin lock", PLACE)])
    assert table.rows_of("Heparin-LOCK flush")
    assert not table.rows_of("heparin locked")
    assert not table.rows_of("")


@given(st.text())
def test_a_phrase_is_stable(text: str) -> None:
    assert phrase_of(phrase_of(text)) == phrase_of(text)


@pytest.mark.parametrize(
    ("content", "message", "place"),
    [
        ("", "the column `first` is missing", "row 1"),
        ("code,last\nA,B\n", "the column `first` is missing", "row 1"),
        ("first,last\n,\n", "the code is empty", "row 2"),
        ("first,last\nA1,A\n", "the bounds `A1` and `A` differ in length", "row 2"),
        ("first,last\nA2,A1\n", "the range runs backwards from `A2` to `A1`", "row 2"),
        ("first,last,amount\nA1,,abc\n", "the amount is not a number: `abc`", "row 2"),
        ("first,last,amount\nA1,,0\n", "the amount is zero", "row 2"),
        ("first,last,amount\nA1,,-1\n", "the amount is negative: `-1`", "row 2"),
    ],
)
def test_a_table_that_cannot_be_read(
    tmp_path: Path, content: str, message: str, place: str
) -> None:
    path = tmp_path / "drug.csv"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(ProgramError) as raised:
        read_code_table(path, "drug", "procedure")
    (diagnostic,) = raised.value.diagnostics
    assert diagnostic.message == message
    assert diagnostic.place == Origin("drug.csv", place)


def test_all_faults_of_a_table_are_told_at_once(tmp_path: Path) -> None:
    path = tmp_path / "drug.csv"
    path.write_text("first,last\nA2,A1\nA1,\n,\n", encoding="utf-8")
    with pytest.raises(ProgramError) as raised:
        read_code_table(path, "drug", "procedure")
    assert [each.message for each in raised.value.diagnostics] == [
        "the range runs backwards from `A2` to `A1`",
        "the code is empty",
    ]


def test_a_table_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(ProgramError) as raised:
        read_code_table(tmp_path / "none.csv", "none", "procedure")
    assert raised.value.diagnostics[0].message.startswith("the table cannot be read")
