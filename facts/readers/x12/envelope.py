"""Interchanges, groups and transactions of an X12 file: what opens, what closes, what disagrees.

Source: ASC X12, interchange control structure; 005010X222 and 005010X223, appendix C.
"""

from __future__ import annotations

from dataclasses import dataclass

from facts.diagnostic import Diagnostic
from facts.origin import Origin
from facts.readers.notes import Notes
from facts.readers.x12.elements import element, place
from facts.readers.x12.segments import Segment, SegmentReader
from facts.values import quoted

PROFESSIONAL, INSTITUTIONAL = "005010X222", "005010X223"
"""Versions of 837P and 837I, without their addenda."""

REMITTANCE = "005010X221"
"""Version of an 835, without its addenda."""

BEHIND = "there is text after the end of the interchange, which is not read"
BEHIND_HELP = "an interchange ends with its IEA segment"
_PADDING = "\x1a\0 \r\n\t"


@dataclass(frozen=True, slots=True)
class TransactionKind:
    """The transactions that a reader takes: their number, versions, and words for messages.

    Parameters
    ----------
    number : str
        As ST01 has it.
    versions : tuple of str
        Without their addenda.
    noun : str
        What a transaction holds, in the singular.
    versions_help : str
        What is read, for a version that is not.
    """

    number: str
    versions: tuple[str, ...]
    noun: str
    versions_help: str

    def reads(self, version: str) -> bool:
        """Return whether a version is read, with or without its addenda."""
        base, _, addendum = version.partition("A")
        return base in self.versions and (
            base == version or (addendum.isascii() and addendum.isdigit() and len(addendum) <= 2)
        )


CLAIMS = TransactionKind(
    "837",
    (PROFESSIONAL, INSTITUTIONAL),
    "claim",
    f"{PROFESSIONAL} (837P) and {INSTITUTIONAL} (837I) are read",
)
REMITTANCES = TransactionKind(
    "835", (REMITTANCE,), "remittance", f"{REMITTANCE} (835), with or without its addenda, is read"
)
ENVELOPE = ("ISA", "GS", "ST", "SE", "GE", "IEA")


class NoteBook:
    """Diagnostics of a file that belong to no rejected claim, with their segments.

    Parameters
    ----------
    source : str
        The file.
    notes : Notes
        Gathers the notes.
    """

    def __init__(self, source: str, notes: Notes) -> None:
        self.source = source
        self._notes = notes

    def add(self, *diagnostics: Diagnostic) -> None:
        """Add the diagnostics that were not reported before."""
        self._notes.once(diagnostics)

    def warn(self, message: str, segment: Segment, position: str = "", help: str = "") -> None:
        """Add a warning with its segment and element.

        Parameters
        ----------
        message : str
            What is wrong.
        segment : Segment
            The segment.
        position : str
            The element in the segment, as in ``02``; empty for the segment.
        help : str, optional
            What to do.
        """
        self.add(Diagnostic("warning", message, place(self.source, segment, position), help))

    def error(self, message: str, segment: Segment, position: str = "", help: str = "") -> None:
        """Add an error with its segment and element.

        Parameters
        ----------
        message : str
            What is wrong.
        segment : Segment
            The segment.
        position : str
            The element in the segment, as in ``02``; empty for the segment.
        help : str, optional
            What to do.
        """
        self.add(Diagnostic("error", message, place(self.source, segment, position), help))

    def close(self) -> None:
        """Tell how many were left out."""
        self._notes.close()


