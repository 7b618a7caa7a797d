"""Dates that are written in another order than ISO dates, as month/day/year.

What order the dates of a column have is said by a person, or by themselves where they allow one.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from datetime import date

from facts.diagnostic import Diagnostic
from facts.origin import Origin
from facts.readers.layout import DATE_ORDERS
from facts.schema import CLAIM_COLUMNS, OVERRIDE_COLUMNS
from facts.spoiled import without_midnight
from facts.values import one_line

DATE_COLUMNS = tuple(
    dict.fromkeys(each.name for each in (*CLAIM_COLUMNS, *OVERRIDE_COLUMNS) if each.type == "date")
)

_PARTED = re.compile(r"(\d{1,2})([/.-])(\d{1,2})\2(\d{4})", re.ASCII)
_YEAR_FIRST = re.compile(r"(\d{4})([/.])(\d{1,2})\2(\d{1,2})", re.ASCII)
_PARTS = {"mdy": (0, 1), "dmy": (1, 0)}
"""The places of month and day."""


def is_parted(text: str) -> bool:
    """Return whether a text is a date of three parts, in another order than ISO dates.

    Examples
    --------
    >>> is_parted("6/1/2018 0:00"), is_parted("2018-06-01"), is_parted("1/2/18")
    (True, False, False)
    """
    bare = without_midnight(text.strip())
    return (_PARTED.fullmatch(bare) or _YEAR_FIRST.fullmatch(bare)) is not None


def iso_text(text: str, order: str) -> str | None:
    """Return a date of some order as an ISO date; None where it is none.

    Parameters
    ----------
    text : str
        A text that ``is_parted``.
    order : str
        ``mdy`` or ``dmy``; dates that begin with their year have one order.

    Examples
    --------
    >>> iso_text("6/1/2018", "mdy"), iso_text("6/1/2018", "dmy"), iso_text("2018/6/1", "")
    ('2018-06-01', '2018-01-06', '2018-06-01')
    """
    bare = without_midnight(text.strip())
    found = _YEAR_FIRST.fullmatch(bare)
    if found is not None:
        return _iso(found[1], found[3], found[4])
    found = _PARTED.fullmatch(bare)
    if found is None or order not in _PARTS:
        return None
    parts = (found[1], found[3])
    month, day = _PARTS[order]
    return _iso(found[4], parts[month], parts[day])


def order_of(texts: Iterable[str]) -> str:
    """Return the only order in which dates can be read that ``texts`` have; empty without one.

    Examples
    --------
    >>> order_of(["6/1/2018", "6/13/2018"]), order_of(["6/1/2018"])
    ('mdy', '')
    """
    only: set[str] = set()
    for text in texts:
        bare = without_midnight(text.strip())
        if _PARTED.fullmatch(bare) is not None:
            fits = [order for order in _PARTS if iso_text(bare, order) is not None]
            if len(fits) == 1:
                only.add(fits[0])
    return only.pop() if len(only) == 1 else ""


def _iso(year: str, month: str, day: str) -> str | None:
    try:
        return date(int(year), int(month), int(day)).isoformat()
    except ValueError:
        return None


class DateOrders:
    """The orders in which the columns of a file write dates.

    Parameters
    ----------
    source : str
        The file, as places name it.
    said : str
        What a person says: one of ``DATE_ORDERS``, or nothing.
    texts : callable
        Returns the texts of a column, to find its order where a person says nothing.

    Examples
    --------
    >>> dates = DateOrders("claims.csv", "", lambda column: ["6/1/2018", "6/13/2018"])
    >>> fields = {"service_date": "6/1/2018"}
    >>> dates.read(fields)
    >>> fields, [note.message for note in dates.notes()]
    ({'service_date': '2018-06-01'}, ['`service_date` of `claims.csv` is read as month/day/year'])
    """

    def __init__(self, source: str, said: str, texts: Callable[[str], Iterable[str]]) -> None:
        self._source = source
        self._said = said
        self._texts = texts
        self._found: dict[str, str] = {}
        self._used: dict[tuple[str, str], None] = {}

    def read(self, fields: dict[str, str]) -> None:
        """Write the dates of some ``fields`` as ISO dates, so far as their order is known."""
        for column in DATE_COLUMNS:
            text = fields.get(column)
            if text is not None and text[4:5] != "-" and is_parted(text):
                fields[column] = self.iso(column, text)

    def iso(self, column: str, text: str) -> str:
        """Return a date of a column as an ISO date, or the text where it cannot be one.

        Parameters
        ----------
        column : str
            The column.
        text : str
            A text that ``is_parted``.
        """
        first = _YEAR_FIRST.fullmatch(without_midnight(text.strip()))
        order = "ymd" if first is not None else self._order(column)
        made = iso_text(text, order)
        if made is None:
            return text
        self._used[column, order] = None
        return made

    def given(self, column: str, texts: Iterable[str]) -> None:
        """Find the order of a column in its texts, which need not be read again.

        Parameters
        ----------
        column : str
            The column.
        texts : iterable of str
            All of its texts, each at least once.
        """
        if column not in self._found:
            self._found[column] = self._said or order_of(texts)

    def notes(self, only: str = "") -> list[Diagnostic]:
        """Return a note for each column whose dates were read in another order; of ``only`` one."""
        return [
            Diagnostic(
                "note",
                f"`{column}` of `{one_line(self._source)}` is read as {DATE_ORDERS[order]}",
                Origin(self._source, f"column `{column}`"),
            )
            for column, order in self._used
            if not only or column == only
        ]

    def _order(self, column: str) -> str:
        if column not in self._found:
            self.given(column, () if self._said else self._texts(column))
        return self._found[column]
