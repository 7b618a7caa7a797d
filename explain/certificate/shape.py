"""The fields of a certificate: no more and no less than are checked."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from explain.certificate.bounds import Refused
from explain.certificate.seals import FORMAT, is_other_version

FieldTest = Callable[[Any], bool]
"""Tells whether a value is of the kind that a field has."""


def _text(value: Any) -> bool:
    return isinstance(value, str)


def _number(value: Any) -> bool:
    return type(value) is int


def _text_or_none(value: Any) -> bool:
    return value is None or isinstance(value, str)


def _list(value: Any) -> bool:
    return isinstance(value, list)


def _object(value: Any) -> bool:
    return isinstance(value, dict)


def _texts(value: Any) -> bool:
    return isinstance(value, list) and all(map(_text, value))


def _numbers(value: Any) -> bool:
    return isinstance(value, list) and all(map(_number, value))


_DOCUMENT = {
    **{"format": _text, "about": _object, "input_sha256": _text, "goals": _texts},
    **{"nodes": _list, "edges": _list, "rules": _list, "input": _object, "seal": _text},
}
_ABOUT = {
    **{"policy": _text, "policy_version": _text, "program_sha256": _text, "claim_id": _text},
    **{"line_number": _number, "outcome": _text, "citations": _list, "assumptions": _texts},
    **{"missing": _texts, "seal": _text},
}
_CITATION = {
    **{"clause_id": _text, "effect": _text, "section": _text, "document_lines": _text},
    **{"carc": _text_or_none, "rarcs": _texts, "group": _text_or_none},
    **{"exceptions_tried": _texts, "readings": _numbers},
}
_STEP = {"id": _text, "kind": _text, "text": _text, "seal": _text}
_STEPS: dict[str, dict[str, FieldTest]] = {
    "atom": {**_STEP, "atom": _list},
    "fact": {**_STEP, "atom": _list, "origins": _list},
    "absence": {**_STEP, "atom": _list},
    "rule": {**_STEP, "rule": _text, "clause_id": _text_or_none, "values": _object},
    "comparison": {**_STEP, "literal": _text, "values": _object},
    "aggregate": {**_STEP, "literal": _text, "values": _object},
}
_ORIGIN = dict.fromkeys(("source", "place", "document_lines"), _text)
_RULE = {"id": _text, "source": _text, "row": _number, "text": _text, "seal": _text}
_LONGEST_RULE = 20_000
"""Characters of a rule's text."""


def hold_document(document: Mapping[str, Any]) -> None:
    """Refuse a document of another format, or with other fields.

    Parameters
    ----------
    document : mapping
        A certificate.

    Raises
    ------
    Refused
    """
    if is_other_version(document["format"]):
        raise Refused(
            f"it is a `{document['format'][:40]}`, of another version of clausewise, and this one "
            f"checks `{FORMAT}`: write it again"
        )
    if document["format"] != FORMAT:
        raise Refused(f"its format is not `{FORMAT}`")
    _hold(document, _DOCUMENT)


def hold_headline(about: Mapping[str, Any]) -> None:
    """Refuse a headline that names no line and outcome, or has other fields.

    Parameters
    ----------
    about : mapping
        What a certificate says beside its proof.

    Raises
    ------
    Refused
    """
    if not {"claim_id", "line_number", "outcome"} <= set(about):
        raise Refused("it does not name the line and the outcome that are proved")
    _hold(about, _ABOUT)
    for citation in about["citations"]:
        _hold(citation, _CITATION)


def hold_step(node: Mapping[str, Any]) -> None:
    """Refuse a step with other fields than those of its kind.

    Parameters
    ----------
    node : mapping
        A step.

    Raises
    ------
    Refused
    """
    _hold(node, _STEPS.get(node["kind"], {}))
    for origin in node.get("origins", ()):
        _hold(origin, _ORIGIN)


def hold_rule(entry: Mapping[str, Any]) -> None:
    """Refuse a rule with other fields, or with a text that is too long to be read.

    Parameters
    ----------
    entry : mapping
        A rule.

    Raises
    ------
    Refused
    """
    _hold(entry, _RULE)
    if len(entry["text"]) > _LONGEST_RULE:
        raise Refused(f"its text has more than {_LONGEST_RULE} characters")


def _hold(entry: Mapping[str, Any], fields: Mapping[str, FieldTest]) -> None:
    if set(entry) != set(fields):
        raise Refused("it has a field too many or too few")
    for name, fits in fields.items():
        if not fits(entry[name]):
            raise Refused(f"its `{name}` is not of the right kind")
