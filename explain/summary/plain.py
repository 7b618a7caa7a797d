"""A summary as CSV and as JSON: every group, exact."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any

from explain.summary.rows import SummaryRow, SummaryTable
from facts.values import format_number
from kb.model.summary import GroupTotals, Summary

MEASURES = (
    "lines_at_issue",
    "lines",
    "claims_at_issue",
    "claims",
    "charge_at_issue",
    "charge",
    "share",
)
"""Columns of numbers."""


def measures(
    totals: GroupTotals, share: Fraction | None = None
) -> tuple[int | Decimal | None, ...]:
    """Return the numbers of a group in the order of ``MEASURES``.

    Parameters
    ----------
    totals : GroupTotals
        What it amounts to.
    share : Fraction, optional
        Its share, of which four digits are kept.
    """
    return (
        totals.lines_at_issue,
        totals.lines,
        totals.claims_at_issue,
        totals.claims,
        plain(totals.at_issue),
        plain(totals.charge),
        None if share is None else rounded(share, 4),
    )


def plain(amount: Decimal) -> Decimal:
    """Return an ``amount`` with two digits behind the point, or as many as it has beyond."""
    return Decimal(format_number(amount)) + Decimal("0.00")


def rounded(share: Fraction, digits: int) -> Decimal:
    """Return a number with some digits behind the point, half rounded up.

    Parameters
    ----------
    share : Fraction
        A number from 0.
    digits : int
        How many digits.

    Examples
    --------
    >>> rounded(Fraction(1, 8), 2)
    Decimal('0.13')
    """
    scale = 10**digits
    return Decimal((2 * share.numerator * scale + share.denominator) // (2 * share.denominator)) / (
        Decimal(scale)
    )


def csv_rows(tables: Sequence[SummaryTable]) -> Iterable[tuple[object, ...]]:
    """Yield the header, then a row for each group of each table.

    ``by`` names the dimensions, ``level`` how many of them have a value: with several, the rows
    of lower levels hold those of higher ones.

    Parameters
    ----------
    tables : sequence of SummaryTable
        As ``summary_tables`` returns them.
    """
    deepest = max((len(table.grouping) for table in tables), default=1)
    names = tuple(f"value_{number}" for number in range(1, deepest + 1))
    yield ("by", "level", *names, "label", *MEASURES)
    for table in tables:
        for row in table.walk():
            values = ["" if value is None else value for value in row.key]
            yield (
                ",".join(table.grouping),
                row.level,
                *values,
                *([""] * (deepest - row.level)),
                row.label,
                *measures(row.totals, row.share),
            )


def summary_json(summary: Summary, tables: Sequence[SummaryTable]) -> dict[str, Any]:
    """Return a summary as plain values of JSON.

    Parameters
    ----------
    summary : Summary
        The totals.
    tables : sequence of SummaryTable
        As ``summary_tables`` returns them.
    """
    return {
        "policy": summary.policy,
        "total": _named(summary.total),
        "lines_without_a_charge": summary.total.uncharged,
        "tables": [
            {
                "by": list(table.grouping),
                "shares_are_of": table.measure,
                "groups": [_group(row) for row in table.rows],
            }
            for table in tables
        ],
    }


def _group(row: SummaryRow) -> dict[str, Any]:
    made = {"value": row.key[-1], "label": row.label, **_named(row.totals, row.share)}
    if row.inner:
        made["groups"] = [_group(each) for each in row.inner]
    return made


def _named(totals: GroupTotals, share: Fraction | None = None) -> dict[str, Any]:
    numbers = zip(MEASURES, measures(totals, share), strict=True)
    return {name: number for name, number in numbers if number is not None}
