"""Withhold what identifies a claim: its id, dates of service, provider, charge and the like."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from facts.claim import ClaimLine
from kb.language.values import Value

WITHHELD = "(withheld)"

_LEAST = 4
"""A shorter secret is searched for as a whole value only, never within a longer text."""

_FIELDS = (
    ("claim_id", "(claim withheld)"),
    ("service_date", "(date withheld)"),
    ("service_date_to", "(date withheld)"),
    ("processed_date", "(date withheld)"),
    ("rendering_provider", "(provider withheld)"),
    ("prior_authorization", "(number withheld)"),
    ("plan_id", "(plan withheld)"),
    ("contract_id", "(contract withheld)"),
    ("line_control", "(number withheld)"),
    ("payer_control", "(number withheld)"),
    ("description", "(description withheld)"),
)

_CHARGE = "charge"
_NO_AMOUNTS = frozenset({"line", "other", "number", "count", "units", "days", "quantity"})
"""Columns whose numbers are not money, even where they equal a charge."""


@dataclass(frozen=True, slots=True)
class Mask:
    """The values of a claim that are withheld.

    Values are withheld where a sentence is made of them, so that no text has to be searched and
    changed afterwards.

    Parameters
    ----------
    texts : dict of str to str
        Each value with its replacement.
    charges : frozenset of numbers
        Amounts of money that are withheld.
    """

    texts: dict[str, str]
    charges: frozenset[Value] = frozenset()

    @classmethod
    def of(cls, lines: Sequence[ClaimLine]) -> Mask:
        """Return the mask of a claim.

        Parameters
        ----------
        lines : sequence of ClaimLine
            All lines of the claim.

        Examples
        --------
        >>> from datetime import date
        >>> mask = Mask.of([ClaimLine("CLM1", 1, "cms1500", date(2018, 6, 1))])
        >>> mask.of_value("2018-06-01"), mask.of_value("see CLM1"), mask.of_value("96365")
        ('(date withheld)', '(withheld)', None)
        """
        texts: dict[str, str] = {}
        for line in lines:
            for field, instead in _FIELDS:
                value = getattr(line, field)
                if value is not None and value != "":
                    text = value if isinstance(value, str) else value.isoformat()
                    texts.setdefault(text, instead)
        return cls(texts, frozenset(line.charge for line in lines if line.charge is not None))

    def of_value(self, value: Value | None, noun: str = "") -> str | None:
        """Return the replacement of a value; None if the value may be shown.

        Parameters
        ----------
        value : Value or None
            Any value of a sentence.
        noun : str, optional
            Name of the column, or what the value is called.
        """
        if value is None:
            return None
        if noun == _CHARGE:
            return WITHHELD
        if not isinstance(value, str):
            return WITHHELD if value in self.charges and noun not in _NO_AMOUNTS else None
        instead = self.texts.get(value)
        if instead is None and any(
            len(secret) >= _LEAST and secret in value for secret in self.texts
        ):
            instead = WITHHELD
        return instead
