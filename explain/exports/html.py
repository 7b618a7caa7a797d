"""A document as one page of HTML: no network, readable without scripts, on paper and by ear."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from html import escape
from importlib import resources

from explain.exports import blocks
from explain.exports.contents import contents
from explain.exports.document import Document
from explain.exports.figure_html import figure_html

_LANDMARK = 2
"""Sections under headings of this level are landmarks; deeper ones would be too many to skip."""


def render(document: Document) -> bytes:
    """Return a document as one page of HTML.

    Parameters
    ----------
    document : Document
        The narratives of one claim.

    Returns
    -------
    bytes
        UTF-8. The page loads nothing from anywhere: its policy forbids it. Without
        ``clausewise[report]`` the proof is a list of words alone.
    """
    return _Page(contents(document)).html().encode("utf-8")


class _Page:
    """Writes a page."""

    def __init__(self, parts: Sequence[blocks.Block]) -> None:
        self.parts = parts
        self.figures = 0
        self.open: list[int] = []

    def html(self) -> str:
        title = next(block.text for block in self.parts if isinstance(block, blocks.Heading))
        parts = [
            "<!DOCTYPE html>",
            '<html lang="en">',
            "<head>",
            '<meta charset="utf-8">',
            f'<meta http-equiv="Content-Security-Policy" content="{_security_policy()}">',
            '<meta name="viewport" content="width=device-width, initial-scale=1">',
            '<meta name="referrer" content="no-referrer">',
            f"<title>{_text(blocks.short_title(self.parts))}</title>",
            f"<style>{_asset('page.css')}</style>",
            "</head>",
            "<body>",
            '<a class="skip" href="#content">Skip to the content</a>',
            f"<header><h1>{_text(title)}</h1>",
            *self._contents(),
            "</header>",
            '<main id="content" tabindex="-1">',
            *self._body(),
            "</main>",
            f"<script>{_asset('page.js')}</script>",
            "</body>",
            "</html>",
            "",
        ]
        return "\n".join(parts)

    def _contents(self) -> Iterator[str]:
        sections = [
            (number, block)
            for number, block in enumerate(self.parts)
            if isinstance(block, blocks.Heading) and block.level == 2
        ]
        if len(sections) < 3:
            return
        yield '<nav aria-label="Contents"><ol>'
        for number, block in sections:
            yield f'<li><a href="#h{number}">{_text(block.text)}</a></li>'
        yield "</ol></nav>"

    def _body(self) -> Iterator[str]:
        for number, block in enumerate(self.parts):
            if isinstance(block, blocks.Heading):
                if block.level > 1:
                    yield from self._heading(number, block)
            else:
                yield from self._block(block)
        yield from self._close(0)

    def _heading(self, number: int, heading: blocks.Heading) -> Iterator[str]:
        yield from self._close(heading.level)
        self.open.append(heading.level)
        level = min(heading.level, 6)
        landmark = f' aria-labelledby="h{number}"' if level == _LANDMARK else ""
        yield f"<section{landmark}>"
        yield f'<h{level} id="h{number}">{_text(heading.text)}</h{level}>'

    def _close(self, level: int) -> Iterator[str]:
        while self.open and self.open[-1] >= level:
            self.open.pop()
            yield "</section>"

    def _block(self, block: blocks.Block) -> Iterator[str]:
        if isinstance(block, blocks.Paragraph):
            kind = "" if block.tone == "plain" else f' class="{block.tone}"'
            yield f"<p{kind}>{_text(block.text)}</p>"
        elif isinstance(block, blocks.Listing):
            yield from _nested(block.items)
        elif isinstance(block, blocks.Table):
            yield from _table(block)
        elif isinstance(block, blocks.Fields):
            yield from _fields(block)
        elif isinstance(block, blocks.Quote):
            yield from _quote(block)
        elif isinstance(block, blocks.Figure):
            self.figures += 1
            yield figure_html(block, f"f{self.figures}")


def _text(text: str) -> str:
    """Return a text that is nothing but text in HTML, between tags and in attributes."""
    return escape("\n".join(blocks.rows_of(text)), quote=True)


def _nested(items: Iterable[blocks.Item]) -> Iterator[str]:
    depth = -1
    for item in items:
        if item.depth > depth:
            yield "<ul>" * (item.depth - depth)
        else:
            yield "</li>" + "</ul></li>" * (depth - item.depth)
        depth = item.depth
        place = f' <span class="place">{_text(item.place)}</span>' if item.place else ""
        yield f"<li>{_text(item.text)}{place}"
    yield "</li></ul>" * (depth + 1)


def _table(table: blocks.Table) -> Iterator[str]:
    yield f"<table><caption>{_text(table.caption)}</caption>"
    heads = "".join(f'<th scope="col">{_text(cell)}</th>' for cell in table.header)
    yield f"<thead><tr>{heads}</tr></thead><tbody>"
    for first, *rest in table.rows:
        cells = "".join(f"<td>{_text(cell)}</td>" for cell in rest)
        yield f'<tr><th scope="row">{_text(first)}</th>{cells}</tr>'
    yield "</tbody></table>"


def _fields(fields: blocks.Fields) -> Iterator[str]:
    yield f'<table class="fields"><caption>{_text(fields.caption)}</caption><tbody>'
    for label, value in fields.rows:
        shown = _text(value) if value else f'<span class="blank">{blocks.BLANK}</span>'
        yield f'<tr><th scope="row">{_text(label)}</th><td>{shown}</td></tr>'
    yield "</tbody></table>"


def _quote(quote: blocks.Quote) -> Iterator[str]:
    yield f"<blockquote><table><caption>{_text(quote.source)}</caption><tbody>"
    for number, text in quote.rows:
        yield f'<tr><th scope="row">{number}</th><td>{_text(text)}</td></tr>'
    yield "</tbody></table></blockquote>"


@cache
def _asset(name: str) -> str:
    folder = resources.files("explain.exports") / "assets"
    return f"\n{(folder / name).read_text(encoding='utf-8')}"


@cache
def _security_policy() -> str:
    """Return a policy that lets the page run its own style and script, and load nothing."""
    hashes = {
        name: base64.b64encode(hashlib.sha256(_asset(name).encode()).digest()).decode()
        for name in ("page.css", "page.js")
    }
    return (
        f"default-src 'none'; style-src 'sha256-{hashes['page.css']}'; "
        f"script-src 'sha256-{hashes['page.js']}'; base-uri 'none'; form-action 'none'"
    )
