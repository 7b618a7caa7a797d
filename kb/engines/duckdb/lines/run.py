"""Run a script over millions of lines: signatures first, rules once per signature."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field

from facts.extras import Connection
from kb.compile.formulas.line_script import LINES, WORD, LineScript, NotFusable
from kb.compile.sql.line_columns import DATES, source_column
from kb.engines.duckdb.connection import in_background
from kb.engines.duckdb.lines.allowed import allowed_query, make_values
from kb.engines.duckdb.lines.days import columns_of, others_of
from kb.engines.duckdb.lines.determined import DeterminedLines
from kb.engines.duckdb.lines.dictionaries import PolicyTableRow, make_dictionary, masks_of_classes
from kb.engines.duckdb.lines.evaluation import Part, evaluated, number_of
from kb.engines.duckdb.lines.other_lines import find_contexts
from kb.engines.duckdb.lines.sides import Sides
from kb.engines.duckdb.lines.tables import (
    ANSWERS,
    ASKED,
    ASKED_BITS,
    CONTEXT_ANSWERS,
    CONTEXTS,
    FINAL_ANSWERS,
    FINALS,
    PLAIN_ANSWERS,
    SIGNATURES,
    SIGNED,
)

_MOST_BITS = 126
"""Bits of the longest signature; a HUGEINT keeps its sign."""


@dataclass(frozen=True, slots=True)
class CheckedLines:
    """Lines of claims that can be determined.

    Parameters
    ----------
    view : str
        Their view or table.
    has_evidence : callable
        Waits for the evidence and tells whether the table ``evidence_rows`` has rows.
    distinct : mapping of column to collection of str
        Values of columns that are known without a look at the lines.
    pairs : int, optional
        How many pairs of lines are of the same claim, where it is known.
    spans : bool, optional
        Whether a line may have several days of service, where it is known.
    """

    view: str
    has_evidence: Callable[[], bool]
    distinct: Mapping[str, Collection[str]] = field(default_factory=dict)
    pairs: int | None = None
    spans: bool | None = None


def determine_lines(
    connection: Connection,
    script: LineScript,
    table_rows: Sequence[PolicyTableRow],
    lines: CheckedLines,
    reads: Sequence[str] = (),
    units: bool = True,
    watch: Callable[[str], None] = lambda step: None,
) -> DeterminedLines:
    """Determine lines by the formulas of a script.

    Parameters
    ----------
    connection : Connection
        Where the tables are.
    script : LineScript
        The rules of the policy.
    table_rows : sequence of PolicyTableRow
        Rows of the policy's tables.
    lines : CheckedLines
        The lines to determine.
    reads : sequence of str, optional
        Columns of the lines that the output needs.
    units : bool, optional
        Whether allowed units will be asked for.
    watch : callable, optional
        Takes the name of each step as it begins.

    Returns
    -------
    DeterminedLines

    Raises
    ------
    NotFusable
        If the rules ask for more than a signature holds.
    """
    connection.execute(f"CREATE VIEW {LINES} AS SELECT * FROM {lines.view}")
    watch("dictionaries")
    for feature in script.features:
        if feature.dictionary:
            make_dictionary(connection, feature, table_rows, lines.distinct)
    sides = Sides(connection, script, table_rows, lines.has_evidence())
    made = [side.name for side in script.sides if sides.make(side)]
    parts = _parts(connection, script, made)
    watch("lines")
    others = others_of(connection, script.others, lines.spans)
    columns, dictionaries = _columns(script, {*reads, *script.reads, *columns_of(others)})
    _sign_lines(connection, parts, columns)
    values = None
    if units:
        values = in_background(connection, lambda other: make_values(script, sides.on(other)))
    watch("signatures")
    _ask_signatures(connection, script, parts)
    watch("context")
    find_contexts(connection, others, sides.has_evidence, lines.pairs)
    watch("answers")
    words = _answer(connection, script, parts)
    return DeterminedLines(
        connection,
        script.answers,
        words,
        lambda: allowed_query(script, values.result() if values is not None else ()),
        tuple(sorted({*reads, *script.reads})),
        dictionaries,
        script.readings,
    )


def _parts(connection: Connection, script: LineScript, sides: Sequence[str]) -> list[Part]:
    """Find the place of each feature and side in the signature."""
    named = [each.dictionary for each in script.features if each.dictionary]
    masks = masks_of_classes(connection, [*named, *sides])
    parts: list[Part] = []
    offset = 0
    made = [(each.dictionary, each.name, each.tests) for each in script.features]
    for table, column, tests in (*made, *((each.name, "", ()) for each in script.sides)):
        classes = masks.get(table, [0])
        width = (len(classes) - 1).bit_length() if table else len(tests)
        parts.append(
            Part(table, source_column(column) if column else "", tests, classes, offset, width)
        )
        offset += width
    if offset > _MOST_BITS:
        raise NotFusable("the rules ask for more than the signature of a line holds")
    return parts


def _columns(script: LineScript, reads: Collection[str]) -> tuple[dict[str, str], dict[str, str]]:
    """Return SQL of the columns that later steps read, and which are keys of a dictionary.

    A text with a dictionary is kept as its key, which is quicker to copy and to compare.
    """
    names = sorted(reads)
    dictionaries = {
        each.name: each.dictionary
        for each in script.features
        if each.dictionary and each.name in names and each.name not in DATES
    }
    keys = {name: f"{table}.key" for name, table in dictionaries.items()}
    return {name: source_column(name) for name in names} | keys, dictionaries


def _sign_lines(connection: Connection, parts: Sequence[Part], columns: Mapping[str, str]) -> None:
    """Make the table ``signed``: a row for each line, its signature and some columns."""
    kind = "BIGINT" if not parts or parts[-1].offset + parts[-1].width < 63 else "HUGEINT"
    terms, joins = ["0"], []
    for table, value, tests, _, offset, width in parts:
        for bit, test in enumerate(tests, offset):
            terms.append(f"CASE WHEN {test} THEN {1 << bit}::{kind} ELSE 0 END")
        if not table or not (value or width):
            continue
        keys, condition = "value, key", f"{table}.value = {value}"
        if not value:
            keys = "claim_id, line_number"
            condition = f"{table}.claim_id = l.claim_id AND {table}.line_number = l.line_number"
        joins.append(
            f"LEFT JOIN (SELECT {keys}, class::{kind} << {offset} AS bits FROM {table}) {table} "
            f"ON {condition}"
        )
        terms.append(f"coalesce({table}.bits, 0)")
    picked = "".join(f", {sql} AS {name}" for name, sql in columns.items())
    # The joins are in order already, which DuckDB would look for long.
    connection.execute("SET disabled_optimizers = 'join_order'")
    try:
        connection.execute(
            SIGNED.of(
                f"SELECT l.place AS line, l.claim_id, l.line_number{picked}, "
                f"{' + '.join(terms)} AS signature FROM {LINES} l {' '.join(joins)}"
            )
        )
    finally:
        connection.execute("SET disabled_optimizers = ''")


def _ask_signatures(connection: Connection, script: LineScript, parts: Sequence[Part]) -> None:
    """Find what each distinct signature answers when other lines ask it, and what it asks them."""
    connection.execute(
        SIGNATURES.of(
            "SELECT signature, n, (row_number() OVER ()) AS id FROM "
            f"(SELECT signature, count(*) AS n FROM {SIGNED} GROUP BY signature)"
        )
    )
    found = connection.execute(f"SELECT signature FROM {SIGNATURES} ORDER BY id").fetchall()
    rows = list(evaluated(script.asked, parts, [signature for (signature,) in found]))
    half = len(script.others)
    ASKED_BITS.fill(
        connection,
        range(1, len(rows) + 1),
        (number_of(row[:half]) for row in rows),
        (number_of(row[half:]) for row in rows),
    )
    connection.execute(
        ASKED.of(f"SELECT a.*, s.signature FROM {ASKED_BITS} a JOIN {SIGNATURES} s USING (id)")
    )


def _answer(connection: Connection, script: LineScript, parts: Sequence[Part]) -> tuple[str, ...]:
    """Find the answer of every signature with its contexts; return the columns of its bits."""
    connection.execute(
        FINALS.of(
            "SELECT id, context, row_number() OVER () AS final FROM "
            f"(SELECT id, 0::BIGINT AS context FROM {SIGNATURES} UNION "
            f"SELECT id, context FROM {CONTEXTS})"
        )
    )
    found = connection.execute(
        f"SELECT signature, context FROM {FINALS} JOIN {SIGNATURES} USING (id) ORDER BY final"
    ).fetchall()
    signatures, contexts = zip(*found, strict=True) if found else ((), ())
    numbers: dict[str, int] = {}
    chosen = [
        numbers.setdefault(bits, len(numbers) + 1)
        for bits in evaluated(script.final, parts, signatures, contexts)
    ]
    words = {
        f"w{number}": ("BIGINT", [number_of(bits[first : first + WORD]) for bits in numbers])
        for number, first in enumerate(range(0, max(len(script.final.outputs), 1), WORD))
    }
    ANSWERS.fill(connection, numbers.values(), **words)
    FINAL_ANSWERS.fill(connection, range(1, len(chosen) + 1), chosen)
    connection.execute(
        PLAIN_ANSWERS.of(
            f"SELECT signature, answer FROM {FINALS} JOIN {FINAL_ANSWERS} USING (final) "
            f"JOIN {SIGNATURES} USING (id) WHERE context = 0"
        )
    )
    connection.execute(
        CONTEXT_ANSWERS.of(
            f"SELECT c.line, c.line_number, answer FROM {CONTEXTS} c "
            f"JOIN {FINALS} USING (id, context) JOIN {FINAL_ANSWERS} USING (final)"
        )
    )
    return tuple(words)
