"""Explanations as self-contained documents, in the formats that people use."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module

from explain.exports.document import DEFAULT_PROFILE, Document, LetterFields
from facts.diagnostic import UsageError
from facts.suggest import near_help
from facts.values import quoted

__all__ = ["DEFAULT_PROFILE", "FORMATS", "Document", "Format", "LetterFields", "format_of"]


@dataclass(frozen=True, slots=True)
class Format:
    """A format of documents.

    Parameters
    ----------
    name : str
        As a person types it.
    suffix : str
        The ending of its files, with the dot.
    home : str
        Module and function of its renderer, loaded when first used.
    is_text : bool
        Whether its bytes are UTF-8 text that may be printed.
    """

    name: str
    suffix: str
    home: str
    is_text: bool = True

    def render(self, document: Document) -> bytes:
        """Return the bytes of a document in this format, the same for the same document.

        Parameters
        ----------
        document : Document
            The narratives of one claim.

        Raises
        ------
        UsageError
            If the format needs an extra that is not installed.
        """
        module, _, function = self.home.partition(":")
        renderer: Callable[[Document], bytes] = getattr(import_module(module), function)
        return renderer(document)


FORMATS: dict[str, Format] = {
    each.name: each
    for each in (
        Format("html", ".html", "explain.exports.html:render"),
        Format("pdf", ".pdf", "explain.exports.pdf:render", is_text=False),
        Format("docx", ".docx", "explain.exports.docx:render", is_text=False),
        Format("md", ".md", "explain.exports.markdown:render"),
        Format("json", ".json", "explain.exports.plain_json:render"),
        Format("svg", ".svg", "explain.exports.pictures:render_svg"),
        Format("png", ".png", "explain.exports.pictures:render_png", is_text=False),
        Format("dot", ".dot", "explain.exports.pictures:render_dot"),
        Format("mermaid", ".mmd", "explain.exports.pictures:render_mermaid"),
    )
}
"""Every format by its name."""


def format_of(name: str) -> Format:
    """Return a format by its name.

    Raises
    ------
    UsageError
        If there is none of that name.

    Examples
    --------
    >>> format_of("mermaid").suffix
    '.mmd'
    """
    if name not in FORMATS:
        message = f"there is no format {quoted(name)}"
        raise UsageError.of(message, near_help(name, FORMATS))
    return FORMATS[name]
