"""A document as PDF, set by typst: tagged for screen readers, its fonts inside."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Sequence
from importlib import resources
from typing import Any

from explain.exports import blocks
from explain.exports.contents import contents
from explain.exports.document import Document
from explain.pictures.drawing import FAMILY, picture_svg, svg_size
from facts.extras import report_module

_DEEPEST = 8
"""Lists are nested no deeper, so that they stay on the page."""

_SHORT = 2000
"""Fields of fewer signs stay on one page."""

_PAGE_WIDTH, _PAGE_HEIGHT = 480, 580
"""Room for a picture, in points."""

_FONT = "Libertinus Serif"
_STANDARD = "ua-1"
"""Universal accessibility, ISO 14289-1: typst refuses what a screen reader could not read out."""

_LACKING = re.compile(r'the text `"(.+?)"` could not be displayed', re.DOTALL)
_LOCK = threading.Lock()
_COMPILERS: list[Any] = []


def render(document: Document) -> bytes:
    """Return a document as PDF.

    Parameters
    ----------
    document : Document
        The narratives of one claim.

    Returns
    -------
    bytes
        The same for the same document; no clock, network or font of the machine is used.
    """
    parts = contents(document)
    given = {"title": blocks.short_title(parts), "blocks": [_given(block) for block in parts]}
    with _LOCK:
        return _compiled(json.dumps(given, ensure_ascii=False))


def _compiled(given: str) -> bytes:
    """Return the PDF of blocks as JSON; signs that the font lacks are written out."""
    try:
        return _compile(given, _STANDARD)
    except report_module("typst").TypstError as fault:
        lacking = {sign for text in _LACKING.findall(fault.diagnostic) for sign in text}
    written = given.translate({ord(sign): f"[U+{ord(sign):04X}]" for sign in lacking})
    try:
        return _compile(written, _STANDARD)
    except report_module("typst").TypstError:
        return _compile(written)


def _compile(given: str, *standards: str) -> bytes:
    pdf: bytes = _compiler().compile(
        format="pdf", sys_inputs={"document": given}, timestamp=0, pdf_standards=list(standards)
    )
    return pdf


def _compiler() -> Any:
    """Return the compiler, made once: it keeps the fonts and the template."""
    if not _COMPILERS:
        typst = report_module("typst")
        template = resources.files("explain.exports") / "assets" / "document.typ"
        _COMPILERS.append(typst.Compiler(str(template), ignore_system_fonts=True))
    return _COMPILERS[0]


def _given(block: blocks.Block) -> dict[str, Any]:
    """Return a block as the template takes it: plain values, none of them markup."""
    if isinstance(block, blocks.Heading):
        return {"kind": "heading", "level": block.level, "text": block.text}
    if isinstance(block, blocks.Paragraph):
        return {"kind": "paragraph", "tone": block.tone, "lines": blocks.rows_of(block.text)}
    if isinstance(block, blocks.Listing):
        return {"kind": "listing", "items": _nested(block.items)}
    if isinstance(block, blocks.Table):
        shares = blocks.shares_of(block)
        return {"kind": "table", "header": block.header, "rows": block.rows, "columns": shares}
    if isinstance(block, blocks.Fields):
        short = sum(len(value) for _, value in block.rows) < _SHORT
        rows = [_field(*row) for row in block.rows]
        return {"kind": "fields", "rows": rows, "short": short}
    if isinstance(block, blocks.Quote):
        quoted = [
            {"number": number, "text": " ".join(blocks.rows_of(text))}
            for number, text in block.rows
        ]
        return {"kind": "quote", "source": block.source, "rows": quoted}
    return _figure(block)


def _field(label: str, value: str) -> dict[str, Any]:
    return {"label": label, "lines": blocks.rows_of(value or blocks.BLANK), "blank": not value}


def _nested(items: Sequence[blocks.Item]) -> list[dict[str, Any]]:
    top: list[dict[str, Any]] = []
    path: list[list[dict[str, Any]]] = [top]
    for item in items:
        depth = min(item.depth, _DEEPEST, len(path) - 1)
        del path[depth + 1 :]
        entry: dict[str, Any] = {"text": item.text, "place": item.place, "items": []}
        path[depth].append(entry)
        path.append(entry["items"])
    return top


def _figure(figure: blocks.Figure) -> dict[str, Any]:
    svg = picture_svg(figure.picture).replace(FAMILY, f'font-family="{_FONT}"')
    width, height = svg_size(svg)
    scale = min(1.0, _PAGE_WIDTH / width, _PAGE_HEIGHT / height)
    return {
        "kind": "figure",
        "svg": svg,
        "alt": figure.picture.description,
        "caption": figure.caption,
        "width": width * scale,
    }
