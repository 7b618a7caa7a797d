"""Bad tables in bulk and through the row readers: the same claims, sentences and places."""

from __future__ import annotations

import csv
import io
import json
from collections import Counter
from collections.abc import Iterable
from contextlib import suppress
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import NamedTuple

import duckdb
import pytest

from facts.diagnostic import Diagnostic
from facts.readers.batch import Claim, RejectedClaim
from facts.readers.column_values import CODE_LISTS, PARSERS, REQUIRED
from facts.readers.detect import open_claims
from facts.readers.evidence import COLUMNS as EVIDENCE_COLUMNS
from facts.readers.evidence import read_evidence
from kb.bulk.read.columns import AMOUNTS, written
from kb.bulk.read.evidence import EvidenceReader
from kb.bulk.read.lines import LINES, LineReader
from kb.policy.loader import load_policy
from tests.kb.bulk.files import evidence_row, row_of, write_rows
from tests.kb.policies.random_claims import random_case

TYPES = load_policy("r14").evidence_types
COLUMNS = tuple(PARSERS)


class Read(NamedTuple):
    """What a way of reading made of some files."""

    lines: dict[tuple[str, int], dict[str, object]]
    told: Counter[str]
    tally: tuple[int, int]
    rejected: set[str | None]
    evidence: tuple[int, int]


def in_bulk(claims: list[Path], evidence: list[Path]) -> Read:
    with duckdb.connect() as connection:
        checked = LineReader(connection, claims).read()
        picked = ", ".join(f"{name}::TEXT" for name in COLUMNS)
        rows = connection.execute(f"SELECT {picked} FROM {LINES}").fetchall()
        found, counts = checked.diagnostics, (0, 0)
        if evidence:
            reader = EvidenceReader(connection, TYPES, LINES)
            reader.read(evidence)
            found = [*found, *reader.diagnostics]
            counts = (reader.rows_read, reader.rows_rejected)
    lines = [comparable(dict(zip(COLUMNS, row, strict=True))) for row in rows]
    tally = checked.tally
    assert tally.lines_read == len(lines) + tally.lines_superseded + tally.lines_rejected
    assert sum(each.lines_read for each in checked.rejected) == tally.lines_rejected
    return Read(
        by_line(lines),
        told(found),
        (tally.lines_read, tally.lines_rejected),
        {each.claim_id for each in checked.rejected},
        counts,
    )


def by_rows(claims: list[Path], evidence: list[Path]) -> Read:
    stream = open_claims(claims)
    items = list(stream)
    lines = [
        {name: written(getattr(line, name))[0] or None for name in COLUMNS}
        for item in items
        if isinstance(item, Claim)
        for line in item.lines
    ]
    rejected = [item for item in items if isinstance(item, RejectedClaim)]
    found = [each for item in rejected for each in item.diagnostics] + stream.diagnostics
    index = read_evidence(evidence, TYPES)
    seen = {
        item.claim_id: [line.line_number for line in item.lines]
        for item in items
        if isinstance(item, Claim)
    }
    found += [*index.diagnostics, *index.unused(seen)]
    return Read(
        by_line(list(map(comparable, lines))),
        told(found),
        (stream.tally.lines_read, stream.tally.lines_rejected),
        {each.claim_id for each in rejected},
        (index.rows_read, index.rows_rejected),
    )


def comparable(record: dict[str, str | None]) -> dict[str, object]:
    """Return a line as values that do not depend on how they are spelt."""
    made: dict[str, object] = dict(record)
    for name in AMOUNTS:
        made[name] = None if record[name] is None else Decimal(str(record[name]))
    for name in CODE_LISTS:
        made[name] = list(dict.fromkeys((record[name] or "").split()))
    return made


def told(diagnostics: Iterable[Diagnostic]) -> Counter[str]:
    return Counter(diagnostic.render() for diagnostic in diagnostics)


def by_line(records: list[dict[str, object]]) -> dict[tuple[str, int], dict[str, object]]:
    made = {(str(each["claim_id"]), int(str(each["line_number"]))): each for each in records}
    assert len(made) == len(records)
    return made


