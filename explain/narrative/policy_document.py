"""A person's own copy of the policy document, from which the lines of a clause are quoted.

No line of a document comes with this package.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from explain.english.places import line_numbers
from facts.diagnostic import InputError
from facts.origin import Origin
from facts.values import one_line

_MOST_BYTES = 20_000_000
"""A larger text file is no policy document."""


_SHAPE = "give the text of the policy, one line of the document on each line of the file"
_EDITION = "give the edition of the document that the clauses were taken from"


@dataclass(frozen=True, slots=True)
class QuotedLine:
    """A line of a person's own copy of the policy document.

    Parameters
    ----------
    number, text : int, str
        The number of the line, from 1, and its text.
    """

    number: int
    text: str


@dataclass(frozen=True, slots=True)
class PolicyDocument:
    """The lines of a document, counted from 1.

    Parameters
    ----------
    name : str
        The file as the person gave it.
    lines : tuple of str
        All lines, without their ends.
    """

    name: str
    lines: tuple[str, ...]

    def quote(self, document_lines: str) -> tuple[QuotedLine, ...]:
        """Return the lines that a clause cites, those without text left out.

        Parameters
        ----------
        document_lines : str
            As in ``106,162,188-220``.

        Raises
        ------
        InputError
            If the document ends before one of them.

        Examples
        --------
        >>> PolicyDocument("policy.txt", ("Title", "", "A\\tclause")).quote("1-3")
        (QuotedLine(number=1, text='Title'), QuotedLine(number=3, text='A  clause'))
        """
        numbers = line_numbers(document_lines)
        last = max(numbers, default=0)
        if last > len(self.lines):
            noun = "line" if len(self.lines) == 1 else "lines"
            message = f"the policy document has {len(self.lines)} {noun}, and line {last} is cited"
            raise _fault(self.name, message, _EDITION)
        return tuple(
            QuotedLine(number, text)
            for number in numbers
            if (text := one_line(self.lines[number - 1].strip().replace("\t", "  ")))
        )


def read_policy_document(path: str | Path) -> PolicyDocument:
    """Read a copy of the policy document: UTF-8 text whose lines are counted from 1.

    Parameters
    ----------
    path : str or Path
        A file of at most 20 MB.

    Raises
    ------
    InputError
        If the file cannot be read or holds no text.
    """
    name = str(path)
    try:
        with Path(path).open("rb") as file:
            content = file.read(_MOST_BYTES + 1)
    except OSError as fault:
        reason = (fault.strerror or "unknown reason").lower()
        raise _fault(name, f"the policy document cannot be read: {reason}") from None
    if len(content) > _MOST_BYTES:
        raise _fault(name, "the policy document is too large", _SHAPE)
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise _fault(name, "the policy document is not UTF-8 text", _SHAPE) from None
    if "\0" in text or not text.strip():
        what = "is not text" if "\0" in text else "is empty"
        raise _fault(name, f"the policy document {what}", _SHAPE)
    rows = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    if not rows[-1]:
        rows.pop()
    return PolicyDocument(name, tuple(rows))


def _fault(name: str, message: str, help: str = "") -> InputError:
    return InputError.of(message, help, Origin(name))
