"""Arguments of the Python interface: what they may be, and a sentence for what they may not."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, time
from decimal import Decimal
from fractions import Fraction
from numbers import Integral
from typing import Any, TypeAlias

from facts.diagnostic import Diagnostic, QueryError, UsageError
from facts.suggest import near_help
from kb.language.values import Value

Bound: TypeAlias = Value | date
"""A value that a variable can be given: text, a date, or an exact number."""

_ALLOWED = "give text, a date, a whole number or a Decimal"


def bound_values(bound: Mapping[str, Any]) -> dict[str, Value]:
    """Return the values given for variables, dates as ISO text.

    Parameters
    ----------
    bound : mapping of variable name to value
        What a caller gives for variables.

    Raises
    ------
    QueryError
        With every value that cannot be bound.

    Examples
    --------
    >>> bound_values({"D": date(2018, 6, 1), "U": Decimal("2.5")})
    {'D': '2018-06-01', 'U': Decimal('2.5')}
    """
    values: dict[str, Value] = {}
    found = []
    for name, value in bound.items():
        if isinstance(value, datetime) and value.time() == time() and value.tzinfo is None:
            value = value.date()
        if isinstance(value, str):
            values[name] = str(value)
        elif isinstance(value, (bool, datetime)):
            found.append(_not_bound(name, value))
        elif isinstance(value, Integral):
            values[name] = int(value)
        elif isinstance(value, Decimal) and not value.is_finite():
            message = f"the value given for `{name}` is no number: `{value}`"
            found.append(Diagnostic("error", message, None, _ALLOWED))
        elif isinstance(value, (Decimal, Fraction)):
            values[name] = value
        elif isinstance(value, date):
            values[name] = value.isoformat()
        else:
            found.append(_not_bound(name, value))
    if found:
        raise QueryError(found)
    return values


def check_variables(values: Iterable[str], columns: Sequence[str]) -> None:
    """Check that a goal has the variables that values are given for.

    Parameters
    ----------
    values : iterable of str
        The values given.
    columns : sequence of str
        The variables of the goal.

    Raises
    ------
    QueryError
        If it has not.

    Examples
    --------
    >>> check_variables(["C"], ("C", "L"))
    """
    for name in values:
        if name not in columns:
            help = near_help(name, columns, "")
            raise QueryError.of(f"the goal has no variable `{name}`", help)


def _not_bound(name: str, value: object) -> Diagnostic:
    help = _ALLOWED
    if value is None:
        help = "leave it out to ask for every value"
    elif isinstance(value, float):
        help = 'a float is not exact: give a Decimal, as in Decimal("1.5")'
    return Diagnostic("error", f"the value given for `{name}` cannot be {kind(value)}", None, help)


def check_goal(goal: object, *more: type) -> None:
    """Raise a UsageError for what is no goal.

    Parameters
    ----------
    goal : object
        What a caller gives as a goal.
    *more : type
        Besides text, what may be a goal.
    """
    from kb.language.ast import Atom, Query

    if not isinstance(goal, (str, *(more or (Query, Atom)))):
        raise wrong("a goal", goal, 'give text, as in "denied(C, L, Clause)"')


def check_rows(rows: object, noun: str, one: str, reader: str) -> None:
    """Raise a UsageError for what is no collection of records.

    Parameters
    ----------
    rows : object
        What a caller gives as records.
    noun : str
        What the records are, in the plural.
    one : str
        One of them, for help.
    reader : str
        What reads them from a file, for help.
    """
    if isinstance(rows, (str, bytes, bytearray, os.PathLike)):
        raise wrong(noun, rows, f"read a file with {reader}")
    if isinstance(rows, Mapping) or (isinstance(rows, tuple) and hasattr(rows, "_fields")):
        raise wrong(noun, rows, f"give a list, also of one: [{one}]")
    if not isinstance(rows, Iterable):
        raise wrong(noun, rows, f"give a list, as in [{one}], or what {reader} returns")


def check_path(path: object, noun: str, help: str) -> None:
    """Raise a UsageError for what names no file or folder.

    Parameters
    ----------
    path : object
        What a caller gives as a path.
    noun : str
        What the argument is called.
    help : str
        What to give instead.
    """
    if not isinstance(path, (str, os.PathLike)):
        raise wrong(noun, path, help)


def check_truth(value: object, noun: str) -> None:
    """Raise a UsageError for what is neither True nor False.

    Parameters
    ----------
    value : object
        What a caller gives.
    noun : str
        What the argument is called.
    """
    if not isinstance(value, bool):
        raise wrong(f"`{noun}`", value, "give True or False")


def check_claim_id(claim_id: object) -> None:
    """Raise a UsageError for what is no claim id."""
    if not isinstance(claim_id, str):
        raise wrong("a claim id", claim_id, "give text")


def wrong(noun: str, value: object, help: str) -> UsageError:
    """Return the error of an argument of a wrong type.

    Parameters
    ----------
    noun : str
        What the argument is called.
    value : object
        What a caller gives.
    help : str
        What to give instead.
    """
    return UsageError.of(f"{noun} cannot be {kind(value)}", help)


def kind(value: object) -> str:
    """Return in words what a value is; never the value itself.

    Examples
    --------
    >>> kind(None), kind(b"x")
    ('`None`', 'of the type `bytes`')
    """
    return "`None`" if value is None else f"of the type `{type(value).__name__}`"
