"""The shape of a text file: how many rows of text it has, how they end, and where quotes stand."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from facts.readers.text_file import LONGEST_ROW

_BLOCK = 1 << 20
"""Bytes that stay in the cache of a processor while they are searched."""

_LONGEST = 4 * LONGEST_ROW
"""Bytes without a line feed behind which a file is not regular."""

NO_VALUE = b"\x01"
"""Stands for no value where DuckDB reads CSV; a file that has it is left to the row reader."""

_INSIDE = re.compile(rb'"(?:(?<=[^,\n\r"]")[^,\n\r]|[ \t]+(?:[,\n\r]|\Z))')
"""Begins with what it looks for, which makes it eight times as fast as what looks before it."""

_BEHIND_BLANKS = re.compile(rb'(?:^|[,\n])[ \t]+"')
_VALUE = rb'(?:[^",]*|"(?:[^"]|"")*")'
_ROW = re.compile(rb"%b(?:,%b)*" % (_VALUE, _VALUE))
"""A row of text whose values are either without quotation marks or between them."""


@dataclass(frozen=True, slots=True)
class TextShape:
    """What of a text file is known before its values are read.

    Parameters
    ----------
    rows : int
        Rows of text.
    quotes : bool
        Whether there is a quotation mark.
    inner : bool
        Whether quotation marks stand in values between quotation marks. Such a file is regular if
        no value goes over several rows of text.
    """

    rows: int
    quotes: bool
    inner: bool


def text_shape(path: Path, delimiter: str) -> TextShape | None:
    """Return the shape of a file; None for one that is not regular.

    Rows of a regular file all end alike, with a line feed or with a return before it.

    Parameters
    ----------
    path : Path
        The file.
    delimiter : str
        What separates values: a quotation mark that is not closed, or is in a value without
        quotation marks around it, makes the file irregular then. Where it is no comma, so does any
        quotation mark. Empty where there are no values.

    Returns
    -------
    TextShape or None

    Raises
    ------
    OSError
        If the file cannot be read.
    """
    values = bool(delimiter)
    ends = returns = pairs = 0
    marks, inner = 0, False
    last = b""
    for block in _blocks(path):
        if last and not last.endswith(b"\n"):
            return None
        if values and NO_VALUE in block:
            return None
        if b'"' in block:
            if values and delimiter != ",":
                return None
            marks += block.count(b'"') if values else 1
            if values and _odd_quotes(block):
                if not _regular(block):
                    return None
                inner = True
        ends += block.count(b"\n")
        if b"\r" in block:
            returns += block.count(b"\r")
            pairs += block.count(b"\r\n")
        last = block
    if returns not in (0, ends) or pairs != returns or (values and marks % 2):
        return None
    return TextShape(ends + (not last.endswith(b"\n")), marks > 0, inner)


def _blocks(path: Path) -> Iterator[bytes]:
    """Yield the bytes of a file, cut behind line feeds where there are any."""
    rest = b""
    with path.open("rb", buffering=0) as file:
        while read := file.read(_BLOCK):
            cut = read.rfind(b"\n") + 1
            if cut or len(rest) > _LONGEST:
                yield rest + read[:cut]
                rest = b""
            rest += read[cut:]
    if rest:
        yield rest


def _odd_quotes(block: bytes) -> bool:
    """Return whether a quotation mark is elsewhere than at the border of a value."""
    if _INSIDE.search(block):
        return True
    blanks = b' "' in block or b'\t"' in block
    return blanks and _BEHIND_BLANKS.search(block) is not None


def _regular(block: bytes) -> bool:
    """Tell whether every row of text is regular by itself."""
    return all(_ROW.fullmatch(row.rstrip(b"\r")) for row in block.split(b"\n") if b'"' in row)
