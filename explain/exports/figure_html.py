"""A picture in a page of HTML, drawn and in words; each box leads to its words."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape

from explain.exports.blocks import Figure
from explain.narrative.reasoning import StepKind
from explain.pictures.drawing import can_draw, picture_svg
from explain.pictures.picture import Box, Picture
from explain.pictures.styles import style_of
from facts.extras import install_help

_PLACES: dict[StepKind, str] = {
    "claim": "In the claim:",
    "evidence": "In the evidence:",
    "policy": "In the policy:",
    "clause": "In the policy:",
}

_UNDRAWN = f"The picture is in words alone: to have it drawn, {install_help('report')}."


def figure_html(figure: Figure, prefix: str) -> str:
    """Return a figure as HTML.

    Parameters
    ----------
    figure : Figure
        A picture with its caption.
    prefix : str
        What the ids of its boxes begin with: letters and digits, unique in the page.

    Returns
    -------
    str
        Without ``clausewise[report]`` the picture is there in words alone.
    """
    return "\n".join(_rows(figure, prefix))


def _rows(figure: Figure, prefix: str) -> Iterator[str]:
    picture, caption = figure.picture, escape(figure.caption)
    drawn = can_draw()
    yield f'<figure class="proof" aria-labelledby="{prefix}-caption">'
    yield f'<figcaption id="{prefix}-caption">{caption}</figcaption>'
    if drawn:
        yield (
            '<p class="note hint">Choose a box with the mouse, or with Tab and Enter, to read '
            "below the picture what it says and where to find it.</p>"
        )
        yield f'<div class="drawing">{picture_svg(picture, prefix=prefix)}</div>'
        yield '<div class="panel" role="status" aria-live="polite" hidden></div>'
    else:
        yield f'<p class="note">{escape(_UNDRAWN)}</p>'
    yield f"<details{'' if drawn else ' open'}><summary>The picture in words</summary>"
    yield from _words(picture, prefix, drawn)
    yield "</details></figure>"


def _words(picture: Picture, prefix: str, drawn: bool) -> Iterator[str]:
    """Yield the boxes as a nested list, each once."""
    shown: set[str] = set()
    below = {arrow.below for arrow in picture.arrows}
    tops = [box.id for box in picture.boxes if box.id not in below]
    waiting: list[tuple[str, str]] = [("text", "</ul>")]
    waiting += [("box", number) for number in reversed(tops)]
    yield "<ul>"
    while waiting:
        kind, value = waiting.pop()
        if kind == "text":
            yield value
            continue
        box = picture.by_id[value]
        if value in shown:
            yield f'<li><a href="#{prefix}{value}-words">{escape(box.text)}</a> (shown above)</li>'
            continue
        shown.add(value)
        yield f"<li>{_box(box, f'{prefix}{value}', drawn)}"
        parts = [arrow.below for arrow in picture.below[value]]
        waiting.append(("text", "</ul></li>" if parts else "</li>"))
        waiting += [("box", number) for number in reversed(parts)]
        if parts:
            yield "<ul>"


def _where(box: Box) -> str:
    return _PLACES.get(box.kind, "Place:")


def _box(box: Box, number: str, drawn: bool) -> str:
    rows = [f'<span class="kind">{escape(style_of(box).words)}</span>']
    if box.heading:
        rows.append(f"<strong>{escape(box.heading)}</strong><br>")
    rows.append(escape(box.text))
    if box.place:
        rows.append(f'<br><span class="place">{_where(box)} {escape(box.place)}</span>')
    if box.folded:
        steps = "".join(f"<li>{escape(text)}</li>" for text in box.folded)
        note = escape(box.note)
        rows.append(f'<details class="note"><summary>{note}</summary><ul>{steps}</ul></details>')
    if drawn:
        name = escape(f"Show in the picture: {box.heading or box.text}")
        rows.append(
            f'<button type="button" class="show" data-box="{number}" aria-label="{name}" hidden>'
            "Show</button>"
        )
    return f'<div class="box" id="{number}-words" tabindex="-1">{" ".join(rows)}</div>'
