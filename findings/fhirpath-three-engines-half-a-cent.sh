#!/usr/bin/env bash
# Three FHIRPath engines on one ClaimResponse: half a cent, a sum, a dose and a union come out
# differently in each, and none of the three is right everywhere.
#
# Date: 2026-11-30, Python 3.11, Node 20.
# Expected: FHIRPath has one specification with decimals (no binary floats), rounding of a half away
#   from zero, UCUM quantities and a union without equal values; so the three give one answer each.
# Found: 50.125 rounded to cents is 50.12 in fhirpathpy 2.2.4 and 50.13 in fhirpathrs 0.1.5 and
#   fhirpath.js 5.2.2, while 1.005 is 1 in all three. `sum()` over the amounts of a resource is a
#   TypeError in fhirpathpy, which can add the same numbers by `aggregate`. 100.10 + 200.20 is exact in
#   fhirpathpy alone; the other two give 300.29999999999995, which equals 300.30 in fhirpath.js and not
#   in fhirpathrs. 10 'mg' is 0.01 'g' in fhirpath.js alone. 100.10 and 100.1 are equal, but fhirpathpy
#   counts two of them in a union.
# Why it matters: invariants, measures and SQL-on-FHIR views over EOBs are FHIRPath. A balance check
#   "submitted = benefit + adjustments" holds or not by the engine that runs it.
set -euo pipefail
room=$(mktemp -d)
trap 'rm -rf "$room"' EXIT
cd "$room"
python3 -m venv venv
venv/bin/pip install -qq --disable-pip-version-check fhirpathpy==2.2.4 fhirpathrs==0.1.5
npm install --silent --no-fund --no-audit --no-save --prefix "$room" fhirpath@5.2.2 > npm.log 2>&1 ||
    { cat npm.log; exit 1; }

cat > response.json <<'JSON'
{"resourceType": "ClaimResponse", "item": [{"adjudication": [
    {"amount": {"value": 100.10}}, {"amount": {"value": 200.20}}]}]}
JSON
cat > expressions <<'TEXT'
(50.125).round(2)
(1.005).round(2)
item.adjudication.amount.value.sum()
item.adjudication.amount.value.aggregate($this + $total, 0)
100.10 + 200.20
100.10 + 200.20 = 300.30
10 'mg' = 0.01 'g'
(100.10 | 100.1).count()
-7 mod 2
TEXT

cat > engines.py <<'PY'
import json
import sys
from pathlib import Path

import fhirpathpy
import fhirpathrs

ENGINES = {
    "fhirpathpy": lambda text, data: fhirpathpy.evaluate(data, text, []),
    "fhirpathrs": lambda text, data: fhirpathrs.evaluate(text, data),
}
data = json.loads(Path("response.json").read_text())
answers = {}
for text in Path("expressions").read_text().splitlines():
    for name, engine in ENGINES.items():
        try:
            answer = engine(text, data)
            answer = answer[0] if isinstance(answer, list) else answer
        except Exception as error:
            answer = type(error).__name__
        answers[text, name] = str(answer).lower() if isinstance(answer, bool) else str(answer)
for text, answer in zip(Path("expressions").read_text().splitlines(), sys.stdin, strict=True):
    print(f"{text:60}", answers[text, "fhirpathpy"], answers[text, "fhirpathrs"], answer.strip())
PY
cat > engine.cjs <<'JS'
const fs = require('fs');
const fhirpath = require('fhirpath');
const model = require('fhirpath/fhir-context/r4');
const data = JSON.parse(fs.readFileSync('response.json', 'utf8'));
for (const text of fs.readFileSync('expressions', 'utf8').trim().split('\n')) {
    console.log(String(fhirpath.evaluate(data, text, null, model)[0]));
}
JS
{
    echo "fhirpathpy $(venv/bin/pip show fhirpathpy 2> pip.log | sed -n 's/^Version: //p')" \
         "fhirpathrs $(venv/bin/pip show fhirpathrs 2> pip.log | sed -n 's/^Version: //p')" \
         "fhirpath.js $(node -p "require('fhirpath/package.json').version")"
    node engine.cjs | venv/bin/python engines.py
} | tee observed
diff observed - <<'EXPECTED'
fhirpathpy 2.2.4 fhirpathrs 0.1.5 fhirpath.js 5.2.2
(50.125).round(2)                                            50.12 50.13 50.13
(1.005).round(2)                                             1 1 1
item.adjudication.amount.value.sum()                         TypeError 300.29999999999995 300.29999999999995
item.adjudication.amount.value.aggregate($this + $total, 0)  300.3 300.29999999999995 300.29999999999995
100.10 + 200.20                                              300.30 300.29999999999995 300.29999999999995
100.10 + 200.20 = 300.30                                     true false true
10 'mg' = 0.01 'g'                                           false false true
(100.10 | 100.1).count()                                     2 1 1
-7 mod 2                                                     1 -1 -1
EXPECTED
echo "as found"
