"""The lines of a claim together: whether one occurs twice, and how many pairs there are."""

from __future__ import annotations

from typing import Any

from facts.readers.parquet import WHOLE
from kb.bulk.read.files import Source
from kb.bulk.read.free_texts import odd

_MOST_TIMES = 20
"""How many pairs a line may bring before they are counted: claims are rarely longer."""

_AS_TEXTS = "claim_id > c"
_AS_NUMBERS = "(strlen(claim_id), claim_id) > (strlen(c), c)"
"""Orders of claims: of ``claim_id`` behind the claim ``c`` of the line before."""


def in_order(connection: Any, lines: str, odd: str, later: str = _AS_TEXTS) -> bool:
    """Return whether each line is after the one before, and no claim is odd; True is sure.

    Lines come one behind the other by their claims and then by their numbers. Where they do, none
    occurs twice in its claim, whichever order DuckDB reads them in. It finds out in one pass that
    ends where it is not so, while it has to gather all lines to find the claims of each.

    Parameters
    ----------
    connection : DuckDB connection
        An open connection to DuckDB.
    lines : str
        A source to follow FROM, with the columns ``claim_id`` and ``line_number``.
    odd : str
        SQL of the claims that are odd; it is tested of each claim once.
    later : str, optional
        SQL of an order of the claims.

    Examples
    --------
    >>> import duckdb
    >>> rows = "(VALUES ('A', 1), ('A', {}), ('B', 1)) t(claim_id, line_number)"
    >>> [in_order(duckdb.connect(), rows.format(number), "false") for number in (1, 2, "NULL")]
    [False, True, False]
    """
    found = connection.execute(
        "SELECT 1 FROM (SELECT claim_id, line_number, lag(claim_id) OVER () AS c, "
        f"lag(line_number) OVER () AS n FROM {lines}) "
        "WHERE claim_id IS NULL OR line_number IS NULL OR CASE "
        "WHEN claim_id = c THEN line_number <= n "
        f"WHEN c IS NULL OR {later} THEN {odd} ELSE true END LIMIT 1"
    ).fetchone()
    return found is None


def any_repeated(connection: Any, lines: str) -> bool:
    """Return whether a line number occurs twice in a claim.

    Parameters
    ----------
    connection : DuckDB connection
        An open connection to DuckDB.
    lines : str
        A source to follow FROM, with the columns ``claim_id`` and ``line_number``. Lines without
        one of them stand twice in no claim.

    Examples
    --------
    >>> import duckdb
    >>> connection = duckdb.connect()
    >>> rows = "(VALUES ('B', 1), ('A', 1), ('B', {})) t(claim_id, line_number)"
    >>> [any_repeated(connection, rows.format(number)) for number in (1, 2)]
    [True, False]
    """
    if any(in_order(connection, lines, "false", order) for order in (_AS_TEXTS, _AS_NUMBERS)):
        return False
    (doubt,) = connection.execute(
        "SELECT coalesce(bool_or(n <> distinct_n), false) FROM (SELECT count(*) AS n, "
        "bit_count(bit_or(1::BIGINT << (greatest(line_number, 0) % 62)::INTEGER)) AS distinct_n "
        f"FROM {lines} GROUP BY claim_id)"
    ).fetchone()
    if not doubt:
        return False
    found = connection.execute(
        f"SELECT 1 FROM {lines} WHERE claim_id IS NOT NULL AND line_number IS NOT NULL "
        "GROUP BY claim_id, line_number HAVING count(*) > 1 LIMIT 1"
    ).fetchone()
    return found is not None


def pairs_of(connection: Any, lines: str, count: int, total: int) -> int:
    """Return how many ordered pairs of lines of the same claim there are, or a bound above it.

    The line that comes k-th in its claim brings 2k - 1 pairs: with itself, and twice with each
    before it. Its number is k or more, since numbers begin at 1 and none occurs twice; so the
    numbers of all lines tell a bound. Only where it is large the lines of each claim are counted.

    Parameters
    ----------
    connection : DuckDB connection
        An open connection to DuckDB.
    lines : str
        A source to follow FROM, with the column ``claim_id``: each line has a claim and a number
        of at least 1, and none occurs twice.
    count : int
        Lines.
    total : int
        Sum of their numbers.

    Examples
    --------
    >>> import duckdb
    >>> rows = "(VALUES ('A'), ('A'), ('B')) t(claim_id)"
    >>> [pairs_of(duckdb.connect(), rows, 3, total) for total in (4, 6, 1_000_000)]
    [5, 9, 5]
    """
    bound = 2 * total - count
    if bound <= _MOST_TIMES * count:
        return bound
    (pairs,) = connection.execute(
        f"SELECT sum(n * n) FROM (SELECT count(*) AS n FROM {lines} GROUP BY claim_id)"
    ).fetchone()
    return int(pairs)


def source_in_order(source: Source, connection: Any) -> bool:
    """Return whether the lines of a source are in order, and no claim id is odd, as they are.

    Parameters
    ----------
    source : Source
        The source.
    connection : DuckDB connection
        An open connection to DuckDB.
    """
    kinds = source.columns
    if "claim_part" in kinds:
        return False
    if kinds.get("claim_id") != "VARCHAR" or kinds.get("line_number") not in WHOLE:
        return False
    return in_order(connection, source.scan, odd("claim_id", "claim_id"))
