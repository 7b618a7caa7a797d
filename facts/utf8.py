"""Bytes of a file as text, or the place of the first byte that is none."""

from __future__ import annotations

from typing import Protocol

from facts.diagnostic import Diagnostic
from facts.origin import Origin
from facts.span import Span


class Readable(Protocol):
    """A file, or what stands for one, whose bytes can be read."""

    def read_bytes(self) -> bytes:
        """Return all its bytes."""


def read_utf8(path: Readable, source: str, noun: str = "file") -> tuple[str, Diagnostic | None]:
    """Return the text of a small file, or what keeps it from being read.

    Parameters
    ----------
    path : Readable
        The file: a ``Path``, say.
    source : str
        Name of the file in the diagnostic.
    noun : str, optional
        What the diagnostic calls it.

    Returns
    -------
    str
        Without a byte order mark; line ends as they are.
    Diagnostic or None
    """
    try:
        content = path.read_bytes()
    except IsADirectoryError:
        return "", Diagnostic("error", "there is a folder where a file has to be", Origin(source))
    except OSError as fault:
        reason = (fault.strerror or "unknown reason").lower()
        return "", Diagnostic("error", f"the {noun} cannot be read: {reason}", Origin(source))
    return _decode_utf8(content, source)


def is_utf8(text: str) -> bool:
    r"""Return whether a text can be written as UTF-8: one out of bytes that are none cannot.

    Examples
    --------
    >>> is_utf8("caf\u00e9"), is_utf8("caf\udce9")
    (True, False)
    """
    try:
        text.isascii() or text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _decode_utf8(content: bytes, source: str) -> tuple[str, Diagnostic | None]:
    r"""Return bytes as text, or the place of the first byte that is none.

    Examples
    --------
    >>> _, fault = _decode_utf8(b"a\nbc\xe9", "rules.pl")
    >>> fault.message, str(fault.place)
    ('the file is not UTF-8 text: byte 0xE9', 'rules.pl:2:3')
    """
    try:
        return content.decode("utf-8").removeprefix("\ufeff"), None
    except UnicodeDecodeError as fault:
        before = content[: fault.start].decode("utf-8").split("\n")
        row, column = len(before), len(before[-1]) + 1
        message = f"the file is not UTF-8 text: byte 0x{content[fault.start]:02X}"
        place = Span(source, row, column, row, column + 1)
        return "", Diagnostic("error", message, place, "save the file as UTF-8")
