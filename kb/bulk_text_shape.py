"""The shape of a text file: how many rows of text it has, and how they end."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

_BLOCK = 1 << 20
"""Bytes that stay in the cache of a processor while they are searched."""

_ODD_QUOTES = re.compile(rb'[^,\n\r"]"[^,\n\r]|[,\n][ \t]+"|"[ \t]+[,\n\r]')


@dataclass(frozen=True, slots=True)
class TextShape:
    """What of a text file is known before its values are read.

    Parameters
    ----------
    rows : int
        Rows of text.
    quotes : bool
        Whether there is a quotation mark.
    """

    rows: int
    quotes: bool


def text_shape(path: Path, values: bool) -> TextShape | None:
    """Return the shape of a file; None for one that is not regular.

    Rows of a regular file all end alike, with a line feed or with a return before it.

    Parameters
    ----------
    path : Path
    values : bool
        Whether a quotation mark in the middle of a value makes the file irregular.

    Returns
    -------
    TextShape or None

    Raises
    ------
    OSError
        If the file cannot be read.
    """
    ends = returns = pairs = 0
    quotes = False
    last = b""
    with path.open("rb", buffering=0) as file:
        while block := file.read(_BLOCK):
            quotes = quotes or b'"' in block
            if values and quotes and _ODD_QUOTES.search(last[-2:] + block):
                return None
            ends += block.count(b"\n")
            if b"\r" in block:
                returns += block.count(b"\r")
                pairs += block.count(b"\r\n")
            pairs += last.endswith(b"\r") and block.startswith(b"\n")
            last = block
    if returns not in (0, ends) or pairs != returns:
        return None
    return TextShape(ends + (not last.endswith(b"\n")), quotes)
