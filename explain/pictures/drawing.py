"""Draw a picture with Graphviz, which pygraphviz brings along."""

from __future__ import annotations

import os
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from html import escape

from explain.pictures.dot import picture_dot
from explain.pictures.picture import Picture
from facts.extras import extra_module

_TITLE = re.compile(r"<title>[^<]*</title>\n?")
_COMMENT = re.compile(r"<!--.*?-->\n?", re.DOTALL)
_ROOT = re.compile(r"<svg\b")
_DOTS_PER_INCH = 144
_LOCK = threading.Lock()
_STARTED: list[bool] = []


def picture_png(picture: Picture, key: bool = True) -> bytes:
    """Return a picture as PNG.

    Parameters
    ----------
    picture : Picture
    key : bool, optional
        Whether to draw what the shapes mean below the picture.

    Returns
    -------
    bytes

    Raises
    ------
    UsageError
        If ``clausewise[report]`` is not installed.
    """
    return _drawn(picture_dot(picture, key), "png", f"-Gdpi={_DOTS_PER_INCH}")


def picture_svg(picture: Picture, key: bool = True) -> str:
    """Return a picture as SVG: no script, no link, its title and description inside.

    Parameters
    ----------
    picture : Picture
    key : bool, optional

    Returns
    -------
    str
        The element ``svg`` alone, so that it can stand in a page or in a file of its own. Each
        box is a group whose id is that of the box.

    Raises
    ------
    UsageError
        If ``clausewise[report]`` is not installed.
    """
    drawn = _drawn(picture_dot(picture, key), "svg").decode("utf-8")
    element = drawn[drawn.index("<svg") :]
    element = _TITLE.sub("", _COMMENT.sub("", element)).replace(' xml:space="preserve"', "")
    head = (
        f"<title>{escape(picture.title, quote=False)}</title>\n"
        f"<desc>{escape(picture.description, quote=False)}</desc>\n"
    )
    end = element.index(">") + 1
    return f'<svg role="img"{element[4:end]}\n{head}{element[end:].lstrip()}'


def _drawn(dot: str, form: str, options: str = "") -> bytes:
    """Return what Graphviz draws; one drawing at a time, since it keeps state of its own."""
    pygraphviz = extra_module("pygraphviz", "report", "drawing a picture needs it")
    with _LOCK:
        if not _STARTED:
            with _quiet():
                pygraphviz.AGraph(string="graph { a }").draw(format="svg", prog="dot")
            _STARTED.append(True)
        graph = pygraphviz.AGraph(string=dot)
        try:
            drawn: bytes = graph.draw(format=form, prog="dot", args=options)
        finally:
            graph.close()
    return drawn


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep what a library in C says of the fonts of the machine from stderr, once."""
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
