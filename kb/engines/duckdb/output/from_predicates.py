"""Determinations from predicates that were computed one by one, written as those of a line run."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from kb.compile.formulas.line_script import WORD, LineScript
from kb.compile.formulas.plan import ALLOWED, ANSWERS
from kb.compile.sql.catalog import Catalog
from kb.compile.sql.number_types import NUMBER
from kb.engines.duckdb.connection import identifier
from kb.engines.duckdb.lines.run import LineRun
from kb.language.ast import Key
from kb.language.values import Value

DETERMINED: tuple[Key, ...] = (*ANSWERS, ALLOWED)
"""The predicates that a determination is made of."""

TABLES = (
    "allowed",
    "answers",
    "context_answers",
    "contexts",
    "determined",
    "entries",
    "exceptional",
    "limits",
    "plain_answers",
    "safe_ids",
    "signatures",
    "signed",
    "slotted",
    "special",
    "special_answers",
)
"""Names that the tables of a line run and of its output have."""

_SAID = "said of lines"


def determined_run(
    connection: Any, catalog: Catalog, lines: str, reads: Iterable[str], has_evidence: bool
) -> LineRun:
    """Return a run whose tables hold what the predicates of a determination say.

    Lines of which the same is said have the same signature, which is their answer.

    Parameters
    ----------
    connection : DuckDB connection
    catalog : Catalog
        Has ``DETERMINED``, whose tables are made.
    lines : str
        View of all lines.
    reads : iterable of str
        Columns of the lines that the output needs.
    has_evidence : bool

    Returns
    -------
    LineRun
        As after ``run()``.
    """
    found: list[tuple[str, tuple[Value, ...]]] = []
    selects = []
    for key in ANSWERS:
        rows, select = _said(connection, key, catalog, len(found))
        found += rows
        selects.append(select)
    units = identifier(catalog[ALLOWED].name)
    claim, line = map(identifier, catalog[ALLOWED].columns[:2])
    selects.append(
        f"SELECT {claim} AS claim, {line} AS line, {len(found)} AS position FROM {units}"
    )
    words = [f"w{number}" for number in range(len(found) // WORD + 1)]
    bits = ", ".join(
        f"coalesce(bit_or(CASE WHEN position // {WORD} = {number} "
        f"THEN 1::BIGINT << (position % {WORD}) END), 0) AS {word}"
        for number, word in enumerate(words)
    )
    script = LineScript(words=tuple(words), answers=tuple(found))
    run = LineRun(connection, script, lines, (), lambda: has_evidence, tuple(reads))
    run.carried = sorted(run.extra)
    run.execute(
        f"CREATE TABLE limits AS SELECT {claim} AS claim_id, {line} AS line_number, "
        f"{identifier(catalog[ALLOWED].columns[2])}::{NUMBER} AS value FROM {units}"
    )
    run.allowed = "SELECT s.line, u.value FROM signed s JOIN limits u USING (claim_id, line_number)"
    run.execute(
        f"CREATE TEMP TABLE {identifier(_SAID)} AS SELECT claim, line, {bits} "
        f"FROM ({' UNION ALL '.join(selects)}) GROUP BY claim, line"
    )
    run.execute(
        f"CREATE TABLE answers AS SELECT *, row_number() OVER () AS answer "
        f"FROM (SELECT DISTINCT {', '.join(words)} FROM {identifier(_SAID)})"
    )
    kept = "".join(f", l.{name}" for name in run.carried)
    run.execute(
        f"CREATE TABLE signed AS SELECT l.place AS line, l.claim_id, l.line_number{kept}, "
        f"a.answer AS signature FROM {identifier(lines)} l "
        f"LEFT JOIN {identifier(_SAID)} s ON s.claim = l.claim_id AND s.line = l.line_number "
        f"LEFT JOIN answers a USING ({', '.join(words)})"
    )
    for name, query in (
        (
            "signatures",
            "SELECT signature, count(*) AS n, signature AS id FROM signed GROUP BY signature",
        ),
        ("plain_answers", "SELECT signature, signature AS answer FROM signatures"),
        (
            "context_answers",
            "SELECT 0::BIGINT AS line, 0::BIGINT AS line_number, 0::BIGINT AS answer WHERE false",
        ),
        ("contexts", "SELECT 0::BIGINT AS line, 0::BIGINT AS id WHERE false"),
    ):
        run.execute(f"CREATE TABLE {name} AS {query}")
    return run


def _said(
    connection: Any, key: Key, catalog: Catalog, first: int
) -> tuple[list[tuple[str, tuple[Value, ...]]], str]:
    """What a predicate says of lines, and the query of the lines of which it says each."""
    table = catalog[key]
    name = identifier(table.name)
    claim, line, *columns = map(identifier, table.columns)
    picked = ", ".join(columns)
    said = identifier(f"{key[0]} said")
    connection.execute(
        f"CREATE TEMP TABLE {said} AS SELECT {picked}, "
        f"{first} + row_number() OVER (ORDER BY {picked}) - 1 AS position "
        f"FROM (SELECT DISTINCT {picked} FROM {name})"
    )
    rows = connection.execute(f"SELECT {picked} FROM {said} ORDER BY position").fetchall()
    select = (
        f"SELECT t.{claim} AS claim, t.{line} AS line, d.position FROM {name} t "
        f"JOIN {said} d USING ({picked})"
    )
    return [(key[0], tuple(row)) for row in rows], select
