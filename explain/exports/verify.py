"""Hold an export as JSON against the policy and the claim: every text of it is made again."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import fields
from typing import Any

from explain.certificate.checker import Refusal
from explain.exports.document import LetterFields
from explain.exports.making import Wishes, document_of_lines
from explain.exports.plain_json import plain
from explain.exports.profiles import PROFILES
from explain.narrative.policy_document import PolicyDocument
from explain.proof.explainer import Explainer
from kb.claims.determine import LoadedClaim

_MOST_TOLD = 20
_OTHER = "it is not what the policy and the claim give"


def verify_export(
    export: Mapping[str, Any], loaded: LoadedClaim, copy: PolicyDocument | None = None
) -> tuple[Refusal, ...]:
    """Make an export as JSON again, and return what differs.

    The certificates of its lines are left to ``explain.certificate.verify``. What a person put in
    (date, sender and so on) cannot be made again and is taken as it stands.

    Parameters
    ----------
    export : mapping
        As ``explain.exports.plain_json`` writes it, read back from JSON.
    loaded : LoadedClaim
        The claim that it says it is about.
    copy : PolicyDocument, optional
        The copy of the policy document that was quoted.

    Returns
    -------
    tuple of Refusal
        Empty if everything is the same; else the first differences, by JSON path.

    See Also
    --------
    explain.certificate.verify.verify : what checks the certificates.
    """
    fault = _shape_fault(export)
    if fault is not None:
        return (fault,)
    numbers = [line["identity"]["line_number"] for line in export["lines"]]
    known = {line.line_number for line in loaded.claim.lines}
    if not known.issuperset(numbers):
        return (Refusal("$.lines", "the claim has no such line"),)
    wishes = Wishes(export["profile"], LetterFields(**export["inputs"]), copy=copy)
    document = document_of_lines(Explainer.of(loaded), numbers, wishes)
    made = json.loads(json.dumps(plain(document)))
    lines = [
        {name: value for name, value in line.items() if name != "certificate"}
        for line in export["lines"]
    ]
    differences = _differences({**export, "lines": lines}, made, "$")
    return tuple(refusal for refusal, _ in zip(differences, range(_MOST_TOLD), strict=False))


def _shape_fault(export: Mapping[str, Any]) -> Refusal | None:
    """Return what keeps an export from being made again."""
    inputs, lines = export.get("inputs"), export.get("lines")
    names = {field.name for field in fields(LetterFields)}
    if not isinstance(inputs, dict) or set(inputs) != names:
        return Refusal("$.inputs", "it has a field too many or too few")
    if not all(isinstance(value, str) for value in inputs.values()):
        return Refusal("$.inputs", "one of its values is no text")
    profile = export.get("profile")
    if not isinstance(profile, str) or profile not in PROFILES:
        return Refusal("$.profile", "there is no such profile")
    for at, line in enumerate(lines if isinstance(lines, list) else ()):
        identity = line.get("identity") if isinstance(line, dict) else None
        if not isinstance(identity, dict) or type(identity.get("line_number")) is not int:
            return Refusal(f"$.lines[{at}]", "it names no line of a claim")
    return None if isinstance(lines, list) and lines else Refusal("$.lines", "there are none")


def _differences(given: Any, made: Any, path: str) -> Iterator[Refusal]:
    """Yield the places where a value differs from what it should be."""
    if isinstance(given, dict) and isinstance(made, dict):
        for name in sorted({*given, *made}):
            if name not in made:
                yield Refusal(f"{path}.{name}", "nothing of this name belongs here")
            elif name not in given:
                yield Refusal(f"{path}.{name}", "it is missing")
            else:
                yield from _differences(given[name], made[name], f"{path}.{name}")
    elif isinstance(given, list) and isinstance(made, list) and len(given) == len(made):
        for at, (one, other) in enumerate(zip(given, made, strict=True)):
            yield from _differences(one, other, f"{path}[{at}]")
    elif given != made or type(given) is not type(made):
        yield Refusal(path, _OTHER)
