"""The columns of a line as formulas name them, and how they are made of those that it has."""

from __future__ import annotations

DATES = ("service_date", "service_date_to", "processed_date")
NUMBERS = ("line_number", "units", "charge", "ndc_quantity", "service_days")
DERIVED = {
    "bill_class": "left(type_of_bill, 2)",
    "service_days": "(coalesce(service_date_to, service_date) - service_date + 1)",
}
"""Columns that a line's row does not have, as SQL over those that it has."""

BASES = {"bill_class": "type_of_bill"}
"""The columns that are made of a single other one."""


def source_column(column: str) -> str:
    """Return a column of a line as SQL over the raw row.

    Examples
    --------
    >>> source_column("bill_class"), source_column("units")
    ('left(type_of_bill, 2)', '"units"')
    """
    return DERIVED.get(column, f'"{column}"')
