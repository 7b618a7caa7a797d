"""A summary on a terminal: tables with bars, cut to the largest groups."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator, Sequence
from decimal import Decimal

from explain.cli.output import data, table_text, visible
from explain.english.wrapping import shortened
from explain.summary.bars import length_of, text_bar
from explain.summary.page import measured, percent
from explain.summary.rows import CHARGE, IN_ORDER, SummaryRow, SummaryTable
from kb.model.summary import GroupTotals

_BAR, _LEAST_LABEL, _IN_A_PIPE = 16, 12, 110
"""Characters of the longest bar, of the shortest label, and of a row where there is no terminal."""

Cells = tuple[str, ...]


def show_summary(tables: Sequence[SummaryTable], top: int) -> None:
    """Print the tables of a summary.

    Parameters
    ----------
    tables : sequence of SummaryTable
        As ``summary_tables`` returns them.
    top : int
        Groups of a level that are shown, the others added up; 0 for all.
    """
    width = _IN_A_PIPE
    if sys.stdout.isatty():
        width = shutil.get_terminal_size((_IN_A_PIPE, 24)).columns
    for number, table in enumerate(tables):
        if number:
            data("")
        _paint(_text(table, top, width))


def _text(table: SummaryTable, top: int, width: int) -> str:
    """Return a table with its title, the smaller groups added up."""
    longest: dict[int, Decimal] = {}
    for row in table.walk():
        if not row.aside:
            longest[row.level] = max(longest.get(row.level, row.weight), row.weight)
    hang = table.measure == CHARGE
    counted = ("lines", "at issue", "claims") if hang else ("lines", "of lines", "claims")
    headings: Cells = ("group", "what it is", *counted, table.measure, "share", "")
    rows = list(_rows(table.rows, table, top, longest))
    rows.append(("all lines", "", *_numbers(table.total, table.measure), "", ""))
    numbers = range(2, len(headings) - 1)
    if not any(row[1] for row in rows):
        headings, rows = _without(headings, 1), [_without(row, 1) for row in rows]
        numbers = range(1, len(headings) - 1)
    else:
        widths = (max(map(len, cells)) for cells in zip(headings, *rows, strict=True))
        taken = sum(size + 2 for place, size in enumerate(widths) if place != 1)
        room = max(width - taken, _LEAST_LABEL)
        rows = [(row[0], shortened(row[1], room), *row[2:]) for row in rows]
    title = f"{table.title}, a line in each of its groups" if table.several else table.title
    return f"{title}\n{table_text(headings, rows, right=numbers)}"


def _rows(
    groups: Sequence[SummaryRow], table: SummaryTable, top: int, longest: dict[int, Decimal]
) -> Iterator[Cells]:
    whole = not top or len(groups) <= top + 1
    if groups:
        whole = whole or table.grouping[groups[0].level - 1] in IN_ORDER
    shown = groups if whole else groups[:top]
    for row in shown:
        length = length_of(row.weight, longest.get(row.level))
        yield (
            "  " * (row.level - 1) + row.value,
            row.label,
            *_numbers(row.totals, table.measure),
            percent(row.share),
            "" if row.aside else text_bar(length, _BAR),
        )
        yield from _rows(row.inner, table, top, longest)
    left = groups[len(shown) :]
    if left:
        yield _others(left, table)


def _others(left: Sequence[SummaryRow], table: SummaryTable) -> Cells:
    """Return groups that are not shown as one row; their claims may be the same ones."""
    together = GroupTotals(
        lines=sum(row.totals.lines for row in left),
        lines_at_issue=sum(row.totals.lines_at_issue for row in left),
        charge=sum((row.totals.charge for row in left), Decimal(0)),
        at_issue=sum((row.totals.at_issue for row in left), Decimal(0)),
    )
    lines, others, _, measure = _numbers(together, table.measure)
    name = "  " * (left[0].level - 1) + f"{len(left):,} more"
    share = percent(length_of(sum((row.weight for row in left), Decimal(0)), left[0].whole))
    return (name, "", lines, others, "", measure, share, "")


def _numbers(totals: GroupTotals, measure: str) -> Cells:
    """Return the lines, other lines and claims of a group, and what its table's shares are of."""
    counts = (totals.lines_at_issue, totals.lines, totals.claims_at_issue)
    if measure == CHARGE:
        counts = (totals.lines, totals.lines_at_issue, totals.claims)
    return (*(f"{count:,}" for count in counts), measured(totals, measure))


def _without(cells: Cells, place: int) -> Cells:
    return (*cells[:place], *cells[place + 1 :])


def _paint(text: str) -> None:
    """Print a table, in colours where there is a terminal and ``rich``."""
    if sys.stdout.isatty():
        try:
            from rich.console import Console
            from rich.text import Text
        except ImportError:
            pass
        else:
            shown = Text(visible(text))
            shown.highlight_regex("[█▏▎▍▌▋▊▉]+", "cyan")
            shown.highlight_regex(r"\A.*\n.*", "bold")
            Console(highlight=False).print(shown, soft_wrap=True)
            return
    data(text)
