"""The fields of a certificate: no more and no less than are checked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from explain.certificate.bounds import Refused
from explain.certificate.seals import FORMAT

_DOCUMENT = (
    *("format", "about", "input_sha256", "goals", "nodes", "edges", "rules", "input"),
    "seal",
)
_ABOUT = (
    *("policy", "policy_version", "program_sha256", "claim_id", "line_number", "outcome"),
    *("citations", "assumptions", "missing", "seal"),
)
_CITATION = (
    *("clause_id", "effect", "section", "document_lines", "carc", "rarcs", "group"),
    *("exceptions_tried", "readings"),
)
_STEP = ("id", "kind", "text", "seal")
_STEPS = {
    "atom": (*_STEP, "atom"),
    "fact": (*_STEP, "atom", "origins"),
    "absence": (*_STEP, "atom"),
    "rule": (*_STEP, "rule", "clause_id", "values"),
    "comparison": (*_STEP, "literal", "values"),
    "aggregate": (*_STEP, "literal", "values"),
}
_ORIGIN = ("source", "place", "document_lines")
_RULE = ("id", "source", "row", "text", "seal")
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
    _hold(node, _STEPS.get(node["kind"], ()))
    for origin in node.get("origins", ()):
        _hold(origin, _ORIGIN)
        _hold_texts(origin, _ORIGIN)


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
    _hold_texts(entry, ("source", "text"))
    if type(entry["row"]) is not int:
        raise Refused("its row is no whole number")
    if len(entry["text"]) > _LONGEST_RULE:
        raise Refused(f"its text has more than {_LONGEST_RULE} characters")


def _hold_texts(entry: Mapping[str, Any], fields: Sequence[str]) -> None:
    if not all(isinstance(entry[name], str) for name in fields):
        raise Refused("a field of it is no text")


def _hold(entry: Mapping[str, Any], fields: Sequence[str]) -> None:
    if set(entry) != set(fields):
        raise Refused("it has a field too many or too few")
