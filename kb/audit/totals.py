"""Totals of an audit: lines and money by verdict, clause, CARC, payer, provider and month."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal

from kb.audit.audited_line import BESIDE_LINES, VERDICTS, AuditedLine, is_appealable

ZERO = Decimal("0.00")
GROUPS = ("verdict", "clause", "carc", "payer", "provider", "month")
NONE = "-"


@dataclass(slots=True)
class AuditTotal:
    """Lines and money of one group.

    Parameters
    ----------
    lines : int
        How many; what a payer takes off a claim beside its lines is no line.
    charge, paid, denied, at_issue, to_ask_for, adjusted : Decimal
        Their sums; what is to be asked for is at issue where it can be appealed.
    """

    lines: int = 0
    charge: Decimal = ZERO
    paid: Decimal = ZERO
    denied: Decimal = ZERO
    at_issue: Decimal = ZERO
    to_ask_for: Decimal = ZERO
    adjusted: Decimal = ZERO

    def add(self, line: AuditedLine) -> None:
        """Count a ``line``."""
        self.lines += line.matched_by != BESIDE_LINES
        self.charge += line.charge or ZERO
        self.paid += line.paid or ZERO
        self.denied += line.denied or ZERO
        self.adjusted += line.adjusted or ZERO
        self.at_issue += line.at_issue or ZERO
        if is_appealable(line):
            self.to_ask_for += line.at_issue or ZERO


@dataclass(slots=True)
class AuditTotals:
    """The totals of an audit, and what reconciles it.

    A line with two clauses, or two CARCs, counts for each.

    Parameters
    ----------
    groups : dict of group to dict of value to AuditTotal
        By ``GROUPS``.
    unanswered, unmatched : AuditTotal
        Claim lines that no remittance answers; lines of remittances that answer none.
    beside : AuditTotal
        What payers say of claims beside their lines; it is in the groups too.
    """

    groups: dict[str, dict[str, AuditTotal]] = field(
        default_factory=lambda: {name: {} for name in GROUPS}
    )
    unanswered: AuditTotal = field(default_factory=AuditTotal)
    unmatched: AuditTotal = field(default_factory=AuditTotal)
    beside: AuditTotal = field(default_factory=AuditTotal)

    def add(self, line: AuditedLine) -> None:
        """Count a ``line`` in every group."""
        if line.unmatched:
            (self.unmatched if line.line_number is None else self.unanswered).add(line)
            return
        if line.matched_by == BESIDE_LINES:
            self.beside.add(line)
        reasons = [each.partition(":")[0].partition("-")[2] for each in _words(line.reasons)]
        month = f"{line.check_date:%Y-%m}" if line.check_date is not None else NONE
        values = {
            "verdict": _words(line.verdict),
            "clause": _words(line.clauses),
            "carc": reasons,
            "payer": [line.payer or NONE],
            "provider": [line.provider or NONE],
            "month": [month],
        }
        for name, group in values.items():
            for value in dict.fromkeys(group) or (NONE,):
                self.groups[name].setdefault(value, AuditTotal()).add(line)

    def of(self, lines: Iterable[AuditedLine]) -> AuditTotals:
        """Count ``lines`` and return the totals."""
        for line in lines:
            self.add(line)
        return self

    def rows(self) -> list[tuple[str, str, AuditTotal]]:
        """Return each total with its group and value, in an order that depends on these alone."""
        found = []
        for name, group in self.groups.items():
            order = {value: place for place, value in enumerate(VERDICTS)}
            for value in sorted(group, key=lambda each: (order.get(each, len(order)), each)):
                found.append((name, value, group[value]))
        return found


def _words(text: str | None) -> list[str]:
    return (text or "").split()
