"""Cells of tables that a spreadsheet shows as text and never takes for a formula."""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections.abc import Iterable, Sequence

UNSEEN = ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")
"""Categories of characters that draw nothing, or on the characters around them."""

_FORMULA_SIGNS = frozenset("=+-@")
_PLAIN_NUMBER = re.compile(r"[+-]?\d+(\.\d+)?", re.ASCII)


def safe_cell(value: object) -> object:
    """Return a cell that a spreadsheet shows unchanged.

    A text that begins as a formula does, or with a control character, gets an apostrophe.

    Parameters
    ----------
    value : object
        A value of a table.
    """
    if value is None:
        return ""
    if not isinstance(value, str) or not value or _PLAIN_NUMBER.fullmatch(value):
        return value
    first = unicodedata.normalize("NFKC", value[0])
    formula = first[0] in _FORMULA_SIGNS or unicodedata.category(value[0]) in UNSEEN
    return f"'{value}" if formula else value


def csv_text(rows: Iterable[Sequence[object]]) -> str:
    """Return rows as CSV that no spreadsheet takes for formulas, without the last line end.

    Examples
    --------
    >>> csv_text([("a,b", "=1+1", -2, "-2.5")])
    '"a,b",\\'=1+1,-2,-2.5'
    """
    return "\n".join(map(_csv_row, rows))


def _csv_row(row: Sequence[object]) -> str:
    """Return one row; a line end of either kind in a cell is quoted."""
    buffer = io.StringIO()
    csv.writer(buffer, lineterminator="\r\n").writerow([safe_cell(cell) for cell in row])
    return buffer.getvalue().removesuffix("\r\n")
