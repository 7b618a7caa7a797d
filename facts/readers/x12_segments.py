"""Segments of an X12 interchange, one at a time. Source: ASC X12, interchange control structure.

The interchange header has a fixed width: its fourth character separates elements, its eighty-third
repetitions, its one hundred and fifth components, its last one ends segments.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from facts.diagnostic import Diagnostic
from facts.origin import Origin
from facts.values import quoted

ISA_LENGTH = 106
_ISA_WIDTHS = (3, 2, 10, 2, 10, 2, 15, 2, 15, 6, 4, 1, 5, 9, 1, 1, 1)
_BLOCK = 1 << 20
_LONGEST_SEGMENT = 100_000
_BLANKS = "\r\n \t"
UNREADABLE = ("\ufffd", "\0")
"""Characters that stand where the file is not UTF-8, or not text."""


@dataclass(frozen=True, slots=True)
class Delimiters:
    """What separates elements, components and segments."""

    element: str
    component: str
    segment: str


class SegmentFault(Exception):
    """An interchange that cannot be told apart into segments.

    Parameters
    ----------
    diagnostic : Diagnostic
    """

    def __init__(self, diagnostic: Diagnostic) -> None:
        super().__init__(diagnostic.message)
        self.diagnostic = diagnostic


Segment = tuple[int, list[str]]
"""Number of a segment in the file, counted from 1, and its elements; the first is its name."""


class SegmentReader:
    """Reads an X12 file block by block.

    Parameters
    ----------
    path : Path

    Attributes
    ----------
    delimiters : Delimiters
        Those of the interchange that is being read.
    header_fault : Diagnostic or None
        What is wrong with the header of the interchange that is being read. Its segments are told
        apart as those before it were, only to be counted.
    damaged : bool
        Whether characters that cannot be read were met so far.
    torn : int
        Number of the last segment with a line break in it, where a terminator may be missing.
    unfinished : str
        What stood behind the last segment terminator when the file ended.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self.delimiters = Delimiters("*", ":", "~")
        self.header_fault: Diagnostic | None = None
        self.damaged = False
        self.torn = 0
        self.unfinished = ""
        self._number = 0

    @property
    def count(self) -> int:
        """Segments that were read, complete when the file is."""
        return self._number

    def __iter__(self) -> Iterator[Segment]:
        """Yield every segment.

        Raises
        ------
        SegmentFault
            If the first interchange header has not its fixed form, or a segment never ends.
        """
        with self._path.open(encoding="utf-8-sig", errors="replace", newline="") as file:
            text: str | None = ""
            while text is not None:
                while len(text) < ISA_LENGTH and (block := self._block(file)):
                    text = (text + block).lstrip()
                self._header(text[:ISA_LENGTH])
                text = yield from self._interchange(text, file)

    def _block(self, file: IO[str]) -> str:
        block = file.read(_BLOCK)
        if not self.damaged and any(sign in block for sign in UNREADABLE):
            self.damaged = True
        return block

    def _header(self, header: str) -> None:
        self.header_fault = None
        try:
            self.delimiters = header_delimiters(header, str(self._path), self._number + 1)
        except SegmentFault as fault:
            if not self._number:
                raise
            self.header_fault = fault.diagnostic

    def _interchange(self, text: str, file: IO[str]) -> Generator[Segment, None, str | None]:
        """Yield segments; return the text that begins with the next header, None at the end."""
        element, terminator = self.delimiters.element, self.delimiters.segment
        number = first = self._number + 1
        while True:
            parts = text.split(terminator)
            rest = parts.pop()
            for position, part in enumerate(parts):
                segment = part.lstrip(_BLANKS)
                if not segment:
                    continue
                if segment.startswith("ISA") and number != first:
                    self._number = number - 1
                    return terminator.join([segment, *parts[position + 1 :], rest])
                segment = segment.rstrip("\r\n")
                if "\n" in segment or "\r" in segment:
                    self.torn = number
                yield number, segment.split(element)
                number += 1
            rest = rest.lstrip(_BLANKS)
            if rest.startswith("ISA") and len(rest) >= ISA_LENGTH and number != first:
                self._number = number - 1
                return rest
            if len(rest) > _LONGEST_SEGMENT:
                raise SegmentFault(
                    Diagnostic(
                        "error",
                        f"the segment does not end within {_LONGEST_SEGMENT} characters",
                        Origin(str(self._path), f"segment {number}"),
                        f"segments of this interchange end with {quoted(terminator)}",
                    )
                )
            block = self._block(file)
            if not block:
                self._number = number - 1
                self.unfinished = rest.strip()
                return None
            text = rest + block


def header_delimiters(header: str, source: str, number: int = 1) -> Delimiters:
    """Return the delimiters that an interchange header declares.

    Parameters
    ----------
    header : str
        Its first 106 characters.
    source : str
    number : int, optional
        Its number in the file.

    Raises
    ------
    SegmentFault
        If the header has not its fixed form.

    Examples
    --------
    >>> header_delimiters("ISA*00*          *00*          *ZZ*A              *ZZ*B              "
    ...     "*180601*1200*^*00501*000000001*0*P*:~", "claims.837")
    Delimiters(element='*', component=':', segment='~')
    """

    def fault(message: str, element: str, help: str = "") -> SegmentFault:
        return SegmentFault(
            Diagnostic("error", message, Origin(source, f"segment {number} (ISA){element}"), help)
        )

    if not header.startswith("ISA"):
        raise fault("the interchange does not begin with ISA", "")
    length = f"an ISA segment has {ISA_LENGTH} characters, the last one ends segments"
    if len(header) < ISA_LENGTH:
        raise fault(f"the header ends after {len(header)} characters", "", length)
    separator = header[3]
    elements = header[: ISA_LENGTH - 1].split(separator)
    for position, width in enumerate(_ISA_WIDTHS):
        if position >= len(elements):
            raise fault(f"the header has {len(elements)} elements, not 17", "", length)
        if len(elements[position]) != width:
            name = f", element ISA{position:02}"
            found = len(elements[position])
            raise fault(f"the element has {found} characters, not {width}", name, length)
    component, terminator = header[ISA_LENGTH - 2], header[ISA_LENGTH - 1]
    if len({separator, component, terminator}) < 3 or any(
        each.isalnum() or each == " " for each in (separator, component, terminator)
    ):
        raise fault("the delimiters are not three different signs", "", length)
    return Delimiters(separator, component, terminator)