def assert_alike(claims: list[Path], evidence: list[Path] | None = None) -> None:
    assert in_bulk(claims, evidence or []) == by_rows(claims, evidence or [])


BAD = {
    "units": ["abc", "-1", "nan", "inf", "1e3", "1,5", "  2 ", "+3", "\u0663", "1" * 30, " "],
    "charge": ["-0.01", "x"],
    "service_date": ["2018-02-30", "20180601", "", " 2018-06-01 ", "2018-06-01T00:00:00"],
    "service_date_to": ["2001-01-01", "x"],
    "line_number": ["0", "-1", "1.0", "x", "", " 1 ", "1", "99999999999999", "01"],
    "claim_id": ["", " ", " C1", "C1 ", "\u00a0C1", "=cmd()", "C\ufffd1", "x" * 10_001],
    "claim_form": ["", "UB04", " cms1500 ", "other"],
    "procedure_code": ["j7050", " J7050", "J70 50", "J-7050", "x" * 30, "é"],
    "type_of_bill": ["0131", "13", "1 31", "abc"],
    "revenue_code": ["636", "63", "abcd", "06 36"],
    "place_of_service": ["1", "123", " 11"],
    "modifiers": ["59,sh", "59 59", "597", "59 SH SJ 25 JW", "jw"],
    "diagnoses": ["T80.30:N", "t80.30", "X", "T80.30:Q", "T8030 T8030", "T80.30,E11.9"],
    "description": [" a,b ", "x\ny", 'say "hi"', "\u2003x", "x" * 10_001, "n\0ul", "#x"],
    "plan_id": [" P1"],
}
RAW = ["", "\n", "\r", ",", ",,,,", '"', '""', ' "x"', '"a"b,', "x,y,z", '"open', "\0", "\ufffd"]
ODD_ROWS = ["", "[]", "1", '"x"', "null", '{"a":' + "[" * 300 + "]" * 300 + "}", "  "]
ODD_VALUES = [True, None, [], {}, [1], 1.5, 7, float("nan"), "", "\ud800", "\u0000", 1e400, -5.0]


def corrupted_csv(random: Random, rows: list[dict[str, str]]) -> bytes:
    end = random.choice(["\n", "\r\n"])
    columns = [name for name in COLUMNS if name in REQUIRED or random.random() < 0.9]
    random.shuffle(columns)
    buffer = io.StringIO()
    style = random.choice([csv.QUOTE_MINIMAL, csv.QUOTE_MINIMAL, csv.QUOTE_ALL])
    writer = csv.DictWriter(
        buffer, columns, extrasaction="ignore", lineterminator=end, quoting=style
    )
    writer.writeheader()
    writer.writerows(rows)
    text = corrupted(random, buffer.getvalue(), RAW, end)
    data = text.encode("utf-8", "surrogatepass")
    if random.random() < 0.15:
        data = b"\xef\xbb\xbf" + data
    if random.random() < 0.05:
        place = random.randrange(len(data))
        data = data[:place] + b"\xff" + data[place:]
    return data


def corrupted_jsonl(random: Random, rows: list[dict[str, str]]) -> bytes:
    texts = []
    for row in rows:
        record: dict[str, object] = dict(row)
        for name in record:
            if name in ("units", "charge", "line_number") and random.random() < 0.6:
                with suppress(ValueError):
                    record[name] = json.loads(row[name])
            elif name in ("modifiers", "diagnoses") and random.random() < 0.5:
                record[name] = row[name].split()
            elif random.random() < 0.003:
                record[name] = random.choice(ODD_VALUES)
        if random.random() < 0.01:
            record[random.choice(["Units", "zzz", "claim"])] = 1
        text = json.dumps(record, ensure_ascii=random.random() < 0.5)
        if random.random() < 0.004:
            text = text[:-1] + ', "units": 1}'
        texts.append(text)
    text = corrupted(random, "\n".join(texts) + "\n", ODD_ROWS, "\n")
    return text.encode("utf-8", "surrogatepass")


