"""However a file is broken, reading it never raises, and no line is lost."""

from __future__ import annotations

import random
import tempfile
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from facts.claim import ClaimLine
from facts.readers.batch import Claim
from tests.facts.readers.x12.build import (
    claim,
    institutional,
    interchange,
    line,
    professional,
    transaction,
    ub04_line,
)
from tests.facts.readers.x12.read import Reading, read

DRUG = line(
    2, "J1200:59", "20180601-20180602", "2", "LIN**N4*00026063512", "CTP****1*ML",
    "REF*G1*A1", "NTE*ADD*flush", "NM1*82*1*ROE*R****XX*1122333341",
    "SVD*1*1*HC:1**1", "CAS*CO*42*25",
)  # fmt: skip
HOSPITAL = ("DTP*434*D8*20180601", "HI*ABK:E119:::::::Y", "SBR*S*18*G2", "OI***Y***Y", "K3*x")
FILES = (
    professional(claim("A", line(1), DRUG, more=["HI*ABK:E119"]), claim("B", line(1))),
    institutional(
        claim("C", ub04_line(1), ub04_line(2, "0250", "", None), facility="13:A:1", more=HOSPITAL),
        claim("D", ub04_line(1), facility="11:A:1"),
    ),
)
TEXTS = (*FILES, "".join(FILES), interchange(transaction(claim("E", line(1))), delimiters="|>\n",
                                             newline=""))  # fmt: skip
SCRAPS = ("", "*", ":", "~", "~\n", "ISA", "LX*1~", "CLM*A*1~", "SE*1*1~", "\0", "\xff", "9" * 40,
          "ST*837*2*005010X222A1~", "HI*ABK~", "SV1~", "SV2*~", "-", "\u0663", "É", "\u2028",
          "DTP*472*RD8~", "nan", "SBR~", "HL*1*1*22~", "LIN**N4~", "CTP~", "NM1*82~", "GS~", "IEA~",
          )  # fmt: skip


def check(found: Reading) -> None:
    """Hold what every reading has to hold, whatever the file."""
    lines = [each for one in found.claims for each in one.lines]
    assert found.tally.lines_read == len(lines) + found.tally.lines_rejected
    assert found.tally.lines_rejected == sum(each.lines_read for each in found.rejected)
    assert found.tally.claims_read == len(found.claims) + found.tally.claims_rejected
    assert len({each.claim_id for each in found.claims}) == len(found.claims)
    for one in found.claims:
        numbers = [each.line_number for each in one.lines]
        assert numbers == sorted(set(numbers))
        assert numbers
        assert numbers[0] >= 1
    for each in lines:
        for field in ("", *ClaimLine._fields):
            assert each.trace is not None
            assert each.trace.origin(field).place.startswith("segment ")
    for rejected in found.rejected:
        assert any(each.severity == "error" for each in rejected.diagnostics)
    assert found.claims or found.told()
    for text in found.told():
        assert text.isprintable()


@st.composite
def broken_bytes(draw: st.DrawFn) -> bytes:
    """Return a file some of whose characters were replaced, removed or added."""
    text = draw(st.sampled_from(TEXTS))
    for _ in range(draw(st.integers(1, 4))):
        at = draw(st.integers(0, len(text)))
        scrap = draw(st.one_of(st.sampled_from(SCRAPS), st.text(max_size=4)))
        text = text[:at] + scrap + text[at + draw(st.integers(0, 12)) :]
    return text.encode("utf-8", "replace" if draw(st.booleans()) else "surrogatepass")


@st.composite
def shuffled_segments(draw: st.DrawFn) -> bytes:
    """Return a file some of whose segments were dropped, repeated or moved."""
    text = draw(st.sampled_from(FILES))
    header, *segments = text.split("~\n")
    for _ in range(draw(st.integers(1, 6))):
        source, target = (draw(st.integers(0, len(segments) - 1)) for _ in range(2))
        action = draw(st.sampled_from(("drop", "repeat", "move", "blank")))
        segment = segments[source]
        if action in ("drop", "move"):
            del segments[source]
        if action in ("repeat", "move"):
            segments.insert(target, segment)
        if action == "blank":
            elements = segment.split("*")
            elements[draw(st.integers(0, len(elements) - 1))] = draw(st.sampled_from(SCRAPS))
            segments[source] = "*".join(elements)
        if not segments:
            break
    return "~\n".join([header, *segments]).encode("utf-8", "replace")


def outcome(content: bytes) -> Reading:
    """Read bytes from a file of their own."""
    with tempfile.TemporaryDirectory() as folder:
        return read(Path(folder) / "claims.837", content)


@settings(max_examples=400, deadline=None)
@given(broken_bytes())
def test_broken_bytes(content: bytes) -> None:
    check(outcome(content))


@settings(max_examples=400, deadline=None)
@given(shuffled_segments())
def test_broken_segments(content: bytes) -> None:
    check(outcome(content))


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=300))
def test_any_bytes_behind_a_good_claim(content: bytes) -> None:
    text = FILES[0].encode() + content
    found = outcome(text)
    if b"\0" not in content and content.isascii():
        assert [each.claim_id for each in found.claims] == ["A", "B"]
    check(found)


@settings(max_examples=100, deadline=None)
@given(st.lists(st.sampled_from(["LX*1", "SV1*HC:1*1*UN*1", "DTP*472*D8*20180601", "CLM*A*1",
                                 "HL*2*1*22*0", "SV2*0250**1*UN*1"]), max_size=14))  # fmt: skip
def test_no_service_is_lost(rows: list[str]) -> None:
    """A service that stands in the file is a line read, or part of one."""
    found = outcome(interchange(transaction(rows)).encode())
    check(found)
    services = sum(each.startswith("SV") for each in rows)
    assert found.tally.lines_read >= max(services, rows.count("LX*1"))


def test_the_blocks_make_no_difference() -> None:
    """A file reads the same however it is cut into blocks, and a second time."""
    from facts.readers.x12 import segments as x12_segments

    whole, kept = {text: describe(text) for text in TEXTS}, x12_segments._BLOCK
    sizes = random.Random(1)
    try:
        for text, expected in whole.items():
            for _ in range(15):
                x12_segments._BLOCK = sizes.randint(1, 400)
                assert describe(text) == expected
    finally:
        x12_segments._BLOCK = kept


def describe(text: str) -> list[object]:
    """Return what a file gave, without its name."""
    found = outcome(text.encode())
    lines = [line._replace(trace=None) for each in found.claims for line in each.lines]
    return [lines, found.told(), found.tally, [isinstance(each, Claim) for each in found.claims]]
