"""Open a file a person named: what keeps it from being read becomes one clear sentence."""

from __future__ import annotations

from pathlib import Path

from facts.diagnostic import Diagnostic
from facts.origin import Origin

_LOOK = 65_536
"""Bytes that are looked at to tell text from something else."""


def look(path: Path) -> tuple[str, Diagnostic | None]:
    """Return the beginning of a text file, or what keeps it from being read.

    Parameters
    ----------
    path : Path

    Returns
    -------
    str
        Empty where there is a diagnostic.
    Diagnostic or None
    """
    source = str(path)
    try:
        if path.exists() and not (path.is_file() or path.is_dir()):
            return "", _fault(
                f"`{source}` can be read only once, and claims are read twice",
                source,
                "write it to a file first, and name that file",
            )
        with path.open("rb") as file:
            head = file.read(_LOOK)
    except FileNotFoundError:
        return "", _fault(f"there is no file `{source}`", source, "look at the name and the folder")
    except IsADirectoryError:
        return "", _fault(f"`{source}` is a folder", source, "name the files in it")
    except OSError as fault:
        return "", _fault(f"`{source}` cannot be read: {fault.strerror}", source)
    if not head.strip():
        return "", _fault(f"`{source}` is empty", source, "was it cut off on its way?")
    if b"\0" in head or head.startswith((b"PK\x03\x04", b"PAR1", b"\x1f\x8b", b"%PDF")):
        return "", _fault(
            f"`{source}` is not a text file",
            source,
            "claims are read from CSV, JSONL and 837 files",
        )
    try:
        return head.decode("utf-8-sig"), None
    except UnicodeDecodeError as fault:
        if len(head) == _LOOK and fault.start >= _LOOK - 4:
            return head[: fault.start].decode("utf-8-sig"), None
        return "", _fault(
            f"`{source}` is not UTF-8 text: byte {fault.start + 1} cannot be read",
            source,
            "save it as UTF-8",
        )


def _fault(message: str, source: str, help: str = "") -> Diagnostic:
    return Diagnostic("error", message, Origin(source), help)
