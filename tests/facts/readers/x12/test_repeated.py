"""A claim id in two places rejects the claims in both, whatever the order of claims and files."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import permutations
from pathlib import Path

import pytest

from facts.readers.batch import RejectedClaim
from facts.readers.detect import open_claims
from facts.readers.x12.claims import read_837
from tests.accept import golden
from tests.facts.readers.told import reconciled, told
from tests.facts.readers.x12.build import claim, interchange, line, professional, transaction

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
    stream = open_claims(names)
    items = reconciled(stream)
    for item in items:
        if item.claim_id == "C1":
            assert isinstance(item, RejectedClaim)
            assert any("claim `C1` occurs" in each.message for each in item.diagnostics)
    return [str(item.claim_id) for item in items if not isinstance(item, RejectedClaim)]


def test_a_file_by_itself(tmp_path: Path) -> None:
    path = tmp_path / "a.837"
    path.write_text(TWICE, encoding="ascii")
    stream = read_837(path)
    assert [type(item).__name__ for item in stream] == ["RejectedClaim", "Claim", "RejectedClaim"]
    assert (stream.tally.lines_read, stream.tally.lines_rejected) == (4, 3)
