#!/usr/bin/env bash
# Two FHIR libraries call a ClaimResponse valid whose status is "paid", whose outcome is "denied" and
# whose use is "appeal"; each lets a mistake through that the other one finds.
#
# Date: 2026-11-30, Python 3.11.
# Expected: status, outcome and use of a ClaimResponse are bound to short lists (binding "required":
#   active, cancelled, draft, entered-in-error; queued, complete, error, partial; claim,
#   preauthorization, predetermination). A validator refuses another code.
# Found: fhir.resources 8.3.0 (R5 and R4B) and fhirkit-rs 0.1.0, which reports "every problem", take
#   all three. The day 2026-02-30 is refused by fhir.resources and taken by fhirkit-rs; an empty list
#   of adjudications the other way round.
# Why it matters: "it loads in the models" is the usual test of a FHIR writer in Python. It does not
#   catch the mistakes that people of this field make most: claim words in the place of FHIR words.
set -euo pipefail
room=$(mktemp -d)
trap 'rm -rf "$room"' EXIT
cd "$room"
python3 -m venv venv
venv/bin/pip install -qq --disable-pip-version-check \
    fhir.resources==8.3.0 fhir-core==1.1.12 pydantic==2.14.4 fhirkit-rs==0.1.0

cat > probe.py <<'PY'
from importlib.metadata import version

import fhirkit
from fhir.resources.claimresponse import ClaimResponse as R5
from fhir.resources.R4B.claimresponse import ClaimResponse as R4B
from pydantic import ValidationError

GOOD = {
    "resourceType": "ClaimResponse",
    "status": "active",
    "type": {"text": "professional"},
    "use": "claim",
    "patient": {"reference": "Patient/1"},
    "created": "2026-11-01",
    "insurer": {"display": "ALPHA"},
    "outcome": "complete",
}
CHANGES = [
    {},
    {"status": "paid"},
    {"outcome": "denied"},
    {"use": "appeal"},
    {"created": "2026-02-30"},
    {"created": "11/01/2026"},
    {"item": [{"itemSequence": 1, "adjudication": []}]},
    {"payment": {"type": {"text": "complete"}, "amount": {"value": 1, "currency": "dollars"}}},
]


def by_model(model, resource):
    try:
        model.model_validate(resource)
    except ValidationError:
        return "refused"
    return "valid"


for name in ("fhir.resources", "fhirkit-rs"):
    print(name, version(name))
for change in CHANGES:
    resource = GOOD | change
    verdicts = [by_model(R5, resource), by_model(R4B, resource)]
    verdicts.append("refused" if fhirkit.validate(resource) else "valid")
    print(*verdicts, change)
PY
venv/bin/python probe.py | tee observed
diff observed - <<'EXPECTED'
fhir.resources 8.3.0
fhirkit-rs 0.1.0
valid valid valid {}
valid valid valid {'status': 'paid'}
valid valid valid {'outcome': 'denied'}
valid valid valid {'use': 'appeal'}
refused refused valid {'created': '2026-02-30'}
refused refused refused {'created': '11/01/2026'}
valid valid refused {'item': [{'itemSequence': 1, 'adjudication': []}]}
valid valid valid {'payment': {'type': {'text': 'complete'}, 'amount': {'value': 1, 'currency': 'dollars'}}}
EXPECTED
echo "as found"
