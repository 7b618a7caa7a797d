"""The claim forms of a file of which no line may be addressed."""

from __future__ import annotations

from facts.claim_forms import CLAIM_FORMS, parse_claim_form
from facts.diagnostic import Diagnostic
from facts.no_value import is_no_value
from facts.origin import Origin
from facts.values import one_line, quoted

_MOST_FORMS = 5
_MOST_KEPT = 30


class FormsOfFile:
    """The claim forms of a file: whether any of them is one that policies address.

    Parameters
    ----------
    source : str
        The file.

    Examples
    --------
    >>> forms = FormsOfFile("claims.csv")
    >>> forms.add("Dental")
    >>> [warning.message for warning in forms.warnings()]
    ['no line of `claims.csv` is addressed, for its claim forms are unknown: `dental`']
    """

    def __init__(self, source: str) -> None:
        self._source = source
        self._unknown: set[str] = set()
        self._known = False

    def add(self, text: str | None) -> None:
        """Add the text of the claim form of a line, if it has one."""
        if self._known or text is None or is_no_value("claim_form", text):
            return
        form = parse_claim_form(text)
        self._known = form in CLAIM_FORMS
        if len(self._unknown) < _MOST_KEPT:
            self._unknown.add(form)

    def warnings(self) -> list[Diagnostic]:
        """Return the warning of a file of which no claim form is known."""
        if self._known or not self._unknown:
            return []
        shown = ", ".join(map(quoted, sorted(self._unknown)[:_MOST_FORMS]))
        message = (
            f"no line of `{one_line(self._source)}` is addressed, for its claim forms are "
            f"unknown: {shown}{', ...' if len(self._unknown) > _MOST_FORMS else ''}"
        )
        help = "`claim_form` is cms1500 or ub04, or a word for one, as in professional or 837I"
        return [Diagnostic("warning", message, Origin(self._source), help)]
