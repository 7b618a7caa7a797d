"""Interchanges that are not quite one: read where they can be, or told what they are."""

from __future__ import annotations

from pathlib import Path

import pytest

from facts.readers.detect import open_claims
from tests.facts.readers.reading import Reading
from tests.facts.readers.x12.build import claim, institutional, line, professional, ub04_line

GOOD = claim("GOOD", line(1))


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def read(name: str, text: str) -> Reading:
    Path(name).write_text(text, encoding="utf-8", newline="")
    return Reading(open_claims(name))


@pytest.mark.parametrize("blanks", [" ", "   "])
def test_a_blank_before_the_last_sign_of_the_header(blanks: str) -> None:
    plain = professional(GOOD)
    found = read("a.837", plain.replace("~", f"{blanks}~"))
    assert found.claims.keys() == read("b.837", plain).claims.keys() == {"GOOD"}
    assert found.told == [
        (
            f"warning: the header has {106 + len(blanks)} characters, a blank before its last sign",
            "a.837, segment 1 (ISA)",
            "an ISA segment has 106 characters; it is read without the blank",
        )
    ]


@pytest.mark.parametrize("sign", [">", "|", "<"])
def test_composites_with_another_sign(sign: str) -> None:
    text = professional(GOOD, claim("B", line(1)))
    header, body = text[:106], text[106:]
    found = read("a.837", header + body.replace(":", sign))
    assert (found.tally.lines_read, found.tally.lines_rejected) == (2, 2)
    told = [each for each in found.told if each[0].startswith("error")]
    assert len(told) == 2
    message = f"error: composites separate their parts with `{sign}`, while ISA16 says `:`"
    assert {each[0] for each in told} == {message}
    assert told[0][1].endswith("(CLM), element CLM05")


@pytest.mark.parametrize("name", ["GS", "ST"])
def test_an_interchange_without_its_header(name: str) -> None:
    text = professional(GOOD)
    assert read("a.837", text[text.index(f"{name}*") :]).told == [
        (
            f"error: `a.837` is X12 without its beginning: its first segment is {name}",
            f"a.837, segment 1 ({name})",
            "an interchange begins with its ISA segment; ask for the whole file",
        )
    ]


def test_text_before_an_interchange() -> None:
    assert read(
        "a.837", "Dear colleague,\n\nplease, find it below\n" + professional(GOOD)
    ).told == [
        (
            "error: there is text before the interchange of `a.837`",
            "a.837, row 1",
            "take away what stands before ISA in row 4",
        )
    ]
    header = "claim_id,line_number,claim_form,service_date,description"
    assert not read("a.csv", f"{header}\nA,1,cms1500,2018-06-01,ISA*00*x\n").told


def test_a_statement_of_one_day() -> None:
    dated = claim("A", ub04_line(1), more=["DTP*434*RD8*20180601"])
    undated = claim("B", ub04_line(1, date=None), more=["DTP*434*RD8*20180602"])
    found = read("a.837", institutional(dated, undated))
    days = [str(each.lines[0].service_date) for each in found.claims.values()]
    assert days == ["2018-06-01", "2018-06-02"]
    notes = [each[0] for each in found.told if "span" in each[0]]
    assert notes == [
        f"note: the span has one day, and is read as `2018060{day}` alone" for day in (1, 2)
    ]
    assert read("b.837", professional(claim("C", line(1, date="20180601-")))).rejected
