"""A document as Markdown, in which no character of a claim can become markup."""

from __future__ import annotations

import re
from collections.abc import Iterable

from explain.exports import blocks
from explain.exports.contents import contents
from explain.exports.document import Document
from explain.narrative.model import Narrative, title_of

_MARKS = re.compile(r"([\\`*_{}\[\]<>#|~!$^])")
_LINKS = re.compile(r"(?i)(?<=:)(?=//)|(?<=www)(?=\.)|(?<=\w)(?=@\w)")
_LEADING = re.compile(r"^([-+=:])|^(\d+)(?=[.)])")
_ENTITY = re.compile(r"&(?=#?\w+;)")


def render(document: Document) -> bytes:
    """Return a document as UTF-8 Markdown.

    Parameters
    ----------
    document : Document
        The narratives of one claim.
    """
    return f"{_markdown(contents(document, figures=False))}\n".encode()


def narrative_markdown(narrative: Narrative) -> str:
    """Return one narrative as Markdown, as ``why --format md`` prints it."""
    document = Document(title_of((narrative,)), (narrative,))
    return _markdown(contents(document, figures=False))


def _markdown(parts: Iterable[blocks.Block]) -> str:
    """Return blocks as Markdown without a last line end."""
    return "\n\n".join(filter(None, map(_block, parts)))


def escape(text: str) -> str:
    """Return a text that Markdown shows unchanged, on one line.

    Examples
    --------
    >>> print(escape("a*b <script> # [x](y)"))
    a\\*b \\<script\\> \\# \\[x\\](y)
    >>> print(escape("1. first"), escape("- item"), escape("&lt;"))
    1\\. first \\- item &amp;lt;
    """
    text = _ENTITY.sub("&amp;", " ".join(text.split()))
    text = _MARKS.sub(r"\\\1", text)
    text = _LEADING.sub(lambda mark: f"\\{mark[1]}" if mark[1] else f"{mark[2]}\\", text)
    return _LINKS.sub("&#8203;", text)


def _block(block: blocks.Block) -> str:
    match block:
        case blocks.Heading(text, level):
            return f"{'#' * level} {escape(text)}"
        case blocks.Paragraph(text, tone):
            said = _lines(text)
            return {"lead": f"**{said}**", "aside": f"> {said}"}.get(tone, said)
        case blocks.Listing(items):
            return "\n".join(map(_item, items))
        case blocks.Table(_, header, rows):
            return _table(header, rows)
        case blocks.Fields(_, fields):
            return _table(
                ("Field", "Value"), ((label, value or blocks.BLANK) for label, value in fields)
            )
        case blocks.Quote(source, lines):
            quoted = (f"> {escape(source)}, line {at}: {escape(text)}" for at, text in lines)
            return "\n>\n".join(quoted)
        case blocks.Figure():
            return ""


def _lines(text: str) -> str:
    return "  \n".join(map(escape, text.splitlines()))


def _item(item: blocks.Item) -> str:
    place = f" ({escape(item.place)})" if item.place else ""
    return f"{'  ' * item.depth}- {escape(item.text)}{place}"


def _table(header: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    body = "\n".join(f"| {' | '.join(map(escape, row))} |" for row in rows)
    if not body:
        return ""
    return f"| {' | '.join(map(escape, header))} |\n|{' --- |' * len(header)}\n{body}"
