"""Open a file a person named: what keeps it from being read becomes one clear sentence."""

from __future__ import annotations

import csv
import re
from collections import deque
from pathlib import Path
from typing import Protocol

from facts.diagnostic import Diagnostic
from facts.origin import Origin
from facts.outputs import cannot_be_read, missing_file
from facts.readers.opening import REPLACEMENT, InputText, open_bytes
from facts.values import one_line

_LOOK = 65_536
"""Bytes that are looked at to tell text from something else."""

_FEW_BAD = 20
"""One character of so many may be unreadable: single rows are then reported, not the file."""

LONGEST_ROW = 1_000_000
"""Characters of the longest row, its quoted line breaks counted."""

MOST_PHYSICAL_ROWS = 200
"""Rows of text that one row of a table can stand on."""

_X12 = b"ISA"
"""Begins an 837, which may be padded at its end."""

_PADDING = b"\0\x1a \t\r\n"

_FOREIGN = (b"PK\x03\x04", b"PAR1", b"\x1f\x8b", b"%PDF")

_SHEETS = b"\xd0\xcf\x11\xe0"
"""Begins spreadsheets that are encrypted, and those of before 2007."""

_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_WIDE_MARKS = (b"\xff\xfe", b"\xfe\xff")


def look(path: Path) -> tuple[str, Diagnostic | None]:
    """Return the beginning of a text file, or what keeps it from being read.

    Parameters
    ----------
    path : Path
        The file.

    Returns
    -------
    str
        Empty where there is a diagnostic, never blank where there is none. Single characters that
        cannot be read are replaced; they are reported with their rows.
    Diagnostic or None
    """
    source = one_line(str(path))
    try:
        if path.exists() and not (path.is_file() or path.is_dir()):
            return "", _fault(
                f"`{source}` can be read only once, and claims are read twice",
                path,
                "write it to a file first, and name that file",
            )
        with open_bytes(path) as file:
            head = file.read(_LOOK)
    except (OSError, ValueError) as fault:
        return "", missing_file(path) or cannot_be_read(path, fault)
    if head.lstrip().startswith(_X12):
        head = head.rstrip(_PADDING)
    foreign = _foreign(path, source, head)
    if foreign is not None:
        return "", foreign
    text, start = _beginning(path, head)
    hardly = text.count(REPLACEMENT) * _FEW_BAD > len(text) and not text.lstrip().startswith("ISA")
    if start and hardly:
        return "", _fault(
            f"`{source}` is not UTF-8 text: byte {start} cannot be read", path, "save it as UTF-8"
        )
    if not text.strip():
        return "", _fault(f"`{source}` is empty", path, "was it cut off on its way?")
    return text, None


def _foreign(path: Path, source: str, head: bytes) -> Diagnostic | None:
    """Return what is wrong with a file that is no text of UTF-8 or of bytes."""
    if head.startswith(_SHEETS):
        encrypted = _ENCRYPTED in path.read_bytes()
        what = "is encrypted" if encrypted else "is a spreadsheet of an old form, or another file"
        return _fault(
            f"`{source}` {what}", path, "save it as XLSX without a password, or as CSV in UTF-8"
        )
    if head.startswith(_WIDE_MARKS) or _is_wide(head):
        return _fault(f"`{source}` is UTF-16 text", path, "save it as UTF-8")
    if b"\0" in head or head.startswith(_FOREIGN):
        return _fault(
            f"`{source}` is not a text file", path, "claims are read from CSV, JSONL and 837 files"
        )
    return None


_SEGMENT = re.compile(r"\s*(GS(?=(.)H[A-Z]\2)|ST(?=(.)\d{3}\3)|BHT(?=(.)\d{4}\4))")
_LATER_HEADER = re.compile(r"ISA([^\w\s])\d\d\1.{10}\1\d\d\1", re.DOTALL)


