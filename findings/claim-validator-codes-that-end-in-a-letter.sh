#!/usr/bin/env bash
# claim-validator 0.3.0 cannot hold a claim with a code that ends in a letter, a charge of zero, a
# quarter of a unit or ten thousand of them.
#
# Date: 2026-11-30, Python 3.11.
# Expected: "CMS-1500 and 837P validation" knows that CPT has codes of four digits and a letter
#   (category II 3074F, category III 0075T, laboratory 0240U, vaccine administration 0001A), that drugs
#   are billed in fractions and by the ten thousand, and that a line may be charged at 0.
# Found: each of these raises before any rule runs, so there is no finding and no claim left to look
#   at: the code "must" be five digits or a letter and four, units lie between 0.5 and 9999, a charge
#   is above 0. A place of service that does not exist (98) or a service in the year 2030 is read. The
#   import itself fails until httpx is there, which is declared for other extras alone.
# Why it matters: vaccines of public programmes are charged at 0, quality codes (category II) too, and
#   drugs of small units pass 9999. A line format that forbids them loses claims, not errors.
set -euo pipefail
room=$(mktemp -d)
trap 'rm -rf "$room"' EXIT
cd "$room"
python3 -m venv venv
venv/bin/pip install -qq --disable-pip-version-check \
    claim-validator==0.3.0 pydantic==2.14.4 httpx==0.27.2

cat > probe.py <<'PY'
from importlib.metadata import version

from claim_validator import validate
from pydantic import ValidationError

print("claim-validator", version("claim-validator"))
LINE = {
    "procedure_code": "99213",
    "charge_amount": 150.00,
    "units": 1,
    "place_of_service": "11",
    "service_date": "2026-10-01",
}
CHANGES = [{}]
CHANGES += [{"procedure_code": code} for code in ("3074F", "0075T", "0240U", "0001A", "J1745")]
CHANGES += [{"units": units} for units in (0.25, 0.5, 9999, 10000)]
CHANGES += [{"charge_amount": 0}, {"place_of_service": "98"}, {"service_date": "2030-01-01"}]
for change in CHANGES:
    claim = {
        "billing_provider_npi": "1234567893",
        "diagnosis_codes": [{"code": "J06.9"}],
        "lines": [LINE | change],
    }
    try:
        validate(claim)
    except ValidationError as error:
        print("refused", change, error.errors()[0]["msg"])
    else:
        print("read   ", change)
PY
venv/bin/python probe.py | tee observed
diff observed - <<'EXPECTED'
claim-validator 0.3.0
read    {}
refused {'procedure_code': '3074F'} Value error, Invalid CPT/HCPCS code format (expected 5 digits or letter+4 digits)
refused {'procedure_code': '0075T'} Value error, Invalid CPT/HCPCS code format (expected 5 digits or letter+4 digits)
refused {'procedure_code': '0240U'} Value error, Invalid CPT/HCPCS code format (expected 5 digits or letter+4 digits)
refused {'procedure_code': '0001A'} Value error, Invalid CPT/HCPCS code format (expected 5 digits or letter+4 digits)
read    {'procedure_code': 'J1745'}
refused {'units': 0.25} Value error, Units must be between 0.5 and 9999
read    {'units': 0.5}
read    {'units': 9999}
refused {'units': 10000} Value error, Units must be between 0.5 and 9999
refused {'charge_amount': 0} Value error, Charge amount must be positive
read    {'place_of_service': '98'}
read    {'service_date': '2030-01-01'}
EXPECTED
echo "as found"
