"""Fees: what a payer allows for one unit of a code. A table of ``procedure_code, fee``."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path

from facts.claim import Trace
from facts.diagnostic import Diagnostic, InputError
from facts.readers.row_fields import RowFields
from facts.readers.table_file import table_rows
from facts.values import format_number, parse_amount, parse_code, quoted

COLUMNS = ("procedure_code", "fee")


def read_fees(path: str | Path, notes: list[Diagnostic] | None = None) -> Mapping[str, Decimal]:
    """Read the fee of one unit of each code.

    Parameters
    ----------
    path : path
        A CSV, JSONL or Parquet file with the columns ``procedure_code`` and ``fee``.
    notes : list of Diagnostic, optional
        Gathers warnings.

    Returns
    -------
    mapping of str to Decimal

    Raises
    ------
    InputError
        With everything that is wrong: half of a fee schedule would be another one.

    Examples
    --------
    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp(), "fees.csv")
    >>> _ = path.write_text("procedure_code,fee\\nJ1200,4.50\\n")
    >>> dict(read_fees(path))
    {'J1200': Decimal('4.50')}
    """
    found: list[Diagnostic] = []
    fees: dict[str, Decimal] = {}
    first: dict[str, Trace] = {}
    for row in table_rows(Path(path), COLUMNS, COLUMNS, found):
        fields = RowFields(row, COLUMNS)
        code = fields.read("procedure_code", parse_code)
        fee = fields.read("fee", parse_amount)
        if code is not None and fee is not None:
            other = fees.setdefault(code, fee)
            if other != fee:
                message = f"{quoted(code)} has a second fee, {quoted(format_number(fee))}"
                place = first[code].origin("fee")
                fields.error(message, "fee", f"the other is {format_number(other)}, {place}")
            first.setdefault(code, row.trace)
        found += fields.faults
    if any(each.severity == "error" for each in found):
        raise InputError(found)
    if notes is not None:
        notes += found
    return fees
