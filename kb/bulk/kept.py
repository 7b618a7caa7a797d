"""Scripts of policies that are kept between runs, so that the same rules are compiled once.

A kept script is a file of JSON in the user's cache folder. It is named by a hash of all that it is
made of: the policy, its settings, the code of this package and the version of sqlglot. It begins
with the hash of the rest; a file that does not fit, or that another user could have written, is
made anew. A cache that cannot be written is no fault.
"""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import asdict, fields, is_dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from types import NoneType, UnionType
from typing import Any, get_args, get_origin, get_type_hints

from facts.extras import bulk_module
from kb.compile.fused.line_script import LineScript

SWITCH = "CLAUSEWISE_CACHE"
"""Environment variable: another folder, or ``off``."""

_MOST = 30
"""Scripts that are kept; the oldest go."""

_MADE_OF = ("facts", "kb")
"""The packages whose code tells what a script says."""


def kept_script(said: Iterable[str], make: Callable[[], LineScript]) -> LineScript:
    """Return a script that is kept, or make it and keep it.

    Parameters
    ----------
    said : iterable of str
        All that the script depends on beside the code.
    make : callable
        Returns the script.

    Examples
    --------
    >>> import unittest.mock
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     with unittest.mock.patch.dict(os.environ, {SWITCH: folder}):
    ...         made = kept_script(["a policy"], lambda: LineScript(asked="SELECT 1"))
    ...         kept = kept_script(["a policy"], lambda: LineScript())
    >>> made == kept
    True
    """
    folder = _folder()
    if folder is None:
        return make()
    name = hashlib.sha256(json.dumps([_code(), *said]).encode()).hexdigest()
    path = folder / f"{name}.json"
    script = _read(path)
    if script is None:
        script = make()
        if all(type(value) in (str, int) for _, row in script.answers for value in row):
            with suppress(OSError):
                _keep(path, script)
    return script


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
    """Return a hash of the code that makes scripts."""
    digest = hashlib.sha256()
    for package in _MADE_OF:
        for root in _places(package):
            for folder, folders, names in os.walk(root):
                folders.sort()
                for name in sorted(names):
                    if name.endswith((".py", ".lark")):
                        digest.update(Path(folder, name).read_bytes())
    for root in _places("sqlglot"):
        with suppress(OSError):
            digest.update(Path(root, "_version.py").read_bytes())
    return digest.hexdigest()


def _places(package: str) -> list[str]:
    spec = find_spec(package)
    return list(spec.submodule_search_locations or ()) if spec is not None else []


def _read(path: Path) -> LineScript | None:
    try:
        with path.open("rb") as file:
            state = os.fstat(file.fileno())
            if hasattr(os, "getuid") and (state.st_uid != os.getuid() or state.st_mode & 0o022):
                return None
            seal, _, text = file.read().partition(b"\n")
    except OSError:
        return None
    if hashlib.sha256(text).hexdigest().encode() != seal:
        return None
    script: LineScript = _made(LineScript, json.loads(text))
    return script


def _keep(path: Path, script: LineScript) -> None:
    text = json.dumps(asdict(script), ensure_ascii=True).encode()
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle, beside = tempfile.mkstemp(prefix=".", suffix=".part", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(hashlib.sha256(text).hexdigest().encode() + b"\n" + text)
        os.replace(beside, path)
    except BaseException:
        with suppress(OSError):
            os.unlink(beside)
        raise
    kept = sorted(path.parent.glob("*.json"), key=lambda each: each.stat().st_mtime)
    for old in kept[:-_MOST]:
        with suppress(OSError):
            old.unlink()


def _made(kind: Any, value: Any) -> Any:
    """Return a value of JSON as what its type says: dataclasses and tuples."""
    if isinstance(kind, type) and is_dataclass(kind):
        hints = _hints(kind)
        return kind(**{name: _made(hints[name], value[name]) for name in hints})
    if get_origin(kind) is tuple:
        of, *rest = get_args(kind)
        if rest == [...]:
            return tuple(_made(of, each) for each in value)
        return tuple(_made(one, each) for one, each in zip((of, *rest), value, strict=True))
    if get_origin(kind) is UnionType and value is not None:
        (only, *others) = (each for each in get_args(kind) if each is not NoneType)
        return value if others else _made(only, value)
    return value


@cache
def _hints(kind: type) -> dict[str, Any]:
    hints = get_type_hints(kind)
    return {each.name: hints[each.name] for each in fields(kind)}
