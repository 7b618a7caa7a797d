"""What tells the releases of FHIR apart, and which resources a claim refers to."""

from __future__ import annotations

from facts.readers.fhir.elements import Element

CLAIMS = ("Claim", "ExplanationOfBenefit")
"""Resources that are read as claims."""

_BESIDE = (
    "Bundle Condition Coverage Device DocumentReference Encounter EpisodeOfCare Group "
    "HealthcareService Location Medication MedicationRequest Observation OperationOutcome "
    "Organization Patient Practitioner PractitionerRole Procedure RelatedPerson "
    "ServiceRequest VisionPrescription"
)
CONTEXT = frozenset(_BESIDE.split())
"""Resources beside claims, which claims refer to. Source: FHIR R4, references of Claim and of
ExplanationOfBenefit; OperationOutcome stands in the answers of servers."""

_ONLY = {
    "R5": (
        ("diagnosisRelatedGroup", "event", "encounter", "patientPaid", "traceNumber"),
        ("productOrServiceEnd", "patientPaid", "request", "reviewOutcome", "tax", "traceNumber"),
    ),
    "STU3": (
        ("employmentImpacted", "hospitalization", "information", "organization"),
        ("careTeamLinkId", "diagnosisLinkId", "service"),
    ),
}
"""Members of claims and of their items that only one other release has. Source: FHIR R5 (5.0.0)
and STU3 (3.0.2), Claim and ExplanationOfBenefit."""

_PROFILE_VERSIONS = {"5.": "R5", "3.": "STU3"}


def other_release(claim: Element) -> tuple[str, str] | None:
    """Return the release that a claim is of, and the path that shows it; None for R4.

    Parameters
    ----------
    claim : Element
        A Claim or ExplanationOfBenefit.

    Examples
    --------
    >>> from facts.readers.fhir.elements import ResourcePlace
    >>> other_release(Element({"item": [{"tax": {}}]}, "$", ResourcePlace("claim.json")))
    ('R5', '$.item[0].tax')
    """
    meta = claim.members.get("meta")
    profiles = meta.get("profile") if isinstance(meta, dict) else None
    for number, profile in enumerate(profiles if isinstance(profiles, list) else []):
        base, _, version = str(profile).partition("|")
        if base.startswith("http://hl7.org/fhir/StructureDefinition/"):
            for start, release in _PROFILE_VERSIONS.items():
                if version.startswith(start):
                    return release, f"{claim.path}.meta.profile[{number}]"
    items = claim.members.get("item")
    for release, (own, of_item) in _ONLY.items():
        for name in own:
            if name in claim.members:
                return release, claim.child(name)
        for number, item in enumerate(items if isinstance(items, list) else []):
            for name in of_item:
                if isinstance(item, dict) and name in item:
                    return release, f"{claim.path}.item[{number}].{name}"
            if isinstance(item, dict) and isinstance(item.get("bodySite"), list):
                return "R5", f"{claim.path}.item[{number}].bodySite"
    return None
