"""What a caller gives as claims, evidence or overrides: paths, frames, or records."""

from __future__ import annotations

import glob
import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from facts.diagnostic import InputError
from facts.readers.frames import Frame, TablePath, frames_of, is_frame
from facts.values import one_line

if TYPE_CHECKING:
    from facts.readers.batch import ClaimStream

ENGINES = ("pydatalog", "duckdb")
"""The engines by name: claim by claim, and all claims in one set."""


@dataclass(frozen=True, slots=True)
class Sources:
    """Files and frames that a caller gives.

    Parameters
    ----------
    paths : tuple of Path
        Files, in the order given.
    frames : tuple of Frame
        Data frames, in the order given.
    """

    paths: tuple[Path, ...] = ()
    frames: tuple[Frame, ...] = ()

    @property
    def all(self) -> list[TablePath]:
        """The files, then the frames."""
        return [*self.paths, *self.frames]

    def stream(self) -> ClaimStream:
        """Return the claims as a reader streams them."""
        from facts.readers.detect import open_claims

        return open_claims(self.all)

    @property
    def rows(self) -> int:
        """How many rows the frames have."""
        return sum(map(len, self.frames))


def sources_of(given: object, noun: str = "frame") -> Sources | None:
    """Return the files and frames that a caller gives; None where it gives something else.

    Parameters
    ----------
    given : object
        A path, a glob, a frame, or a list of these; anything else is no source.
    noun : str, optional
        What places call a frame.

    Raises
    ------
    InputError
        If there is no file of a path, or a frame has columns of the same name.
    UsageError
        If a frame cannot be read.

    Examples
    --------
    >>> sources_of([{"claim_id": "C1"}]) is None
    True
    """
    if isinstance(given, (str, os.PathLike)) or is_frame(given):
        items: list[Any] = [given]
    elif isinstance(given, (list, tuple)) and given and not hasattr(given, "_fields"):
        items = list(given)
    else:
        return None
    if not all(isinstance(each, (str, os.PathLike)) or is_frame(each) for each in items):
        return None
    named = [os.fspath(each) for each in items if isinstance(each, (str, os.PathLike))]
    frames = [each for each in items if not isinstance(each, (str, os.PathLike))]
    return Sources(tuple(_files(map(os.fsdecode, named))), tuple(frames_of(frames, noun)))


def _files(names: Iterable[str]) -> list[Path]:
    found: dict[str, None] = {}
    absent = []
    for name in names:
        matches = [name] if os.path.lexists(name) else sorted(glob.glob(name, recursive=True))
        if not matches:
            absent.append(name)
        found.update((match, None) for match in matches)
    if absent:
        raise InputError.of(
            f"there is no file `{one_line(absent[0])}`", "name a file, or a glob that fits one"
        )
    return [Path(each) for each in found]
