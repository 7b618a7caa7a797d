#!/usr/bin/env bash
# openx12 0.2.1 reads no date of an 835 and says the wrong next payer for three claim states.
#
# Date: 2026-11-30, Python 3.11.
# Expected: DTM*472, DTM*232 and DTM*050 fill the fields that the library has for them
#   (service_date, claim_date_from); `bill_to_hint` says patient where only the patient still owes,
#   and not patient where the payer has passed the claim on itself (CLP02 = 19).
# Found: the date is looked for in DTM03, where a time would stand; so every claim and service is
#   undated, and `payment_date` is the day of the interchange (ISA09), not of the check (BPR16).
#   CLP02 = 1 always hints "secondary", even with no second payer in sight, 3 always "patient", even
#   with nothing owed, and 19 (forwarded to the next payer) hints "patient".
# Why it matters: without the service date no line can be matched to its claim and no policy version
#   be chosen; a hint that is taken at its word bills people for what the second payer covers.
set -euo pipefail
room=$(mktemp -d)
trap 'rm -rf "$room"' EXIT
cd "$room"
python3 -m venv venv
venv/bin/pip install -qq --disable-pip-version-check openx12==0.2.1

cat > check.835 <<'X12'
ISA*00*          *00*          *ZZ*PAYER          *ZZ*PAYEE          *261101*0930*^*00501*000000101*0*T*:~
GS*HP*PAYER*PAYEE*20261101*0930*101*X*005010X221A1~
ST*835*0001~
BPR*I*260*C*CHK************20261105~
TRN*1*CHECK1*1111111111~
N1*PR*ALPHA~
N3*1 ROAD~
N4*ANYTOWN*OH*43001~
PER*BL*DESK*TE*5550000000~
N1*PE*CLINIC*XX*1999999984~
LX*1~
CLP*ONLYPAYER*1*100*80*20*12*P1*11*1~
NM1*QC*1*ONE*MEMBER****MI*ID1~
DTM*232*20261001~
DTM*050*20261010~
SVC*HC:99213*100*80**1~
DTM*472*20261001~
CAS*PR*2*20~
CLP*PAIDINFULL*3*100*100*0*12*P2*11*1~
NM1*QC*1*TWO*MEMBER****MI*ID2~
SVC*HC:99213*100*100**1~
DTM*472*20261002~
CLP*FORWARDED*19*100*80*20*12*P3*11*1~
NM1*QC*1*THREE*MEMBER****MI*ID3~
SVC*HC:99213*100*80**1~
DTM*472*20261003~
CAS*PR*2*20~
SE*26*0001~
GE*1*101~
IEA*1*000000101~
X12

cat > probe.py <<'PY'
from importlib.metadata import version
from pathlib import Path

from openx12 import x835

print("openx12", version("openx12"))
era = x835.parse(Path("check.835").read_text())
print("payment date", era.summary()["payment_date"])
for claim in era.claims:
    dates = [key for key in claim if "date" in key]
    dates += [key for service in claim["services"] for key in service if "date" in key]
    owed = claim["patient_responsibility"]
    print(claim["patient_control_number"], claim["claim_status"], owed, claim["bill_to_hint"], dates)
PY
venv/bin/python probe.py | tee observed
diff observed - <<'EXPECTED'
openx12 0.2.1
payment date 261101
ONLYPAYER 1 20.0 secondary []
PAIDINFULL 3 0.0 patient []
FORWARDED 19 20.0 patient []
EXPECTED
echo "as found"
