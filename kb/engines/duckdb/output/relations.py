"""Lines that are determined, as relations of predicates."""

from __future__ import annotations

from kb.compile.formulas.line_script import WORD
from kb.compile.formulas.plan import ALLOWED
from kb.compile.sql.catalog import Catalog
from kb.engines.duckdb.connection import identifier
from kb.engines.duckdb.facts import TypeOf
from kb.engines.duckdb.lines.determined import DeterminedLines
from kb.engines.duckdb.lines.tables import ALLOWED as ALLOWED_UNITS
from kb.engines.duckdb.lines.tables import ANSWERS, CONTEXT_ANSWERS, PLAIN_ANSWERS, SIGNED
from kb.language.ast import Key

_SAID = " said"
"""Ending of the name of the table that gives the meaning of each bit of an answer."""


def make_relation(lines: DeterminedLines, key: Key, catalog: Catalog, type_of: TypeOf) -> None:
    """Make a view of the rows of a predicate that determined lines answer.

    Parameters
    ----------
    lines : DeterminedLines
        The lines that are determined.
    key : (name, arity)
        One of ``kb.compile.formulas.plan.ANSWERS``: a claim, a line and what is said of the line;
        or ``ALLOWED``, after ``make_allowed_units``.
    catalog : Catalog
        The tables of the predicates.
    type_of : callable
        Returns the SQL type of a column.
    """
    table = catalog[key]
    columns = [identifier(column) for column in table.columns]
    if key == ALLOWED:
        lines.execute(
            f"CREATE VIEW {identifier(table.name)} AS SELECT l.claim_id AS {columns[0]}, "
            f"l.line_number::BIGINT AS {columns[1]}, u.value::{type_of('number')} AS {columns[2]} "
            f"FROM {SIGNED} l JOIN {ALLOWED_UNITS} u ON u.line = l.line WHERE u.value IS NOT NULL"
        )
        return
    said = [
        (position, *map(str, row))
        for position, (predicate, row) in enumerate(lines.answers)
        if predicate == key[0]
    ]
    values = list(map(list, zip(*said, strict=True))) if said else [[]] * (len(columns) - 1)
    picks = ", ".join(
        f"unnest(${place}::TEXT[])::{type_of(kind)} AS {column}"
        for place, (column, kind) in enumerate(
            zip(columns[2:], table.types[2:], strict=True), start=2
        )
    )
    name = identifier(table.name + _SAID)
    lines.execute(
        f"CREATE TABLE {name} AS SELECT unnest($1::INTEGER[]) AS position, {picks}", values
    )
    bits = " ".join(f"WHEN {number} THEN a.{word}" for number, word in enumerate(lines.words))
    held = ", ".join(f"d.{column}" for column in columns[2:])
    lines.execute(
        f"CREATE VIEW {identifier(table.name)} AS SELECT l.claim_id AS {columns[0]}, "
        f"l.line_number::BIGINT AS {columns[1]}, {held} "
        f"FROM {SIGNED} l JOIN {PLAIN_ANSWERS} p USING (signature) "
        f"LEFT JOIN {CONTEXT_ANSWERS} x ON x.line = l.line "
        f"JOIN (SELECT a.answer, d.* FROM {ANSWERS} a JOIN {name} d "
        f"ON ((CASE d.position // {WORD} {bits} END >> (d.position % {WORD})) & 1) = 1) d "
        "ON d.answer = coalesce(x.answer, p.answer)"
    )
