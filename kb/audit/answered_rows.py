"""Remittance rows of Parquet as the table of answers, without a detour over Python."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from facts.extras import Connection
from facts.readers.parquet import exact_path, is_parquet
from facts.readers.x12.remittance_builder import GROUP_CODES
from facts.readers.x12.remittance_stream import RemittanceTally
from kb.audit.answered_lines import ANSWERED, COLUMNS, make_answers
from kb.engines.duckdb.connection import literal, one_row
from kb.matching.lines import LINE_NUMBER

ROWS = "remittance_rows"
_WORD = rf"({'|'.join(GROUP_CODES)})-[A-Z0-9]{{1,5}}:-?[0-9]+([.][0-9]{{1,2}})?"
_TYPES = {
    "claim_id": ("VARCHAR",),
    "line_number": ("BIGINT", "INTEGER", "SMALLINT"),
    "payer": ("VARCHAR",),
    "check_number": ("VARCHAR",),
    "check_date": ("DATE",),
    "charge": ("DECIMAL", "BIGINT", "INTEGER"),
    "paid": ("DECIMAL", "BIGINT", "INTEGER"),
    "units_billed": ("DECIMAL", "BIGINT", "INTEGER"),
    "units_paid": ("DECIMAL", "BIGINT", "INTEGER"),
    "adjustments": ("VARCHAR",),
    "remarks": ("VARCHAR",),
}
_AMOUNT = "split_part(adjustments, ':', 2)::DECIMAL(18, 2)"
"""The amount of the only adjustment of a row."""

_REASONS = "list_transform(string_split(adjustments, ' '), lambda w: split_part(w, ':', 1))"
_SORTED = (
    "array_to_string(list_transform(list_sort(list_transform(string_split(adjustments, ' '), "
    "lambda w: {'g': split_part(w, '-', 1), 'c': split_part(split_part(w, ':', 1), '-', 2), "
    "'a': split_part(w, ':', 2)::DECIMAL(18, 2)})), "
    "lambda s: concat(s.g, '-', s.c, ':', s.a)), ' ')"
)
"""The adjustments of a row with several, by group and CARC."""

_NEEDED = ("claim_id", "line_number", "charge", "paid")


def answers_of_rows(
    connection: Connection, paths: Sequence[str | Path], lines: str
) -> RemittanceTally | None:
    """Make the table of answers from Parquet files whose rows name their claim lines.

    Nothing is made where a row needs a closer look: a type that is not declared, a claim line that
    is not there or named twice, amounts that do not balance, an adjustment that is none.

    Parameters
    ----------
    connection : Connection
        Where the lines are.
    paths : sequence of path
        The files.
    lines : str
        View of the claim lines.

    Returns
    -------
    RemittanceTally or None
        None where nothing was made.
    """
    if len(paths) != 1 or not is_parquet(Path(paths[0])):
        return None
    source = f"read_parquet({literal(exact_path(Path(paths[0])))})"
    described = connection.execute(f"DESCRIBE SELECT * FROM {source}").fetchall()
    kinds = {name: kind.partition("(")[0] for name, kind, *_ in described}
    if any(name not in kinds for name in _NEEDED):
        return None
    if any(kinds[name] not in _TYPES.get(name, ()) for name in kinds):
        return None
    picked = {name: name if name in kinds else "NULL" for name in _TYPES}
    amounts = "list_transform(string_split(adjustments, ' '), "
    amounts += "lambda w: split_part(w, ':', 2)::DECIMAL(18, 2))"
    billed = f"coalesce({picked['units_billed']}, {picked['units_paid']}, 1)"
    paid_units = f"coalesce({picked['units_paid']}, {picked['units_billed']}, 1)"
    texts = {name: f"nullif({picked[name]}, '')" for name in ("payer", "check_number")}
    connection.execute(
        f"CREATE TABLE {ROWS} AS SELECT claim_id, line_number::BIGINT AS line_number, "
        f"{texts['payer']}::VARCHAR AS payer, {texts['check_number']}::VARCHAR AS check_number, "
        f"{picked['check_date']}::DATE AS check_date, charge::DECIMAL(18, 3) AS charge, "
        f"paid::DECIMAL(18, 3) AS paid, {billed}::DECIMAL(18, 3) AS units_billed, "
        f"{paid_units}::DECIMAL(18, 3) AS units_paid, "
        f"{picked['adjustments']}::VARCHAR AS adjustments, {picked['remarks']}::VARCHAR AS remarks "
        f"FROM {source}"
    )
    (count, plain, matched, paid, claims) = one_row(
        connection,
        "SELECT count(*), count(*) FILTER (WHERE claim_id <> '' AND line_number > 0 "
        "AND charge = charge::DECIMAL(18, 2) AND paid = paid::DECIMAL(18, 2) "
        "AND (remarks IS NULL OR regexp_full_match(remarks, '[A-Z0-9]+( [A-Z0-9]+)*')) "
        f"AND (adjustments IS NULL OR regexp_full_match(adjustments, '{_WORD}( {_WORD})*')) "
        f"AND charge - coalesce(CASE WHEN adjustments LIKE '% %' THEN list_sum({amounts}) "
        f"ELSE {_AMOUNT} END, 0) = paid AND (adjustments IS NULL OR adjustments NOT LIKE '% %' "
        f"OR (len(list_distinct({_REASONS})) = len({_REASONS}) "
        f"AND NOT list_contains({amounts}, 0)))), "
        "count(v.claim_id), sum(r.paid), count(DISTINCT r.claim_id) "
        f"FROM {ROWS} r LEFT JOIN (SELECT claim_id, line_number FROM {lines}) v "
        "USING (claim_id, line_number)",
    )
    (distinct,) = one_row(
        connection, f"SELECT count(*) FROM (SELECT DISTINCT claim_id, line_number FROM {ROWS})"
    )
    if not count == plain == matched == distinct:
        return None
    make_answers(connection)
    connection.execute(
        f"INSERT INTO {ANSWERED} ({', '.join(COLUMNS)}) SELECT claim_id, line_number, "
        "coalesce(payer, ''), coalesce(check_number, ''), check_date, charge, paid, units_billed, "
        f"units_paid, NULL, CASE WHEN adjustments LIKE '% %' THEN {_SORTED} WHEN {_AMOUNT} <> 0 "
        f"THEN concat(split_part(adjustments, ':', 1), ':', {_AMOUNT}) END, "
        "array_to_string(list_sort(list_distinct(string_split(remarks, ' '))), ' '), "
        f"{literal(LINE_NUMBER)} FROM {ROWS}"
    )
    return RemittanceTally(int(claims), 0, int(count), 0, paid)
