"""The known name that a person most likely meant."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Collection, Iterable, Mapping
from functools import lru_cache
from heapq import nsmallest

_CUTOFF = 0.6
"""How alike two names have to be: the share of their characters that match."""

_LONGEST = 200
"""Characters of a name that are compared."""

_MOST_COMPARED = 32
"""Names of a large pool that are compared character by character."""

_MOST_NEIGHBOURS = 16
"""Names of a large pool that begin, or end, most alike and are compared in any case."""

_LARGEST_KEPT = 5_000
"""Names of the largest pool that is kept for the next question."""


def nearest(name: str, candidates: Iterable[str]) -> str | None:
    """Return the candidate that looks most like a name, if one does.

    Parameters
    ----------
    name : str
        What the person wrote.
    candidates : iterable of str
        What they could have meant. Of two that are equally near, the last in alphabetical
        order is returned, so that the order of the candidates never matters.

    Returns
    -------
    str or None

    Examples
    --------
    >>> nearest("procedre", ["units", "procedure"])
    'procedure'
    >>> nearest("r14-fac-1", ["R14-FAC-2", "R14-FAC-1"])
    'R14-FAC-1'
    >>> nearest("zebra", ["units", "procedure"]) is None
    True
    """
    known = tuple(candidates)
    return (_kept_pool(known) if len(known) <= _LARGEST_KEPT else _Pool(known)).nearest(name)


def near_help(name: str, candidates: Iterable[str], otherwise: str | None = None) -> str:
    """Return the help for a name that is not known: the nearest known one, or else all of them.

    Parameters
    ----------
    name : str
        What the person wrote.
    candidates : iterable of str
        What they could have meant.
    otherwise : str, optional
        The help where none is near; without it the candidates are listed.

    Examples
    --------
    >>> near_help("procedre", ["units", "procedure"]), near_help("zebra", ["units", "procedure"])
    ('did you mean `procedure`?', 'one of units, procedure')
    """
    known = tuple(candidates)
    near = nearest(name, known)
    if near:
        return f"did you mean `{near}`?"
    return f"one of {', '.join(known)}" if otherwise is None else otherwise


class Suggestions:
    """The nearest of some names, for a file that may have any number of wrong ones.

    Parameters
    ----------
    candidates : iterable of str
        The names that are known.
    most : int, optional
        Different names that are looked for; for the others nothing is suggested.

    Examples
    --------
    >>> suggestions = Suggestions(["units", "procedure"], most=1)
    >>> suggestions.of("unit"), suggestions.of("procedre"), suggestions.of("unit")
    ('units', None, 'units')
    """

    def __init__(self, candidates: Iterable[str], most: int = 1_000) -> None:
        self._candidates = tuple(candidates)
        self._most = most
        self._found: dict[str, str | None] = {}

    def of(self, name: str) -> str | None:
        """Return the nearest name, None where there is none or too many were looked for."""
        if name not in self._found:
            if len(self._found) >= self._most:
                return None
            self._found[name] = nearest(name, self._candidates)
        return self._found[name]


FEW_NAMES = 1_000
"""Names that are all compared, and the most that are of those that begin, or end, alike."""


def halves(name: str) -> tuple[str, str]:
    """Return the first and the last half of a name in lower case: a near one has one of them.

    Examples
    --------
    >>> halves("CLM-17"), halves("A1")
    (('clm', '-17'), ('a1', 'a1'))
    """
    length, low = max(2, len(name) // 2), name.lower()
    return low[:length], low[-length:]


def alike_names(names: Iterable[str], pool: Collection[str]) -> dict[str, Collection[str]]:
    """Return for each of some names those of a pool that may be meant, in one pass over the pool.

    Of a large pool these are names about as long that begin or end as it does; of very many the
    first in alphabetical order.

    Parameters
    ----------
    names : iterable of str
        What a person wrote.
    pool : collection of str
        All that could be meant.

    Examples
    --------
    >>> alike_names(["C2"], ["C1", "D1"])
    {'C2': ['C1', 'D1']}
    """
    names = list(names)
    if len(pool) <= FEW_NAMES:
        return dict.fromkeys(names, pool)
    keys = {(side, half) for name in names for side, half in enumerate(halves(name))}
    lengths = sorted({len(half) for _, half in keys})
    found: dict[tuple[int, str, int], list[str]] = {}
    for each in pool:
        low = each.lower()
        for length in lengths:
            for key in ((0, low[:length]), (1, low[-length:])):
                if key in keys:
                    found.setdefault((*key, len(each)), []).append(each)
    first = {key: nsmallest(FEW_NAMES, alike) for key, alike in found.items()}
    return {name: alike_among(name, first) for name in names}


def alike_among(name: str, found: Mapping[tuple[int, str, int], Iterable[str]]) -> set[str]:
    """Return the names that may be meant, of those found for each half and length.

    Parameters
    ----------
    name : str
        What a person wrote.
    found : mapping of (int, str, int) to iterable of str
        Names by side, half (as ``halves`` returns them) and length.
    """
    lengths = range(len(name) - 2, len(name) + 3)
    keys = [(*key, length) for key in enumerate(halves(name)) for length in lengths]
    return {each for key in keys for each in found.get(key, ())}


class _Pool:
    """Names without regard to case, each with the set of its characters as bits."""

    def __init__(self, candidates: Iterable[str]) -> None:
        self._known = frozenset(candidates)
        folded: dict[str, str] = {}
        for candidate in sorted(self._known):
            folded.setdefault(candidate.casefold(), candidate)
        self._folded = folded
        self._sorted = sorted(folded)
        self._bits = [(text, len(text), _bits(text)) for text in self._sorted]
        self._backwards: list[str] = []

    def nearest(self, name: str) -> str | None:
        if name in self._known:
            return name
        text = name[:_LONGEST].casefold()
        if text in self._folded:
            return self._folded[text]
        best, found = _CUTOFF, None
        for bound, candidate in self._possible(text):
            if bound < best:
                break
            ratio = _ratio(text, candidate)
            if ratio > best or (ratio == best and (found is None or candidate > found)):
                best, found = ratio, candidate
        return self._folded[found] if found is not None else None

    def _possible(self, text: str) -> list[tuple[float, str]]:
        """Return names with the most that they can be alike, the largest first."""
        length, bits = len(text), _bits(text)
        possible = []
        for candidate, other, its_bits in self._bits:
            most = min(
                length - (bits & ~its_bits).bit_count(), other - (its_bits & ~bits).bit_count()
            )
            bound = 2 * most / (length + other) if length + other else 1.0
            if bound >= _CUTOFF:
                possible.append((bound, candidate))
        if len(possible) > _MOST_COMPARED:
            neighbours = self._neighbours(text)
            chosen = nsmallest(_MOST_COMPARED, possible, key=_furthest_last)
            possible = list({*chosen, *(pair for pair in possible if pair[1] in neighbours)})
        return sorted(possible, key=_furthest_last)

    def _neighbours(self, text: str) -> frozenset[str]:
        """Return the names that begin or end as a text does."""
        if not self._backwards:
            self._backwards = sorted(each[::-1] for each in self._sorted)
        half = _MOST_NEIGHBOURS // 2
        found = []
        for names, wanted, step in ((self._sorted, text, 1), (self._backwards, text[::-1], -1)):
            place = bisect_left(names, wanted)
            found += [each[::step] for each in names[max(0, place - half) : place + half]]
        return frozenset(found)


_kept_pool = lru_cache(maxsize=16)(_Pool)


def _bits(text: str) -> int:
    """Return the characters of a text as bits; two that share one can only seem more alike."""
    bits = 0
    for character in text:
        bits |= 1 << (ord(character) % 128)
    return bits


def _furthest_last(pair: tuple[float, str]) -> tuple[float, str]:
    return -pair[0], pair[1]


def _ratio(one: str, other: str) -> float:
    from difflib import SequenceMatcher

    return SequenceMatcher(None, other, one).ratio()
