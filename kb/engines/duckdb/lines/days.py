"""Lines whose days of service meet: as equal dates where no line has several days."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from kb.compile.formulas.line_script import DAYS, LINES, OtherTest

_FIRST, _LAST = "service_date", "last_day"


def others_of(
    connection: Any, tests: Iterable[OtherTest], spans: bool | None
) -> tuple[OtherTest, ...]:
    """Return tests of other lines, with equal dates for days that meet where that is the same.

    Parameters
    ----------
    connection : DuckDB connection
        It has the view of the lines.
    tests : iterable of OtherTest
        What is asked of the other lines of a claim.
    spans : bool, optional
        Whether a line may have several days of service; looked up where it is not known.
    """
    tests = tuple(tests)
    if not any(DAYS in test.keys for test in tests):
        return tests
    if spans is None:
        query = f"SELECT 1 FROM {LINES} WHERE service_date_to > service_date LIMIT 1"
        spans = connection.execute(query).fetchone() is not None
    if spans:
        return tests
    return tuple(replace(each, keys=_with_date(each.keys)) for each in tests)


def columns_of(tests: Iterable[OtherTest]) -> list[str]:
    """Return the columns of the lines that the keys of tests need.

    Examples
    --------
    >>> columns_of([OtherTest(("days", "procedure_code"), "other", "> 0", False)])
    ['last_day', 'procedure_code', 'service_date']
    """
    keys = {key for test in tests for key in test.keys}
    if DAYS in keys:
        keys = keys - {DAYS} | {_FIRST, _LAST}
    return sorted(keys)


def tie(key: str, one: str, other: str) -> str:
    """Return SQL of what two lines have to share.

    Parameters
    ----------
    key : str
        A column, or ``days``.
    one, other : str
        Aliases of the lines.

    Examples
    --------
    >>> tie("procedure_code", "o", "l")
    'o.procedure_code = l.procedure_code'
    >>> tie("days", "o", "l")
    'o.service_date <= l.last_day AND l.service_date <= o.last_day'
    """
    if key == DAYS:
        return f"{one}.{_FIRST} <= {other}.{_LAST} AND {other}.{_FIRST} <= {one}.{_LAST}"
    return f"{one}.{key} = {other}.{key}"


def _with_date(keys: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(sorted({_FIRST if key == DAYS else key for key in keys}))
