"""What the columns of payers and hospitals are called, and the column that a name means.

The names stand in ``column_names.csv``: those that are read as a column (``read``), and those that
mean so many things that a person is asked (``ask``).
"""

from __future__ import annotations

import csv
import re
from collections.abc import Collection, Iterable
from difflib import SequenceMatcher
from functools import cache
from pathlib import Path
from typing import NamedTuple

from facts.readers.opening import REPLACEMENT
from facts.suggest import nearest

_TABLE = Path(__file__).with_name("column_names.csv")

JOINED = {"modifiers": 4, "diagnoses": 25}
"""Columns that may be split into so many numbered ones, which are joined in their order.

Source: the modifiers of a service line, 24D of the CMS-1500; the diagnoses of an 837I.
"""

_SHORT = {
    "amt": "amount",
    "cd": "code",
    "qty": "quantity",
    "quan": "quantity",
    "dt": "date",
    "no": "number",
    "nr": "number",
    "num": "number",
    "nbr": "number",
    "svc": "service",
    "srv": "service",
    "srvc": "service",
    "proc": "procedure",
    "diag": "dx",
    "desc": "description",
    "rev": "revenue",
    "mod": "modifier",
    "mods": "modifiers",
    "auth": "authorization",
    "clm": "claim",
    "ln": "line",
    "rend": "rendering",
    "prov": "provider",
    "prvdr": "provider",
    "chg": "charge",
    "chrg": "charge",
    "chgs": "charges",
    "thru": "through",
    "id": "identifier",
}
"""Words that are often cut short in a name."""

_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_LETTERED = re.compile(r"(.*\W)([a-d])")
_INNER_NUMBER = re.compile(r"(\D+)(\d)(\D+)")
_SHORTEST_BEGINNING = 3
_TYPO, _TYPO_OF_OTHERS = 0.85, 0.9
"""The share of its characters that a mistyped name has in common with a column, or its other names.
"""


class Usual(NamedTuple):
    """What a usual name stands for.

    Parameters
    ----------
    column : str
        The column.
    position : int
        Which of several columns that are joined it is; 1 where it is the only one.
    """

    column: str
    position: int = 1


def usual(name: str, known: Collection[str]) -> Usual | None:
    """Return the column that a usual name stands for.

    Parameters
    ----------
    name : str
        The heading of a column.
    known : collection of str
        Columns that are read.

    Examples
    --------
    >>> columns = ("service_date", "modifiers", "units")
    >>> usual("DOS", columns), usual("Mod_2", columns), usual("zebra", columns)
    (Usual(column='service_date', position=1), Usual(column='modifiers', position=2), None)
    """
    if REPLACEMENT in name:
        return None
    for plain in _forms(name):
        for column in _read().get(plain, ()):
            if column in known:
                return Usual(column)
    for plain, position in _numbered(name):
        for column in _read().get(plain, ()):
            if column in known and position <= JOINED.get(column, 0):
                return Usual(column, position)
    return None


def decides(name: str, known: Iterable[str]) -> str | None:
    """Return the column that a name which is not read means beyond doubt, but for a typing error.

    Parameters
    ----------
    name : str
        The heading of a column.
    known : iterable of str
        Columns that are read.

    Examples
    --------
    >>> decides("procedre_code", ["procedure_code"]), decides("unit_price", ["units"])
    ('procedure_code', None)
    """
    known = sorted(known)
    forms = _forms(name)
    forms += tuple(plain for plain, _ in _numbered(name, most=99))
    for column in known:
        names = _names_of(column)
        if any(plain in names for plain in forms):
            return column
    plain = forms[0].rstrip("0123456789")
    for column in known:
        likely = [each for each in _names_of(column) if abs(len(each) - len(plain)) <= 2]
        if len(plain) > _SHORTEST_BEGINNING and any(
            SequenceMatcher(None, plain, each).ratio()
            >= (_TYPO if each == _plain(column) else _TYPO_OF_OTHERS)
            for each in likely
        ):
            return column
    return None


def meant(name: str, known: Iterable[str]) -> str | None:
    """Return the column that a name most likely means, if there is one.

    Parameters
    ----------
    name : str
        What the person wrote.
    known : iterable of str
        Columns that are read.

    Returns
    -------
    str or None

    Examples
    --------
    >>> columns = ("claim_id", "line_number", "place_of_service", "units")
    >>> [meant(name, columns) for name in ("line", "Line No.", "pos", "unts", "zebra")]
    ['line_number', 'line_number', 'place_of_service', 'units', None]
    """
    known = sorted(known)
    found = decides(name, known) or nearest(name, known)
    if found is not None:
        return found
    plain = _forms(name)[0]
    if len(plain) < _SHORTEST_BEGINNING:
        return None
    begun = [column for column in known if _plain(column).startswith(plain)]
    return begun[0] if len(begun) == 1 else None


def _numbered(name: str, most: int = 25) -> list[tuple[str, int]]:
    """Return the forms of a name without its number, each with the number."""
    found = []
    for plain in _forms(name):
        for digits in (2, 1):
            base, number = plain[:-digits], plain[-digits:]
            if base and number.isdigit() and number.isascii() and 0 < int(number) <= most:
                found.append((base, int(number)))
        inner = _INNER_NUMBER.fullmatch(plain)
        if inner is not None and inner[2] != "0":
            found.append((inner[1] + inner[3], int(inner[2])))
    lettered = _LETTERED.fullmatch(re.sub(r"[\W_]+", " ", name.strip().casefold()))
    if lettered is not None:
        found += [(plain, "abcd".index(lettered[2]) + 1) for plain in _forms(lettered[1])]
    return found


def _forms(name: str) -> tuple[str, ...]:
    """Return a name without signs: with its words as they are, and with short ones in full."""
    plain = _plain(name)
    words = re.split(r"[\W_]+", _CAMEL.sub(" ", name).casefold())
    full = "".join(_SHORT.get(word, word) for word in _split_numbers(words))
    return (plain,) if full == plain else (plain, full)


def _split_numbers(words: Iterable[str]) -> Iterable[str]:
    """Yield words and the numbers behind them one by one, as in ``mod`` and ``1``."""
    for word in words:
        base = word.rstrip("0123456789")
        if base in _SHORT:
            yield from (base, word[len(base) :])
        else:
            yield word


def _plain(name: str) -> str:
    return re.sub(r"[\W_]+", "", name.casefold())


@cache
def _read() -> dict[str, tuple[str, ...]]:
    """The columns that each usual name is read as."""
    found: dict[str, tuple[str, ...]] = {}
    for name, column, use in _rows():
        if use == "read":
            for plain in _forms(name):
                found[plain] = tuple(dict.fromkeys((*found.get(plain, ()), column)))
    return found


@cache
def _names_of(column: str) -> frozenset[str]:
    """Every form of a column and of the names that it may go by."""
    names = [column, *(name for name, meaning, _ in _rows() if meaning == column)]
    return frozenset(plain for name in names for plain in _forms(name))


@cache
def _rows() -> tuple[tuple[str, str, str], ...]:
    with _TABLE.open(encoding="utf-8", newline="") as file:
        rows = [(row["name"], row["column"], row["use"]) for row in csv.DictReader(file)]
    columns = dict.fromkeys(column for _, column, _ in rows)
    return (*((column, column, "read") for column in columns), *rows)
