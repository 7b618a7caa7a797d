"""Values of lines that a clause allows its units by, where a query gives them."""

from __future__ import annotations

from kb.compile.formulas.line_script import LineScript
from kb.engines.duckdb.lines.sides import Sides


def make_values(script: LineScript, sides: Sides) -> set[str]:
    """Make a table of claim_id, line_number and value for each query of allowed units.

    Parameters
    ----------
    script : LineScript
    sides : Sides

    Returns
    -------
    set of str
        The tables; none for a query that can give nothing.
    """
    made = set()
    for number, each in enumerate(script.allowed):
        query = sides.query(each.query) if each.query is not None else ""
        if query:
            name = value_table(number)
            sides.connection.execute(
                f"CREATE TABLE {name} AS SELECT claim_id, line_number, "
                f"{script.function}(value) AS value FROM ({query}) "
                "GROUP BY claim_id, line_number"
            )
            made.add(name)
    return made


def value_table(number: int) -> str:
    """Return the name of the table of an allowed value."""
    return f"value{number}"
