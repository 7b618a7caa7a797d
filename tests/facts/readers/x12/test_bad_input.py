"""What cannot be understood is told with its segment and element, rejected and counted."""

from __future__ import annotations

import pytest

from tests.facts.readers.x12.build import (
    INSTITUTIONAL,
    claim,
    institutional,
    interchange,
    isa,
    line,
    professional,
    transaction,
    ub04_line,
)
from tests.facts.readers.x12.conftest import Read
from tests.facts.readers.x12.read import Reading

GOOD = claim("GOOD", line(1), line(2))


def check(found: Reading, *, read: int, rejected: int) -> None:
    """Lines read = lines in claims + lines rejected."""
    assert found.tally.lines_read == read
    assert found.tally.lines_rejected == rejected
    assert sum(len(each.lines) for each in found.claims) == read - rejected


LINE_FAULTS = [
    (line(2, units="abc"), "segment 21 (SV1), element SV104: the element is not a number: `abc`"),
    (line(2, units="-1"), "segment 21 (SV1), element SV104: the element is negative: `-1`"),
    (line(2, units="nan"), "segment 21 (SV1), element SV104: the element is not a number: `nan`"),
    (line(2, units="inf"), "segment 21 (SV1), element SV104: the element is not a number: `inf`"),
    (line(2, units="1e"), "segment 21 (SV1), element SV104: the element is not a number: `1e`"),
    (
        line(2, service="SV1*HC:96365*-5*UN*1"),
        "segment 21 (SV1), element SV102: the element is negative: `-5`",
    ),
    (
        line(2, date="20180230"),
        "segment 22 (DTP), element DTP03: the date does not exist: `20180230`",
    ),
    (
        line(2, date="20180605-20180601"),
        "segment 22 (DTP), element DTP03: the date ends before it begins: `20180605-20180601`",
    ),
    (
        [*line(2, date=None), "DTP*472*RD8*20180605"],
        "segment 22 (DTP), element DTP03: the date has no last day: `20180605`",
    ),
    (
        [*line(2, date=None), "DTP*472*DT*201806051200"],
        "segment 22 (DTP), element DTP02: the date has an unknown format `DT`",
    ),
    (line(2, date=None), "segment 21 (SV1): the line has no service date"),
    (
        [*line(2), "DTP*472*D8*20180602"],
        "segment 23 (DTP): a second date contradicts the first",
    ),
    (["LX*2", "DTP*472*D8*20180601"], "segment 20 (LX): the line has no SV1 segment"),
    (["LX*2"], "segment 20 (LX): the line has no SV1 segment"),
    (line(1), "segment 20 (LX), element LX01: line 1 occurs twice in the claim"),
    (line("x"), "segment 20 (LX), element LX01: the element is not a whole number: `x`"),
    (line("0"), "segment 20 (LX), element LX01: the element is below 1: `0`"),
    (line(""), "segment 20 (LX), element LX01: the element is not a whole number: ``"),
    (
        line(2, service="SV2*0250*HC:96365*100*UN*1"),
        "segment 21 (SV2): an 837P has no SV2 segments",
    ),
    (
        line(2, service="SV1**100*UN*1"),
        "segment 21 (SV1), element SV101: the line has no procedure",
    ),
    (
        line(2, service="SV1*HC*100*UN*1"),
        "segment 21 (SV1), element SV101-2: the procedure has no code",
    ),
    (
        line(2, service="SV1*96365*100*UN*1"),
        "segment 21 (SV1), element SV101-1: the procedure has an unknown product qualifier `96365`",
    ),
    (
        line(2, "963!5"),
        "segment 21 (SV1), element SV101-2: the procedure is not a code: `963!5`",
    ),
    (
        line(2, "96365:59:591"),
        "segment 21 (SV1), element SV101-4: the procedure has what is not a modifier: `591`",
    ),
    (
        line(2, service="SV1*HC:96365*100*ZZ*1"),
        "segment 21 (SV1), element SV103: the element is an unknown unit: `ZZ`",
    ),
    (
        line(2, service="SV1*HC:96365*100*UN*1*111"),
        "segment 21 (SV1), element SV105: the element is not a place of service: `111`",
    ),
    ([*line(2), "ZZZ*1"], "segment 23 (ZZZ): the segment `ZZZ` is unknown"),
    ([*line(2), "\x07é*1"], "segment 23 (?): the segment `\\x07é` is unknown"),
    (
        [*line(2), "LIN**N4*1", "CTP****x*ML"],
        "segment 24 (CTP), element CTP04: the element is not a number: `x`",
    ),
]


