"""The reference code sets: complete for what the policy names, short, and with their authority."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

import facts
from facts.diagnostic import UsageError
from facts.reference_sets import NAMES, describe, reference_set
from facts.values import (
    parse_code,
    parse_modifiers,
    parse_place_of_service,
    parse_revenue_code,
    parse_type_of_bill,
)
from kb.policy.loader import load_policy

FOLDER = Path(facts.__file__).parent / "reference"
READ_BY = {
    "place_of_service": parse_place_of_service,
    "revenue_code": parse_revenue_code,
    "type_of_bill": parse_type_of_bill,
    "modifier": lambda text: parse_modifiers(text)[0],
    "group_code": parse_code,
    "carc": parse_code,
    "rarc": parse_code,
}


def test_the_sets_are_those_of_the_folder() -> None:
    assert sorted(path.stem for path in FOLDER.glob("*.csv")) == list(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_every_row_is_whole(name: str) -> None:
    with (FOLDER / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file, strict=True)
        assert reader.fieldnames == ["code", "description", "authority", "as_of"]
        rows = list(reader)
    codes = [row["code"] for row in rows]
    assert len(set(codes)) == len(codes)
    assert list(reference_set(name)) == codes
    for row in rows:
        assert all(row.values())
        assert len(row["description"]) <= 80
        assert row["description"] == row["description"].strip()


@pytest.mark.parametrize("name", NAMES)
def test_codes_are_written_as_claim_lines_have_them(name: str) -> None:
    for code in reference_set(name):
        sample = code.replace("x", "9")
        assert READ_BY[name](sample) == sample
        assert describe(name, sample)


def test_a_code_of_its_own_comes_before_its_family() -> None:
    codes = reference_set("revenue_code")
    assert codes["0258"].code == "0258"
    assert codes["0308"].code == "030x"
    assert reference_set("type_of_bill")["137"].description == "hospital, outpatient"


@pytest.mark.parametrize("code", ["", "x", "0", "9999", "025", "02580", "ÄÖ"])
def test_a_code_that_is_not_there(code: str) -> None:
    assert describe("revenue_code", code) == ""
    assert code not in reference_set("revenue_code")


def test_an_unknown_set_names_the_nearest() -> None:
    with pytest.raises(UsageError) as raised:
        reference_set("place_of_servise")
    (diagnostic,) = raised.value.diagnostics
    assert diagnostic.message == "unknown reference set `place_of_servise`"
    assert diagnostic.help == "did you mean `place_of_service`?"


def test_every_reason_and_remark_of_the_policy_is_described() -> None:
    for clause in load_policy("r14").clauses.values():
        assert clause.carc is None or not clause.carc or describe("carc", clause.carc), clause
        for remark in clause.rarcs:
            assert describe("rarc", remark), clause


def test_what_the_policy_names_is_described() -> None:
    places = "02 11 12 19 21 22 23 24 26 31 34 41 42 49 50 51 52 53 56 61 62 65 71 72"
    bills = "111 121 131 141 181 211 221 231 321 331 341 411 721 831 851"
    revenue = "0100 0219 0250 0260 0270 0273 0279 0290 0299 0360 0380 0391 0392 0399 0481 0490"
    revenue += " 0623 0624 0630 0636 0639 0762 0820 0859"
    for name, codes in (
        ("place_of_service", places),
        ("type_of_bill", bills),
        ("revenue_code", revenue),
        ("modifier", "25 59 JW JZ SH SJ"),
        ("group_code", "CO PR OA PI CR"),
    ):
        for code in codes.split():
            assert describe(name, code), (name, code)
