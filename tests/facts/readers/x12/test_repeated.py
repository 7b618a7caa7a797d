"""Claims of one number are claims of their own, whatever the order of claims and of files."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import permutations
from pathlib import Path

import pytest

from facts.origin import Origin
from facts.readers.batch import Claim, RejectedClaim
from facts.readers.detect import open_claims
from facts.readers.identity import ClaimHead, identities
from facts.readers.x12.claims import read_837
from tests.accept import golden
from tests.facts.readers.told import reconciled, told
from tests.facts.readers.x12.build import (
    HEADER as LOOPS,
)
from tests.facts.readers.x12.build import (
    claim,
    interchange,
    line,
    professional,
    transaction,
)

GOLDEN = Path(__file__).parent / "golden" / "repeated"
ROW = '{{"claim_id": "{}", "line_number": 1, "claim_form": "cms1500", "service_date": "{}"}}\n'
DAY = "2018-06-01"
HEADER = "claim_id,line_number,claim_form,service_date,description\n"
TWICE = professional(claim("C1", line(1), line(2)), claim("GOOD", line(1)), claim("C1", line(1)))

FILES: dict[str, dict[str, str]] = {
    "in_one_837": {"a.837": TWICE},
    "six_times": {"a.837": professional(*[claim("C1", line(1))] * 6)},
    "one_of_them_is_wrong": {
        "a.837": professional(claim("C1", line("x")), claim("C1", line(1)), claim("C2", line(1)))
    },
    "in_two_interchanges": {
        "a.837": professional(claim("C1", line(1))) + professional(claim("C1", line(1)))
    },
    "in_two_transactions": {
        "a.837": interchange(
            [*transaction(claim("C1", line(1))), *transaction(claim("C1", line(1)))]
        )
    },
    "in_two_837": {
        "a.837": professional(claim("C1", line(1)), claim("A", line(1))),
        "b.837": professional(claim("B", line(1)), claim("C1", line(1))),
    },
    "in_an_837_and_two_tables": {
        "a.837": professional(claim("C1", line(1)), claim("A", line(1))),
        "b.csv": f'{HEADER}B,1,cms1500,{DAY},"of\nthree\nrows"\nC1,1,cms1500,{DAY},\n',
        "c.jsonl": ROW.format("C", DAY) + ROW.format("C1", DAY).replace(": 1,", ": 2,"),
    },
    "in_an_837_and_a_table_that_is_wrong": {
        "a.837": professional(claim("C1", line(1)), claim("A", line(1))),
        "b.jsonl": ROW.format("C1", "2018-02-30"),
    },
}


def written(files: dict[str, str]) -> list[str]:
    for name, text in files.items():
        Path(name).write_text(text, encoding="utf-8")
    return list(files)


@pytest.mark.parametrize("name", FILES)
def test_what_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.chdir(tmp_path)
    names = written(FILES[name])
    golden(GOLDEN / f"{name}.txt", told(open_claims(names)))
    kept = {tuple(sorted(kept_of(order))) for order in permutations(names)}
    assert len(kept) == 1


def kept_of(names: Sequence[str]) -> list[str]:
    """Return what each claim says, with its id."""
    items = [item for item in reconciled(open_claims(names)) if isinstance(item, Claim)]
    assert len({item.claim_id for item in items}) == len(items)
    return [
        repr([line._replace(trace=None, superseded_by=None) for line in item.lines])
        for item in items
    ]


def test_a_file_by_itself(tmp_path: Path) -> None:
    path = tmp_path / "a.837"
    path.write_text(TWICE, encoding="ascii")
    stream = read_837(path)
    assert [claim_id_of(item) for item in stream] == [
        "C1@1234567893/2018-06-01",
        "GOOD",
        "C1@1234567893/2018-06-01#2",
    ]
    assert (stream.tally.lines_read, stream.tally.lines_rejected) == (4, 0)


def claim_id_of(item: Claim | RejectedClaim) -> str:
    assert isinstance(item, Claim)
    assert item.number == item.claim_id.partition("@")[0]
    assert {line.claim_id for line in item.lines} == {item.claim_id}
    return item.claim_id


DAY_1, DAY_2 = line(1), line(1, date="20180608")
F8 = ["REF*F8*ICN1"]
OTHER_CLINIC = tuple(each.replace("1234567893", "1093796000") for each in LOOPS)
CHAINS: dict[str, tuple[list[list[str]], list[str]]] = {
    "a replacement": (
        [claim("A", DAY_1), claim("A", DAY_1, facility="11:B:7", more=F8)],
        ["A@1234567893/2018-06-01/ICN1"],
    ),
    "a replacement before what it replaces": (
        [claim("A", DAY_1, facility="11:B:7", more=F8), claim("A", DAY_1)],
        ["A@1234567893/2018-06-01/ICN1"],
    ),
    "a replacement of another number": (
        [claim("A", DAY_1), claim("B", DAY_1, facility="11:B:7", more=["REF*F8*A"])],
        ["B"],
    ),
    "one of several is replaced": (
        [claim("A", DAY_1), claim("A", DAY_2), claim("A", DAY_2, facility="11:B:7")],
        ["A@1234567893/2018-06-01", "A@1234567893/2018-06-08#2"],
    ),
    "the day is corrected": (
        [claim("A", DAY_1), claim("A", DAY_2, facility="11:B:7")],
        ["A@1234567893/2018-06-08"],
    ),
    "it is unclear which one is replaced": (
        [
            claim("A", DAY_1),
            claim("A", DAY_2),
            claim("A", line(1, date="20180615"), facility="11:B:7"),
        ],
        [
            "A@1234567893/2018-06-01",
            "A@1234567893/2018-06-08",
            "A@1234567893/2018-06-15",
        ],
    ),
    "a replacement is replaced": (
        [
            claim("A", DAY_1),
            claim("A", DAY_1, facility="11:B:7", more=F8),
            claim("A", DAY_1, facility="11:B:7", more=["REF*F8*ICN2"]),
        ],
        ["A@1234567893/2018-06-01/ICN2"],
    ),
    "a void": ([claim("A", DAY_1), claim("A", DAY_1, facility="11:B:8", more=F8)], []),
    "a void alone": ([claim("A", DAY_1, facility="11:B:8"), claim("B", DAY_1)], ["B"]),
    "a replacement alone": ([claim("A", DAY_1, facility="11:B:7")], ["A"]),
}


@pytest.mark.parametrize("name", CHAINS)
def test_what_supersedes_what(tmp_path: Path, name: str) -> None:
    claims, expected = CHAINS[name]
    path = tmp_path / "a.837"
    path.write_text(professional(*claims), encoding="ascii")
    stream = read_837(path)
    items = list(stream)
    assert sorted(map(claim_id_of, items)) == expected
    tally = stream.tally
    assert tally.lines_superseded == len(claims) - len(expected)
    assert tally.lines_read == len(claims) == len(expected) + tally.lines_superseded
    notes = [each.message for each in stream.diagnostics if "is not determined" in each.message]
    notes += [each.message for each in stream.diagnostics if "and is not det" in each.message]
    assert len(set(notes)) == tally.lines_superseded
    assert any("one of several" in each.message for each in stream.diagnostics) == (
        name == "it is unclear which one is replaced"
    )


def test_another_provider_replaces_nothing(tmp_path: Path) -> None:
    path = tmp_path / "a.837"
    path.write_text(
        interchange(
            [
                *transaction(claim("A", DAY_1)),
                *transaction(claim("A", DAY_1, facility="11:B:7"), header=OTHER_CLINIC),
            ]
        ),
        encoding="ascii",
    )
    assert sorted(map(claim_id_of, read_837(path))) == [
        "A@1093796000/2018-06-01",
        "A@1234567893/2018-06-01",
    ]


def test_a_later_file_bills_a_voided_claim_anew(tmp_path: Path) -> None:
    first, later = tmp_path / "b.837", tmp_path / "a.837"
    voided = professional(claim("A", DAY_1), claim("A", DAY_1, facility="11:B:8"))
    first.write_text(voided, encoding="ascii")
    later.write_text(
        professional(claim("A", DAY_1)).replace("*180601*1200*", "*180701*1200*", 1),
        encoding="ascii",
    )
    for order in ([first, later], [later, first]):
        stream = open_claims(order)
        (kept,) = stream
        assert isinstance(kept, Claim)
        assert kept.lines[0].trace is not None
        assert kept.lines[0].trace.origin("claim_id").source == str(later)
        assert stream.tally.lines_superseded == 2


def test_work_grows_with_the_claims_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = 0

    def counted(self: ClaimHead) -> tuple[str, int, bytes]:
        nonlocal asked
        asked += 1
        return self.age, self.position, self.digest

    monkeypatch.setattr(ClaimHead, "order", property(counted))
    place = Origin("a.837")
    heads = [
        ClaimHead((0, n), "A", "P", "2018-06-01", "", "7", "", n, b"", place) for n in range(4_000)
    ]
    found = identities(heads, ["A"])
    assert len({each.part for each in found.values()}) == len(heads)
    assert sum(not each.superseded_by for each in found.values()) == 1
    assert asked < 10 * len(heads)


def test_a_number_that_looks_like_an_id_with_a_part(tmp_path: Path) -> None:
    path = tmp_path / "a.837"
    odd = "A@1234567893/2018-06-01"
    path.write_text(professional(claim("A", DAY_1), claim(odd, DAY_1), claim("A", DAY_2)))
    found = [item.claim_id for item in read_837(path) if isinstance(item, Claim)]
    assert len(set(found)) == 3
