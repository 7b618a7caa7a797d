"""Files and folders that a process has not finished, and the removal of what dead ones left.

Each has a random name that tells whose kind it is, and is locked as long as its process lives: the
system lets go of a lock however a process ends. What has such a name and no lock is left over.
"""

from __future__ import annotations

import os
import re
import shutil
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from facts.diagnostic import Diagnostic
from facts.values import quoted

fcntl: Any
try:
    import fcntl
except ImportError:  # no such locks: nothing is removed then
    fcntl = None

_MADE = re.compile(r"\.clausewise-[0-9a-f]{16}\..*\.part|clausewise-[0-9a-f]{16}", re.DOTALL)
_ALONE = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
_LONGEST = 180
"""Bytes of a name that are kept in the name of its part; a file system has room for some 255."""

_told: list[Diagnostic] = []


def new_part(target: Path) -> tuple[Path, int]:
    """Make a file beside another one, whose place it will take, and open it.

    Parameters
    ----------
    target : Path
        The file whose place it will take.

    Returns
    -------
    (Path, int)
        Its path and a descriptor; only its owner may read it.

    Raises
    ------
    OSError
        If it cannot be made.
    """
    while True:
        name = target.name.encode(errors="ignore")[:_LONGEST].decode(errors="ignore")
        path = target.with_name(f".clausewise-{_random()}.{name}.part")
        made = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | _ALONE, 0o600)
        if _locked_anew(made):
            return path, made


@contextmanager
def scratch_folder() -> Iterator[str]:
    """Give a new folder for temporary files, which is removed when the block ends.

    Only its owner can look into it. What dead processes left beside it is removed first.

    Yields
    ------
    str
        Its path.

    Examples
    --------
    >>> with scratch_folder() as folder:
    ...     os.listdir(folder)
    []
    >>> os.path.exists(folder)
    False
    """
    parent = tempfile.gettempdir()
    remove_leftovers(parent)
    path, lock = _new_folder(parent)
    try:
        yield path
    finally:
        shutil.rmtree(path, ignore_errors=True)
        if lock is not None:
            os.close(lock)


def remove_leftovers(folder: str | Path) -> list[str]:
    """Remove what processes that are gone left unfinished in a folder.

    What another user owns stays, and so does a link. ``removals`` tells of it.

    Parameters
    ----------
    folder : str or Path
        Where to look.

    Returns
    -------
    list of str
        The names that were removed, in order.
    """
    removed: list[str] = []
    if fcntl is None:
        return removed
    with suppress(OSError), os.scandir(folder) as entries:
        found = sorted(entry.name for entry in entries if _MADE.fullmatch(entry.name))
        removed = [name for name in found if _removed(os.path.join(folder, name))]
    if removed:
        noun = "file or folder" if len(removed) == 1 else "files or folders"
        message = (
            f"{len(removed)} unfinished {noun} of runs that were killed "
            f"{'was' if len(removed) == 1 else 'were'} removed from {quoted(str(folder))}"
        )
        _told.append(Diagnostic("note", message))
    return removed


def removals() -> list[Diagnostic]:
    """Return notes on what was removed since this was asked last."""
    found = _told.copy()
    del _told[: len(found)]
    return found


def _random() -> str:
    return os.urandom(8).hex()


def _new_folder(parent: str) -> tuple[str, int | None]:
    while True:
        path = os.path.join(parent, f"clausewise-{_random()}")
        os.mkdir(path, 0o700)
        if fcntl is None:
            return path, None
        with suppress(FileNotFoundError):
            lock = os.open(path, os.O_RDONLY | _ALONE)
            if _locked_anew(lock):
                return path, lock


def _locked_anew(made: int) -> bool:
    """Lock what was just made; close it where somebody took it for left over and removed it."""
    if fcntl is None:
        return True
    with suppress(OSError):
        fcntl.flock(made, fcntl.LOCK_EX)
    if os.fstat(made).st_nlink:
        return True
    os.close(made)
    return False


def _removed(path: str) -> bool:
    """Remove a file or folder of ours that no process holds; return whether that was done."""
    try:
        held = os.open(path, os.O_RDONLY | _ALONE)
    except OSError:
        return False
    try:
        state = os.fstat(held)
        is_folder = stat.S_ISDIR(state.st_mode)
        if state.st_uid != os.geteuid() or not (is_folder or stat.S_ISREG(state.st_mode)):
            return False
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        if not os.path.samestat(state, os.lstat(path)):
            return False
        shutil.rmtree(path) if is_folder else os.unlink(path)
    except OSError:
        return False
    finally:
        os.close(held)
    return True
