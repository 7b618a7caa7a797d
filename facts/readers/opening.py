"""Files as people have them, opened in one place: packed or plain, in UTF-8 or in Windows-1252.

Source of the forms: RFC 1952 (gzip), PKWARE's APPNOTE (zip), RFC 3629 (UTF-8), and for bytes that
are none of UTF-8 the code page Windows-1252.
"""

from __future__ import annotations

import gzip
import io
import lzma
import os
import re
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import IO, BinaryIO, Literal, cast

from facts.diagnostic import Diagnostic
from facts.origin import Origin
from facts.values import one_line

REPLACEMENT = "\ufffd"
"""Stands where bytes are no text; whoever reads a row looks for it."""

Packing = Literal["", "gzip", "zip"]

_GZIP, _ZIP = b"\x1f\x8b", b"PK\x03\x04"
_BLOCK = 1 << 20

MOST_TIMES, ALWAYS_ALLOWED = 200, 1 << 30
"""A packed file may unpack to so many times its size, and to a gibibyte in any case.

Claims that repeat each other shrink to a thirtieth; what was made to fill a disk, to a thousandth.
"""

_NO_CLAIMS = ("__MACOSX/", ".")
"""Names of members of a zip that a system puts beside the file begin so."""

_BAD = range(0x80, 0x100)
_ODD_LETTERS = b"\xfe\xff"
"""Letters of Windows-1252 that no name of these claims has, and that damage often leaves."""

_WINDOWS = {byte: bytes([byte]).decode("cp1252", "replace") for byte in _BAD}
_WINDOWS_BYTES = bytes(range(1, 0x80)) + bytes(
    byte for byte, sign in _WINDOWS.items() if sign != REPLACEMENT and byte not in _ODD_LETTERS
)
_UTF_8 = re.compile(
    rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}", re.DOTALL
)
"""A character beyond ASCII as UTF-8 has it."""

_ESCAPED = re.compile("[\udc80-\udcff]")
_AS_WINDOWS = {0xDC00 + byte: sign for byte, sign in _WINDOWS.items()}
_AS_DAMAGE = {0xDC00 + byte: REPLACEMENT for byte in _BAD}


