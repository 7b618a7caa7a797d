#!/usr/bin/env bash
# pyDatalog 0.22.4 rounds floats to 8 digits of another kind: binary ones, so that 180.10 comes back as
# 180.10000038146973 and a million loses its cents.
#
# Date: 2026-11-30, Python 3.11.
# Expected: `Float_Precision = 8`, described as significant digits, leaves 180.10 alone and turns
#   1234567.89 into 1234567.9.
# Found: the mantissa is cut to about 27 bits. 180.10 is stored as 180.10000038146973, 1234567.89 as
#   1234567.890625, 21474836.47 as 21474836.5; whole cents divided by 100 come out so too. A comparison
#   with 180.10 holds inside, because the constant is cut alike, and fails on the answer outside.
#   Decimals and integers pass whole, and `Float_Precision = None` is exact.
# Why it matters: a sum of such charges is off by cents that no rounding of inputs explains, and a
#   join of answers with the original table finds nothing.
set -euo pipefail
room=$(mktemp -d)
trap 'rm -rf "$room"' EXIT
cd "$room"
python3 -m venv venv
venv/bin/pip install -qq --disable-pip-version-check pyDatalog==0.22.4

cat > probe.py <<'PY'
from decimal import Decimal
from importlib.metadata import version

from pyDatalog import pyDatalog, pyEngine

print("pyDatalog", version("pyDatalog"), "Float_Precision", pyEngine.Float_Precision)
pyDatalog.create_terms("charge, cents, L, C, X")
AMOUNTS = (180.10, 1234567.89, 21474836.47)


def fill():
    for line, amount in enumerate(AMOUNTS):
        pyDatalog.assert_fact("charge", line, amount)
    pyDatalog.assert_fact("charge", 3, Decimal("21474836.47"))
    pyDatalog.assert_fact("cents", 1, 123456789)


fill()
print("stored", [amount for _, amount in sorted(charge(L, C))])
print("cents by 100", (cents(L, C) & (X == C / 100)).data[0][2])
print("equal inside", bool(charge(L, C) & (C == 180.10)), "outside", sorted(charge(L, C))[0][1] == 180.10)
pyEngine.Float_Precision = None
pyDatalog.clear()
fill()
print("with None", [amount for _, amount in sorted(charge(L, C))])
PY
venv/bin/python probe.py | tee observed
diff observed - <<'EXPECTED'
pyDatalog 0.22.4 Float_Precision 8
stored [180.10000038146973, 1234567.890625, 21474836.5, Decimal('21474836.47')]
cents by 100 1234567.890625
equal inside True outside False
with None [180.1, 1234567.89, 21474836.47, Decimal('21474836.47')]
EXPECTED
echo "as found"
