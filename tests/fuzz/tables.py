"""Damaged tables of claims and evidence, through both ways of reading and adjudicating them."""

from __future__ import annotations

import csv
import io
import json
import random
from pathlib import Path
from typing import Any

import duckdb

from facts.diagnostic import ClausewiseError
from kb.bulk.adjudicate import adjudicate_files
from kb.knowledge_base import KnowledgeBase

_GOOD: dict[str, tuple[str, ...]] = {
    "claim_id": ("C1", "C1", "C2", "C2", "C3", "0001", "A-7", "é"),
    "line_number": ("1", "2", "3"),
    "claim_form": ("cms1500", "ub04", "CMS-1500", "UB-04"),
    "service_date": ("2018-06-01", "2018-06-02", "2014-07-21", "2018-10-03"),
    "service_date_to": ("", "2018-06-02", "2018-06-09"),
    "type_of_bill": ("", "131", "0131", "111", "320"),
    "revenue_code": ("", "0636", "260", "0250"),
    "place_of_service": ("", "11", "12", "22", "2"),
    "procedure_code": ("", "96365", "J1200", "J7050", "99213", "A4222", "S9500", "j1642"),
    "modifiers": ("", "59", "JW", "59 SH"),
    "units": ("", "1", "2.5", "0", "1.0"),
    "charge": ("", "100", "12.30"),
    "ndc": ("", "00026063512"),
    "description": ("", "saline flush", "compounded drug, 5 ml", 'said "so"'),
    "rendering_provider": ("", "1234567893", "P2"),
    "diagnoses": ("", "E119", "E11.9:Y T8030"),
}
_ODD = (
    *("", " ", "  1", "1 ", "NULL", "null", "nan", "NaN", "N/A", "-", "none", "0", "-1", "1e3"),
    *("1.0", "01", "1,5", "9" * 30, "0.30000000000000004", "1.2345678901234", "22.0", "True"),
    *("2018-06-01T00:00:00", "2018-06-01 00:00:00", "06/01/2018", "2018-02-30", "20180601"),
    *(
        "\u00a0",
        "\u200b",
        "ß",
        "\ufffd",
        "\t",
        "a\nb",
        'a"b',
        "'",
        "=1+1",
        ";",
        "|",
        "\x00",
        "\x1a",
    ),
    *("x" * 300, "J12-00", "131 ", "HCFA-1500", "professional", "59,59", "59 59 59 59 59"),
)
_ODD_COLUMNS = ("claim id", "Procedure_Code", "units ", "note", "", "file", "row", "charge")
_SCRAPS = (
    b"",
    b",",
    b'"',
    b"\n",
    b"\r",
    b"\r\n",
    b"\xff",
    b"\x00",
    b"{",
    b"}",
    b"\\u0000",
    b"\xc3",
)
_NESTED = (
    *("[{}]", "[{0}, '0']", "[{0}, NULL]", "[1, 2]", "[[{}]]", "{{'a': {}}}", "[]::TEXT[]"),
    *("MAP {{'a': {}}}", "[{}]::TEXT[1]", "{}::BLOB", "({0}) IS NULL", "TIME '10:00:00'"),
    *("'2018-06-01 00:00:00+02'::TIMESTAMPTZ", "INTERVAL 1 DAY", "uuid()", "[true]", "[1.5]"),
    *("1e300", "'nan'::DOUBLE", "1.2345678901::DECIMAL(18,10)", "0.1::FLOAT", "10::HUGEINT"),
    *("'NaN'::FLOAT", "1e-12", "12345678901234567890.5::DECIMAL(38,4)", "'1'::BIT"),
)
"""SQL of columns that few files have, of the value of a cell."""

_TYPES = ("VARCHAR", "INTEGER", "BIGINT", "DOUBLE", "FLOAT", "DECIMAL(18,4)", "DATE", "TIMESTAMP")


def rows_of(draw: random.Random) -> list[dict[str, str]]:
    """Return rows of claim lines, a few values of which are odd."""
    rows = []
    for number in range(draw.randint(1, 12)):
        row = {name: draw.choice(values) for name, values in _GOOD.items()}
        if draw.random() < 0.8:
            row["line_number"] = str(number + 1)
        for _ in range(draw.choice((0, 0, 1, 1, 2))):
            row[draw.choice(list(row))] = draw.choice(_ODD)
        rows.append(row)
    columns = [name for name in _GOOD if draw.random() < 0.95]
    draw.shuffle(columns)
    names = dict.fromkeys(columns)
    renamed = {name: draw.choice(_ODD_COLUMNS) if draw.random() < 0.02 else name for name in names}
    return [{renamed[name]: row[name] for name in names} for row in rows]


def written(draw: random.Random, folder: Path) -> Path:
    """Write a table as a file of some kind, its bytes perhaps damaged."""
    rows = rows_of(draw)
    kind = draw.choice(("csv", "csv", "jsonl", "jsonl", "parquet"))
    if kind == "parquet":
        return _parquet(draw, rows, folder / "claims.parquet")
    content = (_csv if kind == "csv" else _jsonl)(draw, rows)
    for _ in range(draw.choice((0, 0, 0, 1, 1, 2))):
        at = draw.randint(0, len(content))
        content = content[:at] + draw.choice(_SCRAPS) + content[at + draw.choice((0, 0, 1, 5)) :]
    path = folder / f"claims.{kind}"
    path.write_bytes(content)
    return path


def _csv(draw: random.Random, rows: list[dict[str, str]]) -> bytes:
    text = io.StringIO()
    quoting = draw.choice((csv.QUOTE_MINIMAL, csv.QUOTE_ALL))
    end = draw.choice(("\n", "\r\n"))
    writer = csv.writer(text, delimiter=draw.choice(",,,;\t"), quoting=quoting, lineterminator=end)
    writer.writerow(rows[0])
    writer.writerows(row.values() for row in rows)
    return text.getvalue().encode("utf-8", "replace")


