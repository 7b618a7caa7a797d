"""A stretch of text in a file, so that an error can point at what a person wrote."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Span:
    """The place of a piece of text in a file.

    Parameters
    ----------
    source : str
        Name of the file as the person gave it, or ``<query>`` for typed text.
    row, column : int
        First character, both counted from 1.
    end_row, end_column : int
        One past the last character (``end_column`` is exclusive).

    Examples
    --------
    >>> Span("rules.pl", 3, 5, 3, 12).width
    7
    """

    source: str
    row: int
    column: int
    end_row: int
    end_column: int

    @property
    def width(self) -> int:
        """Number of characters on the first row that the span covers, at least one."""
        if self.end_row != self.row:
            return 1
        return max(1, self.end_column - self.column)

    def __str__(self) -> str:
        return f"{self.source}:{self.row}:{self.column}"
