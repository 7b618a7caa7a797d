"""Remittances of 835 files. Source: ASC X12 005010X221A1.

Anything that cannot be understood rejects its claim, with the segment and the element; the rest of
the file is read on. Sums that differ are warnings with their numbers.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from facts.diagnostic import Diagnostic
from facts.outputs import cannot_be_read
from facts.readers.notes import Notes
from facts.readers.text_file import look
from facts.readers.x12.claims import MOST_LINES
from facts.readers.x12.elements import element, place, qualifier, shown_name
from facts.readers.x12.envelope import (
    BEHIND,
    BEHIND_HELP,
    ENVELOPE,
    REMITTANCES,
    Envelope,
    NoteBook,
)
from facts.readers.x12.remittance_builder import REMARK_CODES, RemittanceBuilder
from facts.readers.x12.remittance_check import CheckSegments
from facts.readers.x12.remittance_segments import (
    RemittedSegments,
    ServiceSegments,
)
from facts.readers.x12.remittance_stream import RejectedRemittance, RemittanceStream
from facts.readers.x12.segments import Segment, SegmentFault, SegmentReader
from facts.remittance import ZERO, Payment, RemittedClaim
from facts.values import ValueFault, parse_decimal, quoted

US_DOLLARS = "USD"
ALLOWED_AMOUNT = "B6"
"""Qualifier of the amount that the payer allows. Source: X12 code list 522."""

_CUTS = tuple(name for name in ENVELOPE if name != "SE")
_CLAIM_ENDS = ("CLP", "LX", "PLB", *ENVELOPE)
_NAMES = (
    "AMT BPR CAS CLP CUR DTM LQ LX MIA MOA N1 N2 N3 N4 NM1 NTE PER PLB QTY RDM REF SVC TRN TS2 TS3"
)
_SEGMENTS = frozenset(_NAMES.split())
"""Segments that may stand in an 835."""


def read_835(path: str | Path, traced: bool = True) -> RemittanceStream:
    """Read the claims of an 835 file: several interchanges, transactions and payers in turn.

    Parameters
    ----------
    path : path
        The file.
    traced : bool, optional
        Whether claims and lines keep the places of their fields, which takes room.

    Returns
    -------
    RemittanceStream
        Claims in the order of the file. A claim of which an element cannot be read is rejected
        with the place; one whose sums differ is kept, with a warning of the three numbers.

    See Also
    --------
    facts.readers.x12.claims.read_837 : the claims that a remittance answers.

    Examples
    --------
    >>> stream = read_835("no such file.835")
    >>> list(stream), stream.diagnostics[0].severity
    ([], 'error')
    """
    notes = Notes()
    payments: list[Payment] = []
    return RemittanceStream(_remittances(Path(path), notes, payments, traced), payments, notes)


def _remittances(
    path: Path, notes: Notes, payments: list[Payment], traced: bool
) -> Iterator[RemittedClaim | RejectedRemittance]:
    _, fault = look(path)
    if fault is not None:
        notes.append(fault)
        return
    yield from _RemittanceReader(path, notes, payments, traced).claims()


class _RemittanceReader:
    """The state of reading: which check, which claim, which service line."""

    def __init__(self, path: Path, notes: Notes, payments: list[Payment], traced: bool) -> None:
        self._traced = traced
        self._path = path
        self._source = str(path)
        self._reader = SegmentReader(path)
        self._notes = NoteBook(self._source, notes)
        self._envelope = Envelope(self._reader, self._notes, REMITTANCES)
        self._payments = payments
        self._header: CheckSegments | None = None
        self._foreign = False
        self._claim: RemittedSegments | None = None
        self._line: ServiceSegments | None = None

    def claims(self) -> Iterator[RemittedClaim | RejectedRemittance]:
        """Yield every claim of the file."""
        try:
            for segment in self._reader:
                name = segment[1][0]
                claim = self._claim
                if name in _CLAIM_ENDS:
                    if claim is not None:
                        yield self._cut(claim, segment) if name in _CUTS else self._finished(claim)
                    self._structure(name, segment)
                elif claim is not None:
                    if name not in _SEGMENTS:
                        self._unknown(segment, claim)
                    elif name == "SVC":
                        self._open_line(segment, claim)
                    elif self._line is None:
                        self._in_claim(name, segment, claim)
                    else:
                        self._in_line(name, segment, self._line)
                elif self._envelope.over:
                    self._notes.warn(BEHIND, segment, "", BEHIND_HELP)
                    continue
                elif name == "SVC":
                    yield from self._stray(segment)
                elif self._header is not None:
                    self._in_header(name, segment, self._header)
                if segment[0] == self._reader.torn:
                    self._torn(segment)
        except SegmentFault as fault:
            if self._claim is not None:
                yield self._cut(self._claim, None)
            self._notes.add(fault.diagnostic)
        except OSError as fault:
            if self._claim is not None:
                yield self._cut(self._claim, None)
            self._notes.add(cannot_be_read(self._path, fault))
        else:
            if self._claim is not None:
                yield self._cut(self._claim, None)
            self._envelope.end()
        self._notes.add(*self._reader.notes())
        self._close_check(whole=False)
        self._notes.close()

    def _structure(self, name: str, segment: Segment) -> None:
        if name == "CLP":
            self._envelope.claims += 1
            self._claim = RemittedSegments(segment, self._reader.delimiters.component)
        elif name == "PLB":
            if self._header is not None:
                self._header.plb.append(segment)
        elif name != "LX":
            self._close_check(whole=name == "SE")
            self._envelope.take(name, segment)
            if name == "ST":
                self._foreign = False
                self._header = self._opened(segment) if self._envelope.readable else None

    def _in_header(self, name: str, segment: Segment, header: CheckSegments) -> None:
        if name not in _SEGMENTS:
            message = f"the segment {quoted(segment[1][0])} is unknown"
            self._notes.error(message, segment, "", "its name has two or three capital letters")
        elif name == "BPR":
            header.bpr = header.bpr or segment
        elif name == "TRN":
            header.trn = header.trn or segment
        elif name == "N1":
            header.names.setdefault(qualifier(segment), segment)
        elif name == "CUR":
            currency = element(segment, 2).strip().upper()
            if currency != US_DOLLARS:
                self._foreign = True
                message = f"the remittance is in {quoted(currency)}, which is not read"
                help = f"amounts are read in {US_DOLLARS}"
                self._notes.error(message, segment, "02", help)

    def _open_line(self, segment: Segment, claim: RemittedSegments) -> None:
        self._line = ServiceSegments(segment)
        if len(claim.lines) < MOST_LINES:
            claim.lines.append(self._line)
            return
        if not claim.uncounted:
            self._fault(claim, f"the claim has more than {MOST_LINES} service lines", segment)
        claim.uncounted += 1

    def _in_claim(self, name: str, segment: Segment, claim: RemittedSegments) -> None:
        if name == "CAS":
            claim.cas.append(segment)
        elif name == "NM1":
            claim.names.setdefault(qualifier(segment), segment)
        elif name == "DTM":
            claim.dates.setdefault(qualifier(segment), segment)
        elif name == "REF":
            claim.references.setdefault(qualifier(segment), []).append(segment)
        elif name == "MIA":
            claim.inpatient = segment
        elif name == "MOA":
            claim.outpatient = segment

    def _in_line(self, name: str, segment: Segment, line: ServiceSegments) -> None:
        if name == "CAS":
            line.cas.append(segment)
        elif name == "DTM":
            line.dates.setdefault(qualifier(segment), segment)
        elif name == "REF":
            line.references.setdefault(qualifier(segment), []).append(segment)
        elif name == "AMT":
            if qualifier(segment) == ALLOWED_AMOUNT and line.allowed is None:
                line.allowed = segment
        elif name == "LQ" and qualifier(segment) == REMARK_CODES:
            line.remarks.append(segment)

    def _finished(self, claim: RemittedSegments) -> RemittedClaim | RejectedRemittance:
        self._claim = self._line = None
        header = self._header
        if header is None or self._foreign:
            claim_id = element(claim.clp, 1).strip()
            message = f"claim {quoted(claim_id)} stands in a transaction that is not read"
            self._fault(claim, message, claim.clp, position="01")
            return self._rejected(claim, claim.faults)
        builder = RemittanceBuilder(claim, self._source, self._reader.damaged, self._traced)
        made = builder.remitted(header.payment)
        if not claim.lines_read:
            message = "the claim has no service lines: what it says holds for the claim as a whole"
            builder.found.append(Diagnostic("note", message, place(self._source, claim.clp)))
        if any(each.severity == "error" for each in builder.found):
            return self._rejected(claim, builder.found)
        header.paid += made.paid
        self._notes.add(*builder.found)
        return made

    def _rejected(self, claim: RemittedSegments, faults: list[Diagnostic]) -> RejectedRemittance:
        try:
            paid = parse_decimal(element(claim.clp, 4))
        except ValueFault:
            paid = None
        if self._header is not None:
            self._header.paid += paid or ZERO
            self._header.unknown |= paid is None
        claim_id = element(claim.clp, 1).strip() or None
        return RejectedRemittance(claim_id, claim.lines_read, paid, tuple(faults))

    def _cut(self, claim: RemittedSegments, segment: Segment | None) -> RejectedRemittance:
        """Reject a claim whose end is not in the file; ``segment`` is what stands there instead."""
        self._claim = self._line = None
        last = claim.lines[-1].svc if claim.lines else claim.clp
        if segment is None:
            message = "the file ends in the middle of the claim"
        else:
            message = f"the claim is cut off by {shown_name(segment)}, segment {segment[0]}"
        self._fault(claim, message, last, "ask for the file again; the other claims are read")
        return self._rejected(claim, claim.faults)

    def _stray(self, segment: Segment) -> Iterator[RejectedRemittance]:
        if not self._envelope.holds_claims:
            return
        fault = Diagnostic(
            "error",
            "the service belongs to no claim",
            place(self._source, segment),
            "a CLP segment has to stand before it",
        )
        yield RejectedRemittance(None, 1, None, (fault,))

    def _opened(self, segment: Segment) -> CheckSegments:
        return CheckSegments(segment, self._notes, self._reader.delimiters.component)

    def _close_check(self, whole: bool) -> None:
        """Keep the check of the transaction that ends."""
        header, self._header = self._header, None
        if header is not None:
            self._payments.append(header.closed(whole))

    def _torn(self, segment: Segment) -> None:
        help = f"a {quoted(self._reader.delimiters.segment)} may be missing before it"
        message = "a line break stands in the segment"
        if self._claim is not None:
            self._fault(self._claim, message, segment, help)
        else:
            self._notes.error(message, segment, "", help)

    def _unknown(self, segment: Segment, claim: RemittedSegments) -> None:
        message = f"the segment {quoted(segment[1][0])} is unknown"
        help = "its name has two or three capital letters and digits, as in SVC"
        self._fault(claim, message, segment, help)

    def _fault(
        self,
        claim: RemittedSegments,
        message: str,
        segment: Segment,
        help: str = "",
        position: str = "",
    ) -> None:
        where = place(self._source, segment, position)
        claim.faults.append(Diagnostic("error", message, where, help))
