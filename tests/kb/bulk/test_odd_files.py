"""Files that DuckDB would read in its own way: the same as by the readers of single claims."""

from __future__ import annotations

import gzip
import io
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pytest

from facts.diagnostic import ClausewiseError
from kb.bulk.adjudicate import adjudicate_files
from kb.knowledge_base import KnowledgeBase
from kb.policy.loader import Policy, load_policy

HEAD = "claim_id,line_number,claim_form,service_date"
EVIDENCE = "claim_id,line_number,evidence,value"
ROW = "1 AS line_number, 'cms1500' AS claim_form, '2018-06-01' AS service_date"
DOSE = "1 AS line_number, 'administered_dose' AS evidence"
GOOD = f"{HEAD}\n7,1,cms1500,2018-06-01\nA,1,cms1500,2018-06-01\n"

MANY = f"{HEAD},description\n" + "".join(
    f"C{each},1,cms1500,2018-06-01,caf\u00e9 {each}\n" for each in range(30)
)


def zipped(**members: str) -> bytes:
    """Return a zip of some files."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return file.getvalue()


CASES: dict[str, tuple[dict[str, str | bytes], dict[str, str | bytes]]] = {
    "usual names": (
        {
            "a.csv": "Claim No,Line No,Claim Type,DOS,POS,Mod1,Mod2,Units Billed,patient\n"
            "A,1,cms1500,2018-06-01,11, JW,,4,x\nA,2,cms1500,2018-06-01,11,59,25,x,x\n"
            "B,1,cms1500,2018-06-01,11,59,251,4,x\n",
            "b.jsonl": '{"claimId": "D", "lineNumber": 1, "claimForm": "cms1500", '
            '"dos": "2018-06-01", "mod_2": "25", "mod_1": 59, "cpt": "J7050"}\n'
            '{"claim_id": "E", "line_number": 1, "claim_form": "cms1500", '
            '"service_date": "2018-06-01", "units": "x"}\n',
            "c.parquet": "SELECT 'F' AS \"CLAIM\", 1 AS line, 'cms1500' AS form, DATE '2018-06-01' "
            "AS dos, 25.0 AS modifier_1, NULL AS modifier_2, ' 59' AS modifier_3, 2 AS qty",
        },
        {"e.csv": "claim,line,evidence,value\nA,1,dosage,x\n"},
    ),
    "columns that contradict": (
        {
            "a.csv": f"{HEAD},units,qty\nA,1,cms1500,2018-06-01,1,2\n",
            "b.parquet": f"SELECT 'A' AS claim_id, {ROW}, '2018-06-01' AS dos",
            "c.jsonl": '{"claim_id": "D", "line_number": 1, "claim_form": "cms1500", '
            '"dos": "2018-06-01", "from_date": "2018-06-01"}\n',
        },
        {},
    ),
    "columns that decide": (
        {
            "a.csv": f"{HEAD},modifier_5\nA,1,cms1500,2018-06-01,1\n",
            "b.parquet": f"SELECT 'A' AS claim_id, {ROW}, '1' AS unts",
            "c.jsonl": '{"claim_id": "D", "line_number": 1, "claim_form": "cms1500", '
            '"service_date": "2018-06-01", "modifer1": "JW"}\n',
        },
        {},
    ),
    "tabs and semicolons": (
        {
            "a.csv": f"{HEAD},description\nA,1,cms1500,2018-06-01,a;b\n".replace(",", "\t"),
            "b.csv": f"{HEAD},description\nB,1,cms1500,2018-06-01,c\nC,1,x\n".replace(",", ";"),
            "c.csv": f'{HEAD}\n"D",1,cms1500,2018-06-01\n'.replace(",", "|"),
        },
        {},
    ),
    "dates in their own orders": (
        {
            "a.csv": f"{HEAD},service_date_to\nA,1,cms1500,6/1/2018,06/13/2018\n"
            "B,1,cms1500,6/14/2018 0:00,2018/6/14\nC,1,cms1500,2/30/2018,\n"
            "D,1,cms1500,2018-06-01,06/15/2018\n",
            "b.csv": f"{HEAD}\nE,1,cms1500,1.6.2018\nF,1,cms1500,13.6.2018\n",
            "c.csv": f"{HEAD}\nG,1,cms1500,06/01/2018\nH,1,cms1500,2018-06-01\n",
            "d.jsonl": '{"claim_id": "I", "line_number": 1, "claim_form": "cms1500", '
            '"service_date": "6/1/2018"}\n{"claim_id": "J", "line_number": 1, "claim_form": '
            '"cms1500", "service_date": "6/30/2018", "units": "x"}\n',
            "e.parquet": f"SELECT 'K' AS claim_id, {ROW}".replace("2018-06-01", "6/20/2018"),
            "f.parquet": f"SELECT 'L' AS claim_id, {ROW}".replace("2018-06-01", "6/1/2018"),
        },
        {},
    ),
    "dates on two rows of a value": (
        {"a.csv": f'{HEAD},description\nA,1,cms1500,6/13/2018,"a\nb"\nB,1,cms1500,6/1/2018,"c""\n'},
        {},
    ),
    "money as people write it": (
        {
            "a.csv": f"{HEAD},charge,units\n"
            'A,1,cms1500,2018-06-01,"$1,180.00","1,000.0"\nB,1,cms1500,2018-06-01,$5,"1,180"\n'
            'C,1,cms1500,2018-06-01,($5.00),1\nD,1,cms1500,2018-06-01,"$1,180,000.00",1\n',
            "b.parquet": f"SELECT 'K' AS claim_id, {ROW}, '$1,180.50' AS charge",
        },
        {},
    ),
    "packed by gzip": ({"a.csv.gz": gzip.compress(GOOD.encode())}, {}),
    "packed by gzip under another name": ({"a.csv": gzip.compress(MANY.encode())}, {}),
    "packed and cut off": ({"a.csv.gz": gzip.compress(MANY.encode())[:-20]}, {}),
    "objects packed by gzip": (
        {"a.jsonl.gz": gzip.compress(b'{"claim_id": "TOO"}\n{"claim_id": "THREE"}\n')},
        {},
    ),
    "in a zip": ({"a.zip": zipped(claims=MANY, __MACOSX="")}, {}),
    "alone in a zip": ({"a.zip": zipped(claims=MANY)}, {}),
    "Windows-1252": ({"a.csv": MANY.encode("cp1252"), "b.csv": GOOD}, {}),
    "Windows-1252 in a zip": (
        {"a.csv.gz": gzip.compress(MANY.encode("cp1252"))},
        {"e.csv.gz": gzip.compress(f"{EVIDENCE}\nC1,1,dosage,caf\u00e9\n".encode("cp1252"))},
    ),
    "damage": ({"a.csv": MANY.encode().replace(b" 7\n", b" \xff\n")}, {}),
    "blank first row": ({"a.csv": f"\n{HEAD}\nA,1,cms1500,2018-06-01\n"}, {}),
    "blanks in the first row": ({"a.csv": f" \n{HEAD}\nA,1,cms1500,2018-06-01\n"}, {}),
    "commas in the first row": ({"a.csv": f",,,\n{HEAD}\nA,1,cms1500,2018-06-01\n"}, {}),
    "blank first row of evidence": ({"a.csv": GOOD}, {"e.csv": f"\n{EVIDENCE}\nA,1,dosage,x\n"}),
    "a control character alone": ({"a.csv": f"{HEAD},units\nA,1,cms1500,2018-06-01,\x01\n"}, {}),
    "claims with decimals, one faulty": (
        {
            "a.parquet": "SELECT 7::DOUBLE AS claim_id, 1 AS line_number, 'cms1500' AS claim_form, "
            f"'x' AS service_date UNION ALL SELECT 8, {ROW}"
        },
        {},
    ),
    "claims of bytes": ({"a.parquet": f"SELECT 'A'::BLOB AS claim_id, {ROW}"}, {}),
    "claims of a decimal type": (
        {"a.parquet": f"SELECT 7::DECIMAL(9, 2) AS claim_id, {ROW}".replace("2018", "x")},
        {},
    ),
    "claims that are true": ({"a.parquet": f"SELECT true AS claim_id, {ROW}"}, {}),
    "claims that are times": (
        {"a.parquet": f"SELECT TIMESTAMP '2018-01-01' AS claim_id, {ROW}".replace("-06-", "-16-")},
        {},
    ),
    "notes on a text and on a Parquet file": (
        {
            "a.csv": f"{HEAD}\nA,1,CMS-1500,2018-06-01\n",
            "b.parquet": f"SELECT 'B' AS claim_id, {ROW}".replace("cms1500", "UB-04"),
        },
        {},
    ),
    "a column filename": ({"a.parquet": f"SELECT 'A' AS claim_id, {ROW}, 'x' AS Filename"}, {}),
    "a column file_row_number": (
        {"a.parquet": f"SELECT 'A' AS claim_id, {ROW}, 'x' AS file_row_number"},
        {},
    ),
    "columns file_index": (
        {
            "a.parquet": f"SELECT 'A' AS claim_id, {ROW}, '96365' AS procedure_code, 7 file_index",
            "b.parquet": f"SELECT 'B' AS claim_id, {ROW}, 'J7050' AS procedure_code, 7 file_index",
        },
        {},
    ),
    "a column file_index of text": (
        {"a.parquet": f"SELECT 'A' AS claim_id, {ROW}, 'x' AS file_index"},
        {},
    ),
    "columns file_index of evidence": (
        {"a.csv": GOOD},
        {
            "e.parquet": f"SELECT 'A' AS claim_id, {DOSE}, 'x' AS \"value\", 7 AS file_index",
            "f.parquet": f"SELECT '7' AS claim_id, {DOSE}, '5' AS \"value\", 7 AS file_index",
        },
    ),
    "a blank in one name of a column": (
        {
            "a.parquet": f"SELECT 'A' AS claim_id, {ROW}, '96365' AS procedure_code",
            "b.parquet": f"SELECT 'B' AS claim_id, {ROW}, 'J7050' AS \"procedure_code \"",
        },
        {},
    ),
    "a blank in one name of a needed column": (
        {
            "a.parquet": f"SELECT 'A' AS claim_id, {ROW}",
            "b.parquet": f"SELECT 'B' AS \" claim_id\", {ROW}",
        },
        {},
    ),
    "line numbers of two types": (
        {
            "a.parquet": f"SELECT 'A' AS claim_id, {ROW}".replace("1 AS", "1::DOUBLE AS"),
            "b.parquet": f"SELECT 'B' AS claim_id, {ROW}".replace("1 AS", "'1' AS"),
        },
        {},
    ),
    "dates of two types": (
        {
            "a.parquet": f"SELECT 'A' AS claim_id, {ROW}".replace("'2018", "TIMESTAMP '2018"),
            "b.parquet": f"SELECT 'B' AS claim_id, {ROW}",
        },
        {},
    ),
    "modifiers of two types": (
        {
            "a.parquet": f"SELECT 'A' AS claim_id, {ROW}, ['25'] AS modifiers",
            "b.parquet": f"SELECT 'B' AS claim_id, {ROW}, '25' AS modifiers",
            "c.parquet": f"SELECT 'C' AS claim_id, {ROW}, '59' AS modifiers, 'x' AS description",
        },
        {},
    ),
    "claims of two types": (
        {
            "a.parquet": f"SELECT 9007199254740993 AS claim_id, {ROW}",
            "b.parquet": f"SELECT 1::DOUBLE AS claim_id, {ROW}",
            "c.parquet": f"SELECT 'C' AS claim_id, {ROW}",
        },
        {},
    ),
    "descriptions of two types": (
        {
            "a.parquet": f"SELECT 'A' AS claim_id, {ROW}, 'x'::BLOB AS description",
            "b.parquet": f"SELECT 'B' AS claim_id, {ROW}, 'flush' AS description",
        },
        {},
    ),
    "evidence on claims with decimals": (
        {"a.csv": GOOD},
        {"e.parquet": f"SELECT 7::DOUBLE AS claim_id, {DOSE}, '5' AS \"value\""},
    ),
    "evidence on claims of bytes": (
        {"a.csv": GOOD},
        {"e.parquet": f"SELECT 'A'::BLOB AS claim_id, {DOSE}, '5' AS \"value\""},
    ),
    "evidence that is true": (
        {"a.csv": GOOD},
        {"e.parquet": f"SELECT 'A' AS claim_id, {DOSE}, true AS \"value\""},
    ),
    "evidence of a decimal type": (
        {"a.csv": GOOD},
        {"e.parquet": f"SELECT 'A' AS claim_id, {DOSE}, 5.50::DECIMAL(9, 2) AS \"value\""},
    ),
    "evidence that is a list": (
        {"a.csv": GOOD},
        {"e.parquet": f"SELECT 'A' AS claim_id, {DOSE}, ['5'] AS \"value\""},
    ),
    "evidence of a document of bytes": (
        {"a.csv": GOOD},
        {"e.parquet": f"SELECT 'A' AS claim_id, {DOSE}, '5' AS \"value\", 'x'::BLOB AS document"},
    ),
    "suspect evidence on a claim that is not there": (
        {"a.csv": GOOD},
        {
            "e.parquet": "SELECT 'Z' AS claim_id, 1::DOUBLE AS line_number, "
            "'administered_dose' AS evidence, '5' AS \"value\""
        },
    ),
    "a file of evidence twice": (
        {"a.csv": GOOD},
        {"e.csv": f"{EVIDENCE}\nA,1,dosage,x\n", "./e.csv": ""},
    ),
    "names that are patterns": (
        {
            "e[1].csv": f"{HEAD}\nRIGHT,1,cms1500,2018-06-01\n",
            "?.parquet": f"SELECT 'ALSO' AS claim_id, {ROW}",
            "*.jsonl": '{"claim_id": "TOO", "line_number": 1, "claim_form": "cms1500", '
            '"service_date": "2018-06-01"}\n',
        },
        {},
    ),
}
"""The files of claims and of evidence: texts, and of Parquet a query."""


@pytest.fixture(scope="module")
def policy() -> Policy:
    return load_policy("r14")


def write(folder: Path, files: dict[str, str | bytes]) -> list[Path]:
    made = []
    for name, content in files.items():
        path = folder / name
        if path.suffix == ".parquet":
            target = folder / "made"
            duckdb.connect().execute(f"COPY ({content}) TO '{target}' (FORMAT parquet)")
            target.rename(path)
        elif content:
            path.write_bytes(content if isinstance(content, bytes) else content.encode())
        made.append(path)
    return made


def told(policy: Policy, claims: list[Path], evidence: list[Path], engine: str) -> dict[str, Any]:
    output = claims[0].parent / "out" / f"{engine}.jsonl"
    output.parent.mkdir(exist_ok=True)
    result = adjudicate_files(
        KnowledgeBase(policy), claims, output, evidence=evidence, engine=engine
    )
    return {
        "rows": sorted(output.read_text(encoding="utf-8").splitlines()) if output.exists() else [],
        "lines": (
            result.tally.lines_read,
            result.tally.lines_determined,
            result.tally.lines_superseded,
            result.tally.lines_rejected,
            result.tally.claims_rejected,
        ),
        "evidence": (result.evidence_read, result.evidence_rejected),
        "told": sorted(
            {
                (each.severity, each.message, str(each.place))
                for each in result.diagnostics
                if "is not written" not in each.message
            }
        ),
        "rejected": sorted(each.claim_id for each in result.rejected),
    }


@pytest.mark.parametrize("name", CASES)
def test_both_engines_tell_the_same(name: str, policy: Policy, tmp_path: Path) -> None:
    claims, evidence = (write(tmp_path, files) for files in CASES[name])
    found, expected = (told(policy, claims, evidence, way) for way in ("duckdb", "pydatalog"))
    assert found == expected
    assert expected["rows"] or expected["told"]


def test_a_name_that_is_a_pattern_names_one_file(policy: Policy, tmp_path: Path) -> None:
    for kind, content in (
        ("csv", f"{HEAD}\n{{}},1,cms1500,2018-06-01\n"),
        ("parquet", f"SELECT '{{}}' AS claim_id, {ROW}"),
    ):
        files = {f"b[1].{kind}": content.format("RIGHT"), f"b1.{kind}": content.format("WRONG")}
        right, _ = write(tmp_path, files)
        for engine in ("duckdb", "pydatalog"):
            (row,) = told(policy, [right], [], engine)["rows"]
            assert '"claim_id": "RIGHT"' in row


def damaged(folder: Path) -> Path:
    """A Parquet file with other bytes in the middle of its pages."""
    (path,) = write(
        folder, {"a.parquet": f"SELECT concat('C', i) AS claim_id, {ROW} FROM range(9) t(i)"}
    )
    content = bytearray(path.read_bytes())
    content[4:60] = b"\xff" * 56
    path.write_bytes(content)
    return path


@pytest.mark.parametrize("evidence", [False, True])
def test_a_damaged_page_is_one_clear_sentence(
    evidence: bool, policy: Policy, tmp_path: Path
) -> None:
    path = damaged(tmp_path)
    claims, others = ([path], [])
    if evidence:
        claims, others = write(tmp_path, {"good.csv": GOOD}), [path]
    outcome: Callable[[str], Any] = lambda way: told(policy, claims, others, way)["told"]  # noqa: E731
    found = []
    for way in ("duckdb", "pydatalog"):
        try:
            found.append([each for each in outcome(way) if each[0] == "error"])
        except ClausewiseError as fault:
            found.append([(each.severity, each.message, "") for each in fault.diagnostics])
    assert found[0] == found[1]
    assert found[0]
