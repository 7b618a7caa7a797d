"""Rows of JSON that DuckDB reads as the row reader does, as one regular expression.

What the expression takes is an object of one level whose texts have no odd character and whose
numbers have few digits: neither reader refuses it or changes a value. All other rows are for the
row reader.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from facts.readers.column_values import CODE_LISTS

_AMOUNTS = ("units", "charge", "ndc_quantity", "value")
"""Columns whose numbers may have decimals in any file."""

_MOST_NAMES = 200
_PRINTED = re.compile("[A-Za-z0-9_ .:-]{1,64}")
"""Names that stand in a regular expression and in a path of JSON as they are."""

_CHARACTER = r'[^"\\\x00-\x1f\x{FFFD}]'
_ESCAPE = (
    r'\\["\\/bfnrt]|\\u(?:00(?:0[1-9a-fA-F]|[1-9a-fA-F][0-9a-fA-F])|0[1-9a-fA-F][0-9a-fA-F]{2}|'
    r"[1-9a-cA-CeE][0-9a-fA-F]{3}|[dD][0-7][0-9a-fA-F]{2}|"
    r"[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2})"
)
"""Neither zero, nor a lone surrogate, nor the sign for an unreadable character."""

_BLANKS = "[ \\t]*"
_TEXT = f'"(?:{_CHARACTER}|{_ESCAPE})*"'
_NAME = f'"{_CHARACTER}*"'
_WHOLE = "(?:0|-?[1-9][0-9]{0,14})"
_DECIMAL = r"(?:-?[1-9][0-9]{0,8}\.[0-9]{1,6}|0\.(?:0{0,3}[1-9][0-9]{0,5}|0{1,6}))"
"""So few digits and so many before the first one that a binary number prints as it was written."""

_NUMBER = r"-?(?:0|[1-9][0-9]{0,14})(?:\.[0-9]{1,15})?(?:[eE][-+]?[0-9]{1,2})?"
_SCALAR = f"(?:{_TEXT}|{_NUMBER}|true|false|null)"


def _list_of(item: str) -> str:
    return rf"\[{_items(item)}\]"


def _object_of(member: str) -> str:
    return rf"\{{{_items(member)}\}}"


def _items(item: str) -> str:
    return f"{_BLANKS}(?:{item}{_BLANKS}(?:,{_BLANKS}{item}{_BLANKS})*)?"


def _member(name: str, value: str) -> str:
    return f"{name}{_BLANKS}:{_BLANKS}{value}"


def _one_of(choices: Iterable[str]) -> str:
    return f"(?:{'|'.join(choices)})"


_CODES = _list_of('"[A-Za-z0-9:.]+"')
_FLAT = f"(?:{_SCALAR}|{_list_of(_SCALAR)})"
_ANY = f"(?:{_FLAT}|{_object_of(_member(_NAME, _FLAT))})"


@dataclass(frozen=True, slots=True)
class PlainObjects:
    """The objects that a file's plain rows hold.

    Parameters
    ----------
    known : tuple of str
        Names that are read.
    decimals : tuple of str
        Known names whose values may be numbers with decimals.
    others : tuple of str
        Other names, whose values may be of any type but objects.
    nested : tuple of str
        Other names, whose values may be objects of one level.
    empty : tuple of str
        Known names whose values may be empty texts.

    Examples
    --------
    >>> PlainObjects.of([{"units": Decimal("1.5"), "paid": True}], ("claim_id", "units")).others
    ('paid',)
    """

    known: tuple[str, ...]
    decimals: tuple[str, ...]
    others: tuple[str, ...]
    nested: tuple[str, ...]
    empty: tuple[str, ...] = ()

    @classmethod
    def of(cls, objects: Iterable[Mapping[str, Any]], known: tuple[str, ...]) -> PlainObjects:
        """Return what is plain in a file that begins with objects, by their known names."""
        decimals = {name for name in _AMOUNTS if name in known}
        others: set[str] = set()
        nested: set[str] = set()
        empty: set[str] = set()
        for record in objects:
            for name, value in record.items():
                if name in known:
                    if value == "":
                        empty.add(name)
                    if isinstance(value, Decimal) and int(value.as_tuple().exponent) < 0:
                        decimals.add(name)
                elif value is None or isinstance(value, str) or not _PRINTED.fullmatch(name):
                    continue
                elif len(others) + len(nested) < _MOST_NAMES:
                    (nested if isinstance(value, Mapping) else others).add(name)
        found = (decimals, others - nested, nested, empty)
        return cls(known, *(tuple(sorted(names)) for names in found))

    @property
    def pattern(self) -> str:
        """The regular expression (RE2) that a plain row matches from end to end."""
        members = [_member(_NAME, f"(?:{_TEXT}|{_WHOLE}|null)")]
        lists = [name for name in self.known if name in CODE_LISTS]
        for names, value in (
            (self.decimals, _DECIMAL),
            (lists, _CODES),
            (self.others, _FLAT),
            (self.nested, _ANY),
        ):
            if names:
                members.append(_member(f'"{_one_of(map(re.escape, names))}"', value))
        return f"{_BLANKS}{_object_of(_one_of(members))}{_BLANKS}"

    @property
    def paths(self) -> tuple[str, ...]:
        """Paths of the objects of a row."""
        return ("$", *(f'$."{name}"' for name in self.nested))

    def kind(self, name: str) -> str:
        """Return the type as which a known name is taken: its JSON where it may be no text."""
        return "JSON" if name in self.decimals or name in CODE_LISTS else "VARCHAR"

    def value(self, name: str, taken: str) -> str:
        """Return the SQL of the text that a reader makes of the value of a name, as taken."""
        if self.kind(name) == "JSON":
            taken = (
                f"CASE WHEN starts_with({taken}, '\"') THEN ({taken} ->> '$') "
                f"WHEN starts_with({taken}, '[') THEN translate({taken}, ',\"[]', ' ') "
                f"WHEN ends_with({taken}, '.0') THEN left({taken}, -2) ELSE {taken}::TEXT END"
            )
        elif name not in self.empty:
            return taken
        return f"nullif({taken}, '')"
