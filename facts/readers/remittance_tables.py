"""Remittances as a table, one row for each service line: CSV, JSONL or Parquet."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal
from functools import partial
from pathlib import Path

from facts.claim import Trace
from facts.diagnostic import Diagnostic
from facts.readers.line_table import RawRow
from facts.readers.row_fields import RowFields
from facts.readers.table_file import table_rows
from facts.readers.x12.remittance_builder import GROUP_CODES, parse_adjustment_reason
from facts.readers.x12.remittance_stream import RejectedRemittance
from facts.remittance import ZERO, Adjustment, Payment, RemittedClaim, RemittedLine
from facts.schema import REMITTANCE_COLUMNS
from facts.values import (
    ValueFault,
    parse_code,
    parse_date,
    parse_decimal,
    parse_modifiers,
    parse_revenue_code,
    parse_whole_number,
    quoted,
)

COLUMNS = tuple(each.name for each in REMITTANCE_COLUMNS)
REQUIRED = tuple(each.name for each in REMITTANCE_COLUMNS if each.required)
_HELP = "write words such as CO-97:30.00, a group, a CARC and an amount"


def parse_adjustments(text: str, trace: Trace | None = None) -> tuple[Adjustment, ...]:
    """Return the adjustments of a text of words such as ``CO-97:30.00``.

    Parameters
    ----------
    text : str
        The words.
    trace : Trace, optional
        The place of the row.

    Raises
    ------
    ValueFault

    Examples
    --------
    >>> [each.carc for each in parse_adjustments("CO-97:30.00 PR-1:5")]
    ['97', '1']
    """
    found = []
    for word in text.split():
        reason, sign, amount = word.partition(":")
        group, dash, carc = reason.partition("-")
        if not sign or not dash or group.upper() not in GROUP_CODES:
            raise ValueFault(f"has no adjustment in {quoted(word)}", _HELP)
        try:
            code = parse_adjustment_reason(carc)
            found.append(Adjustment(group.upper(), code, parse_decimal(amount), None, trace))
        except ValueFault as fault:
            raise ValueFault(f"has no adjustment in {quoted(word)}", fault.help or _HELP) from None
    return tuple(found)


def read_remittance_table(
    path: Path, notes: list[Diagnostic]
) -> Iterator[RemittedClaim | RejectedRemittance]:
    """Yield the claims of a remittance table: the rows of one claim, payer and check together.

    Parameters
    ----------
    path : Path
        The file.
    notes : list of Diagnostic
        Gathers what is wrong with the file.
    """
    payments: dict[tuple[object, ...], Payment] = {}
    claims: dict[tuple[object, ...], list[RemittedLine]] = {}
    heads: dict[tuple[object, ...], RemittedClaim] = {}
    rejected: list[RejectedRemittance] = []
    for row in table_rows(path, COLUMNS, REQUIRED, notes):
        fields = RowFields(row, REQUIRED)
        head, line = _claim(fields, row, payments), _line(fields, row)
        if fields.faults:
            claim_id = fields.texts.get("claim_id") or None
            rejected.append(RejectedRemittance(claim_id, 1, None, tuple(fields.faults)))
            continue
        notes.extend(fields.notes)
        if line.charge - line.adjusted != line.paid:
            notes.append(_unbalanced(line, row.trace))
        key = (head.claim_id, head.status, head.payer_control, id(head.payment))
        heads.setdefault(key, head)
        lines = claims.setdefault(key, [])
        lines.append(line._replace(position=len(lines) + 1))
    for known, lines in claims.items():
        charge = sum((each.charge for each in lines), ZERO)
        paid = sum((each.paid for each in lines), ZERO)
        yield heads[known]._replace(charge=charge, paid=paid, lines=tuple(lines))
    yield from rejected


def _unbalanced(line: RemittedLine, trace: Trace) -> Diagnostic:
    message = (
        f"the line does not balance: charge {line.charge:f} less adjustments {line.adjusted:f}"
        f" is {line.charge - line.adjusted:f}, paid is {line.paid:f}"
    )
    return Diagnostic("warning", message, trace.origin("paid"))


def _claim(
    fields: RowFields, row: RawRow, payments: dict[tuple[object, ...], Payment]
) -> RemittedClaim:
    texts = fields.texts
    day = fields.read("check_date", parse_date)
    payer, check = texts.get("payer", ""), texts.get("check_number", "")
    key = (payer, check, day)
    if key not in payments:
        payments[key] = Payment(check, ZERO, day, payer, payer, "", "", (), row.trace)
    return RemittedClaim(
        texts.get("claim_id", ""),
        texts.get("status", "") or "1",
        ZERO,
        ZERO,
        ZERO,
        payer_control=texts.get("payer_control") or None,
        payment=payments[key],
        trace=row.trace,
    )


def _line(fields: RowFields, row: RawRow) -> RemittedLine:
    def amount(name: str) -> Decimal:
        return fields.read(name, parse_decimal) or ZERO

    def day(name: str) -> date | None:
        return fields.read(name, parse_date)

    def words(name: str, parser: Callable[[str], tuple[str, ...]]) -> tuple[str, ...]:
        return fields.read(name, parser) or ()

    billed = fields.read("units_billed", parse_decimal)
    paid_units = fields.read("units_paid", parse_decimal)
    adjustments = fields.read("adjustments", partial(parse_adjustments, trace=row.trace))
    units = paid_units if paid_units is not None else billed
    return RemittedLine(
        1,
        amount("charge"),
        amount("paid"),
        fields.read("procedure_code", parse_code),
        words("modifiers", parse_modifiers),
        fields.read("submitted_code", parse_code),
        revenue_code=fields.read("revenue_code", parse_revenue_code),
        units_paid=units if units is not None else Decimal(1),
        units_billed=billed if billed is not None else units if units is not None else Decimal(1),
        service_date=day("service_date"),
        line_control=fields.texts.get("line_control") or None,
        adjustments=adjustments or (),
        remarks=words("remarks", lambda text: tuple(text.upper().split())),
        trace=row.trace,
        line_number=fields.read("line_number", partial(parse_whole_number, least=1)),
    )
