"""Terms of claims in words: outcomes, effects, claim forms, codes with their meanings."""

from __future__ import annotations

from facts.reference_sets import describe
from facts.values import one_line

_OUTCOMES = {
    "bundled": "not separately reimbursed",
    "not_addressed": "not addressed by the policy",
    "pended": "pended for missing information",
    "supports": "considered for payment",
    "override": "decided by an override",
    "scope": "about the scope of the policy",
}
_FORMS = {"cms1500": "CMS-1500", "ub04": "UB-04"}


def outcome_text(outcome: str, allowed_units: str = "") -> str:
    """Return an outcome (with its allowed units) or an effect in words.

    Examples
    --------
    >>> outcome_text("bundled"), outcome_text("reduced", "5"), outcome_text("denied")
    ('not separately reimbursed', 'reduced to 5 units', 'denied')
    """
    if outcome == "reduced" and allowed_units:
        noun = "unit" if allowed_units == "1" else "units"
        return f"reduced to {allowed_units} {noun}"
    return _OUTCOMES.get(outcome, outcome.replace("_", " "))


def form_text(form: str) -> str:
    """Return the name of a claim form.

    Examples
    --------
    >>> form_text("cms1500"), form_text("dental")
    ('CMS-1500', 'dental')
    """
    return _FORMS.get(form, one_line(form))


def described(reference: str, code: str | None) -> str:
    """Return a code with its short meaning in a reference set; empty where there is no code.

    Examples
    --------
    >>> described("revenue_code", "0258"), described("place_of_service", None)
    ('0258 (intravenous solutions)', '')
    """
    if not code:
        return ""
    meaning = describe(reference, code)
    return f"{code} ({meaning})" if meaning else one_line(code)
