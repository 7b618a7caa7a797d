"""Read a certificate from a file, without letting JSON hide anything of it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from facts.diagnostic import InputError
from facts.origin import Origin

EXPORT_FORMAT = "clausewise explanation 1"
"""What an export as JSON says that it is; it carries a certificate for each of its lines."""

_MOST_BYTES = 200_000_000
_BOUNDS = (("{[,", 1_200_000, 8, "parts"), (":", 400_000, 25, "fields"))
"""Signs, how many of them a small file may have, bytes for each of a large one, and what they are.

Each of these takes many times its bytes once it is read.
"""


def read_certificate(path: str | Path) -> dict[str, Any]:
    """Read the JSON of a certificate.

    Parameters
    ----------
    path : str or Path
        A file of JSON.

    Returns
    -------
    dict
        Not yet checked; ``explain.certificate.verify.verify`` does that.

    Raises
    ------
    InputError
        If it cannot be read, is no JSON object, or names a key twice.
    """
    name = str(path)
    try:
        with Path(path).open("rb") as file:
            content = file.read(_MOST_BYTES + 1)
    except OSError as fault:
        reason = (fault.strerror or "unknown reason").lower()
        raise _fault(name, f"the certificate cannot be read: {reason}") from None
    if len(content) > _MOST_BYTES:
        raise _fault(name, "the certificate is too large")
    for signs, least, size, noun in _BOUNDS:
        if sum(content.count(sign.encode()) for sign in signs) > max(least, len(content) // size):
            raise _fault(name, f"the certificate has too many {noun}")
    if not content.strip():
        raise _fault(name, "the certificate is empty", _WRITE)
    try:
        document = json.loads(
            content.decode("utf-8-sig"), object_pairs_hook=_object, parse_constant=_constant
        )
    except UnicodeDecodeError:
        raise _fault(name, "the certificate is not UTF-8 text", _WRITE) from None
    except _Hidden as hidden:
        raise _fault(name, f"the certificate {hidden}") from None
    except json.JSONDecodeError as fault:
        place = f"row {fault.lineno}, column {fault.colno}"
        message = f"the certificate is not JSON: {fault.msg[:1].lower()}{fault.msg[1:]}"
        raise InputError.of(message, _WRITE, place=Origin(name, place)) from None
    except (RecursionError, ValueError):
        raise _fault(name, "the certificate is not JSON that can be read", _WRITE) from None
    if not isinstance(document, dict):
        raise _fault(name, "the certificate is not a JSON object", _WRITE)
    return document


def is_export(document: dict[str, Any]) -> bool:
    """Return whether a document says that it is an export as JSON."""
    return document.get("format") == EXPORT_FORMAT


def certificates_of(document: dict[str, Any], name: str) -> list[dict[str, Any]]:
    """Return the certificates of a file: itself, or those that an export as JSON carries.

    Parameters
    ----------
    document : dict
        What the file holds.
    name : str
        Name of the file.

    Raises
    ------
    InputError
        If it is an export that carries none, or explains a line twice.
    """
    if not is_export(document):
        return [document]
    lines = document.get("lines")
    found = [
        line["certificate"]
        for line in (lines if isinstance(lines, list) else ())
        if isinstance(line, dict) and isinstance(line.get("certificate"), dict)
    ]
    if not found or len(found) != len(lines or ()):
        message = "the export does not carry the certificates of all its lines"
        raise _fault(name, message, "a masked export has none: a proof needs its facts")
    numbers = [each["about"].get("line_number") for each in found if _is_about(each)]
    if len({str(number) for number in numbers}) < len(numbers):
        raise _fault(name, "the export explains a line twice")
    return found


def _is_about(certificate: dict[str, Any]) -> bool:
    return isinstance(certificate.get("about"), dict)


class _Hidden(Exception):
    """JSON that readers do not agree on."""


_WRITE = "write one with: clausewise why CLAIM LINE -c FILE --format json"


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise _Hidden(f"has the key `{twice[:40]}` twice in one object")
    return found


def _constant(text: str) -> Any:
    raise _Hidden(f"has `{text}` for a number")


def _fault(name: str, message: str, help: str = "") -> InputError:
    return InputError.of(message, help, place=Origin(name))
