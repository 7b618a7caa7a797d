"""Tests of lines as SQL of DuckDB."""

from __future__ import annotations

from collections.abc import Mapping

from kb.compile.formulas.formula import Leaf
from kb.compile.sql.bodies import Body
from kb.compile.sql.catalog import Catalog
from kb.compile.sql.dialects import DuckDB
from kb.compile.sql.line_columns import DATES, NUMBERS, source_column
from kb.compile.sql.number_types import NUMBER
from kb.compile.sql.tree import Sql, exp, expression, known
from kb.language.ast import Comparison, Constant, Expression, Program, Variable

_OPERATORS = {"=<": "<=", "=:=": "=", "=\\=": "<>", "\\=": "<>"}


def column_test(leaf: Leaf, value: Sql, is_date: bool = False) -> Sql:
    """Return a test of one column as SQL; where it is null it does not hold."""
    if leaf[0] == "known":
        return known(value)
    if leaf[0] == "has":
        pieces = exp.Split(this=value.copy(), expression=exp.Literal.string(" "))
        if leaf[2] is None:
            return known(value)
        return exp.ArrayContains(this=pieces, expression=exp.Literal.string(leaf[2]))
    _, column, operator, constant = leaf
    text = exp.cast(value.copy(), "TEXT") if is_date else value.copy()
    kind = "text" if isinstance(constant, str) else "number"
    literal = Comparison(operator, Variable(column), Constant(constant))
    return comparison(literal, {column: (text, kind)})


def row_test(leaf: Leaf) -> Sql:
    """Return a comparison of columns of the raw row as SQL; where it is null it does not hold."""
    return comparison(leaf[1], columns_of_row())


def columns_of_row(prefix: str = "") -> dict[str, tuple[Sql, str]]:
    """Return every column of a line's row as SQL with its type; dates stay dates."""
    found: dict[str, tuple[Sql, str]] = {}
    for name in (*DATES, *NUMBERS):
        made = expression(source_column(name))
        found[name] = (made, "date" if name in DATES else "number")
    return found


def comparison_columns(alias: str) -> dict[str, Sql]:
    """Return the number columns of a kept line as SQL."""
    return {name: exp.cast(exp.column(name, table=alias), NUMBER) for name in NUMBERS}


def comparison(literal: Comparison, columns: Mapping[str, tuple[Sql, str]]) -> Sql:
    """Return a comparison over columns as SQL."""
    body = Body(Catalog.of(Program(())), DuckDB("stop"))
    for name in names_of(literal.left) | names_of(literal.right):
        value, kind = columns.get(name, (exp.column(name, quoted=True), "text"))
        body.values[name] = value
        body.types[name] = kind  # type: ignore[assignment]
    body.read((literal,))
    return body.conditions[0]


def names_of(item: Expression) -> set[str]:
    """Return the names of the variables of an expression."""
    if isinstance(item, Variable):
        return {item.name}
    if isinstance(item, Constant):
        return set()
    return {name for operand in item.operands for name in names_of(operand)}


def check_of(leaf: Leaf) -> str:
    """Return what a test of other lines asks of their number, as SQL."""
    if leaf[0] != "count":
        return "> 0"
    value = exp.convert(leaf[5]).sql(dialect="duckdb", copy=False)
    return f"{_OPERATORS.get(leaf[4], leaf[4])} {value}"
