"""The code sets of R14 once more, typed for the second opinion alone: no policy file is read."""

from __future__ import annotations

import re
from datetime import date
from functools import cache

SETS: dict[str, str] = {
    "associated_revenue_codes": "0250-0259 0260-0269 0270-0273 0279 0290-0299 0390-0399 0623-0624"
    " 0630-0639",
    "facility_prose": "96360-96379 96401-96402 96409-96425 96521-96523",
    "facility_table": "96360 96361 96365-96376 96379 96401 96402 96409 96411 96413 96415-96417"
    " 96420 96422 96423 96425 96521-96523",
    "infusion_service": "96360-96549",
    "office_table": "96360 96361 96365-96376 96379 96401 96402 96409 96411 96413 96415-96417 96420"
    " 96422 96423 96425 96521-96523 96542 96549",
    "office_supplies": "A4206-A4215 A4216-A4218 A4220 A4221 A4222 A4223 A4244-A4248 A4300-A4306"
    " A4450-A4456 A4550 A4649 A4927 A4930 A6203 A6206 A6216 A9219 A6257 A6260 A6402 A6413"
    " A6448-A6450 A6453-A6455 A6457 A9279 S1015 S1016",
    "home_supplies": "A4206-A4215 A4216-A4218 A4220 A4221 A4222 A4223 A4244-A4248 A4300-A4306"
    " A4450-A4456 A4550 A4649 A4927 A4930 A6203 A6206 A6216 A9219 A6257 A6260 A6402 A6413"
    " A6448-A6450 A6453-A6455 A6457 A9279 E0776 E0779-E0781 K0105 S1015 S1016",
    "per_diem": "S5497-S5502 S5517 S5518 S5520 S5521 S9208-S9214 S9325-S9328 S9329-S9331 S9336"
    " S9338 S9339 S9340-S9343 S9345 S9346 S9347 S9348 S9349 S9351 S9353 S9355 S9357 S9359 S9361"
    " S9363 S9364-S9368 S9370 S9372 S9373-S9377 S9379 S9490 S9494-S9504 S9537 S9538 S9542 S9558"
    " S9559 S9560 S9562 S9590 S5497-S5497 S5501-S5521 S9208-S9331 S9336-S9379 S9490-S9504"
    " S9537-S9590",
    "not_therapy": "S5497-S5521",
    # Reading 5: only the codes that the table prints are incidental, not what lies between them.
    "ub04_incidental": "96360 96361 96365 96366 96367 96368 96369 96370 96371 96372 96373 96374"
    " 96375 96376 96377 96379 96521 96522 96523",
    "injection": "96372-96379",
    "tpn": "B4164-B5200 S9364-S9368",
    "tpn_daily": "S9364-S9368",
    "enteral": "B4149-B4162",
    "drug": "J0100-J9999 Q0138-Q0181 Q0515 Q2004-Q2017 Q2040-Q2050 Q3027-Q3028 Q4074-Q4082"
    " Q5101-Q5199 Q9968 Q9970-Q9981 Q9985-Q9986 Q9989 C9014-C9348 C9399 C9441-C9456 C9460"
    " C9462-C9499 S0012-S0197 S5000-S5001 S5550-S5553 S5565-S5571 90281-90399",
    "unlisted_drug": "J3490 J3590 J7599 J7699 J7799 J7999 J8498 J8499 J8597 J8999 J9999 C9399",
    "transfusion_fee": "36430-36460",
    "transfusion_fee_revenue": "0391",
    "blood_product": "P9010-P9099",
    "blood_product_revenue": "0380-0389 0390 0392-0399",
    "blood_revenue": "0380-0389 0390-0399",
    "blood_collection": "86890 86891",
    "dialysis": "90935-90947 90999",
    "dialysis_revenue": "0820-0859",
    "line_insertion": "36555-36573 36580-36585 36620-36640",
    "iv_insertion": "36000",
    "evaluation_and_management": "99201-99499",
    "surgery": "10004-69990",
    "not_surgery": "36000 36400-36416 36430-36460 36555-36640",
    "surgery_revenue": "0360-0369 0481 0490-0499",
    "facility_place": "02 19 21 22 23 24 26 31 34 41 42 51 52 53 56 61",
    "inpatient_place": "21 51 61",
    "outpatient_place": "11 19 22 23 24 49 50 62 65 71 72",
    "inpatient_bill": "11 18 21 41",
    "outpatient_bill": "12 13 14 22 23 70-79 83 85",
    "home_bill": "32 33 34",
    "supply_revenue": "0270-0273 0279 0290-0299 0623-0624",
    "iv_therapy_revenue": "0260-0269",
    "drug_revenue": "0250-0259 0630-0639",
    "room_revenue": "0100-0219 0762",
    "not_separately_reimbursed": "J1642 J7050",
}

