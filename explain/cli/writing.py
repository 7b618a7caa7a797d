"""Write a file that is either there whole, or not touched."""

from __future__ import annotations

import glob
import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from io import TextIOWrapper
from pathlib import Path

from explain.cli.output import data
from facts.diagnostic import UsageError
from facts.outputs import hold_existing
from facts.values import one_line
from facts.whole_file import real_target, unwritable, whole_file


@contextmanager
def destination(
    output: str | None, inputs: Iterable[str] = (), keep: Callable[[], bool] | None = None
) -> Iterator[Callable[[str], None]]:
    """Give a function that writes one row: to stdout, or to a file that is written whole or not.

    Parameters
    ----------
    output : str or None
        A file, or None for stdout.
    inputs : iterable of str
        Files that are read meanwhile, none of which may be written over.
    keep : callable, optional
        Tells at the end whether the file is kept; one that was there stays as it was otherwise.

    Raises
    ------
    UsageError
        If the file cannot be written.
    """
    if output is None:
        yield data
        return
    what = f"`{one_line(output)}`"
    path = check_target(output, inputs)
    with ExitStack() as stack:
        with _writing(what):
            file = TextIOWrapper(
                stack.enter_context(whole_file(path, keep=keep)),
                encoding="utf-8",
                errors="backslashreplace",
                newline="",
            )

        def write(text: str) -> None:
            with _writing(what):
                file.write(text + "\n")

        yield write
        with _writing(what):
            file.flush()
            stack.close()


@contextmanager
def _writing(what: str) -> Iterator[None]:
    """Report a file that cannot be written to a person."""
    try:
        yield
    except OSError as fault:
        raise unwritable(what, fault) from None


def check_target(output: str, inputs: Iterable[str]) -> Path:
    """Return the file that is to be written.

    Parameters
    ----------
    output : str
        Name of the file.
    inputs : iterable of str
        Files that are read, none of which may be written over.

    Raises
    ------
    UsageError
        If it is a folder, or one of the files that are read.
    InputError
        If it exists, and a file to read is missing.
    """
    what, inputs = f"`{one_line(output)}`", list(inputs)
    path = real_target(output)
    if path.is_dir():
        raise UsageError.of(f"{what} is a folder", "name a file in it")
    if path in {Path(os.path.realpath(name)) for name in inputs}:
        raise UsageError.of(f"{what} is one of the files to read", "write to another file")
    missed = [name for name in inputs if os.path.lexists(name) or not glob.glob(name)]
    hold_existing(output, path, missed)
    return path
