"""Notes and warnings of a reader: each sentence once, and never more than a person would read."""

from __future__ import annotations

from collections.abc import Iterable

from facts.diagnostic import Diagnostic

MOST_NOTES = 1_000


class Notes(list[Diagnostic]):
    """The notes of a reader on its claims; they do not grow with the file.

    Examples
    --------
    >>> notes = Notes()
    >>> notes.once([Diagnostic("note", "a"), Diagnostic("note", "a"), Diagnostic("note", "b")])
    >>> [each.message for each in notes]
    ['a', 'b']
    """

    def __init__(self) -> None:
        super().__init__()
        self._told: set[tuple[str, str]] = set()
        self._left_out = 0

    def once(self, diagnostics: Iterable[Diagnostic]) -> None:
        """Add the diagnostics that are new; the place of the first one is given for all."""
        for diagnostic in diagnostics:
            key = (diagnostic.severity, diagnostic.message)
            if key in self._told:
                continue
            if len(self._told) >= MOST_NOTES and diagnostic.severity != "error":
                self._left_out += 1
                continue
            self._told.add(key)
            self.append(diagnostic)

    def close(self) -> None:
        """Tell how many were left out."""
        if self._left_out:
            self.append(
                Diagnostic("note", f"{self._left_out} more notes of this kind are left out")
            )
            self._left_out = 0
