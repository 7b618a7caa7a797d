"""Claims of the same number: what tells them apart, and which of them supersedes which.

A claim's number is the account number of its provider: it repeats between providers, months, and
between a claim and what replaces it. The part that tells one from the others is made of what the
claim says, so that neither the order nor the names of files change it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from hashlib import blake2b
from itertools import groupby
from typing import NamedTuple

from facts.claim import full_claim_id
from facts.diagnostic import Diagnostic
from facts.origin import Origin
from facts.readers.batch import Claim
from facts.values import quoted

REPLACES, VOIDS = "7", "8"
"""Claim frequency codes of claims that correct others. Source: NUBC, type of bill."""

UNKNOWN = "-"
"""Stands in a part for what a claim does not say."""

_MOST_PROVIDER = 80


class ClaimHead(NamedTuple):
    """What identifies a claim.

    Parameters
    ----------
    key : tuple of (int, int)
        The file and the segment of the claim: who reads the claims finds it by them.
    number : str
        The number of the claim, CLM01.
    provider : str
        The billing provider; empty where it is unknown.
    first_day : str
        First day of service as ISO text; empty where it is unknown.
    reference : str
        The number of the claim that it corrects, REF F8.
    frequency : str
        Claim frequency code, CLM05-3.
    age : str
        Date, time and number of its interchange, in their order.
    position : int
        Its place in the interchange.
    digest : bytes
        Of all that it says.
    place : Origin
        Where it stands.
    """

    key: tuple[int, int]
    number: str
    provider: str
    first_day: str
    reference: str
    frequency: str
    age: str
    position: int
    digest: bytes
    place: Origin

    @property
    def order(self) -> tuple[str, int, bytes]:
        """What puts claims one after the other, whatever the order of their files."""
        return self.age, self.position, self.digest

    @property
    def corrects(self) -> bool:
        """Whether it replaces or voids another claim."""
        return self.frequency in (REPLACES, VOIDS)


@dataclass(frozen=True, slots=True)
class Identity:
    """Who a claim is among others.

    Parameters
    ----------
    part : str
        What tells it from others of the same number, empty where none has it.
    superseded_by : str
        The place of the claim that takes its place, or what it is itself.
    unclear : bool
        Whether it corrects one of several claims, and it cannot be known which.
    """

    part: str = ""
    superseded_by: str = ""
    unclear: bool = False


ALONE = Identity()
"""A claim that no other one has to do with."""

VOID = "a void, which bills nothing"
"""Takes the place of a claim that voids another: nothing does."""


def identities(
    heads: Sequence[ClaimHead], repeated: Iterable[str], taken: frozenset[str] = frozenset()
) -> dict[tuple[int, int], Identity]:
    """Return who each claim is among others.

    Parameters
    ----------
    heads : sequence of ClaimHead
        Every claim whose number repeats, that corrects another, or that one refers to.
    repeated : iterable of str
        Numbers that several claims have, claims of tables counted.
    taken : frozenset of str, optional
        Numbers that look like one with a part.

    Returns
    -------
    dict of key to Identity
        Work grows with the number of heads, whatever repeats.
    """
    parts = _parts(heads, frozenset(repeated), taken)
    superseded, unclear = _superseded(heads)
    return {
        head.key: Identity(
            parts.get(head.key, ""), superseded.get(head.key, ""), head.key in unclear
        )
        for head in heads
    }


def _parts(
    heads: Sequence[ClaimHead], repeated: frozenset[str], taken: frozenset[str]
) -> dict[tuple[int, int], str]:
    alike: dict[tuple[str, str], list[ClaimHead]] = {}
    for head in heads:
        if head.number in repeated:
            alike.setdefault((head.number, base_part(head.provider, head.first_day)), []).append(
                head
            )
    found: dict[tuple[int, int], str] = {}
    for (number, base), group in sorted(alike.items()):
        by_reference = sorted(group, key=lambda head: (head.reference, head.order))
        for reference, same in groupby(by_reference, key=lambda head: head.reference):
            part = f"{base}/{reference}" if reference and len(group) > 1 else base
            for count, head in enumerate(same, 1):
                made = part if count == 1 else f"{part}#{count}"
                while full_claim_id(number, made) in taken:
                    made += "#"
                found[head.key] = made
    return found


def base_part(provider: str, first_day: str) -> str:
    """Return the part of a claim, by its provider and first day of service.

    Parameters
    ----------
    provider : str
        The provider; empty where it is unknown.
    first_day : str
        As ISO text; empty where it is unknown.

    Examples
    --------
    >>> base_part("1234567893", "2018-06-01"), base_part("", "2018-06-01")
    ('1234567893/2018-06-01', '-/2018-06-01')
    """
    return f"{provider[:_MOST_PROVIDER] or UNKNOWN}/{first_day or UNKNOWN}"


def _superseded(
    heads: Sequence[ClaimHead],
) -> tuple[dict[tuple[int, int], str], set[tuple[int, int]]]:
    """Return what takes the place of claims, and the corrections of which that is unclear.

    A correction is of a claim of the same provider: of the number that it refers to, or else of
    its own number. Of several claims those of its first day are meant. It is behind all claims
    that correct nothing, but those of an interchange of a later time, and behind corrections that
    come before it.
    """
    found: dict[tuple[int, int], str] = {}
    unclear: set[tuple[int, int]] = set()
    groups: dict[tuple[str, str], list[ClaimHead]] = {}
    for head in heads:
        if head.provider:
            groups.setdefault((head.provider, head.number), []).append(head)
    corrections: dict[tuple[str, str], list[ClaimHead]] = {}
    for head in heads:
        if head.frequency == VOIDS:
            found[head.key] = VOID
        if head.provider and head.corrects:
            named = (head.provider, head.reference)
            target = named if head.reference and named in groups else (head.provider, head.number)
            corrections.setdefault(target, []).append(head)
    for target, correcting in sorted(corrections.items(), key=lambda item: item[0]):
        of_group = groups.get(target, [])
        members = {head.key: head for head in (*of_group, *correcting)}
        originals = [head for head in of_group if not head.corrects]
        by_day: dict[str, list[ClaimHead]] = {}
        for head in members.values():
            by_day.setdefault(head.first_day, []).append(head)
        latest: dict[str, ClaimHead] = {}
        for head in sorted(correcting, key=lambda each: each.order):
            latest[head.first_day] = head
        for day, last in latest.items():
            meant = by_day[day]
            if not any(not head.corrects for head in meant) and originals:
                if len(originals) > 1:
                    unclear.add(last.key)
                else:
                    meant = [*meant, *originals]
            for head in meant:
                newer = head.age > last.age if not head.corrects else head.order >= last.order
                if head.key != last.key and not newer and head.key not in found:
                    found[head.key] = str(last.place)
    return found, unclear


def superseded_note(claim_id: str, identity: Identity, place: Origin) -> Diagnostic | None:
    """Return the note on a claim that is not determined because of another, if it is one.

    Parameters
    ----------
    claim_id : str
        The claim.
    identity : Identity
        Who it is among others.
    place : Origin
        Where it stands.
    """
    if not identity.superseded_by:
        return None
    return note_on_superseded(claim_id, identity.superseded_by, place)


def note_on_superseded(claim_id: str, by: str, place: Origin | None) -> Diagnostic:
    """Return the note on a claim that is not determined because of another.

    Parameters
    ----------
    claim_id : str
        The claim.
    by : str
        What takes its place.
    place : Origin or None
        Where it stands.
    """
    name = quoted(claim_id)
    if by == VOID:
        message = f"claim {name} voids an earlier one, and is not determined"
        return Diagnostic("note", message, place, "a void bills nothing")
    message = f"claim {name} is superseded, and is not determined"
    return Diagnostic("note", message, place, f"the claim in {by} takes its place")


def note_on_replacement(claim_id: str, identity: Identity, place: Origin) -> Diagnostic:
    """Return the note on a claim that replaces another; a warning where it is unclear which.

    Parameters
    ----------
    claim_id : str
        The claim.
    identity : Identity
        Who it is among others.
    place : Origin
        Where it says so.
    """
    if identity.unclear:
        message = f"claim {quoted(claim_id)} replaces one of several, and none is left out"
        help = "none has its first day of service; name the claim in REF F8"
        return Diagnostic("warning", message, place, help)
    help = "it is determined; the earlier one, where it is there too, is not"
    return Diagnostic("note", "the claim replaces an earlier one", place, help)


def with_part(claim: Claim, part: str) -> Claim:
    """Return a claim whose id has a part.

    Parameters
    ----------
    claim : Claim
        The claim.
    part : str
        What tells it from others of the same number.
    """
    if not part:
        return claim
    claim_id = full_claim_id(claim.claim_id, part)
    lines = tuple(line._replace(claim_id=claim_id, claim_part=part) for line in claim.lines)
    return replace(claim, claim_id=claim_id, lines=lines)


def part_of_lines(claim: Claim) -> str:
    """Return what tells a claim from others of the same id, by its lines alone.

    Parameters
    ----------
    claim : Claim
        The claim.

    Returns
    -------
    str
        Its rendering provider, where all lines have one, and its first day of service.
    """
    providers = {line.rendering_provider or "" for line in claim.lines}
    first = min(line.service_date for line in claim.lines)
    return base_part(providers.pop() if len(providers) == 1 else "", first.isoformat())


def content_of(claim: Claim) -> str:
    """Return all that a claim says, without its places."""
    return repr([line._replace(trace=None) for line in claim.lines])


class RepeatedNumbers:
    """Tells claims of the same number apart that are no claims of an 837 and of no table.

    Parameters
    ----------
    again : collection of int, optional
        Hashes of the numbers that several claims have.
    """

    def __init__(self, again: Collection[int] = ()) -> None:
        self._again = again
        self._used: dict[str, int] = {}

    def told_apart(self, claim: Claim) -> Claim:
        """Return a claim with a part where others have its number.

        Behind provider and day stands a digest of what it says, and a count where that is the same.

        Parameters
        ----------
        claim : Claim
            As it is read.
        """
        if hash(claim.claim_id) not in self._again:
            return claim
        digest = blake2b(content_of(claim).encode("utf-8", "replace"), digest_size=4).hexdigest()
        part = f"{part_of_lines(claim)}/{digest}"
        claim_id = full_claim_id(claim.claim_id, part)
        count = self._used[claim_id] = self._used.get(claim_id, 0) + 1
        return with_part(claim, part if count == 1 else f"{part}#{count}")