def headless(path: Path, head: str) -> Diagnostic | None:
    """Return what is wrong with an X12 interchange that does not begin as one.

    Parameters
    ----------
    path : Path
        The file.
    head : str
        Its first characters.

    Examples
    --------
    >>> fault = headless(Path("claims.837"), "GS*HC*A*B")
    >>> fault.message
    '`claims.837` is X12 without its beginning: its first segment is GS'
    """
    name = one_line(str(path))
    first = _SEGMENT.match(head)
    if first is not None:
        message = f"`{name}` is X12 without its beginning: its first segment is {first[1]}"
        place = Origin(str(path), f"segment 1 ({first[1]})")
        help = "an interchange begins with its ISA segment; ask for the whole file"
        return Diagnostic("error", message, place, help)
    later = _LATER_HEADER.search(head)
    if later is None or later.start() == 0:
        return None
    row = head.count("\n", 0, later.start()) + 1
    message = f"there is text before the interchange of `{name}`"
    help = f"take away what stands before ISA in row {row}"
    return Diagnostic("error", message, Origin(str(path), "row 1"), help)


def _is_wide(head: bytes) -> bool:
    """Tell whether every second byte is zero, as in UTF-16 of plain text without its mark."""
    places = [set(head[start:400:2]) for start in (0, 1)]
    return len(head) > 3 and {0} in places and places != [{0}, {0}]


def _beginning(path: Path, head: bytes) -> tuple[str, int]:
    """Return the first characters of a file, and the number of the first byte that is no UTF-8."""
    try:
        return head.decode("utf-8-sig"), 0
    except UnicodeDecodeError as fault:
        if fault.start > len(head) - 4 and len(head) == _LOOK:
            return head[: fault.start].decode("utf-8-sig"), 0
        return InputText(path).decoded(head, True), fault.start + 1


class Rows(Protocol):
    """A file of text that gives its rows."""

    def readline(self, size: int = ..., /) -> str:
        """Return the next row of text, at most ``size`` characters of it; empty at the end."""


class RowTooLong(csv.Error):
    """A row of a table that goes on and on; the reader can go on behind it."""


class _Cut(str):
    """The beginning of a row of text that is too long."""


class PhysicalRows:
    """The rows of a text file, of bounded length, which can be given back to be read again.

    Parameters
    ----------
    file : text file
        Opened without translation of line ends.
    """

    def __init__(self, file: Rows) -> None:
        self._file = file
        self._given_back: deque[str] = deque()
        self._taken: list[str] = []
        self._characters = 0
        self._before = 0

    def __iter__(self) -> PhysicalRows:
        return self

    def __next__(self) -> str:
        text = self._given_back.popleft() if self._given_back else self._file.readline(LONGEST_ROW)
        if not text:
            raise StopIteration
        if len(text) == LONGEST_ROW and text[-1] not in "\r\n":
            rest = text
            while rest and rest[-1] not in "\r\n":
                rest = self._file.readline(LONGEST_ROW)
            text = _Cut(text[:1000])
        self._taken.append(text)
        self._characters += len(text)
        if isinstance(text, _Cut):
            raise RowTooLong(f"it is longer than {LONGEST_ROW} characters")
        if self._characters > LONGEST_ROW or len(self._taken) > MOST_PHYSICAL_ROWS:
            raise RowTooLong("a quotation mark is opened and not closed")
        return text

    def begin(self) -> int:
        """Begin a row of the table; return the number of its first row of text."""
        self._before += len(self._taken)
        self._taken.clear()
        self._characters = 0
        return self._before + 1

    @property
    def first(self) -> str:
        """The first row of text since ``begin``."""
        return self._taken[0] if self._taken else ""

    def give_back_or_count(self, give_back: bool) -> int:
        """Give back what was taken since ``begin``, but for the first row of text.

        Parameters
        ----------
        give_back : bool
            Whether to give back at all.

        Returns
        -------
        int
            Rows of text behind the first that are not given back.
        """
        if not give_back:
            return max(0, len(self._taken) - 1)
        self._given_back.extendleft(reversed(self._taken[1:]))
        del self._taken[1:]
        return 0


def _fault(message: str, path: Path, help: str = "") -> Diagnostic:
    return Diagnostic("error", message, Origin(str(path)), help)
