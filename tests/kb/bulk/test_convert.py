"""Converted files say what the files said, with the same places."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from explain.explanation import why
from facts.diagnostic import InputError
from facts.outputs import OutputFile
from facts.readers.batch import Claim
from facts.readers.detect import open_claims
from kb.bulk.convert import convert_files
from kb.knowledge_base import KnowledgeBase
from kb.policy.loader import Policy, load_policy
from tests.facts.readers.x12.build import claim, line, professional, professional_file
from tests.kb.bulk.test_odd_files import GOOD, told, write
from tests.kb.bulk.test_x12 import HOSPITAL, OFFICE

CASES = {
    "many": {"a.837": professional_file(30)},
    "several files": {"a.837": OFFICE, "b.837": HOSPITAL},
    "a claim of two days": {
        "a.837": professional(claim("A", line(1), line(2)), claim("A", line(1, date="20180608")))
    },
    "a replacement": {
        "b.837": professional(
            claim("A", line(1), line(2)),
            claim("A", line(1), line(2, "J1200"), facility="11:B:7", more=["REF*F8*ICN1"]),
        )
    },
    "notes": {"a.837": OFFICE.replace("~\nLX*3~", "~\nNTE*ADD*HEP LOCK~\nNTE*ADD*FLUSH~\nLX*3~")},
    "a table": {"b.csv": GOOD},
}
EVIDENCE = {"e.csv": "claim_id,line_number,evidence,value\nA,2,administered_dose,50\n"}


@pytest.fixture(scope="module")
def policy() -> Policy:
    return load_policy("r14")


@pytest.mark.parametrize("name", CASES)
def test_it_is_adjudicated_as_the_files_are(name: str, policy: Policy, tmp_path: Path) -> None:
    claims, evidence = write(tmp_path, CASES[name]), write(tmp_path, EVIDENCE)
    converted = tmp_path / "lines.parquet"
    convert_files(claims, converted)
    expected = told(policy, claims, evidence, "pydatalog")
    for engine in ("duckdb", "pydatalog"):
        found = told(policy, [converted], evidence, engine)
        assert found["rows"] == expected["rows"]
        assert found["lines"] == expected["lines"]
        assert set(found["told"]) <= set(expected["told"])


@pytest.mark.parametrize("name", CASES)
def test_why_cites_the_files(name: str, policy: Policy, tmp_path: Path) -> None:
    claims = write(tmp_path, CASES[name])
    converted = tmp_path / "lines.parquet"
    convert_files(claims, converted)
    kb = KnowledgeBase(policy)
    direct, again = (kb.with_claims(open_claims(files)) for files in (claims, [converted]))
    assert {*direct.claims} == {*again.claims}
    for claim_id, each in direct.claims.items():
        for number in (one.line_number for one in each.lines):
            texts = [why(base.claim(claim_id), number).text for base in (direct, again)]
            assert texts[0] == texts[1]


def test_one_claim_is_read_by_its_part(tmp_path: Path) -> None:
    claims = write(tmp_path, CASES["a claim of two days"])
    converted = tmp_path / "lines.parquet"
    convert_files(claims, converted)
    for asked, count in (("A", 2), ("A@1234567893/2018-06-08", 2), ("B", 0)):
        found = [each for each in open_claims(converted, asked) if isinstance(each, Claim)]
        assert len(found) == count


def test_what_stands_in_the_columns(tmp_path: Path) -> None:
    claims = write(tmp_path, CASES["a replacement"])
    converted = tmp_path / "lines.parquet"
    tally = convert_files(claims, converted).tally
    assert (tally.lines_read, tally.lines_superseded, tally.lines_rejected) == (4, 2, 0)
    rows = duckdb.sql(
        "SELECT claim_id, claim_part, superseded_by, line_number, units, source_file, "
        f"source_places.units FROM '{converted}' ORDER BY superseded_by NULLS FIRST, line_number"
    ).fetchall()
    source = str(claims[0])
    assert [row[:4] for row in rows] == [
        ("A", "1234567893/2018-06-01/ICN1", None, 1),
        ("A", "1234567893/2018-06-01/ICN1", None, 2),
        ("A", "1234567893/2018-06-01", f"{source}, segment 23 (CLM)", 1),
        ("A", "1234567893/2018-06-01", f"{source}, segment 23 (CLM)", 2),
    ]
    assert {row[5] for row in rows} == {source}
    assert rows[2][6] == "segment 18 (SV1), element SV104"


def test_an_output_is_left_where_nothing_was_read(tmp_path: Path) -> None:
    output = tmp_path / "lines.parquet"
    output.write_bytes(b"as it was")
    with pytest.raises(InputError):
        convert_files([tmp_path / "missing.837"], output)
    bad = tmp_path / "a.837"
    bad.write_text(professional())
    found = convert_files([bad], OutputFile(output))
    assert any("is not written" in each.message for each in found.diagnostics)
    assert output.read_bytes() == b"as it was"
