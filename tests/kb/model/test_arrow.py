"""Determinations and answers as data frames: the same values, exact, one type a column."""

from __future__ import annotations

import json
import pickle
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pyarrow.parquet
import pytest

from kb import KnowledgeBase, Relation, UsageError
from kb.bulk.adjudicate import adjudicate_files
from kb.model.arrow import StoredDeterminations, determination_table
from tests.kb.bulk.files import write_rows
from tests.kb.example_lines import line

R14 = KnowledgeBase.load("r14")
LINES = [
    line(),
    line("C2", place_of_service="11"),
    line("C3", procedure_code="J1200", units=50, place_of_service="11"),
    line("C4", claim_form="dental"),
]
DOSE = [{"claim_id": "C3", "line_number": 1, "evidence": "administered_dose", "value": "75"}]
FOUND = R14.adjudicate(LINES, DOSE)


def test_arrow_has_the_columns_and_types_of_a_parquet_output(tmp_path: Path) -> None:
    columns = tuple(LINES[0])
    claims = write_rows(tmp_path, "claims", "csv", LINES, columns)
    evidence = write_rows(tmp_path, "evidence", "csv", DOSE, tuple(DOSE[0]))
    output = tmp_path / "out.parquet"
    adjudicate_files(R14, [claims], output, evidence=[evidence])
    written, made = pyarrow.parquet.read_table(output), FOUND.to_arrow()
    assert made.to_pylist() == written.to_pylist()
    assert [str(each.type) for each in made.schema] == [
        str(each.type).replace("element: ", "item: ") for each in written.schema
    ]


def test_frames_hold_what_the_determinations_say() -> None:
    assert FOUND.to_polars().to_dicts() == FOUND.to_arrow().to_pylist()
    assert FOUND.to_polars()["allowed_units"].to_list() == [None, None, Decimal(2), None]
    pandas = FOUND.to_pandas()
    assert list(pandas["outcome"]) == [each.outcome for each in FOUND]
    assert pandas["allowed_units"][2] == Decimal(2)
    assert json.loads(json.dumps(FOUND.to_dicts())) == [each.to_json() for each in FOUND]
    assert R14.adjudicate([]).to_arrow().schema == FOUND.to_arrow().schema


def test_citations_are_a_table_of_their_own() -> None:
    expected = [
        {
            "claim_id": each.claim_id,
            "claim_part": None,
            "line_number": each.line_number,
            "outcome": each.outcome,
            "citation": number,
            **citation.to_json(),
        }
        for each in FOUND
        for number, citation in enumerate(each.citations, 1)
    ]
    assert len(expected) > 2
    assert FOUND.citations().to_pylist() == expected
    assert R14.adjudicate([]).citations().num_rows == 0


def test_stored_determinations_are_the_determinations() -> None:
    stored = StoredDeterminations(determination_table(FOUND))
    assert list(stored) == list(FOUND) == [stored[place] for place in range(len(stored))]
    assert stored[-1] == FOUND[len(FOUND) - 1]
    assert list(stored[1:3]) == list(FOUND)[1:3]
    assert list(stored[::-1]) == list(FOUND)[::-1]
    with pytest.raises(IndexError):
        stored[4]


def test_a_third_of_a_unit_is_refused_and_not_rounded() -> None:
    [third] = [each for each in FOUND if each.outcome == "reduced"]
    third = type(third)(**{**_fields(third), "allowed_units": Fraction(1, 3)})
    with pytest.raises(UsageError, match="`1/3` allowed units on line 1 of claim `C3`"):
        determination_table([third])


def _fields(item: object) -> dict[str, object]:
    return {name: getattr(item, name) for name in item.__dataclass_fields__}  # type: ignore[attr-defined]


def test_each_column_of_answers_has_one_type() -> None:
    rows = ((1, "a", Decimal("2.50"), 1, 10**30), (2, "b", 7, "x", Fraction(1, 3)))
    table = Relation(("A", "B", "C", "D", "E"), rows).to_arrow()
    assert [str(each) for each in table.schema.types] == [
        "int64",
        "string",
        "decimal128(38, 2)",
        "string",
        "string",
    ]
    assert table["E"].to_pylist() == [str(10**30), "1/3"]
    assert Relation(("A",), ()).to_arrow().num_rows == 0
    assert Relation((), ((),)).to_arrow().num_columns == 0


def test_a_notebook_shows_tables_with_every_text_escaped() -> None:
    found = R14.adjudicate([line("<script>")])
    assert "&lt;script&gt;" in found._repr_html_()
    assert "<script>" not in found._repr_html_()
    assert repr(found) == "<Adjudication of 1 line: 1 denied; 0 rejected>"
    assert "and 5 more" in Relation(("A",), tuple((n,) for n in range(25)))._repr_html_()
    assert "&lt;" in Relation(("A",), (("<",),))._repr_html_()


def test_results_can_be_pickled() -> None:
    again = pickle.loads(pickle.dumps(FOUND))
    assert list(again) == list(FOUND)
    relation = Relation(("A",), ((Fraction(1, 3),),))
    assert pickle.loads(pickle.dumps(relation)) == relation
