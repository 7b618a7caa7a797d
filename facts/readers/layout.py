"""How tables of claims are laid out: what stands for which column, and how dates are written."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Self, TypeVar

from facts.diagnostic import UsageError
from facts.readers.frames import TablePath
from facts.schema import CLAIM_COLUMNS
from facts.suggest import near_help
from facts.values import one_line, quoted

P = TypeVar("P", bound=TablePath)

IGNORE = "ignore"
"""Stands for no column: what is mapped to it is not read, and nothing is said of it."""

DATE_ORDERS = {"ymd": "year/month/day", "mdy": "month/day/year", "dmy": "day/month/year"}

_COLUMNS = tuple(each.name for each in CLAIM_COLUMNS)
_HELP = "write it as in claim_id=ACCT,service_date=DOS, or name a TOML file"


@dataclass(frozen=True, slots=True)
class Layout:
    """What a person says of the columns of their tables.

    Parameters
    ----------
    columns : mapping of str to sequence of str, optional
        For columns of the claim table the headings that stand for them; several are joined in
        their order.
    ignored : frozenset of str, optional
        Headings that are not read.
    dates : str, optional
        One of ``DATE_ORDERS``. If absent, dates are ISO dates, or in the one order that all dates
        of a column of a file allow.

    Examples
    --------
    >>> Layout.of(["claim_id=ACCT,modifiers=M1,modifiers=M2"], "mdy").columns
    {'claim_id': ('ACCT',), 'modifiers': ('M1', 'M2')}
    """

    columns: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    ignored: frozenset[str] = frozenset()
    dates: str = ""

    @classmethod
    def of(cls, maps: Iterable[str] = (), dates: str | None = None) -> Self:
        """Return the layout that texts describe.

        Parameters
        ----------
        maps : iterable of str, optional
            ``claim_id=ACCT,service_date=DOS``, or the name of a TOML file with such pairs.
        dates : str, optional
            One of ``DATE_ORDERS``.

        Raises
        ------
        UsageError
            If a text is no mapping, or a file cannot be read.
        """
        pairs: list[tuple[str, str]] = []
        for text in maps:
            if "=" not in text:
                given, said = _of_file(text)
                pairs += given
                dates = dates or said
                continue
            for pair in text.split(","):
                column, sign, name = pair.partition("=")
                if not sign or not name.strip():
                    raise UsageError.of(f"`--map {one_line(text)}` is no mapping", _HELP)
                pairs.append((column.strip(), name.strip()))
        return cls._made(pairs, dates or "")

    @classmethod
    def _made(cls, pairs: Iterable[tuple[str, str]], dates: str) -> Self:
        columns: dict[str, tuple[str, ...]] = {}
        ignored: set[str] = set()
        for column, name in pairs:
            if column == IGNORE:
                ignored.add(name)
            elif column not in _COLUMNS:
                help = near_help(column, (*_COLUMNS, IGNORE))
                raise UsageError.of(f"claims have no column {quoted(column)}", help)
            elif name not in columns.get(column, ()):
                columns[column] = (*columns.get(column, ()), name)
        if dates and dates not in DATE_ORDERS:
            help = f"one of {', '.join(DATE_ORDERS)}"
            raise UsageError.of(f"there is no order of dates {quoted(dates)}", help)
        return cls(columns, frozenset(ignored), dates)


def _of_file(name: str) -> tuple[list[tuple[str, str]], str | None]:
    """Return the pairs of a mapping file, and how it says that dates are written."""
    try:
        read = tomllib.loads(Path(name).read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        raise UsageError.of(f"`--map {one_line(name)}` is no mapping", _HELP) from None
    except (OSError, ValueError) as fault:
        reason = str(fault).partition("\n")[0]
        message = f"the mapping file `{one_line(name)}` cannot be read: {one_line(reason)}"
        raise UsageError.of(message, 'write it in TOML, as in claim_id = "ACCT"') from None
    dates = read.pop("dates", None)
    pairs: list[tuple[str, str]] = []
    for column, value in {**read, **read.pop("columns", {})}.items():
        if column != "columns":
            pairs += [(column, text) for text in _texts(name, column, value)]
    return pairs, None if dates is None else str(dates)


def _texts(name: str, column: str, value: Any) -> list[str]:
    texts = value if isinstance(value, list) else [value]
    if not all(isinstance(each, str) and each.strip() for each in texts):
        message = f"{quoted(column)} of the mapping file `{one_line(name)}` is no heading"
        raise UsageError.of(message, "give the heading of a column as text, or a list of them")
    return [each.strip() for each in texts]


class LaidOutFiles(tuple[P, ...]):
    """Files of claims with the layout of their tables; wherever paths are read, so are these.

    Examples
    --------
    >>> files = LaidOutFiles(["claims.csv"]).laid_out(Layout(dates="mdy"))
    >>> files, layout_of(files).dates, layout_of(["claims.csv"]).dates
    (('claims.csv',), 'mdy', '')
    """

    layout = Layout()

    def laid_out(self, layout: Layout) -> LaidOutFiles[P]:
        """Return the files with a layout."""
        files = LaidOutFiles(self)
        files.layout = replace(layout)
        return files


def layout_of(paths: Sequence[TablePath]) -> Layout:
    """Return the layout of the tables of some paths."""
    return paths.layout if isinstance(paths, LaidOutFiles) else Layout()
