"""Lines determined predicate by predicate."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from facts.extras import Connection
from kb.compile.formulas.line_script import WORD
from kb.compile.formulas.plan import ALLOWED, ANSWERS, IN_FAVOUR
from kb.compile.sql.catalog import Catalog
from kb.compile.sql.number_types import NUMBER
from kb.engines.duckdb.connection import identifier
from kb.engines.duckdb.lines import tables
from kb.engines.duckdb.lines.determined import DeterminedLines
from kb.engines.duckdb.lines.tables import LIMITS, SAID, SIGNATURES, SIGNED
from kb.language.ast import Key
from kb.language.values import Row

DETERMINED: tuple[Key, ...] = (*ANSWERS, ALLOWED)
"""The predicates that a determination is made of."""


def lines_of_predicates(
    connection: Connection,
    catalog: Catalog,
    view: str,
    reads: Iterable[str],
    asked: Sequence[Key] = ANSWERS,
) -> DeterminedLines:
    """Return lines as the predicates of a determination determine them.

    Lines of which the same is said have the same signature, which is their answer.

    Parameters
    ----------
    connection : Connection
        Where the tables are.
    catalog : Catalog
        Has ``DETERMINED``, whose tables are made.
    view : str
        View of all lines.
    reads : iterable of str
        Columns of the lines that the output needs.
    asked : sequence of (name, arity), optional
        The predicates of a determination in addition to the allowed units.

    Returns
    -------
    DeterminedLines
    """
    answers: list[tuple[str, Row]] = []
    selects = []
    for key in asked:
        rows, select = _said(connection, key, catalog, len(answers))
        answers += rows
        selects.append(select)
    claim, line, units = map(identifier, catalog[ALLOWED].columns)
    allowed = identifier(catalog[ALLOWED].name)
    selects.append(
        f"SELECT {claim} AS claim, {line} AS line, {len(answers)} AS position FROM {allowed}"
    )
    words = tuple(f"w{number}" for number in range(len(answers) // WORD + 1))
    bits = ", ".join(
        f"coalesce(bit_or(CASE WHEN position // {WORD} = {number} "
        f"THEN 1::BIGINT << (position % {WORD}) END), 0) AS {word}"
        for number, word in enumerate(words)
    )
    columns = sorted(reads)
    picked = "".join(f", l.{name}" for name in columns)
    for statement in (
        LIMITS.of(
            f"SELECT {claim} AS claim_id, {line} AS line_number, {units}::{NUMBER} AS value "
            f"FROM {allowed}"
        ),
        SAID.of(
            f"SELECT claim AS claim_id, line AS line_number, {bits} "
            f"FROM ({' UNION ALL '.join(selects)}) GROUP BY claim, line"
        ),
        tables.ANSWERS.of(
            "SELECT *, row_number() OVER () AS answer "
            f"FROM (SELECT DISTINCT {', '.join(words)} FROM {SAID})"
        ),
        SIGNED.of(
            f"SELECT l.place AS line, l.claim_id, l.line_number{picked}, a.answer AS signature "
            f"FROM {identifier(view)} l LEFT JOIN {SAID} s USING (claim_id, line_number) "
            f"LEFT JOIN {tables.ANSWERS} a USING ({', '.join(words)})"
        ),
        SIGNATURES.of(
            f"SELECT signature, count(*) AS n, signature AS id FROM {SIGNED} GROUP BY signature"
        ),
        tables.PLAIN_ANSWERS.of(f"SELECT signature, signature AS answer FROM {SIGNATURES}"),
    ):
        connection.execute(statement)
    for table in (tables.CONTEXTS, tables.CONTEXT_ANSWERS):
        table.fill(connection, *([] for _ in table.columns))
    query = f"SELECT s.line, u.value FROM {SIGNED} s JOIN {LIMITS} u USING (claim_id, line_number)"
    found = tuple(answers)
    readings = IN_FAVOUR in asked
    return DeterminedLines(
        connection, found, words, lambda: query, tuple(columns), readings=readings
    )


def _said(
    connection: Connection, key: Key, catalog: Catalog, first: int
) -> tuple[list[tuple[str, Row]], str]:
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
    return [(key[0], row) for row in rows], select
