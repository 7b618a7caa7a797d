"""Files that are written whole or not at all."""

from __future__ import annotations

import errno
import io
import os
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from facts.diagnostic import UsageError
from facts.leftovers import new_part, remove_leftovers
from facts.values import quoted

_DESCRIPTORS = ("/proc/self/fd",)
"""Folders that have the open files of this process by their numbers."""


@contextmanager
def whole_file(
    path: str | Path,
    private: bool = False,
    swept: bool = False,
    keep: Callable[[], bool] | None = None,
) -> Iterator[BinaryIO]:
    """Give a new file in the same folder, which takes the place of a file when the block ends.

    Where the block fails, the new file is removed and the old one stays as it was. The new file has
    a random name that nothing had before, so that nothing is written through a link. What killed
    processes left unfinished in the folder is removed first.

    Parameters
    ----------
    path : str or Path
        The file to write.
    private : bool, optional
        Whether only its owner may read the file; otherwise whoever may read new files.
    swept : bool, optional
        Whether the folder was rid of leftovers already, where many files are written to it.
    keep : callable, optional
        Tells at the end of the block whether the new file is kept.

    Yields
    ------
    BinaryIO
        The new file, open for writing; ``name`` is a path by which others can write it.

    Raises
    ------
    OSError
        If the file cannot be written.

    See Also
    --------
    facts.leftovers : what becomes of the new file where the process is killed.

    Examples
    --------
    >>> import tempfile
    >>> target = Path(tempfile.mkdtemp(), "out.txt")
    >>> with whole_file(target) as file:
    ...     _ = file.write(b"all of it")
    ...     target.exists()
    False
    >>> target.read_text()
    'all of it'
    """
    target = Path(path)
    if not swept:
        remove_leftovers(target.parent)
    made, handle = new_part(target)
    raw = io.FileIO(handle, "wb")
    raw.name = _path_of(handle, made)
    with io.BufferedWriter(raw) as file:
        try:
            yield file
            file.flush()
            if keep is not None and not keep():
                return
            if not private:
                os.chmod(handle if os.chmod in os.supports_fd else made, 0o666 & ~_umask())
            if not os.path.samestat(os.fstat(handle), os.lstat(made)):
                raise OSError(errno.EEXIST, "another process took its place")
            if os.name == "nt":
                file.close()
            os.replace(made, target)
        finally:
            with suppress(OSError):
                file.close()
            with suppress(OSError):
                made.unlink()


def real_target(path: str | Path) -> Path:
    """Return the file that is written where somebody names a path, links followed.

    Parameters
    ----------
    path : str or Path
        As a person gave it.

    Raises
    ------
    UsageError
        If it is a link of another user: whoever put it there would choose the file.
    """
    with suppress(OSError):
        link = os.lstat(path)
        if stat.S_ISLNK(link.st_mode) and os.name == "posix" and not _is_trusted(link.st_uid):
            message = f"{quoted(str(path))} is a link that another user has put there"
            raise UsageError.of(message, "choose another file or folder")
    return Path(os.path.realpath(path))


def _is_trusted(user: int) -> bool:
    """Return whether a user is the one of this process, or the administrator."""
    return user in (0, os.geteuid())


def _path_of(handle: int, made: Path) -> str:
    """Return a path of an open file that nobody can turn into a link."""
    for folder in _DESCRIPTORS:
        path = f"{folder}/{handle}"
        with suppress(OSError):
            if os.path.samestat(os.stat(path), os.fstat(handle)):
                return path
    return str(made)


def unwritable(what: str, reason: str | OSError) -> UsageError:
    """Return the error of a file that cannot be written.

    Parameters
    ----------
    what : str
        The file as a message names it.
    reason : str or OSError
        Why it cannot be written.

    Returns
    -------
    UsageError

    Examples
    --------
    >>> print(unwritable("`out.csv`", PermissionError(13, "Permission denied")))
    error: `out.csv` cannot be written: permission denied
      = help: choose another file or folder, or make room
    """
    if isinstance(reason, OSError):
        reason = (reason.strerror or "unknown reason").lower()
    help = "choose another file or folder, or make room"
    return UsageError.of(f"{what} cannot be written: {reason}", help)


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
