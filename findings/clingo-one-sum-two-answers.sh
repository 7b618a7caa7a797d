#!/usr/bin/env bash
# clingo 5.8.3 gives two answers about one sum of money: beyond 21,474,836.47 in cents the number that
# it binds is negative, while a bound on the same sum holds.
#
# Date: 2026-11-30, Python 3.11.
# Expected: integers are 32 bits wide, so money in cents ends at 21,474,836.47; an amount beyond that
#   is an error, or at worst wrong in the same way everywhere.
# Found: no error and no warning. A fact of 3,000,000,000 cents is read as -1,294,967,296. The sum of
#   two facts of 1,500,000,000 is bound to -1,294,967,296, and in the same answer set the aggregate is
#   greater than 2,000,000,000 and the bound number is less than 0. 80 percent of 300,000.00 (times 80,
#   then by 100) is a negative payment.
# Why it matters: a day of a mid-sized payer passes 21 million. A constraint over totals and a rule
#   that shows the total then contradict each other in one model, and both look derived.
set -euo pipefail
room=$(mktemp -d)
trap 'rm -rf "$room"' EXIT
cd "$room"
python3 -m venv venv
venv/bin/pip install -qq --disable-pip-version-check clingo==5.8.3

cat > probe.py <<'PY'
import clingo

PROGRAM = """
charge(1, 1500000000). charge(2, 1500000000).
total(S) :- S = #sum { C, L : charge(L, C) }.
aggregate_beyond_20_million :- #sum { C, L : charge(L, C) } > 2000000000.
total_below_zero :- total(S), S < 0.
read(3000000000).
allowed(C * 80 / 100) :- C = 30000000.
#show total/1. #show read/1. #show allowed/1.
#show aggregate_beyond_20_million/0. #show total_below_zero/0.
"""
print("clingo", clingo.__version__)
messages = []
control = clingo.Control(["0"], logger=lambda code, text: messages.append(text))
control.add("base", [], PROGRAM)
control.ground([("base", [])])
with control.solve(yield_=True) as models:
    for model in models:
        for symbol in sorted(map(str, model.symbols(shown=True))):
            print(symbol)
print("messages", messages)
PY
venv/bin/python probe.py | tee observed
diff observed - <<'EXPECTED'
clingo 5.8.3
aggregate_beyond_20_million
allowed(-18949672)
read(-1294967296)
total(-1294967296)
total_below_zero
messages []
EXPECTED
echo "as found"
