"""References between resources: whom a claim names as provider, payer, patient or coverage."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from facts.readers.fhir.elements import Element, ResourcePlace

_NPI = "us-npi"
"""Ends the system of national provider identifiers. Source: FHIR R4, known identifier systems."""

_MOST_STEPS = 3
"""A PractitionerRole leads to a Practitioner."""


class Named(NamedTuple):
    """Whom a reference names: a name, an id, and the path where the id stands."""

    name: str
    identifier: str
    path: str


class References:
    """The resources of a file that others refer to.

    Parameters
    ----------
    resources : iterable of (full URL, resource, path)
        The entries of a Bundle.
    """

    def __init__(self, resources: Iterable[tuple[str, Mapping[str, Any], str]] = ()) -> None:
        self._known: dict[str, tuple[Mapping[str, Any], str]] = {}
        for url, resource, path in resources:
            own = f"{resource.get('resourceType')}/{resource.get('id')}"
            for name in filter(None, (url, own)):
                self._known.setdefault(name, (resource, path))

    def target(self, claim: Element, reference: Element | None) -> Element | None:
        """Return the resource that is referred to, contained in the claim or beside it.

        Parameters
        ----------
        claim : Element
            The claim, which may contain the resource.
        reference : Element or None
            The reference.
        """
        text = reference.text("reference") if reference is not None else ""
        if text.startswith("#"):
            inside = (each for each in claim.objects("contained") if each.text("id") == text[1:])
            return next(inside, None)
        found = self._known.get(text) or self._known.get("/".join(text.split("/")[-2:]))
        if not text or found is None:
            return None
        return Element(found[0], found[1], ResourcePlace(claim.place.source, claim.place.row))

    def named(self, claim: Element, reference: Element | None) -> Named | None:
        """Return whom a reference names: by the id it gives, or that of the resource meant.

        A national provider identifier comes before other ids; where there is none, the text of
        the reference is the id.

        Parameters
        ----------
        claim : Element
            The claim.
        reference : Element or None
            The reference.
        """
        if reference is None:
            return None
        name, own = reference.text("display"), _identifier(reference.object("identifier"))
        target = self.target(claim, reference)
        best = Named(name, *own) if own is not None else None
        for _ in range(_MOST_STEPS):
            if target is None:
                break
            name = name or name_of(target)
            if best is None and (found := _best(target.objects("identifier"))) is not None:
                best = Named(name, *found)
            further = target.object("practitioner") or target.object("organization")
            target = self.target(claim, further)
        text = reference.text("reference")
        if best is None and text and not text.startswith("#"):
            best = Named(name, text, reference.child("reference"))
        if best is None:
            return Named(name, "", reference.child("display")) if name else None
        return best._replace(name=name)


def name_of(resource: Element) -> str:
    """Return the name of an organization, or of a person as ``LAST, FIRST``.

    Parameters
    ----------
    resource : Element
        A Patient, Practitioner or Organization.
    """
    if isinstance(resource.members.get("name"), str):
        return resource.text("name")
    for name in resource.objects("name"):
        given = [each for each in name.scalars("given") if isinstance(each, str)]
        parts = [part for part in (name.text("family"), " ".join(given)) if part]
        return ", ".join(parts) or name.text("text")
    return ""


def _identifier(element: Element | None) -> tuple[str, str] | None:
    if element is None or not element.text("value"):
        return None
    return element.text("value"), element.child("value")


def _best(identifiers: list[Element]) -> tuple[str, str] | None:
    """Return the national provider identifier, or else the first id."""
    ordered = sorted(identifiers, key=lambda each: not each.text("system").endswith(_NPI))
    return next((found for each in ordered if (found := _identifier(each))), None)
