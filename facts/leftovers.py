"""Names of unfinished files and folders that tell whose they are, and the removal of dead ones."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import socket
import stat
import tempfile
from contextlib import suppress
from pathlib import Path

_HOST = hashlib.sha256(socket.gethostname().encode()).hexdigest()[:6]
_MARK = re.compile(r"\.([0-9a-f]{6})-(\d{1,10})-[0-9a-f]{16}\.part")
"""Behind a name: host, process and something random; a folder is told by the same mark."""

SCRATCH = "clausewise"
"""Begins the name of a folder of temporary files."""


def unfinished(name: str) -> str:
    """Return a name for a file or folder that this process has not finished.

    Parameters
    ----------
    name : str
        What it will be called, or what it is for.

    Returns
    -------
    str
        A hidden name, another one each time.

    Examples
    --------
    >>> first, second = unfinished("out.csv"), unfinished("out.csv")
    >>> first.startswith(".out.csv."), first.endswith(".part"), first == second
    (True, True, False)
    """
    return f".{name[:100]}.{_HOST}-{os.getpid()}-{os.urandom(8).hex()}.part"


def scratch_folder() -> str:
    """Make a folder of temporary files that only this user can read, and return its path."""
    folder = os.path.join(tempfile.gettempdir(), unfinished(SCRATCH))
    os.mkdir(folder, 0o700)
    return folder


def remove_leftovers(folder: str | Path, name: str) -> list[str]:
    """Remove what processes that are gone left unfinished in a folder.

    What another host or another user made stays, and so does a link.

    Parameters
    ----------
    folder : str or Path
        Where to look.
    name : str
        What the unfinished files or folders were for, as for ``unfinished``.

    Returns
    -------
    list of str
        The names that were removed, in order.
    """
    removed = []
    with suppress(OSError):
        for entry in sorted(os.scandir(folder), key=lambda each: each.name):
            if _is_dead(entry, name):
                path = entry.path
                with suppress(OSError):
                    shutil.rmtree(path) if entry.is_dir(follow_symlinks=False) else os.unlink(path)
                    removed.append(entry.name)
    return removed


def _is_dead(entry: os.DirEntry[str], name: str) -> bool:
    """Return whether an entry is unfinished, ours, and of a process that is gone."""
    start = f".{name[:100]}"
    mark = _MARK.fullmatch(entry.name[len(start) :]) if entry.name.startswith(start) else None
    if mark is None or mark[1] != _HOST:
        return False
    with suppress(OSError):
        state = entry.stat(follow_symlinks=False)
        plain = stat.S_ISREG(state.st_mode) or stat.S_ISDIR(state.st_mode)
        mine = not hasattr(os, "getuid") or state.st_uid == os.getuid()
        return plain and mine and not _lives(int(mark[2]))
    return False


def _lives(process: int) -> bool:
    """Return whether a process runs, of whichever user."""
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True
