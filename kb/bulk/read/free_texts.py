"""Tests of free texts as SQL: which have blanks around them, and which cannot be read."""

from __future__ import annotations

from collections.abc import Sequence

from facts.readers.line_table import LONGEST_TEXT
from facts.readers.parquet import BLANKS
from kb.engines.duckdb.connection import literal

STRIPPED = f"nullif(trim({{}}, {literal(BLANKS)}), '')"
"""SQL of a text without the blanks around it, NULL where nothing is left."""

_UNREADABLE = (0, 0xFFFD)
"""Characters of what was no text of UTF-8."""


def doubtful(text: str) -> str:
    """Return the SQL of whether a text may be blank or have blanks around it; few do.

    A text of ASCII that begins and ends with a character above the blank does not: of ``BLANKS``,
    all that are ASCII are the blank or below it. There is no regular expression in it, so that
    DuckDB tests an entry of a dictionary of Parquet once, and not every row that points to it.

    Parameters
    ----------
    text : str
        SQL of a text.

    Examples
    --------
    >>> import duckdb
    >>> texts = ["a b", "", " a", "a\\t", "\\u2003a", "\\u00e9", None]
    >>> query = f"SELECT {doubtful('c')} FROM (SELECT unnest($1::TEXT[]) AS c)"
    >>> [found for (found,) in duckdb.execute(query, [texts]).fetchall()]
    [False, True, True, True, True, True, None]
    """
    return f"({text} < '!' OR strlen({text}) <> length({text}) OR ({text})[-1] < '!')"


def unfit(text: str, signs: Sequence[int] = _UNREADABLE) -> str:
    """Return the SQL of whether a text is too long, or has characters that cannot be read.

    Parameters
    ----------
    text : str
        SQL of a text.
    signs : sequence of int, optional
        Numbers of the characters that cannot be read.
    """
    return f"(length({text}) > {LONGEST_TEXT} OR {unreadable(text, signs)})"


def unreadable(text: str, signs: Sequence[int] = _UNREADABLE) -> str:
    """Return the SQL of whether a text has characters that cannot be read.

    Parameters
    ----------
    text : str
        SQL of a text.
    signs : sequence of int, optional
        Numbers of the characters that cannot be read.
    """
    return f"({' OR '.join(f'contains({text}, chr({sign}))' for sign in signs)})"


def odd(text: str) -> str:
    """Return the SQL of whether a text is doubtful or unfit; it costs less than both of them."""
    ascii = [sign for sign in _UNREADABLE if sign < 0x80]  # the others are doubtful
    return f"({doubtful(text)} OR {unfit(text, ascii)})"
