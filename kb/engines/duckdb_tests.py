"""Decide the tests of single columns once per distinct value, as bits of a mask."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from facts.extras import bulk_module
from kb.compile.bodies import Body
from kb.compile.catalog import Catalog
from kb.compile.fused.evaluate import packed
from kb.compile.fused.formula import Leaf
from kb.compile.numbers import Numbers, Sql
from kb.compile.stored import NUMBER
from kb.language.syntax import Comparison, Constant, Expression, Program, Variable

exp = bulk_module("sqlglot.expressions")

DATES = ("service_date", "service_date_to", "processed_date")
NUMBERS = ("line_number", "units", "charge", "ndc_quantity", "service_days")
DERIVED = {
    "bill_class": "left(type_of_bill, 2)",
    "service_days": "(coalesce(service_date_to, service_date) - service_date + 1)",
}
"""Columns that a line's row does not have, as SQL over those that it has."""

BASES = {"bill_class": "type_of_bill"}
"""The columns that are made of a single other one."""


_LIGATURES = {"ß": "ss", "ſ": "s", "ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl"}
_FOLDED = "lower(v.value)"
for _one, _several in _LIGATURES.items():
    _FOLDED = f"replace({_FOLDED}, '{_one}', '{_several}')"
_FOLDED = f"CASE WHEN length(v.value) = strlen(v.value) THEN lower(v.value) ELSE {_FOLDED} END"


@dataclass(frozen=True, slots=True)
class TableRow:
    """A row of a policy's table: a code or a range of codes, or words of a description."""

    table: str
    first: str
    last: str
    value: str = ""
    amount: str = ""
    column: str = ""


@dataclass(frozen=True, slots=True)
class Feature:
    """What is known of a column of each line, as a few bits of its signature.

    Parameters
    ----------
    name : str
    tests : tuple of (node, test)
        The test at position n is bit n of the feature's mask.
    dictionary : str
        Table of ``value, mask, class`` that has a row for every distinct value; empty where the
        bits are computed line by line.
    is_side : bool
        Whether the dictionary's key is the line itself, as for evidence.
    """

    name: str
    tests: tuple[tuple[int, Leaf], ...]
    dictionary: str = ""
    is_side: bool = False


def source_column(column: str) -> str:
    """Return a column of a line as SQL over the raw row."""
    return DERIVED.get(column, f'"{column}"')


def by_dictionary(column: str, tests: Sequence[tuple[int, Leaf]]) -> bool:
    """Tell whether the tests of a column are decided once per distinct value."""
    if column in NUMBERS:
        return False
    return column in DATES or any(leaf[0] != "known" for _, leaf in tests)


def make_dictionary(
    connection: Any,
    feature: Feature,
    table_rows: Iterable[TableRow],
    source: str,
    distinct: Mapping[str, Collection[str]],
) -> int:
    """Make the dictionary of a text or date column; return how many classes it has.

    A class is a distinct mask; class 0 is that of an empty value.

    Parameters
    ----------
    connection : DuckDB connection
    feature : Feature
    table_rows : iterable of TableRow
    source : str
        Raw lines.
    distinct : mapping of column to collection of str
        Values of columns that are known without a look at the lines.
    """
    column = source_column(feature.name)
    name = feature.dictionary
    is_date = feature.name in DATES
    parameters: list[list[Any]] = []

    def given(values: Iterable[Any], kind: str) -> str:
        parameters.append(list(values))
        return f"unnest(${len(parameters)}::{kind}[])"

    parts = []
    base = BASES.get(feature.name, feature.name)
    if base in distinct:
        source = "known"
        parts.append(f'known AS (SELECT {given(sorted(distinct[base]), "TEXT")} AS "{base}")')
    parts.append(
        f"v AS MATERIALIZED (SELECT DISTINCT {column} AS value FROM {source} "
        f"WHERE {column} IS NOT NULL)"
    )
    plain: list[Sql] = []
    ranged: list[tuple[int, TableRow]] = []
    words: list[tuple[int, TableRow]] = []
    rows = list(table_rows)
    for position, (_, leaf) in enumerate(feature.tests):
        if leaf[0] in ("in", "mentions"):
            plain.append(exp.Boolean(this=False))
            of_table = [
                row
                for row in rows
                if (leaf[2] is None or row.table == leaf[2])
                and (leaf[0] == "in" or leaf[3] is None or row.value == leaf[3])
            ]
            held = ranged if leaf[0] == "in" else words
            held += [(position, row) for row in of_table]
        else:
            plain.append(column_test(leaf, exp.column("value"), is_date))
    mask = packed(plain).sql(dialect="duckdb", copy=False)
    joined = ""
    for part, chosen in (("ranged", ranged), ("words", words)):
        if not chosen:
            continue
        bits = given((1 << position for position, _ in chosen), "BIGINT")
        first = given((row.first for _, row in chosen), "TEXT")
        last = given((row.last or row.first for _, row in chosen), "TEXT")
        on = (
            "length(v.value) = length(r.first) AND v.value >= r.first AND v.value <= r.last"
            if part == "ranged"
            else f"contains(' ' || trim(regexp_replace({_FOLDED}, '[^a-z0-9]+', ' ', 'g')) "
            "|| ' ', ' ' || r.first || ' ')"
        )
        parts.append(
            f"{part} AS (SELECT v.value, bit_or(bit) AS bits FROM v JOIN "
            f"(SELECT {bits} AS bit, {first} AS first, {last} AS last) r ON {on} GROUP BY v.value)"
        )
        joined += f" LEFT JOIN {part} USING (value)"
        mask = f"({mask}) | coalesce({part}.bits, 0)"
    connection.execute(
        f"CREATE TEMP TABLE {name} AS WITH {', '.join(parts)} "
        "SELECT *, dense_rank() OVER (ORDER BY mask) AS class "
        f"FROM (SELECT value, ({mask})::BIGINT AS mask FROM v{joined})",
        parameters,
    )
    return int(connection.execute(f"SELECT coalesce(max(class), 0) FROM {name}").fetchone()[0])


