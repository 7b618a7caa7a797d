"""The two claim forms, and what else people call them.

Source: NUCC for the CMS-1500 (once HCFA-1500), NUBC for the UB-04 (also CMS-1450), X12 for the
transactions that take their place, 837P (005010X222) and 837I (005010X223). The UB-92 and the
HCFA-1450 that came before the UB-04 had other fields.
"""

from __future__ import annotations

import re
from functools import lru_cache

CLAIM_FORMS = ("cms1500", "ub04")

_NAMES = {
    "cms1500": "cms1500 hcfa1500 1500 hcfa cms professional prof p 837p 837professional "
    "professional837 005010x222 005010x222a1 005010x222a2 x222 x222a1 1500form form1500",
    "ub04": "ub04 ub4 ub cms1450 1450 institutional inst i 837i 837institutional "
    "institutional837 facility 005010x223 005010x223a2 005010x223a3 x223 x223a2 ub04form",
}
_FORM_OF = {name: form for form, names in _NAMES.items() for name in names.split()}
_BEHIND = re.compile(r"(claim|claims|form|\(?\d\d/\d\d\)?)$", re.ASCII)
_MARKS = re.compile(r"[-_/ .#]")
_LIKE_FORMS = re.compile(r"^(cms|hcfa|ub)[^a-z]*$|1500|1450|ub.?\d|837|prof|inst", re.ASCII)


@lru_cache(maxsize=256)
def parse_claim_form(text: str) -> str:
    """Return a text as a claim form; any form is read, an unknown one is not addressed.

    Examples
    --------
    >>> [parse_claim_form(text) for text in ("CMS-1500", "UB 04", "837P", "Dental")]
    ['cms1500', 'ub04', 'cms1500', 'dental']
    """
    form = text.strip().lower()
    number = re.sub(r"(?<=\d)\.0+$", "", form)
    bare = _BEHIND.sub("", number.strip()) or number
    for each in (number, bare):
        found = _FORM_OF.get(_MARKS.sub("", each))
        if found is not None:
            return found
    return form


def looks_like_claim_form(form: str) -> bool:
    """Tell whether an unknown claim form looks like one that is known.

    Examples
    --------
    >>> looks_like_claim_form("ub92"), looks_like_claim_form("ub04"), looks_like_claim_form("ada")
    (True, False, False)
    """
    return form not in CLAIM_FORMS and _LIKE_FORMS.search(form) is not None
