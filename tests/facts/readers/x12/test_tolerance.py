"""What senders do that an 837 does not foresee, and that changes nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from facts.readers.x12.segments import SegmentReader
from tests.facts.readers.x12.build import (
    claim,
    institutional,
    interchange,
    line,
    professional,
    transaction,
    ub04_line,
)
from tests.facts.readers.x12.conftest import Read

GOOD = claim("GOOD", line(1))
BEHIND = "there is text after the end of the interchange, which is not read"


@pytest.mark.parametrize("padding", ["\x1a", "\0" * 200, " \r\n \x1a", "\n\n", "\0\0\n"])
def test_padding_behind_the_end_is_nothing(reading: Read, padding: str) -> None:
    found = reading(professional(GOOD) + padding)
    assert found.told() == []
    assert [each.claim_id for each in found.claims] == ["GOOD"]


@pytest.mark.parametrize("text", ["-- end of file --\n", "a~b\nc~d~LX*1~", "\x1a\n--"])
def test_text_behind_the_end_is_one_warning(reading: Read, text: str) -> None:
    found = reading(professional(GOOD) + text)
    assert [each.message for each in found.notes] == [BEHIND]
    assert found.told("error") == []
    assert [each.claim_id for each in found.claims] == ["GOOD"]


def test_zeros_inside_of_a_file_are_no_padding(reading: Read) -> None:
    text = professional(GOOD, claim("C2", line(1)))
    assert reading(text.replace("CLM*C2", "CLM*C\x002")).claims == []


@pytest.mark.parametrize("width", [40, 64, 80, 100])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_a_file_cut_at_a_fixed_width(reading: Read, width: int, end: str) -> None:
    text = professional(GOOD, newline="")
    cut = end.join(text[place : place + width] for place in range(0, len(text), width))
    fault = reading(cut).notes[0]
    assert fault.severity == "error"
    assert fault.help == (
        "line breaks stand in the header, as if rows were cut at a fixed width; join the rows"
    )


@pytest.mark.parametrize(
    ("version", "known"),
    [
        ("005010X222", True),
        ("005010X222A1", True),
        ("005010X222A2", True),
        ("005010X2220", False),
        ("005010X222A1x", False),
        ("005010X22", False),
    ],
)
def test_a_version_is_one_with_an_addendum(reading: Read, version: str, known: bool) -> None:
    found = reading(interchange(transaction(GOOD, version=version), version=version))
    assert bool(found.claims) == known
    assert any("is unknown" in each for each in found.told("error")) != known


@pytest.mark.parametrize(
    "date", ["DTP*472*RD8*20180601-20180601", "DTP*472*D8*20180601", "DTP*472*d8* 20180601"]
)
def test_the_same_day_written_twice(reading: Read, date: str) -> None:
    found = reading(professional(claim("C1", [*line(1), date])))
    assert found.told() == []
    assert str(found.line.service_date_to) == "2018-06-01"


@pytest.mark.parametrize(
    ("code", "value"),
    [
        ("00409115170", "00409115170"),
        ("0409-1151-70", "00409115170"),
        ("00409-151-70", "00409015170"),
        ("00409-1151-7", "00409115107"),
        ("N400409115170", "00409115170"),
        ("N4 0409-1151-70", "00409115170"),
        ("0409115170", "0409115170"),
        ("abc", "abc"),
    ],
)
def test_drug_codes(reading: Read, code: str, value: str) -> None:
    found = reading(professional(claim("C1", [*line(1), f"LIN**N4*{code}", "CTP****5*ml"])))
    assert (found.line.ndc, str(found.line.ndc_quantity), found.line.ndc_unit) == (value, "5", "ML")
    assert len(found.told("note")) == (code != "00409115170")


@pytest.mark.parametrize("before", ["LIN**EN*1", "LIN**UP*1", "LIN*1*VC*1"])
@pytest.mark.parametrize("name", ["N4", "n4"])
def test_the_first_drug_code_counts(reading: Read, before: str, name: str) -> None:
    segments = [before, "CTP****9*UN", f"LIN**{name}*00409115170", "CTP****5*ML"]
    line_read = reading(professional(claim("C1", [*line(1), *segments]))).line
    assert (line_read.ndc, str(line_read.ndc_quantity)) == ("00409115170", "5")


RENDERING = "NM1*82*1*ROE*R****XX*1111111111"
BILLING = "1234567893"
BILLING_PLACE = "segment 8 (NM1), element NM109"


@pytest.mark.parametrize(
    ("of_claim", "of_line", "provider"),
    [
        ([], [], BILLING),
        ([RENDERING], [], "1111111111"),
        ([], [RENDERING], "1111111111"),
        ([], ["NM1*82*1*ROE*R"], None),
    ],
)
def test_the_billing_provider_renders_where_no_other_is_named(
    reading: Read, of_claim: list[str], of_line: list[str], provider: str | None
) -> None:
    found = reading(professional(claim("C1", [*line(1), *of_line], more=of_claim))).line
    assert found.rendering_provider == provider
    assert found.trace is not None
    place = found.trace.origin("rendering_provider").place
    assert (place == BILLING_PLACE) == (provider == BILLING)


def test_an_837i_does_not_take_the_billing_provider(reading: Read) -> None:
    found = reading(institutional(claim("C1", ub04_line(1), facility="13:A:1"))).line
    assert found.rendering_provider is None


def test_every_billing_provider_has_its_own_claims(reading: Read) -> None:
    other = ["HL*3**20*1", "NM1*85*2*OTHER*****XX*2222222222", "HL*4*3*22*0", "SBR*P*18*G"]
    none = ["HL*5**20*1", "HL*6*5*22*0", "SBR*P*18*G"]
    claims = [claim(each, line(1)) for each in ("A", "B", "C")]
    found = reading(professional(claims[0], [*other, *claims[1]], [*none, *claims[2]]))
    assert [each.lines[0].rendering_provider for each in found.claims] == [
        BILLING,
        "2222222222",
        None,
    ]


def many(count: int, delimiters: str = "*:~") -> str:
    return "".join(
        interchange(
            transaction(claim(f"C{number}", line(1))),
            control=number,
            delimiters=delimiters if number % 2 else "*:~",
        )
        for number in range(count)
    )


@pytest.mark.parametrize("delimiters", ["*:~", "|>!", "*:\x1c"])
@pytest.mark.parametrize("block", [130, 1_000, 5_000, 1 << 20])
def test_many_interchanges(
    reading: Read, monkeypatch: pytest.MonkeyPatch, block: int, delimiters: str
) -> None:
    monkeypatch.setattr("facts.readers.x12.segments._BLOCK", block)
    found = reading(many(12, delimiters))
    assert found.told() == []
    assert [each.claim_id for each in found.claims] == [f"C{number}" for number in range(12)]


def test_segments_that_are_not_asked_for_are_counted(tmp_path: Path) -> None:
    path = tmp_path / "a.837"
    path.write_text(many(50), encoding="ascii")
    segments = list(SegmentReader(path))
    assert len(segments) == many(50).count("~")
    reader = SegmentReader(path, only=("CLM",))
    assert list(reader) == [each for each in segments if each[1][0] == "CLM"]
    assert reader.count == len(segments)
