"""Diagnostics with the row of text that they point at."""

from __future__ import annotations

from collections.abc import Mapping

from facts.diagnostic import Diagnostic, Severity
from facts.span import Span

_LONGEST = 1000


class Excerpts:
    r"""The rows of some texts.

    Parameters
    ----------
    texts : mapping of str to str
        Whole texts by the name of their source.

    Examples
    --------
    >>> Excerpts({"rules.pl": "p(1).\nq(2)."}).row(Span("rules.pl", 2, 1, 2, 5))
    'q(2).'
    """

    def __init__(self, texts: Mapping[str, str]) -> None:
        self._texts = texts
        self._rows: dict[str, list[str]] = {}

    def row(self, span: Span) -> str:
        """Return the row that holds the first character of a span.

        A row of more than 1,000 characters is cut; nothing is returned where the span is
        behind the cut or nowhere.

        Parameters
        ----------
        span : Span
            A place in one of the texts.

        Returns
        -------
        str
        """
        rows = self._rows.get(span.source)
        if rows is None:
            rows = self._rows[span.source] = self._texts.get(span.source, "").split("\n")
        if span.row > len(rows):
            return ""
        row = rows[span.row - 1].rstrip("\r").replace("\r", " ").lstrip("\ufeff")
        if len(row) <= _LONGEST:
            return row
        return f"{row[:_LONGEST]}…" if span.column + span.width <= _LONGEST else ""

    def diagnostic(
        self, severity: Severity, message: str, span: Span, help: str = ""
    ) -> Diagnostic:
        """Return a diagnostic with the row of text that its span points at.

        Parameters
        ----------
        severity : {"error", "warning"}
            How bad it is.
        message : str
            One lower-case sentence.
        span : Span
            The place to underline.
        help : str, optional
            What to do about it.

        Returns
        -------
        Diagnostic
        """
        return Diagnostic(severity, message, span, help, self.row(span))
