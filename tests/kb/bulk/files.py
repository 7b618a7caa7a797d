"""Write claims, evidence and overrides as the files that a person would hand in."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb

from facts.claim import ClaimLine, Diagnosis, Evidence
from facts.readers.column_values import PARSERS
from facts.readers.evidence import COLUMNS as EVIDENCE_COLUMNS
from facts.values import format_number

KINDS = ("csv", "jsonl", "parquet")
_TYPES = {
    "line_number": "INTEGER",
    "service_date": "DATE",
    "service_date_to": "DATE",
    "processed_date": "DATE",
    "units": "DECIMAL(18, 3)",
    "charge": "DECIMAL(18, 2)",
    "ndc_quantity": "DECIMAL(18, 3)",
}

Row = Mapping[str, str]


def row_of(line: ClaimLine | Mapping[str, Any]) -> dict[str, str]:
    """Return a claim line as the texts of a table."""
    record = line._asdict() if isinstance(line, ClaimLine) else line
    return {
        name: text
        for name, value in record.items()
        if name in PARSERS and (text := _text(value)) != ""
    }


def evidence_row(item: Evidence | Mapping[str, Any]) -> dict[str, str]:
    """Return a piece of evidence as the texts of a table."""
    if isinstance(item, Evidence):
        item = dict(zip(EVIDENCE_COLUMNS, item[:-1], strict=True))
    return {name: text for name, value in item.items() if (text := _text(value)) != ""}


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, Decimal):
        return format_number(value)
    if isinstance(value, (tuple, list)):
        return " ".join(map(_text_of_item, value))
    return str(value)


def _text_of_item(item: Any) -> str:
    if isinstance(item, Diagnosis):
        return f"{item.code}:{item.indicator}" if item.indicator else item.code
    return str(item)


def write_rows(
    folder: Path, name: str, kind: str, rows: Iterable[Row], columns: Sequence[str]
) -> Path:
    """Write rows as a CSV, JSONL or Parquet file."""
    rows = list(rows)
    path = folder / f"{name}.{kind}"
    if kind == "jsonl":
        path.write_text("".join(json.dumps(dict(row)) + "\n" for row in rows), encoding="utf-8")
        return path
    table = path.with_suffix(".csv")
    with table.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, columns)
        writer.writeheader()
        writer.writerows(rows)
    if kind == "parquet":
        picks = ", ".join(
            f"{name}::{_TYPES.get(name, 'TEXT')} AS {name}"
            if columns is not EVIDENCE_COLUMNS
            else name
            for name in columns
        )
        with duckdb.connect() as connection:
            connection.execute(
                f"COPY (SELECT {picks} FROM read_csv('{table}', all_varchar=true, header=true)) "
                f"TO '{path}' (FORMAT parquet)"
            )
    return path
