"""A picture as SVG, drawn by Graphviz, which comes with pygraphviz."""

from __future__ import annotations

import os
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from html import escape
from importlib.util import find_spec

from explain.english.wrapping import wrapped
from explain.pictures.dot import picture_dot
from explain.pictures.picture import Picture
from facts.extras import report_module

_TITLE = re.compile(r"<title>[^<]*</title>\n?")
_COMMENT = re.compile(r"<!--.*?-->\n?", re.DOTALL)
_ID = re.compile(r' id="([^"]*)"')
_GROUP = re.compile(r'<g[^>]* class="(?:node|graph)[^>]*>.*?(?=<g[^>]* class=|\Z)', re.DOTALL)
_OUTLINE = re.compile(
    r'<(?:polygon[^>]* points="(?P<points>[^"]*)"|path[^>]* d="(?P<path>[^"]*)"'
    r'|ellipse[^>]* cx="(?P<middle>[^"]*)")'
)
_ABSCISSA = re.compile(r"(-?[0-9.]+),")
_ROW = re.compile(r'<text text-anchor="start" x="[^"]*"')
_BOX_ID = re.compile(r"n\d+")
_SIZE = re.compile(r'width="([0-9.]+)pt" height="([0-9.]+)pt"')
FAMILY = 'font-family="Helvetica,sans-Serif"'
"""The font of a drawing, as Graphviz names it."""

_LOCK = threading.Lock()
_STARTED: list[bool] = []


def can_draw() -> bool:
    """Return whether ``clausewise[report]`` is installed."""
    return find_spec("pygraphviz") is not None


def picture_svg(picture: Picture, key: bool = True, prefix: str = "") -> str:
    """Return a picture as SVG: no script, no link, its title and description inside.

    Parameters
    ----------
    picture : Picture
        Any picture.
    key : bool, optional
        Whether to draw a key of the shapes below the picture.
    prefix : str, optional
        As in ``picture_dot``: gives the boxes links into the page around the picture.

    Returns
    -------
    str
        The element ``svg`` alone, for a page or for a file of its own. Each box is a group whose
        id is that of the box.

    Raises
    ------
    UsageError
        If ``clausewise[report]`` is not installed.
    """
    drawn = _drawn(picture_dot(picture, key, prefix))
    element = drawn[drawn.index("<svg") :]
    element = _TITLE.sub("", _COMMENT.sub("", element)).replace(' xml:space="preserve"', "")
    element = _ID.sub(lambda found: found[0] if _is_box(found[1], prefix) else "", element)
    head = (
        f"<title>{escape(_short(picture.title), quote=False)}</title>\n"
        f"<desc>{escape(_short(picture.description), quote=False)}</desc>\n"
    )
    end = element.index(">") + 1
    element = _GROUP.sub(_centred, element)
    role = "group" if prefix else "img"
    return f'<svg role="{role}"{element[4:end]}\n{head}{element[end:].lstrip()}'


def _short(text: str) -> str:
    return " ".join(wrapped(text, 100, 12))


def _centred(group: re.Match[str]) -> str:
    """Put the rows of a box in its middle, whatever font the reader has.

    Graphviz places each row of a formatted label by the width that it has in its own font.
    """
    outline = _OUTLINE.search(group[0])
    if outline is None:
        return group[0]
    if outline["middle"]:
        middle = float(outline["middle"])
    else:
        places = [float(place) for place in _ABSCISSA.findall(outline["points"] or outline["path"])]
        middle = (min(places) + max(places)) / 2
    return _ROW.sub(f'<text text-anchor="middle" x="{middle:.2f}"', group[0])


def _is_box(number: str, prefix: str) -> bool:
    return number.startswith(prefix) and bool(_BOX_ID.fullmatch(number, len(prefix)))


def svg_size(svg: str) -> tuple[float, float]:
    """Return width and height of an SVG picture, in points of which 72 are an inch."""
    found = _SIZE.search(svg)
    return (float(found[1]), float(found[2])) if found else (1.0, 1.0)


def _drawn(dot: str) -> str:
    """Return the drawing of Graphviz as SVG; one at a time, since it keeps state of its own."""
    pygraphviz = report_module("pygraphviz")
    with _LOCK:
        if not _STARTED:
            with _quiet():
                pygraphviz.AGraph(string="graph { a }").draw(format="svg", prog="dot")
            _STARTED.append(True)
        graph = pygraphviz.AGraph(string=dot)
        try:
            drawn: bytes = graph.draw(format="svg", prog="dot")
        finally:
            graph.close()
    return drawn.decode("utf-8")


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep the messages of a C library about the fonts of the machine from stderr, once."""
    try:
        kept = os.dup(2)
    except OSError:
        yield
        return
    nothing = os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nothing, 2)
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        os.close(nothing)