@pytest.mark.parametrize(("rows", "message"), LINE_FAULTS)
def test_a_bad_line_rejects_its_claim_alone(reading: Read, rows: list[str], message: str) -> None:
    bad = claim("BAD", line(1), rows)
    found = reading(professional(bad, GOOD))
    assert message in found.told("error")
    assert [each.claim_id for each in found.claims] == ["GOOD"]
    check(found, read=4, rejected=2)


CLAIM_FAULTS = [
    (claim("", line(1)), "segment 16 (CLM), element CLM01: the claim has no id", 1),
    (claim("BAD"), "segment 16 (CLM): the claim has no lines", 0),
    (
        claim("BAD", line(1), facility="111:B:1"),
        "segment 16 (CLM), element CLM05-1: the element is not a place of service: `111`",
        1,
    ),
    (
        claim("BAD", line(1), more=["HI*ABK:E1_9"]),
        "segment 17 (HI), element HI01-2: the diagnosis is not a code: `E1_9`",
        1,
    ),
    (
        claim("BAD", line(1), more=["HI*ABK:E119*ABF"]),
        "segment 17 (HI), element HI02-2: the diagnosis is not a code: ``",
        1,
    ),
    (
        claim("BAD", more=["SV1*HC:96365*1*UN*1", "DTP*472*D8*20180601"]),
        "segment 17 (SV1): the service has no LX segment before it",
        1,
    ),
    (
        claim("BAD", [*line(1), "SV1*HC:96366*1*UN*1", "DTP*472*D8*20180601"]),
        "segment 20 (SV1): the line has a second service",
        2,
    ),
]


@pytest.mark.parametrize(("bad", "message", "lines"), CLAIM_FAULTS)
def test_a_bad_claim_is_rejected_alone(
    reading: Read, bad: list[str], message: str, lines: int
) -> None:
    found = reading(professional(bad, GOOD))
    assert message in found.told("error")
    assert [each.claim_id for each in found.claims] == ["GOOD"]
    check(found, read=2 + lines, rejected=lines)


UB04_FAULTS = [
    (
        ub04_line(1, "25X"),
        "segment 18 (SV2), element SV201: the element is not a revenue code: `25X`",
    ),
    (
        ub04_line(1, "", ""),
        "segment 18 (SV2), element SV201: the line has neither a revenue code nor a procedure",
    ),
    (ub04_line(1, date=None), "segment 18 (SV2): the line has no service date"),
    (
        ub04_line(1, units="many"),
        "segment 18 (SV2), element SV205: the element is not a number: `many`",
    ),
]


@pytest.mark.parametrize(("rows", "message"), UB04_FAULTS)
def test_a_bad_institutional_line(reading: Read, rows: list[str], message: str) -> None:
    good = claim("GOOD", ub04_line(1), facility="13:A:1")
    found = reading(institutional(claim("BAD", rows, facility="13:A:1"), good))
    assert found.told("error") == [message]
    check(found, read=2, rejected=1)


