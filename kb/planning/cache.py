"""What is kept between runs, so that the same rules are read, checked and compiled once.

A kept value is a file of JSON in the user's cache folder. It is named by a hash of all that it is
made of: the policy, its settings, the code of this package and the version of sqlglot. It begins
with the hash of the rest; a file that does not fit, or that another user could have written, is
made anew. A cache that cannot be written is no fault.
"""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import suppress
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import TypeVar

from facts.extras import bulk_module
from kb.planning.codec import plain, value_of

T = TypeVar("T")

SWITCH = "CLAUSEWISE_CACHE"
"""Environment variable: another folder, or ``off``."""

_MOST = 30
"""Values that are kept; the oldest go."""

_MADE_OF = ("facts", "kb")
"""The packages whose code decides what is made of a policy."""


def kept(kind: type[T], said: Iterable[str]) -> T | None:
    """Return a value that is kept, if there is one.

    Parameters
    ----------
    kind : type
        A dataclass of texts, numbers, dates, tuples and further dataclasses.
    said : iterable of str
        All that the value depends on in addition to the code.

    Examples
    --------
    >>> import unittest.mock
    >>> from facts.claim import EvidenceType
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     with unittest.mock.patch.dict(os.environ, {SWITCH: folder}):
    ...         keep(["a policy"], EvidenceType("dose", "number"))
    ...         kept(EvidenceType, ["a policy"]).name, kept(EvidenceType, ["another policy"])
    ('dose', None)
    """
    path = _path(kind, said)
    text = None if path is None else _read(path)
    return None if text is None else value_of(kind, json.loads(text))


def keep(said: Iterable[str], value: object) -> None:
    """Keep a value for runs to come, where it comes back from its file as it is.

    Parameters
    ----------
    said : iterable of str
        All that the value depends on in addition to the code.
    value : dataclass
        A value as ``kept`` describes it.
    """
    path = _path(type(value), said)
    if path is None:
        return
    try:
        text = json.dumps(plain(value), ensure_ascii=True)
    except TypeError:
        return
    if value_of(type(value), json.loads(text)) == value:
        with suppress(OSError):
            _write(path, text.encode())


def _path(kind: type, said: Iterable[str]) -> Path | None:
    folder = _folder()
    if folder is None:
        return None
    name = hashlib.sha256(json.dumps([_code(), kind.__name__, *said]).encode()).hexdigest()
    return folder / f"{name}.json"


def _folder() -> Path | None:
    chosen = os.environ.get(SWITCH, "")
    if chosen.lower() == "off":
        return None
    if chosen:
        return Path(chosen)
    try:
        return Path(bulk_module("platformdirs").user_cache_path("clausewise", False))
    except RuntimeError:
        return None


@cache
def _code() -> str:
    """Return a hash of the state of the code, by which Python sees that a module has changed."""
    digest = hashlib.sha256()
    for package in _MADE_OF:
        for root in _places(package):
            for entry in sorted(_files(root)):
                digest.update(f"{entry}\n".encode(errors="surrogateescape"))
    for root in _places("sqlglot"):
        with suppress(OSError):
            digest.update(Path(root, "_version.py").read_bytes())
    return digest.hexdigest()


def _files(root: str) -> Iterator[str]:
    """Yield each file of code in a folder: its path, size and time of change."""
    for folder, _, names in os.walk(root):
        for name in names:
            if name.endswith((".py", ".lark")):
                path = os.path.join(folder, name)
                state = os.stat(path)
                yield f"{path} {state.st_size} {state.st_mtime_ns}"


def _places(package: str) -> list[str]:
    spec = find_spec(package)
    return list(spec.submodule_search_locations or ()) if spec is not None else []


def _read(path: Path) -> bytes | None:
    try:
        with path.open("rb") as file:
            state = os.fstat(file.fileno())
            if hasattr(os, "getuid") and (state.st_uid != os.getuid() or state.st_mode & 0o022):
                return None
            seal, _, text = file.read().partition(b"\n")
    except OSError:
        return None
    return text if hashlib.sha256(text).hexdigest().encode() == seal else None


def _write(path: Path, text: bytes) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle, partial = tempfile.mkstemp(prefix=".", suffix=".part", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(hashlib.sha256(text).hexdigest().encode() + b"\n" + text)
        os.replace(partial, path)
    except BaseException:
        with suppress(OSError):
            os.unlink(partial)
        raise
    found = sorted(path.parent.glob("*.json"), key=lambda each: each.stat().st_mtime)
    for old in found[:-_MOST]:
        with suppress(OSError):
            old.unlink()
