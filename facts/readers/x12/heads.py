"""What identifies the claims of 837 files, looked for before claims are read.

Source: ASC X12 005010X222 and 005010X223, loops 2010AA, 2300 and 2400.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import suppress
from hashlib import blake2b
from pathlib import Path

from facts.claim import PART_SIGN
from facts.readers.identity import ALONE, REPLACES, VOIDS, ClaimHead, Identity, identities
from facts.readers.opening import open_bytes
from facts.readers.x12.elements import component, element, place, qualifier
from facts.readers.x12.segments import ISA_LENGTH, Segment, SegmentFault, SegmentReader
from facts.readers.x12.values import ComponentFault, parse_period

BILLING_PROVIDER, ORIGINAL_REFERENCE = "85", "F8"
SERVICE_DATE, STATEMENT_DATES = "472", "434"
INFORMATION_SOURCE = "20"

_CLAIM, _REFERENCE = "CLM*", f"REF*{ORIGINAL_REFERENCE}*"
_BLOCK = 1 << 22
_LONGEST_CLM = 1_000
"""Bytes in which a CLM segment ends."""

_SIGNS = (_CLAIM, _REFERENCE)
_READ = (
    *("ISA", "ST", "HL", "SE", f"NM1*{BILLING_PROVIDER}*", _CLAIM, _REFERENCE, "HI", "LX", "SV"),
    *(f"DTP*{each}*" for each in (SERVICE_DATE, STATEMENT_DATES)),
)
_ENDS = ("CLM", "HL", "ISA", "ST", "SE")


class IdentitiesOf837:
    """Who the claims of some 837 files are among each other.

    Parameters
    ----------
    paths : sequence of path
        The files.
    elsewhere : iterable of str, optional
        Claim ids of other files.
    asked : collection of str, optional
        Numbers of claims; the others are not looked for.

    Examples
    --------
    >>> IdentitiesOf837(["no such file.837"]).of("no such file.837", 23).part
    ''
    """

    def __init__(
        self,
        paths: Sequence[str | Path],
        elsewhere: Iterable[str] = (),
        asked: Collection[str] | None = None,
    ) -> None:
        self.asked = asked
        self._numbers = {str(path): number for number, path in enumerate(paths)}
        self._found: dict[tuple[int, int], Identity] = {}
        self.numbers: frozenset[int] = frozenset()
        """Hashes of the numbers of all claims."""
        if asked is not None:
            if not all(number.isascii() for number in asked) or not self._is_alone(paths, asked):
                self._find_asked(paths, asked)
            return
        look = _Look(elsewhere)
        for path in paths:
            look.at(path)
        self.numbers = frozenset(look.seen)
        if look.again or look.wanted:
            self._find(paths, look)

    def of(self, path: str | Path, segment: int) -> Identity:
        """Return who the claim is that begins with a segment of a file.

        Parameters
        ----------
        path : path
            The file.
        segment : int
            The number of its CLM segment.
        """
        if not self._found:
            return ALONE
        return self._found.get((self._numbers[str(path)], segment), ALONE)

    def _is_alone(self, paths: Sequence[str | Path], asked: Collection[str]) -> bool:
        """Tell whether nothing has to do with the claim of a number, by a look at the bytes."""
        found = [each for path in paths for each in _occurrences(Path(path), asked)]
        if not found:
            return True
        if len(found) > 1 or found[0] is None:
            return False
        self.numbers = frozenset([found[0]])
        return True

    def _find_asked(self, paths: Sequence[str | Path], asked: Collection[str]) -> None:
        """Look for claims of some numbers, and for those that they correct or that correct them."""
        wanted: set[str] = set()
        named = set(asked)
        heads: list[ClaimHead] = []
        while not named <= wanted:
            wanted |= named
            near = tuple(f"{sign}{each}" for each in sorted(wanted) for sign in _SIGNS)
            heads = [
                head
                for number, path in enumerate(paths)
                for head in heads_of_837(path, number, None, near)
                if head.number in wanted or head.reference in wanted
            ]
            named = {each.reference for each in heads if each.corrects and each.reference}
        self.numbers = frozenset(hash(head.number) for head in heads if head.number in asked)
        count = Counter(head.number for head in heads)
        repeated = [each for each, times in count.items() if times > 1]
        self._found = identities(heads, repeated)

    def _find(self, paths: Sequence[str | Path], look: _Look) -> None:
        heads: list[ClaimHead] = []
        count: dict[str, int] = {}
        wanted = look.again | look.wanted
        for number, path in enumerate(paths):
            for head in heads_of_837(path, number, wanted):
                heads.append(head)
                count[head.number] = count.get(head.number, 0) + 1
        repeated = {
            each for each, times in count.items() if times > 1 or hash(each) in look.elsewhere
        }
        self._found = identities(heads, repeated, frozenset(look.odd))


def _occurrences(path: Path, asked: Collection[str]) -> Iterator[int | None]:
    """Yield the hashes of numbers of claims that a file has; None for what has to be looked into.

    These are corrections and what refers to a claim. A file whose interchanges differ in their
    delimiters has to be looked into too.
    """
    with suppress(OSError), open_bytes(path) as file:
        block = file.read(_BLOCK)
        start = block.lstrip(b"\xef\xbb\xbf\r\n \t")[:ISA_LENGTH]
        if len(start) < ISA_LENGTH or not start.startswith(b"ISA"):
            yield None
            return
        element, component, terminator = start[3:4], start[-2:-1], start[-1:]
        signs = {
            sign.replace("*", "{}").format(*[element.decode("latin-1")] * 2).encode("latin-1")
            + number.encode("ascii"): hash(number) if sign == _CLAIM else None
            for number in asked
            for sign in _SIGNS
        }
        while block:
            more = file.read(_BLOCK)
            whole = block + more[:_LONGEST_CLM]
            for header in _starts(block, b"ISA"):
                if whole[header + 3 : header + 4] == element:
                    pieces = whole[header : header + ISA_LENGTH]
                    if pieces[-2:] != component + terminator:
                        yield None
            for sign, key in signs.items():
                for place in _starts(whole, sign):
                    if place >= len(block):
                        break
                    segment = whole[place : place + _LONGEST_CLM].partition(terminator)[0]
                    elements = segment.split(element)
                    if segment[len(sign) : len(sign) + 1] not in (b"", element):
                        continue
                    kinds = elements[5].split(component) if len(elements) > 5 else []
                    corrects = len(kinds) > 2 and kinds[2].strip() in (b"7", b"8")
                    yield None if corrects else key
            block = more


def _starts(text: bytes, sign: bytes) -> Iterator[int]:
    """Yield every place where a sign stands."""
    place = text.find(sign)
    while place >= 0:
        yield place
        place = text.find(sign, place + 1)


class _Look:
    """A first look at claims: hashes of their numbers, those that repeat, those of corrections."""

    def __init__(self, elsewhere: Iterable[str]) -> None:
        self.elsewhere: set[int] = set()
        self.seen: set[int] = set()
        self.again: set[int] = set()
        self.wanted: set[int] = set()
        self.odd: set[str] = set()
        for claim_id in elsewhere:
            self.elsewhere.add(hash(claim_id))
            if PART_SIGN in claim_id:
                self.odd.add(claim_id)

    def at(self, path: str | Path) -> None:
        """Look at a file."""
        reader = SegmentReader(Path(path), only=(_CLAIM,), counted=False)
        corrects = False
        with suppress(SegmentFault, OSError):
            for segment in reader:
                elements = segment[1]
                number = elements[1].strip()
                key = hash(number)
                if key in self.seen or key in self.elsewhere:
                    self.again.add(key)
                self.seen.add(key)
                if PART_SIGN in number:
                    self.odd.add(number)
                separator = reader.delimiters.component
                if component(segment, 5, 2, separator) in (REPLACES, VOIDS):
                    self.wanted.add(key)
                    corrects = True
        if corrects:
            self._references(path)

    def _references(self, path: str | Path) -> None:
        """Look for the numbers that claims of a file refer to."""
        with suppress(SegmentFault, OSError):
            for segment in SegmentReader(Path(path), only=(_REFERENCE,), counted=False):
                self.wanted.add(hash(element(segment, 2).strip()))


class _OpenClaim:
    """A claim of which the segments are gathered."""

    def __init__(self, clm: Segment, provider: str, separator: str) -> None:
        self.clm = clm
        self.provider = provider
        self.frequency = component(clm, 5, 2, separator)
        self.reference = ""
        self.days: list[str] = []
        self.digest = blake2b("\0".join(clm[1]).encode("utf-8", "replace"), digest_size=16)

    def take(self, segment: Segment) -> None:
        """Take a further segment of the claim."""
        name = segment[1][0]
        if name == "REF":
            self.reference = self.reference or element(segment, 2).strip()
        elif name == "DTP":
            with suppress(ComponentFault):
                first, _ = parse_period(element(segment, 2), element(segment, 3))
                self.days.append(first.isoformat())
        self.digest.update("\0".join(segment[1]).encode("utf-8", "replace"))

    def head(self, source: str, file: int, age: str, opened: int) -> ClaimHead:
        """Return what identifies the claim."""
        number = self.clm[0]
        return ClaimHead(
            (file, number),
            element(self.clm, 1).strip(),
            self.provider,
            min(self.days, default=""),
            self.reference,
            self.frequency,
            age,
            number - opened,
            self.digest.digest(),
            place(source, self.clm),
        )


def heads_of_837(
    path: str | Path, file: int, wanted: Collection[int] | None, near: tuple[str, ...] = ()
) -> Iterator[ClaimHead]:
    """Yield what identifies the claims of a file whose numbers are wanted.

    Parameters
    ----------
    path : path
        The file.
    file : int
        Its number among others.
    wanted : collection of int or None
        Hashes of the numbers; None for every claim that is met.
    near : tuple of str, optional
        Look near segments that begin so alone.
    """
    source = str(path)
    reader = SegmentReader(Path(path), only=() if near else _READ, near=near)
    claim: _OpenClaim | None = None
    provider, age, opened = "", "", 0
    with suppress(SegmentFault, OSError):
        for segment in reader:
            name = segment[1][0]
            if name in _ENDS:
                if claim is not None:
                    yield claim.head(source, file, age, opened)
                    claim = None
                if name == "CLM":
                    if wanted is None or hash(element(segment, 1).strip()) in wanted:
                        claim = _OpenClaim(segment, provider, reader.delimiters.component)
                elif name == "ISA":
                    age = "".join(element(segment, each).strip() for each in (9, 10, 13))
                    opened, provider = segment[0], ""
                elif name != "HL" or element(segment, 3).strip() == INFORMATION_SOURCE:
                    provider = ""
            elif claim is not None and name != "NM1":
                if not near or f"{name}*{qualifier(segment)}*".startswith(_READ):
                    claim.take(segment)
            elif name == "NM1" and claim is None and not provider:
                if near and qualifier(segment) != BILLING_PROVIDER:
                    continue
                provider = provider_of(segment)
    if claim is not None:
        yield claim.head(source, file, age, opened)


def provider_of(segment: Segment) -> str:
    """Return the number of a provider, or the name where there is no number.

    Parameters
    ----------
    segment : Segment
        The name of the provider, loop 2010AA.

    Examples
    --------
    >>> provider_of((9, ["NM1", "85", "2", "CLINIC", "", "", "", "", "XX", "1234567893"]))
    '1234567893'
    """
    return element(segment, 9).strip() or element(segment, 3).strip()
