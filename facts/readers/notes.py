"""Notes and warnings of a reader: each sentence once, and never more than a person would read."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from facts.diagnostic import Diagnostic

MOST_NOTES = 1_000


@dataclass(frozen=True, slots=True)
class Counted(Diagnostic):
    """A note that is given once, with the number of the lines that it is about."""


@dataclass(frozen=True, slots=True)
class Tallied(Diagnostic):
    """A note with the number of the lines that it is about, which stands in its message too.

    Parameters
    ----------
    severity, message, place, help, excerpt
        As of ``Diagnostic``.
    sentence : str
        The message without the number.
    lines : int
        How many lines there are.
    """

    sentence: str = ""
    lines: int = 0


def counted(note: Diagnostic, lines: int) -> Tallied:
    """Return a note with the number of the lines that it is about.

    Examples
    --------
    >>> counted(Counted("note", "`NULL` in `ndc` is read as no value"), 2).message
    '`NULL` in `ndc` is read as no value, on 2 lines'
    """
    told = f"{note.message}, on {lines} line{'' if lines == 1 else 's'}"
    return Tallied(note.severity, told, note.place, note.help, note.excerpt, note.message, lines)


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
        self._counts: dict[str, tuple[int, Counted, int]] = {}
        self._left_out = 0

    def once(self, diagnostics: Iterable[Diagnostic]) -> None:
        """Add the diagnostics that are new; the place of the first one is given for all."""
        for diagnostic in diagnostics:
            if isinstance(diagnostic, Counted):
                self.tally(diagnostic)
                continue
            key = (diagnostic.severity, diagnostic.message)
            if key in self._told:
                continue
            if len(self._told) >= MOST_NOTES and diagnostic.severity != "error":
                self._left_out += 1
                continue
            self._told.add(key)
            self.append(diagnostic)

    def tally(self, note: Counted, lines: int = 1) -> None:
        """Add a note that has the number of its lines, or count more lines of it.

        Parameters
        ----------
        note : Counted
            The note; the place of the first one is given for all.
        lines : int, optional
            How many lines there are.
        """
        place, first, before = self._counts.get(note.message, (len(self), note, 0))
        told = counted(first, before + lines)
        if not before:
            self.append(told)
        elif place < len(self):
            self[place] = told
        self._counts[note.message] = (place, first, before + lines)

    def close(self) -> None:
        """Tell how many were left out."""
        if self._left_out:
            self.append(
                Diagnostic("note", f"{self._left_out} more notes of this kind are left out")
            )
            self._left_out = 0
