#!/usr/bin/env bash
# fhir.resources 8.3.0 has money of type Decimal, read through a binary float; what it writes is
# another amount and another precision.
#
# Date: 2026-11-30, Python 3.11.
# Expected: models that declare `Decimal` and refuse a float's noise read 99999999999999.99 and 100.00
#   as they stand in the JSON: FHIR demands that the precision of a decimal is kept.
# Found: fhir.resources (R5 and R4B) gives Decimal('99999999999999.98') and Decimal('100.0') and writes
#   that; fhirclient 4.4.0 gives floats; fhirkit-rs 0.1.0 keeps both digit for digit. The type says
#   exact, so no later check for floats finds it.
# Why it matters: totals of a payment file have such sizes; and a ClaimResponse that is read and
#   written again no longer has the bytes that were signed or hashed.
set -euo pipefail
room=$(mktemp -d)
trap 'rm -rf "$room"' EXIT
cd "$room"
python3 -m venv venv
venv/bin/pip install -qq --disable-pip-version-check \
    fhir.resources==8.3.0 fhir-core==1.1.12 pydantic==2.14.4 fhirclient==4.4.0 fhirkit-rs==0.1.0

cat > probe.py <<'PY'
import json
from importlib.metadata import version

import fhirkit
from fhir.resources.claimresponse import ClaimResponse as R5
from fhir.resources.R4B.claimresponse import ClaimResponse as R4B
from fhirclient.models.claimresponse import ClaimResponse as Client

TEXT = """{"resourceType": "ClaimResponse", "status": "active", "type": {"text": "professional"},
"use": "claim", "patient": {"reference": "Patient/1"}, "created": "2026-11-01",
"insurer": {"display": "ALPHA"}, "outcome": "complete",
"total": [{"category": {"text": "benefit"}, "amount": {"value": 99999999999999.99}},
          {"category": {"text": "submitted"}, "amount": {"value": 100.00}}]}"""


def written(text):
    """Return the amounts as they stand in a JSON text."""
    return [total["amount"]["value"] for total in json.loads(text, parse_float=str)["total"]]


for name in ("fhir.resources", "fhirclient", "fhirkit-rs"):
    print(name, version(name))
print("given           ", written(TEXT))
for name, model in (("R5", R5), ("R4B", R4B)):
    claim = model.model_validate_json(TEXT)
    kinds = {type(total.amount.value).__name__ for total in claim.total}
    print(f"fhir.resources {name:3}", kinds, written(claim.model_dump_json()))
claim = Client(json.loads(TEXT))
kinds = {type(total.amount.value).__name__ for total in claim.total}
print("fhirclient", kinds, written(json.dumps(claim.as_json())))
print("fhirkit-rs", written(fhirkit.parse(TEXT).to_json()))
PY
venv/bin/python probe.py | tee observed
diff observed - <<'EXPECTED'
fhir.resources 8.3.0
fhirclient 4.4.0
fhirkit-rs 0.1.0
given            ['99999999999999.99', '100.00']
fhir.resources R5  {'Decimal'} ['99999999999999.98', '100.0']
fhir.resources R4B {'Decimal'} ['99999999999999.98', '100.0']
fhirclient {'float'} ['99999999999999.98', '100.0']
fhirkit-rs ['99999999999999.99', '100.00']
EXPECTED
echo "as found"
