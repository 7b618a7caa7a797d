"""Tests of free texts as SQL: which have blanks around them, and which cannot be read."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from facts.readers.line_table import LONGEST_TEXT
from facts.readers.parquet import BLANKS
from kb.engines.duckdb_table import literal

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
    """Return the SQL of whether a text is too long, or has characters that cannot be read."""
    contained = (f"contains({text}, chr({sign}))" for sign in signs)
    return f"({' OR '.join((f'length({text}) > {LONGEST_TEXT}', *contained))})"


def any_odd(connection: Any, scan: str, text: str, one_by_one: bool) -> bool:
    """Tell whether a text of a table may be doubtful or unfit; False is sure.

    Parameters
    ----------
    connection : DuckDB connection
    scan : str
        What stands behind FROM; its alias is ``r``.
    text : str
        SQL of the text.
    one_by_one : bool
        Whether to test each row, as is quicker where few are alike or DuckDB knows the dictionary
        of a file, or each distinct text.
    """
    signs = [sign for sign in _UNREADABLE if sign < 0x80]  # the others are doubtful
    if one_by_one:
        found = connection.execute(
            f"SELECT 1 FROM {scan} r WHERE {doubtful(text)} OR {unfit(text, signs)} LIMIT 1"
        ).fetchone()
        return found is not None
    (odd,) = connection.execute(
        f"SELECT bool_or({doubtful('c')} OR {unfit('c', signs)}) "
        f"FROM (SELECT DISTINCT {text} AS c FROM {scan} r)"
    ).fetchone()
    return bool(odd)