@pytest.mark.parametrize(
    ("facility", "more", "message"),
    [
        ("", [], "segment 16 (CLM), element CLM05: the claim has no type of bill"),
        ("13", [], "segment 16 (CLM), element CLM05: the element is not a type of bill: `13`"),
        (
            "13:A:1",
            ["HI*ABK:E119:::::::Q"],
            "segment 17 (HI), element HI01-9: the present-on-admission indicator `Q` is unknown",
        ),
        (
            "13:A:1",
            ["DTP*434*RD8*20180601-20180632"],
            "segment 17 (DTP), element DTP03: the date does not exist: `20180632`",
        ),
    ],
)
def test_a_bad_institutional_claim(
    reading: Read, facility: str, more: list[str], message: str
) -> None:
    bad = claim("BAD", ub04_line(1), ub04_line(2, date=None), facility=facility, more=more)
    found = reading(institutional(bad))
    assert message in found.told("error")
    assert len(found.told("error")) <= 2
    check(found, read=2, rejected=2)


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        (
            line(1, "j1200 :jw"),
            [
                "segment 19 (SV1), element SV101-2: "
                "the procedure code was read as `J1200` instead of `j1200 `",
                "segment 19 (SV1), element SV101-3: the modifier was read as `JW` instead of `jw`",
            ],
        ),
        (
            line(1, service="SV1*WK:ABC*1*UN*1"),
            ["segment 19 (SV1), element SV101-1: "
             "the product qualifier `WK` gives no procedure code"],
        ),
        (
            line(1, service="SV1*HC:00100*1*MJ*61"),
            ["segment 19 (SV1), element SV103: the units of the line are minutes"],
        ),
        (
            [*line(1), "LIN**N4*00409115170", "CTP****1*ML", "LIN**N4*1", "CTP****2*ML"],
            ["segment 23 (LIN): the line has several drugs, of which the first is read"],
        ),
    ],
)  # fmt: skip
def test_notes(reading: Read, rows: list[str], message: list[str]) -> None:
    found = reading(professional(claim("C1", rows, more=["HI*ABK:E119"])))
    assert found.told("note") == message
    assert found.told("error") == []
    assert found.line.units in (1, 61)


def test_lower_case_diagnoses_and_types_of_bill(reading: Read) -> None:
    rows = claim("C1", ub04_line(1), facility="13:A:g", more=["HI*abk:e11.9:::::::y"])
    found = reading(institutional(rows))
    assert found.line.type_of_bill == "13G"
    assert found.told("note") == [
        "segment 16 (CLM), element CLM05: the type of bill was read as `13G` instead of `13g`",
        "segment 17 (HI), element HI01-2: the diagnosis was read as `E119` instead of `e11.9`",
    ]


def test_other_counts_and_control_numbers_are_warned_of(reading: Read) -> None:
    text = professional(GOOD).replace("SE*21*0001", "SE*99*0002")
    text = text.replace("GE*1*1", "GE*3*7").replace("IEA*1*000000001", "IEA*2*000000009")
    found = reading(text)
    assert found.told("warning") == [
        "segment 23 (SE), element SE01: `99` segments are announced, 21 stand there",
        "segment 23 (SE), element SE02: the control number `0002` differs from `0001` of ST02",
        "segment 24 (GE), element GE01: `3` transactions are announced, 1 stand there",
        "segment 24 (GE), element GE02: the control number `7` differs from `1` of GS06",
        "segment 25 (IEA), element IEA01: `2` groups are announced, 1 stand there",
        "segment 25 (IEA), element IEA02: "
        "the control number `000000009` differs from `000000001` of ISA13",
    ]
    assert found.told("error") == []
    check(found, read=2, rejected=0)


def test_every_cut(reading: Read) -> None:
    """Wherever a file is cut, what was read adds up, and a half claim is never taken for whole."""
    text = professional(GOOD, claim("NEXT", line(1), line(2)))
    whole = text.index("IEA")
    end_of_first = text.index("~", text.index("CLM*NEXT*"))
    end_of_second = text.index("\nSE*") + 1
    for end in range(len(text.rstrip())):
        found = reading(text[:end])
        good = [each.claim_id for each in found.claims]
        expected = 1 if end > end_of_first else 0
        expected += end > end_of_second + len("SE*28*0001")
        assert len(good) == expected, text[max(0, end - 30) : end]
        assert all(len(each.lines) == 2 for each in found.claims)
        assert found.tally.lines_read == 2 * expected + found.tally.lines_rejected
        if end < whole:
            assert found.told(), text[max(0, end - 30) : end]
        if end < end_of_second:
            assert found.told("error"), text[max(0, end - 30) : end]


