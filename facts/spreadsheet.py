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
_INNER_CELL = re.compile(r"""([;\t\r\n][\s"]*)(?=([^\s"]))""")
"""What may split a row in the middle of a cell, and the first character of what follows."""

_PLAIN_NUMBER = re.compile(r"[+-]?\d+(\.\d+)?", re.ASCII)


def safe_cell(value: object) -> object:
    """Return a cell that a spreadsheet shows unchanged.

    A text that begins as a formula does, or with a control character, gets an apostrophe. So does a
    part of it that would begin a cell where a spreadsheet splits rows on ``;`` or a tab, or takes
    a quotation mark in the middle of a row for text.

    Parameters
    ----------
    value : object
        A value of a table.

    Examples
    --------
    >>> safe_cell("-1+1"), safe_cell("-1.5"), safe_cell("note;=1+1"), safe_cell("a; b")
    ("'-1+1", '-1.5', "note;'=1+1", 'a; b')
    """
    if value is None:
        return ""
    if not isinstance(value, str) or not value or _PLAIN_NUMBER.fullmatch(value):
        return value
    begin = "" if value[0] == ";" else value[0]
    text = begin + _INNER_CELL.sub(_safe_part, value[len(begin) :])
    is_odd = _is_sign(value[0]) or unicodedata.category(value[0]) in UNSEEN
    return f"'{text}" if is_odd else text


def _is_sign(character: str) -> bool:
    return unicodedata.normalize("NFKC", character)[0] in _FORMULA_SIGNS


def _safe_part(found: re.Match[str]) -> str:
    return f"{found[1]}'" if _is_sign(found[2]) else found[1]


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
