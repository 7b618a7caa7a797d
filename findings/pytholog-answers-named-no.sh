#!/usr/bin/env bash
# pytholog 2.4.1 returns an answer for every failure, with the text 'No' in place of the line; and
# what a question is answered depends on the one asked before.
#
# Date: 2026-11-30, Python 3.11.
# Expected: "lines over 60" gives the lines over 60; the same query gives the same answer on the
#   same facts; a code in capitals is a constant or an error.
# Found: big(X) over 100, 100 and 50 gives three answers, X = l1, l2 and No. charge(l1, X)
#   is 100 at first, and 'Yes' without an amount once charge(l1, 100) has been asked. A HCPCS code as it
#   is written, J1745, is a variable in a fact and so equals every code: the claim with J1745 answers
#   to a rule about e0424.
# Why it matters: the answers have the right shape, go into a table without complaint, and count: three
#   lines over 60, one of them for a code that is not billed.
set -euo pipefail
room=$(mktemp -d)
trap 'rm -rf "$room"' EXIT
cd "$room"
python3 -m venv venv
venv/bin/pip install -qq --disable-pip-version-check pytholog==2.4.1

cat > probe.py <<'PY'
from importlib.metadata import version

import pytholog

print("pytholog", version("pytholog"))
base = pytholog.KnowledgeBase("claims")
base(
    [
        "charge(l1, 100)",
        "charge(l2, 100)",
        "charge(l3, 50)",
        "big(L) :- charge(L, C), C > 60",
        "code(c1, J1745)",
        "code(c2, e0424)",
        "oxygen(L) :- code(L, e0424)",
    ]
)
for query in ("big(X)", "charge(l1, X)", "oxygen(X)"):
    print(query, "->", base.query(pytholog.Expr(query)))
other = pytholog.KnowledgeBase("again")
other(["charge(l1, 100)", "charge(l2, 100)"])
for query in ("charge(l1, 100)", "charge(l1, X)"):
    print("again", query, "->", other.query(pytholog.Expr(query)))
PY
venv/bin/python probe.py | tee observed
diff observed - <<'EXPECTED'
pytholog 2.4.1
big(X) -> [{'X': 'l1'}, {'X': 'l2'}, {'X': 'No'}]
charge(l1, X) -> [{'X': '100'}]
oxygen(X) -> [{'X': 'c1'}, {'X': 'c2'}]
again charge(l1, 100) -> ['Yes']
again charge(l1, X) -> ['Yes']
EXPECTED
echo "as found"
