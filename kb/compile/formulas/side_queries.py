"""Bodies about values that a line can have several of, as queries of lines."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from kb.compile.formulas.line_script import FILED_LINES, LINES, NotFusable, SideQuery
from kb.compile.sql.bodies import Body
from kb.compile.sql.catalog import input_catalog
from kb.compile.sql.dialects import DuckDB
from kb.compile.sql.line_columns import DATES, NUMBERS, source_column
from kb.compile.sql.number_types import NUMBER
from kb.compile.sql.tree import Sql, exp, expression
from kb.language.ast import BodyLiteral, Relational
from kb.language.traversal import all_names

_EVIDENCE = ("evidence", "evidence_number")
_KEYED = (*_EVIDENCE, "diagnosis", "diagnosis_indicator", "modifier")
_READ = (*_KEYED, "code_amount", "code_in", "override", "release_code")
"""Predicates that such a body can have."""


def side_query(body: Sequence[BodyLiteral], value: str = "") -> SideQuery:
    """Return the lines for which a body holds, with the value of a variable.

    Parameters
    ----------
    body : sequence of BodyLiteral
        Columns of the line are variables that begin with ``@``.
    value : str
        Name of a variable, or nothing.

    Raises
    ------
    NotFusable
        If it reads a predicate whose rows are tied to no line.
    """
    relations = [item for item in body if isinstance(item, Relational)]
    reads = list(dict.fromkeys(item.atom.predicate for item in relations))
    for predicate in reads:
        if predicate not in _READ:
            raise NotFusable(f"`{predicate}` has several values next to others of a line")
    filed = any(not item.negated and item.atom.predicate in _EVIDENCE for item in relations)
    first: list[BodyLiteral] = [
        item for item in relations if not item.negated and item.atom.predicate in _KEYED
    ]
    made = Body(input_catalog(), DuckDB("stop"))
    made.read(first)
    columns = _columns([body])
    if columns or not first:
        if filed:
            reads.append(FILED_LINES)
        _read_lines(made, columns, FILED_LINES if filed else LINES)
    made.read([item for item in body if item not in first])
    names = {"claim_id": "@claim_id", "line_number": "@line_number"}
    if value:
        names["value"] = value
    picked = [exp.alias_(made.values[name].copy(), alias) for alias, name in names.items()]
    return SideQuery(made.select(picked).sql(dialect="duckdb", copy=False), tuple(reads), filed)


def filed_columns(bodies: Iterable[Sequence[BodyLiteral]]) -> tuple[str, ...]:
    """Return the columns of the raw lines that bodies read.

    Parameters
    ----------
    bodies : iterable of bodies
        Columns of the line are variables that begin with ``@``.
    """
    found = set()
    for name in _columns(bodies):
        made = expression(source_column(name))
        found |= {part.name for part in made.find_all(exp.Column)}
    return tuple(sorted(found))


def _columns(bodies: Iterable[Sequence[BodyLiteral]]) -> list[str]:
    names = {name for body in bodies for name in all_names(body) if name.startswith("@")}
    return sorted(name[1:] for name in names - {"@claim_id", "@line_number"})


def _read_lines(body: Body, columns: Sequence[str], table: str) -> None:
    """Add the wide row of the line to a body."""
    alias, on = body._source(exp.to_table(table))
    for key in ("claim_id", "line_number"):
        column: Sql = exp.column(key, table=alias)
        known = body.values.get(f"@{key}")
        if known is None:
            body.values[f"@{key}"] = column
            body.types[f"@{key}"] = "text" if key == "claim_id" else "number"
        else:
            on.append(exp.EQ(this=column, expression=known.copy()))
    for name in columns:
        made = expression(source_column(name))
        for part in made.find_all(exp.Column):
            part.set("table", exp.to_identifier(alias))
        if name in DATES:
            made, kind = exp.cast(made, "TEXT"), "date"
        elif name in NUMBERS:
            made, kind = exp.cast(made, NUMBER), "number"
        else:
            kind = "text"
        body.values[f"@{name}"], body.types[f"@{name}"] = made, kind  # type: ignore[assignment]
