"""What is kept between runs, so that the same rules are read, checked and compiled once.

A kept value is a file of JSON in the user's cache folder. It is named by a hash of all that it was
made of: the policy as it was loaded, its settings, the code of this package and the version of
sqlglot. It begins with a hash of its name and of the rest; a file that does not fit is made anew.
What another user owns or may write, a link, and what is no plain file, is not read, and a note says
so. A cache that cannot be written is no fault.
"""

from __future__ import annotations

import hashlib
import json
import os
import stat
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import TypeVar

from facts.diagnostic import Diagnostic
from facts.extras import bulk_module
from facts.values import quoted
from facts.whole_file import whole_file
from kb.planning.codec import plain, value_of

T = TypeVar("T")

SWITCH = "CLAUSEWISE_CACHE"
"""Environment variable: another folder, or ``off``."""

_MOST = 30
"""Values that are kept; the oldest go."""

_MOST_BYTES = 100_000_000

_UNTRUSTED_HELP = (
    f"give the folder to its user alone, or name another one in {SWITCH}; `off` keeps nothing"
)

_MADE_OF = ("facts", "kb")
"""The packages whose code decides what is made of a policy."""


def kept(kind: type[T], said: Iterable[str], notes: list[Diagnostic] | None = None) -> T | None:
    """Return a value that is kept, if there is one.

    Parameters
    ----------
    kind : type
        A dataclass of texts, numbers, dates, tuples and further dataclasses.
    said : iterable of str
        All that the value depends on in addition to the code.
    notes : list of Diagnostic, optional
        Gathers what a person should know of what is not read.

    Examples
    --------
    >>> import tempfile, unittest.mock
    >>> from facts.claim import EvidenceType
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     with unittest.mock.patch.dict(os.environ, {SWITCH: folder}):
    ...         keep(["a policy"], EvidenceType("dose", "number"))
    ...         kept(EvidenceType, ["a policy"]).name, kept(EvidenceType, ["another policy"])
    ('dose', None)
    """
    path = _path(kind, said, _code())
    if path is None:
        return None
    try:
        text = _read(path)
        return None if text is None else value_of(kind, json.loads(text))
    except _Untrusted as fault:
        if notes is not None:
            notes.append(Diagnostic("note", str(fault), None, _UNTRUSTED_HELP))
    except (TypeError, ValueError, RecursionError):
        forget(kind, said)
    return None


def forget(kind: type, said: Iterable[str]) -> None:
    """Remove a value that is kept, so that it is made anew.

    Parameters
    ----------
    kind : type
        The dataclass of the value.
    said : iterable of str
        As it was kept.
    """
    path = _path(kind, said, _code())
    if path is not None:
        with suppress(OSError):
            path.unlink()


def keep(said: Iterable[str], value: object) -> None:
    """Keep a value for runs to come, where it comes back from its file as it is.

    Nothing is kept where the code has changed since this process first looked at it: part of the
    value may be of the code before, part of the code after.

    Parameters
    ----------
    said : iterable of str
        All that the value depends on in addition to the code.
    value : dataclass
        A value as ``kept`` describes it.
    """
    path = _path(type(value), said, _code())
    if path is None or _code() != _code_now():
        return
    try:
        text = json.dumps(plain(value), ensure_ascii=True)
        same = value_of(type(value), json.loads(text)) == value
    except (TypeError, ValueError):
        return
    if same:
        with suppress(OSError, _Untrusted):
            _write(path, text.encode())


def _path(kind: type, said: Iterable[str], code: str) -> Path | None:
    folder = _folder()
    if folder is None:
        return None
    name = hashlib.sha256(json.dumps([code, kind.__name__, *said]).encode()).hexdigest()
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
    """Return the state of the code as this process first saw it."""
    return _code_now()


def _code_now() -> str:
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


class _Untrusted(Exception):
    """A file or folder that is not read, because others may have put something into it."""


def _hold(what: str, state: os.stat_result, is_kind: Callable[[int], bool], kind: str) -> None:
    """Refuse what is of another kind, or what another user owns or may write."""
    if not is_kind(state.st_mode):
        raise _Untrusted(f"{what} is not read: it is no plain {kind}")
    if not hasattr(os, "geteuid"):
        return
    if state.st_uid != os.geteuid():
        raise _Untrusted(f"{what} is not read: another user owns it")
    if state.st_mode & 0o022:
        raise _Untrusted(f"{what} is not read: other users may write to it")


def _hold_folder(folder: Path) -> None:
    what = f"the cache folder {quoted(str(folder))}"
    _hold(what, os.lstat(folder), stat.S_ISDIR, "folder")


def _read(path: Path) -> bytes | None:
    what = f"the file {quoted(path.name)} of the cache"
    try:
        _hold_folder(path.parent)
        _hold(what, os.lstat(path), stat.S_ISREG, "file")
        with open(path, "rb", opener=_never_through_a_link) as file:
            _hold(what, os.fstat(file.fileno()), stat.S_ISREG, "file")
            seal, _, text = file.read(_MOST_BYTES).partition(b"\n")
    except OSError:
        return None
    return text if _seal(path, text) == seal else None


def _never_through_a_link(path: str, flags: int) -> int:
    return os.open(path, flags | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0))


def _seal(path: Path, text: bytes) -> bytes:
    return hashlib.sha256(path.name.encode() + b"\n" + text).hexdigest().encode()


def _write(path: Path, text: bytes) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    _hold_folder(path.parent)
    with whole_file(path, private=True) as file:
        file.write(_seal(path, text) + b"\n" + text)
    found = sorted(path.parent.glob("*.json"), key=lambda each: each.lstat().st_mtime)
    for old in found[:-_MOST]:
        with suppress(OSError):
            old.unlink()
