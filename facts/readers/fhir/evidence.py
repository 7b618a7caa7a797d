"""Evidence of FHIR claims: supporting information of a category that a policy declares.

Source: FHIR R4 (4.0.1), Claim.supportingInfo and Claim.item.informationSequence.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

from facts.diagnostic import Diagnostic
from facts.origin import Origin
from facts.outputs import cannot_be_read
from facts.readers.fhir.documents import resources
from facts.readers.fhir.elements import Element, codings
from facts.readers.fhir.lines import ItemTrace, claim_id_of
from facts.readers.fhir.releases import CLAIMS
from facts.readers.line_table import RawRow
from facts.readers.plain_values import texts_of
from facts.values import one_line

_COLUMNS = ("claim_id", "line_number", "evidence", "value")


def evidence_rows(path: Path, names: Collection[str], found: list[Diagnostic]) -> Iterator[RawRow]:
    """Yield the supporting information of claims as rows of evidence.

    Parameters
    ----------
    path : Path
        A FHIR file.
    names : collection of str
        Evidence that the policy declares; information of another category is none.
    found : list of Diagnostic
        Gathers what cannot be read.

    Yields
    ------
    RawRow
        A row of each item that names the information by its ``informationSequence``, else one of
        the whole claim.
    """
    count = 0
    try:
        for resource in resources(path, found):
            if resource.element.text("resourceType") in CLAIMS:
                for row in _of_claim(resource.element, names):
                    count += 1
                    row.number = count
                    yield row
    except OSError as fault:
        found.append(cannot_be_read(path, fault))
    if not count:
        message = f"`{one_line(str(path))}` has no supporting information that is evidence"
        help = "the code of its category is the name of the evidence"
        found.append(Diagnostic("warning", message, Origin(str(path)), help))


def _of_claim(claim: Element, names: Collection[str]) -> Iterator[RawRow]:
    claim_id, place = claim_id_of(claim)
    items = claim.objects("item")
    for each in claim.objects("supportingInfo"):
        named = [one for one in codings(each.object("category")) if one.code.lower() in names]
        if not named:
            continue
        value, path = _value(each)
        sequence = each.members.get("sequence")
        lines = [item for item in items if sequence in item.scalars("informationSequence")]
        chosen: list[Element | None] = [*lines] or [None]
        for item in chosen:
            number = None if item is None else item.members.get("sequence")
            record = dict(zip(_COLUMNS, (claim_id, number, named[0].code, value), strict=True))
            own = each.path if item is None else item.child("sequence")
            paths = dict(zip(_COLUMNS, (place, own, named[0].path, path), strict=True))
            trace = ItemTrace(claim.place, {**paths, "": each.path})
            fields, faults = texts_of(record, trace, _COLUMNS)
            yield RawRow(0, fields, trace, tuple(faults.values()), tuple(faults))


def _value(information: Element) -> tuple[Any, str]:
    """Return the value of a supporting information, and its path."""
    given = information.members.get("valueBoolean")
    if isinstance(given, bool):
        return ("yes" if given else "no"), information.child("valueBoolean")
    quantity = information.members.get("valueQuantity")
    if isinstance(quantity, dict) and isinstance(quantity.get("value"), Decimal):
        return quantity["value"], information.child("valueQuantity.value")
    for one in codings(information.object("code")):
        return one.code, one.path
    return information.members.get("valueString"), information.child("valueString")
