"""Rows of JSONL: plain ones through DuckDB, odd ones through the row reader, all told alike."""

from __future__ import annotations

import json
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from facts.diagnostic import Diagnostic
from facts.readers.column_values import PARSERS, REQUIRED
from facts.readers.evidence import COLUMNS as EVIDENCE_COLUMNS
from facts.readers.evidence import REQUIRED as EVIDENCE_REQUIRED
from facts.readers.jsonl import ObjectFile, open_objects
from facts.readers.line_table import RawRow
from facts.readers.table_file import is_jsonl, without_rows
from facts.readers.text_file import look
from kb.bulk.read.files import Tables
from kb.bulk.read.lines import LINES, LineReader
from kb.bulk.read.plain_jsonl import PlainObjects
from tests.kb.bulk.test_bad_input import assert_alike, in_bulk

GOOD = {"claim_id": "A", "line_number": 1, "claim_form": "cms1500", "service_date": "2018-06-01"}


def row(**fields: Any) -> str:
    return json.dumps({**GOOD, **fields})


def inserted(fragment: str, **fields: Any) -> str:
    """A row with text at its end that `json` would not write."""
    return f"{row(**fields)[:-1]}, {fragment}}}"


PLAIN = {
    "compact": json.dumps(GOOD, separators=(",", ":")),
    "blanks wherever they may be": " \t{ "
    + " \t, ".join(f'"{name}" \t:\t {json.dumps(value)}' for name, value in GOOD.items())
    + " } \t",
    "nulls": row(units=None, modifiers=None, type_of_bill=None),
    "empty texts": row(units="", modifiers="", type_of_bill="", claim_form=""),
    "blank texts": row(units=" ", modifiers="  ", description="\t"),
    "numbers": row(line_number=2, revenue_code=636, place_of_service=11, procedure_code=99213),
    "decimals": row(units=1.50, charge=583.52, ndc_quantity=0.0001),
    "decimals without any": row(units=1.0, charge=100000000.0, ndc_quantity=0.0),
    "decimals, zeros at the end": inserted('"units": 2.500000, "charge": 3.10'),
    "as many digits as are plain": inserted('"units": 123456789.123456, "charge": 0.000123456'),
    "a whole number of many digits": row(charge=999999999999999, description=123456789012345),
    "negative": row(units=-1, charge=-2.5, line_number=-3),
    "decimals as text": row(units="1.0", charge="-1.0", line_number="1.0"),
    "lists": row(modifiers=["59", "SH"], diagnoses=["T80.30:Y", "E11.9"]),
    "lists of nothing": row(modifiers=[], diagnoses=[]),
    "lists, blanks in them": inserted('"modifiers": [ "59" ,\t"SH" ]'),
    "a text like a list": row(modifiers="[59]", description='["x"]'),
    "escapes": inserted(r'"description": "a \"b\" \\ \/ \n \t \u00e9 \u2028 \u0001 \u007f"'),
    "pairs of surrogates": inserted(r'"description": "\ud83d\ude00 \uDBFF\uDFFF"'),
    "an escape in a code": inserted(r'"procedure_code": "\u004a7050"'),
    "no ASCII": json.dumps({**GOOD, "description": "Ä 日本 😀"}, ensure_ascii=False),
    "a number in a text": row(description="12345678901234567890.5e9"),
    "unknown names": row(payer="x", paid=None, batch=7),
    "a name of letters": json.dumps({**GOOD, "größe": "1"}, ensure_ascii=False),
    "another order": json.dumps(dict(reversed(GOOD.items()))),
    "a required name that is null": row(service_date=None),
    "a required name that is empty": row(claim_id=""),
    "a value that is wrong": row(units="abc", service_date="2018-02-30"),
    "a code in lower case": row(procedure_code="j7050"),
}
"""Rows that DuckDB reads."""

