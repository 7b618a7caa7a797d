#!/usr/bin/env bash
# oxedi 0.6.0 keeps every byte of an 835, but its tables hold no modifier, no submitted code, no
# period and no remark; and a code compares with text in polars but not in Python.
#
# Date: 2026-11-30, Python 3.11.
# Expected: a reader that is "lossless" and complains of nothing gives in its tables what decides a
#   line: code and modifiers, the code submitted (SVC06), revenue code (SVC04), DTM*150 and 151, remark
#   codes (LQ*HE, MOA) and the policy reference (REF*0K); codes are text.
# Found: with the built-in specification none of these reaches a table; SVC01 `HC:99213:25:GT` is
#   `99213`, a line of three days has no date at all. All of it is in `document`, by segment and
#   element. No diagnostic says that something was left out. Text columns are bytes: `== "CO"` finds
#   the row in polars, and none once the rows are Python dictionaries.
# Why it matters: CO-97 on 99213-25 is another question than on 99213; without SVC06 a bundled line
#   cannot be matched to its claim; without LQ a CARC 16 or 96 says nothing. Read the document with it,
#   not the tables, or write a specification of your own.
set -euo pipefail
room=$(mktemp -d)
trap 'rm -rf "$room"' EXIT
cd "$room"
python3 -m venv venv
venv/bin/pip install -qq --disable-pip-version-check oxedi==0.6.0 polars==2.1.0

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
CLP*0012*1*300*100*0*13*P1*13*1~
NM1*QC*1*ONE*MEMBER****MI*ID1~
MOA***MA01~
SVC*HC:99213:25:GT*100*100*0510*1*HC:99214:25*2~
DTM*150*20261001~
DTM*151*20261003~
REF*6R*L1~
REF*0K*POLICY7~
SVC*HC:96365*200*0*0260*0~
DTM*472*20261001~
CAS*CO*97*200~
REF*6R*L2~
LQ*HE*N130~
LQ*HE*M15~
SE*24*0001~
GE*1*101~
IEA*1*000000101~
X12

cat > probe.py <<'PY'
from importlib.metadata import version
from pathlib import Path

import oxedi
import polars

print("oxedi", version("oxedi"), "polars", version("polars"))
text = Path("check.835").read_bytes()
result = oxedi.parse(text)
print("diagnostics", len(result.diagnostics), "written back alike", result.document.write() == text)
frames = {name: result.tables[name].to_polars() for name in result.tables}
held = repr([frame.to_dicts() for frame in frames.values()])
for value in ("99213", "GT", "99214", "0510", "2026, 10, 3", "POLICY7", "N130", "M15", "MA01", "L1", "97"):
    print("in a table" if value in held else "nowhere", value)
print("service dates", [str(date) for date in frames["services"]["service_date"]])
rows = frames["adjustments"]
print("rows of CO in Python", sum(row["group_code"] == "CO" for row in rows.to_dicts()))
print("rows of CO in polars", rows.filter(polars.col("group_code") == "CO").height)
PY
venv/bin/python probe.py | tee observed
diff observed - <<'EXPECTED'
oxedi 0.6.0 polars 2.1.0
diagnostics 0 written back alike True
in a table 99213
nowhere GT
nowhere 99214
nowhere 0510
nowhere 2026, 10, 3
nowhere POLICY7
nowhere N130
nowhere M15
nowhere MA01
in a table L1
in a table 97
service dates ['None', '2026-10-01']
rows of CO in Python 0
rows of CO in polars 1
EXPECTED
echo "as found"
