"""Dates in the order of a file, and money with its signs."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from facts.diagnostic import UsageError
from facts.readers.detect import open_claims
from facts.readers.layout import Layout
from facts.readers.overrides import read_overrides
from facts.readers.records import read_claims_from_records
from facts.values import ValueFault, parse_amount
from tests.facts.readers.conftest import Write
from tests.facts.readers.reading import Reading, rows

HEADER = "claim_id,line_number,claim_form,service_date,service_date_to"
NOTE = "note: `service_date` of `c.csv` is read as month/day/year"


def read(name: str, dates: str | None = None) -> Reading:
    return Reading(open_claims(Path(name), layout=Layout.of((), dates)))


def days(found: Reading) -> list[str]:
    return [str(line.service_date) for claim in found.claims.values() for line in claim.lines]


def dated(*texts: str) -> str:
    return rows(HEADER, *(f"C{each},1,cms1500,{text}," for each, text in enumerate(texts)))


def test_an_order_that_a_person_says(write: Write) -> None:
    write("c.csv", dated("06/01/2018", "6/2/2018", "2018-06-03", "06-04-2018 12:00:00 AM"))
    found = read("c.csv", "mdy")
    assert days(found) == ["2018-06-01", "2018-06-02", "2018-06-03", "2018-06-04"]
    assert found.told == [(NOTE, "c.csv, column `service_date`", "")]
    assert days(read("c.csv", "dmy")) == ["2018-01-06", "2018-02-06", "2018-06-03", "2018-04-06"]
    assert days(read("c.csv", "ymd")) == days(read("c.csv")) == ["2018-06-03"]


def test_an_order_that_a_column_says(write: Write) -> None:
    write("c.csv", dated("06/01/2018", "6/13/2018"))
    found = read("c.csv")
    assert (days(found), found.told[0][0]) == (["2018-06-01", "2018-06-13"], NOTE)
    write("c.csv", dated("06/01/2018", "13/6/2018"))
    found = read("c.csv")
    assert days(found) == ["2018-01-06", "2018-06-13"]
    assert found.told[0][0] == "note: `service_date` of `c.csv` is read as day/month/year"


@pytest.mark.parametrize(
    "texts",
    [["06/01/2018", "6/2/2018"], ["6/13/2018", "13/6/2018", "1/2/2018"], ["2/30/2018", "6/1/2018"]],
)
def test_no_order_is_guessed(write: Write, texts: list[str]) -> None:
    write("c.csv", dated(*texts))
    found = read("c.csv")
    assert not found.claims
    assert found.tally.lines_rejected == len(texts)
    assert found.told[0] == (
        f"error: `service_date` is not a date: `{texts[0]}`",
        "c.csv, row 2, column `service_date`",
        "write it as in 2018-06-01, or say how dates are written, as in --dates mdy",
    )


def test_a_day_that_does_not_exist_is_told_as_it_stands(write: Write) -> None:
    write("c.csv", dated("02/30/2018", "6/13/2018"))
    found = read("c.csv", "mdy")
    assert days(found) == ["2018-06-13"]
    assert found.told[0][0] == "error: `service_date` is not a date: `02/30/2018`"


def test_each_column_has_its_own_order(write: Write) -> None:
    write("c.csv", rows(HEADER, "A,1,cms1500,06/13/2018,14/06/2018"))
    (line,) = read("c.csv").claims["A"].lines
    assert str(line.service_date_to) == "2018-06-14"
    write("c.csv", rows(HEADER, "A,1,cms1500,2018/6/13,2018.06.14"))
    (line,) = read("c.csv", "dmy").claims["A"].lines
    assert (str(line.service_date), str(line.service_date_to)) == ("2018-06-13", "2018-06-14")


def test_records_and_overrides() -> None:
    record = {"claim_id": "A", "line_number": 1, "claim_form": "cms1500", "dos": "6/1/2018"}
    again = {**record, "claim_id": "B", "dos": "6/30/2018"}
    assert days(Reading(read_claims_from_records([record, again]))) == ["2018-06-01", "2018-06-30"]
    assert not Reading(read_claims_from_records(iter([record, again]))).claims
    layout = Layout.of((), "mdy")
    assert len(days(Reading(read_claims_from_records(iter([record, again]), layout=layout)))) == 2


def test_overrides_by_their_own_order(write: Write) -> None:
    head = "authority,authority_id,clause_id,effect,effective_from"
    write("o.csv", rows(head, "plan,P,R14-FAC-1,waived,1/31/2018"))
    (override,) = read_overrides("o.csv", ["R14-FAC-1"])
    assert str(override.effective_from) == "2018-01-31"


def test_an_unknown_order() -> None:
    with pytest.raises(UsageError) as fault:
        Layout.of((), "mmddyyyy")
    assert fault.value.diagnostics[0].help == "one of ymd, mdy, dmy"


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("$1,180.00", "1180.00"),
        (" $ 25 ", "25"),
        ("1,180.00", "1180.00"),
        ("$1,180", "1180"),
        ("1,180,000", "1180000"),
        ("180.00", "180.00"),
    ],
)
def test_money(text: str, amount: str) -> None:
    assert parse_amount(text) == Decimal(amount)


@pytest.mark.parametrize("text", ["1,180", "12,50", "1.180,00", "$", "1,18.00", "$1,18", "\u20ac5"])
def test_money_that_may_mean_another_amount(text: str) -> None:
    with pytest.raises(ValueFault, match="is not a number"):
        parse_amount(text)


@pytest.mark.parametrize("text", ["($25.00)", "-$25", "(25)"])
def test_money_that_is_owed(text: str) -> None:
    with pytest.raises(ValueFault, match="is negative"):
        parse_amount(text)


def test_money_is_noted_once(write: Write) -> None:
    head = HEADER.replace("service_date_to", "charge")
    lines = [f'C{each},1,cms1500,2018-06-01,"$1,{100 + each}.00"' for each in range(9)]
    write("c.csv", rows(head, *lines))
    (told,) = read("c.csv").told
    assert told[0].startswith("note: `charge` is read without dollar signs and the commas")