def _jsonl(draw: random.Random, rows: list[dict[str, str]]) -> bytes:
    lines = []
    for row in rows:
        record: dict[str, Any] = {}
        for name, value in row.items():
            if not value and draw.random() < 0.5:
                continue
            record[name] = _json_value(draw, value)
        lines.append(json.dumps(record, ensure_ascii=draw.random() < 0.5))
    return ("\n".join(lines) + "\n").encode("utf-8", "replace")


def _json_value(draw: random.Random, value: str) -> Any:
    """Return a text as it is, or as the number, list or null that it may stand for."""
    chance = draw.random()
    if chance < 0.3 and value.isdigit() and len(value) < 20:
        return int(value)
    if chance < 0.3 and value.replace(".", "", 1).isdigit():
        return float(value)
    if chance < 0.05:
        return draw.choice((None, True, [value], {"value": value}, 1.5, value.split()))
    return value


def _parquet(draw: random.Random, rows: list[dict[str, str]], path: Path) -> Path:
    """Write rows as Parquet: columns of any type, the bytes of the file perhaps damaged."""
    names = [name for name in dict.fromkeys(map(str, rows[0])) if name.strip()]
    with duckdb.connect() as connection:
        picks = []
        for place, name in enumerate(names, 1):
            value = f"nullif(v[{place}], '')"
            if draw.random() < 0.3:
                value = f"TRY_CAST({value} AS {draw.choice(_TYPES)})"
            if draw.random() < 0.05:
                value = draw.choice(_NESTED).format(value)
            picks.append(f"{value} AS {_quoted(name)}")
        values = [[row.get(name, "").replace("\x00", "") for name in names] for row in rows]
        form = draw.choice(("uncompressed", "snappy", "zstd"))
        connection.execute(
            f"COPY (SELECT {', '.join(picks)} FROM (SELECT unnest($1::TEXT[][]) AS v)) "
            f"TO '{path}' (FORMAT parquet, CODEC '{form}')",
            [values],
        )
    if draw.random() < 0.3:
        content = bytearray(path.read_bytes())
        for _ in range(draw.randint(1, 4)):
            content[draw.randrange(4, len(content))] = draw.randrange(256)
        path.write_bytes(content[: len(content) - draw.choice((0, 0, 0, 0, 3, 40))])
    return path


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def evidence_of(draw: random.Random, folder: Path) -> list[Path]:
    """Write a file of evidence, or none."""
    if draw.random() < 0.6:
        return []
    rows = ["claim_id,line_number,evidence,value,document"]
    for _ in range(draw.randint(1, 5)):
        name = draw.choice(("medically_necessary", "administered_dose", "item_kind", "dosage", "x"))
        value = draw.choice(("yes", "no", "50", "flush", "maybe", "", *_ODD[:8]))
        claim = draw.choice(_GOOD["claim_id"])
        rows.append(f"{claim},{draw.choice(('', '1', '2', 'x'))},{name},{value},d")
    path = folder / "evidence.csv"
    path.write_text("\n".join(rows) + "\n", encoding="utf-8")
    return [path]


def outcome(kb: KnowledgeBase, claims: Path, evidence: list[Path], engine: str) -> Any:
    """Return everything that an engine says of a file, so that two can be compared."""
    output = claims.parent / "determined.jsonl"
    output.unlink(missing_ok=True)
    try:
        result = adjudicate_files(kb, [claims], output, evidence=evidence, engine=engine)
    except ClausewiseError as fault:
        return sorted((each.severity, each.message, each.help) for each in fault.diagnostics)
    tally = result.tally
    assert tally.lines_read == tally.lines_determined + tally.lines_rejected, tally
    one_by_one = "the claims were adjudicated one by one"
    return {
        "rows": sorted(output.read_text(encoding="utf-8").splitlines()) if output.exists() else [],
        "lines": (tally.lines_read, tally.lines_determined, tally.lines_rejected),
        "claims rejected": tally.claims_rejected,
        "evidence": (result.evidence_read, result.evidence_rejected),
        "said": sorted(
            (each.severity, each.message, str(each.place), each.help)
            for each in result.diagnostics
            if not each.message.startswith(one_by_one)
        ),
        "rejected": sorted(str(each.claim_id) for each in result.rejected),
    }


def run_parquet(draw: random.Random, folder: Path, kb: KnowledgeBase) -> str:
    """Return how the two ways differ on one odd file of Parquet, or an empty text."""
    claims = _parquet(draw, rows_of(draw), folder / "claims.parquet")
    return _difference(kb, claims, evidence_of(draw, folder))


def run(draw: random.Random, folder: Path, kb: KnowledgeBase) -> str:
    """Return how the two ways differ on one damaged table, or an empty text."""
    return _difference(kb, written(draw, folder), evidence_of(draw, folder))


def _difference(kb: KnowledgeBase, claims: Path, evidence: list[Path]) -> str:
    found, expected = (outcome(kb, claims, evidence, way) for way in ("duckdb", "pydatalog"))
    if found == expected:
        return ""
    if isinstance(found, dict) and isinstance(expected, dict):
        return "\n".join(
            f"{name}:\n  duckdb    {_only(found[name], expected[name])}"
            f"\n  pydatalog {_only(expected[name], found[name])}"
            for name in found
            if found[name] != expected[name]
        )
    return f"duckdb    {found}\npydatalog {expected}"


def _only(found: Any, other: Any) -> Any:
    """Return what one list has and the other has not; what is no list as it is."""
    if isinstance(found, list) and isinstance(other, list):
        return [each for each in found if each not in other]
    return found
