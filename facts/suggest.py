"""The known name that a person most likely meant."""

from __future__ import annotations

from collections.abc import Iterable


def nearest(name: str, candidates: Iterable[str]) -> str | None:
    """Return the candidate that looks most like a name, if one does.

    Parameters
    ----------
    name : str
        What the person wrote.
    candidates : iterable of str
        What they could have meant. Of two that are equally near, the first in alphabetical
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
    from difflib import get_close_matches

    known = sorted(set(candidates))
    if name in known:
        return name
    folded: dict[str, str] = {}
    for candidate in known:
        folded.setdefault(candidate.casefold(), candidate)
    found = get_close_matches(name[:200].casefold(), folded, n=1, cutoff=0.6)
    return folded[found[0]] if found else None
