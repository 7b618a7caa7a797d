"""Write what the signatures answer as determinations: lists, reasons, allowed units."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from kb.clause import ADVERSE_EFFECTS, EFFECTS, PolicyClause
from kb.compile.extras import bulk_module
from kb.compile.fused.evaluate import WORD
from kb.compile.fused.plan import LinePlan
from kb.compile.numbers import NUMBER, Numbers
from kb.engines.duckdb_lines import LineRun
from kb.engines.duckdb_tests import comparison_columns

exp = bulk_module("sqlglot.expressions")

SLOTS = {
    "line": "l.line_number::TEXT",
    "procedure": "coalesce(l.procedure_code, '')",
    "place": "coalesce(l.place_of_service, '')",
    "units": "coalesce(rtrim(rtrim(l.units::DECIMAL(38, 9)::TEXT, '0'), '.'), '')",
}
"""What a narrative can name of the line, as SQL."""

READS = ("place_of_service", "procedure_code", "units")
"""Columns that ``SLOTS`` read."""


def write_determinations(run: LineRun, clauses: Mapping[str, PolicyClause]) -> str:
    """Make the tables of answers and return the SELECT of all determinations.

    Parameters
    ----------
    run : LineRun
        After ``run()``.
    clauses : mapping of clause id to PolicyClause

    Returns
    -------
    str
        Columns ``claim_id, line_number, outcome, citations, allowed_units, missing_evidence,
        assumptions``, in the order of the input.
    """
    _answer_lists(run, clauses)
    _allowed(run)
    reason = "c.reason"
    for slot, value in SLOTS.items():
        reason = f"replace({reason}, '{{{slot}}}', {value})"
    fields = ", ".join(
        f"{_quoted(name)} := c.{_quoted(name)}"
        for name in ("clause_id", "effect", "carc", "rarcs", "group", "readings")
    )
    return (
        "SELECT l.claim_id, l.line_number, d.outcome, "
        "CASE WHEN len(d.citations) = 0 THEN d.citations ELSE list_transform(d.citations, "
        f"lambda c: struct_pack({fields}, reason := {reason})) END AS citations, "
        "u.value AS allowed_units, d.missing AS missing_evidence, d.assumptions "
        "FROM signed l JOIN plain_answers p USING (signature) "
        "LEFT JOIN context_answers x ON x.line = l.rowid "
        "JOIN determined d ON d.answer = coalesce(x.answer, p.answer) "
        "LEFT JOIN allowed u ON u.line = CASE WHEN d.limited THEN l.rowid END"
    )


def _answer_lists(run: LineRun, clauses: Mapping[str, PolicyClause]) -> None:
    """The table ``determined``: one row for every distinct answer."""
    order = {clause_id: position for position, clause_id in enumerate(clauses)}
    rows = run.execute(f"SELECT answer, {', '.join(run.words)} FROM answers").fetchall()
    answers: list[Any] = []
    outcomes: list[str] = []
    limited: list[bool] = []
    missing: list[list[str]] = []
    assumptions: list[list[str]] = []
    cited: list[tuple[Any, ...]] = []
    for answer, *words in rows:
        held = _held(run.plan, words)
        readings: dict[str, set[int]] = {}
        for clause_id, number in held["mattered"]:
            readings.setdefault(clause_id, set()).add(int(number))
        ((outcome,),) = held["outcome"]
        answers.append(answer)
        outcomes.append(outcome)
        limited.append(_bit(words, len(run.plan.answers)))
        missing.append(sorted({row[0] for row in held["missing"]}))
        assumed = sorted({row[0] for row in held["assumption"]})
        assumptions.append(assumed if outcome == "reimbursable" else [])
        found = sorted(held["cites"], key=lambda row: (EFFECTS.index(row[1]), order[row[0]]))
        for position, (clause_id, effect) in enumerate(found):
            clause = clauses[clause_id]
            adverse = effect in ADVERSE_EFFECTS
            cited.append(
                (
                    answer,
                    position,
                    clause_id,
                    effect,
                    (clause.carc or None) if adverse else None,
                    list(clause.rarcs) if adverse else [],
                    (clause.group or None) if adverse else None,
                    sorted(readings.get(clause_id, ())),
                    clause.narrative.replace("{clause}", clause_id),
                )
            )
    types = (
        "BIGINT",
        "BIGINT",
        "TEXT",
        "TEXT",
        "TEXT",
        "TEXT[]",
        "TEXT",
        "INTEGER[]",
        "TEXT",
    )
    names = (
        "answer",
        "place",
        "clause_id",
        "effect",
        "carc",
        "rarcs",
        "group",
        "readings",
        "reason",
    )
    picks = ", ".join(
        f"unnest(${number}::{kind}[]) AS {_quoted(name)}"
        for number, (kind, name) in enumerate(zip(types, names, strict=True), 1)
    )
    columns = [list(column) for column in zip(*cited, strict=True)] if cited else [[]] * len(names)
    run.execute(f"CREATE TEMP TABLE cited AS SELECT {picks}", columns)
    fields = ", ".join(f"{_quoted(name)} := {_quoted(name)}" for name in names[2:])
    run.execute(
        "CREATE TEMP TABLE determined AS SELECT a.*, coalesce(c.citations, []) AS citations FROM ("
        "SELECT unnest($1::BIGINT[]) AS answer, unnest($2::TEXT[]) AS outcome, "
        "unnest($3::BOOLEAN[]) AS limited, unnest($4::TEXT[][]) AS missing, "
        "unnest($5::TEXT[][]) AS assumptions) a LEFT JOIN ("
        f"SELECT answer, list(struct_pack({fields}) ORDER BY place) AS citations "
        "FROM cited GROUP BY answer) c USING (answer)",
        [answers, outcomes, limited, missing, assumptions],
    )


def _allowed(run: LineRun) -> None:
    """The table ``allowed``: the least of the units that the cited clauses allow."""
    _, function, alternatives = run.plan.allowed
    start = len(run.plan.answers) + 1
    values, joins = [], []
    for number, alternative in enumerate(alternatives):
        kind = alternative.value[0]
        word, bit = divmod(start + number, WORD)
        if kind == "constant":
            value = exp.cast(exp.convert(alternative.value[1]), NUMBER).sql(dialect="duckdb")
        elif kind == "expression":
            numbers = Numbers()
            ratio = numbers.expression(alternative.value[1], comparison_columns("l"))
            value = exp.cast(numbers.stored(ratio), NUMBER).sql(dialect="duckdb")
        else:
            if not run.has_evidence:
                continue
            name = f"value{number}"
            query = run.sides.query(alternative.value[1], alternative.value[2])
            run.execute(
                f"CREATE TEMP TABLE {name} AS SELECT claim_id, line_number, "
                f"{function}(value) AS value FROM ({query}) GROUP BY claim_id, line_number"
            )
            joins.append(
                f"LEFT JOIN {name} ON {name}.claim_id = l.claim_id "
                f"AND {name}.line_number = l.line_number"
            )
            value = f"{name}.value"
        values.append(f"CASE WHEN (a.w{word} >> {bit}) & 1 = 1 THEN {value} END")
    extreme = "least" if function == "min" else "greatest"
    chosen = f"{extreme}({', '.join(values)})" if values else f"NULL::{NUMBER}"
    run.execute(
        "CREATE TEMP TABLE limited AS SELECT l.rowid AS line, l.*, a.* FROM signed l "
        "JOIN plain_answers p USING (signature) LEFT JOIN context_answers x ON x.line = l.rowid "
        "JOIN answers a ON a.answer = coalesce(x.answer, p.answer) "
        "JOIN determined d ON d.answer = a.answer AND d.limited"
    )
    columns = chosen.replace("a.w", "l.w")
    run.execute(
        f"CREATE TEMP TABLE allowed AS SELECT l.line, {columns} AS value "
        f"FROM limited l {' '.join(joins)}"
    )


def _held(plan: LinePlan, words: Sequence[int]) -> dict[str, list[tuple[Any, ...]]]:
    held: dict[str, list[tuple[Any, ...]]] = {
        name: [] for name in ("outcome", "cites", "mattered", "missing", "assumption")
    }
    for position, answer in enumerate(plan.answers):
        if _bit(words, position):
            held[answer.predicate].append(answer.row)
    return held


def _bit(words: Sequence[int], position: int) -> bool:
    word, bit = divmod(position, WORD)
    return bool(words[word] >> bit & 1)


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
