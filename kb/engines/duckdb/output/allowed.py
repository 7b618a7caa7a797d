"""The units that the cited clauses allow of a line."""

from __future__ import annotations

from typing import Any

from kb.compile.formulas.line_script import WORD
from kb.compile.sql.number_types import NUMBER
from kb.engines.duckdb.lines.run import LineRun
from kb.engines.duckdb.lines.values import value_table


def allowed_units(run: LineRun) -> None:
    """Make the table ``allowed`` (line, value) of a run whose determinations are not written."""
    word, bit = divmod(len(run.script.answers), WORD)
    run.execute(
        "CREATE TABLE special_answers AS SELECT answer, false AS slots, true AS limited "
        f"FROM answers WHERE (w{word} >> {bit}) & 1 = 1"
    )
    make_special(run)
    make_allowed(run, run.connection)


def make_special(run: LineRun) -> None:
    """Make the table ``special``: the lines of the answers in ``special_answers``."""
    names = dict.fromkeys(["line", "claim_id", "line_number", *run.carried])
    picked = ", ".join(
        f"{run.coded[name]}.value AS {name}" if name in run.coded else f"l.{name}" for name in names
    )
    texts = "".join(
        f" LEFT JOIN {table} ON {table}.key = l.{name}"
        for name, table in run.coded.items()
        if name in names
    )
    run.execute(
        f"CREATE TABLE special AS SELECT {picked}, l.* EXCLUDE ({', '.join(names)}) FROM ("
        f"SELECT {', '.join(f'l.{name}' for name in names)}, f.* FROM signed l "
        "JOIN plain_answers p USING (signature) JOIN special_answers f USING (answer) "
        "ANTI JOIN context_answers x ON x.line = l.line UNION ALL "
        f"SELECT {', '.join(f'l.{name}' for name in names)}, f.* FROM signed l "
        "JOIN context_answers x ON x.line = l.line "
        f"JOIN special_answers f ON f.answer = x.answer) l{texts}"
    )


def make_allowed(run: LineRun, connection: Any) -> None:
    """Make the table ``allowed``: of each special line the least that the cited clauses allow."""
    if run.allowed:
        connection.execute(f"CREATE TABLE allowed AS {run.allowed}")
        return
    made = run.values()
    start = len(run.script.answers) + 1
    values, joins = [], []
    for number, each in enumerate(run.script.allowed):
        word, bit = divmod(start + number, WORD)
        value = each.sql
        if each.query is not None:
            name = value_table(number)
            if name not in made:
                continue
            joins.append(
                f"LEFT JOIN {name} ON {name}.claim_id = l.claim_id "
                f"AND {name}.line_number = l.line_number"
            )
            value = f"{name}.value"
        values.append(f"CASE WHEN (a.w{word} >> {bit}) & 1 = 1 THEN {value} END")
    extreme = "least" if run.script.function == "min" else "greatest"
    chosen = f"{extreme}({', '.join(values)})" if values else f"NULL::{NUMBER}"
    connection.execute(
        f"CREATE TABLE allowed AS SELECT l.line, {chosen} AS value "
        f"FROM special l JOIN answers a USING (answer) {' '.join(joins)} WHERE l.limited"
    )
