"""One claim of a large 837 is read without the others, and is the same claim."""

from __future__ import annotations

import gzip
from dataclasses import replace
from pathlib import Path

import pytest

from facts.readers import detect
from facts.readers.batch import Claim
from facts.readers.detect import open_claims
from facts.readers.x12 import segments
from tests.facts.readers.x12.build import (
    HEADER,
    claim,
    institutional,
    interchange,
    line,
    professional,
    professional_file,
    transaction,
    ub04_line,
)

OTHER = tuple(each.replace("1234567893", "1093796000") for each in HEADER)
F8 = ["REF*F8*C7"]
MIXED = interchange(
    [
        *transaction(*(claim(f"C{n % 9}", line(1), line(2, date="20180608")) for n in range(30))),
        *transaction(
            *(claim(f"C{n}", line(1), line(2)) for n in range(40)),
            claim("C7", line(1), facility="11:B:7"),
            claim("R", line(1), facility="11:B:7", more=F8),
            header=OTHER,
        ),
    ]
)
FILES = {
    "regular": professional_file(60),
    "one row": professional_file(60).replace("\n", ""),
    "carriage returns": professional_file(60).replace("\n", "\r\n"),
    "blank rows": professional_file(60).replace("~\nCLM*C30*", "~\n\n  CLM*C30*"),
    "mixed": MIXED,
    "two interchanges": professional_file(40) + MIXED,
    "institutional": institutional(*(claim(f"C{n}", ub04_line(1), facility="13:A:1",
                                           more=["DTP*434*D8*20180601"]) for n in range(60))),
    "faults of the envelope": professional_file(60).replace("SE*", "SE*9").replace("GE*1", "GE*2"),
    "cut": professional_file(60)[:-3000],
    "the claim is damaged": professional_file(60).replace("CLM*C7*100***11", "CLM*C7*100***1x"),
}  # fmt: skip


def kept(path: Path, asked: str, whole: bool, monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """Return what is read of the claims of a number, and what is told of the file."""
    monkeypatch.setattr(detect, "LARGE", 1 << 40 if whole else 0)
    stream = open_claims(path, asked)
    stream.with_superseded = True
    items = list(stream)
    if not whole:
        assert len(items) < 20
    made: list[object] = []
    for item in items:
        if not isinstance(item, Claim):
            made += [item] if str(item.claim_id).partition("@")[0] == asked else []
        elif item.number == asked:
            names = ("claim_id", "procedure_code", "rendering_provider", "plan_id")
            places = [
                str(each.trace.origin(name)) for each in item.lines for name in names if each.trace
            ]
            lines = tuple(each._replace(trace=None) for each in item.lines)
            made += [replace(item, lines=lines), places]
    told = [each for each in stream.diagnostics if each.severity != "note"]
    return [*made, *(each for each in told if "C7" in each.message or "claim" not in each.message)]


@pytest.mark.parametrize("asked", ["C7", "C39", "R"])
@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("block", [300, 5_000])
def test_it_is_the_claim_of_the_whole_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, asked: str, block: int
) -> None:
    monkeypatch.setattr(segments, "_BLOCK", block)
    path = tmp_path / "a.837"
    path.write_text(FILES[name], encoding="ascii", newline="")
    whole = kept(path, asked, True, monkeypatch)
    if any(isinstance(each, Claim) for each in whole):
        assert kept(path, asked, False, monkeypatch) == whole


def test_a_packed_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.837.gz"
    path.write_bytes(gzip.compress(FILES["regular"].encode()))
    monkeypatch.setattr(detect, "LARGE", 1 << 40)
    [found] = open_claims(path, "C7")
    assert found.claim_id == "C7"


def test_a_claim_that_is_not_there_is_looked_for_in_all_of_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.837"
    path.write_text(professional(claim("C1", line(1)), claim("C2", line(1))), encoding="ascii")
    monkeypatch.setattr(detect, "LARGE", 0)
    assert [each.claim_id for each in open_claims(path, "C3")] == ["C1", "C2"]
    assert [each.claim_id for each in open_claims(path, "C2@1234567893")] == ["C2"]
