"""Tests of free texts as SQL: which have blanks around them, and which cannot be read."""

from __future__ import annotations

from collections.abc import Sequence

from facts.no_value import words_for_nothing
from facts.readers.column_values import IDS, LONGEST_TEXT
from facts.readers.parquet import BLANKS
from kb.engines.duckdb.connection import literal

STRIPPED = f"nullif(trim({{}}, {literal(BLANKS)}), '')"
"""SQL of a text without the blanks around it, NULL where nothing is left."""

_UNREADABLE = (0, 0xFFFD)
"""Characters of what was no text of UTF-8."""


_SHORT = 8
"""Characters of words for nothing up to which few ids are as short."""


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


def unmeant(text: str, column: str) -> str:
    """Return the SQL of whether a text may stand for nothing, or be a spoiled number; few do.

    There is no regular expression in it, for the reason of ``doubtful``.

    Parameters
    ----------
    text : str
        SQL of a text without blanks around it.
    column : str
        The column it is in.

    Examples
    --------
    >>> import duckdb
    >>> texts = ["NULL", "C1", "1.003E+09", "7.0", "nullable", None]
    >>> query = f"SELECT {unmeant('c', 'ndc')} FROM (SELECT unnest($1::TEXT[]) AS c)"
    >>> [found for (found,) in duckdb.execute(query, [texts]).fetchall()]
    [True, False, True, True, False, False]
    """
    words = words_for_nothing(column)
    if not words:
        return "false"
    listed = literal("".join(f"|{word}" for word in sorted(words)) + "|")
    most = max(map(len, words))
    short = f"strlen({text}) <= {most}"
    tests = [f"contains({listed}, concat('|', lower({text}), '|'))"]
    spoiled = [f"({text})[2] = {literal(sign)}" for sign in ".,"]
    spoiled += [f"contains({text}, {literal(part)})" for part in (".0", "E+", "e+")]
    if column not in IDS or most > _SHORT:
        tests[0] = f"({short} AND {tests[0]})"
        tests += spoiled if column in IDS else []
        return f"({' OR '.join(tests)})"
    # Ids are no dictionary. CASE looks at what its test lets through; AND would look at all.
    signs = " OR ".join(f"contains({text}, {literal(sign)})" for sign in ".,+")
    return (
        f"(CASE WHEN {short} THEN {tests[0]} ELSE false END OR "
        f"CASE WHEN {signs} THEN {' OR '.join(spoiled)} ELSE false END)"
    )


def odd(text: str, column: str = "") -> str:
    """Return the SQL of whether a text is doubtful or unfit; it costs less than both of them.

    Parameters
    ----------
    text : str
        SQL of a text.
    column : str, optional
        The column it is in, where it may be unmeant too.
    """
    ascii = [sign for sign in _UNREADABLE if sign < 0x80]  # the others are doubtful
    tests = [doubtful(text), unfit(text, ascii), *([unmeant(text, column)] if column else [])]
    return f"({' OR '.join(tests)})"
