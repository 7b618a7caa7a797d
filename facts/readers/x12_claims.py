"""Claims of 837P and 837I files. Source: ASC X12 005010X222 and 005010X223.

Anything that cannot be understood rejects its claim, with the segment and the element; the rest of
the file is read on. Segments of other payers (loops 2320 to 2330, 2430) never disturb the claim.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from facts.diagnostic import Diagnostic
from facts.origin import Origin
from facts.readers.batch import Claim, ClaimStream, RejectedClaim
from facts.readers.text_file import look
from facts.readers.x12_lines import ClaimSegments, LineBuilder, LineSegments, element, place
from facts.readers.x12_segments import Segment, SegmentFault, SegmentReader
from facts.values import quoted

PROFESSIONAL, INSTITUTIONAL = "005010X222", "005010X223"
SERVICE_DATE, STATEMENT_DATES = "472", "434"
RENDERING_PROVIDER, PRIOR_AUTHORIZATION = "82", "G1"
_CLAIM_ENDS = ("CLM", "HL", "SE", "ST", "GE", "GS", "IEA", "ISA")


def read_837(path: str | Path) -> ClaimStream:
    """Read the claims of an 837P or 837I file.

    Parameters
    ----------
    path : path

    Returns
    -------
    ClaimStream
        Claims in the order of the file; ``plan_id`` is the subscriber's group number (SBR03),
        ``contract_id`` the contract code (CN104).
    """
    notes: list[Diagnostic] = []
    return ClaimStream(_claims(Path(path), notes), notes)


def _claims(path: Path, notes: list[Diagnostic]) -> Iterator[Claim | RejectedClaim]:
    _, fault = look(path)
    if fault is not None:
        notes.append(fault)
        return
    yield from _Transactions(path, notes).claims()


class _Transactions:
    """The state of reading: which transaction, which subscriber, which claim, which line."""

    def __init__(self, path: Path, notes: list[Diagnostic]) -> None:
        self._source = str(path)
        self._reader = SegmentReader(path)
        self._notes = notes
        self._seen: dict[str, int] = {}
        self._version = ""
        self._known = False
        self._transaction: Segment | None = None
        self._interchange: Segment | None = None
        self._sbr: Segment | None = None
        self._claim: ClaimSegments | None = None
        self._line: LineSegments | None = None
        self._other_payer = False
        self._transactions = 0

    def claims(self) -> Iterator[Claim | RejectedClaim]:
        try:
            for segment in self._reader:
                name = segment[1][0]
                if name in _CLAIM_ENDS:
                    if self._claim is not None:
                        yield self._finished(self._claim)
                    self._structure(name, segment)
                elif self._claim is not None:
                    if self._line is None or name == "LX":
                        self._in_claim(name, segment, self._claim)
                    else:
                        self._in_line(name, segment, self._line)
                elif name == "SBR":
                    self._sbr = segment
                elif name == "LX":
                    yield self._stray(segment)
        except SegmentFault as fault:
            if self._claim is not None:
                yield self._cut(self._claim, "the claim cannot be read to its end")
            self._notes.append(fault.diagnostic)
            return
        if self._claim is not None:
            yield self._cut(self._claim, "the file ends in the middle of the claim")
        self._end()

    def _structure(self, name: str, segment: Segment) -> None:
        if name == "CLM":
            if self._transaction is None or not self._known:
                self._claim = ClaimSegments(segment, True, self._reader.delimiters.component)
            else:
                self._claim = ClaimSegments(
                    segment,
                    self._version.startswith(PROFESSIONAL),
                    self._reader.delimiters.component,
                    self._sbr,
                )
        elif name == "HL":
            if element(segment, 3) == "22":
                self._sbr = None
        elif name == "ST":
            self._open_transaction(segment)
        elif name == "SE":
            self._close_transaction(segment)
        elif name == "GS":
            self._version = element(segment, 8).strip()
        elif name == "ISA":
            self._interchange = segment
        elif name == "IEA":
            self._close_interchange(segment)

    def _open_transaction(self, segment: Segment) -> None:
        if self._transaction is not None:
            self._warn("the transaction has no SE segment", self._transaction, "")
        self._transaction = segment
        self._transactions += 1
        self._version = element(segment, 3).strip() or self._version
        self._sbr = None
        self._known = False
        kind = element(segment, 1)
        if kind != "837":
            self._error(
                f"the transaction {quoted(kind)} is not a claim",
                segment,
                "01",
                "claims are read from 837 transactions",
            )
        elif not self._version.startswith((PROFESSIONAL, INSTITUTIONAL)):
            self._error(
                f"the version {quoted(self._version)} is unknown",
                segment,
                "03",
                f"{PROFESSIONAL} (837P) and {INSTITUTIONAL} (837I) are read",
            )
        else:
            self._known = True

    def _close_transaction(self, segment: Segment) -> None:
        opening = self._transaction
        self._transaction = None
        if opening is None:
            self._warn("the transaction was never opened", segment, "")
            return
        count, expected = element(segment, 1).strip(), segment[0] - opening[0] + 1
        if count != str(expected) and count.lstrip("0") != str(expected):
            self._warn(
                f"the transaction counts {quoted(count)} segments and has {expected}", segment, "01"
            )
        if element(segment, 2).strip() != element(opening, 2).strip():
            self._warn("the control number differs from that of ST", segment, "02")

    def _close_interchange(self, segment: Segment) -> None:
        opening = self._interchange
        self._interchange = None
        if opening is not None and element(segment, 2).strip() != element(opening, 13).strip():
            self._warn("the control number differs from that of ISA", segment, "02")

    def _in_claim(self, name: str, segment: Segment, claim: ClaimSegments) -> None:
        if name == "LX":
            self._line = LineSegments(segment)
            claim.lines.append(self._line)
        elif name == "SBR":
            self._other_payer = True
        elif self._other_payer:
            return
        elif name == "HI":
            claim.hi.append(segment)
        elif name == "NM1":
            if element(segment, 1) == RENDERING_PROVIDER and claim.nm1 is None:
                claim.nm1 = segment
        elif name == "REF":
            if element(segment, 1) == PRIOR_AUTHORIZATION and claim.ref is None:
                claim.ref = segment
        elif name == "DTP":
            if element(segment, 1) == STATEMENT_DATES:
                claim.dtp = segment
        elif name == "CN1":
            claim.cn1 = segment

    def _in_line(self, name: str, segment: Segment, line: LineSegments) -> None:
        if name in ("SV1", "SV2"):
            if line.sv is None:
                line.sv = segment
        elif name == "DTP":
            if element(segment, 1) == SERVICE_DATE:
                line.dtp = segment
        elif name == "LIN":
            if line.lin is None:
                line.lin = segment
        elif name == "CTP":
            if line.ctp is None:
                line.ctp = segment
        elif name == "REF":
            if (
                element(segment, 1) == PRIOR_AUTHORIZATION
                and not element(segment, 4)
                and line.ref is None
            ):
                line.ref = segment
        elif name == "NM1":
            if element(segment, 1) == RENDERING_PROVIDER:
                line.nm1 = segment
        elif name == "NTE":
            line.nte.append(segment)

    def _finished(self, claim: ClaimSegments) -> Claim | RejectedClaim:
        self._claim = self._line = None
        self._other_payer = False
        if not self._known:
            return self._rejected(
                claim,
                [
                    Diagnostic(
                        "error",
                        f"claim {quoted(claim.claim_id)} stands in a transaction that is not read",
                        place(self._source, claim.clm, "01"),
                    )
                ],
            )
        builder = LineBuilder(claim, self._source)
        lines = builder.lines()
        found = builder.found
        first = self._seen.setdefault(claim.claim_id, claim.clm[0])
        if first != claim.clm[0]:
            found.append(
                Diagnostic(
                    "error",
                    f"claim {quoted(claim.claim_id)} stands twice in the file",
                    place(self._source, claim.clm, "01"),
                    f"the other is segment {first}",
                )
            )
        if found:
            if any(each.severity == "error" for each in found):
                return self._rejected(claim, found)
            self._notes.extend(found)
        lines.sort(key=lambda line: line.line_number)
        return Claim(claim.claim_id, tuple(lines))

    def _cut(self, claim: ClaimSegments, message: str) -> RejectedClaim:
        self._claim = self._line = None
        last = claim.lines[-1].lx if claim.lines else claim.clm
        return self._rejected(
            claim,
            [
                Diagnostic(
                    "error",
                    message,
                    place(self._source, last),
                    "ask for the file again; the claims before this one are read",
                )
            ],
        )

    def _stray(self, segment: Segment) -> RejectedClaim:
        fault = Diagnostic(
            "error",
            "the service line belongs to no claim",
            place(self._source, segment),
            "a CLM segment has to stand before it",
        )
        return RejectedClaim(None, 1, (fault,))

    def _rejected(self, claim: ClaimSegments, found: list[Diagnostic]) -> RejectedClaim:
        return RejectedClaim(claim.claim_id or None, len(claim.lines), tuple(found))

    def _end(self) -> None:
        """Tell what is missing at the end of the file."""
        rest = self._reader.unfinished
        if rest and not rest.startswith("IEA"):
            self._notes.append(
                Diagnostic(
                    "error",
                    "the file ends in the middle of a segment",
                    Origin(self._source, "last segment"),
                    f"segments end with `{self._reader.delimiters.segment}`",
                )
            )
        elif self._transaction is not None:
            self._error("the file ends before the transaction does", self._transaction, "")
        elif self._interchange is not None and not rest:
            self._warn("the interchange has no IEA segment", self._interchange, "")
        if not self._transactions:
            self._notes.append(
                Diagnostic(
                    "error",
                    "the file has no transaction",
                    Origin(self._source),
                    "claims stand between ST and SE segments",
                )
            )

    def _warn(self, message: str, segment: Segment, position: str) -> None:
        self._notes.append(Diagnostic("warning", message, place(self._source, segment, position)))

    def _error(self, message: str, segment: Segment, position: str, help: str = "") -> None:
        self._notes.append(
            Diagnostic("error", message, place(self._source, segment, position), help)
        )
