#!/usr/bin/env bash
# One balanced 835, four readers: one of them loses 110 of the 430 that the payer took away.
#
# Date: 2026-11-30, Python 3.11.
# Expected: a small 835 that balances to the cent (700 charged, 270 paid, so 430 of adjustments in
#   eight triplets of five CAS, one CAS at claim level) gives 430 in every reader of remittances.
# Found: edi-835-parser 1.8.0 sees 320. It keeps the first triplet of each line CAS, and leaves out
#   the claim's CAS with a warning. A later AMT*KH of a line erases the allowed amount AMT*B6. A denied
#   line without SVC05 counts 0 units billed, where an absent count means one; and 1.5 units stay text
#   beside whole numbers in the column.
#   openx12 0.2.1 has all eight, but its totals per claim name the claim level alone (30 of 380 of
#   group CO). x12sdk 2.2.0 and oxedi 0.6.0 are right. x12sdk refuses the same remittance whole, if one
#   informational adjustment of 0 is added, with a message that a quantity is required; oxedi reads it.
# Why it matters: an audit that sums adjustments finds denials that are none, and misses those in the
#   second triplet, where CO-97 and CO-253 usually stand after CO-45.
set -euo pipefail
room=$(mktemp -d)
trap 'rm -rf "$room"' EXIT
cd "$room"
python3 -m venv venv
venv/bin/pip install -qq --disable-pip-version-check \
    edi-835-parser==1.8.0 openx12==0.2.1 oxedi==0.6.0 polars==2.1.0 \
    x12sdk==2.2.0 pandas==2.3.3

cat > check.835 <<'X12'
ISA*00*          *00*          *ZZ*PAYER          *ZZ*PAYEE          *261101*0930*^*00501*000000101*0*T*:~
GS*HP*PAYER*PAYEE*20261101*0930*101*X*005010X221A1~
ST*835*0001~
BPR*I*270*C*CHK************20261105~
TRN*1*CHECK1*1111111111~
N1*PR*ALPHA~
N3*1 ROAD~
N4*ANYTOWN*OH*43001~
PER*BL*DESK*TE*5550000000~
N1*PE*CLINIC*XX*1999999984~
LX*1~
CLP*CLAIM1*1*700*270*50*12*P1*11*1~
CAS*CO*253*30~
NM1*QC*1*ONE*MEMBER****MI*ID1~
SVC*HC:99214:25*300*200**1~
DTM*472*20261001~
CAS*CO*45*40**253*10~
CAS*PR*1*30**2*20~
AMT*B6*250~
AMT*KH*3~
SVC*HC:J1745*200*100**1.5**2~
DTM*472*20261001~
CAS*CO*45*50**97*50~
AMT*B6*150~
SVC*HC:97110*200*0~
DTM*472*20261001~
CAS*CO*97*200~
LQ*HE*N130~
SE*27*0001~
GE*1*101~
IEA*1*000000101~
X12

cat > probe.py <<'PY'
import warnings
from importlib.metadata import version
from pathlib import Path

import edi_835_parser
import oxedi
from openx12 import x835
from x12sdk.io import X12ModelReader

warnings.simplefilter("ignore")
for name in ("edi-835-parser", "openx12", "x12sdk", "oxedi"):
    print(name, version(name))

table = edi_835_parser.parse("check.835").to_dataframe()
amounts = table.filter(regex=r"adj_\d+_amount").fillna(0).to_numpy().sum()
print("edi-835-parser adjustments", amounts)
print("edi-835-parser allowed", [str(value) for value in table["allowed_amount"]])
print("edi-835-parser units billed", list(table["billed_units"]), "paid", list(table["allowed_units"]))

claim = x835.parse(Path("check.835").read_text()).claims[0]
triplets = claim["adjustments"] + [a for s in claim["services"] for a in s["adjustments"]]
print("openx12 adjustments", sum(a["amount"] for a in triplets), "CO total", claim["provider_adjustments"])


def by_x12sdk(path):
    total = 0
    with X12ModelReader(path) as reader:
        for model in reader.models():
            for paid in model.claims():
                loops = [paid.claim, *paid.claim.loop_2110]
                for cas in [cas for loop in loops for cas in loop.cas_segment]:
                    total += sum(getattr(cas, f"monetary_amount_{n}") or 0 for n in range(1, 7))
    return total


def by_oxedi(path):
    result = oxedi.parse(Path(path).read_bytes())
    return result.tables["adjustments"].to_polars()["amount"].sum(), len(result.diagnostics)


print("x12sdk adjustments", by_x12sdk("check.835"))
print("oxedi adjustments, diagnostics", *by_oxedi("check.835"))

text = Path("check.835").read_text()
text = text.replace("CAS*CO*97*200~", "CAS*CO*97*200~\nCAS*PI*119*0~").replace("SE*27", "SE*28")
Path("zero.835").write_text(text)
try:
    print("x12sdk with a zero", by_x12sdk("zero.835"))
except ValueError as error:
    print("x12sdk with a zero:", str(error).splitlines()[2].strip().split(" [type")[0])
print("oxedi with a zero", *by_oxedi("zero.835"))
PY
venv/bin/python probe.py | tee observed
diff observed - <<'EXPECTED'
edi-835-parser 1.8.0
openx12 0.2.1
x12sdk 2.2.0
oxedi 0.6.0
edi-835-parser adjustments 320.0
edi-835-parser allowed ['nan', '150.0', 'nan']
edi-835-parser units billed [1, 2, 0] paid [1, '1.5', 0]
openx12 adjustments 430.0 CO total 30.0
x12sdk adjustments 430
oxedi adjustments, diagnostics 430.00 0
x12sdk with a zero: Value error, Adjustment set 1 is required to have a reason code, amount, and quantity
oxedi with a zero 430.00 0
EXPECTED
echo "as found"
