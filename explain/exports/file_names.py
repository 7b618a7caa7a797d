"""File names made of claim ids: safe on every system, unique, the same for the same claims."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Collection, Iterable

_UNSAFE = re.compile(r"[^A-Za-z0-9_-]+")
_MOST = 60
_RESERVED = frozenset(
    {"con", "prn", "aux", "nul", "conin$", "conout$", "clock$"}
    | {f"{name}{number}" for name in ("com", "lpt") for number in range(10)}
)
"""Names that Windows gives to devices, with any ending."""


def file_names(claim_ids: Iterable[str], taken: Collection[str] = ()) -> dict[str, str]:
    """Return a file name without its ending for each claim.

    A claim id that is a plain name stays as it is. Any other, and each of several that differ
    only in ways that some systems do not see, ends in a part of its hash.

    Parameters
    ----------
    claim_ids : iterable of str
        Each once; their order does not matter.
    taken : collection of str, optional
        Names that no claim may have.

    Returns
    -------
    dict of claim id to name

    Examples
    --------
    >>> file_names(["CLM1", "../../x", "con"])
    {'../../x': 'x-9cdf6a50', 'CLM1': 'CLM1', 'con': 'con-1143da2b'}
    >>> file_names(["a", "A"])
    {'A': 'A-559aead0', 'a': 'a-ca978112'}
    """
    plain = {claim_id: _plain(claim_id) for claim_id in sorted(set(claim_ids))}
    often = Counter(name.casefold() for name in plain.values())
    used = {name.casefold() for name in taken}
    refused = used | _RESERVED
    kept = {
        name
        for claim_id, name in plain.items()
        if name == claim_id and often[name.casefold()] == 1 and name.casefold() not in refused
    }
    used |= {name.casefold() for name in kept}
    names: dict[str, str] = {}
    for claim_id, name in plain.items():
        if claim_id not in kept:
            digest = hashlib.sha256(claim_id.encode("utf-8", "surrogatepass")).hexdigest()
            length = 8
            while (name := f"{plain[claim_id]}-{digest[:length]}").casefold() in used:
                length += 8
            used.add(name.casefold())
        names[claim_id] = name
    return names


def _plain(claim_id: str) -> str:
    """Return the part of a claim id that may be in a file name."""
    return _UNSAFE.sub("-", claim_id[: 10 * _MOST]).strip("-")[:_MOST].rstrip("-") or "claim"
