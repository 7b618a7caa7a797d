"""Decide the tests of a column once per distinct value, as bits of a mask."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from kb.compile.formulas.line_script import LINES, Feature, Member
from kb.compile.sql.letters import plain_letters
from kb.compile.sql.line_columns import BASES, source_column

_FOLDED = (
    "lower(CASE WHEN length(v.value) = strlen(v.value) THEN v.value "
    f"ELSE {plain_letters('v.value')} END)"
)
"""Most descriptions are plain ASCII, which has as many bytes as characters."""


@dataclass(frozen=True, slots=True)
class TableRow:
    """A row of a policy's table: a code or a range of codes, or words of a description."""

    table: str
    first: str
    last: str
    value: str = ""
    amount: str = ""
    column: str = ""


def make_dictionary(
    connection: Any,
    feature: Feature,
    table_rows: Sequence[TableRow],
    distinct: Mapping[str, Collection[str]],
) -> None:
    """Make the dictionary of a text or date column: value, mask, class, key.

    A class is a distinct mask; class 0 is that of an empty value. A key is the number of a value.

    Parameters
    ----------
    connection : DuckDB connection
    feature : Feature
    table_rows : sequence of TableRow
    distinct : mapping of column to collection of str
        Values of columns that are known without a look at the lines.
    """
    column, source = source_column(feature.name), LINES
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
    mask = feature.mask
    ranged = [
        found for each in feature.members if each.kind == "in" for found in _rows(each, table_rows)
    ]
    words = [
        found for each in feature.members if each.kind != "in" for found in _rows(each, table_rows)
    ]
    joined = ""
    for part, chosen in (("ranged", ranged), ("words", words)):
        if not chosen:
            continue
        bits = given((1 << bit for bit, _ in chosen), "BIGINT")
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
        f"CREATE TABLE {feature.dictionary} AS WITH {', '.join(parts)} "
        "SELECT *, dense_rank() OVER (ORDER BY mask) AS class, "
        "(row_number() OVER ())::INTEGER AS key "
        f"FROM (SELECT value, ({mask})::BIGINT AS mask FROM v{joined})",
        parameters,
    )


def masks_of_classes(connection: Any, names: Sequence[str]) -> dict[str, list[int]]:
    """Return the mask of each class of some tables; class 0 has none."""
    masks = {name: [0] for name in names}
    queries = [
        f"SELECT {number} AS number, class, mask::HUGEINT AS mask FROM {name} GROUP BY ALL"
        for number, name in enumerate(names)
    ]
    if queries:
        union = f"{' UNION ALL '.join(queries)} ORDER BY number, class"
        for number, _, mask in connection.execute(union).fetchall():
            masks[names[number]].append(mask)
    return masks


def _rows(member: Member, table_rows: Sequence[TableRow]) -> list[tuple[int, TableRow]]:
    """Return the rows that a test looks a value up in, each with the bit of the test."""
    return [
        (member.bit, row)
        for row in table_rows
        if member.table in (None, row.table) and member.value in (None, row.value)
    ]
