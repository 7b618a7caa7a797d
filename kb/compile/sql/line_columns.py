"""The columns of a line as rules know them, and how they are made of those of the claim table."""

from __future__ import annotations

from facts.schema import CLAIM_COLUMNS, INPUT_PREDICATES

_DERIVED = {
    "first two": "SUBSTRING({0}, 1, 2)",
    "last": "COALESCE({0}, service_date)",
    "days": (
        "DATE_DIFF('day', CAST(service_date AS DATE), "
        "CAST(COALESCE({0}, service_date) AS DATE)) + 1"
    ),
}
"""SQL of the derivations of a single value that is not the value of a column."""

_OF_LINE = [each for each in INPUT_PREDICATES if each.attribute and each.derivation in _DERIVED]

DERIVED = {str(each.attribute): _DERIVED[each.derivation].format(each.source) for each in _OF_LINE}
"""Columns that the claim table does not have, as SQL over those that it has."""

BASES = {str(each.attribute): each.source for each in _OF_LINE if each.derivation == "first two"}
"""The columns that are made of a single other one."""

ALWAYS_FILLED = frozenset(
    [
        *(each.name for each in CLAIM_COLUMNS if each.required),
        *(str(each.attribute) for each in _OF_LINE if each.derivation in ("last", "days")),
    ]
)
"""The columns that no line lacks."""

DATES = (
    *(each.name for each in CLAIM_COLUMNS if each.type == "date"),
    *(str(each.attribute) for each in _OF_LINE if each.columns[2].type == "date"),
)
NUMBERS = (
    *(each.name for each in CLAIM_COLUMNS if each.type in ("whole number", "number")),
    *(str(each.attribute) for each in _OF_LINE if each.columns[2].type == "number"),
)


def source_column(column: str) -> str:
    """Return a column of a line as SQL over the claim table.

    Parameters
    ----------
    column : str
        Name of a column of the claim table, or of ``DERIVED``.

    Examples
    --------
    >>> source_column("bill_class"), source_column("units")
    ('(SUBSTRING(type_of_bill, 1, 2))', '"units"')
    """
    return f"({DERIVED[column]})" if column in DERIVED else f'"{column}"'