AS_IT_BEGINS = {
    "true and false": row(paid=True, void=False),
    "decimals of another name": row(paid=1.25, allowed=1e-3),
    "a list": row(tags=["a", 1, None, True, 2.5], none=[]),
    "an object": row(patient={"sex": "f", "age": 3, "names": ["a"], "none": {}}).replace(
        ', "none": {}', ""
    ),
    "decimals of a code": row(place_of_service=11.0, revenue_code=636.0),
    "decimals of a claim": row(claim_id=1.5),
    "decimals of a line": row(line_number=1.0),
    "a name of signs": row(**{"a b.c-d:e_F": True}),
}
"""Rows that DuckDB reads where a file begins with them, since they tell it of their types."""

ODD = {
    "no required name": json.dumps({"claim_id": "A", "line_number": 1}),
    "nothing": "{}",
    "a name twice": inserted('"units": 1', units=1),
    "a claim id twice": inserted('"claim_id": "A"'),
    "an unknown name twice": inserted('"x": 1, "x": 2'),
    "a name twice, once with an escape": inserted(r'"\u0075nits": 1', units=1),
    "a name with an escape": inserted(r'"\u0075nits": 2'),
    "a name twice in an object": inserted('"patient": {"a": 1, "a": 2}'),
    "true": row(units=True),
    "an object for a code": row(procedure_code={"a": 1}),
    "a list for a code": row(procedure_code=["J7050"]),
    "an object in a list": row(modifiers=[{}]),
    "a list in a list": row(modifiers=[["59"]]),
    "a number in a list": row(modifiers=[59]),
    "true in a list": row(modifiers=[True]),
    "null in a list": row(modifiers=["59", None]),
    "an empty text in a list": row(modifiers=["", "59"]),
    "a comma in a list": row(modifiers=["59,SH"], diagnoses=["T80.30 E11.9"]),
    "a letter in a list": row(modifiers=["é"]),
    "an exponent": inserted('"units": 1e3'),
    "an exponent in capitals": inserted('"units": 1.5E+2'),
    "an exponent beyond all": inserted('"units": 1e999999999999999999'),
    "many digits": inserted('"units": 0.10000000000000000001'),
    "many whole digits": inserted('"units": 12345678901234567890'),
    "many digits in both": inserted('"charge": 1234567890.123456'),
    "small": inserted('"units": 0.00001'),
    "minus zero": inserted('"units": -0'),
    "minus zero with decimals": inserted('"units": -0.0'),
    "a negative fraction": inserted('"units": -0.5'),
    "not a number": row(units=float("nan")),
    "infinity": row(units=float("inf")),
    "a zero before a number": inserted('"units": 01'),
    "a point at the end": inserted('"units": 1.'),
    "a plus": inserted('"units": +1'),
    "zero as an escape": inserted(r'"description": "a\u0000b"'),
    "a lone surrogate": inserted(r'"description": "\ud800"'),
    "surrogates the wrong way round": inserted(r'"description": "\ude00\ud83d"'),
    "two surrogates of one kind": inserted(r'"description": "\ud83d\uD83D"'),
    "what stands for an unreadable character": inserted('"description": "\ufffd"'),
    "the same as an escape": inserted(r'"description": "\ufffd"'),
    "the same as an escape in capitals": inserted(r'"description": "\uFFFD"'),
    "a control character": inserted('"description": "a\tb"'),
    "an escape that is wrong": inserted(r'"description": "\x"'),
    "a byte order mark": "\ufeff" + row(),
    "a list": "[]",
    "a number": "1",
    "a text": '"x"',
    "null": "null",
    "not JSON": "claim A",
    "cut off": row()[:-1],
    "a comma before the end": row()[:-1] + ",}",
    "more behind the object": row() + " x",
    "two objects": row() + row(),
    "single quotes": row().replace('"', "'"),
    "a comment": row() + " // x",
    "nested deeply": inserted('"x": ' + "[" * 300 + "]" * 300),
    "nested more deeply than can be read": inserted('"x": ' + "[" * 100_000),
    "an unknown object": row(address={"city": {"name": "x"}}),
    "blanks": "   ",
    "no row": "",
    "a blank of Unicode": "\u00a0",
    "a column that looks like a required one": json.dumps(
        {"claim_id": "A", "line": 1, "claim_form": "cms1500", "service_date": "2018-06-01"}
    ),
}
"""Rows that the row reader reads."""

