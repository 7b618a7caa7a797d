"""Elements of a FHIR resource with their JSON paths. Source: FHIR R4 (4.0.1), JSON format."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from facts.diagnostic import Diagnostic, Severity
from facts.origin import Origin
from facts.readers.plain_values import kind_of


@dataclass(slots=True)
class ResourcePlace:
    """Where a resource stands, and what is wrong with it: each sentence is told once.

    Parameters
    ----------
    source : str
        The file, as places name it.
    row : int
        Row of an NDJSON file; 0 where the file is one JSON value.
    found : list of Diagnostic
        Gathers what is wrong.
    """

    source: str
    row: int = 0
    found: list[Diagnostic] = field(default_factory=list)
    _told: set[str] = field(default_factory=set)

    def origin(self, path: str) -> Origin:
        """Return the place of a JSON path.

        Examples
        --------
        >>> ResourcePlace("claims.ndjson", 3).origin("$.item[0]").place
        'row 3, `$.item[0]`'
        """
        return Origin(self.source, f"row {self.row}, `{path}`" if self.row else f"`{path}`")

    def tell(self, severity: Severity, message: str, path: str, help: str = "") -> None:
        """Gather a diagnostic, unless the same sentence was told of the resource before.

        Parameters
        ----------
        severity : {"error", "warning", "note"}
            An error rejects the claim.
        message : str
            What is wrong.
        path : str
            Where.
        help : str, optional
            What to do.
        """
        if message not in self._told:
            self._told.add(message)
            self.found.append(Diagnostic(severity, message, self.origin(path), help))


class Element(NamedTuple):
    """An object of a resource, with its path.

    Parameters
    ----------
    members : mapping of str to Any
        What it holds.
    path : str
        Its JSON path.
    place : ResourcePlace
        The resource that it is part of.

    Examples
    --------
    >>> claim = Element({"item": [{"sequence": 1}]}, "$", ResourcePlace("claim.json"))
    >>> [item.path for item in claim.objects("item")]
    ['$.item[0]']
    """

    members: Mapping[str, Any]
    path: str
    place: ResourcePlace

    def child(self, name: str) -> str:
        """Return the path of a member, by its name."""
        return f"{self.path}.{name}"

    def object(self, name: str) -> Element | None:
        """Return a member that is an object; None where there is none.

        Parameters
        ----------
        name : str
            Its name.
        """
        value = self.members.get(name)
        if value is None:
            return None
        return _checked(value, self.child(name), self.place)

    def objects(self, name: str) -> list[Element]:
        """Return the objects of a member that is a list.

        Parameters
        ----------
        name : str
            Its name.
        """
        value = self.members.get(name)
        if value is None:
            return []
        if not isinstance(value, list):
            self.place.tell(
                "error", f"`{name}` is {kind_of(value)}, not a list", self.child(name), _R4
            )
            return []
        made = (
            _checked(each, f"{self.child(name)}[{number}]", self.place)
            for number, each in enumerate(value)
        )
        return [each for each in made if each is not None]

    def text(self, name: str) -> str:
        """Return a member that is a text, without blanks around it; else an empty one.

        Parameters
        ----------
        name : str
            Its name.
        """
        value = self.members.get(name)
        return value.strip() if isinstance(value, str) else ""

    def scalars(self, name: str) -> list[Any]:
        """Return the values of a member that is a list of plain values, by its name."""
        value = self.members.get(name)
        return value if isinstance(value, list) else []


class Coding(NamedTuple):
    """A code with its system and its path."""

    system: str
    code: str
    path: str


def codings(concept: Element | None) -> list[Coding]:
    """Return the codes of a CodeableConcept, those that are empty left out.

    Parameters
    ----------
    concept : Element or None
        The concept, if there is one.
    """
    if concept is None:
        return []
    return [
        Coding(each.text("system").lower(), code, each.child("code"))
        for each in concept.objects("coding")
        if (code := each.text("code"))
    ]


def concepts(element: Element, name: str) -> Iterator[list[Coding]]:
    """Yield the codes of each concept of a list.

    Parameters
    ----------
    element : Element
        What has the list.
    name : str
        Its name.
    """
    for each in element.objects(name):
        yield codings(each)


_R4 = "FHIR R4 (4.0.1) says what stands where"


def _checked(value: Any, path: str, place: ResourcePlace) -> Element | None:
    if isinstance(value, Mapping):
        return Element(value, path, place)
    name = path.rpartition(".")[2]
    place.tell("error", f"`{name}` is {kind_of(value)}, not an object", path, _R4)
    return None
