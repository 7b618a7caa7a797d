#!/usr/bin/env bash
# mnestic 0.18.0 (the kept fork of CozoDB): 8/2 equals 4 in a comparison, is not found in a join, and
# its negation holds; and every sum is such a number.
#
# Date: 2026-11-30, Python 3.11.
# Expected: numbers that `==` calls equal join; a sum of integers is an integer, as division by 2 of 8
#   may well be a float.
# Found: division and sum give floats always, and a join compares type and value: 4.0 does not find 4.
#   `not limit[4.0]` holds though limit 4 is stored. A balance rule that joins the charge of a claim
#   with the sum of its lines finds no claim balanced; written with `==` it finds them all. A sum of
#   one integer of 17 digits comes back rounded.
# Why it matters: in Datalog the join is the natural way to write "the total is the charge" and "not
#   over the limit"; the second one pays, silently.
set -euo pipefail
room=$(mktemp -d)
trap 'rm -rf "$room"' EXIT
cd "$room"
python3 -m venv venv
venv/bin/pip install -qq --disable-pip-version-check mnestic==0.18.0

cat > probe.py <<'PY'
from importlib.metadata import version

from mnestic import CozoDbPy

database = CozoDbPy("mem", "", "{}")
DATA = """
claim[c, charge] <- [['A', 300], ['B', 500]]
line[c, l, charge] <- [['A', 1, 100], ['A', 2, 200], ['B', 1, 500]]
total[c, sum(charge)] := line[c, l, charge]
limit[u] <- [[4]]
"""
print("mnestic", version("mnestic"))
for title, query in [
    ("totals", "?[c, t] := total[c, t]"),
    ("balanced, by join", "?[c] := claim[c, t], total[c, t]"),
    ("balanced, by ==", "?[c] := claim[c, t], total[c, s], t == s"),
    ("8/2 == 4", "?[x] := x = (8 / 2 == 4)"),
    ("limit of 8/2", "?[u] := u = 8 / 2, limit[u]"),
    ("no limit of 8/2", "?[u] := u = 8 / 2, not limit[u]"),
    ("sum of 90071992547409931", "x[c] <- [[90071992547409931]] ?[sum(c)] := x[c]"),
]:
    print(title, database.run_script(DATA + query, {}, False)["rows"])
PY
venv/bin/python probe.py | tee observed
diff observed - <<'EXPECTED'
mnestic 0.18.0
totals [['A', 300.0], ['B', 500.0]]
balanced, by join []
balanced, by == [['A'], ['B']]
8/2 == 4 [[True]]
limit of 8/2 []
no limit of 8/2 [[4.0]]
sum of 90071992547409931 [[9.007199254740994e+16]]
EXPECTED
echo "as found"
