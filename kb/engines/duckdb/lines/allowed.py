"""The units that the clauses of a script allow of lines."""

from __future__ import annotations

from collections.abc import Collection

from kb.compile.formulas.line_script import LineScript
from kb.compile.sql.number_types import NUMBER
from kb.engines.duckdb.lines.determined import has_bit
from kb.engines.duckdb.lines.sides import Sides
from kb.engines.duckdb.lines.tables import ANSWERS, SPECIAL, VALUES


def make_values(script: LineScript, sides: Sides) -> set[int]:
    """Make a table of the values of each query of allowed units.

    Parameters
    ----------
    script : LineScript
        The rules of the policy.
    sides : Sides
        Makes what the queries read.

    Returns
    -------
    set of int
        Numbers of the queries that can give a value.
    """
    made = set()
    for number, each in enumerate(script.allowed):
        query = sides.query(each.query) if each.query is not None else ""
        if query:
            values = f"SELECT claim_id, line_number, {script.function}(value) AS value "
            sides.connection.execute(
                VALUES.numbered(number).of(
                    f"{values} FROM ({query}) GROUP BY claim_id, line_number"
                )
            )
            made.add(number)
    return made


def allowed_query(script: LineScript, made: Collection[int]) -> str:
    """Return a query of line and value: the least that the cited clauses allow of special lines.

    Parameters
    ----------
    script : LineScript
        The rules of the policy.
    made : collection of int
        As ``make_values`` returns them.
    """
    start = len(script.answers) + 1
    values, joins = [], []
    for number, each in enumerate(script.allowed):
        value = each.sql
        if each.query is not None:
            if number not in made:
                continue
            name = VALUES.numbered(number)
            joins.append(
                f"LEFT JOIN {name} ON {name}.claim_id = l.claim_id "
                f"AND {name}.line_number = l.line_number"
            )
            value = f"{name}.value"
        values.append(f"CASE WHEN {has_bit(start + number)} THEN {value} END")
    extreme = "least" if script.function == "min" else "greatest"
    chosen = f"{extreme}({', '.join(values)})" if values else f"NULL::{NUMBER}"
    return (
        f"SELECT l.line, {chosen} AS value FROM {SPECIAL} l "
        f"JOIN {ANSWERS} a USING (answer) {' '.join(joins)} WHERE l.limited"
    )
