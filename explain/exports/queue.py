"""The queue of adverse lines for a spreadsheet: one row each, and no cell ever a formula."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from datetime import datetime

from explain.narrative.model import Narrative
from facts.extras import report_module
from facts.spreadsheet import csv_text
from kb.model.clause import ACTIONS, action_of

KINDS = {"csv": ".csv", "xlsx": ".xlsx"}
"""Kinds of queues with the endings of their files."""

COLUMNS = (
    "claim_id",
    "line_number",
    "outcome",
    "clause_ids",
    "reason",
    "carc",
    "rarcs",
    "group",
    "procedure_code",
    "service_date",
    "units",
    "allowed_units",
    "charge",
    "action",
    "missing",
    "would_change",
    "document",
)

_WIDTHS = (18, 6, 12, 26, 60, 8, 12, 8, 12, 12, 8, 8, 12, 22, 30, 60, 26)
_MOST_CHARACTERS = 32_000
"""A spreadsheet's cell holds little more."""


def queue_row(narrative: Narrative, document: str) -> tuple[str, ...]:
    """Return the row of a line.

    Parameters
    ----------
    narrative : Narrative
        The narrative of the line.
    document : str
        File name of the document that explains it.

    Returns
    -------
    tuple of str
        One for each of ``COLUMNS``.
    """
    identity = narrative.identity
    adverse = narrative.adverse
    codes = [code for citation in adverse for code in citation.codes]

    def of(system: str) -> str:
        return " ".join(dict.fromkeys(code.code for code in codes if code.system == system))

    return (
        identity.claim_id,
        str(identity.line_number),
        narrative.headline.outcome,
        " ".join(citation.clause_id for citation in adverse),
        narrative.headline.sentence,
        of("CARC"),
        of("RARC"),
        of("group"),
        identity.procedure_code,
        identity.service_date,
        identity.units,
        narrative.allowed_units,
        identity.charge,
        ACTIONS.get(action_of(citation.action for citation in adverse), ""),
        "; ".join(one.text for one in narrative.missing),
        " ".join(citation.change_summary for citation in adverse if citation.change_summary),
        document,
    )


def queue_bytes(rows: Iterable[Sequence[str]], kind: str) -> bytes:
    """Return a queue as a file.

    Parameters
    ----------
    rows : iterable of sequence of str
        As ``queue_row`` returns them.
    kind : {"csv", "xlsx"}
        One of ``KINDS``.

    Raises
    ------
    UsageError
        If XLSX is asked for and the extra is not installed.
    """
    if kind == "csv":
        return f"{csv_text([COLUMNS, *rows])}\n".encode()
    return _xlsx(rows)


def _xlsx(rows: Iterable[Sequence[str]]) -> bytes:
    xlsxwriter = report_module("xlsxwriter")
    buffer = io.BytesIO()
    options = {
        "in_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    with xlsxwriter.Workbook(buffer, options) as book:
        book.set_properties({"title": "Adverse claim lines", "created": datetime(2000, 1, 1)})
        sheet = book.add_worksheet("queue")
        bold = book.add_format({"bold": True, "bottom": 1})
        wrapped = book.add_format({"text_wrap": True, "valign": "top"})
        for column, (name, width) in enumerate(zip(COLUMNS, _WIDTHS, strict=True)):
            sheet.set_column(column, column, width)
            sheet.write_string(0, column, name, bold)
        last = 0
        for last, row in enumerate(rows, 1):
            for column, value in enumerate(row):
                if value:
                    sheet.write_string(last, column, value[:_MOST_CHARACTERS], wrapped)
        sheet.freeze_panes(1, 2)
        sheet.autofilter(0, 0, last, len(COLUMNS) - 1)
    return buffer.getvalue()
