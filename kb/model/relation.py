"""The answers of a query: named columns and sorted rows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from kb.language.values import Value


@dataclass(frozen=True, slots=True)
class Relation:
    """Answers of a query.

    Parameters
    ----------
    columns : tuple of str
        The named variables of the goal, in order of first occurrence.
    rows : tuple of tuple
        Distinct rows, sorted.

    Examples
    --------
    >>> Relation(("C", "L"), (("C1", 2),)).to_dicts()
    [{'C': 'C1', 'L': 2}]
    """

    columns: tuple[str, ...]
    rows: tuple[tuple[Value, ...], ...]

    def __iter__(self) -> Iterator[tuple[Value, ...]]:
        return iter(self.rows)

    def __len__(self) -> int:
        return len(self.rows)

    def __bool__(self) -> bool:
        return bool(self.rows)

    def to_dicts(self) -> list[dict[str, Value]]:
        """Return one dict per row."""
        return [dict(zip(self.columns, row, strict=True)) for row in self.rows]
