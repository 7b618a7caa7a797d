"""A picture in the language of Graphviz."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape
from itertools import pairwise

from explain.english.wrapping import wrapped
from explain.pictures.picture import Arrow, Box, Picture
from explain.pictures.styles import BoxStyle, style_of, styles_of

_FONT = "Helvetica"
_WIDTHS = {"outcome": 34, "clause": 44, "conclusion": 28}
_WIDTH = 24
_ROWS = 7


def picture_dot(picture: Picture, key: bool = True, prefix: str = "") -> str:
    """Return a picture as a Graphviz graph.

    Parameters
    ----------
    picture : Picture
        Any picture.
    key : bool, optional
        Whether to draw a key of the shapes below the picture.
    prefix : str, optional
        What the ids of the boxes begin with, in a page with several pictures. Each box then links
        to the element of the page whose id ends in ``-words``.

    Returns
    -------
    str
        The same picture gives the same text. No text of a box can end its label.
    """
    rows = [
        "digraph proof {",
        "  graph [rankdir=TB, ordering=out, nodesep=0.22, ranksep=0.27, splines=true,"
        f" bgcolor=white,"
        f" fontname={_quoted(_FONT)}, fontsize=11, label={_note(picture)}, labelloc=b];",
        f'  node [fontname={_quoted(_FONT)}, fontsize=11, margin="0.12,0.07"];',
        f'  edge [fontname={_quoted(_FONT)}, fontsize=10, arrowsize=0.6, color="#4D4D4D"];',
    ]
    rows += [f"  {box.id} [{_box(box, prefix)}];" for box in picture.boxes]
    rows += _edges(picture)
    if key:
        rows += _key(picture)
    return "\n".join([*rows, "}", ""])


def _box(box: Box, prefix: str) -> str:
    style = style_of(box)
    number = f"{prefix}{box.id}"
    link = f", URL={_quoted(f'#{number}-words')}" if prefix else ""
    return (
        f"id={_quoted(number)}{link}, class={_quoted(style.name)}, {_look(style)},"
        f" tooltip={_quoted(_tip(box))}, label={_label(box)}"
    )


def _look(style: BoxStyle) -> str:
    kinds = ["filled"]
    if style.rounded:
        kinds.append("rounded")
    if style.dashed:
        kinds.append("dashed")
    return (
        f'shape={style.shape}, style="{",".join(kinds)}", fillcolor="{style.fill}",'
        f' color="{style.line}", fontcolor="{style.ink}", penwidth={style.width}'
    )


def _label(box: Box) -> str:
    width = _WIDTHS.get(box.kind, _WIDTH)
    parts = []
    size = 16 if box.kind == "outcome" else 12
    parts += [f'<font point-size="{size}"><b>{row}</b></font>' for row in _rows(box.heading, width)]
    parts += _rows(box.text, width)
    parts += [f'<font point-size="9">{row}</font>' for row in _rows(box.place, width + 6)]
    parts += [f'<font point-size="9"><i>{row}</i></font>' for row in _rows(box.note, width + 6)]
    return f"<{'<br/>'.join(parts) or ' '}>"


def _rows(text: str, width: int) -> list[str]:
    """Return rows of a label; a backslash is written twice, or the sign after it would count."""
    return [escape(row).replace("\\", "\\\\") for row in wrapped(text, width, _ROWS)]


def _tip(box: Box) -> str:
    said = " ".join(part for part in (f"{box.heading}." if box.heading else "", box.text) if part)
    return " ".join(wrapped(said, 100, 4))


def _note(picture: Picture) -> str:
    rows = _rows(picture.note, 90)
    return f"<<i>{'<br/>'.join(rows)}</i>>" if rows else '""'


def _edges(picture: Picture) -> Iterator[str]:
    for box in picture.boxes:
        for first, *rest in picture.columns[box.id]:
            yield _edge(box.id, first)
            for above, arrow in pairwise([first, *rest]):
                yield _edge(above.below, arrow, "dir=none")
    outcomes = [box.id for box in picture.boxes if box.kind == "outcome"]
    ids = [box.id for box in picture.boxes]
    for number in outcomes[1:]:
        yield f"  {ids[ids.index(number) - 1]} -> {number} [style=invis];"


def _edge(above: str, arrow: Arrow, *options: str) -> str:
    said = list(options)
    if arrow.label:
        said.append(f"label=< {'<br/>'.join(_rows(arrow.label, 34))}>")
    if not arrow.decides:
        said.append('style="dotted"')
    listed = f" [{', '.join(said)}]" if said else ""
    return f"  {above} -> {arrow.below}{listed};"


def _key(picture: Picture) -> list[str]:
    rows = ['  subgraph cluster_key { color="#BBBBBB"; label="";']
    styles = styles_of(picture.boxes)
    for number, style in enumerate(styles):
        label = "<br/>".join(_rows(style.words, 18))
        looks = f'{_look(style)}, fontsize=9, margin="0.06,0.04"'
        rows.append(f"    k{number} [{looks}, label=<{label}>];")
    rows.append("  }")
    columns = (column for box in picture.boxes for column in picture.columns[box.id])
    ends = dict.fromkeys(column[-1].below for column in columns)
    rows.append('  floor [shape=point, width=0, height=0, style=invis, label=""];')
    rows += [
        f"  {number} -> floor [style=invis, weight=0];"
        for number in ends or picture.by_id
        if not picture.below[number]
    ]
    rows += [f"  floor -> k{number} [style=invis];" for number in range(len(styles))]
    return rows


def _quoted(text: str) -> str:
    """Return a text between quotation marks that nothing in it can end or format."""
    safe = text.replace("\\", "\\\\").replace('"', '\\"').replace("&", "&amp;")
    return f'"{safe}"'
