"""Data frames, relations, paths and globs in; the same determinations by both engines."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pandas
import polars
import pyarrow
import pytest

from facts.diagnostic import InputError, UsageError
from kb import KnowledgeBase
from kb.claims.result import Adjudication
from kb.model.arrow import StoredDeterminations
from tests.kb.bulk.files import write_rows
from tests.kb.example_lines import line

R14 = KnowledgeBase.load("r14")
LINES = [
    line(),
    line("C2", place_of_service="11", units=None),
    line("C2", 2, procedure_code="J7050", units=2.5, charge=Decimal("180.10")),
    line("C3", procedure_code="J1200", units=50, place_of_service="11"),
]
DOSE = [{"claim_id": "C3", "line_number": 1, "evidence": "administered_dose", "value": "75"}]
EXPECTED = [each.to_json() for each in R14.adjudicate(LINES, DOSE)]
PANDAS = pandas.DataFrame(LINES)
POLARS = polars.DataFrame(
    [
        {**each, "charge": None if each.get("charge") is None else str(each["charge"])}
        for each in LINES
    ],
    strict=False,
)
FRAMES: dict[str, Callable[[], Any]] = {
    "pandas": lambda: PANDAS,
    "pandas with an index": lambda: PANDAS.set_index("claim_id").iloc[:],
    "pandas of another index": lambda: PANDAS.set_axis([7, 7, 3, 1], axis=0),
    "pandas of nullable types": lambda: PANDAS.convert_dtypes(),
    "polars": lambda: POLARS,
    "lazy": lambda: POLARS.lazy(),
    "arrow": lambda: POLARS.to_arrow(),
    "batches": lambda: POLARS.to_arrow().to_reader(),
    "categories": lambda: POLARS.with_columns(polars.col("claim_form").cast(polars.Categorical)),
    "two frames": lambda: [POLARS[:2], POLARS[2:]],
}


def relation() -> Any:
    frame = POLARS
    assert frame is not None
    return duckdb.sql("SELECT * FROM frame")


FRAMES["relation"] = relation


def texts(result: Adjudication) -> list[dict[str, Any]]:
    return [each.to_json() for each in result]


@pytest.mark.parametrize("engine", ["pydatalog", "duckdb"])
@pytest.mark.parametrize("name", FRAMES)
def test_frames_give_what_lines_give(name: str, engine: str) -> None:
    result = R14.adjudicate(FRAMES[name](), polars.DataFrame(DOSE), engine=engine)
    assert [each.message for each in result.diagnostics if each.severity == "error"] == []
    assert texts(result) == EXPECTED
    assert (result.tally.lines_read, result.tally.lines_determined) == (4, 4)
    assert isinstance(result.determinations, StoredDeterminations) == (engine == "duckdb")


@pytest.mark.parametrize("engine", ["pydatalog", "duckdb"])
def test_paths_globs_and_records_of_evidence(engine: str, tmp_path: Path) -> None:
    columns = tuple(dict.fromkeys(name for each in LINES for name in each))
    first = write_rows(tmp_path, "claims1", "csv", LINES[:1], columns)
    write_rows(tmp_path, "claims2", "csv", LINES[1:], columns)
    glob = str(tmp_path / "claims*.csv")
    for given in (glob, [first, str(tmp_path / "claims2.csv")], [POLARS]):
        assert texts(R14.adjudicate(given, DOSE, engine=engine)) == EXPECTED
    written = R14.adjudicate_into(tmp_path / "out.parquet", glob, DOSE)
    assert written.tally.lines_determined == 4
    assert polars.read_parquet(tmp_path / "out.parquet")["claim_id"].to_list() == [
        each["claim_id"] for each in EXPECTED
    ]


def test_overrides_in_a_frame() -> None:
    waiver = {"authority": "plan", "authority_id": "P1", "clause_id": "R14-FAC-1"}
    frame = polars.DataFrame([{**waiver, "effect": "waived"}])
    lines = [line(plan_id="P1")]
    for given in (frame, [{**waiver, "effect": "waived"}]):
        for engine in ("pydatalog", "duckdb"):
            [found] = R14.adjudicate(pandas.DataFrame(lines), (), given, engine=engine)
            assert found.outcome == "reimbursable"


def test_a_knowledge_base_with_the_claims_of_a_frame() -> None:
    kb = R14.with_claims(POLARS, polars.DataFrame(DOSE))
    assert kb.query("outcome('C3', L, O)").rows == ((1, "reduced"),)
    assert next(R14.stream(POLARS)).outcome == "denied"


def test_large_frames_go_to_duckdb(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kb.bulk.engine.MANY_ROWS", 4)
    assert isinstance(R14.adjudicate(POLARS).determinations, StoredDeterminations)
    assert isinstance(R14.adjudicate(POLARS[:3]).determinations, list)


@pytest.mark.parametrize("engine", ["pydatalog", "duckdb"])
def test_both_engines_tell_the_same_of_a_bad_frame(engine: str) -> None:
    frame = polars.DataFrame(
        {
            "claim_id": ["C1", "C2", None],
            "line_number": [1, 1, 1],
            "claim_form": ["cms1500"] * 3,
            "service_date": ["2018-06-01", "never", "2018-06-01"],
            "colour": ["red"] * 3,
        }
    )
    result = R14.adjudicate(frame, engine=engine)
    told = {each.render() for each in result.diagnostics}
    assert (result.tally.lines_read, result.tally.lines_rejected) == (3, 2)
    assert any("`never`" in each and "<frame>, row 2" in each for each in told)
    assert any("`claim_id` is" in each and "<frame>, row 3" in each for each in told)
    assert any("`colour`" in each for each in told)


@pytest.mark.parametrize(
    ("given", "kind", "message"),
    [
        (lambda: "absent.csv", InputError, "there is no file `absent.csv`"),
        (lambda: Path("absent-*.parquet"), InputError, "there is no file `absent-*.parquet`"),
        (
            lambda: pandas.DataFrame([[1, 2]], columns=["a", "a"]),
            InputError,
            "column `a` is there twice",
        ),
        (lambda: pandas.DataFrame({"u": [1, "x"]}), InputError, "values of several types"),
        (lambda: closed(), UsageError, "is its connection still open"),
        (lambda: 5, UsageError, "claims cannot be of the type `int`"),
        (lambda: b"claims.csv", UsageError, "give the path of a file as text"),
        (lambda: {"claim_id": "C1"}, UsageError, "give a list"),
    ],
)
def test_what_cannot_be_read(given: Callable[[], Any], kind: type[Exception], message: str) -> None:
    with pytest.raises(kind) as caught:
        R14.adjudicate(given())
    assert message in str(caught.value)


def closed() -> Any:
    connection = duckdb.connect()
    made = connection.sql("SELECT 'C1' AS claim_id")
    connection.close()
    return made


@pytest.mark.parametrize("engine", ["pydatalog", "duckdb"])
def test_a_frame_without_rows_or_columns(engine: str) -> None:
    result = R14.adjudicate(POLARS[:0], engine=engine)
    assert len(result) == 0
    assert [each.message for each in result.diagnostics] == ["`<frame>` has a header and no rows"]
    missing = R14.adjudicate(polars.DataFrame({"claim_id": ["C1"]}), engine=engine)
    assert len(missing) == 0
    assert any("`line_number` is missing" in each.message for each in missing.diagnostics)


def test_lines_in_python_are_not_for_duckdb() -> None:
    with pytest.raises(UsageError, match="DuckDB reads files and data frames"):
        R14.adjudicate(LINES, engine="duckdb")
    with pytest.raises(UsageError, match="read from files or frames"):
        R14.adjudicate_into("out.csv", LINES)
    with pytest.raises(UsageError, match="`engine` cannot be `spark`"):
        R14.adjudicate(POLARS, engine="spark")


def test_arrow_is_of_one_schema_by_both_engines() -> None:
    tables = [
        R14.adjudicate(POLARS, engine=engine).to_arrow() for engine in ("pydatalog", "duckdb")
    ]
    assert tables[0].schema.equals(pyarrow.schema(tables[1].schema))
    assert tables[0].to_pylist() == tables[1].to_pylist()
    assert repr(R14.adjudicate(POLARS, engine="duckdb")) == repr(R14.adjudicate(POLARS))


@pytest.mark.parametrize("engine", ["duckdb", "pydatalog"])
def test_a_word_for_nothing_is_no_claim_id_even_where_no_other_id_is_odd(engine: str) -> None:
    found = R14.adjudicate(pyarrow.Table.from_pylist([line("NULL")]), engine=engine)
    assert [each.claim_id for each in found.rejected] == ["NULL"]
    assert found.tally.lines_rejected == 1
