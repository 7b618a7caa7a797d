"""The answers of a query: named columns and sorted rows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from facts.json_number import json_number
from facts.values import format_number
from kb.language.values import Value
from kb.model.framed import Framed, html_table

if TYPE_CHECKING:
    import pyarrow


@dataclass(frozen=True, slots=True)
class Relation(Framed):
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

    def to_json(self) -> list[dict[str, Any]]:
        """Return one dict per row of plain JSON values, as ``Determination.to_json`` does."""
        return [
            {
                name: value if isinstance(value, str) else json_number(value)
                for name, value in zip(self.columns, row, strict=True)
            }
            for row in self.rows
        ]

    def to_arrow(self) -> pyarrow.Table:
        """Return the answers as an Arrow table, each column of one type."""
        from kb.model.arrow import answer_table

        return answer_table(self.columns, self.rows)

    def _repr_html_(self) -> str:
        cells = (
            [each if isinstance(each, str) else format_number(each) for each in row]
            for row in self.rows
        )
        answers = "answer" if len(self) == 1 else "answers"
        return html_table(self.columns, cells, len(self), f"{len(self):,} {answers}")
