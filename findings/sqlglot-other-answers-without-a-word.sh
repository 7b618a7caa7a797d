#!/usr/bin/env bash
# sqlglot 30.30.0 from DuckDB to SQLite, with "raise on what is not supported": the statement runs,
# and dates, cents and prefixes of codes come out otherwise.
#
# Date: 2026-11-30, Python 3.11, SQLite of Python.
# Expected: with unsupported_level=RAISE a transpiled expression gives the same value or is refused.
# Found: of twelve expressions that policies are made of, eleven are let through with another answer:
#   days between dates are years (28 becomes 0), a date plus 30 is 2056, an age by years is the days by
#   365, months are the days by 30, decimal(9, 2) keeps three places, 'J1745'[1:1] is the whole code
#   under the alias "1:1", LIKE forgets capitals, try_cast('12x') is 12, a half is cut where
#   DuckDB rounds it, round(1250, -2) does nothing, and 0.285 x 100 is a little less than 28.5. Only
#   `greatest` is translated with its nulls.
# Why it matters: timely filing (date + 180), age limits, code ranges and cents are exactly these. SQL
#   for another engine has to be run there against known answers; that it parses there says nothing.
set -euo pipefail
room=$(mktemp -d)
trap 'rm -rf "$room"' EXIT
cd "$room"
python3 -m venv venv
venv/bin/pip install -qq --disable-pip-version-check sqlglot==30.30.0 duckdb==2.0.1

cat > probe.py <<'PY'
import sqlite3
from importlib.metadata import version

import duckdb
import sqlglot

print("sqlglot", version("sqlglot"), "duckdb", version("duckdb"))
EXPRESSIONS = [
    "date '2026-03-01' - date '2026-02-01'",
    "'2026-01-31'::date + 30",
    "date_diff('year', date '1956-12-31', date '2026-01-01')",
    "date_diff('month', date '2026-01-31', date '2026-02-01')",
    "cast(50.129 as decimal(9, 2))",
    "'J1745'[1:1]",
    "'J1745' like 'j%'",
    "try_cast('12x' as integer)",
    "cast(2.5 as integer)",
    "round(1250, -2)",
    "0.285 * 100",
    "greatest(5, null)",
]
lite = sqlite3.connect(":memory:")
for text in EXPRESSIONS:
    first = duckdb.sql(f"select {text}").fetchall()[0][0]
    sql = sqlglot.transpile(
        f"select {text}", read="duckdb", write="sqlite", unsupported_level=sqlglot.ErrorLevel.RAISE
    )[0]
    second = lite.execute(sql).fetchone()[0]
    print("same " if first == second else "other", text, "|", first, "|", second)
PY
venv/bin/python probe.py | tee observed
diff observed - <<'EXPECTED'
sqlglot 30.30.0 duckdb 2.0.1
other date '2026-03-01' - date '2026-02-01' | 28 | 0
other '2026-01-31'::date + 30 | 2026-03-02 | 2056
other date_diff('year', date '1956-12-31', date '2026-01-01') | 70 | 69
other date_diff('month', date '2026-01-31', date '2026-02-01') | 1 | 0
other cast(50.129 as decimal(9, 2)) | 50.13 | 50.129
other 'J1745'[1:1] | J | J1745
other 'J1745' like 'j%' | False | 1
other try_cast('12x' as integer) | None | 12
other cast(2.5 as integer) | 3 | 2
other round(1250, -2) | 1300 | 1250.0
other 0.285 * 100 | 28.500 | 28.499999999999996
same  greatest(5, null) | 5 | 5
EXPECTED
echo "as found"
