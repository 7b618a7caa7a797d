"""What commands print: tables, JSON, CSV; and messages on stderr."""

from __future__ import annotations

import json
import os
import sys
import unicodedata
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any, Literal

from explain.cli.bounded import BoundedDiagnostics
from facts.diagnostic import Diagnostic
from facts.json_number import json_number
from facts.spreadsheet import UNSEEN, csv_text, safe_cell
from facts.values import one_line
from facts.whole_file import unwritable

__all__ = [
    "csv_text",
    "data",
    "flush",
    "json_text",
    "message",
    "report",
    "safe_cell",
    "table_lines",
    "table_text",
    "visible",
]


def message(text: str) -> None:
    """Print a message for the person on stderr; where that cannot be written, nobody is told.

    Parameters
    ----------
    text : str
        What is printed.
    """
    try:
        print(visible(text), file=sys.stderr, flush=True)
    except OSError:
        discard("stderr")


def report(diagnostics: Iterable[Diagnostic]) -> None:
    """Print diagnostics on stderr: of every kind the first ones, and how many more there are.

    Those of claims come as ``BoundedDiagnostics``; of these a person can ask for all.
    """
    told, hint = BoundedDiagnostics(), ""
    if isinstance(diagnostics, BoundedDiagnostics):
        told, hint = diagnostics, "; `adjudicate --all-diagnostics` shows them all"
    else:
        told.extend(diagnostics)
    for diagnostic in told:
        message(diagnostic.render())
    if told.left_out:
        message(f"{told.left_out} like these{hint}")


def discard(name: Literal["stdout", "stderr"]) -> None:
    """Let nothing fail when the interpreter closes a stream at its end.

    Parameters
    ----------
    name : {"stdout", "stderr"}
        The stream.
    """
    try:
        os.dup2(os.open(os.devnull, os.O_WRONLY), getattr(sys, name).fileno())
    except (OSError, ValueError):
        setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: SIM115


def data(text: str) -> None:
    """Print data on stdout, so that no character of a claim can draw on a terminal.

    Parameters
    ----------
    text : str
        What is printed.

    Raises
    ------
    UsageError
        If stdout cannot be written to.
    """
    try:
        print(visible(text) if sys.stdout.isatty() else text)
    except BrokenPipeError:
        raise
    except OSError as fault:
        raise unwritable("the output", fault) from None


def flush() -> None:
    """Hand everything that was printed to whoever reads stdout."""
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        raise
    except OSError as fault:
        raise unwritable("the output", fault) from None


def visible(text: str) -> str:
    """Return a text with control and direction marks escaped, line ends kept.

    Examples
    --------
    >>> visible("a\\u202eb\\x1b[2J")
    'a\\\\u202eb\\\\x1b[2J'
    """
    if text.isascii() and text.replace("\n", "").isprintable():
        return text
    return "".join(
        character
        if character in "\n\t" or unicodedata.category(character) not in UNSEEN
        else character.encode("unicode_escape", "surrogatepass").decode("ascii")
        for character in text
    )


def json_text(value: Any) -> str:
    """Return one row of JSON; exact numbers stay exact.

    Parameters
    ----------
    value : Any
        A value, or dicts and lists of values.

    Examples
    --------
    >>> json_text({"units": Decimal("2.50")})
    '{"units": 2.5}'
    """
    return json.dumps(value, ensure_ascii=False, separators=(", ", ": "), default=_plain)


def _plain(value: object) -> int | float | str:
    if isinstance(value, (Decimal, Fraction)):
        return json_number(value)
    raise TypeError(f"no JSON for {type(value).__name__}")


def table_text(
    columns: Sequence[str], rows: Iterable[Sequence[object]], right: Collection[int] = ()
) -> str:
    """Return rows as aligned columns under a header, those of some places ``right`` aligned.

    Examples
    --------
    >>> print(table_text(("C", "L"), [("CLM1", 1), ("a\\nb", 2)]))
    C     L
    CLM1  1
    a\\nb  2
    """
    held = list(rows)
    return "\n".join(table_lines(columns, lambda: held, right))


def table_lines(
    columns: Sequence[str],
    rows: Callable[[], Iterable[Sequence[object]]],
    right: Collection[int] = (),
) -> Iterator[str]:
    """Yield the lines of a table; the rows are asked for twice, first for their widths.

    Parameters
    ----------
    columns : sequence of str
        The header.
    rows : callable
        Returns the rows.
    right : collection of int, optional
        Places of the columns that are aligned on the right.
    """
    widths = list(map(_width, columns))
    for row in rows():
        for place, cell in enumerate(row):
            widths[place] = max(widths[place], _width(one_line(str(cell))))
    yield _table_line(columns, widths, right)
    for row in rows():
        yield _table_line([one_line(str(cell)) for cell in row], widths, right)


def _table_line(cells: Sequence[str], widths: Sequence[int], right: Collection[int]) -> str:
    padded = []
    for place, (cell, width) in enumerate(zip(cells, widths, strict=True)):
        blanks = " " * (width - _width(cell))
        padded.append(blanks + cell if place in right else cell + blanks)
    return "  ".join(padded).rstrip()


def _width(text: str) -> int:
    """Return how many columns of a terminal a text takes."""
    if text.isascii():
        return len(text)
    return sum(
        0
        if unicodedata.combining(character)
        else 2
        if unicodedata.east_asian_width(character) in "WF"
        else 1
        for character in text
    )
