"""Reference code sets: what a place of service, a revenue code or a reason code means.

The descriptions are our own short words; the authority of each row owns the full definition.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

from facts.diagnostic import UsageError
from facts.suggest import near_help
from facts.values import quoted

_FOLDER = Path(__file__).parent / "reference"
_ANY = "x"
"""Stands for any last character of a code: ``025x``."""

NAMES = (
    "carc",
    "group_code",
    "modifier",
    "place_of_service",
    "rarc",
    "revenue_code",
    "type_of_bill",
)
"""The reference sets that there are."""


@dataclass(frozen=True, slots=True)
class ReferenceCode:
    """A row of a reference set.

    Parameters
    ----------
    code : str
        A code, or a family of codes such as ``025x``.
    description : str
        Our own short words.
    authority : str
        Who defines the code.
    as_of : date
        Edition of the authority's list that the row follows.
    """

    code: str
    description: str
    authority: str
    as_of: date


class ReferenceSet(Mapping[str, ReferenceCode]):
    """A reference set by code; a code without a row of its own is looked up in its family.

    Iteration gives the rows, families as they are written.

    Examples
    --------
    >>> bills = reference_set("type_of_bill")
    >>> bills["131"].code, "990" in bills
    ('13x', False)
    """

    def __init__(self, rows: Mapping[str, ReferenceCode]) -> None:
        self._rows = rows

    def __getitem__(self, code: str) -> ReferenceCode:
        row = self._rows.get(code)
        return row if row is not None else self._rows[code[:-1] + _ANY]

    def __iter__(self) -> Iterator[str]:
        return iter(self._rows)

    def __len__(self) -> int:
        return len(self._rows)


@cache
def reference_set(name: str) -> Mapping[str, ReferenceCode]:
    """Return a reference set, read when it is first asked for.

    Parameters
    ----------
    name : str
        One of ``NAMES``.

    Returns
    -------
    mapping of str to ReferenceCode
        Codes are written as claim lines have them.

    Raises
    ------
    UsageError
        If there is no set of that name.

    Examples
    --------
    >>> reference_set("carc")["97"].description
    'included in the payment of another service'
    """
    if name not in NAMES:
        help = near_help(name, NAMES)
        raise UsageError.of(f"unknown reference set {quoted(name)}", help)
    with (_FOLDER / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        rows = {
            row["code"]: ReferenceCode(
                row["code"], row["description"], row["authority"], date.fromisoformat(row["as_of"])
            )
            for row in csv.DictReader(file)
        }
    return ReferenceSet(rows)


def describe(name: str, code: str) -> str:
    """Return the short description of a code, empty where the set lacks it.

    Parameters
    ----------
    name : str
        One of ``NAMES``.
    code : str
        A code of the set.

    Raises
    ------
    UsageError
        If there is no set of that name.

    Examples
    --------
    >>> describe("revenue_code", "0258"), describe("revenue_code", "0308")
    ('intravenous solutions', 'laboratory')
    >>> describe("modifier", "QQ")
    ''
    """
    row = reference_set(name).get(code)
    return row.description if row is not None else ""
