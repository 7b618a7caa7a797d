"""Files that are written whole or not at all."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from facts.diagnostic import UsageError


@contextmanager
def whole_file(path: str | Path, private: bool = False) -> Iterator[BinaryIO]:
    """Give a new file in the same folder, which takes the place of a file when the block ends.

    Where the block fails, the new file is removed and the old one stays as it was. The new file has
    a random name that nothing had before, so that nothing is written through a link.

    Parameters
    ----------
    path : str or Path
        The file to write.
    private : bool, optional
        Whether only its owner may read the file; otherwise whoever may read new files.

    Yields
    ------
    BinaryIO
        The new file, open for writing; ``name`` is its path.

    Raises
    ------
    OSError
        If the file cannot be written.

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
    made = target.with_name(f".{target.name[:100]}.{os.urandom(8).hex()}.part")
    with open(made, "xb", opener=_private) as file:
        try:
            yield file
            file.close()
            if not private:
                os.chmod(made, 0o666 & ~_umask())
            os.replace(made, target)
        finally:
            with suppress(OSError):
                file.close()
            with suppress(OSError):
                made.unlink()


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


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
