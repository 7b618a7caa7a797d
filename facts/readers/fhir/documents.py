"""FHIR files as resources: one resource, a Bundle, or a resource on each row (NDJSON)."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Mapping
from itertools import chain, islice
from pathlib import Path
from typing import Any, NamedTuple

from facts.diagnostic import Diagnostic
from facts.origin import Origin
from facts.readers.fhir.elements import Element, ResourcePlace
from facts.readers.fhir.references import References
from facts.readers.jsonl import parsed_object
from facts.readers.opening import open_bytes
from facts.readers.parquet import is_parquet
from facts.readers.text_file import look
from facts.values import one_line

LARGEST = 256_000_000
"""Characters of the largest JSON object that is read; what is larger comes as NDJSON."""

_TYPE = re.compile(r'"resourceType"\s*:')
_RESOURCE_ROW = re.compile(r'\s*\{\s*"')


class Resource(NamedTuple):
    """A resource of a file, and the others that it may refer to."""

    element: Element
    references: References


def is_fhir(head: str) -> bool:
    """Tell whether a file holds FHIR resources, by its first characters.

    Parameters
    ----------
    head : str
        The beginning of the file.

    Examples
    --------
    >>> is_fhir('{"resourceType": "Claim"}'), is_fhir('{"claim_id": "C1"}')
    (True, False)
    """
    return head.lstrip().startswith("{") and _TYPE.search(head) is not None


def is_fhir_file(path: Path) -> bool:
    """Tell whether a file holds FHIR resources; one that cannot be read does not.

    Parameters
    ----------
    path : Path
        The file.
    """
    return not is_parquet(path) and is_fhir(look(path)[0])


def resources(path: Path, faults: list[Diagnostic]) -> Iterator[Resource]:
    """Yield every resource of a file; of Bundles their entries.

    Parameters
    ----------
    path : Path
        A file that ``is_fhir``.
    faults : list of Diagnostic
        Gathers what cannot be read at all.

    Raises
    ------
    OSError
        If the file cannot be read to its end.
    """
    for row, value, broken in _values(path):
        place = ResourcePlace(str(path), row)
        if broken:
            where = Origin(str(path), f"row {row}" if row else "")
            help = "ask for the file again; what else is in it is read" if row else ""
            faults.append(Diagnostic("error", broken, where, help))
            continue
        yield from _inside(value, "$", place, faults)


def _inside(
    value: Mapping[str, Any], path: str, place: ResourcePlace, faults: list[Diagnostic]
) -> Iterator[Resource]:
    """Yield a resource, or those of a Bundle."""
    own = ResourcePlace(place.source, place.row)
    if value.get("resourceType") != "Bundle":
        yield Resource(Element(value, path, own), References())
        return
    bundle = Element(value, path, own)
    entries = bundle.objects("entry")
    references = References(
        (each.text("fullUrl"), resource, each.child("resource"))
        for each in entries
        if isinstance(resource := each.members.get("resource"), Mapping)
    )
    for each in entries:
        resource = each.object("resource")
        if resource is None:
            continue
        if resource.members.get("resourceType") == "Bundle":
            yield from _inside(resource.members, resource.path, place, faults)
        else:
            fresh = ResourcePlace(place.source, place.row)
            yield Resource(resource._replace(place=fresh), references)
    faults.extend(own.found)


def _values(path: Path) -> Iterator[tuple[int, dict[str, Any], str]]:
    """Yield the JSON objects of a file, each with its row, and what is broken of it."""
    with _opened(path) as file:
        rows = ((number, text) for number, text in enumerate(file, 1) if not text.isspace())
        beginning = list(islice(rows, 2))
        texts = [text for _, text in beginning]
        if parsed_object(texts[0])[1] and not (_TYPE.search(texts[0]) and _is_resource(texts[1:])):
            with _opened(path) as again:
                yield from _whole(again.read(LARGEST + 1), path)
            return
        for number, text in chain(beginning, rows):
            yield number, *parsed_object(text)


def _opened(path: Path) -> io.TextIOWrapper:
    """Open a file, which is UTF-8 as all of FHIR is."""
    return io.TextIOWrapper(open_bytes(path), encoding="utf-8-sig", errors="replace", newline="\n")


def _is_resource(texts: list[str]) -> bool:
    """Tell whether a further row begins a resource of its own."""
    return bool(texts) and _RESOURCE_ROW.match(texts[0]) is not None


def _whole(text: str, path: Path) -> Iterator[tuple[int, dict[str, Any], str]]:
    if len(text) > LARGEST:
        message = f"`{one_line(str(path))}` is one JSON object of more than {LARGEST} characters"
        yield 0, {}, message
        return
    value, broken = parsed_object(text, "file")
    yield 0, value, broken
