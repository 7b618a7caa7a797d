"""The proof of a document's lines as a picture: SVG, PNG, and the languages of two drawers."""

from __future__ import annotations

from explain.exports.document import Document
from explain.pictures.composing import picture_of
from explain.pictures.dot import picture_dot
from explain.pictures.drawing import picture_svg
from explain.pictures.mermaid import picture_mermaid
from explain.pictures.picture import Picture, joined
from explain.pictures.raster import picture_png


def _picture(document: Document) -> Picture:
    """Return the picture of a document; the pictures of several lines are put below each other."""
    pictures = [picture_of(narrative) for narrative in document.narratives]
    return joined(pictures, document.title)


def render_svg(document: Document) -> bytes:
    """Return a document's picture as a file of SVG."""
    head = '<?xml version="1.0" encoding="UTF-8"?>\n'
    return f"{head}{picture_svg(_picture(document))}".encode()


def render_png(document: Document) -> bytes:
    """Return a document's picture as PNG."""
    return picture_png(_picture(document))


def render_dot(document: Document) -> bytes:
    """Return a document's picture in the language of Graphviz."""
    return picture_dot(_picture(document)).encode()


def render_mermaid(document: Document) -> bytes:
    """Return a document's picture in the language of Mermaid."""
    return picture_mermaid(_picture(document)).encode()
