"""Texts that are put aside in a temporary file, and come back in the order of their keys."""

from __future__ import annotations

from collections.abc import Iterator
from operator import itemgetter
from tempfile import TemporaryFile
from types import TracebackType
from typing import Any

Key = tuple[Any, ...]
"""What orders texts: values that can be compared."""


class Spool:
    """Texts with keys, of any size together: only keys and places are held in memory.

    Examples
    --------
    >>> with Spool() as spool:
    ...     spool.put(("C2",), "second")
    ...     spool.put(("C1",), "first")
    ...     [text for _, text in spool.items()]
    ['first', 'second']
    """

    def __init__(self) -> None:
        self._file = TemporaryFile()  # noqa: SIM115
        self._places: list[tuple[Key, int, int]] = []
        self._end = 0

    def __len__(self) -> int:
        return len(self._places)

    def __enter__(self) -> Spool:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        fault: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._file.close()

    def put(self, key: Key, text: str) -> None:
        """Put a text aside.

        Parameters
        ----------
        key : tuple
            What orders the texts.
        text : str
            The text.
        """
        stored = text.encode("utf-8", "surrogatepass")
        self._file.write(stored)
        self._places.append((key, self._end, len(stored)))
        self._end += len(stored)

    def items(self) -> Iterator[tuple[Key, str]]:
        """Yield keys and texts by the order of the keys."""
        for key, start, length in sorted(self._places, key=itemgetter(0)):
            self._file.seek(start)
            yield key, self._file.read(length).decode("utf-8", "surrogatepass")
