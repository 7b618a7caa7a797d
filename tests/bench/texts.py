"""Print the table of texts: ``python -m tests.bench.texts [--folder F] [--lines N] [--repeat N]``.

The same claims as Parquet, CSV and JSONL, as several programs would write them, and the same
determinations written as Parquet, JSONL and CSV; whole processes, one after the other.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb

from tests.bench import bulk
from tests.bench.__main__ import machine

_LISTS = ("modifiers", "diagnoses")


def value(item: Any) -> Any:
    """Return a value as JSON has it."""
    if isinstance(item, Decimal):
        return int(item) if item == item.to_integral_value() else float(item)
    return item.isoformat() if isinstance(item, date) else item


def without_nulls(record: Mapping[str, Any]) -> str:
    return json.dumps({name: value(item) for name, item in record.items() if item is not None})


def with_nulls(record: Mapping[str, Any]) -> str:
    """Return an object without blanks between, codes as lists."""
    made = {
        name: (item or "").split() if name in _LISTS else value(item)
        for name, item in record.items()
    }
    return json.dumps(made, separators=(",", ":"))


def as_texts(record: Mapping[str, Any]) -> str:
    return json.dumps({name: "" if item is None else str(item) for name, item in record.items()})


def with_more(record: Mapping[str, Any]) -> str:
    """Return an object with names that no policy reads, of several types."""
    more = {"batch": "B1", "paid": True, "allowed": 12.25, "tags": ["a"], "patient": {"age": 3}}
    return json.dumps({**json.loads(without_nulls(record)), **more})


OBJECTS: dict[str, Callable[[Mapping[str, Any]], str]] = {
    "JSONL, nulls left out": without_nulls,
    "JSONL, nulls and lists": with_nulls,
    "JSONL, all as text": as_texts,
    "JSONL, unknown names too": with_more,
}
TABLES = {"CSV": "HEADER", "CSV, all in quotes": "HEADER, FORCE_QUOTE *"}


def made(data: Path) -> Iterator[tuple[str, Path]]:
    """Yield the name of each kind of text, and its file, made where it is not there yet."""
    claims = data / "claims.parquet"
    yield "Parquet", claims
    with duckdb.connect() as connection:
        for name, options in TABLES.items():
            path = data / f"{name.lower().replace(', ', '-').replace(' ', '-')}.csv"
            if not path.exists():
                connection.execute(f"COPY (FROM '{claims}') TO '{path}' ({options})")
            yield name, path
        for name, write in OBJECTS.items():
            path = data / f"{name.lower().replace(', ', '-').replace(' ', '-')}.jsonl"
            if not path.exists():
                write_objects(connection.execute(f"FROM '{claims}'"), path, write)
            yield name, path


def write_objects(
    found: duckdb.DuckDBPyConnection, path: Path, write: Callable[[Mapping[str, Any]], str]
) -> None:
    names = [item[0] for item in found.description]
    with path.open("w", encoding="utf-8") as file:
        while chunk := found.fetchmany(50_000):
            rows = (dict(zip(names, row, strict=True)) for row in chunk)
            file.writelines(f"{write(row)}\n" for row in rows)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folder", type=Path, default=Path(tempfile.gettempdir()) / "clausewise")
    parser.add_argument("--lines", type=int, default=1_000_000)
    parser.add_argument("--repeat", type=int, default=3)
    options = parser.parse_args()
    data = bulk.data_of(options.folder, options.lines)
    inputs = dict(made(data))
    runs: dict[str, list[bulk.Run]] = {}
    for _ in range(options.repeat):
        for name, path in inputs.items():
            output = options.folder / "texts.parquet"
            runs.setdefault(name, []).append(bulk.adjudicate(data, output, claims=path))
        for kind in ("jsonl", "csv"):
            output = options.folder / f"texts.{kind}"
            runs.setdefault(f"Parquet to {kind.upper()}", []).append(bulk.adjudicate(data, output))
    print(f"{date.today().isoformat()}, {machine()}, {options.lines:,} lines")
    print()
    print("| claims | clock | processor | peak memory | processor, times that of CSV |")
    print("|---|---|---|---|---|")
    for name, each in runs.items():
        print(
            f"| {name} | {bulk.median(each, 'clock'):.2f} s | "
            f"{bulk.median(each, 'processor'):.2f} s | {max(run.memory for run in each):,.0f} MiB "
            f"| {bulk.ratio(each, runs['CSV'], 'processor'):.2f} |"
        )


if __name__ == "__main__":
    main()
