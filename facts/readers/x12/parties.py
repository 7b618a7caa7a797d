"""Whom an 837 names outside of its claims. Source: X12 005010X222, loops 2010AA, BA, BB and CA."""

from __future__ import annotations

from facts.claim import NOBODY, ClaimParties, Party
from facts.readers.x12.elements import element, qualifier
from facts.readers.x12.segments import Segment

BILLING_PROVIDER, SUBSCRIBER, PAYER, PATIENT = "85", "IL", "PR", "QC"
_BELOW = {
    "20": (BILLING_PROVIDER, SUBSCRIBER, PAYER, PATIENT),
    "22": (SUBSCRIBER, PAYER, PATIENT),
    "23": (PATIENT,),
}
"""Names that a hierarchical level (HL03) begins anew."""


class NamedParties:
    """The names that hold for the claims that follow.

    Examples
    --------
    >>> named = NamedParties()
    >>> named.take((5, ["NM1", "PR", "2", "ACME", "", "", "", "", "PI", "66783"]))
    >>> named.parties().payer
    Party(name='ACME', identifier='66783')
    """

    def __init__(self) -> None:
        self._names: dict[str, Segment] = {}
        self._made: ClaimParties | None = NOBODY

    def take(self, segment: Segment) -> None:
        """Take the segment of a name: the first of its kind holds."""
        self._names.setdefault(qualifier(segment), segment)
        self._made = None

    def begin(self, level: str = "20") -> None:
        """Begin a hierarchical level, or everything anew."""
        for name in _BELOW.get(level, ()):
            self._names.pop(name, None)
        self._made = None

    def parties(self) -> ClaimParties:
        """Return who pays, who is paid, and for whom; the subscriber where no patient is named."""
        if self._made is None:
            payer, payee = self._party(PAYER), self._party(BILLING_PROVIDER)
            member, patient = self._party(SUBSCRIBER), self._party(PATIENT)
            number = patient.identifier or member.identifier
            held = Party(patient.name or member.name, number)
            self._made = ClaimParties(payer, payee, held, member)
        return self._made

    def _party(self, kind: str) -> Party:
        return party_of(self._names.get(kind))


def party_of(segment: Segment | None) -> Party:
    """Return whom the segment of a name names; somebody unknown where there is none.

    Examples
    --------
    >>> party_of((5, ["NM1", "82", "1", "ROE", "SAM", "", "", "", "XX", "1003000126"]))
    Party(name='ROE, SAM', identifier='1003000126')
    """
    if segment is None:
        return Party()
    parts = (element(segment, 3).strip(), element(segment, 4).strip())
    return Party(", ".join(filter(None, parts)), element(segment, 9).strip())
