"""Mappings that nobody can change, and that can be pickled."""

from __future__ import annotations

import copyreg
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, TypeVar

K = TypeVar("K")
V = TypeVar("V")


def frozen(mapping: Mapping[K, V]) -> Mapping[K, V]:
    """Return a mapping that cannot be changed, with what a mapping holds now.

    Parameters
    ----------
    mapping : mapping
        It is copied.

    Examples
    --------
    >>> import pickle
    >>> pickle.loads(pickle.dumps(frozen({"a": 1})))
    mappingproxy({'a': 1})
    """
    return MappingProxyType(dict(mapping))


def _reduced(proxy: MappingProxyType[K, V]) -> tuple[Any, ...]:
    return frozen, (dict(proxy),)


copyreg.pickle(MappingProxyType, _reduced)
