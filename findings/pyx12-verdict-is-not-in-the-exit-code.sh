#!/usr/bin/env bash
# pyx12 4.0.0: `x12valid` ends with 1 for a valid file too, and the same program as a module with 0
# for a broken one.
#
# Date: 2026-11-30, Python 3.11.
# Expected: a validator on the command line ends with 0 for a valid file and with another code for a
#   file with errors, however it is started.
# Found: the installed command `x12valid` ends with 1 in both cases, `python -m pyx12.scripts.x12valid`
#   with 0 in both. The verdict is in one line of standard error alone ("OK" or "Failure").
# Why it matters: a nightly gate before an 837 goes out, or `if x12valid FILE` in a pipeline, either
#   refuses every file or lets every file through, by the way that it was started.
set -euo pipefail
room=$(mktemp -d)
trap 'rm -rf "$room"' EXIT
cd "$room"
python3 -m venv venv
venv/bin/pip install -qq --disable-pip-version-check pyx12==4.0.0

cat > good.837 <<'X12'
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
sed 's/CLM\*CLAIM1\*100/CLM*CLAIM1*ten/' good.837 > bad.837

venv/bin/python -c 'from importlib.metadata import version; print("pyx12", version("pyx12"))' > observed
for file in good.837 bad.837; do
    code=0; venv/bin/x12valid "$file" 2> verdict || code=$?
    echo "x12valid $(tail -n 1 verdict), exit code $code" >> observed
    code=0; venv/bin/python -m pyx12.scripts.x12valid "$file" 2> verdict || code=$?
    echo "as module $(tail -n 1 verdict), exit code $code" >> observed
done
cat observed
diff observed - <<'EXPECTED'
pyx12 4.0.0
x12valid good.837: OK, exit code 1
as module good.837: OK, exit code 0
x12valid bad.837: Failure, exit code 1
as module bad.837: Failure, exit code 0
EXPECTED
echo "as found"
