"""How another line of a claim is tied to the line that a rule is about."""

from __future__ import annotations

from dataclasses import dataclass, field

from kb.compile.formulas.line_script import DAYS, NotFusable
from kb.compile.formulas.line_tests import OtherLines

_ORDERS = {
    "=\\=": ("other", "other"),
    "\\=": ("other", "other"),
    "<": ("earlier", "later"),
    ">": ("later", "earlier"),
}
"""The order of a line whose number compares so with the other's, and that of the other."""


@dataclass(slots=True)
class Tie:
    """What ties another line to the line that a rule is about.

    Parameters
    ----------
    keys : set of str
        Columns that they share.
    order : {"any", "other", "earlier", "later"}
        Its order in the claim.
    evidence : str
        Name of the evidence of the line that gives the number of the other one, if one does.
    days : set of bool
        Whether the line begins no later than the other ends, and the other no later than it.
    """

    keys: set[str] = field(default_factory=set)
    order: str = "any"
    evidence: str = ""
    days: set[bool] = field(default_factory=set)

    def compare(self, operator: str, is_left: bool) -> None:
        """Note that the numbers of the two lines compare so.

        Parameters
        ----------
        operator : str
            As in the rule language.
        is_left : bool
            Whether the number of the other line is on the left.

        Raises
        ------
        NotFusable
            If no order says that, or it would stand before and after the line.
        """
        if operator not in _ORDERS:
            raise NotFusable("two lines are compared by something else than their number")
        order = _ORDERS[operator][0 if is_left else 1]
        if {self.order, order} == {"earlier", "later"}:
            raise NotFusable("a line is both before and after")
        if self.order in ("any", "other"):
            self.order = order

    def test(self, condition: int) -> OtherLines:
        """Return the test that there is such a line.

        Parameters
        ----------
        condition : int
            The formula of that line.

        Raises
        ------
        NotFusable
            If evidence gives its number and more ties it, or one end alone of their days does.
        """
        if len(self.days) == 1:
            raise NotFusable("two lines are compared by one end of their days")
        keys = (*sorted(self.keys), DAYS) if self.days else tuple(sorted(self.keys))
        if self.evidence and (keys or self.order not in ("any", "other")):
            raise NotFusable("evidence names a line that is tied in another way too")
        return OtherLines(keys, self.order, condition, self.evidence)
