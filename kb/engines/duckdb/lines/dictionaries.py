"""Decide the tests of a column once per distinct value, as bits of a mask."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from facts.extras import Connection
from kb.compile.formulas.line_script import LINES, Feature
from kb.compile.sql.letters import plain_letters
from kb.compile.sql.line_columns import BASES, source_column
from kb.engines.duckdb.lines.tables import DICTIONARY

_FOLDED = (
    "lower(CASE WHEN length(v.value) = strlen(v.value) THEN v.value "
    f"ELSE {plain_letters('v.value')} END)"
)
"""Most descriptions are plain ASCII, which has as many bytes as characters."""

_CONDITIONS = {
    "ranged": "length(v.value) = length(r.first) AND v.value >= r.first AND v.value <= r.last",
    "words": f"contains(' ' || trim(regexp_replace({_FOLDED}, '[^a-z0-9]+', ' ', 'g')) "
    "|| ' ', ' ' || r.first || ' ')",
}
"""Which values ``v`` are of a row ``r``: codes in a range, and texts with its words."""


@dataclass(frozen=True, slots=True)
class PolicyTableRow:
    """A row of a policy's table: a code or a range of codes, or words of a description."""

    table: str
    first: str
    last: str
    value: str = ""
    amount: str = ""
    column: str = ""


def make_dictionary(
    connection: Connection,
    feature: Feature,
    table_rows: Sequence[PolicyTableRow],
    distinct: Mapping[str, Collection[str]],
) -> None:
    """Make the dictionary of a text or date column: value, mask, class, key.

    A class is a distinct mask; class 0 is that of an empty value. A key is the number of a value.

    Parameters
    ----------
    connection : Connection
        Where the tables are.
    feature : Feature
        The column and its tests.
    table_rows : sequence of PolicyTableRow
        Rows of the policy's tables.
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
    mask, joined = feature.mask, ""
    for part, condition in _CONDITIONS.items():
        chosen = [
            (member.bit, row)
            for member in feature.members
            if (member.kind == "in") == (part == "ranged")
            for row in table_rows
            if member.table in (None, row.table) and member.value in (None, row.value)
        ]
        if chosen:
            bits = given((1 << bit for bit, _ in chosen), "BIGINT")
            first = given((row.first for _, row in chosen), "TEXT")
            last = given((row.last or row.first for _, row in chosen), "TEXT")
            parts.append(
                f"{part} AS (SELECT v.value, bit_or(bit) AS bits FROM v JOIN "
                f"(SELECT {bits} AS bit, {first} AS first, {last} AS last) r "
                f"ON {condition} GROUP BY v.value)"
            )
            joined += f" LEFT JOIN {part} USING (value)"
            mask = f"({mask}) | coalesce({part}.bits, 0)"
    connection.execute(
        DICTIONARY.numbered(feature.dictionary).of(
            f"WITH {', '.join(parts)} SELECT *, dense_rank() OVER (ORDER BY mask) AS class, "
            "(row_number() OVER ())::INTEGER AS key "
            f"FROM (SELECT value, ({mask})::BIGINT AS mask FROM v{joined})"
        ),
        parameters,
    )


def masks_of_classes(connection: Connection, names: Sequence[str]) -> dict[str, list[int]]:
    """Return the mask of each class of some tables; class 0 has none.

    Parameters
    ----------
    connection : Connection
        Where the tables are.
    names : sequence of str
        Dictionaries and sides.
    """
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
