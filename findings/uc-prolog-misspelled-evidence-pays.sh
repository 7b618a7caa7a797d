#!/usr/bin/env bash
# uc-prolog 1.0.1, "ISO compliant": a misspelled predicate is false, so its negation pays; 7/2 is 3; an
# aggregate returns its own recipe.
#
# Date: 2026-11-30, Python 3.11.
# Expected: as in ISO Prolog an unknown procedure is an existence error, round(2.5) is 3, and a set of
#   answers per free variable is given by setof/3 one after the other; 7/2 is 3.5 or an error in strict
#   mode; an aggregate that is not built in is unknown, too.
# Found: `\+ authorised(1)`, with the fact spelled `authorized`, is true. 7/2 is 3 and so is 50 % of 7
#   units; round(2.5) is 2. setof(C, charge(L, C), Cs) mixes all lines. aggregate_all(sum(C), ..., S)
#   binds S to [sum(100),sum(100),sum(50)], without an error.
# Why it matters: in rules over claims the unknown predicate is the usual slip, and negation turns it
#   into a payment. A check of predicates before the run is no luxury.
set -euo pipefail
room=$(mktemp -d)
trap 'rm -rf "$room"' EXIT
cd "$room"
python3 -m venv venv
venv/bin/pip install -qq --disable-pip-version-check uc-prolog==1.0.1

cat > probe.py <<'PY'
from importlib.metadata import version

from uc_prolog import Engine

print("uc-prolog", version("uc-prolog"))
engine = Engine()
engine.eval("charge(1, 100). charge(2, 100). charge(3, 50). authorized(1).")
for query in (
    r"?- \+ authorised(1).",
    "?- X is 7 / 2.",
    "?- X is 8 / 2.",
    "?- X is round(2.5).",
    "?- setof(C, charge(L, C), Cs).",
    "?- aggregate_all(sum(C), charge(_, C), S).",
):
    print(query, "->", engine.eval(query))
PY
venv/bin/python probe.py | tee observed
diff observed - <<'EXPECTED'
uc-prolog 1.0.1
?- \+ authorised(1). -> true.
?- X is 7 / 2. -> X = 3.
?- X is 8 / 2. -> X = 4.
?- X is round(2.5). -> X = 2.
?- setof(C, charge(L, C), Cs). -> C = C, L = L, Cs = [50, 100].
?- aggregate_all(sum(C), charge(_, C), S). -> C = C, S = [sum(100), sum(100), sum(50)].
EXPECTED
echo "as found"
