"""A line that cannot be read holds its whole claim back, in JSONL and in Python too."""

from __future__ import annotations

import json
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest

from facts.claim import ClaimLine, Diagnosis
from facts.readers.records import read_claims_from_records
from tests.facts.readers.conftest import Write
from tests.facts.readers.reading import GOOD, HEADER, Reading, read, rows

RECORD: dict[str, Any] = {
    "claim_id": "A",
    "line_number": 1,
    "claim_form": "cms1500",
    "service_date": "2018-06-01",
}


@pytest.mark.parametrize(
    "broken",
    [
        '{"claim_id": "A", "line_number": 2, "claim_form":',
        '{"line_number": 2, "x": ' + "[" * 100_000 + ', "claim_id": "A"}',
        '{"claim_id": "A", "line_number": 2, "line_number": 3}',
        '{"claim_id": "A", "description": "' + "x" * 2_000_000 + '"}',
        '{"claim_id": "A", "line_number": 2, "claim_form": {}, "service_date": "2018-06-01"}',
    ],
    ids=["cut off", "nested deeply", "name twice", "too long", "wrong type"],
)
@pytest.mark.parametrize("between", [0, 1])
def test_a_broken_object(write: Write, broken: str, between: int) -> None:
    other = json.dumps({**RECORD, "claim_id": "B"})
    texts = [json.dumps(RECORD), *[other] * between, broken]
    write("c.jsonl", rows(*texts))
    reading = read("c.jsonl")
    assert set(reading.claims) == {"B"} & {"B" if between else ""}
    assert [(item.claim_id, item.lines_read) for item in reading.rejected] == [("A", 2)]
    assert reading.told[0][1].startswith(f"c.jsonl, row {2 + between}")


def test_the_row_of_an_object_with_two_claim_ids_is_rejected_by_itself(write: Write) -> None:
    write("c.jsonl", rows('{"claim_id": "A", "claim_id": "B"}', json.dumps(RECORD)))
    reading = read("c.jsonl")
    assert [item.claim_id for item in reading.rejected] == [None]
    assert set(reading.claims) == {"A"}


@pytest.mark.parametrize(
    ("head", "message"),
    [
        ("[\n", "`c.json` is one JSON list, not an object on each row"),
        ("{\n", "`c.json` spreads an object over several rows"),
    ],
)
def test_json_that_is_no_jsonl_is_one_error(write: Write, head: str, message: str) -> None:
    write("c.json", head + '"claim_id": "A"\n' * 100)
    assert read("c.json").told == [
        (
            f"error: {message}",
            "c.json, row 1",
            "write each object on a row of its own, without a list around them",
        )
    ]


def test_what_stands_in_a_file_beats_its_name(write: Write) -> None:
    write("csv.jsonl", rows(HEADER, GOOD))
    write("objects.csv", rows(json.dumps(RECORD)))
    assert set(read("csv.jsonl", "objects.csv").claims) == {"G", "A"}


def test_many_unknown_names_are_told_for_the_first_ones_only(write: Write) -> None:
    texts = [json.dumps({**RECORD, "line_number": n, f"x{n}": 1}) for n in range(1, 1000)]
    write("c.jsonl", rows(*texts))
    assert len(read("c.jsonl").beside) == 30


def test_an_object_of_very_many_names_takes_no_quadratic_time(write: Write) -> None:
    write("c.jsonl", rows(json.dumps(RECORD | {f"x{n}": n for n in range(60_000)})))
    assert set(read("c.jsonl").claims) == {"A"}


def test_the_sentences_of_json_values(write: Write) -> None:
    text = json.dumps(RECORD)[:-1] + ', "units": Infinity, "charge": 1e999999, "ndc": true, '
    text += '"ndc_quantity": 1e99999999999999999999, "ndc_unit": "\\ud800", "modifiers": [null]}'
    write("c.jsonl", rows(text))
    number = "write digits, with a point before decimals"
    assert read("c.jsonl").told == [
        (
            "error: `units` cannot be `Infinity`",
            "c.jsonl, row 1, `$.units`",
            "give text or a number",
        ),
        (
            "error: `ndc` cannot be true or false",
            "c.jsonl, row 1, `$.ndc`",
            "give text or a number",
        ),
        (
            "error: `ndc_quantity` cannot be `1e99999999999999999999`",
            "c.jsonl, row 1, `$.ndc_quantity`",
            "give text or a number",
        ),
        (
            "error: `ndc_unit` has characters that cannot be read: `\\ud800`",
            "c.jsonl, row 1, `$.ndc_unit`",
            "save the file as UTF-8",
        ),
        (
            "error: `modifiers` has null in its list",
            "c.jsonl, row 1, `$.modifiers`",
            "give a list of texts",
        ),
        (
            "error: `charge` is not a number: `1E+999999`",
            "c.jsonl, row 1, `$.charge`",
            number,
        ),
    ]


def test_values_of_python() -> None:
    given = {
        **RECORD,
        "service_date": datetime(2018, 6, 1),
        "units": 0.1,
        "charge": Decimal("2.50"),
        "modifiers": ["59", "SH"],
        "diagnoses": [Diagnosis("T8030", "N"), "E11.9"],
    }
    (line,) = Reading(read_claims_from_records([given])).claims["A"].lines
    assert (line.service_date, line.units, line.charge) == (
        date(2018, 6, 1),
        Decimal("0.1"),
        Decimal("2.5"),
    )
    assert line.modifiers == ("59", "SH")
    assert line.diagnoses == (Diagnosis("T8030", "N"), Diagnosis("E119"))


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("units", float("inf"), "`units` is not a number: `Infinity`"),
        ("claim_form", float("nan"), "`claim_form` cannot be `NaN`, which stands for no value"),
        ("rendering_provider", 1.003e18, "`rendering_provider` is a number in scientific"),
        ("rendering_provider", Decimal("2.01806E+11"), "`rendering_provider` is a number in sci"),
        (
            "service_date",
            datetime(2018, 6, 1, 12),
            "`service_date` is not a date: `2018-06-01T12:00",
        ),
        pytest.param("units", 10**5000, "`units` has too many digits: `1000", id="huge"),
        ("procedure_code", b"J1", "`procedure_code` cannot be of the type `bytes`"),
    ],
)
def test_values_of_python_that_are_refused(field: str, value: Any, message: str) -> None:
    reading = Reading(read_claims_from_records([{**RECORD, field: value}]))
    assert reading.told[0][0].startswith(f"error: {message}")


def test_a_claim_line_made_by_hand_is_checked() -> None:
    line = ClaimLine("A", 1, "CMS1500", date(2018, 6, 1), procedure_code="j7050")
    reading = Reading(read_claims_from_records([line, line._replace(units=Decimal(-1))]))
    assert reading.rejected[0].lines_read == 2
    assert "error: `units` is negative: `-1`" in [message for message, _, _ in reading.told]
    (kept,) = Reading(read_claims_from_records([line])).claims["A"].lines
    assert (kept.claim_form, kept.procedure_code) == ("cms1500", "J7050")
