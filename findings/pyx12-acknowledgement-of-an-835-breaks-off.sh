#!/usr/bin/env bash
# pyx12 4.0.0 cannot acknowledge any 835: its 999 breaks off after four segments.
#
# Date: 2026-11-30, Python 3.11.
# Expected: like for an 837, a valid 835 is answered by a 999 that accepts it (AK9*A).
# Found: an 835 has no ST03 (it is not used in 005010X221A1; the version stands in GS08 alone), the
#   writer of the 999 wants it, logs an error and leaves the file as it is: ISA, GS, ST, AK1, and then
#   nothing, no AK9 and no trailers. The validation says OK all the same. The 837 beside it is
#   answered whole.
# Why it matters: a 999 without SE, GE and IEA is refused by whoever gets it, so the payer holds the
#   remittance for undelivered. Who tests a writer of 835s by the acknowledgement of this library
#   finds an error in every one of them.
set -euo pipefail
room=$(mktemp -d)
trap 'rm -rf "$room"' EXIT
cd "$room"
python3 -m venv venv
venv/bin/pip install -qq --disable-pip-version-check pyx12==4.0.0

cat > claim.837 <<'X12'
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
SE*23*0001~
GE*1*101~
IEA*1*000000101~
X12
cat > check.835 <<'X12'
ISA*00*          *00*          *ZZ*PAYER          *ZZ*PAYEE          *261101*0930*^*00501*000000101*0*T*:~
GS*HP*PAYER*PAYEE*20261101*0930*101*X*005010X221A1~
ST*835*0001~
BPR*I*100*C*CHK************20261105~
TRN*1*CHECK1*1111111111~
N1*PR*ALPHA~
N3*1 ROAD~
N4*ANYTOWN*OH*43001~
PER*BL*DESK*TE*5550000000~
N1*PE*CLINIC*XX*1999999984~
LX*1~
CLP*CLAIM1*1*100*100*0*12*P1*11*1~
NM1*QC*1*ONE*MEMBER****MI*ID1~
SVC*HC:99213*100*100**1~
DTM*472*20261001~
SE*14*0001~
GE*1*101~
IEA*1*000000101~
X12

venv/bin/python -c 'from importlib.metadata import version; print("pyx12", version("pyx12"))' > observed
for file in claim.837 check.835; do
    venv/bin/python -m pyx12.scripts.x12valid "$file" 2> log
    grep -E ": (OK|Failure)$" log >> observed
    grep -o "Failed to create 999 response" log >> observed || true
    tr -d '\r\n' < "$file.997" | tr '~' '\n' | sed -E 's/^(ISA|GS|SE|GE|IEA).*/\1/; s/^/  /' >> observed
    echo >> observed
done
cat observed
diff observed - <<'EXPECTED'
pyx12 4.0.0
claim.837: OK
  ISA
  GS
  ST*999*0001*005010X231
  AK1*HC*101*005010X222A1
  AK2*837*0001*005010X222A1
  IK5*A
  AK9*A*1*1*1
  SE
  GE
  IEA

check.835: OK
Failed to create 999 response
  ISA
  GS
  ST*999*0001*005010X231
  AK1*HP*101*005010X221A1

EXPECTED
echo "as found"
