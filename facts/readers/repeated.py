"""Claim ids that stand in more than one place: found by a look at the ids before claims are read.

Claims are rejected wherever their id occurs, so that the order of claims and of files decides
nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from facts.diagnostic import Diagnostic
from facts.origin import Origin
from facts.readers.batch import Claim, RejectedClaim
from facts.values import quoted

Ids = Iterator[tuple[str, Origin | None]]
"""Claim ids with their places, which are reported only of wanted ones."""

IdSource = Callable[[Collection[int] | None], Ids]
"""Reads the ids of a source; with the hashes of the wanted ones given, of these alone."""

_MOST_TOLD = 3


@dataclass(frozen=True, slots=True)
class Places:
    """The first places of a claim id, and how many there are."""

    first: tuple[Origin, ...]
    count: int


class RepeatedClaims:
    """Claims that cannot be distinguished, because they have the same id.

    Parameters
    ----------
    places : mapping of str to Places, optional
        The places of each id that is repeated.
    """

    def __init__(self, places: Mapping[str, Places] | None = None) -> None:
        self._places = dict(places or {})

    def place_in(self, claim_id: str | None, sources: Collection[str]) -> Origin | None:
        """Return the first place of a repeated claim id in some sources."""
        places = self._places.get(claim_id) if claim_id else None
        found = places.first if places is not None else ()
        return next((place for place in found if place.source in sources), None)

    def fault(self, claim_id: str | None, place: Origin) -> Diagnostic | None:
        """Return what is wrong with a claim whose id occurs elsewhere too, else nothing.

        Parameters
        ----------
        claim_id : str or None
            The claim.
        place : Origin
            Place of this one.
        """
        places = self._places.get(claim_id) if claim_id else None
        if places is None:
            return None
        others = [each for each in places.first if each != place][:_MOST_TOLD]
        return repeated_fault(claim_id or "", place, others, places.count)


def repeated_fault(
    claim_id: str, place: Origin, others: Sequence[Origin], count: int = 2
) -> Diagnostic:
    """Return what is wrong with a claim whose id occurs in other places too.

    Parameters
    ----------
    claim_id : str
        The claim.
    place : Origin
        Place of this one.
    others : sequence of Origin
        Where others stand.
    count : int, optional
        Number of places that have the id.
    """
    more = count - 1 - len(others)
    places = "; ".join([*map(str, others), *([f"{more} more"] if more > 0 else [])])
    return Diagnostic(
        "error",
        f"claim {quoted(claim_id)} occurs {'twice' if count == 2 else f'{count} times'}",
        place,
        f"claim ids have to be unique, so that none of them is determined; also in {places}",
    )


def rejected(item: Claim | RejectedClaim, fault: Diagnostic) -> RejectedClaim:
    """Return an item, which is a claim, as one that is rejected for a fault more."""
    if isinstance(item, Claim):
        return RejectedClaim(item.claim_id, len(item.lines), (fault,))
    return RejectedClaim(item.claim_id, item.lines_read, (*item.diagnostics, fault))


def repeated_claims(sources: Iterable[IdSource]) -> RepeatedClaims:
    """Look for claim ids that stand in more than one place.

    Memory grows with the hashes of the ids; places are gathered in a second look, of the ids that
    seem to repeat.

    Parameters
    ----------
    sources : iterable of callable
        Each reads the ids of a source.

    Returns
    -------
    RepeatedClaims
    """
    sources = tuple(sources)
    seen: set[int] = set()
    again: set[int] = set()
    for source in sources:
        for claim_id, _ in source(None):
            key = hash(claim_id)
            if key in seen:
                again.add(key)
            else:
                seen.add(key)
    if not again:
        return RepeatedClaims()
    del seen
    first: dict[str, list[Origin]] = {}
    count: dict[str, int] = {}
    for source in sources:
        for claim_id, place in source(again):
            if place is None:
                continue
            count[claim_id] = count.get(claim_id, 0) + 1
            if len(known := first.setdefault(claim_id, [])) <= _MOST_TOLD:
                known.append(place)
    return RepeatedClaims(
        {
            claim_id: Places(tuple(first[claim_id]), number)
            for claim_id, number in count.items()
            if number > 1
        }
    )