BEFORE = row(claim_id="before", paid=True, tags=[], patient={"a": 1})
AFTER = row(claim_id="after", batch=7)
FIRST = [BEFORE, *(row(**{name: None}) for name in ("description", "units", "charge", "modifiers"))]


@pytest.fixture
def row_by_row(monkeypatch: pytest.MonkeyPatch) -> set[int]:
    """The rows of which the row reader makes texts; it may not read a whole file."""
    read: set[int] = set()
    row_of = ObjectFile.row_of

    def rows(self: ObjectFile) -> Iterator[Any]:
        raise AssertionError("the whole file is read row by row")

    def told(self: ObjectFile, number: int, record: dict[str, Any], broken: str) -> Any:
        read.add(number)
        return row_of(self, number, record, broken)

    monkeypatch.setattr(ObjectFile, "rows", rows)
    monkeypatch.setattr(ObjectFile, "row_of", told)
    return read


def written(folder: Path, *texts: str, end: str = "\n", last: bool = True) -> Path:
    path = folder / "claims.jsonl"
    path.write_bytes((end.join(texts) + end * last).encode("utf-8", "surrogatepass"))
    return path


@pytest.mark.parametrize("name", [*PLAIN, *AS_IT_BEGINS])
def test_a_plain_row_is_read_by_duckdb(name: str, tmp_path: Path, row_by_row: set[int]) -> None:
    """The row reader looks at the first row of the names alone."""
    text = {**PLAIN, **AS_IT_BEGINS}[name]
    tally = in_bulk([written(tmp_path, text, AFTER, text, text)], []).tally
    assert tally[0] == 4
    assert row_by_row == {1, 2}


@pytest.mark.parametrize("name", ODD)
def test_an_odd_row_is_read_by_the_row_reader(
    name: str, tmp_path: Path, row_by_row: set[int]
) -> None:
    """Of plain rows it looks at the first one of their names alone, all of which stand before."""
    texts = [*FIRST, ODD[name], AFTER, ODD[name], BEFORE]
    in_bulk([written(tmp_path, *texts)], [])
    odd = {len(FIRST) + 1, len(FIRST) + 3} if ODD[name].strip() else set()
    assert row_by_row == {*range(1, len(FIRST) + 1), len(FIRST) + 2, *odd}


@pytest.mark.parametrize("name", [*PLAIN, *AS_IT_BEGINS, *ODD])
def test_a_row_is_told_alike(name: str, tmp_path: Path) -> None:
    text = {**PLAIN, **AS_IT_BEGINS, **ODD}[name]
    assert_alike([written(tmp_path, BEFORE, text, AFTER, text)])


def test_all_rows_in_one_file_are_told_alike(tmp_path: Path) -> None:
    texts = [*ODD.values(), *PLAIN.values(), *AS_IT_BEGINS.values()]
    assert_alike([written(tmp_path, *texts)])
    assert_alike([written(tmp_path, AFTER, *reversed(texts), end="\r\n", last=False)])


def test_lines_keep_the_order_of_the_file(tmp_path: Path) -> None:
    texts = [row(claim_id=name) for name in "CDAB"]
    texts[1] = inserted('"units": 1e0', claim_id="D")
    path = written(tmp_path, *texts)
    with duckdb.connect() as connection:
        LineReader(connection, [path]).read()
        found = connection.execute(f"SELECT claim_id FROM {LINES}").fetchall()
    assert [claim_id for (claim_id,) in found] == ["C", "D", "A", "B"]