def column_test(leaf: Leaf, value: Sql, is_date: bool = False) -> Sql:
    """Return a test of one column as SQL; it is never null."""
    if leaf[0] == "known":
        return exp.Not(this=exp.Is(this=value.copy(), expression=exp.Null()))
    if leaf[0] == "has":
        pieces = exp.Split(this=value.copy(), expression=exp.Literal.string(" "))
        if leaf[2] is None:
            return exp.Not(this=exp.Is(this=value.copy(), expression=exp.Null()))
        found = exp.ArrayContains(this=pieces, expression=exp.Literal.string(leaf[2]))
        return exp.Coalesce(this=found, expressions=[exp.Boolean(this=False)])
    _, column, operator, constant = leaf
    text = exp.cast(value.copy(), "TEXT") if is_date else value.copy()
    kind = "text" if isinstance(constant, str) else "number"
    test = comparison(
        Comparison(operator, Variable(column), Constant(constant)), {column: (text, kind)}
    )
    return exp.Coalesce(this=exp.paren(test), expressions=[exp.Boolean(this=False)])


def row_test(leaf: Leaf) -> Sql:
    """Return a comparison of several columns of the raw row as SQL; it is never null."""
    return exp.Coalesce(
        this=exp.paren(comparison(leaf[1], columns_of_row())),
        expressions=[exp.Boolean(this=False)],
    )


def columns_of_row(prefix: str = "") -> dict[str, tuple[Sql, str]]:
    """Return every column of a line's row as SQL with its type; dates stay dates."""
    sqlglot = bulk_module("sqlglot")
    found: dict[str, tuple[Sql, str]] = {}
    for name in (*DATES, *NUMBERS):
        made = sqlglot.parse_one(source_column(name), dialect="duckdb")
        found[name] = (made, "date" if name in DATES else "number")
    return found


def comparison_columns(alias: str) -> dict[str, Sql]:
    """Return the number columns of a kept line as SQL."""
    return {name: exp.cast(exp.column(name, table=alias), NUMBER) for name in NUMBERS}


def comparison(literal: Comparison, columns: Mapping[str, tuple[Sql, str]]) -> Sql:
    """Return a comparison over columns as SQL."""
    body = Body(Catalog.of(Program(())), Numbers())
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


def satisfies(leaf: Leaf, total: str) -> str:
    """Return a test of other lines as SQL over how many lines meet its condition."""
    if leaf[0] == "group":
        return f"{total} > 0"
    operator = {"=<": "<=", "=:=": "=", "=\\=": "<>", "\\=": "<>"}.get(leaf[4], leaf[4])
    return f"{total} {operator} {exp.convert(leaf[5]).sql(dialect='duckdb', copy=False)}"
