"""Comments of printed SQL: they end with their line, whatever their text holds."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable

from facts.values import one_line

WIDTH = 96


def comment(text: str = "", indent: str = "") -> list[str]:
    """Return a text as line comments.

    Control characters are escaped, so that no text ends its comment; a semicolon becomes a comma,
    so that a tool that cuts scripts at semicolons does not cut there.

    Parameters
    ----------
    text : str
        A paragraph; its first blanks indent it.
    indent : str, optional
        What the second and further lines begin with.

    Returns
    -------
    list of str

    Examples
    --------
    >>> comment("a */ b\\n; DROP TABLE x")
    ['-- a */ b\\\\n, DROP TABLE x']
    """
    plain = one_line(text).replace(";", ",")
    if not plain:
        return ["--"]
    first = len(plain) - len(plain.lstrip(" "))
    wrapped = textwrap.wrap(
        plain.strip(),
        WIDTH,
        initial_indent=" " * first,
        subsequent_indent=" " * first + indent,
        break_on_hyphens=False,
        break_long_words=False,
    )
    return [f"-- {line}".rstrip() for line in wrapped]


def comments(texts: Iterable[str]) -> list[str]:
    """Return several texts as line comments.

    Parameters
    ----------
    texts : iterable of str
        A paragraph each.
    """
    return [line for text in texts for line in comment(text, "  ")]
