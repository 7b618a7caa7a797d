#!/usr/bin/env bash
# Half a cent in a pipeline: 50.125 becomes 50.12 or 50.13 by the library that rounds, and within
# DuckDB by whether a double is rounded or cast.
#
# Date: 2026-11-30, Python 3.11.
# Expected: an exact decimal(9,3) is rounded to cents by one rule in the tools that hand each other
#   Arrow decimals without a copy; a cast to two places rounds as round() does.
# Found: 50.125, 50.135 and 50.115 as exact decimals: DuckDB 2.0.1 goes away from zero
#   (50.13, 50.14, 50.12); polars 2.1.0, pyarrow 26.0.1 and Python go to the even cent (50.12, 50.14,
#   50.12); an unsafe pyarrow cast cuts (50.12, 50.13, 50.11) and a safe one refuses. As doubles,
#   round() and a cast in the same DuckDB disagree about 50.135 (50.13 and 50.14). polars and pyarrow
#   keep three places after rounding, so the last 0 hides which rule was used.
# Why it matters: half of a fee with an odd last cent, or 80 % of it, is a half cent quite often. A
#   balance of charge, paid and adjusted that mixes two of these tools is off by a cent per such line.
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
import pyarrow.compute

for name in ("duckdb", "polars", "pyarrow"):
    print(name, version(name))
AMOUNTS = [Decimal("50.125"), Decimal("50.135"), Decimal("50.115")]
frame = polars.DataFrame({"x": AMOUNTS}, schema={"x": polars.Decimal(9, 3)})
array = pyarrow.array(AMOUNTS, pyarrow.decimal128(9, 3))


def show(title, values):
    print(f"{title:28}", *values)


def by_duckdb(expression):
    return [row[0] for row in duckdb.sql(f"select {expression} from frame").fetchall()]


show("DuckDB round", by_duckdb("round(x, 2)"))
show("DuckDB cast", by_duckdb("cast(x as decimal(9, 2))"))
show("DuckDB round of a double", by_duckdb("round(x::double, 2)"))
show("DuckDB cast of a double", by_duckdb("cast(x::double as decimal(9, 2))"))
show("polars round", frame["x"].round(2))
show("polars cast", frame["x"].cast(polars.Decimal(9, 2)))
show("pyarrow round", pyarrow.compute.round(array, 2).to_pylist())
show("pyarrow cast, unsafe", array.cast(pyarrow.decimal128(9, 2), safe=False).to_pylist())
try:
    array.cast(pyarrow.decimal128(9, 2))
except pyarrow.ArrowInvalid as error:
    show("pyarrow cast", [error])
show("Python round", [round(amount, 2) for amount in AMOUNTS])
PY
venv/bin/python probe.py | tee observed
diff observed - <<'EXPECTED'
duckdb 2.0.1
polars 2.1.0
pyarrow 26.0.1
DuckDB round                 50.13 50.14 50.12
DuckDB cast                  50.13 50.14 50.12
DuckDB round of a double     50.13 50.13 50.12
DuckDB cast of a double      50.13 50.14 50.12
polars round                 50.120 50.140 50.120
polars cast                  50.12 50.14 50.12
pyarrow round                50.120 50.140 50.120
pyarrow cast, unsafe         50.12 50.13 50.11
pyarrow cast                 Rescaling Decimal value would cause data loss
Python round                 50.12 50.14 50.12
EXPECTED
echo "as found"