def test_a_claim_that_another_transaction_cuts_off(reading: Read) -> None:
    rows = [*transaction(GOOD, claim("HALF", line(1)))[:-1], *transaction(claim("NEXT", line(1)))]
    found = reading(interchange(rows))
    assert [each.claim_id for each in found.claims] == ["GOOD", "NEXT"]
    assert found.told("error") == [
        "segment 24 (LX): the claim is cut off by ST, segment 27"
    ]  # fmt: skip
    check(found, read=4, rejected=1)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "is empty"),
        (b" \r\n", "is empty"),
        (b"\x7fELF\x00\x01\x02", "is not a text file"),
        (b"ISA\xff\xfe" * 30, "ISA01: the element has 0 characters, not 2"),
        (b"claim_id,line_number\n", "the interchange does not begin with ISA"),
        (b"ISA", "the header ends after 3 characters"),
    ],
)
def test_what_is_no_837(reading: Read, content: bytes, message: str) -> None:
    found = reading(content.decode("utf-8", "surrogateescape"))
    assert [text for text in found.told("error") if text.endswith(message)]
    check(found, read=0, rejected=0)


@pytest.mark.parametrize(
    ("header", "message"),
    [
        (isa().replace("SENDER         ", "SENDER"), "ISA06: the element has 6 characters, not 15"),
        (isa().replace("*0*P", "*0*PP"), "ISA15: the element has 2 characters, not 1"),
        (isa().replace("*ZZ*SENDER", "*SENDER"), "ISA05: the element has 15 characters, not 2"),
        (isa(component="*"), "ISA16: the element has 0 characters, not 1"),
        (isa(terminator="A"), "the delimiters are not three different signs"),
    ],
)
def test_a_header_of_the_wrong_form(reading: Read, header: str, message: str) -> None:
    found = reading(header + professional(GOOD)[106:])
    assert len(found.told("error")) == 1
    assert found.told("error")[0].endswith(message)
    assert found.told("error")[0].startswith("segment 1 (ISA)")
    check(found, read=0, rejected=0)


def test_a_second_interchange_with_a_wrong_header_is_counted(reading: Read) -> None:
    second = professional(claim("LOST", line(1))).replace("SENDER         ", "SENDER")
    found = reading(professional(GOOD) + second + professional(claim("C3", line(1))))
    assert [each.claim_id for each in found.claims] == ["GOOD", "C3"]
    assert found.told("error") == [
        "segment 26 (ISA), element ISA06: the element has 6 characters, not 15",
        "segment 41 (CLM), element CLM01: claim `LOST` is in a transaction that is not read",
    ]
    check(found, read=4, rejected=1)


@pytest.mark.parametrize("version", ["004010X098A1", "005010X224A2", "006020X323", "", "X"])
def test_a_version_that_is_unknown(reading: Read, version: str) -> None:
    unknown = transaction(claim("OLD", line(1)), version=version)
    found = reading(interchange([*unknown, *transaction(GOOD)], version=version))
    place = "segment 3 (ST), element ST03" if version else "segment 2 (GS), element GS08"
    assert found.told("error")[0] == f"{place}: the version `{version}` is unknown"
    assert [each.claim_id for each in found.claims] == ["GOOD"]
    check(found, read=3, rejected=1)


def test_the_version_may_stand_in_the_group_alone(reading: Read) -> None:
    rows = transaction(GOOD, version="")
    assert reading(interchange(rows)).tally.lines_read == 2
    rows = transaction(claim("C1", ub04_line(1), facility="13:A:1"), version="")
    assert reading(interchange(rows, version=INSTITUTIONAL)).line.claim_form == "ub04"


