#!/usr/bin/env bash
# A file of two checks of two payers: both small readers keep the last check and merge the rest.
#
# Date: 2026-11-30, Python 3.11.
# Expected: an 835 file with two ST..SE (one check and one payer each, the usual batch of a
#   clearinghouse) gives two payments, or is refused; each claim knows its check and payer.
# Found: edi-835-parser 1.8.0 builds one `TransactionSet` out of the whole file. `sum_payments()` is
#   the last BPR alone (100 of 350) while `count_claims()` counts both; `to_dataframe()`, which would
#   tie each line to its payer, stops at an assertion without a message.
#   openx12 0.2.1 names the last payer and the last check for both claims: 100 "payment" beside 350
#   "total paid". oxedi 0.6.0 keeps two payments.
# Why it matters: deadlines and appeals go by payer and check date; here half of the money is
#   under the wrong name, or gone, with a sum that looks like a sum.
set -euo pipefail
room=$(mktemp -d)
trap 'rm -rf "$room"' EXIT
cd "$room"
python3 -m venv venv
venv/bin/pip install -qq --disable-pip-version-check \
    edi-835-parser==1.8.0 openx12==0.2.1 oxedi==0.6.0 polars==2.1.0 pandas==2.3.3

cat > checks.835 <<'X12'
ISA*00*          *00*          *ZZ*CLEARING       *ZZ*PAYEE          *261101*0930*^*00501*000000101*0*T*:~
GS*HP*CLEARING*PAYEE*20261101*0930*101*X*005010X221A1~
ST*835*0001~
BPR*I*250*C*CHK************20261103~
TRN*1*CHECK1*1111111111~
N1*PR*ALPHA~
N3*1 ROAD~
N4*ANYTOWN*OH*43001~
PER*BL*DESK*TE*5550000000~
N1*PE*CLINIC*XX*1999999984~
LX*1~
CLP*CLAIM1*1*250*250*0*12*P1*11*1~
NM1*QC*1*ONE*MEMBER****MI*ID1~
SVC*HC:99214*250*250**1~
DTM*472*20261001~
SE*14*0001~
ST*835*0002~
BPR*I*100*C*CHK************20261105~
TRN*1*CHECK2*1222222222~
N1*PR*BETA~
N3*1 ROAD~
N4*ANYTOWN*OH*43001~
PER*BL*DESK*TE*5550000000~
N1*PE*CLINIC*XX*1999999984~
LX*1~
CLP*CLAIM2*1*100*100*0*12*P2*11*1~
NM1*QC*1*TWO*MEMBER****MI*ID2~
SVC*HC:99213*100*100**1~
DTM*472*20261002~
SE*14*0002~
GE*2*101~
IEA*1*000000101~
X12

cat > probe.py <<'PY'
import warnings
from importlib.metadata import version
from pathlib import Path

import edi_835_parser
import oxedi
from openx12 import x835

warnings.simplefilter("ignore")
for name in ("edi-835-parser", "openx12", "oxedi"):
    print(name, version(name))

sets = edi_835_parser.parse("checks.835")
print("edi-835-parser sets", len(sets), "paid", sets.sum_payments(), "claims", sets.count_claims())
try:
    print(sets.to_dataframe()["payer"].tolist())
except AssertionError as error:
    print("edi-835-parser table: AssertionError", repr(str(error)))

summary = x835.parse(Path("checks.835").read_text()).summary()
keys = ("payer", "check_number", "payment_amount", "total_claims", "total_paid")
print("openx12", *(summary[key] for key in keys))

payments = oxedi.parse(Path("checks.835").read_bytes()).tables["payments"].to_polars()
print("oxedi", [str(amount) for amount in payments["total_payment_amount"]], payments["payer_name"].to_list())
PY
venv/bin/python probe.py | tee observed
diff observed - <<'EXPECTED'
edi-835-parser 1.8.0
openx12 0.2.1
oxedi 0.6.0
edi-835-parser sets 1 paid 100.0 claims 2
edi-835-parser table: AssertionError ''
openx12 BETA CHECK2 100.0 2 350.0
oxedi ['250.00', '100.00'] [b'ALPHA', b'BETA']
EXPECTED
echo "as found"
