"""Claims of 837P and 837I files. Source: ASC X12 005010X222 and 005010X223.

Anything that cannot be understood rejects its claim, with the segment and the element; the rest of
the file is read on. Segments of other payers (loops 2320 to 2330, 2430) never disturb the claim.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

from facts.diagnostic import Diagnostic
from facts.outputs import cannot_be_read
from facts.readers.batch import Claim, ClaimStream, RejectedClaim
from facts.readers.identity import superseded_note
from facts.readers.notes import Counted, Notes
from facts.readers.text_file import look
from facts.readers.x12.elements import (
    ClaimSegments,
    LineSegments,
    element,
    place,
    qualifier,
    shown_name,
)
from facts.readers.x12.envelope import BEHIND, BEHIND_HELP, ENVELOPE, Envelope, NoteBook
from facts.readers.x12.heads import (
    BILLING_PROVIDER,
    INFORMATION_SOURCE,
    ORIGINAL_REFERENCE,
    SERVICE_DATE,
    STATEMENT_DATES,
    IdentitiesOf837,
)
from facts.readers.x12.lines import NDC_QUALIFIER, LineBuilder
from facts.readers.x12.parties import NamedParties, party_of
from facts.readers.x12.segments import Segment, SegmentFault, SegmentReader
from facts.readers.x12.values import ComponentFault, parse_period
from facts.values import quoted

RENDERING_PROVIDER, PRIOR_AUTHORIZATION = "82", "G1"
SUBSCRIBER, LINE_CONTROL, CLEARINGHOUSE = "22", "6R", "D9"
THIRD_PARTY_NOTE = "TPO"
"""Notes of a repricer on the line, which are not the provider's description."""

MOST_LINES = 10_000
"""Lines of one claim that are kept; an 837I allows 999."""

_CLAIM_ENDS = ("CLM", "HL", *ENVELOPE)
_CUTS = tuple(name for name in ENVELOPE if name != "SE")
_SERVICES = ("SV1", "SV2")
_NAMES = (
    "AMT CAS CL1 CLM CN1 CR1 CR2 CR3 CR5 CR6 CRC CTP CUR DMG DTP FRM HCP HI HSD IMM K3 LIN LQ LX"
    " MEA MIA MOA N1 N2 N3 N4 NM1 NTE OI PAT PER PRV PS1 PWK QTY REF SBR SV1 SV2 SV3 SV4 SV5 SV6"
    " SV7 SVD TOO UR"
)
_UNUSED = (
    "AMT CAS CL1 CR1 CR2 CR3 CR5 CR6 CRC CUR DMG FRM HCP HSD IMM K3 LQ MEA MIA MOA N1 N2 N3 N4"
    " OI PAT PER PRV PS1 PWK QTY SVD TOO UR"
)
_CLAIM_SEGMENTS = frozenset(_NAMES.split())
"""Segments that may stand in a claim of any 837."""

_PASSED = frozenset(_UNUSED.split())
"""Segments that nothing is read of."""


def read_837(path: str | Path, known: IdentitiesOf837 | None = None) -> ClaimStream:
    """Read the claims of an 837P or 837I file.

    Parameters
    ----------
    path : path
        The file.
    known : IdentitiesOf837, optional
        Who its claims are among those of several files. Those of the file alone are looked for
        where nothing is given.

    Returns
    -------
    ClaimStream
        Claims in the order of the file; ``plan_id`` is the subscriber's group number (SBR03),
        ``contract_id`` the contract code (CN104). Claims of the same number have ids with a part
        that tells them apart; those that others replace or void are passed over with a note.
        Memory grows with the number of claims alone.

    See Also
    --------
    facts.readers.detect.open_claims : several files, of any form.
    facts.readers.x12.remittances.read_835 : what a payer answers.

    Examples
    --------
    >>> stream = read_837("no such file.837")
    >>> list(stream), stream.diagnostics[0].severity
    ([], 'error')
    """
    notes = Notes()
    return ClaimStream(_claims(Path(path), notes, known), notes)


def _claims(
    path: Path, notes: Notes, known: IdentitiesOf837 | None
) -> Iterator[Claim | RejectedClaim]:
    _, fault = look(path)
    if fault is not None:
        notes.append(fault)
        return
    yield from _ClaimReader(path, notes, known or IdentitiesOf837([path])).claims()


