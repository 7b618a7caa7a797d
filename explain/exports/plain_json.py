"""A document as JSON for another program: every value of its narratives, free of any format."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

from explain.certificate.file import EXPORT_FORMAT
from explain.exports.contents import NOT_THE_PLAN
from explain.exports.document import Document


def render(document: Document) -> bytes:
    """Return a document as UTF-8 JSON.

    Parameters
    ----------
    document : Document
        Its certificates, where it has any, become a part of their lines.
    """
    text = json.dumps(plain(document), ensure_ascii=False, indent=1)
    return f"{text}\n".encode(errors="backslashreplace")


def plain(document: Document) -> dict[str, Any]:
    """Return a document as plain JSON values."""
    lines = [asdict(narrative) for narrative in document.narratives]
    for line, certificate in zip(lines, document.certificates, strict=False):
        line["certificate"] = certificate
    return {
        "format": EXPORT_FORMAT,
        "title": document.title,
        "profile": document.profile,
        "inputs": asdict(document.inputs),
        "head": asdict(document.head),
        "notice": NOT_THE_PLAN.format(policy=document.narratives[0].policy.policy_id),
        "lines": lines,
    }
