"""Single values: every way in which one cannot be read, and round trips of those that can."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from facts.claim import Diagnosis
from facts.json_number import json_number
from facts.values import (
    PRESENT_ON_ADMISSION,
    ValueFault,
    format_number,
    one_line,
    parse_amount,
    parse_code,
    parse_date,
    parse_decimal,
    parse_diagnoses,
    parse_id,
    parse_modifiers,
    parse_place_of_service,
    parse_revenue_code,
    parse_type_of_bill,
    parse_whole_number,
    quoted,
)

PARSERS: list[Callable[[str], Any]] = [
    parse_date,
    parse_decimal,
    parse_amount,
    parse_whole_number,
    parse_code,
    parse_type_of_bill,
    parse_revenue_code,
    parse_place_of_service,
    parse_modifiers,
    parse_diagnoses,
]
AMOUNTS = st.decimals(
    min_value=0, max_value=Decimal(10) ** 20, places=6, allow_nan=False, allow_infinity=False
)
CODES = st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789", min_size=1, max_size=20)


@pytest.mark.parametrize(
    ("parser", "text", "message", "help"),
    [
        (parse_date, "2018-02-30", "is a date that does not exist: `2018-02-30`", "look at"),
        (parse_date, "2019-02-29", "is a date that does not exist: `2019-02-29`", "look at"),
        (parse_date, "0000-01-01", "is a date that does not exist: `0000-01-01`", "look at"),
        (parse_date, "06/01/2018", "is not a date: `06/01/2018`", "write it as in 2018-06-01"),
        (parse_date, "20180601", "is not a date: `20180601`", "write it as in 2018-06-01"),
        (parse_date, "2018-6-1", "is not a date: `2018-6-1`", "write it as in 2018-06-01"),
        (parse_date, "２018-06-01", "is not a date: `２018-06-01`", "write it as in"),
        (parse_amount, "abc", "is not a number: `abc`", "write digits"),
        (parse_amount, "-1", "is negative: `-1`", "it counts from zero"),
        (parse_amount, "-0.5", "is negative: `-0.5`", "it counts from zero"),
        (parse_amount, "nan", "is not a number: `nan`", "write digits"),
        (parse_amount, "inf", "is not a number: `inf`", "write digits"),
        (parse_amount, "1e999", "is not a number: `1e999`", "write digits"),
        (parse_amount, "1e", "is not a number: `1e`", "write digits"),
        (parse_amount, "1e99", "has too many digits: `1e99`", "round it"),
        (parse_amount, "0.3333333333333333", "has too many digits: `0.3333333333333333`", "round"),
        (parse_id, "2.01806E+11", "is a number in scientific notation: `2.01806E+11`", "it lost"),
        (parse_id, "1E+11", "is a number in scientific notation: `1E+11`", "it lost"),
        (parse_code, "9.6365E+04", "is not a code: `9.6365E+04`", "it lost"),
        (
            parse_date,
            "2018-06-01 08:30:00",
            "is not a date: `2018-06-01 08:30:00`",
            "it has a time",
        ),
        (parse_amount, "1,5", "is not a number: `1,5`", "write digits"),
        (parse_amount, "1_000", "is not a number: `1_000`", "write digits"),
        (parse_amount, "٣", "is not a number: `٣`", "write digits"),
        (parse_amount, "1" * 25, f"has too many digits: `{'1' * 25}`", "round it"),
        (parse_amount, ".", "is not a number: `.`", "write digits"),
        (parse_amount, "5$", "is not a number: `5$`", "write digits"),
        (parse_whole_number, "1.5", "is not a whole number: `1.5`", "count from 0"),
        (parse_whole_number, "-1", "is not a whole number: `-1`", "count from 0"),
        (parse_whole_number, "²", "is not a whole number: `²`", "count from 0"),
        (parse_code, "J70-50", "is not a code: `J70-50`", "a code has letters"),
        (parse_code, "", "is not a code: ``", "a code has letters"),
        (parse_code, "A" * 21, f"is not a code: `{'A' * 21}`", "a code has letters"),
        (parse_code, "ß1", "is not a code: `ß1`", "a code has letters"),
        (parse_type_of_bill, "13", "is not a type of bill: `13`", "three digits"),
        (parse_type_of_bill, "1131", "is not a type of bill: `1131`", "three digits"),
        (parse_revenue_code, "63A", "is not a revenue code: `63A`", "four digits"),
        (parse_revenue_code, "06361", "is not a revenue code: `06361`", "four digits"),
        (parse_place_of_service, "111", "is not a place of service: `111`", "two digits"),
        (parse_modifiers, "591", "has what is not a modifier: `591`", "two characters each"),
        (parse_modifiers, "5-", "has what is not a modifier: `5-`", "two characters each"),
        (
            parse_modifiers,
            "25 59 SH SJ JW",
            "has more than four modifiers: `25 59 SH SJ JW`",
            "a line carries up to four",
        ),
        (parse_diagnoses, "E1", "has what is not an ICD-10 code: `E1`", "as in T80.30"),
        (
            parse_diagnoses,
            "T80.30:X",
            "has an unknown present-on-admission indicator: `T80.30:X`",
            "one of Y, N, U, W, 1",
        ),
    ],
)
def test_what_cannot_be_read(
    parser: Callable[[str], Any], text: str, message: str, help: str
) -> None:
    with pytest.raises(ValueFault) as raised:
        parser(text)
    assert raised.value.message == message
    assert raised.value.help.startswith(help)


def test_a_line_number_counts_from_one() -> None:
    with pytest.raises(ValueFault) as raised:
        parse_whole_number("0", 1)
    assert (raised.value.message, raised.value.help) == ("is below 1: `0`", "count from 1")


@pytest.mark.parametrize(
    ("parser", "text", "value"),
    [
        (parse_code, " j7050 ", "J7050"),
        (parse_code, "j 7050", "J7050"),
        (parse_type_of_bill, "0131", "131"),
        (parse_revenue_code, "636", "0636"),
        (parse_place_of_service, "2", "02"),
        (parse_modifiers, "59,sh 59", ("59", "SH")),
        (parse_amount, " 2.50 ", Decimal("2.5")),
        (parse_amount, "+1", Decimal(1)),
        (parse_amount, "-0", Decimal(0)),
        (parse_date, " 2016-02-29 ", date(2016, 2, 29)),
        (parse_diagnoses, "t80.30:n", (Diagnosis("T8030", "N"),)),
    ],
)
def test_what_is_normalised(parser: Callable[[str], Any], text: str, value: Any) -> None:
    assert parser(text) == value


@given(st.text(max_size=60))
def test_no_text_raises_anything_else(text: str) -> None:
    for parser in PARSERS:
        message = _fault(parser, text)
        assert message is None or (message.isprintable() and message.count("`") >= 2)


def _fault(parser: Callable[[str], Any], text: str) -> str | None:
    try:
        parser(text)
    except ValueFault as fault:
        return fault.message
    return None


@given(AMOUNTS)
def test_an_amount_reads_back(value: Decimal) -> None:
    text = format_number(value)
    assert parse_amount(text) == value
    assert format_number(parse_amount(text)) == text
    assert Fraction(text) == Fraction(value)


@given(st.fractions(max_denominator=10**6))
def test_a_number_is_written_exactly(value: Fraction) -> None:
    text = format_number(value)
    assert Fraction(text) == value
    assert "e" not in text.lower()
    number = json_number(value)
    assert Fraction(str(number)) == value


@given(st.dates(min_value=date.min, max_value=date.max - timedelta(days=1)))
def test_a_date_reads_back(value: date) -> None:
    assert parse_date(value.isoformat()) == value


@given(CODES)
def test_a_code_reads_back_whatever_its_case_and_blanks(code: str) -> None:
    assert parse_code(code) == code
    assert parse_code(f" {code.lower()} ") == code
    assert parse_code(" ".join(code)) == code


@given(
    st.lists(
        st.tuples(
            st.from_regex(r"[A-Z][0-9][0-9A-Z][0-9A-Z]{0,4}", fullmatch=True),
            st.sampled_from([None, *PRESENT_ON_ADMISSION]),
        ),
        unique=True,
        max_size=6,
    )
)
def test_diagnoses_read_back(pairs: list[tuple[str, str | None]]) -> None:
    text = " ".join(f"{code}:{sign}" if sign else code for code, sign in pairs)
    assert parse_diagnoses(text) == tuple(Diagnosis(code, sign) for code, sign in pairs)


@given(st.text())
def test_what_is_shown_stands_on_one_line_and_is_short(text: str) -> None:
    assert one_line(text).isprintable()
    assert "\n" not in quoted(text)
    assert len(quoted(text)) <= 12 * 40
