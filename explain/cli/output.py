"""What commands print: tables, JSON, CSV; and messages on stderr."""

from __future__ import annotations

import csv
import io
import json
import sys
import unicodedata
from collections.abc import Iterable, Sequence
from typing import Any

from facts.diagnostic import Diagnostic

_FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r")


def message(text: str) -> None:
    """Print a message for the person on stderr."""
    print(visible(text), file=sys.stderr)


def report(diagnostics: Iterable[Diagnostic]) -> None:
    """Print diagnostics on stderr."""
    for diagnostic in diagnostics:
        message(diagnostic.render())


def data(text: str) -> None:
    """Print data on stdout, so that no character of a claim can draw on a terminal."""
    print(visible(text) if sys.stdout.isatty() else text)


def visible(text: str) -> str:
    """Return a text with control and direction marks escaped, line ends kept.

    Examples
    --------
    >>> visible("a\\u202eb\\x1b[2J")
    'a\\\\u202eb\\\\x1b[2J'
    """
    return "".join(
        character
        if character in "\n\t" or unicodedata.category(character) not in ("Cc", "Cf", "Cs", "Co")
        else character.encode("unicode_escape", "surrogatepass").decode("ascii")
        for character in text
    )


def json_text(value: Any) -> str:
    """Return one row of JSON."""
    return json.dumps(value, ensure_ascii=False, separators=(", ", ": "))


def table_text(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Return rows as aligned columns under a header.

    Examples
    --------
    >>> print(table_text(("C", "L"), [("CLM1", 1)]))
    C     L
    CLM1  1
    """
    texts = [tuple(columns), *(tuple(visible(str(cell)) for cell in row) for row in rows)]
    widths = [max(len(row[position]) for row in texts) for position in range(len(columns))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in texts
    )


def csv_text(rows: Iterable[Sequence[object]]) -> str:
    """Return rows as CSV that no spreadsheet takes for formulas, without the last line end.

    Examples
    --------
    >>> csv_text([("a,b", "=1+1", -2)])
    '"a,b",\\'=1+1,-2'
    """
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    for row in rows:
        writer.writerow([safe_cell(cell) for cell in row])
    return buffer.getvalue().removesuffix("\n")


def safe_cell(value: object) -> object:
    """Return a cell that a spreadsheet shows as it stands."""
    if isinstance(value, str) and value.startswith(_FORMULA_SIGNS):
        return f"'{value}"
    return "" if value is None else value
