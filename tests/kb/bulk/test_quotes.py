"""CSV files with quotation marks: DuckDB reads them, and tells of them as the row reader does."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from facts.diagnostic import Diagnostic
from facts.readers.column_values import PARSERS, REQUIRED
from facts.readers.delimited import DelimitedFile, open_delimited
from facts.readers.table_file import is_jsonl, without_rows
from facts.readers.text_file import look
from kb.bulk.read.text_shape import text_shape
from tests.kb.bulk.test_objects import comparable, read

COLUMNS = tuple(PARSERS)
HEADER = "claim_id,line_number,claim_form,service_date,units,description"
ROW = "A,1,cms1500,2018-06-01,1,{}"

REGULAR = {
    "no quotation mark": ["x", "a b"],
    "around values": ['"x"', '"a, b"', '""'],
    "in a value": ['"a ""b"" c"', '""""', '"5"" needle"'],
    "blanks within": ['" x "', '"a "'],
}
IRREGULAR = {
    "in a value without": ['a"b', 'a""b', '5" needle'],
    "behind a value in quotation marks": ['"a"b', '"a" "b"'],
    "opened and not closed": ['"a', '"'],
    "blanks before": [' "a"'],
    "blanks behind": ['"a" '],
}


def written(folder: Path, values: list[str], end: str = "\n") -> Path:
    path = folder / "claims.csv"
    rows = [HEADER, *map(ROW.format, values)]
    path.write_text(end.join(rows) + end, encoding="utf-8", newline="")
    return path


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("name", REGULAR)
def test_a_regular_file_is_read_by_duckdb(
    name: str, end: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = written(tmp_path, REGULAR[name] * 3, end)
    expected = read_row_by_row(path)
    monkeypatch.delattr(DelimitedFile, "rows")
    assert read(path, COLUMNS, REQUIRED) == expected


@pytest.mark.parametrize("name", IRREGULAR)
def test_a_quotation_mark_where_none_belongs_makes_a_file_irregular(
    name: str, tmp_path: Path
) -> None:
    for value in IRREGULAR[name]:
        path = written(tmp_path, ["x", '"y"', value, "z"])
        assert text_shape(path, ",") is None
        assert text_shape(path, "") is not None
        assert read(path, COLUMNS, REQUIRED) == read_row_by_row(path)


@pytest.mark.parametrize("last", ['"', '"a" ', '"""" ', ' "a"', 'a"'])
def test_the_last_row_of_text_needs_no_end(last: str, tmp_path: Path) -> None:
    path = written(tmp_path, ['""""', last])
    path.write_text(path.read_text().removesuffix("\n"))
    assert text_shape(path, ",") is None
    assert read(path, COLUMNS, REQUIRED) == read_row_by_row(path)


@pytest.mark.parametrize("block", [1, 7, 64])
def test_a_file_has_the_same_shape_in_blocks_of_any_size(
    block: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for values in (*REGULAR.values(), *IRREGULAR.values()):
        path = written(tmp_path, values, "\r\n")
        with monkeypatch.context() as small:
            whole = text_shape(path, ",")
            small.setattr("kb.bulk.read.text_shape._BLOCK", block)
            assert text_shape(path, ",") == whole


def test_a_file_without_a_line_end_is_not_held_in_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kb.bulk.read.text_shape._BLOCK", 10)
    monkeypatch.setattr("kb.bulk.read.text_shape._LONGEST", 100)
    path = tmp_path / "claims.csv"
    path.write_text("x" * 1_000 + "\n")
    assert text_shape(path, ",") is None


def read_row_by_row(path: Path) -> list[Any]:
    """Return the rows and the remarks of a file that the row reader reads."""
    fault = look(path)[1]
    file = open_delimited(path, REQUIRED, COLUMNS)
    notes: list[Diagnostic] = [fault] if fault else list(file.diagnostics)
    rows = list(file.rows()) if not fault and file.readable else []
    if not fault and file.readable and not rows:
        notes.append(without_rows(path))
    return [comparable(rows), [note.render() for note in notes]]


PIECES = [*'",\n\r ax1é', '""', '"a"', '"a""b"', ',"', '",', '"\n', "\n\n", ",,,,,", "\ufeff", "\0"]


@st.composite
def files(draw: st.DrawFn) -> str:
    """The text of a file with a few changes to it."""
    values = draw(st.lists(st.sampled_from([v for vs in REGULAR.values() for v in vs]), max_size=5))
    end = draw(st.sampled_from(["\n", "\n", "\r\n"]))
    text = end.join([HEADER, *map(ROW.format, values)]) + end * draw(st.booleans())
    for _ in range(draw(st.sampled_from([0, 1, 1, 2, 3]))):
        place = draw(st.integers(len(HEADER), len(text)))
        behind = place + draw(st.sampled_from([0, 0, 1, 2]))
        text = text[:place] + draw(st.sampled_from(PIECES)) + text[behind:]
    return text


@given(files())
@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_any_file_gives_the_same_rows_and_remarks(tmp_path: Path, text: str) -> None:
    path = tmp_path / "claims.csv"
    path.write_text(text, encoding="utf-8", newline="")
    if not is_jsonl(path, look(path)[0]):
        assert read(path, COLUMNS, REQUIRED) == read_row_by_row(path)