class NotUnpacked(OSError):
    """A packed file that cannot be read.

    Parameters
    ----------
    reason : str
        Why, to follow ``cannot be read:``.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(0, reason)


def packing(path: Path) -> Packing:
    """Return how a file is packed, by what it begins with; a folder or a pipe is not.

    Parameters
    ----------
    path : Path
        The file.

    Raises
    ------
    OSError
        If it cannot be read.
    """
    if not path.is_file():
        return ""
    with path.open("rb", buffering=0) as file:
        return _packing(file.read(len(_ZIP)))


def _packing(start: bytes) -> Packing:
    if start.startswith(_GZIP):
        return "gzip"
    return "zip" if start.startswith(_ZIP) else ""


def open_bytes(path: Path) -> BinaryIO:
    """Open a file; one that is packed by gzip, or alone in a zip, is unpacked as it is read.

    Parameters
    ----------
    path : Path
        The file.

    Returns
    -------
    binary file

    Raises
    ------
    OSError
        If it cannot be opened; reading raises it too, where a packed file is broken, encrypted or
        unpacks to far more than claims do.

    Examples
    --------
    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp(), "claims.csv.gz")
    >>> _ = path.write_bytes(gzip.compress(b"claim_id"))
    >>> with open_bytes(path) as file:
    ...     file.read()
    b'claim_id'
    """
    file = path.open("rb")
    try:
        kind = _packing(file.peek(len(_ZIP)))
        if not kind:
            return cast(BinaryIO, file)
        limit = max(ALWAYS_ALLOWED, MOST_TIMES * os.fstat(file.fileno()).st_size)
        inner = gzip.GzipFile(fileobj=file) if kind == "gzip" else _only_member(file)
        return io.BufferedReader(_Unpacked(cast(IO[bytes], inner), file, limit), _BLOCK)
    except BaseException:
        file.close()
        raise


def is_spreadsheet(path: Path) -> bool:
    """Return whether the file of a path is a workbook of XLSX: a zip with its parts."""
    try:
        if packing(path) != "zip":
            return False
        with zipfile.ZipFile(path) as archive:
            return "xl/workbook.xml" in archive.namelist()
    except (OSError, ValueError, zipfile.BadZipFile):
        return False


def _only_member(file: BinaryIO) -> IO[bytes]:
    """Open the one file of a zip."""
    try:
        archive = zipfile.ZipFile(file)
        members = [
            member
            for member in archive.infolist()
            if not member.is_dir()
            and not member.filename.startswith(_NO_CLAIMS)
            and not Path(member.filename).name.startswith(_NO_CLAIMS)
        ]
        if len(members) != 1:
            raise NotUnpacked(f"it is a zip of {len(members) or 'no'} files, not of one")
        if members[0].flag_bits & 1:
            raise NotUnpacked("the file in the zip is encrypted")
        return archive.open(members[0])
    except _BROKEN as fault:
        raise NotUnpacked("it is a zip that is broken, or not whole") from fault


_BROKEN = (
    zipfile.BadZipFile,
    gzip.BadGzipFile,
    zlib.error,
    lzma.LZMAError,
    EOFError,
    NotImplementedError,
    RuntimeError,
    ValueError,
)


class _Unpacked(io.RawIOBase):
    """The content of a packed file, as far as it may go."""

    def __init__(self, inner: IO[bytes], file: BinaryIO, limit: int) -> None:
        self._inner = inner
        self._file = file
        self._limit = limit
        self._left = limit

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        try:
            block = self._inner.read(len(buffer))
        except _BROKEN as fault:
            raise NotUnpacked("it is packed, and broken or not whole") from fault
        self._left -= len(block)
        if self._left < 0:
            raise NotUnpacked(f"it unpacks to more than {self._limit >> 20} MiB, as no claims do")
        buffer[: len(block)] = block
        return len(block)

    def close(self) -> None:
        self._inner.close()
        self._file.close()
        super().close()


class InputText:
    """A file of text, in UTF-8 or, where its bytes say so, in Windows-1252.

    A file is in Windows-1252 where it has bytes that are no UTF-8, all of them are signs of
    Windows-1252, and no character beyond ASCII is written as UTF-8 has it. In any other file a
    byte that is no UTF-8 is damage, which ``REPLACEMENT`` stands for.

    Parameters
    ----------
    path : Path
        The file.
    name : str, optional
        What notes call it; its path if absent.

    Examples
    --------
    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp(), "claims.csv")
    >>> _ = path.write_bytes("Caf\u00e9".encode("cp1252"))
    >>> text = InputText(path)
    >>> with text.open() as file:
    ...     file.read()
    'Caf\u00e9'
    >>> [note.severity for note in text.notes()]
    ['note']
    """

    def __init__(self, path: Path, name: str = "") -> None:
        self.path = path
        self.name = name or str(path)
        self._windows: bool | None = None

    @property
    def windows(self) -> bool:
        """Whether it is in Windows-1252; the whole file is looked through once.

        Raises
        ------
        OSError
            If it cannot be read.
        """
        if self._windows is None:
            self._windows = _is_windows_1252(self.path)
        return self._windows

    def open(self, newline: str = "") -> OpenedText:
        """Open the file.

        Parameters
        ----------
        newline : str, optional
            What ends rows, as ``open`` takes it.

        Raises
        ------
        OSError
            If it cannot be read.
        """
        return OpenedText(self, newline)

    def decoded(self, content: bytes, first: bool = False) -> str:
        """Return some bytes of the file as text.

        Parameters
        ----------
        content : bytes
            Whole characters of the file.
        first : bool, optional
            Whether the file begins with them, so that there may be a mark.
        """
        encoding = "utf-8-sig" if first else "utf-8"
        return self.mended(content.decode(encoding, "surrogateescape"))

    def mended(self, text: str) -> str:
        """Return a text of which the bytes that are no UTF-8 were escaped, without escapes.

        Parameters
        ----------
        text : str
            As the error handler ``surrogateescape`` leaves it.
        """
        if text.isascii() or not _ESCAPED.search(text):
            return text
        return text.translate(_AS_WINDOWS if self.windows else _AS_DAMAGE)

    def notes(self) -> list[Diagnostic]:
        """Return the note of a file that was read as Windows-1252."""
        if not self._windows:
            return []
        message = f"`{one_line(self.name)}` is read as Windows-1252, as its bytes are no UTF-8"
        return [Diagnostic("note", message, Origin(self.name), "save it as UTF-8 to be sure")]


class OpenedText:
    """A file of text that is being read.

    Parameters
    ----------
    text : InputText
        The file.
    newline : str
        What ends rows.
    """

    def __init__(self, text: InputText, newline: str) -> None:
        self._mended = text.mended
        self._file = io.TextIOWrapper(
            open_bytes(text.path), encoding="utf-8-sig", errors="surrogateescape", newline=newline
        )

    def __enter__(self) -> OpenedText:
        return self

    def __exit__(self, *fault: object) -> None:
        self._file.close()

    def __iter__(self) -> Iterator[str]:
        return map(self._mended, self._file)

    def read(self, size: int = -1) -> str:
        """Return the next characters, at most ``size``; empty at the end."""
        return self._mended(self._file.read(size))

    def readline(self, size: int = -1) -> str:
        """Return the next row of text, at most ``size`` characters of it; empty at the end."""
        return self._mended(self._file.readline(size))


def _is_windows_1252(path: Path) -> bool:
    found, before = False, b""
    with open_bytes(path) as file:
        while block := file.read(_BLOCK):
            if block.isascii():
                before = b""
                continue
            found = True
            if block.translate(None, _WINDOWS_BYTES) or _UTF_8.search(before + block):
                return False
            before = block[-3:]
    return found
