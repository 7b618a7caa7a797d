"""Run ``handwritten.sql`` on generated claims: ``python tests/bench/by_hand.py DATA OUTPUT``."""

from __future__ import annotations

import sys
from pathlib import Path

import duckdb

data, output = sys.argv[1:3]
script = Path(__file__).with_name("handwritten.sql").read_text(encoding="utf-8")
for name, path in (
    ("$claims", f"{data}/claims.parquet"),
    ("$evidence", f"{data}/evidence.parquet"),
    ("$output", output),
):
    script = script.replace(name, "'" + path.replace("'", "''") + "'")
with duckdb.connect() as connection:
    connection.execute(script)
