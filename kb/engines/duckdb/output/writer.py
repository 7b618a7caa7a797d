"""Write what the lines answer as determinations: Parquet, JSONL or CSV, all in the set."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from facts.spreadsheet import safe_cell
from kb.compile.sql.number_types import NUMBER
from kb.engines.duckdb.connection import identifier, literal, one_row
from kb.engines.duckdb.lines.determined import DeterminedLines
from kb.engines.duckdb.lines.tables import CLAIM_PARTS, ENTRIES, SAFE_IDS, SIGNED
from kb.engines.duckdb.output.entries import NUMBER_TEXT, Answers, make_entries
from kb.model.maker import CitedPolicy
from kb.model.tables import IN_FAVOUR, csv_columns, flat_row

_UNITS = "<allowed units>"
_CITATION = {
    "clause_id": "TEXT",
    "effect": "TEXT",
    "carc": "TEXT",
    "rarcs": "TEXT[]",
    "group": "TEXT",
    "readings": "INTEGER[]",
    "reason": "TEXT",
}
_FIELDS = ", ".join(f"{identifier(name)} {kind}" for name, kind in _CITATION.items())
_PARQUET_TYPES = {
    "claim_id": "TEXT",
    "line_number": "BIGINT",
    "outcome": "TEXT",
    "citations": f"STRUCT({_FIELDS})[]",
    "allowed_units": NUMBER,
    "missing_evidence": "TEXT[]",
    "assumptions": "TEXT[]",
    "policy": "TEXT",
    "policy_version": "TEXT",
    "program_sha256": "TEXT",
    "claim_part": "TEXT",
}
"""Columns of determinations as Parquet: those of the contract."""


def parquet_types(readings: bool) -> dict[str, str]:
    """Return the columns of determinations as Parquet, with their types of DuckDB.

    Parameters
    ----------
    readings : bool
        Whether the readings in favour of lines are among them.
    """
    return {**_PARQUET_TYPES, IN_FAVOUR: "INTEGER[]"} if readings else _PARQUET_TYPES


_OF_LINE = {
    "claim_id": "l.claim_id",
    "claim_part": "l.claim_part",
    "line_number": "l.line_number",
    "allowed_units": NUMBER_TEXT.format("l.value"),
}
"""Columns of CSV that are not those of an entry, as SQL."""

_MOST_WORDS = 4_000
"""Distinct texts of a column of Parquet that are written as numbers with a dictionary."""

COPY_OPTIONS = {
    kind: f"{options}, USE_TMP_FILE false"
    for kind, options in {
        "parquet": f"FORMAT parquet, DICTIONARY_SIZE_LIMIT {_MOST_WORDS}",
        "jsonl": "FORMAT csv, HEADER false, QUOTE '', ESCAPE '', DELIMITER ''",
        "csv": "FORMAT csv, HEADER",
    }.items()
}
"""Options of COPY for each format: it writes to the very file that it is given."""


def write_determinations(
    lines: DeterminedLines, policy: CitedPolicy, answers: Answers, kind: str
) -> str:
    """Make the tables of answers and return the SELECT of all determinations.

    Parameters
    ----------
    lines : DeterminedLines
        The lines that are determined.
    policy : CitedPolicy
        What the determinations cite.
    answers : list
        As ``distinct_answers`` returns them.
    kind : {"parquet", "arrow", "jsonl", "csv"}
        The form of the output.

    Returns
    -------
    str
        The determinations in the order of the input: the columns of the contract; of JSONL one
        text a line; of CSV those of ``CSV_COLUMNS``.
    """
    writers = {"parquet": _parquet, "arrow": _arrow, "jsonl": _jsonl, "csv": _csv}
    return writers[kind](lines, policy, answers)


def _jsonl(lines: DeterminedLines, policy: CitedPolicy, answers: Answers) -> str:
    heads, tails = [], []
    for _, _, determination in answers:
        record = determination.to_json()
        for name in ("claim_id", "line_number"):
            del record[name]
        record["allowed_units"] = _UNITS
        text = json.dumps(record, ensure_ascii=False)
        head, _, tail = text.partition(json.dumps(_UNITS))
        heads.append(f", {head[1:]}")
        tails.append(tail)
    columns = {"head": ("TEXT", heads), "tail": ("TEXT", tails)}
    entries = make_entries(lines, answers, columns, "head")
    tail = entries.cell("tail")
    if has_parts(lines):
        part = "', \"claim_part\": ' || to_json(l.claim_part) || '}'"
        tail = f"CASE WHEN l.claim_part IS NULL THEN {tail} ELSE left({tail}, -1) || {part} END"
    text = NUMBER_TEXT.format("l.value")
    number = f"CASE WHEN length({text}) > 15 AND contains({text}, '.') THEN to_json({text}) "
    number += f"ELSE {text} END"
    return entries.select(
        "concat('{\"claim_id\": ', to_json(l.claim_id), ', \"line_number\": ', l.line_number, "
        f"{entries.cell('head')}, coalesce({number}, 'null'), {tail}) AS text",
        list(columns),
        *claim_columns(lines),
    )


def _csv(lines: DeterminedLines, policy: CitedPolicy, answers: Answers) -> str:
    rows = [flat_row(determination) for _, _, determination in answers]
    names = csv_columns(lines.readings)
    made: dict[str, tuple[str, list[Any]]] = {
        f"c_{name}": ("TEXT", [safe_cell(row[place]) or None for row in rows])
        for place, name in enumerate(names)
        if name not in _OF_LINE
    }
    entries = make_entries(lines, answers, made, "c_reasons")
    picked = ", ".join(
        f"{_OF_LINE.get(name) or entries.cell(f'c_{name}')} AS {identifier(name)}" for name in names
    )
    claim, part, join = claim_columns(lines)
    odd = lines.execute(
        f"SELECT DISTINCT claim FROM (SELECT {claim} AS claim FROM {SIGNED} l {join}) "
        "WHERE NOT regexp_full_match(claim, '[A-Za-z0-9][^;\\s]*')"
    ).fetchall()
    safe = [(claim_id, str(safe_cell(claim_id))) for (claim_id,) in odd]
    if safe:
        ids, cells = zip(*safe, strict=True)
        SAFE_IDS.fill(lines.connection, ids, cells)
        join = f"{join} LEFT JOIN {SAFE_IDS} s ON s.claim_id = {claim}"
        claim = f"coalesce(s.safe, {claim})"
    return entries.select(picked, list(made), claim, part, join)


def _arrow(lines: DeterminedLines, policy: CitedPolicy, answers: Answers) -> str:
    names = ", ".join(
        f"{name}::{kind} AS {name}" for name, kind in parquet_types(lines.readings).items()
    )
    return f"SELECT {names} FROM ({_parquet(lines, policy, answers)})"


def _parquet(lines: DeterminedLines, policy: CitedPolicy, answers: Answers) -> str:
    determinations = [determination for _, _, determination in answers]
    columns: dict[str, tuple[str, list[Any]]] = {
        "outcome": ("TEXT", [each.outcome for each in determinations]),
        "missing": ("TEXT[]", [list(each.missing_evidence) for each in determinations]),
        "assumed": ("TEXT[]", [list(each.assumptions) for each in determinations]),
    }
    kept, last = ["outcome", "missing", "assumed"], ""
    if lines.readings:
        numbers = [list(each.readings_in_favour or ()) for each in determinations]
        columns[IN_FAVOUR] = ("INTEGER[]", numbers)
        kept.append(IN_FAVOUR)
    for name, kind in _CITATION.items():
        values = [
            [getattr(citation, name) for citation in each.citations] for each in determinations
        ]
        columns[name] = (f"{kind}[]", values)
    entries = make_entries(lines, answers, columns, "reason")
    _number_words(lines, columns, kept)
    constants = ", ".join(
        f"{literal(value)}::ENUM({literal(value)}) AS {name}"
        for name, value in (
            ("policy", policy.policy_id),
            ("policy_version", policy.version),
            ("program_sha256", policy.program_sha256),
        )
    )
    cell = entries.cell
    if lines.readings:
        last = f", {cell(IN_FAVOUR)} AS {IN_FAVOUR}"
    return entries.select(
        f"l.claim_id, l.line_number::BIGINT AS line_number, {cell('outcome')} AS outcome, "
        f"{cell('citations')} AS citations, l.value AS allowed_units, "
        f"{cell('missing')} AS missing_evidence, {cell('assumed')} AS assumptions, "
        f"{constants}, l.claim_part{last}",
        ("citations", *kept),
        *claim_columns(lines),
    )


def has_parts(lines: DeterminedLines) -> bool:
    """Tell whether a claim has a part that tells it from others of the same number.

    Parameters
    ----------
    lines : DeterminedLines
        The lines that are determined.
    """
    made = f"SELECT 1 FROM duckdb_tables() WHERE table_name = '{CLAIM_PARTS}'"
    return bool(
        lines.execute(made).fetchone()
        and lines.execute(f"SELECT 1 FROM {CLAIM_PARTS} LIMIT 1").fetchone()
    )


def claim_columns(lines: DeterminedLines) -> tuple[str, str, str]:
    """Return SQL of the number of the claim of a line, of its part, and the join they need.

    Parameters
    ----------
    lines : DeterminedLines
        The lines that are determined.
    """
    if not has_parts(lines):
        return "l.claim_id", "NULL::TEXT", ""
    join = f"LEFT JOIN {CLAIM_PARTS} c ON c.claim_id = l.claim_id"
    return "coalesce(c.number, l.claim_id)", "c.claim_part", join


def _number_words(
    lines: DeterminedLines, columns: Mapping[str, tuple[str, list[Any]]], kept: Sequence[str]
) -> None:
    """Make the texts of the entries enumerations and their citations lists of structures.

    Parquet keeps an enumeration as a dictionary of texts, as it keeps a text: the file is the same
    to its readers. A line then carries small numbers, not texts that are looked up again.
    """
    types = {
        name: kind.replace("TEXT", _enumeration(values), 1) if kind.startswith("TEXT") else kind
        for name, (kind, values) in columns.items()
    }
    reasons = f"SELECT DISTINCT unnest(reason) AS word FROM {ENTRIES} ORDER BY word"
    (count,) = one_row(lines.connection, f"SELECT count(*) FROM ({reasons})")
    types["reason"] = "TEXT[]"
    if 0 < count <= _MOST_WORDS:
        lines.execute(f"CREATE TYPE reason_text AS ENUM ({reasons})")
        types["reason"] = "reason_text[]"
    picked = ", ".join(
        f"{identifier(name)}::{kind} AS {identifier(name)}" for name, kind in types.items()
    )
    fields = ", ".join(f"{identifier(name)} := {identifier(name)}[i]" for name in _CITATION)
    lines.execute(
        f"CREATE OR REPLACE TABLE {ENTRIES} AS SELECT entry, {', '.join(kept)}, "
        f"list_transform(range(1, len(clause_id) + 1), lambda i: struct_pack({fields})) "
        f"AS citations FROM (SELECT entry, {picked} FROM {ENTRIES})"
    )


def _enumeration(values: Any) -> str:
    """Return the type of some texts, in lists or not, as an enumeration where they are few."""
    words = sorted(_words(values))
    if not 0 < len(words) <= _MOST_WORDS:
        return "TEXT"
    return f"ENUM({', '.join(map(literal, words))})"


def _words(values: Any) -> set[str]:
    if isinstance(values, (list, tuple)):
        return {word for value in values for word in _words(value)}
    return set() if values is None else {values}
