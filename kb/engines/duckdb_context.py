"""What holds of the other lines of a claim, as the bits of a context."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from kb.compile.fused.plan import LinePlan, condition_of
from kb.engines.duckdb_groups import count_groups
from kb.engines.duckdb_pairs import count_pairs

_MOST_PAIRS = 40
"""Lines of its claim that a line is compared with, on average; with more, lines are counted."""


@dataclass(slots=True)
class OtherLines:
    """What a plan asks of other lines, and how it is found out.

    Parameters
    ----------
    plan : LinePlan

    Attributes
    ----------
    conditions : list of int
        What each test of other lines asks of one of them; that of test n is bit n of the column
        ``answers``.
    asks : list of int
        Formulas under which each test of other lines can matter; bits of the column ``asks``.
    """

    plan: LinePlan
    conditions: list[int] = field(init=False)
    asks: list[int] = field(init=False)

    def __post_init__(self) -> None:
        self.conditions = [condition_of(leaf) for _, leaf in self.plan.context]
        self.asks = [self.plan.asks.get(node, 1) for node, _ in self.plan.context]

    def find(self, connection: Any, has_evidence: bool, pairs: int | None) -> None:
        """Make the table ``contexts``: the bits of other lines, of each line that asks and has one.

        Parameters
        ----------
        connection : DuckDB connection
            It has the tables ``signed`` and ``asked``.
        has_evidence : bool
            Whether ``evidence_rows`` has rows.
        pairs : int, optional
            How many pairs of lines stand in the same claim, where it is known.
        """
        tests = [leaf for _, leaf in self.plan.context]
        keys = sorted({key for leaf in tests if leaf[0] != "related" for key in leaf[1]})
        columns = "".join(f", l.{key}" for key in keys)
        connection.execute(
            "CREATE TEMP TABLE asking AS SELECT l.line, l.claim_id, l.line_number"
            f"{columns}, s.id, s.asks, s.answers FROM signed l JOIN asked s USING (signature) "
            "WHERE s.asks <> 0"
        )
        (lines,) = connection.execute("SELECT count(*) FROM signed").fetchone()
        compared = pairs is not None and pairs <= _MOST_PAIRS * lines
        find = count_pairs if compared else count_groups
        bits, joins = find(connection, tests)
        for position, leaf in enumerate(tests):
            if leaf[0] == "related" and has_evidence:
                joins.append(self._related(connection, position))
                named = f"related{position}.line_number IS NOT NULL"
                bits.append(f"CASE WHEN {named} THEN {1 << position} ELSE 0 END")
        connection.execute(
            "CREATE TEMP TABLE contexts AS SELECT * FROM (SELECT l.line, l.line_number, l.id, "
            f"(({' + '.join(bits) or 0}) & l.asks)::BIGINT AS context FROM asking l "
            f"{' '.join(joins)}) WHERE context <> 0"
        )

    def _related(self, connection: Any, position: int) -> str:
        """Lines whose evidence names another line that meets a condition."""
        name = f"related{position}"
        leaf = self.plan.context[position][1]
        other = "" if leaf[2] == "any" else " AND e.line_number <> l.line_number"
        connection.execute(
            f"CREATE TEMP TABLE {name} AS SELECT DISTINCT e.claim_id, e.line_number "
            "FROM evidence_rows e JOIN signed l ON l.claim_id = e.claim_id "
            "AND l.line_number = e.number JOIN asked s USING (signature) "
            f"WHERE e.name = $1 AND s.answers & {1 << position} <> 0{other}",
            [leaf[1]],
        )
        return (
            f"LEFT JOIN {name} ON {name}.claim_id = "
            f"CASE WHEN l.asks & {1 << position} <> 0 THEN l.claim_id END "
            f"AND {name}.line_number = l.line_number"
        )
