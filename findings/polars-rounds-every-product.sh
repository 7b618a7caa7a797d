#!/usr/bin/env bash
# polars 2.1.0 rounds after every product of decimals: rate x share x units is a cent more or less by
# where the brackets stand, and a sum over lines is another sum than DuckDB's.
#
# Date: 2026-11-30, Python 3.11.
# Expected: the product of two decimals with two places has four, as in DuckDB, Arrow and SQL; it is
#   rounded once, by the one who asks for it.
# Found: the product keeps the larger scale of its factors and is rounded to it. 33.15 x 0.85 is 28.18,
#   times 3 units 84.54; with the brackets at 0.85 x 3 it is 84.53. DuckDB 2.0.1 and pyarrow 26.0.1 have
#   84.5325 both times. The same frame handed from polars to DuckDB without a copy sums to 84.5325, and
#   to 84.54 before it.
# Why it matters: allowed amount = fee x percentage x units is the commonest formula of this field. A
#   reduction table in polars and the same in SQL differ by a cent on about every other line of odd cents.
set -euo pipefail
room=$(mktemp -d)
trap 'rm -rf "$room"' EXIT
cd "$room"
python3 -m venv venv
venv/bin/pip install -qq --disable-pip-version-check duckdb==2.0.1 polars==2.1.0 pyarrow==26.0.1

cat > probe.py <<'PY'
from decimal import Decimal
from importlib.metadata import version

import duckdb
import polars
import pyarrow
from pyarrow.compute import multiply

for name in ("polars", "duckdb", "pyarrow"):
    print(name, version(name))
ROW = {"rate": Decimal("33.15"), "share": Decimal("0.85"), "units": Decimal("3.00")}
frame = polars.DataFrame([ROW], schema=dict.fromkeys(ROW, polars.Decimal(9, 2)))
rate, share, units = (polars.col(name) for name in ROW)
left, right = frame.select(left=rate * share * units, right=rate * (share * units)).row(0)
print("polars", left, right, frame.select(rate * share).dtypes[0])
query = "select rate * share * units, rate * (share * units), typeof(rate * share) from frame"
print("DuckDB", *duckdb.sql(query).fetchall()[0])
rate, share, units = (pyarrow.array([value], pyarrow.decimal128(9, 2)) for value in ROW.values())
left, right = multiply(multiply(rate, share), units), multiply(rate, multiply(share, units))
print("pyarrow", left[0], right[0], multiply(rate, share).type)
lines = polars.concat([frame] * 3)
print("three lines, polars", lines.select((polars.col("rate") * polars.col("share")).sum()).item())
print("three lines, DuckDB", duckdb.sql("select sum(rate * share) from lines").fetchall()[0][0])
PY
venv/bin/python probe.py | tee observed
diff observed - <<'EXPECTED'
polars 2.1.0
duckdb 2.0.1
pyarrow 26.0.1
polars 84.54 84.53 Decimal(precision=38, scale=2)
DuckDB 84.532500 84.532500 DECIMAL(18,4)
pyarrow 84.532500 84.532500 decimal128(19, 4)
three lines, polars 84.54
three lines, DuckDB 84.5325
EXPECTED
echo "as found"
