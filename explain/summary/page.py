"""A summary as one page of HTML: its plots are drawn in it, and it loads nothing from anywhere."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from fractions import Fraction
from html import escape
from itertools import islice

from explain.english.phrases import money
from explain.summary.bars import length_of, svg_bars
from explain.summary.plain import MEASURES, measures, rounded
from explain.summary.rows import CHARGE, IN_ORDER, LINES, SummaryRow, SummaryTable
from kb.model.summary import GroupTotals, Summary

_POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
_MOST_BARS, _MOST_IN_ORDER, _MOST_ROWS = 15, 60, 200
_STYLE = """
:root{color-scheme:light dark;--ink:#1a1a1a;--soft:#4d4d4d;--edge:#c4c4c4;--paper:#fff;
--bar:#2b6cb0}
@media (prefers-color-scheme:dark){:root{--ink:#e8e8e8;--soft:#b5b5b5;--edge:#4a4a4a;
--paper:#181a1b;--bar:#6aa9e9}}
body{font:1rem/1.5 system-ui,sans-serif;margin:0 auto;max-width:75rem;padding:1rem;color:var(--ink);
background:var(--paper)}
h1{font-size:1.6rem;margin:.5rem 0}h2{font-size:1.2rem;margin:2rem 0 .5rem}
dl{display:flex;flex-wrap:wrap;gap:.5rem 2.5rem;margin:1rem 0}dt{color:var(--soft)}
dd{margin:0;font-size:1.4rem}p{color:var(--soft)}
.bars{width:100%;max-width:62rem;height:auto;font:13px system-ui,sans-serif}
.bars rect{fill:var(--bar)}.bars text{fill:var(--ink)}
.wide{overflow-x:auto}table{border-collapse:collapse;width:100%}
th,td{text-align:left;padding:.25rem .6rem;border-bottom:1px solid var(--edge);vertical-align:top}
thead th{border-bottom:2px solid var(--soft)}
.n{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}
tfoot th,tfoot td{border-top:2px solid var(--soft);font-weight:600}
summary{cursor:pointer}@media print{details::details-content{content-visibility:visible}}
"""


def page_bytes(summary: Summary, tables: Sequence[SummaryTable]) -> bytes:
    """Return a summary as a page of HTML.

    Parameters
    ----------
    summary : Summary
        The totals.
    tables : sequence of SummaryTable
        As ``summary_tables`` returns them.
    """
    title = f"Charges at issue under {summary.policy}"
    rows = [
        "<!DOCTYPE html>",
        '<html lang="en">',
        "<head>",
        '<meta charset="utf-8">',
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        '<meta name="referrer" content="no-referrer">',
        f"<title>{escape(title)}</title>",
        f"<style>{_STYLE}</style>",
        "</head>",
        "<body><main>",
        f"<h1>{escape(title)}</h1>",
        _totals(summary.total),
        *(row for table in tables for row in _section(table)),
        "</main></body>",
        "</html>",
        "",
    ]
    return "\n".join(rows).encode()


def percent(share: Fraction) -> str:
    """Return a ``share`` in percent.

    Examples
    --------
    >>> percent(Fraction(1, 3)), percent(Fraction(1, 100_000))
    ('33.3%', '<0.1%')
    """
    shown = rounded(share * 100, 1)
    return f"{shown:.1f}%" if shown or not share else "<0.1%"


def measured(totals: GroupTotals, measure: str) -> str:
    """Return what the shares of a table are of, as a person reads it.

    Parameters
    ----------
    totals : GroupTotals
        What a group amounts to.
    measure : str
        The ``measure`` of its table.
    """
    if measure == LINES:
        return f"{totals.lines_at_issue:,}"
    return money(totals.charge if measure == CHARGE else totals.at_issue)


def _totals(total: GroupTotals) -> str:
    told = {
        "charge at issue": money(total.at_issue),
        "of charges": money(total.charge),
        "lines at issue": f"{total.lines_at_issue:,} of {total.lines:,}",
        "claims at issue": f"{total.claims_at_issue:,} of {total.claims:,}",
    }
    if total.uncharged:
        told["lines without a charge"] = f"{total.uncharged:,}"
    cells = "".join(f"<div><dt>{name}</dt><dd>{value}</dd></div>" for name, value in told.items())
    return f"<dl>{cells}</dl>"


def _section(table: SummaryTable) -> Iterator[str]:
    count = sum(1 for _ in table.walk())
    yield f"<section><h2>{escape(table.title)}</h2>"
    if not count:
        yield "<p>There are no lines.</p></section>"
        return
    if table.several:
        yield "<p>A line that has several of these counts in the row of each.</p>"
    most = _MOST_IN_ORDER if table.grouping[0] in IN_ORDER else _MOST_BARS
    shown = [row for row in table.rows if not row.aside][:most]
    longest = max((row.weight for row in shown), default=None)
    bars = [
        (
            row.value,
            row.label,
            f"{measured(row.totals, table.measure)} ({percent(row.share)})",
            length_of(row.weight, longest),
        )
        for row in shown
    ]
    if bars:
        yield svg_bars(f"{table.measure} {table.title[0].lower()}{table.title[1:]}", bars)
    more = f", the first {_MOST_ROWS:,} of {count:,} rows" if count > _MOST_ROWS else ""
    yield f"<details><summary>As a table{more}</summary>"
    yield '<div class="wide"><table><thead><tr><th scope="col">group</th><th scope="col">what it is'
    yield "</th>"
    yield "".join(f'<th scope="col" class="n">{name.replace("_", " ")}</th>' for name in MEASURES)
    yield "</tr></thead><tbody>"
    yield from map(_row, islice(table.walk(), _MOST_ROWS))
    yield f'</tbody><tfoot><tr><th scope="row">all lines</th><td></td>{_cells(table.total)}'
    yield "</tr></tfoot></table></div></details></section>"


def _row(row: SummaryRow) -> str:
    indent = f' style="padding-left:{row.level * 1.2 - 0.6:g}rem"' if row.level > 1 else ""
    return (
        f'<tr><th scope="row"{indent}>{escape(row.value)}</th><td>{escape(row.label)}</td>'
        f"{_cells(row.totals, row.share)}</tr>"
    )


def _cells(totals: GroupTotals, share: Fraction | None = None) -> str:
    *counts, lost, charge, _ = measures(totals)
    texts = [f"{count:,}" for count in counts]
    texts += [money(Decimal(lost or 0)), money(Decimal(charge or 0))]
    texts.append("" if share is None else percent(share))
    return "".join(f'<td class="n">{text}</td>' for text in texts)
