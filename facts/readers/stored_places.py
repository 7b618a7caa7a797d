"""Places that ``clausewise convert`` stored beside the values: those where they were read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from facts.claim import Trace
from facts.origin import Origin

SOURCE_FILE, SOURCE_PLACES = "source_file", "source_places"
"""Columns of a converted file: the file of a line, and the places of its values."""

WHOLE_LINE = "line"
"""The field of ``SOURCE_PLACES`` for the line itself; the others are named as their columns."""


@dataclass(frozen=True, slots=True)
class StoredTrace:
    """Places of a line in the file that it was converted from.

    Parameters
    ----------
    source : str
        That file.
    places : mapping of column to str
        The place of each value.
    """

    source: str
    places: Mapping[str, str | None]

    def origin(self, field: str) -> Origin:
        """Return the place of a field; of the line, where it has no value."""
        found = self.places.get(field or WHOLE_LINE) or self.places.get(WHOLE_LINE)
        return Origin(self.source, found or "")


def are_places(name: str, kind: str) -> bool:
    """Return whether a column has stored places.

    Parameters
    ----------
    name, kind : str
        The column, and its type in DuckDB.
    """
    if name.strip().lower() == SOURCE_FILE:
        return kind == "VARCHAR"
    return name.strip().lower() == SOURCE_PLACES and kind.startswith("STRUCT(")


def stored_trace(record: dict[str, Any], own: Trace) -> Trace:
    """Take stored places out of a record, and return what gives the places of its values.

    Parameters
    ----------
    record : dict
        The values of a row.
    own : Trace
        Gives the places of the row itself, where none are stored.

    Examples
    --------
    >>> own = StoredTrace("lines.parquet", {})
    >>> record = {"units": 1, "source_file": "a.837", "source_places": {"units": "segment 9"}}
    >>> str(stored_trace(record, own).origin("units")), record
    ('a.837, segment 9', {'units': 1})
    """
    source, places = record.pop(SOURCE_FILE, None), record.pop(SOURCE_PLACES, None)
    if not isinstance(source, str) or not isinstance(places, Mapping):
        return own
    return StoredTrace(source, places)
