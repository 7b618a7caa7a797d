"""An 837 in one set: the same as claim by claim, whatever is wrong with it."""

from __future__ import annotations

from pathlib import Path

import pytest

from kb.bulk.adjudicate import adjudicate_files
from kb.knowledge_base import KnowledgeBase
from kb.policy.loader import Policy, load_policy
from tests.facts.readers.x12.build import (
    claim,
    institutional,
    line,
    professional,
    professional_file,
    ub04_line,
)
from tests.kb.bulk.test_odd_files import GOOD, told, write

HOSPITAL = institutional(
    claim("H1", ub04_line(1), ub04_line(2, "0250", "", None), facility="13:A:1",
          more=["DTP*434*D8*20180601", "HI*ABK:E119:::::::Y"]),
    claim("H2", ub04_line(1, "0360", "49505"), facility="11:A:7"),
)  # fmt: skip
OFFICE = professional(
    claim("A", line(1), line(2, "J1200", units="2.5"), line(3, "A4222"), more=["HI*ABK:E119"]),
    claim("B", line(1, "96365:59"), facility="22:B:1"),
)
CASES = {
    "many": {"a.837": professional_file(60)},
    "several files": {"a.837": OFFICE, "b.837": HOSPITAL},
    "a table too": {"a.837": OFFICE, "b.csv": GOOD.replace("\nA,", "\nC,")},
    "tables of two kinds too": {
        "a.837": OFFICE,
        "b.csv": GOOD.replace("\nA,", "\nC,"),
        "c.parquet": "SELECT 'D' AS claim_id, 1 AS line_number, 'ub04' AS claim_form, "
        "'2018-06-01' AS service_date",
    },
    "a claim in a table too": {"a.837": OFFICE, "b.csv": GOOD},
    "a claim twice": {"a.837": OFFICE, "b.837": OFFICE},
    "a claim twice in a file": {"a.837": professional(*[claim("A", line(1), line(2))] * 3)},
    "a claim of two days": {
        "a.837": professional(claim("A", line(1), line(2)), claim("A", line(1, date="20180608")))
    },
    "a replacement": {
        "b.837": professional(
            claim("A", line(1), line(2)),
            claim("A", line(1), line(2, "J1200"), facility="11:B:7", more=["REF*F8*ICN1"]),
        )
    },
    "a void": {"b.837": professional(claim("A", line(1)), claim("A", line(1), facility="11:B:8"))},
    "a claim in two tables": {"b.csv": GOOD, "c.csv": GOOD},
    "a line that cannot be read": {"a.837": OFFICE.replace("UN*2.5", "UN*x")},
    "a cut": {"a.837": OFFICE[: OFFICE.index("A4222")], "b.837": HOSPITAL},
    "a number of many digits": {"a.837": OFFICE.replace("UN*2.5", "UN*2.12345678901")},
    "notes": {"a.837": OFFICE.replace("HC:J1200", "HC:j1200")},
    "no claims": {"a.837": professional()},
    "another transaction": {"a.837": OFFICE.replace("ST*837", "ST*835")},
}


@pytest.fixture(scope="module")
def policy() -> Policy:
    return load_policy("r14")


@pytest.mark.parametrize("name", CASES)
def test_both_engines_say_the_same(name: str, policy: Policy, tmp_path: Path) -> None:
    claims = write(tmp_path, CASES[name])
    evidence = write(
        tmp_path, {"e.csv": "claim_id,line_number,evidence,value\nA,2,administered_dose,50\n"}
    )
    found, expected = (told(policy, claims, evidence, way) for way in ("duckdb", "pydatalog"))
    if name == "a claim in a table too":
        [note] = [each for each in found["told"] if "one by one" in each[1]]
        found["told"].remove(note)
    if name == "a number of many digits":
        assert [each[1] for each in found["told"] if each[0] == "error"] == [
            "`units` has more digits than can be kept exactly: `2.12345678901`"
        ]
        return
    assert found == expected
    assert expected["rows"] or expected["told"]


def test_lines_stand_in_the_order_of_the_file(policy: Policy, tmp_path: Path) -> None:
    [path] = write(tmp_path, {"a.837": professional_file(30_000, 2)})
    output = tmp_path / "out.csv"
    result = adjudicate_files(KnowledgeBase(policy), [path], output)
    assert result.tally.lines_determined == 60_000
    rows = output.read_text(encoding="utf-8").splitlines()[1:]
    expected = [f"C{claim},{number}" for claim in range(30_000) for number in (1, 2)]
    assert [",".join(row.split(",", 2)[:2]) for row in rows] == expected