class Envelope:
    """Which interchange, group and transaction is open, and whether claims in it are read.

    Parameters
    ----------
    reader : SegmentReader
        Reads the segments of the file.
    notes : NoteBook
        Gathers what is wrong.
    kind : TransactionKind, optional
        The transactions that are read; the others are errors.
    counts : bool, optional
        Whether all claims are counted, so that a transaction without any is told.

    Attributes
    ----------
    readable : bool
        Whether the open transaction has claims of a known version.
    holds_claims : bool
        Whether the open transaction has claims at all.
    professional : bool
        Whether the claims of the open transaction are professional ones (837P).
    claims : int
        Claims of the open transaction; who reads them counts them.
    over : bool
        Whether an interchange was closed and no other was opened.
    """

    def __init__(
        self,
        reader: SegmentReader,
        notes: NoteBook,
        kind: TransactionKind = CLAIMS,
        counts: bool = True,
    ) -> None:
        self._reader = reader
        self._kind = kind
        self._counts = counts
        self._notes = notes
        self._interchange: Segment | None = None
        self._group: Segment | None = None
        self._transaction: Segment | None = None
        self._groups = self._transactions_of_group = self._transactions = 0
        self.readable = False
        self.holds_claims = True
        self.professional = True
        self.claims = 0
        self.over = False

    def take(self, name: str, segment: Segment) -> None:
        """Take a segment of the envelope.

        Parameters
        ----------
        name : str
            The name of the segment.
        segment : Segment
            The segment.
        """
        if name == "ST":
            self._open_transaction(segment)
        elif name == "SE":
            self._close_transaction(segment)
        elif name == "GS":
            self._open_group(segment)
        elif name == "GE":
            self._close_group(segment)
        elif name == "ISA":
            self._open_interchange(segment)
        elif name == "IEA":
            self._close_interchange(segment)

    def end(self) -> None:
        """Tell what is missing at the end of the file."""
        rest = self._reader.unfinished.strip(_PADDING)
        source = self._notes.source
        if self.over and rest:
            where = Origin(source, f"segment {self._reader.count + 1}")
            self._notes.add(Diagnostic("warning", BEHIND, where, BEHIND_HELP))
            rest = ""
        trailer = self._transaction is None and rest.startswith(("GE", "IEA"))
        if rest and not trailer:
            self._notes.add(
                Diagnostic(
                    "error",
                    "the file ends in the middle of a segment",
                    Origin(source, f"segment {self._reader.count + 1}"),
                    f"segments end with {quoted(self._reader.delimiters.segment)};"
                    " ask for the file again",
                )
            )
        elif self._transaction is not None:
            self._notes.error("the file ends before the transaction does", self._transaction)
        elif not rest.startswith("IEA"):
            self._abandon_group()
            self._abandon_interchange()
        if not self._transactions and self._reader.header_fault is None:
            self._notes.add(
                Diagnostic(
                    "error",
                    "the file has no transaction",
                    Origin(source),
                    f"{self._kind.noun}s stand between ST and SE segments",
                )
            )

    def _open_interchange(self, segment: Segment) -> None:
        self._abandon_transaction()
        self._abandon_group()
        self._abandon_interchange()
        self._interchange, self._groups, self.over = segment, 0, False
        if self._reader.header_fault is not None:
            self._notes.add(self._reader.header_fault)

    def _open_group(self, segment: Segment) -> None:
        self._abandon_transaction()
        self._abandon_group()
        self._group, self._transactions_of_group = segment, 0
        self._groups += 1

    def _open_transaction(self, segment: Segment) -> None:
        self._abandon_transaction()
        self._transaction = segment
        self._transactions += 1
        self._transactions_of_group += 1
        self.readable = False
        self.claims = 0
        kind = element(segment, 1).strip()
        self.holds_claims = kind == self._kind.number
        of_group = element(self._group, 8).strip() if self._group is not None else ""
        own = element(segment, 3).strip()
        version = own or of_group
        if self._reader.header_fault is not None:
            return
        if not self.holds_claims:
            self._notes.error(
                f"the transaction {quoted(kind)} is not a {self._kind.noun}",
                segment,
                "01",
                f"{self._kind.noun}s are read from {self._kind.number} transactions",
            )
        elif not self._kind.reads(version):
            unknown, position = (
                (segment, "03") if own or self._group is None else (self._group, "08")
            )
            self._notes.error(
                f"the version {quoted(version)} is unknown",
                unknown,
                position,
                self._kind.versions_help,
            )
        else:
            self.readable = True
            self.professional = version.startswith(PROFESSIONAL)
            if own and of_group and own[: len(PROFESSIONAL)] != of_group[: len(PROFESSIONAL)]:
                self._notes.warn(
                    f"the version {quoted(own)} differs from {quoted(of_group)} of the group",
                    segment,
                    "03",
                    "the version of the transaction counts",
                )

    def _close_transaction(self, segment: Segment) -> None:
        opening = self._transaction
        self._transaction = None
        if self.readable and self._counts and not self.claims:
            self._notes.warn("the transaction has no claims", segment)
        self.readable, self.holds_claims = False, True
        if opening is None:
            self._notes.warn("the transaction was never opened", segment)
            return
        self._count(segment, segment[0] - opening[0] + 1, "segments")
        self._control(segment, opening, 2)

    def _close_group(self, segment: Segment) -> None:
        self._abandon_transaction()
        opening = self._group
        self._group = None
        if opening is None:
            self._notes.warn("the group was never opened", segment)
            return
        self._count(segment, self._transactions_of_group, "transactions")
        self._control(segment, opening, 6)

    def _close_interchange(self, segment: Segment) -> None:
        self._abandon_transaction()
        self._abandon_group()
        opening = self._interchange
        self._interchange, self.over = None, True
        if opening is None:
            self._notes.warn("the interchange was never opened", segment)
            return
        self._count(segment, self._groups, "groups")
        if self._reader.header_fault is None:
            self._control(segment, opening, 13)

    def _abandon_transaction(self) -> None:
        if self._transaction is not None:
            self._notes.warn("the transaction has no SE segment", self._transaction)
            self._transaction = None
            self.readable, self.holds_claims = False, True

    def _abandon_group(self) -> None:
        if self._group is not None:
            self._notes.warn("the group has no GE segment", self._group)
            self._group = None

    def _abandon_interchange(self) -> None:
        if self._interchange is not None:
            self._notes.warn("the interchange has no IEA segment", self._interchange)
            self._interchange = None

    def _count(self, closing: Segment, expected: int, what: str) -> None:
        count = element(closing, 1).strip()
        if (count.lstrip("0") or "0") != str(expected):
            self._notes.warn(
                f"{quoted(count)} {what} are announced, {expected} stand there", closing, "01"
            )

    def _control(self, closing: Segment, opening: Segment, position: int) -> None:
        """Compare control numbers, without regard to leading zeros."""
        first, last = element(opening, position).strip(), element(closing, 2).strip()
        if first.lstrip("0") != last.lstrip("0"):
            self._notes.warn(
                f"the control number {quoted(last)} differs from {quoted(first)}"
                f" of {opening[1][0]}{position:02}",
                closing,
                "02",
                f"segment {opening[0]} opened what segment {closing[0]} closes",
            )