def corrupted(random: Random, text: str, pieces: list[str], end: str) -> str:
    for _ in range(random.choice([0, 0, 1, 2, 5])):
        place = random.randrange(len(text))
        match random.randrange(3):
            case 0:
                text = text[:place] + random.choice(pieces) + text[place:]
            case 1:
                text = text[:place] + text[place + random.randrange(1, 4) :]
            case _:
                place = text.find("\n", place) + 1
                text = text[:place] + random.choice(pieces) + end + text[place:]
    return text


def corrupted_files(seed: int, folder: Path) -> list[Path]:
    """Return a few files with random faults in values, rows and bytes."""
    random = Random(seed)
    cases = [random_case(seed * 1000 + number) for number in range(random.randrange(1, 30))]
    rows = [row_of(line) for case in cases for line in case.lines]
    for _ in range(random.choice([0, 1, 3, 10, 30])):
        name = random.choice(list(BAD))
        random.choice(rows)[name] = random.choice(BAD[name])
    if random.random() < 0.3:
        random.shuffle(rows)
    count = random.choice([1, 1, 1, 2, 3])
    paths = []
    for number in range(count):
        part = rows[len(rows) * number // count : len(rows) * (number + 1) // count]
        kind = random.choice(["csv", "jsonl"])
        write = corrupted_csv if kind == "csv" else corrupted_jsonl
        path = folder / f"{seed}-{number}.{kind}"
        path.write_bytes(write(random, part))
        paths.append(path)
    return paths


@pytest.mark.parametrize("seed", range(30))
def test_corrupted_files_are_told_alike(seed: int, tmp_path: Path) -> None:
    assert_alike(corrupted_files(seed, tmp_path))


HEADER = "claim_id,line_number,claim_form,service_date,procedure_code,units,description\n"
GOOD = "A,1,cms1500,2018-06-01,J7050,1,\n"
TABLES = {
    "empty": "",
    "header alone": HEADER,
    "header twice": HEADER + HEADER,
    "another delimiter": (HEADER + GOOD).replace(",", ";"),
    "column missing": HEADER.replace("service_date,", "") + GOOD,
    "column twice": HEADER.replace("units", "claim_id") + GOOD,
    "unknown column": HEADER.replace("units", "unitz") + GOOD,
    "upper case header": HEADER.upper() + GOOD,
    "blank rows first": "\n\n" + HEADER + GOOD,
    "blank rows between": HEADER + "\n" + GOOD + "\n,,,,,,\nB,1,cms1500,2018-06-01,J7050,x,\n",
    "rows of blanks": HEADER + "  \n" + GOOD + "\t\nB,1,cms1500,2018-06-01,J7050,x,\n \u00a0",
    "line break in a value": HEADER
    + 'A,1,cms1500,2018-06-01,J7050,1,"a\nb"\nB,1,cms1500,2018-06-01,J7050,x,\n',
    "too few values": HEADER + GOOD + "A,2,cms1500\nB,1,cms1500,2018-06-01,J7050,1,\n",
    "too many values": HEADER
    + GOOD
    + "B,1,cms1500,2018-06-01,J7050,1,,,\n"
    + "C,1,,,,,,,,,,,,,,,\n",
    "one value too many, empty": HEADER + GOOD.replace("\n", ",\n"),
    "broken row with quotes": HEADER + '"A",1,cms1500,2018-06-01\n"B",1,cms1500,2018-06-01,,,\n',
    "quotation marks in a value": HEADER
    + GOOD.replace("1,\n", '1,"5"" needle"\n')
    + 'B,1,cms1500,2018-06-01,J7050,x,"""a"", ""b"""\n',
    "quotation marks in a value, returns": (
        HEADER + GOOD.replace("1,\n", '1,"5"" needle"\n') + "B,1,cms1500,x,J7050,1,\n"
    ).replace("\n", "\r\n"),
    "quotation marks and a line break in a value": HEADER
    + GOOD.replace("1,\n", '1,"5"" needle\nx"\n')
    + "B,1,cms1500,2018-06-01,J7050,x,\n",
    "rows that look whole in a value": HEADER
    + GOOD.replace("1,\n", '1,"a\n"" b,""c""\n"\n')
    + "B,1,cms1500,2018-06-01,J7050,x,\n",
    "quotation marks in a value without": HEADER
    + GOOD.replace("1,\n", '1,5"" needle\n')
    + "B,1,cms1500,2018-06-01,J7050,x,\n",
    "quotation marks within and without": HEADER
    + GOOD.replace("1,\n", '1,"5"" needle"\n')
    + 'B,1,cms1500,2018-06-01,J7050,1,5" needle\n',
    "quotation marks in a broken row": HEADER
    + GOOD.replace("1,\n", '1,"5"" needle"\n')
    + 'B,1,cms1500,"2018""06",J7050\n',
    "quotation marks and blank rows": HEADER
    + "\n"
    + GOOD.replace("1,\n", '1,"5"" needle"\n')
    + "B,1,cms1500,2018-06-01,J7050,x,\n",
    "blanks around quotation marks": HEADER + GOOD.replace("1,\n", '1, "needle" \n'),
    "blanks between quotation marks": HEADER + GOOD.replace("1,\n", '1," needle "\n'),
    "open quotation mark": HEADER + GOOD + 'B,1,cms1500,2018-06-01,J7050,1,"open\n' + GOOD,
    "line twice": HEADER + GOOD + GOOD,
    "line twice, apart": HEADER + GOOD + "B,1,cms1500,2018-06-01,J7050,1,\n" + GOOD,
    "no last line end": HEADER + GOOD + "B,1,cms1500,2018-06-01,J7050,x,",
    "returns alone": (HEADER + GOOD).replace("\n", "\r"),
    "mixed line ends": HEADER.replace("\n", "\r\n") + GOOD + "B,1,cms1500,x,J7050,1,\r\n",
    "lower case codes": HEADER
    + GOOD.replace("J7050", "j7050")
    + "B,1,cms1500,2018-06-01,j7050,1,\n",
    "a code noted in a rejected claim": HEADER
    + "A,1,cms1500,2018-06-01,j7050,x,\nB,1,cms1500,2018-06-01,j7050,1,\n",
    "last date before first": "claim_id,line_number,claim_form,service_date,service_date_to\n"
    + "A,1,ub04,2018-06-02,2018-06-01\n",
}


@pytest.mark.parametrize("name", TABLES)
def test_a_bad_table_is_told_alike(name: str, tmp_path: Path) -> None:
    path = tmp_path / "claims.csv"
    path.write_text(TABLES[name], encoding="utf-8", newline="")
    assert_alike([path])


def test_a_line_in_two_files_makes_claims_of_each(tmp_path: Path) -> None:
    paths = [tmp_path / "one.csv", tmp_path / "two.csv", tmp_path / "three.jsonl"]
    for path in paths[:2]:
        path.write_text(HEADER + GOOD)
    record = {"claim_id": "A", "line_number": 1, "claim_form": "cms1500"}
    paths[2].write_text(json.dumps({**record, "service_date": "2018-06-01"}) + "\n")
    assert_alike(paths)
    found = in_bulk(paths, [])
    assert not found.told
    assert sorted(claim for claim, number in found.lines if number == 1)[:3] == [
        "A@-/2018-06-01",
        "A@-/2018-06-01#2",
        "A@-/2018-06-01#3",
    ]


def test_files_that_cannot_be_read_are_told_and_the_others_read(tmp_path: Path) -> None:
    good = tmp_path / "good.csv"
    good.write_text(HEADER + GOOD)
    binary = tmp_path / "binary.csv"
    binary.write_bytes(b"\0\1\2" * 100)
    parquet = tmp_path / "cut.parquet"
    parquet.write_bytes(b"PAR1 and no more")
    folder = tmp_path / "folder.csv"
    folder.mkdir()
    paths = [tmp_path / "absent.csv", tmp_path / "absent.parquet", binary, parquet, folder, good]
    assert_alike(paths)


def test_numbers_that_cannot_be_kept_exactly_are_told(tmp_path: Path) -> None:
    """The one exception: pyDatalog keeps any digits, DuckDB nine behind the point."""
    path = tmp_path / "claims.csv"
    path.write_text(HEADER + GOOD + "B,1,cms1500,2018-06-01,J7050,0.12345678901,\n")
    read = in_bulk([path], [])
    assert list(read.lines) == [("A", 1)]
    assert list(read.told) == [
        "error: `units` has more digits than can be kept exactly: `0.12345678901`\n"
        f"  --> {path}, row 3, column `units`\n"
        "  = help: DuckDB keeps nine digits behind the point; adjudicate with --engine pydatalog"
    ]


@pytest.mark.parametrize("seed", range(6))
def test_bad_evidence_is_told_alike(seed: int, tmp_path: Path) -> None:
    random = Random(seed)
    cases = [random_case(seed * 100 + number) for number in range(12)]
    claims = write_rows(
        tmp_path, "claims", "csv", [row_of(line) for case in cases for line in case.lines], COLUMNS
    )
    rows = [evidence_row(item) for case in cases for item in case.evidence]
    faults = {
        "claim_id": ["", "RC", f"RC{seed * 100}x", " RC1", "\ufffd"],
        "line_number": ["0", "x", "99", " 1 ", ""],
        "evidence": ["", "item_kindd", "ITEM_KIND", "nothing like it"],
        "value": ["", "perhaps", "YES", "-1", "1.5", "1e3", " yes "],
    }
    for _ in range(25):
        name = random.choice(list(faults))
        random.choice(rows)[name] = random.choice(faults[name])
    rows += [dict(random.choice(rows)) for _ in range(5)]
    rows += [{**random.choice(rows), "value": random.choice(["no", "3"])} for _ in range(5)]
    kind = ("csv", "jsonl", "parquet")[seed % 3]
    evidence = write_rows(tmp_path, "evidence", kind, rows, EVIDENCE_COLUMNS)
    assert_alike([claims], [evidence])


PARQUET = {
    "texts": "'A' AS claim_id, '1' AS line_number, 'UB04' AS claim_form, '2018-06-01' AS "
    "service_date, '636' AS revenue_code, 'j7050' AS procedure_code",
    "numbers": "7 AS claim_id, 1.0::DOUBLE AS line_number, 'ub04' AS claim_form, "
    "DATE '2018-06-01' AS service_date, 636 AS revenue_code, 99213.0 AS procedure_code",
    "instants": "'A' AS claim_id, 1 AS line_number, 'ub04' AS claim_form, TIMESTAMP "
    "'2018-06-01 00:00:00' AS service_date, TIMESTAMP '2018-06-01 10:00:00' AS service_date_to",
    "lists": "'A' AS claim_id, 1 AS line_number, 'ub04' AS claim_form, DATE '2018-06-01' AS "
    "service_date, ['59', 'sh'] AS modifiers, ['T80.30:N', NULL] AS diagnoses",
    "truths": "'A' AS claim_id, 1 AS line_number, 'ub04' AS claim_form, DATE '2018-06-01' AS "
    "service_date, true AS units",
    "not numbers": "'A' AS claim_id, 1 AS line_number, 'ub04' AS claim_form, DATE '2018-06-01' "
    "AS service_date, 'nan'::DOUBLE AS units, -1.5::DECIMAL(9, 2) AS charge",
    "nothing": "NULL::TEXT AS claim_id, NULL::INTEGER AS line_number, NULL::TEXT AS claim_form, "
    "NULL::DATE AS service_date",
    "column missing": "'A' AS claim_id, 1 AS line_number, 'ub04' AS claim_form",
    "upper case columns": "'A' AS CLAIM_ID, 0 AS Line_Number, 'ub04' AS claim_form, DATE "
    "'2018-06-01' AS service_date, 1 AS unitz",
}


@pytest.mark.parametrize("name", PARQUET)
def test_a_bad_parquet_file_is_told_alike(name: str, tmp_path: Path) -> None:
    path = tmp_path / "claims.parquet"
    with duckdb.connect() as connection:
        connection.execute(f"COPY (SELECT {PARQUET[name]}) TO '{path}' (FORMAT parquet)")
    assert_alike([path])
