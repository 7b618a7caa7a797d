"""Claims of FHIR R4 files: ``Claim`` and ``ExplanationOfBenefit``. Source: FHIR R4 (4.0.1).

Anything that cannot be understood rejects its claim, with the JSON path; the rest of the file is
read on.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from facts.diagnostic import Diagnostic
from facts.origin import Origin
from facts.outputs import cannot_be_read
from facts.readers.batch import Claim, ClaimStream, RejectedClaim
from facts.readers.fhir.documents import Resource, resources
from facts.readers.fhir.elements import Element
from facts.readers.fhir.lines import ItemReader, claim_id_of
from facts.readers.fhir.releases import CLAIMS, CONTEXT, other_release
from facts.readers.grouping import gather
from facts.readers.identity import RepeatedNumbers
from facts.readers.notes import Notes
from facts.readers.text_file import look
from facts.values import one_line, quoted


def read_fhir(path: str | Path, repeated: RepeatedNumbers | None = None) -> ClaimStream:
    """Read the claims of a FHIR file: a resource, a Bundle, or NDJSON.

    Parameters
    ----------
    path : path
        The file.
    repeated : RepeatedNumbers, optional
        Claim ids that several claims have, where several files are read. Those of the file alone
        are looked for where nothing is given.

    Returns
    -------
    ClaimStream
        Claims in the order of the file. The id is the payer's unique number of an
        ExplanationOfBenefit, or else the first identifier, or else the id of the resource. Claims
        of the same id have a part behind it that tells them apart.

    See Also
    --------
    facts.readers.detect.open_claims : several files, of any form.
    facts.readers.x12.claims.read_837 : the same of an 837.

    Examples
    --------
    >>> stream = read_fhir("no such file.json")
    >>> list(stream), stream.diagnostics[0].severity
    ([], 'error')
    """
    notes = Notes()
    return ClaimStream(_claims(Path(path), notes, repeated), notes)


def ids_of_fhir(path: str | Path) -> Iterator[str]:
    """Yield the claim ids of a FHIR file and read nothing else of it.

    Parameters
    ----------
    path : path
        The file.
    """
    with suppress(OSError):
        for each in resources(Path(path), []):
            if each.element.text("resourceType") in CLAIMS:
                claim_id, _ = claim_id_of(each.element)
                if claim_id:
                    yield claim_id


def _claims(
    path: Path, notes: Notes, repeated: RepeatedNumbers | None
) -> Iterator[Claim | RejectedClaim]:
    _, fault = look(path)
    if fault is not None:
        notes.append(fault)
        return
    if repeated is None:
        counted = Counter(map(hash, ids_of_fhir(path)))
        repeated = RepeatedNumbers({each for each, count in counted.items() if count > 1})
    faults: list[Diagnostic] = []
    count = 0
    try:
        for resource in resources(path, faults):
            kind = resource.element.text("resourceType")
            if kind in CLAIMS:
                count += 1
                yield _claim(resource, repeated, notes)
            elif kind not in CONTEXT:
                faults.append(_unknown(resource.element, kind))
    except OSError as fault_:
        faults.append(cannot_be_read(path, fault_))
    notes.once(faults)
    if not count and not faults:
        message = f"`{one_line(str(path))}` has no {' and no '.join(CLAIMS)}"
        notes.append(Diagnostic("warning", message, Origin(str(path))))
    notes.close()


def _unknown(resource: Element, kind: str) -> Diagnostic:
    """Return what is wrong with a resource that is neither a claim nor beside one."""
    if kind:
        message = f"a resource of the type {quoted(kind)} is not read"
        path = resource.child("resourceType")
    else:
        message, path = "a resource has no `resourceType`", resource.path
    help = f"{' and '.join(CLAIMS)} of FHIR R4 are read"
    return Diagnostic("error", message, resource.place.origin(path), help)


def _claim(resource: Resource, repeated: RepeatedNumbers, notes: Notes) -> Claim | RejectedClaim:
    claim = resource.element
    place = claim.place
    claim_id, _ = claim_id_of(claim)
    release = other_release(claim)
    if release is not None:
        items = claim.members.get("item")
        message = f"the resource is of FHIR {release[0]}, which is not read"
        place.tell("error", message, release[1], "ask for FHIR R4 (4.0.1)")
        count = len(items) if isinstance(items, list) else 0
        return RejectedClaim(claim_id or None, count, tuple(place.found))
    reader = ItemReader(claim, resource.references)
    rows = reader.rows()
    if not rows and not any(each.severity == "error" for each in place.found):
        place.tell("error", "the claim has no items", claim.child("item"), "was the resource cut?")
    if not rows:
        return RejectedClaim(claim_id or None, 0, tuple(place.found))
    rows[0].faults = (*place.found, *rows[0].faults)
    item = gather(claim_id, rows, notes)
    if isinstance(item, RejectedClaim):
        once = tuple(dict.fromkeys(item.diagnostics))
        return RejectedClaim(item.claim_id, item.lines_read, once)
    return repeated.told_apart(replace(item, parties=reader.parties()))
