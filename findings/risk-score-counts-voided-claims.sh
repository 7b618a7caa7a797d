#!/usr/bin/env bash
# hccinfhir 0.4.0 takes the diagnoses of voided claims and of EOBs entered in error into the risk
# score, and drops those of CARIN EOBs without a word.
#
# Date: 2026-11-30, Python 3.11.
# Expected: a claim and its void (CLM05-3 = 8, same number, REF*F8) leave nothing; an
#   ExplanationOfBenefit with status `cancelled`, `draft` or `entered-in-error` is no bill. A service
#   coded in the code systems that the CARIN profile names (CPT, the CMS HCPCS release) is eligible
#   as it is in Blue Button's own.
# Found: frequency code and status are not looked at. A void alone raises the score from 0.395 to
#   0.755, just as an original does. With the system of CPT or of the HCPCS releases the same
#   99213 is no procedure, and the score falls back to 0.395; nothing says that a diagnosis was left out.
# Why it matters: diagnoses that stay after a void are the overpayments that plans have to find and
#   give back; the other way round, EOBs of every payer but Blue Button score as healthy members.
set -euo pipefail
room=$(mktemp -d)
trap 'rm -rf "$room"' EXIT
cd "$room"
python3 -m venv venv
venv/bin/pip install -qq --disable-pip-version-check hccinfhir==0.4.0 pydantic==2.14.4

cat > probe.py <<'PY'
from importlib.metadata import version

from hccinfhir import Demographics, HCCInFHIR
from hccinfhir.extractor import extract_sld

HEAD = """
BHT*0019*00*B1*20261101*0930*CH
NM1*41*2*CLINIC*****46*SUB1
PER*IC*DESK*TE*5550000000
NM1*40*2*RECEIVER*****46*REC1
HL*1**20*1
NM1*85*2*CLINIC*****XX*1999999984
N3*1 ROAD
N4*ANYTOWN*OH*430010000
REF*EI*000000001
HL*2*1*22*0
SBR*P*18*******MB
NM1*IL*1*ONE*MEMBER****MI*ID1
N3*2 ROAD
N4*ANYTOWN*OH*430010000
DMG*D8*19560101*F
NM1*PR*2*ALPHA*****PI*PAYER1
"""
CLAIM = """
CLM*CLAIM1*100***11:B:{frequency}*Y*A*Y*Y
HI*ABK:I509
LX*1
SV1*HC:99213*100*UN*1***1
DTP*472*D8*20261001
"""


def claims(*frequencies):
    """Return an 837P with the same claim once for each frequency code."""
    body = HEAD + "".join(CLAIM.format(frequency=frequency) for frequency in frequencies)
    body = body.replace("B:8*Y*A*Y*Y", "B:8*Y*A*Y*Y\nREF*F8*P1")
    segments = ["ST*837*0001*005010X222A1", *body.split("\n")]
    segments = [segment for segment in segments if segment]
    segments.append(f"SE*{len(segments) + 1}*0001")
    envelope = "ISA*00*          *00*          *ZZ*SUBMITTER      *ZZ*RECEIVER       "
    envelope += "*261101*0930*^*00501*000000101*0*T*:~"
    envelope += "GS*HC*SUBMITTER*RECEIVER*20261101*0930*101*X*005010X222A1~"
    return envelope + "~".join(segments) + "~GE*1*101~IEA*1*000000101~"


def benefit(status, system):
    """Return an ExplanationOfBenefit of one office visit for heart failure."""
    blue = "https://bluebutton.cms.gov/resources"
    code = {"system": "http://hl7.org/fhir/sid/icd-10-cm", "code": "I509"}
    return {
        "resourceType": "ExplanationOfBenefit",
        "id": "eob1",
        "status": status,
        "use": "claim",
        "outcome": "complete",
        "type": {"coding": [{"system": f"{blue}/variables/nch_clm_type_cd", "code": "71"}]},
        "patient": {"reference": "Patient/1"},
        "diagnosis": [{"sequence": 1, "diagnosisCodeableConcept": {"coding": [code]}}],
        "item": [
            {
                "sequence": 1,
                "diagnosisSequence": [1],
                "productOrService": {"coding": [{"system": system, "code": "99213"}]},
                "servicedPeriod": {"start": "2026-10-01", "end": "2026-10-01"},
            }
        ],
    }


print("hccinfhir", version("hccinfhir"))
model = HCCInFHIR(model_name="CMS-HCC Model V28")
member = Demographics(age=70, sex="F", dual_elgbl_cd="00", orec="0", crec="0", new_enrollee=False)
print("no claim", model.calculate_from_diagnosis([], member).risk_score)
for frequencies in (["1"], ["1", "8"], ["8"]):
    lines = extract_sld(claims(*frequencies), format="837")
    print("837", frequencies, model.run_from_service_data(lines, member).risk_score)
HCPCS = "https://bluebutton.cms.gov/resources/codesystem/hcpcs"
for status in ("active", "cancelled", "draft", "entered-in-error"):
    print("EOB", status, model.run([benefit(status, HCPCS)], member).risk_score)
for system in (
    "http://www.ama-assn.org/go/cpt",
    "http://www.cms.gov/Medicare/Coding/HCPCSReleaseCodeSets",
):
    print("EOB active", system, model.run([benefit("active", system)], member).risk_score)
PY
venv/bin/python probe.py | tee observed
diff observed - <<'EXPECTED'
hccinfhir 0.4.0
no claim 0.395
837 ['1'] 0.755
837 ['1', '8'] 0.755
837 ['8'] 0.755
EOB active 0.755
EOB cancelled 0.755
EOB draft 0.755
EOB entered-in-error 0.755
EOB active http://www.ama-assn.org/go/cpt 0.395
EOB active http://www.cms.gov/Medicare/Coding/HCPCSReleaseCodeSets 0.395
EXPECTED
echo "as found"
