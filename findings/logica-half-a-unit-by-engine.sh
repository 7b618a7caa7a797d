#!/usr/bin/env bash
# Logica 1.3.1415926535897: one program, two engines, two amounts; its fork Synalog 2.3.0 has one.
#
# Date: 2026-11-30, Python 3.11.
# Expected: a logic language that compiles to SQL defines `/` once; @Engine changes where a program
#   runs, not what it says.
# Found: `/` goes through as it is. Half of 7 units is 3.5 on DuckDB and 3 on SQLite; half of 100.75 in
#   cents is 5037.5 and 5037. Its fork Synalog writes a cast for SQLite and gives 3.5 and 5037.5 on both.
# Why it matters: tests on SQLite, production on DuckDB is the usual arrangement. A multiple-procedure
#   reduction or a cap in half units then differs by a cent or a unit, only for odd numbers.
set -euo pipefail
room=$(mktemp -d)
trap 'rm -rf "$room"' EXIT
cd "$room"
python3 -m venv venv
venv/bin/pip install -qq --disable-pip-version-check \
    logica==1.3.1415926535897 synalog==2.3.0 duckdb==2.0.1

cat > rules <<'TEXT'
Line(line: 1, units: 7, cents: 10075);
Line(line: 2, units: 8, cents: 10050);
Half(line:, units: units / 2, cents: cents / 2) :- Line(line:, units:, cents:);
TEXT
cat > fork.py <<'PY'
import sqlite3
import sys
from pathlib import Path

import duckdb
import synalog

engine = sys.argv[1]
sql = synalog.compile(Path(f"{engine}.l").read_text(), "Half")
if engine == "duckdb":
    rows = duckdb.sql(sql).fetchall()
else:
    rows = sqlite3.connect(":memory:").execute(sql).fetchall()
print("synalog", engine, sorted(tuple(map(float, row)) for row in rows))
PY
for package in logica synalog duckdb; do
    venv/bin/python -c "from importlib.metadata import version; print('$package', version('$package'))"
done > observed
for engine in duckdb sqlite; do
    { echo "@Engine(\"$engine\");"; cat rules; } > "$engine.l"
    venv/bin/python -m logica "$engine.l" run Half 2> log | grep '[0-9]' | tr -d ' ' | sed "s/^/logica $engine /" >> observed
    venv/bin/python fork.py "$engine" >> observed
done
cat observed
diff observed - <<'EXPECTED'
logica 1.3.1415926535897
synalog 2.3.0
duckdb 2.0.1
logica duckdb |1|3.5|5037.5|
logica duckdb |2|4.0|5025.0|
synalog duckdb [(1.0, 3.5, 5037.5), (2.0, 4.0, 5025.0)]
logica sqlite |1|3|5037|
logica sqlite |2|4|5025|
synalog sqlite [(1.0, 3.5, 5037.5), (2.0, 4.0, 5025.0)]
EXPECTED
echo "as found"
