"""A picture in the language of Mermaid, for pages and wikis that draw it."""

from __future__ import annotations

from explain.english.wrapping import wrapped
from explain.pictures.picture import Box, Picture
from explain.pictures.styles import BoxStyle, style_of, styles_of

_WIDTH = 25
_ROWS = 7
_PLAIN = frozenset(" ,.()")


def picture_mermaid(picture: Picture) -> str:
    """Return a picture as a Mermaid flowchart.

    Parameters
    ----------
    picture : Picture
        Any picture.

    Returns
    -------
    str
        The same picture gives the same text. Of every text, all but letters, digits and a few
        signs are written as numbers, so that none of it is read as Mermaid, Markdown or HTML.
    """
    rows = ["flowchart TB", f"  accTitle: {_plain(picture.title)}"]
    for box in picture.boxes:
        style = style_of(box)
        opening, closing = style.mermaid
        rows.append(f'  {box.id}{opening}"{_label(box)}"{closing}:::{style.name}')
    for arrow in picture.arrows:
        line = "-->" if arrow.decides else "-.->"
        label = f'|"{_joined(arrow.label)}"|' if arrow.label else ""
        rows.append(f"  {arrow.above} {line}{label} {arrow.below}")
    if picture.note:
        rows.append(f'  note["{_joined(picture.note, "i")}"]:::note')
        rows.append(f"  {picture.boxes[-1].id} ~~~ note")
    rows += [_class(style) for style in styles_of(picture.boxes)]
    if picture.note:
        rows.append("  classDef note fill:#FFFFFF,stroke:#FFFFFF,color:#1A1A1A")
    return "\n".join([*rows, ""])


def _label(box: Box) -> str:
    parts = [_joined(box.heading, "b"), _joined(box.text), _joined(box.place)]
    parts.append(_joined(box.note, "i"))
    return "<br/>".join(part for part in parts if part) or " "


def _joined(text: str, tag: str = "") -> str:
    rows = [_escaped(row) for row in wrapped(text, _WIDTH, _ROWS)]
    return "<br/>".join(f"<{tag}>{row}</{tag}>" if tag else row for row in rows)


def _class(style: BoxStyle) -> str:
    dashes = ",stroke-dasharray:5 4" if style.dashed else ""
    look = f"fill:{style.fill},stroke:{style.line},color:{style.ink},stroke-width:{style.width}px"
    return f"  classDef {style.name} {look}{dashes}"


def _escaped(text: str) -> str:
    """Return a text in which signs are entities of Mermaid, a list number's full stop too."""
    said = "".join(sign if sign.isalnum() or sign in _PLAIN else f"#{ord(sign)};" for sign in text)
    head, stop, rest = said.partition(".")
    return f"{head}#46;{rest}" if stop and head.isdigit() else said


def _plain(text: str) -> str:
    """Return a text for a place where Mermaid has no entities: its signs become blanks."""
    kept = "".join(sign if sign.isalnum() or sign in " ,.-" else " " for sign in text)
    return " ".join(kept.split())[:120]
