"""An audit as a file: XLSX whose cells are numbers and dates, or Parquet."""

from __future__ import annotations

import io
import json
from collections.abc import Iterable, Sequence
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from facts.extras import duckdb_module, report_module
from kb.audit.audited_line import COLUMNS, MONEY, TYPES, AuditedLine

if TYPE_CHECKING:
    from kb.audit.totals import AuditTotals

_TOTALS = ("by", "value", "lines", "charge", "paid", "denied", "at_issue", "to_ask_for")
_MOST_CHARACTERS = 32_000
"""A spreadsheet's cell holds little more."""

_WIDE = {
    "reasons": 24,
    "clauses": 26,
    "verdict": 24,
    "payer": 24,
    "matched_by": 34,
    "unmatched": 30,
}


def audit_bytes(lines: Iterable[AuditedLine], totals: AuditTotals, kind: str) -> bytes:
    """Return an audit as a file.

    Parameters
    ----------
    lines : iterable of AuditedLine
        The rows.
    totals : AuditTotals
        A sheet of their own in XLSX.
    kind : {"xlsx", "parquet"}
        The format.

    Raises
    ------
    UsageError
        If the extra is not installed.
    """
    return _xlsx(lines, totals) if kind == "xlsx" else _parquet(lines)


def _xlsx(lines: Iterable[AuditedLine], totals: AuditTotals) -> bytes:
    xlsxwriter = report_module("xlsxwriter")
    buffer = io.BytesIO()
    options = {
        "in_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    with xlsxwriter.Workbook(buffer, options) as book:
        book.set_properties({"title": "Audit of remittances", "created": datetime(2000, 1, 1)})
        bold = book.add_format({"bold": True, "bottom": 1})
        formats = {
            "money": book.add_format({"num_format": "#,##0.00"}),
            "date": book.add_format({"num_format": "yyyy-mm-dd"}),
        }
        sheet = book.add_worksheet("lines")
        for column, name in enumerate(COLUMNS):
            sheet.set_column(column, column, _WIDE.get(name, 13))
            sheet.write_string(0, column, name, bold)
        last = 0
        for last, line in enumerate(lines, 1):
            for column, (name, value) in enumerate(zip(COLUMNS, line, strict=True)):
                _cell(sheet, last, column, value, formats, name in MONEY)
        sheet.freeze_panes(1, 2)
        sheet.autofilter(0, 0, last, len(COLUMNS) - 1)
        sheet = book.add_worksheet("totals")
        for column, name in enumerate(_TOTALS):
            sheet.set_column(column, column, 26 if name == "value" else 13)
            sheet.write_string(0, column, name, bold)
        for row, (group, value, total) in enumerate(totals.rows(), 1):
            cells: Sequence[Any] = (group, value, total.lines, total.charge, total.paid)
            cells = (*cells, total.denied, total.at_issue, total.to_ask_for)
            for column, cell in enumerate(cells):
                _cell(sheet, row, column, cell, formats, column > 2)
        sheet.freeze_panes(1, 0)
    return buffer.getvalue()


def _cell(sheet: Any, row: int, column: int, value: Any, formats: Any, money: bool) -> None:
    """Write a value as what it is; a text is never a formula."""
    if value is None:
        return
    if isinstance(value, (int, Decimal)):
        sheet.write_number(row, column, float(value), formats["money"] if money else None)
    elif isinstance(value, str):
        sheet.write_string(row, column, value[:_MOST_CHARACTERS])
    else:
        sheet.write_datetime(row, column, datetime(*value.timetuple()[:3]), formats["date"])


def _parquet(lines: Iterable[AuditedLine]) -> bytes:
    from kb.engines.duckdb.connection import literal
    from kb.engines.duckdb.output.writer import COPY_OPTIONS

    duckdb = duckdb_module()
    types = ", ".join(f"{name}: {literal(kind)}" for name, kind in TYPES.items())
    with TemporaryDirectory(prefix="clausewise-") as folder:
        rows, made = Path(folder, "rows.jsonl"), Path(folder, "rows.parquet")
        with rows.open("w", encoding="utf-8", newline="") as file:
            for line in lines:
                record = {name: None if v is None else str(v) for name, v in line._asdict().items()}
                file.write(json.dumps(record) + "\n")
        with duckdb.connect(":memory:") as connection:
            connection.execute(
                f"COPY (SELECT * FROM read_json({literal(str(rows))}, "
                f"format='newline_delimited', columns={{{types}}})) "
                f"TO {literal(str(made))} ({COPY_OPTIONS['parquet']})"
            )
        return made.read_bytes()
