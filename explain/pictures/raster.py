"""A drawn picture as PNG, by typst, which has a font for machines that have none."""

from __future__ import annotations

import threading
from importlib import resources
from typing import Any

from explain.pictures.drawing import FAMILY, picture_svg, svg_size
from explain.pictures.picture import Picture
from facts.extras import report_module

_DOTS_PER_INCH = 144
_FAMILIES = "Liberation Sans, Arial, Helvetica, DejaVu Sans, Libertinus Serif"
"""The first of these that the machine has; the last one comes with typst."""

_LOCK = threading.Lock()
_COMPILERS: list[Any] = []


def picture_png(picture: Picture, key: bool = True, dots: int = _DOTS_PER_INCH) -> bytes:
    """Return a picture as PNG.

    Parameters
    ----------
    picture : Picture
        Any picture.
    key : bool, optional
        Whether to draw a key of the shapes below the picture.
    dots : int, optional
        Per inch.

    Raises
    ------
    UsageError
        If ``clausewise[report]`` is not installed.
    """
    svg = picture_svg(picture, key)
    width, _ = svg_size(svg)
    given = {"svg": svg.replace(FAMILY, f'font-family="{_FAMILIES}"'), "width": str(width)}
    with _LOCK:
        png: bytes = _compiler().compile(format="png", ppi=float(dots), sys_inputs=given)
    return png


def _compiler() -> Any:
    if not _COMPILERS:
        typst = report_module("typst")
        template = resources.files("explain.pictures") / "picture.typ"
        _COMPILERS.append(typst.Compiler(str(template)))
    return _COMPILERS[0]
