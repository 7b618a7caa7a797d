"""A summary as XLSX: a sheet for each table, numbers as numbers, no cell ever a formula."""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from explain.summary.plain import MEASURES, measures
from explain.summary.rows import SummaryTable
from facts.extras import report_module
from kb.model.summary import DIMENSIONS, Summary

_FORMATS = ("#,##0",) * 4 + ("#,##0.00",) * 2 + ("0.0%",)
_LONGEST_NAME = 31
_MOST_ROWS = 1_000_000
"""Rows of a sheet; Excel has room for little more."""


def sheet_bytes(summary: Summary, tables: Sequence[SummaryTable]) -> bytes:
    """Return a summary as a workbook.

    Parameters
    ----------
    summary : Summary
        The totals.
    tables : sequence of SummaryTable
        As ``summary_tables`` returns them.

    Raises
    ------
    UsageError
        If the extra ``clausewise[report]`` is not installed.
    """
    xlsxwriter = report_module("xlsxwriter")
    buffer = io.BytesIO()
    options = {
        "in_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    with xlsxwriter.Workbook(buffer, options) as book:
        title = {"title": f"Charges at issue under {summary.policy}"}
        book.set_properties({**title, "created": datetime(2000, 1, 1)})
        styles = [book.add_format({"num_format": each}) for each in _FORMATS]
        bold = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"})
        sums = [book.add_format({"num_format": each, "bold": True, "top": 1}) for each in _FORMATS]
        total = book.add_format({"bold": True, "top": 1})
        names: set[str] = set()
        for table in tables:
            sheet = book.add_worksheet(_name(table, names))
            _fill(sheet, table, styles, bold, sums, total)
    return buffer.getvalue()


def _fill(
    sheet: Any,
    table: SummaryTable,
    styles: Sequence[Any],
    bold: Any,
    sums: Sequence[Any],
    last: Any,
) -> None:
    depth = len(table.grouping)
    headings = [DIMENSIONS[name].heading for name in table.grouping]
    headings += ["level", "label", *(name.replace("_", " ") for name in MEASURES)]
    for column, heading in enumerate(headings):
        sheet.write_string(0, column, heading, bold)
    row = 0
    for row, group in enumerate(table.walk(), 1):
        if row >= _MOST_ROWS:
            break
        for column, value in enumerate(group.key):
            text = f"no {headings[column]}" if value is None else str(value)
            sheet.write_string(row, column, text)
        sheet.write_number(row, depth, group.level)
        sheet.write_string(row, depth + 1, group.label)
        for place, number in enumerate(measures(group.totals, group.share)):
            sheet.write_number(row, depth + 2 + place, float(number or 0), styles[place])
    sheet.write_string(row + 1, 0, "all lines", last)
    for column in range(1, depth + 2):
        sheet.write_blank(row + 1, column, None, last)
    for place, number in enumerate(measures(table.total)):
        if number is not None:
            sheet.write_number(row + 1, depth + 2 + place, float(number), sums[place])
    share = depth + 1 + len(MEASURES)
    sheet.set_column(0, depth - 1, 20)
    sheet.set_column(depth, depth, 6)
    sheet.set_column(depth + 1, depth + 1, 44)
    sheet.set_column(depth + 2, share, 13)
    sheet.freeze_panes(1, depth)
    sheet.autofilter(0, 0, row, share)
    if row:
        sheet.conditional_format(1, share, row, share, {"type": "data_bar", "bar_solid": True})


def _name(table: SummaryTable, taken: set[str]) -> str:
    """Return a name of a sheet that no other one has."""
    base = re.sub(r"[^a-z0-9 ,_-]", "", ", ".join(table.grouping))[:_LONGEST_NAME]
    name, number = base, 2
    while name in taken:
        name = f"{base[: _LONGEST_NAME - 4]} {number}"
        number += 1
    taken.add(name)
    return name
