"""What holds of the other lines of a claim, as the bits of a context."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from kb.compile.formulas.line_script import OtherTest
from kb.engines.duckdb.lines.groups import count_groups
from kb.engines.duckdb.lines.pairs import count_pairs

_MOST_PAIRS = 40
"""Lines of its claim that a line is compared with, on average; with more, lines are counted."""


def find_contexts(
    connection: Any, tests: Sequence[OtherTest], has_evidence: bool, pairs: int | None
) -> None:
    """Make the table ``contexts``: the bits of other lines, of each line that asks and has one.

    Parameters
    ----------
    connection : DuckDB connection
        It has the tables ``signed`` and ``asked``.
    tests : sequence of OtherTest
    has_evidence : bool
        Whether ``evidence_rows`` has rows.
    pairs : int, optional
        How many pairs of lines stand in the same claim, where it is known.
    """
    columns = "".join(f", l.{key}" for key in sorted({key for test in tests for key in test.keys}))
    connection.execute(
        "CREATE TABLE asking AS SELECT l.line, l.claim_id, l.line_number"
        f"{columns}, s.id, s.asks, s.answers FROM signed l JOIN asked s USING (signature) "
        "WHERE s.asks <> 0"
    )
    (lines,) = connection.execute("SELECT count(*) FROM signed").fetchone()
    compared = pairs is not None and pairs <= _MOST_PAIRS * lines
    bits, joins = (count_pairs if compared else count_groups)(connection, tests)
    for position, test in enumerate(tests):
        if test.evidence and has_evidence:
            joins.append(_related(connection, position, test))
            named = f"related{position}.line_number IS NOT NULL"
            bits.append(f"CASE WHEN {named} THEN {1 << position} ELSE 0 END")
    connection.execute(
        "CREATE TABLE contexts AS SELECT * FROM (SELECT l.line, l.line_number, l.id, "
        f"(({' + '.join(bits) or 0}) & l.asks)::BIGINT AS context FROM asking l "
        f"{' '.join(joins)}) WHERE context <> 0"
    )


def _related(connection: Any, position: int, test: OtherTest) -> str:
    """Lines whose evidence names another line that meets a condition."""
    name = f"related{position}"
    other = "" if test.order == "any" else " AND e.line_number <> l.line_number"
    connection.execute(
        f"CREATE TABLE {name} AS SELECT DISTINCT e.claim_id, e.line_number "
        "FROM evidence_rows e JOIN signed l ON l.claim_id = e.claim_id "
        "AND l.line_number = e.number JOIN asked s USING (signature) "
        f"WHERE e.name = $1 AND s.answers & {1 << position} <> 0{other}",
        [test.evidence],
    )
    return (
        f"LEFT JOIN {name} ON {name}.claim_id = "
        f"CASE WHEN l.asks & {1 << position} <> 0 THEN l.claim_id END "
        f"AND {name}.line_number = l.line_number"
    )
