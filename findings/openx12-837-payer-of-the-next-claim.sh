#!/usr/bin/env bash
# openx12 0.2.1 hands every claim of an 837P the payer and the group of the claim after it.
#
# Date: 2026-11-30, Python 3.11.
# Expected: SBR (payer sequence, group number) and NM1*PR stand in the subscriber loop, before the
#   CLM that they belong to; a reader of 837 files ties them to the claim that follows.
# Found: they are tied to the claim that was read last. In a batch of three subscribers claim 1 gets
#   payer and group of claim 2, claim 2 those of claim 3, and the last claim has none. Numbers,
#   charges and services are right, nothing warns. A file of one claim shows nothing but a missing
#   payer, so a test with one claim passes.
# Why it matters: payer and group choose the policy that a claim is judged by. Read through this
#   library, a batch is judged by the neighbour's policy.
set -euo pipefail
room=$(mktemp -d)
trap 'rm -rf "$room"' EXIT
cd "$room"
python3 -m venv venv
venv/bin/pip install -qq --disable-pip-version-check openx12==0.2.1

cat > batch.837 <<'X12'
ISA*00*          *00*          *ZZ*SUBMITTER      *ZZ*RECEIVER       *261101*0930*^*00501*000000101*0*T*:~
GS*HC*SUBMITTER*RECEIVER*20261101*0930*101*X*005010X222A1~
ST*837*0001*005010X222A1~
BHT*0019*00*B1*20261101*0930*CH~
NM1*41*2*CLINIC*****46*SUB1~
PER*IC*DESK*TE*5550000000~
NM1*40*2*RECEIVER*****46*REC1~
HL*1**20*1~
NM1*85*2*CLINIC*****XX*1999999984~
N3*1 ROAD~
N4*ANYTOWN*OH*430010000~
REF*EI*000000001~
HL*2*1*22*0~
SBR*P*18*GROUP1******CI~
NM1*IL*1*ONE*MEMBER****MI*ID1~
N3*2 ROAD~
N4*ANYTOWN*OH*430010000~
DMG*D8*19700101*F~
NM1*PR*2*ALPHA*****PI*PAYER1~
CLM*CLAIM1*100***11:B:1*Y*A*Y*Y~
HI*ABK:E119~
LX*1~
SV1*HC:99213*100*UN*1***1~
DTP*472*D8*20261001~
HL*3*1*22*0~
SBR*P*18*GROUP2******CI~
NM1*IL*1*TWO*MEMBER****MI*ID2~
N3*2 ROAD~
N4*ANYTOWN*OH*430010000~
DMG*D8*19700101*F~
NM1*PR*2*BETA*****PI*PAYER2~
CLM*CLAIM2*200***11:B:1*Y*A*Y*Y~
HI*ABK:E119~
LX*1~
SV1*HC:99214*200*UN*1***1~
DTP*472*D8*20261001~
HL*4*1*22*0~
SBR*P*18*GROUP3******CI~
NM1*IL*1*THREE*MEMBER****MI*ID3~
N3*2 ROAD~
N4*ANYTOWN*OH*430010000~
DMG*D8*19700101*F~
NM1*PR*2*GAMMA*****PI*PAYER3~
CLM*CLAIM3*300***11:B:1*Y*A*Y*Y~
HI*ABK:E119~
LX*1~
SV1*HC:99215*300*UN*1***1~
DTP*472*D8*20261001~
SE*47*0001~
GE*1*101~
IEA*1*000000101~
X12

cat > probe.py <<'PY'
from importlib.metadata import version
from pathlib import Path

from openx12 import x837p

print("openx12", version("openx12"))
for claim in x837p.parse(Path("batch.837").read_text()).claims:
    payer = (claim.get("payer") or {}).get("id_value")
    group = (claim.get("subscriber_info") or {}).get("group_number")
    print(claim["claim_number"], claim["services"][0]["cpt_code"], payer, group)
PY
venv/bin/python probe.py | tee observed
diff observed - <<'EXPECTED'
openx12 0.2.1
CLAIM1 99213 PAYER2 GROUP2
CLAIM2 99214 PAYER3 GROUP3
CLAIM3 99215 None None
EXPECTED
echo "as found"