class _ClaimReader:
    """The state of reading: which subscriber, which claim, which line."""

    def __init__(self, path: Path, notes: Notes, known: IdentitiesOf837) -> None:
        self._path = path
        self._source = str(path)
        self._asked = known.asked
        near = tuple(f"CLM*{number}" for number in sorted(known.asked or ()))
        self._reader = SegmentReader(path, near=near)
        self._notes = NoteBook(self._source, notes)
        self._envelope = Envelope(self._reader, self._notes, counts=known.asked is None)
        self._known = known
        self._sbr: Segment | None = None
        self._billing: Segment | None = None
        self._named = NamedParties()
        self._claim: ClaimSegments | None = None
        self._line: LineSegments | None = None
        self._drugs = 0
        self._drug_open = True
        self._other_payer = False
        self._stray_line: Segment | None = None
        self._passing = False

    def claims(self) -> Iterator[Claim | RejectedClaim]:
        """Yield every claim of the file."""
        reader = self._reader
        try:
            for segment in reader:
                name = segment[1][0]
                claim = self._claim
                if claim is not None and name in _PASSED:
                    pass
                elif name in _CLAIM_ENDS:
                    if claim is not None:
                        yield self._cut(claim, segment) if name in _CUTS else self._finished(claim)
                    self._structure(name, segment)
                elif claim is not None:
                    if name not in _CLAIM_SEGMENTS:
                        self._unknown(segment, claim)
                    elif name == "LX":
                        self._open_line(segment, claim)
                    elif self._line is None:
                        self._in_claim(name, segment, claim)
                    else:
                        self._in_line(name, segment, self._line, claim)
                elif self._passing:
                    continue
                elif self._envelope.over:
                    self._notes.warn(BEHIND, segment, "", BEHIND_HELP)
                    continue
                elif name == "SBR":
                    self._sbr = segment
                elif name == "NM1":
                    self._named.take(segment)
                    if self._billing is None and qualifier(segment) == BILLING_PROVIDER:
                        self._billing = segment
                elif name == "LX" or name in _SERVICES:
                    yield from self._stray(name, segment)
                if reader.torn and segment[0] == reader.torn:
                    self._torn(segment, self._claim)
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
        self._notes.close()

    def _structure(self, name: str, segment: Segment) -> None:
        self._stray_line = None
        self._passing = False
        if name == "CLM":
            self._envelope.claims += 1
            if self._asked is None or element(segment, 1).strip() in self._asked:
                self._open_claim(segment)
            else:
                self._passing = True
        elif name == "HL":
            level = element(segment, 3).strip()
            self._named.begin(level)
            if level in (SUBSCRIBER, INFORMATION_SOURCE):
                self._sbr = None
            if level == INFORMATION_SOURCE:
                self._billing = None
        else:
            self._sbr = self._billing = None
            self._named.begin()
            self._envelope.take(name, segment)

    def _open_claim(self, segment: Segment) -> None:
        self._claim = ClaimSegments(
            segment,
            self._envelope.professional,
            self._reader.delimiters.component,
            self._sbr,
            self._billing,
            identity=self._known.of(self._path, segment[0]),
            parties=self._named.parties(),
        )

    def _open_line(self, segment: Segment, claim: ClaimSegments) -> None:
        self._drugs = 0
        self._drug_open = True
        self._line = LineSegments(segment)
        if len(claim.lines) < MOST_LINES:
            claim.lines.append(self._line)
            return
        if not claim.uncounted:
            self._fault(claim, f"the claim has more than {MOST_LINES} lines", segment)
        claim.uncounted += 1

    def _in_claim(self, name: str, segment: Segment, claim: ClaimSegments) -> None:
        if name in _SERVICES:
            claim.strays.append(segment)
            self._fault(claim, "the service has no LX segment before it", segment)
        elif name == "SBR":
            self._other_payer = True
        elif self._other_payer:
            return
        elif name == "HI":
            claim.hi.append(segment)
        elif name == "NM1" and claim.nm1 is None and qualifier(segment) == RENDERING_PROVIDER:
            claim.nm1 = segment
        elif name == "REF":
            kind = qualifier(segment)
            if claim.ref is None and kind == PRIOR_AUTHORIZATION:
                claim.ref = segment
            elif kind == ORIGINAL_REFERENCE or (kind == CLEARINGHOUSE and claim.control is None):
                claim.control = segment
        elif name == "DTP":
            if qualifier(segment) == STATEMENT_DATES:
                claim.dtp = self._only(claim, claim.dtp, segment)
        elif name == "CN1" and claim.cn1 is None:
            claim.cn1 = segment

    def _in_line(
        self, name: str, segment: Segment, line: LineSegments, claim: ClaimSegments
    ) -> None:
        if name == "DTP":
            if qualifier(segment) == SERVICE_DATE:
                known = line.dtp
                line.dtp = segment if known is None else self._only(claim, known, segment)
        elif name in _SERVICES:
            self._service(segment, line, claim)
        elif name == "LIN":
            self._drug(segment, line, claim)
        elif name == "CTP":
            if line.ctp is None and self._drug_open:
                line.ctp = segment
        elif name == "REF":
            kind = qualifier(segment)
            if kind == LINE_CONTROL:
                line.control = line.control or segment
            elif line.ref is None and kind == PRIOR_AUTHORIZATION and not element(segment, 4):
                line.ref = segment
        elif name == "NM1":
            if line.nm1 is None and qualifier(segment) == RENDERING_PROVIDER:
                line.nm1 = segment
        elif name == "NTE" and qualifier(segment) != THIRD_PARTY_NOTE:
            line.nte = [*line.nte, segment]

    def _drug(self, segment: Segment, line: LineSegments, claim: ClaimSegments) -> None:
        """Take the first national drug code; other identifiers, and other drugs, are reported."""
        kind = element(segment, 2).strip()
        self._drug_open = False
        if kind.upper() != NDC_QUALIFIER:
            message = f"the identifier {quoted(kind)} is no national drug code, and is not read"
            where = place(self._source, segment, "02")
            help = f"{NDC_QUALIFIER} names national drug codes"
            claim.faults.append(Diagnostic("note", message, where, help))
            return
        self._drugs += 1
        if line.lin is None:
            line.lin = segment
            self._drug_open = True
        elif self._drugs == 2:
            message = "the line has several drugs, of which the first is read"
            claim.faults.append(Diagnostic("note", message, place(self._source, segment)))

    def _service(self, segment: Segment, line: LineSegments, claim: ClaimSegments) -> None:
        if line.sv is not None:
            claim.strays.append(segment)
            help = f"the first is segment {line.sv[0]}; is an LX segment missing?"
            self._fault(claim, "the line has a second service", segment, help)
        else:
            line.sv = segment

    def _only(self, claim: ClaimSegments, known: Segment | None, segment: Segment) -> Segment:
        """Return the first of two dates; two that differ cannot both be meant."""
        if known is None or _days(known) == _days(segment):
            return known or segment
        help = f"the other is segment {known[0]}"
        self._fault(claim, "a second date contradicts the first", segment, help)
        return known

    def _torn(self, segment: Segment, claim: ClaimSegments | None) -> None:
        """Report a line break in a segment: the text after it may be a segment of its own."""
        help = f"a {quoted(self._reader.delimiters.segment)} may be missing before it"
        if claim is not None:
            self._fault(claim, "there is a line break in the segment", segment, help)
        else:
            self._notes.error("there is a line break in the segment", segment, "", help)

    def _unknown(self, segment: Segment, claim: ClaimSegments) -> None:
        message = f"the segment {quoted(segment[1][0])} is unknown"
        help = "its name has two or three capital letters and digits, as in SV1"
        self._fault(claim, message, segment, help)

    def _finished(self, claim: ClaimSegments) -> Claim | RejectedClaim:
        self._forget()
        if not self._envelope.readable:
            message = f"claim {quoted(claim.claim_id)} is in a transaction that is not read"
            self._fault(claim, message, claim.clm, position="01")
            return self._rejected(claim, claim.faults)
        builder = LineBuilder(claim, self._source, self._reader.damaged)
        lines = builder.lines()
        found = builder.found
        if found:
            if any(each.severity == "error" for each in found):
                told = [each for each in found if not isinstance(each, Counted)]
                return self._rejected(claim, told)
            self._notes.add(*found)
        lines.sort(key=lambda line: line.line_number)
        parties = claim.parties._replace(rendering=party_of(claim.nm1))
        if not claim.identity.superseded_by:
            return Claim(builder.claim_id, tuple(lines), None, parties)
        note = superseded_note(builder.claim_id, claim.identity, place(self._source, claim.clm))
        return Claim(builder.claim_id, tuple(lines), note, parties)

    def _cut(self, claim: ClaimSegments, segment: Segment | None) -> RejectedClaim:
        """Reject a claim whose end is not in the file; ``segment`` is there instead."""
        self._forget()
        last = claim.lines[-1].lx if claim.lines else claim.clm
        if segment is None:
            message = "the file ends in the middle of the claim"
        else:
            message = f"the claim is cut off by {shown_name(segment)}, segment {segment[0]}"
        help = "ask for the file again; the other claims are read"
        self._fault(claim, message, last, help)
        return self._rejected(claim, claim.faults)

    def _forget(self) -> None:
        self._claim = self._line = None
        self._other_payer = False

    def _stray(self, name: str, segment: Segment) -> Iterator[RejectedClaim]:
        """Reject a line outside of claims; an LX and the service after it are one line."""
        opened, self._stray_line = self._stray_line, segment if name == "LX" else None
        if not self._envelope.holds_claims or (name != "LX" and opened is not None):
            return
        fault = Diagnostic(
            "error",
            "the service line belongs to no claim",
            place(self._source, segment),
            "a CLM segment has to stand before it",
        )
        yield RejectedClaim(None, 1, (fault,))

    def _fault(
        self,
        claim: ClaimSegments,
        message: str,
        segment: Segment,
        help: str = "",
        position: str = "",
    ) -> None:
        if len(claim.faults) > MOST_LINES:
            return
        where = place(self._source, segment, position)
        claim.faults.append(Diagnostic("error", message, where, help))

    def _rejected(self, claim: ClaimSegments, found: list[Diagnostic]) -> RejectedClaim:
        return RejectedClaim(claim.claim_id or None, claim.lines_read, tuple(found))


def _days(dtp: Segment) -> tuple[date, date] | tuple[str, str]:
    """Return the days of a date, or its text where it cannot be read."""
    try:
        return parse_period(element(dtp, 2), element(dtp, 3))
    except ComponentFault:
        return element(dtp, 2), element(dtp, 3)