def test_an_835(reading: Read) -> None:
    rows = ["ST*835*1", "BPR*I*1", "LX*1", "CLP*X*1*1", "SVC*HC:99211*1*1", "SE*6*1"]
    found = reading(interchange(rows, version="005010X221A1"))
    assert found.told() == ["segment 3 (ST), element ST01: the transaction `835` is not a claim"]
    check(found, read=0, rejected=0)


def test_no_transaction(reading: Read) -> None:
    found = reading(interchange([]).replace("GE*1", "GE*0"))
    assert found.told() == [": the file has no transaction"]


def test_a_line_break_in_a_segment(reading: Read) -> None:
    text = professional(GOOD, claim("BAD", line(1, "96365", "20180601", "1", "K3*X")))
    found = reading(text.replace("DTP*472*D8*20180601~\nK3", "DTP*472*D8*20180601\nK3"))
    assert "segment 26 (DTP): there is a line break in the segment" in found.told("error")
    check(found, read=3, rejected=1)
    found = reading(text.replace("CLM*BAD*100***11:B:1*Y*A*Y*Y~", "CLM*BAD*100***11:B:1*Y*A*Y*Y"))
    assert [each.claim_id for each in found.claims] == ["GOOD"]
    found = reading(text.replace("REF*EI*123456789~", "REF*EI*123456789"))
    assert found.told("error") == ["segment 11 (REF): there is a line break in the segment"]
    check(found, read=3, rejected=0)


def test_a_transaction_without_claims(reading: Read) -> None:
    found = reading(interchange([*transaction(), *transaction(GOOD)]).replace("GE*1*", "GE*2*"))
    assert found.told() == ["segment 16 (SE): the transaction has no claims"]


def test_lines_outside_of_claims_are_counted(reading: Read) -> None:
    stray = [*line(1), "SV1*HC:96365*1*UN*1", *line(2)]
    found = reading(interchange(transaction(stray, GOOD)))
    assert found.told("error") == [
        f"segment {place}: the service line belongs to no claim"
        for place in ("16 (LX)", "19 (SV1)", "20 (LX)")
    ]
    check(found, read=5, rejected=3)


def test_a_segment_that_never_ends(reading: Read) -> None:
    text = professional(GOOD, claim("C2", line(1)))
    cut = text.index("LX*1", text.index("CLM*C2"))
    found = reading(text[:cut] + "x" * 3_000_000)
    assert "segment 24: the segment does not end within 100000 characters" in found.told("error")
    assert [each.claim_id for each in found.claims] == ["GOOD"]


def test_characters_that_cannot_be_read_beyond_the_first_look(reading: Read) -> None:
    filler = [claim(f"C{each}", line(1)) for each in range(900)]
    bad = claim("BAD", line(1, "96365", "20180601", "1", "NTE*ADD*caf\udcff"))
    name = ["HL*9*1*22*0", "SBR*P*18*G", "NM1*IL*1*Mu\udcf1oz", *claim("NAME", line(1))]
    found = reading(professional(*filler, bad, name))
    assert found.tally.claims_rejected == 1
    assert found.told("error") == [
        "segment 3620 (NTE), element NTE02: "
        "the element has characters that cannot be read: `caf\ufffd`"
    ]
    assert found.claims[-1].claim_id == "NAME"


def test_notes_are_bounded(reading: Read) -> None:
    rows = [claim(f"C{each}", line(1, service="SV1*HC:00100*1*MJ*61")) for each in range(1200)]
    found = reading(professional(*rows))
    assert found.told() == ["segment 18 (SV1), element SV103: the units of the line are minutes"]


def test_lines_of_a_claim_are_bounded(reading: Read, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("facts.readers.x12.claims.MOST_LINES", 10)
    found = reading(professional(claim("BIG", *(line(each) for each in range(1, 31))), GOOD))
    assert found.told("error") == ["segment 47 (LX): the claim has more than 10 lines"]
    check(found, read=32, rejected=30)
