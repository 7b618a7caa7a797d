"""Copies of files of text that DuckDB reads: unpacked, and in UTF-8."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from facts.leftovers import scratch_folder
from facts.readers.opening import InputText, open_bytes, packing

_AT_ONCE = 1 << 20
"""Bytes or characters that are copied at once."""


@contextmanager
def unpacked(text: InputText) -> Iterator[InputText]:
    """Yield a file, or a copy of it where it is packed; the copy is gone after the block.

    Parameters
    ----------
    text : InputText
        The file.

    Raises
    ------
    OSError
        If it cannot be read, or there is no room for the copy.
    """
    if not packing(text.path):
        yield text
        return
    with scratch_folder() as folder:
        copy = Path(folder, "unpacked")
        with open_bytes(text.path) as file, copy.open("wb") as other:
            shutil.copyfileobj(file, other, _AT_ONCE)
        yield InputText(copy, text.name)


@contextmanager
def in_utf_8(text: InputText) -> Iterator[InputText]:
    """Yield a copy of a file in UTF-8; the copy is gone after the block.

    Parameters
    ----------
    text : InputText
        The file.

    Raises
    ------
    OSError
        If it cannot be read, or there is no room for the copy.
    """
    with scratch_folder() as folder:
        copy = Path(folder, "in-utf-8")
        with text.open() as file, copy.open("w", encoding="utf-8", newline="") as other:
            while block := file.read(_AT_ONCE):
                other.write(block)
        yield InputText(copy, text.name)
