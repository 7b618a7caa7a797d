"""Write a folder of files, each of which is there whole or not at all."""

from __future__ import annotations

import os
import re
from collections.abc import Collection
from pathlib import Path

from facts.diagnostic import UsageError
from facts.leftovers import new_part, remove_leftovers
from facts.values import one_line
from facts.whole_file import unwritable, whole_file

MASKED_NAME = re.compile(r"claim-[0-9]{4,}")
"""How the documents of masked claims are named, without their endings."""


class OutputFolder:
    """A folder to write to.

    Parameters
    ----------
    path : str
        It is made where it does not exist.

    Raises
    ------
    UsageError
        If it is a file, or cannot be made or written to.
    """

    def __init__(self, path: str) -> None:
        self.name = f"`{one_line(path)}`"
        self.path = Path(path)
        self.written: set[str] = set()
        if self.path.exists() and not self.path.is_dir():
            raise UsageError.of(f"{self.name} is a file, not a folder", "name a folder")
        try:
            self.path.mkdir(parents=True, exist_ok=True)
            remove_leftovers(self.path)
            part, handle = new_part(self.path / "folder")
            os.close(handle)
            part.unlink()
        except OSError as fault:
            raise unwritable(self.name, fault) from None

    def write(self, name: str, content: bytes) -> None:
        """Write a file of the folder.

        Parameters
        ----------
        name : str
            Name of the file in the folder.
        content : bytes
            The bytes of the file.

        Raises
        ------
        UsageError
            If it cannot be written.
        """
        write_bytes(self.path / name, content, f"`{one_line(str(self.path / name))}`", swept=True)
        self.written.add(name)

    def hold_masked(self, names: Collection[str]) -> None:
        """Let documents that are not masked not come among those that are.

        Parameters
        ----------
        names : collection of str
            File names that will be written, none of which is masked.

        Raises
        ------
        UsageError
            If the folder has documents of masked claims.
        """
        for path in sorted(self.path.iterdir()):
            if MASKED_NAME.fullmatch(path.stem) and path.name not in names:
                message = f"{self.name} has masked documents, as `{one_line(path.name)}`"
                help = "name another folder, or give --mask"
                raise UsageError.of(message, help)

    def others(self, suffix: str) -> int:
        """Return the number of files with an ending that were not written now.

        Parameters
        ----------
        suffix : str
            How the names of files end.
        """
        return sum(
            path.suffix == suffix and path.name not in self.written for path in self.path.iterdir()
        )


def write_bytes(path: Path, content: bytes, what: str, swept: bool = False) -> None:
    """Write a file whole or not at all.

    Parameters
    ----------
    path : Path
        The file.
    content : bytes
        The bytes of the file.
    what : str
        The file as a message names it.
    swept : bool, optional
        Whether the folder was rid of leftovers already.

    Raises
    ------
    UsageError
        If it cannot be written.
    """
    try:
        with whole_file(path, swept=swept) as file:
            file.write(content)
    except OSError as fault:
        raise unwritable(what, fault) from None
