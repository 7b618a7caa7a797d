"""Seals of a certificate: they find a change that no step speaks of, and name its place."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from typing import Any

_FORMAT = "clausewise proof"

FORMAT = f"{_FORMAT} 2"
"""What a certificate says that it is; the number grows where an older one is refused."""


def is_other_version(format: object) -> bool:
    """Return whether a ``format`` is that of certificates of another version.

    Examples
    --------
    >>> is_other_version("clausewise proof 1"), is_other_version(FORMAT), is_other_version("x")
    (True, False, False)
    """
    if not isinstance(format, str) or format == FORMAT:
        return False
    return format.startswith(f"{_FORMAT} ") and format[len(_FORMAT) + 1 :].isdecimal()


_ENCODER = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=True)


def canonical_json(value: Any) -> str:
    """Return JSON text that is the same for equal values.

    Parameters
    ----------
    value : Any
        A plain JSON value.

    Returns
    -------
    str

    Examples
    --------
    >>> canonical_json({"b": 1, "a": "é"})
    '{"a":"\\\\u00e9","b":1}'
    """
    return _ENCODER.encode(value)


def digest(value: Any) -> str:
    """Return the SHA-256 of the canonical JSON of a value.

    Parameters
    ----------
    value : Any
        A plain JSON value.

    Returns
    -------
    str
        SHA-256 in hexadecimal digits.
    """
    return hashlib.sha256(canonical_json(value).encode()).hexdigest()


def seal(document: Mapping[str, Any]) -> dict[str, Any]:
    """Return a certificate with a seal on the headline, on each node and rule, and on the whole.

    Parameters
    ----------
    document : mapping
        With ``about``, ``nodes``, ``edges`` and ``rules``. A node's seal covers its edges down.

    Returns
    -------
    dict
    """
    below = _below(document)
    nodes = [
        {**_bare(node), "seal": _node_seal(node, below.get(node["id"], []))}
        for node in document["nodes"]
    ]
    rules = [{**_bare(rule), "seal": _short(_bare(rule))} for rule in document["rules"]]
    about = {**_bare(document["about"]), "seal": _short(_bare(document["about"]))}
    sealed = {**_bare(document), "about": about, "nodes": nodes, "rules": rules}
    return {**sealed, "seal": digest(sealed)}


def broken_seals(document: Mapping[str, Any]) -> Iterator[str]:
    """Yield the place of every seal that does not fit; the whole only if no part is broken.

    Parameters
    ----------
    document : mapping
        A certificate.

    Yields
    ------
    str
        As in ``step n3`` or ``rule r2``.
    """
    below = _below(document)
    whole = True
    if document["about"].get("seal") != _short(_bare(document["about"])):
        whole = False
        yield "headline"
    for node in document["nodes"]:
        if node.get("seal") != _node_seal(node, below.get(node["id"], [])):
            whole = False
            yield f"step {node['id']}"
    for rule in document["rules"]:
        if rule.get("seal") != _short(_bare(rule)):
            whole = False
            yield f"rule {rule['id']}"
    if whole and document.get("seal") != digest(_bare(document)):
        yield "certificate"


def _below(document: Mapping[str, Any]) -> dict[str, list[Any]]:
    below: dict[str, list[Any]] = {}
    for edge in document["edges"]:
        below.setdefault(edge[0], []).append(edge)
    return below


def _node_seal(node: Mapping[str, Any], edges: list[Any]) -> str:
    return _short([_bare(node), edges])


def _short(value: Any) -> str:
    return digest(value)[:16]


def _bare(entry: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in entry.items() if name != "seal"}
