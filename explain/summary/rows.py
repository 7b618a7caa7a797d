"""The rows of a summary: nested, in their order, each with its share and its label."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction

from facts.reference_sets import describe
from facts.values import one_line
from kb.model.clause import Reading
from kb.model.summary import DIMENSIONS, Grouping, GroupKey, GroupTotals, GroupValue, Summary

_REFERENCES = {"place": "place_of_service", "revenue": "revenue_code"}
"""The reference sets that say what a value is."""

IN_ORDER = ("month",)
"""Dimensions whose values have an order of their own."""

AT_ISSUE, LINES, CHARGE = "charge at issue", "lines at issue", "charge"
"""What the shares of a table are of."""


@dataclass(frozen=True, slots=True)
class SummaryRow:
    """A group of lines.

    Parameters
    ----------
    key : tuple
        Its values, the outermost first.
    value, label : str
        Its innermost value, and what that is.
    totals : GroupTotals
        What it amounts to.
    weight, whole : Decimal
        What the table's shares are of, of the group and of all lines.
    inner : tuple of SummaryRow
        The groups within it.
    aside : bool
        Whether its lines have none of what is looked for: it stands last, without a bar.
    """

    key: GroupKey
    value: str
    label: str
    totals: GroupTotals
    weight: Decimal
    whole: Decimal
    inner: tuple[SummaryRow, ...] = ()
    aside: bool = False

    @property
    def share(self) -> Fraction:
        """Its share of what the table's shares are of."""
        return Fraction(self.weight) / Fraction(self.whole) if self.whole else Fraction(0)

    @property
    def level(self) -> int:
        """How deep it is nested, from 1."""
        return len(self.key)


@dataclass(frozen=True, slots=True)
class SummaryTable:
    """The groups of one grouping.

    Parameters
    ----------
    grouping : Grouping
        Its dimensions.
    measure : str
        What the shares are of: ``AT_ISSUE``, or ``LINES`` where no charge is at issue, or
        ``CHARGE`` where lines hang on readings.
    rows : tuple of SummaryRow
        The outermost groups, the largest first; months in their order.
    total : GroupTotals
        Of all lines.
    """

    grouping: Grouping
    measure: str
    rows: tuple[SummaryRow, ...]
    total: GroupTotals

    @property
    def title(self) -> str:
        """What it is by, in words."""
        return "By " + ", then ".join(DIMENSIONS[name].heading for name in self.grouping)

    @property
    def several(self) -> bool:
        """Whether a line may count in several groups."""
        return any(DIMENSIONS[name].several for name in self.grouping)

    def walk(self) -> Iterator[SummaryRow]:
        """Yield every row, the groups within a group right behind it."""

        def below(rows: tuple[SummaryRow, ...]) -> Iterator[SummaryRow]:
            for row in rows:
                yield row
                yield from below(row.inner)

        return below(self.rows)


@dataclass(frozen=True, slots=True)
class Labels:
    """What the values of dimensions are.

    Parameters
    ----------
    titles : mapping of str to str
        The titles of clauses.
    readings : mapping of int to Reading
        The readings of the policy.
    """

    titles: Mapping[str, str] = field(default_factory=dict)
    readings: Mapping[int, Reading] = field(default_factory=dict)

    def of(self, name: str, value: GroupValue) -> str:
        """Return what a value is, empty where that is not known.

        Parameters
        ----------
        name : str
            The dimension.
        value : str, int or None
            Its value.
        """
        if value is None:
            return ""
        if name == "clause":
            return self.titles.get(str(value), "")
        if name == "reading":
            reading = self.readings.get(int(value))
            return reading.question if reading is not None else ""
        return describe(_REFERENCES[name], str(value)) if name in _REFERENCES else ""


def summary_tables(summary: Summary, labels: Labels) -> tuple[SummaryTable, ...]:
    """Return the tables of a summary.

    Parameters
    ----------
    summary : Summary
        The totals.
    labels : Labels
        What the values are.

    Examples
    --------
    >>> summary = Summary((("outcome",),), {
    ...     (): {(): GroupTotals(3, 2, 1, 1, Decimal(9), Decimal(6))},
    ...     ("outcome",): {("denied",): GroupTotals(2, 2, 1, 1, Decimal(6), Decimal(6)),
    ...                    ("reimbursable",): GroupTotals(1, 0, 1, 0, Decimal(3), Decimal(0))}})
    >>> (table,) = summary_tables(summary, Labels())
    >>> table.title, [(row.value, float(row.share)) for row in table.rows]
    ('By outcome', [('denied', 1.0), ('reimbursable', 0.0)])
    """
    return tuple(_table(summary, grouping, labels) for grouping in summary.tables)


def value_text(name: str, value: GroupValue) -> str:
    """Return a value as a person reads it.

    Parameters
    ----------
    name : str
        The dimension.
    value : str, int or None
        Its value.

    Examples
    --------
    >>> value_text("outcome", "not_addressed"), value_text("plan", None)
    ('not addressed', 'no plan')
    """
    if value is None:
        return f"no {DIMENSIONS[name].heading}"
    return str(value).replace("_", " ") if name == "outcome" else one_line(str(value))


def _table(summary: Summary, grouping: Grouping, labels: Labels) -> SummaryTable:
    total = summary.total
    measure = AT_ISSUE if total.at_issue else LINES
    if "reading" in grouping:
        measure = CHARGE
    whole = _weight(total, measure)
    inner: dict[GroupKey, list[SummaryRow]] = {}
    for length in range(len(grouping), 0, -1):
        name = grouping[length - 1]
        made: dict[GroupKey, list[SummaryRow]] = {}
        for key, totals in summary.groups.get(grouping[:length], {}).items():
            weight = _weight(totals, measure)
            value, label = value_text(name, key[-1]), labels.of(name, key[-1])
            within = tuple(inner.get(key, ()))
            aside = key[-1] is None and not DIMENSIONS[name].column
            made.setdefault(key[:-1], []).append(
                SummaryRow(key, value, label, totals, weight, whole, within, aside)
            )
        for rows in made.values():
            rows.sort(key=_largest)
            if name in IN_ORDER:
                rows.sort(key=_by_value)
        inner = made
    return SummaryTable(grouping, measure, tuple(inner.get((), ())), total)


def _weight(totals: GroupTotals, measure: str) -> Decimal:
    if measure == LINES:
        return Decimal(totals.lines_at_issue)
    return totals.charge if measure == CHARGE else totals.at_issue


def _by_value(row: SummaryRow) -> tuple[bool, str]:
    return (row.key[-1] is None, str(row.key[-1]))


def _largest(row: SummaryRow) -> tuple[bool, Decimal, int, int, bool, int, str]:
    value, totals = row.key[-1], row.totals
    return (
        row.aside,
        -row.weight,
        -totals.lines_at_issue,
        -totals.lines,
        value is None,
        value if isinstance(value, int) else 0,
        str(value),
    )
