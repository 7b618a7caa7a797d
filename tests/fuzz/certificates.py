"""Certificates and exports that are changed and sealed anew: each is refused."""

from __future__ import annotations

import copy
import json
import random
from pathlib import Path
from typing import Any

from explain import verify, why
from explain.certificate.seals import digest, seal
from explain.exports.making import Wishes, document_of
from explain.exports.plain_json import plain
from explain.exports.verify import verify_export
from kb.knowledge_base import KnowledgeBase

_CODES = ("96365", "J1200", "A4222", "J1642", "99213", "36000")
_ODD: tuple[Any, ...] = (
    *("", "x", None, 0, -1, 10**60, 1.5, True, [], {}, ["x"], {"any": 0}, {"number": "1/2"}),
    *({"number": "1e9"}, "denied", "reimbursable", "R14-FAC-1", "n0", "r0"),
)


def run(draw: random.Random, folder: Path, kb: KnowledgeBase) -> str:
    """Return what changed certificate or export was accepted, or an empty text."""
    lines = [
        {
            "claim_id": "C1",
            "line_number": number,
            "claim_form": "cms1500",
            "service_date": "2018-06-01",
            "place_of_service": draw.choice(("11", "22")),
            "procedure_code": draw.choice(_CODES),
            "units": draw.randint(0, 3),
        }
        for number in range(1, draw.randint(2, 5))
    ]
    loaded = kb.with_claims(lines).claim("C1")
    made = why(loaded, draw.randint(1, len(lines)))
    document = json.loads(json.dumps(made.to_json()))
    if not verify(document, claim=loaded).accepted:
        return "a certificate is refused that nobody changed"
    for _ in range(10):
        other = _changed(draw, document)
        if other != document and verify(other, claim=loaded).accepted:
            (folder / "certificate.json").write_text(json.dumps(other, indent=1))
            return "a changed certificate is accepted"
    export = document_of(loaded, Wishes(), made.line_number)
    assert export is not None
    written = json.loads(json.dumps(plain(export)))
    other = _change(draw, copy.deepcopy(written))
    if not isinstance(other, dict):
        return ""
    inputs = {**other, "inputs": None}
    if inputs != {**written, "inputs": None} and not verify_export(other, loaded):
        (folder / "export.json").write_text(json.dumps(other, indent=1))
        return "a changed export is accepted"
    return ""


def _changed(draw: random.Random, document: dict[str, Any]) -> dict[str, Any]:
    """Return a certificate of which one thing is changed, sealed anew where that can be."""
    other = _change(draw, copy.deepcopy(document))
    try:
        return seal({**other, "input_sha256": digest(other["input"])})
    except (KeyError, TypeError, AttributeError, IndexError, ValueError):
        return document


def _change(draw: random.Random, value: Any) -> Any:
    """Change one thing somewhere in a JSON value."""
    if isinstance(value, dict) and value and draw.random() < 0.97:
        name = draw.choice(sorted(value))
        if draw.random() < 0.1:
            del value[name]
        else:
            value[name] = _change(draw, value[name])
        return value
    if isinstance(value, list) and value and draw.random() < 0.9:
        at = draw.randrange(len(value))
        if draw.random() < 0.1:
            del value[at]
        elif draw.random() < 0.1:
            value.insert(at, copy.deepcopy(value[at]))
        else:
            value[at] = _change(draw, value[at])
        return value
    return draw.choice(_ODD)
