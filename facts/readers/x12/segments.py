"""Segments of an X12 interchange, one at a time. Source: ASC X12, interchange control structure.

The interchange header has a fixed width: its fourth character separates elements, its eighty-third
repetitions, its one hundred and fifth components, its last one ends segments.
"""

from __future__ import annotations

import re
from collections.abc import Generator, Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

from facts.diagnostic import Diagnostic
from facts.origin import Origin
from facts.readers.opening import REPLACEMENT, InputText, OpenedText
from facts.values import quoted

ISA_LENGTH = 106
_ISA_WIDTHS = (3, 2, 10, 2, 10, 2, 15, 2, 15, 6, 4, 1, 5, 9, 1, 1, 1)
_BLOCK = 1 << 20
_LONGEST_SEGMENT = 100_000
_BLANKS = "\r\n \t"
_HEADER_NAME = "ISA"
_ENVELOPE = ("ST", "SE", "GS", "GE", "IEA")
_LOOKED_AT = 200
"""Characters at the beginning of a text that may be those of its first segment."""

UNREADABLE = (REPLACEMENT, "\0")
"""Characters that stand where the file is not UTF-8, or not text."""

_TOO_LONG = re.compile(rf"(ISA[^\r\n]{{{ISA_LENGTH - 4}}}) {{1,9}}[^\w\s]")
"""A header whose last sign has blanks before it."""


@dataclass(frozen=True, slots=True)
class Delimiters:
    """What separates elements, components and segments."""

    element: str
    component: str
    segment: str


class SegmentFault(Exception):
    """An interchange that cannot be split into segments.

    Parameters
    ----------
    diagnostic : Diagnostic
        What is wrong, with its place.
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
        The file.
    only : tuple of str, optional
        Yield segments that begin with one of these alone, written with ``*`` between elements;
        the others are counted.
    counted : bool, optional
        Whether segments have their numbers; to find those of one beginning without is quicker.
    near : tuple of str, optional
        Yield the segments near to one that begins so, written with ``*`` between elements, and
        what they depend on: the envelope, the provider and the subscriber before. Where the file is
        written regularly, the others are counted without a look at each.

    Attributes
    ----------
    delimiters : Delimiters
        Those of the interchange that is being read.
    header_fault : Diagnostic or None
        What is wrong with the header of the interchange that is being read. Its segments are
        split as those before it were, only to be counted.
    damaged : bool
        Whether characters that cannot be read were met so far.
    torn : int
        Number of the last segment with a line break in it, where a terminator may be missing.
    text : InputText
        The file; it knows how it was read.
    long_header : Diagnostic or None
        The warning of a header with blanks before its last sign.
    unfinished : str
        What stood behind the last segment terminator when the file ended.
    """

    def __init__(
        self,
        path: Path,
        only: tuple[str, ...] = (),
        counted: bool = True,
        near: tuple[str, ...] = (),
    ) -> None:
        self._path = path
        self._near = near
        self._was_near = False
        self._counted = counted
        self.text = InputText(path)
        self._only = only
        self.delimiters = Delimiters("*", ":", "~")
        self.header_fault: Diagnostic | None = None
        self.long_header: Diagnostic | None = None
        self.damaged = False
        self.torn = 0
        self.unfinished = ""
        self._number = 0
        self._text = ""
        self._start = 0

    def notes(self) -> list[Diagnostic]:
        """Return notes on how the file was read, after it was."""
        return [*filter(None, (self.long_header,)), *self.text.notes()]

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
        with self.text.open() as file:
            self._text, self._start = self._block(file).lstrip(), 0
            follows = True
            while follows:
                self._fill(file)
                self._header()
                follows = yield from self._interchange(file)

    def _block(self, file: OpenedText) -> str:
        block = file.read(_BLOCK)
        if not self.damaged and any(sign in block for sign in UNREADABLE):
            self.damaged = True
        return block

    def _fill(self, file: OpenedText) -> None:
        """Read on until the next header can be there whole, line breaks in it counted."""
        wanted = 2 * ISA_LENGTH
        while len(self._text) - self._start < wanted and (block := self._block(file)):
            self._text = (self._text[self._start :] + block).lstrip()
            self._start = 0

    def _header(self) -> None:
        text = self._text[self._start : self._start + 2 * ISA_LENGTH]
        source, number = str(self._path), self._number + 1
        self.header_fault = None
        blanks = _TOO_LONG.match(text)
        if blanks is not None:
            message = f"the header has {blanks.end()} characters, a blank before its last sign"
            place = Origin(source, f"segment {number} (ISA)")
            help = f"an ISA segment has {ISA_LENGTH} characters; it is read without the blank"
            self.long_header = Diagnostic("warning", message, place, help)
            text = blanks[1] + text[blanks.end(1) :].lstrip(" ")
        try:
            self.delimiters = header_delimiters(text[:ISA_LENGTH], source, number)
        except SegmentFault as fault:
            diagnostic = _explained(fault.diagnostic, text, source)
            if not self._number:
                raise SegmentFault(diagnostic) from None
            self.header_fault = diagnostic

    def _interchange(self, file: OpenedText) -> Generator[Segment, None, bool]:
        """Yield segments; return whether the text goes on with the next header.

        What was read is looked through for the next header before it is split, so that the rest
        is never put together and split again.
        """
        element, terminator = self.delimiters.element, self.delimiters.segment
        only = tuple(each.replace("*", element) for each in self._only)
        number = first = self._number + 1
        while True:
            header = self._next_header(terminator, number != first)
            end = header.end() - len(_HEADER_NAME) if header is not None else len(self._text)
            text = self._text[self._start : end]
            end_of_row = _line_end(text, terminator) if self._counted and not only else None
            if end_of_row is not None:
                separator = terminator + end_of_row
                if text.endswith(terminator):
                    text += end_of_row
                if self._near and not self._is_near(text, separator):
                    for place, part in _context(text, separator, element, number):
                        yield place, part.split(element)
                    number += text.count(separator)
                    text = text[text.rfind(separator) + len(separator) :]
                parts = text.split(separator)
                rest = parts.pop()
                for part in parts:
                    if part:
                        yield number, part.split(element)
                        number += 1
                parts = []
            else:
                self._was_near = True
                whole = self._counted or not only
                parts = text.split(terminator) if whole else _parts(text, only[0], terminator)
                rest = parts.pop()
            for part in parts:
                segment = part.lstrip(_BLANKS)
                if not segment:
                    continue
                if only and not segment.startswith(only):
                    number += 1
                    continue
                segment = segment.rstrip("\r\n")
                if "\n" in segment or "\r" in segment:
                    self.torn = number
                yield number, segment.split(element)
                number += 1
            self._number = number - 1
            if header is not None:
                self._start = end
                if self._has_header(terminator):
                    return True
                rest = self._text[end:]
            rest = rest.lstrip(_BLANKS)
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
                self.unfinished = rest.strip()
                return False
            self._text, self._start = rest + block if rest else block.lstrip(_BLANKS), 0

    def _is_near(self, text: str, separator: str) -> bool:
        """Tell whether a text has a segment that is looked for, or one of the envelope."""
        element, terminator = self.delimiters.element, self.delimiters.segment
        begins = separator + text[:_LOOKED_AT]
        for each in self._near:
            sign = each.replace("*", element)
            signs = (separator + sign + element, separator + sign + terminator)
            if any(one in text or one in begins for one in signs):
                self._was_near = True
                return True
        was_near = self._was_near
        ends = (f"{separator}{name}{element}" for name in ("CLM", "HL"))
        self._was_near = was_near and not any(one in text or one in begins for one in ends)
        envelope = (f"{separator}{name}{element}" for name in _ENVELOPE)
        return was_near or any(one in text or one in begins for one in envelope)

    def _next_header(self, terminator: str, at_start: bool) -> re.Match[str] | None:
        """Find a header behind a terminator, or where the text begins."""
        if self._text.find(_HEADER_NAME, self._start + (0 if at_start else 1)) < 0:
            return None
        return _header_pattern(terminator, at_start).search(self._text, self._start)

    def _has_header(self, terminator: str) -> bool:
        """Tell whether a header was read whole, so far as it is one."""
        left = len(self._text) - self._start
        return left >= ISA_LENGTH or terminator in self._text[self._start :]


