"""An exact number as SQL."""

from __future__ import annotations

from dataclasses import dataclass

from kb.compile.sql.tree import Sql


@dataclass(frozen=True, slots=True)
class Ratio:
    """An exact number as SQL: a numerator, and a denominator above zero where there is one.

    The denominator is null where a person divides by zero; nothing holds of such a number.
    ``whole`` says that the number is known to have nothing behind its point.
    """

    numerator: Sql
    denominator: Sql | None = None
    whole: bool = False
