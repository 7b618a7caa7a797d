"""Where a fact came from: the file and the place in it that a person can look up."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Origin:
    """The place that a fact was read from.

    Parameters
    ----------
    source : str
        File as the person gave it (``claims.837``, ``tables/drug.csv``), or a name such as
        ``settings`` for what was given on the command line.
    place : str
        The place in it, in words: ``row 3, column `units```,
        ``segment 23 (SV1), element SV104``, ``$.units`` with its row.
    document_lines : str, optional
        Lines of the policy document behind the fact, as in ``188-220``.

    Examples
    --------
    >>> str(Origin("claims.csv", "row 3, column `units`"))
    'claims.csv, row 3, column `units`'
    """

    source: str
    place: str = ""
    document_lines: str = ""

    def __str__(self) -> str:
        text = f"{self.source}, {self.place}" if self.place else self.source
        return (
            f"{text} (policy document, {_lines(self.document_lines)})"
            if self.document_lines
            else text
        )


def _lines(text: str) -> str:
    return f"line {text}" if text.isdigit() else f"lines {text}"
