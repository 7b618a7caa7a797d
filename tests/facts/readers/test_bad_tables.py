"""Every kind of bad claim table: sentence, place and help pinned, nothing lost."""

from __future__ import annotations

from pathlib import Path

import pytest

from facts.readers.detect import open_claims
from tests.accept import golden
from tests.facts.readers.cases import GOOD, HEADER, OBJECTS, TABLES
from tests.facts.readers.conftest import Write
from tests.facts.readers.told import told

GOLDEN = Path(__file__).parent / "golden"


@pytest.mark.parametrize("name", TABLES)
def test_csv(write: Write, name: str) -> None:
    text = told(open_claims(write("claims.csv", TABLES[name])))
    golden(GOLDEN / "csv" / f"{name}.txt", text)


@pytest.mark.parametrize("name", OBJECTS)
def test_jsonl(write: Write, name: str) -> None:
    text = told(open_claims(write("claims.jsonl", OBJECTS[name])))
    golden(GOLDEN / "jsonl" / f"{name}.txt", text)


def test_a_missing_file_and_a_folder_do_not_hold_up_the_others(write: Write) -> None:
    Path("folder").mkdir()
    good = write("claims.csv", f"{HEADER}\n{GOOD}\n")
    text = told(open_claims(["none.csv", "folder", good]))
    assert text == (
        "read GOOD, lines: 1\n"
        "error: there is no file `none.csv`\n  --> none.csv\n"
        "  = help: look at the name and the folder\n"
        "error: `folder` is a folder\n  --> folder\n  = help: name the files in it\n"
        "lines read 1, rejected 0\n"
    )


def test_a_claim_that_is_spread_over_files(write: Write) -> None:
    row = "C1,{},cms1500,2018-06-01,J1200,1"
    one = write("one.csv", "\n".join([HEADER, row.format(3), GOOD, row.format(1), ""]))
    two = write("two.csv", "\n".join([HEADER, row.format(2), ""]))
    three = write(
        "three.jsonl",
        '{"claim_id": "C1", "line_number": 4, "claim_form": "cms1500",'
        ' "service_date": "2018-06-01"}\n',
    )
    stream = open_claims([one, two, three])
    items = {item.claim_id: item for item in stream}
    lines = items["C1"].lines  # type: ignore[union-attr]
    assert [line.line_number for line in lines] == [1, 2, 3, 4]
    assert [str(line.trace.origin("units")) for line in lines if line.trace] == [
        "one.csv, row 4, column `units`",
        "two.csv, row 2, column `units`",
        "one.csv, row 2, column `units`",
        "three.jsonl, row 1, `$.units`",
    ]
    assert not stream.diagnostics


def test_a_claim_of_several_files_is_rejected_as_a_whole(write: Write) -> None:
    row = "C1,{},cms1500,2018-06-01,J1200,{}"
    one = write("one.csv", "\n".join([HEADER, row.format(1, 1), GOOD, ""]))
    two = write("two.csv", "\n".join([HEADER, row.format(2, "abc"), ""]))
    text = told(open_claims([one, two]))
    assert "rejected C1, lines: 2\n" in text
    assert "  --> two.csv, row 2, column `units`\n" in text
    assert text.endswith("lines read 3, rejected 2\n")
