"""Files that a run writes: what their endings ask for, and when they are left as they were."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from facts.diagnostic import Diagnostic, InputError, UsageError
from facts.origin import Origin
from facts.values import one_line

ENDINGS = {".jsonl": "jsonl", ".ndjson": "jsonl", ".csv": "csv"}
"""What the end of a file's name says of what to write."""

_OTHER_ENDINGS = (".ndjson", ".pq", ".htm")


@dataclass(frozen=True, slots=True)
class OutputFile:
    """A file to write.

    Parameters
    ----------
    path : path
        The file.
    allow_empty : bool, optional
        Whether it is written where no line was read.
    """

    path: str | Path
    allow_empty: bool = False

    @classmethod
    def of(cls, output: str | Path | OutputFile) -> OutputFile:
        """Return the file that an ``output`` names."""
        return output if isinstance(output, OutputFile) else cls(output)

    def takes(self, lines_read: int) -> bool:
        """Return whether it is written where so many lines were read, ``lines_read``."""
        return lines_read > 0 or self.allow_empty

    def not_written(self) -> Diagnostic:
        """Return the error of a run that read no line."""
        name = str(self.path)
        message = f"`{one_line(name)}` is not written, as no line was read"
        return Diagnostic("error", message, Origin(name), "--allow-empty writes it nevertheless")


def format_by_ending(output: str | Path, endings: Mapping[str, str] = ENDINGS) -> str:
    """Return the format that the ending of a file's name asks for.

    Parameters
    ----------
    output : path
        Name of the file.
    endings : mapping of str to str, optional
        The formats that there are, by ending.

    Raises
    ------
    UsageError

    Examples
    --------
    >>> format_by_ending("out.csv")
    'csv'
    """
    kind = endings.get(Path(output).suffix.lower())
    if kind is None:
        names = [ending for ending in endings if ending not in _OTHER_ENDINGS]
        firsts = f"{', in '.join(names[:-1])} or in " if len(names) > 1 else ""
        help = f"end it in {firsts}{names[-1]}"
        raise UsageError.of(f"`{one_line(str(output))}` has an unknown ending", help)
    return kind


def missing_file(path: str | Path) -> Diagnostic | None:
    """Return what keeps the file of a ``path`` from being opened, if anything does."""
    name = one_line(str(path))
    place = Origin(str(path))
    try:
        found = os.stat(path)
    except FileNotFoundError:
        help = "look at the name and the folder"
        return Diagnostic("error", f"there is no file `{name}`", place, help)
    except (OSError, ValueError) as fault:
        return cannot_be_read(path, fault)
    if stat.S_ISDIR(found.st_mode):
        return Diagnostic("error", f"`{name}` is a folder", place, "name the files in it")
    if not os.access(path, os.R_OK):
        return cannot_be_read(path, PermissionError(13, "Permission denied"))
    return None


def cannot_be_read(path: str | Path, fault: Exception) -> Diagnostic:
    """Return the diagnostic for a path whose file the system does not give, for some fault."""
    reason = (fault.strerror or "") if isinstance(fault, OSError) else "it is no name of a file"
    message = f"`{one_line(str(path))}` cannot be read: {reason[:1].lower()}{reason[1:]}"
    return Diagnostic("error", message, Origin(str(path)))


def hold_existing(output: str | Path, target: Path, inputs: Iterable[str | Path]) -> None:
    """Let a file that exists be as it was where a file to read is missing.

    Parameters
    ----------
    output : path
        The file to write, as a person named it.
    target : Path
        The file itself.
    inputs : iterable of path
        Files to read.

    Raises
    ------
    InputError
        If the file exists, and one to read is missing or cannot be opened.
    """
    if not target.exists():
        return
    found = [fault for path in dict.fromkeys(inputs) if (fault := missing_file(path)) is not None]
    if found:
        message = f"`{one_line(str(output))}` is left as it was"
        help = "a file that was there is replaced only if all files can be read"
        raise InputError([*found, Diagnostic("note", message, Origin(str(output)), help)])