def test_a_zero_far_down_is_told_alike(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The beginning of a file is looked at for zeros as a whole."""
    monkeypatch.setattr("facts.readers.text_file._LOOK", 1_000)
    many = [row(claim_id=f"C{number}") for number in range(20)]
    assert_alike([written(tmp_path, *many, inserted('"description": "a\0b"'), AFTER)])


FILES = {
    "a byte order mark": b"\xef\xbb\xbf" + f"{row()}\n{AFTER}\n".encode(),
    "blank rows first": f"\n\n  \n{row(units=1.5)}\n\n{AFTER}\n\n\n".encode(),
    "returns alone": f"{row()}\r{AFTER}\r".encode(),
    "mixed line ends": f"{row()}\r\n{AFTER}\n{row(units='x')}\n".encode(),
    "a return in a row": f"{row()} \r {AFTER}\n{row(units='x')}\n".encode(),
    "bytes that are not UTF-8": row(description="?").replace("?", "\xff").encode("latin-1") + b"\n",
    "one delimiter that stands nowhere else": inserted('"description": "a\x01b"').encode() + b"\n",
    "a row that is too long": f"{row()}\n{row(x='x' * 1_000_000)}\n{AFTER}\n".encode(),
    "the longest row": f'{row()}\n{row(x="")[:-3]}"{"x" * 999_886}"}}\n{AFTER}\n'.encode(),
    "no line end": row(units=True).encode(),
    "rows with values and without": f"{row(units=None)}\n{row()}\n{AFTER}\n".encode(),
}


@pytest.mark.parametrize("name", [name for name in FILES if name != "a row that is too long"])
def test_a_file_is_not_left_to_the_row_reader(
    name: str, tmp_path: Path, row_by_row: set[int]
) -> None:
    """Whatever single rows of it are."""
    path = tmp_path / "claims.jsonl"
    path.write_bytes(FILES[name])
    in_bulk([path], [])
    assert row_by_row


@pytest.mark.parametrize("name", FILES)
def test_a_file_is_told_alike(name: str, tmp_path: Path) -> None:
    path = tmp_path / "claims.jsonl"
    path.write_bytes(FILES[name])
    assert_alike([path])
    other = written(tmp_path, BEFORE).rename(tmp_path / "other.jsonl")
    path.write_bytes(FILES[name])
    assert_alike([other, path])
    assert_alike([path, other])


EVIDENCE = {"claim_id": "A", "line_number": 1, "evidence": "physician_order", "value": "yes"}


def test_rows_for_whole_claims_and_a_name_for_the_line_are_told_alike(tmp_path: Path) -> None:
    """A row without a line is of the whole claim, unless another name stands for its line."""
    claims = written(tmp_path, row(), AFTER).rename(tmp_path / "lines.jsonl")
    whole = {name: value for name, value in EVIDENCE.items() if name != "line_number"}
    mistaken = {"line": 1, **whole}
    amount = {**EVIDENCE, "evidence": "administered_units", "value": 2.5}
    for rows in ([EVIDENCE, whole, amount], [whole, mistaken, EVIDENCE], [{**amount, "line": 2}]):
        evidence = written(tmp_path, *map(json.dumps, rows), json.dumps(rows[0]))
        assert_alike([claims], [evidence])


def test_what_begins_a_file_is_bounded() -> None:
    many = {f"n{number}": True for number in range(1_000)}
    plain = PlainObjects.of(
        [{"units": Decimal("1.5"), "line_number": Decimal(1)}, many], ("units",)
    )
    assert plain.decimals == ("units",)
    assert len(plain.others) == 200
    assert PlainObjects.of([{"a'b": True, "a(b": 1.0, "a\nb": {}}], ()).others == ()


CONNECTION = duckdb.connect()
TEXTS = st.one_of(
    st.sampled_from(
        ["", " ", "A", "1", "1.0", "[59]", "J7050", "59 SH", "2018-06-01", "x\ty", "é"]
    ),
    st.text(max_size=6),
)
NUMBERS = st.one_of(
    st.integers(-3, 12).map(str),
    st.integers().map(str),
    st.decimals(allow_nan=False, allow_infinity=False, places=3).map(str),
    st.floats().map(json.dumps),
    st.from_regex(r"\A-?[0-9]{1,17}(\.[0-9]{1,10})?([eE][-+]?[0-9]{1,3})?\Z"),
)
RAW_TEXTS = st.one_of(
    TEXTS.map(json.dumps),
    TEXTS.map(lambda text: json.dumps(text, ensure_ascii=False)),
    st.from_regex(r'\A"(\\[\\"/bfnrtux]|\\u[0-9a-fA-F]{4}|[ -~])*"\Z').filter(
        lambda text: len(text) < 40
    ),
)
VALUES = st.recursive(
    st.one_of(RAW_TEXTS, RAW_TEXTS, NUMBERS, st.sampled_from(["null", "true", "false"])),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3).map(lambda items: f"[{', '.join(items)}]"),
        st.lists(st.tuples(RAW_TEXTS, inner), max_size=3).map(
            lambda items: f"{{{','.join(f'{name}:{value}' for name, value in items)}}}"
        ),
    ),
    max_leaves=4,
)
UNKNOWN = ["line", "Units", "x", "paid", "a b", "claim", "efective_from", "\\u0075nits", "é"]


@st.composite
def objects(draw: st.DrawFn, columns: tuple[str, ...]) -> str:
    """A row of an object, most often with all that is needed."""
    names = draw(st.lists(st.sampled_from([*columns, *UNKNOWN]), max_size=6))
    members = [(name, draw(VALUES)) for name in names]
    if draw(st.integers(0, 3)):
        members = [(name, json.dumps(value)) for name, value in GOOD.items()] + [
            (name, value) for name, value in members if name not in GOOD
        ]
    if draw(st.booleans()):
        members = list(dict(members).items())
    blank = draw(st.sampled_from(["", " ", "\t", "  "]))
    joined = f"{blank},{blank}".join(f'"{name}"{blank}:{blank}{value}' for name, value in members)
    return f"{blank}{{{joined}}}{blank}"


@st.composite
def files(draw: st.DrawFn, columns: tuple[str, ...]) -> bytes:
    """The bytes of a file whose rows are like one another, with a few changes to its text."""
    kinds = draw(st.lists(objects(columns), min_size=1, max_size=4))
    rows = draw(st.lists(st.sampled_from([*kinds, *kinds, *ODD.values()]), min_size=1, max_size=8))
    end = draw(st.sampled_from(["\n", "\n", "\r\n"]))
    text = end.join(rows) + end * draw(st.booleans())
    for _ in range(draw(st.sampled_from([0, 0, 1, 2]))):
        place = draw(st.integers(0, len(text)))
        piece = draw(
            st.sampled_from([*'"\\{}[],:. 01eE-\n\r\t\x01é\ufeff\u2028', "", "null", "\ufffd"])
        )
        text = text[:place] + piece + text[place + draw(st.integers(0, 2)) :]
    data = text.encode("utf-8", "surrogatepass")
    return b"\xef\xbb\xbf" * draw(st.booleans()) + data


def read(path: Path, columns: tuple[str, ...], required: tuple[str, ...]) -> list[Any]:
    """Return the rows and the remarks of a file that is read in bulk."""
    notes: list[Diagnostic] = []
    CONNECTION.execute("DROP TABLE IF EXISTS raw_rows")
    tables = Tables(CONNECTION, "raw_rows", columns, required, notes)
    tables.read([path])
    rows = [row for source in tables.sources for _, row in tables.rows(source, "NULL", "")]
    return [comparable(rows), [note.render() for note in notes]]


def read_row_by_row(path: Path, columns: tuple[str, ...], required: tuple[str, ...]) -> list[Any]:
    """Return the rows and the remarks of a file that the row reader reads."""
    notes: list[Diagnostic] = []
    head, fault = look(path)
    rows: list[RawRow] = []
    if fault is not None:
        notes.append(fault)
    elif file := open_objects(path, head, columns, notes, required):
        rows = list(file.rows())
        if not rows:
            notes.append(without_rows(path))
    return [comparable(rows), [note.render() for note in notes]]


def comparable(rows: list[RawRow]) -> list[Any]:
    return [
        (row.number, row.fields, [fault.render() for fault in row.faults], sorted(row.faulty))
        for row in sorted(rows, key=lambda row: row.number)
    ]


@pytest.mark.parametrize(
    ("columns", "required"), [(tuple(PARSERS), REQUIRED), (EVIDENCE_COLUMNS, EVIDENCE_REQUIRED)]
)
@given(st.data())
@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_any_file_gives_the_same_rows_and_remarks(
    tmp_path: Path, columns: tuple[str, ...], required: tuple[str, ...], data: st.DataObject
) -> None:
    """Both ways, to the text of each value, and the remarks in their order."""
    path = tmp_path / "rows.jsonl"
    path.write_bytes(data.draw(files(columns)))
    if is_jsonl(path, look(path)[0]):
        assert read(path, columns, required) == read_row_by_row(path, columns, required)
