"""Texts in rows of a limited width, however long they are."""

from __future__ import annotations

import textwrap
from functools import lru_cache

from facts.values import one_line


@lru_cache(maxsize=8192)
def wrapped(text: str, width: int, rows: int) -> tuple[str, ...]:
    """Return the rows of a text.

    Parameters
    ----------
    text : str
        Any text; control and direction marks are escaped.
    width : int
        Characters a row; longer words are broken.
    rows : int
        At most so many; the last one ends in an ellipsis where text is left over.

    Returns
    -------
    tuple of str

    Examples
    --------
    >>> wrapped("line 1 has procedure code 96365", 16, 2)
    ('line 1 has', 'procedure code …')
    """
    clean = one_line(text[: (width + 1) * (rows + 1)])
    found = textwrap.wrap(clean, width, break_on_hyphens=False)
    if len(found) <= rows:
        return tuple(_even(clean, found))
    last = found[rows - 1]
    last = f"{last} …" if len(last) + 2 <= width else f"{last[: width - 1].rstrip()}…"
    return (*found[: rows - 1], last)


def shortened(text: str, width: int = 60) -> str:
    """Return a text on one row, for a title.

    Parameters
    ----------
    text : str
        Any text.
    width : int, optional
        Characters of the row at most.

    Examples
    --------
    >>> shortened("x" * 100, 10), shortened("CLM1")
    ('xxxxxxxxx…', 'CLM1')
    """
    return " ".join(wrapped(text, width, 1))


def _even(text: str, found: list[str]) -> list[str]:
    """Return rows of about the same width, as many as were found."""
    least = max(len(word) for word in text.split()) if found else 0
    even = -(-len(text) // len(found)) if found else 0
    widest = max(map(len, found), default=0)
    for width in range(max(least, even), widest):
        narrower = textwrap.wrap(text, width, break_on_hyphens=False)
        if len(narrower) == len(found):
            return narrower
    return found
