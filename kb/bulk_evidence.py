"""Evidence of files as one checked table: a row per line, name and value."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

from facts.claim import EvidenceTypes
from facts.diagnostic import Diagnostic, InputError
from facts.readers.evidence import COLUMNS, REQUIRED, evidence_value
from facts.readers.line_table import check_columns
from facts.suggest import nearest
from facts.values import ValueFault, parse_whole_number, quoted
from kb.bulk_source import expand, identifier, open_source
from kb.compile.numbers import NUMBER, decimal_of

ROWS = "evidence_rows"


def read_evidence_rows(
    connection: Any,
    paths: Sequence[str | Path],
    types: EvidenceTypes,
    lines: str,
    found: list[Diagnostic],
) -> bool:
    """Make the table ``evidence_rows``: claim_id, line_number, name, value, number.

    Evidence for a line takes the place of evidence for the whole claim.

    Parameters
    ----------
    connection : DuckDB connection
    paths : sequence of path
    types : mapping of str to EvidenceType
        What the policy declares.
    lines : str
        Table of the claim lines.
    found : list of Diagnostic
        Gathers what is wrong.

    Returns
    -------
    bool
        Whether there is any evidence.
    """
    source = open_source(connection, expand(paths), COLUMNS)
    faults = check_columns(source.columns, source.files[0], "row 1", REQUIRED, COLUMNS)
    found += [item for item in faults if item.severity != "error"]
    errors = [item for item in faults if item.severity == "error"]
    if errors:
        raise InputError(errors)
    texts = ", ".join(
        f"nullif(trim({identifier(name)}::TEXT), '') AS {name}"
        if name in source.columns
        else f"NULL::TEXT AS {name}"
        for name in COLUMNS[:4]
    )
    header = 0 if source.kind == "jsonl" else 1
    place = f"row_number() OVER () + {header}"
    if source.kind == "parquet":
        place = "file_row_number + 1"
    connection.execute(
        f"CREATE TEMP TABLE evidence_raw AS SELECT {texts}, filename, {place} AS row "
        f"FROM {source.scan}"
    )
    values, numbers = _pairs(connection, types)
    faulty = _faults(connection, source, values, numbers, types, found)
    connection.execute(
        "CREATE TEMP TABLE evidence_values AS SELECT unnest($1::TEXT[]) AS evidence, "
        "unnest($2::TEXT[]) AS value, unnest($3::TEXT[]) AS name, unnest($4::TEXT[]) AS made, "
        f"unnest($5::TEXT[])::{NUMBER} AS number",
        _columns(values),
    )
    connection.execute(
        "CREATE TEMP TABLE evidence_numbers AS SELECT unnest($1::TEXT[]) AS text, "
        "unnest($2::BIGINT[]) AS line_number",
        [
            [text for text, number in numbers.items() if isinstance(number, int)],
            [number for number in numbers.values() if isinstance(number, int)],
        ],
    )
    left_out = ""
    if faulty:
        connection.execute(
            "CREATE TEMP TABLE evidence_faulty AS SELECT unnest($1::TEXT[]) AS filename, "
            "unnest($2::BIGINT[]) AS row",
            [[file for file, _ in faulty], [row for _, row in faulty]],
        )
        left_out = "ANTI JOIN evidence_faulty f ON f.filename = e.filename AND f.row = e.row"
    connection.execute(
        "CREATE TEMP TABLE evidence_read AS SELECT DISTINCT e.claim_id, n.line_number, v.name, "
        "v.made AS value, v.number FROM evidence_raw e "
        "JOIN evidence_values v ON v.evidence = e.evidence AND v.value = e.value "
        f"LEFT JOIN evidence_numbers n ON n.text = e.line_number {left_out} "
        "WHERE e.claim_id IS NOT NULL AND (e.line_number IS NULL OR n.line_number IS NOT NULL)"
    )
    _spread(connection, lines)
    return bool(connection.execute(f"SELECT count(*) FROM {ROWS}").fetchone()[0])


def _spread(connection: Any, lines: str) -> None:
    """Give every line the evidence of its whole claim, unless it has its own of that name."""
    whole = connection.execute(
        "SELECT count(*) FROM evidence_read WHERE line_number IS NULL"
    ).fetchone()[0]
    own = "SELECT * FROM evidence_read WHERE line_number IS NOT NULL"
    if not whole:
        connection.execute(f"CREATE TEMP TABLE {ROWS} AS {own}")
        return
    connection.execute(
        f"CREATE TEMP TABLE {ROWS} AS {own} UNION ALL "
        "SELECT w.claim_id, l.line_number, w.name, w.value, w.number FROM evidence_read w "
        f"JOIN {lines} l ON l.claim_id = w.claim_id WHERE w.line_number IS NULL AND NOT EXISTS "
        "(SELECT 1 FROM evidence_read o WHERE o.claim_id = w.claim_id "
        "AND o.line_number = l.line_number AND o.name = w.name)"
    )


Pair = tuple[str, str]
Made = tuple[str, str, Decimal | None]


def _pairs(
    connection: Any, types: EvidenceTypes
) -> tuple[dict[Pair, Made | Diagnostic], dict[str, int | ValueFault]]:
    """Read every distinct name and value, and every distinct line number."""
    values: dict[Pair, Made | Diagnostic] = {}
    for evidence, text in connection.execute(
        "SELECT DISTINCT evidence, value FROM evidence_raw "
        "WHERE evidence IS NOT NULL AND value IS NOT NULL"
    ).fetchall():
        name = evidence.lower()
        declared = types.get(name)
        if declared is None:
            near = nearest(name, types)
            help = f"did you mean `{near}`?" if near else "the policy does not declare it"
            fault = f"unknown evidence {quoted(evidence)}"
            values[evidence, text] = Diagnostic("error", fault, None, help)
            continue
        try:
            made = evidence_value(declared, text)
        except ValueFault as wrong:
            fault = f"`{name}` {wrong.message}"
            values[evidence, text] = Diagnostic("error", fault, None, wrong.help)
            continue
        number = None if isinstance(made, str) else decimal_of(made)
        values[evidence, text] = (name, str(made), number)
    numbers: dict[str, int | ValueFault] = {}
    for (text,) in connection.execute(
        "SELECT DISTINCT line_number FROM evidence_raw WHERE line_number IS NOT NULL"
    ).fetchall():
        try:
            numbers[text] = parse_whole_number(text, least=1)
        except ValueFault as wrong:
            numbers[text] = wrong
    return values, numbers


def _faults(
    connection: Any,
    source: Any,
    values: dict[Pair, Made | Diagnostic],
    numbers: dict[str, int | ValueFault],
    types: EvidenceTypes,
    found: list[Diagnostic],
) -> list[tuple[str, int]]:
    """Tell what is wrong with each row; return the rows that are left out."""
    faulty: list[tuple[str, int, str, str, str]] = []
    for name in REQUIRED:
        for file, row in connection.execute(
            f"SELECT filename, row FROM evidence_raw WHERE {name} IS NULL"
        ).fetchall():
            faulty.append((file, row, name, f"`{name}` is empty", ""))
    for pair, made in values.items():
        if isinstance(made, Diagnostic):
            column = "evidence" if made.message.startswith("unknown") else "value"
            for file, row in connection.execute(
                "SELECT filename, row FROM evidence_raw WHERE evidence = $1 AND value = $2",
                list(pair),
            ).fetchall():
                faulty.append((file, row, column, made.message, made.help))
    for text, number in numbers.items():
        if isinstance(number, ValueFault):
            for file, row in connection.execute(
                "SELECT filename, row FROM evidence_raw WHERE line_number = $1", [text]
            ).fetchall():
                message = f"`line_number` {number.message}"
                faulty.append((file, row, "line_number", message, number.help))
    single = [name for name, declared in types.items() if not declared.several]
    for file, row, claim, line, name, value, first, other_file, other_row in connection.execute(
        "SELECT filename, row, claim_id, line_number, name, value, first, first_file, first_row "
        "FROM (SELECT *, lower(evidence) AS name, first_value(value) OVER w AS first, "
        "first_value(filename) OVER w AS first_file, first_value(row) OVER w AS first_row "
        "FROM evidence_raw WHERE claim_id IS NOT NULL AND evidence IS NOT NULL AND value IS NOT "
        "NULL AND lower(evidence) IN (SELECT unnest($1::TEXT[])) WINDOW w AS (PARTITION BY "
        "claim_id, line_number, lower(evidence) ORDER BY filename, row)) WHERE value <> first "
        "AND try_cast(value AS DECIMAL(38, 9)) IS DISTINCT FROM coalesce("
        "try_cast(first AS DECIMAL(38, 9)), -1) AND lower(value) <> lower(first)",
        [single],
    ).fetchall():
        where = "every line" if line is None else f"line {line}"
        message = (
            f"`{name}` has two values for {where} of claim {quoted(claim)}: "
            f"{quoted(first)} and {quoted(value)}"
        )
        other = source.origin(other_file, other_row, "value")
        faulty.append((file, row, "value", message, f"the other stands in {other}"))
    for file, row, column, message, help in sorted(faulty, key=lambda item: item[:2]):
        found.append(Diagnostic("error", message, source.origin(file, row, column), help))
    return sorted({(file, row) for file, row, *_ in faulty})


def _columns(values: dict[Pair, Made | Diagnostic]) -> list[list[Any]]:
    rows = [
        (*pair, *made[:2], None if made[2] is None else format(made[2], "f"))
        for pair, made in values.items()
        if not isinstance(made, Diagnostic)
    ]
    return [list(column) for column in zip(*rows, strict=True)] if rows else [[]] * 5