ADDRESSED = (
    "facility_prose",
    "facility_table",
    "infusion_service",
    "office_table",
    "office_supplies",
    "home_supplies",
    "per_diem",
    "ub04_incidental",
    "not_separately_reimbursed",
    "tpn",
    "enteral",
    "drug",
    "blood_product",
    "blood_collection",
    "line_insertion",
)
"""Sets of procedure codes of which the policy speaks."""

DOSE_PER_UNIT = {"J1200": 50, "J1642": 10, "J7050": 250}
AMOUNT_PER_UNIT = {"B4153": 100}
OTHER_UNITS = ("J1200", "J1642", "B4153")
"""Codes whose dose or amount counts something else than cc."""

WORDS = {
    "flush": "flush flushes heplock hep+lock heparin+lock saline+lock",
    "admixture_or_diluent": "admixture admixtures diluent diluents",
    "iv_insertion": "iv+start iv+insertion start+of+iv insertion+of+iv",
    "local_anesthesia": "local+anesthesia",
}
"""Item kinds and the phrases of a description that tell them."""

FIRST_DAYS: dict[str, str] = {
    "2010-07-15": "SCP-1 SCP-2 SCP-3 SCP-4 SCP-5 COV-1 COV-2 COV-4 COV-5 NOT-1 NOT-2a NOT-3"
    " NOT-8 NOT-9 NOT-10 NOT-11 FAC-2 FAC-3 FAC-4 FAC-5 FAC-6 GEN-1",
    "2014-07-22": "COV-3 COV-6a COV-6b COV-6c COV-6d COV-6e COV-6f COV-6g COV-6h NOT-2b NOT-2c"
    " NOT-4 NOT-5 NOT-6 NOT-7 NOT-12a NOT-12b NOT-12c NOT-12d NOT-12e NOT-12f BIL-1"
    " BIL-2 BIL-3 BIL-4 BIL-6 BIL-7 FAC-1 OFF-1 OFF-2 HOM-1 HOM-2 HOM-4 GEN-2 GEN-3",
    "2015-06-16": "HOM-3",
    "2016-10-03": "BIL-5a BIL-5b",
    "2017-10-17": "COD-2",
    "2018-04-15": "COD-1",
    "2018-05-19": "FAC-7",
}

FIRST_DAY: dict[str, date] = {
    f"R14-{clause}": date.fromisoformat(day)
    for day, clauses in FIRST_DAYS.items()
    for clause in clauses.split()
}
"""First day of every clause."""

PUBLISHED = date(2010, 7, 15)
OFFICE_AND_HOME = date(2014, 7, 22)
CLARIFIED = date(2018, 9, 18)
FLUSH_CODE = date(2018, 4, 15)


@cache
def bounds(name: str) -> list[tuple[str, str]]:
    """Return the first and the last code of each range of a set."""
    pairs = (item.partition("-") for item in SETS[name].split())
    return [(first, last or first) for first, _, last in pairs]


@cache
def within(code: str | None, name: str) -> bool:
    """Tell whether a code lies in a set: as long as the bounds, and between them as text."""
    if not code:
        return False
    return any(
        len(code) == len(first) == len(last) and first <= code <= last
        for first, last in bounds(name)
    )


def kinds_in_words(description: str | None) -> set[str]:
    """Return the item kinds that whole words of a description tell."""
    words = f" {re.sub('[^a-z0-9]+', ' ', (description or '').lower()).strip()} "
    return {
        kind
        for kind, phrases in WORDS.items()
        if any(f" {phrase.replace('+', ' ')} " in words for phrase in phrases.split())
    }