def _context(text: str, separator: str, element: str, number: int) -> Iterator[tuple[int, str]]:
    """Yield the segments that claims behind a text depend on, with their numbers.

    They are the last name of a billing provider with its level, and all from the last level on.
    """
    text = separator + text
    level = f"{separator}HL{element}"
    spans = []
    provider = text.rfind(f"{separator}NM1{element}85{element}")
    last = text.rfind(level)
    end = text.rfind(separator)
    if provider >= 0:
        first = max(text.rfind(level, 0, provider), 0)
        spans.append((first, text.find(separator, provider + 1)))
        last = max(last, spans[0][1])
    if 0 <= last < end:
        spans.append((last, end))
    for first, behind in spans:
        place = number + text.count(separator, 0, first)
        for part in text[first + len(separator) : behind].split(separator):
            yield place, part
            place += 1


def _line_end(text: str, terminator: str) -> str | None:
    """Return the line end that stands behind every terminator, None where there are other blanks.

    No segment has a line break in it then, or a blank before it.
    """
    if "\t" in text:
        return None
    behind = text.count(terminator)
    ends = (behind - text.endswith(terminator), behind)
    returns = "\r" in text
    end = ("\r\n" if returns else "\n") if "\n" in text else ""
    breaks = text.count(terminator + end)
    if breaks not in ends or f"{terminator}{end} " in text:
        return None
    if end and text.count("\n") != breaks:
        return None
    return None if returns and text.count("\r") != breaks else end


def _parts(text: str, begins: str, terminator: str) -> list[str]:
    """Return segments that begin with a text, and what is behind the last segment."""
    whole, _, rest = text.rpartition(terminator)
    before, *found = whole.split(begins)
    before = before or terminator
    ends = (terminator, *_BLANKS)
    parts = []
    for each in found:
        if before[-1:] in ends:
            parts.append(begins + each.partition(terminator)[0])
        before = each
    return [*parts, rest]


@lru_cache(maxsize=16)
def _header_pattern(terminator: str, at_start: bool) -> re.Pattern[str]:
    before = rf"(?:\A|{re.escape(terminator)})" if at_start else re.escape(terminator)
    return re.compile(rf"{before}[{_BLANKS}]*{_HEADER_NAME}")


def _explained(fault: Diagnostic, text: str, source: str) -> Diagnostic:
    """Return the fault of a header with what line breaks inside of it have to do with it."""
    joined = text.replace("\r", "").replace("\n", "")
    try:
        header_delimiters(joined[:ISA_LENGTH], source)
    except SegmentFault:
        return fault
    help = "line breaks stand in the header, as if rows were cut at a fixed width; join the rows"
    return replace(fault, help=help)


def header_delimiters(header: str, source: str, number: int = 1) -> Delimiters:
    """Return the delimiters that an interchange header declares.

    Parameters
    ----------
    header : str
        Its first 106 characters.
    source : str
        The file, as places name it.
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

    if not header.startswith(_HEADER_NAME):
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
