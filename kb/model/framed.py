"""What can be had as a data frame, and is shown as a table in a notebook."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Sequence
from html import escape
from typing import TYPE_CHECKING, Any

from facts.extras import frame_module

if TYPE_CHECKING:
    import pandas
    import polars
    import pyarrow

_MOST_ROWS = 20
"""Rows that a notebook shows of a table."""


class Framed(ABC):
    """A table of rows that Arrow, polars and pandas can take; needs the extra ``frames``."""

    __slots__ = ()

    @abstractmethod
    def to_arrow(self) -> pyarrow.Table:
        """Return an Arrow table; numbers are whole or exact decimals.

        Raises
        ------
        UsageError
            If the extra ``clausewise[frames]`` is not installed.
        """

    def to_polars(self) -> polars.DataFrame:
        """Return a polars frame with the columns and types of ``to_arrow``."""
        frame: polars.DataFrame = frame_module("polars").from_arrow(self.to_arrow())
        return frame

    def to_pandas(self) -> pandas.DataFrame:
        """Return a pandas frame; decimals are ``decimal.Decimal``, never floats."""
        frame_module("pandas")
        return self.to_arrow().to_pandas(integer_object_nulls=True)


def html_table(
    columns: Sequence[str], rows: Iterable[Sequence[Any]], count: int, caption: str
) -> str:
    """Return the first rows of a table as HTML for a notebook; every text is escaped.

    Parameters
    ----------
    columns : sequence of str
        Their names.
    rows : iterable of sequence
        The rows; no more are taken than are shown.
    count : int
        How many rows there are.
    caption : str
        One sentence above the table.

    Examples
    --------
    >>> html_table(["C"], [["<b>"]], 1, "1 row")
    '<table><caption>1 row</caption><tr><th>C</th></tr><tr><td>&lt;b&gt;</td></tr></table>'
    """
    heads = "".join(f"<th>{escape(name)}</th>" for name in columns)
    body = "".join(
        "<tr>" + "".join(f"<td>{escape(_text(cell))}</td>" for cell in row) + "</tr>"
        for _, row in zip(range(_MOST_ROWS), rows, strict=False)
    )
    more = count - _MOST_ROWS
    if more > 0:
        body += f'<tr><td colspan="{len(columns)}">and {more:,} more</td></tr>'
    return f"<table><caption>{escape(caption)}</caption><tr>{heads}</tr>{body}</table>"


def _text(value: Any) -> str:
    return "" if value is None else str(value)
