"""What payers answered as a table of DuckDB, one row for each claim line, and its predicates."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from facts.claim import ClaimLine
from facts.extras import Connection
from kb.audit.audited_line import TYPES, reasons_text
from kb.audit.beside import claim_row
from kb.engines.duckdb.connection import identifier
from kb.matching.claims import Claims, Matching
from kb.matching.facts import changed_codes, claims_beside, net_amounts
from kb.matching.lines import MatchedLine

ANSWERED = "answered_lines"
"""The table."""

CLAIM_ROWS = "claim_rows"
"""The rows of claims of which payers say more than of their lines, as ``claim_row`` makes them."""

COLUMNS = {
    "claim_id": "VARCHAR",
    "line_number": "BIGINT",
    "payer": "VARCHAR",
    "check_number": "VARCHAR",
    "check_date": "VARCHAR",
    "charge": "DECIMAL(18, 2)",
    "paid": "DECIMAL(18, 2)",
    "units_billed": "DECIMAL(18, 3)",
    "units_paid": "DECIMAL(18, 3)",
    "remitted_as": "VARCHAR",
    "reasons": "VARCHAR",
    "remarks": "VARCHAR",
    "matched_by": "VARCHAR",
}

_KEY = 'claim_id AS "claim", line_number AS "line"'
_AT_ONCE = 50_000


def relations(number: str) -> Mapping[str, str]:
    """Return the queries of the predicates of a remittance.

    Parameters
    ----------
    number : str
        The SQL type of numbers in rules.
    """

    def plain(*columns: str, needs: str) -> str:
        return f"SELECT {_KEY}, {', '.join(columns)} FROM {ANSWERED} WHERE {needs} IS NOT NULL"

    def taken(key: str, table: str) -> str:
        word = "unnest(string_split(reasons, ' '))"
        before, after = "split_part(word, ':', 1)", "split_part(word, ':', 2)"
        names = key.replace("claim_id AS ", "").replace("line_number AS ", "")
        return (
            f"SELECT {names}, split_part({before}, '-', 1) AS \"group\", "
            f'split_part({before}, \'-\', 2) AS "carc", {after}::{number} AS "amount" '
            f"FROM (SELECT {key}, {word} AS word FROM {table} WHERE reasons IS NOT NULL)"
        )

    return {
        "remitted": plain(
            f'charge::{number} AS "charge"', f'paid::{number} AS "paid"', needs="paid"
        ),
        "remitted_units": plain(
            f'units_billed::{number} AS "billed"',
            f'units_paid::{number} AS "paid"',
            needs="units_paid",
        ),
        "adjusted": taken(_KEY, ANSWERED),
        "claim_adjusted": taken('claim_id AS "claim"', CLAIM_ROWS),
        "remarked": (
            f"SELECT DISTINCT {_KEY}, unnest(string_split(remarks, ' ')) AS \"rarc\" "
            f"FROM {ANSWERED} WHERE remarks IS NOT NULL"
        ),
        "remitted_as": plain('remitted_as AS "code"', needs="remitted_as"),
        "remitted_by": plain(
            'payer AS "payer"', 'check_number AS "check"', needs="coalesce(payer, check_number)"
        ),
        "remitted_on": plain('check_date AS "date"', needs="check_date"),
        "matched_by": plain('matched_by AS "method"', needs="matched_by"),
    }


def lines_to_match(connection: Connection, view: str) -> Claims:
    """Return the lines of all claims, with what a remittance is matched by.

    Parameters
    ----------
    connection : Connection
        Where the lines are.
    view : str
        Their view.
    """
    rows = connection.execute(
        "SELECT claim_id, line_number, claim_form, service_date, revenue_code, procedure_code, "
        f"modifiers, units, charge, rendering_provider, claim_part, "
        f"line_control, payer_control FROM {view} ORDER BY place"
    ).fetchall()
    claims: dict[str, list[ClaimLine]] = {}
    for claim, number, form, day, revenue, code, modifiers, units, charge, *others in rows:
        line = ClaimLine(
            claim,
            number,
            form,
            day,
            revenue_code=revenue,
            procedure_code=code,
            modifiers=tuple(modifiers.split()) if modifiers else (),
            units=units,
            charge=charge,
            rendering_provider=others[0],
            claim_part=others[1],
            line_control=others[2],
            payer_control=others[3],
        )
        claims.setdefault(claim, []).append(line)
    return claims


def store_answers(connection: Connection, matching: Matching) -> None:
    """Make the table of answers from matched lines.

    Parameters
    ----------
    connection : Connection
        Where the table is made.
    matching : Matching
        What answers what.
    """
    make_answers(connection)
    held: list[tuple[Any, ...]] = []
    rows = []
    for claim_id, lines in matching.matched.items():
        beside = claims_beside(lines)
        if beside:
            rows.append(claim_row(claim_id, beside))
        for line in lines:
            held.append((claim_id, line.line_number, *_cells(line)))
            if len(held) >= _AT_ONCE:
                _insert(connection, held)
                held.clear()
    _insert(connection, held)
    insert_rows(connection, CLAIM_ROWS, TYPES, rows, str)


def make_answers(connection: Connection) -> None:
    """Make the tables of answers on a ``connection``, without rows."""
    for table, types in ((ANSWERED, COLUMNS), (CLAIM_ROWS, TYPES)):
        columns = ", ".join(f"{identifier(name)} {kind}" for name, kind in types.items())
        connection.execute(f"CREATE TABLE {table} ({columns})")


def _cells(matched: MatchedLine) -> tuple[Any, ...]:
    """Return what ``remittance_facts`` says of a line, for each of ``COLUMNS`` behind its key."""
    parts, payment = matched.parts, matched.claim.payment
    first = parts[0]
    charge, paid = first.charge, first.paid
    for part in parts[1:]:
        charge += part.charge
        paid += part.paid
    reasons, remarks = None, None
    if len(parts) > 1 or first.adjustments:
        reasons = reasons_text(net_amounts(parts))
    if len(parts) > 1 or first.remarks:
        remarks = " ".join(sorted({each for part in parts for each in part.remarks})) or None
    return (
        None if payment is None else payment.payer or payment.payer_id,
        None if payment is None else payment.number,
        None if payment is None else payment.date,
        charge,
        paid,
        first.units_billed,
        first.units_paid,
        next(iter(changed_codes(parts)), None),
        reasons,
        remarks,
        matched.method,
    )


def _insert(connection: Connection, rows: Sequence[tuple[Any, ...]]) -> None:
    insert_rows(connection, ANSWERED, COLUMNS, rows, str)


def insert_rows(
    connection: Connection,
    table: str,
    columns: Mapping[str, str],
    rows: Sequence[Iterable[Any]],
    text: Callable[[Any], str],
) -> None:
    """Add rows to a table, column by column.

    Parameters
    ----------
    connection : Connection
        Where the table is.
    table : str
        Its name.
    columns : mapping of str to SQL type
        Its columns.
    rows : sequence of rows
        A value for each column.
    text : callable
        Returns a value as text.
    """
    if not rows:
        return
    given: list[object] = []
    picks = []
    for column, kind in zip(zip(*rows, strict=True), columns.values(), strict=True):
        first = column[0]
        if column.count(first) == len(column):
            given.append(None if first is None else text(first))
            picks.append(f"${len(given)}::TEXT::{kind}")
        else:
            given.append([None if value is None else text(value) for value in column])
            picks.append(f"unnest(${len(given)}::TEXT[])::{kind}")
    if not any(pick.startswith("unnest") for pick in picks):
        picks.append(f"unnest(range({len(rows)}))")
        columns = {**columns, "row": "BIGINT"}
    named = ", ".join(
        f"{pick} AS {identifier(name)}" for pick, name in zip(picks, columns, strict=True)
    )
    kept = ", ".join(identifier(name) for name in columns if name != "row")
    connection.execute(f"INSERT INTO {table} ({kept}) SELECT {kept} FROM (SELECT {named})", given)
