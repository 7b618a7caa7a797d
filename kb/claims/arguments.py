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
from facts.readers.frames import is_frame
from facts.suggest import near_help
from facts.values import one_line, quoted
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


def check_rows(rows: object, noun: str, one: str) -> None:
    """Raise a UsageError for what is no collection of records, no file and no frame.

    Parameters
    ----------
    rows : object
        What a caller gives as records.
    noun : str
        What the records are, in the plural.
    one : str
        One of them, for help.
    """
    if isinstance(rows, (str, os.PathLike)):
        return
    if isinstance(rows, (bytes, bytearray)):
        raise wrong(noun, rows, "give the path of a file as text")
    if isinstance(rows, Mapping) or (isinstance(rows, tuple) and hasattr(rows, "_fields")):
        raise wrong(noun, rows, f"give a list, also of one: [{one}]")
    if not isinstance(rows, Iterable) and not is_frame(rows):
        raise wrong(noun, rows, f"give a list, as in [{one}], a path, or a data frame")


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


def whole_number(value: object, noun: str) -> int:
    """Return a whole number that a caller gives as a number or as its text.

    Parameters
    ----------
    value : object
        What a caller gives.
    noun : str
        What the argument is called.

    Raises
    ------
    UsageError
        If it is no whole number.

    Examples
    --------
    >>> whole_number("12", "a line number")
    12
    """
    if isinstance(value, str) and value.strip().isascii() and value.strip().isdigit():
        return int(value)
    if isinstance(value, Integral) and not isinstance(value, bool):
        return int(value)
    if isinstance(value, str):
        raise UsageError.of(f"{noun} cannot be {quoted(value)}", "give a whole number")
    raise wrong(noun, value, "give a whole number")


def check_one_of(value: object, choices: Sequence[str], noun: str) -> None:
    """Raise a UsageError for what is none of some texts.

    Parameters
    ----------
    value : object
        What a caller gives.
    choices : sequence of str
        What it may be.
    noun : str
        What the argument is called.
    """
    if value not in choices:
        said = f"`{one_line(value)}`" if isinstance(value, str) else kind(value)
        raise UsageError.of(f"`{noun}` cannot be {said}", near_help(str(value), choices))


def check_claim_id(claim_id: object) -> None:
    """Raise a UsageError for what is no claim id."""
    check_text(claim_id, "a claim id", "give text")


def check_text(value: object, noun: str, help: str) -> None:
    """Raise a UsageError for what is no text.

    Parameters
    ----------
    value : object
        What a caller gives.
    noun : str
        What the argument is called.
    help : str
        What to give instead.
    """
    if not isinstance(value, str):
        raise wrong(noun, value, help)


def bound_rows(name: str, rows: object) -> list[tuple[Value, ...]]:
    """Return the rows that a caller gives as facts, dates as ISO text.

    Parameters
    ----------
    name : str
        The predicate.
    rows : object
        An iterable of sequences of values.

    Raises
    ------
    UsageError
        If it is something else.
    QueryError
        With every value that cannot be of a fact; it is named by row and column.

    Examples
    --------
    >>> bound_rows("seen", [("C1", date(2018, 6, 1))])
    [('C1', '2018-06-01')]
    """
    noun = f"the facts of `{name}`"
    if isinstance(rows, (str, os.PathLike)):
        raise wrong(noun, rows, 'give a list, as in [("C1", 1)]')
    check_rows(rows, noun, '("C1", 1)')
    found: list[tuple[Value, ...]] = []
    faults: list[Diagnostic] = []
    given: Any = rows
    for number, row in enumerate(given, 1):
        if isinstance(row, (str, bytes, Mapping)) or not isinstance(row, Iterable):
            raise wrong(f"row {number} of `{name}`", row, 'give a tuple, as in ("C1", 1)')
        named = {f"{name}, row {number}, column {place}": v for place, v in enumerate(row, 1)}
        try:
            found.append(tuple(bound_values(named).values()))
        except QueryError as fault:
            faults += fault.diagnostics
    if faults:
        raise QueryError(faults)
    return found


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
