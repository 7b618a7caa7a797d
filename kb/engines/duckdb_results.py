"""Write what the signatures answer as determinations: lists, reasons, allowed units."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from facts.extras import bulk_module
from facts.spreadsheet import safe_cell
from kb.adjudicate import citation_of
from kb.clause import EFFECTS, REASON_SLOTS
from kb.compile.fused.evaluate import WORD
from kb.compile.fused.plan import LinePlan
from kb.compile.numbers import NUMBER, Numbers
from kb.determination import Citation, Determination
from kb.engines.duckdb_lines import LineRun
from kb.engines.duckdb_tests import comparison_columns
from kb.flat import CSV_COLUMNS, flat_row
from kb.policy import Policy

exp = bulk_module("sqlglot.expressions")

_NUMBER_TEXT = "rtrim(rtrim({}::DECIMAL(38, 9)::TEXT, '0'), '.')"
SLOTS = {
    "line": "l.line_number::TEXT",
    "procedure": "l.procedure_code",
    "place": "l.place_of_service",
    "units": _NUMBER_TEXT.format("l.units"),
}
"""What a narrative can name of the line, as SQL."""

READS = ("place_of_service", "procedure_code", "units")
"""Columns that ``SLOTS`` read."""

_UNITS = "<allowed units>"
_CITATION = (
    ("clause_id", "TEXT"),
    ("effect", "TEXT"),
    ("carc", "TEXT"),
    ("rarcs", "TEXT[]"),
    ("group", "TEXT"),
    ("readings", "INTEGER[]"),
    ("reason", "TEXT"),
)
_ANSWERED = (
    "FROM signed l JOIN plain_answers p USING (signature) "
    "LEFT JOIN context_answers x ON x.line = l.rowid"
)
_JOINED = (
    f"{_ANSWERED} LEFT JOIN slotted f ON f.line = l.rowid JOIN entries d ON d.entry = "
    "coalesce(f.entry, coalesce(x.answer, p.answer) * {apart} + {number}) "
    "LEFT JOIN allowed u ON u.line = CASE WHEN d.limited THEN l.rowid END"
)
_MOST_NUMBERS = 200
"""Line numbers that reasons are filled with beforehand; of more, line by line."""


def write_determinations(run: LineRun, policy: Policy, kind: str) -> str:
    """Make the tables of answers and return the SELECT of all determinations.

    Parameters
    ----------
    run : LineRun
        After ``run()``.
    policy : Policy
    kind : {"parquet", "jsonl", "csv"}

    Returns
    -------
    str
        The determinations in the order of the input: the columns of the contract; of JSONL one
        text a line; of CSV those of ``CSV_COLUMNS``.
    """
    answers = _by_number(run, _answers(run, policy))
    allowed_units(run)
    return {"parquet": _parquet, "jsonl": _jsonl, "csv": _csv}[kind](run, policy, answers)


def count_outcomes(run: LineRun) -> dict[str, int]:
    """Return the lines of each outcome, after ``write_determinations``."""
    rows = run.execute(
        "SELECT d.outcome, sum(n)::BIGINT FROM ("
        "SELECT p.answer, s.n FROM signatures s JOIN plain_answers p USING (signature) UNION ALL "
        "SELECT x.answer, 1 FROM context_answers x UNION ALL "
        "SELECT p.answer, -1 FROM contexts c JOIN signatures s USING (id) "
        "JOIN plain_answers p USING (signature)) "
        "JOIN (SELECT DISTINCT answer, outcome FROM determined) d USING (answer) "
        "GROUP BY ALL HAVING sum(n) > 0 ORDER BY ALL"
    ).fetchall()
    return {outcome: int(count) for outcome, count in rows}


Answers = list[tuple[int, bool, Determination]]
"""Every distinct answer: its number, whether units are allowed, and a determination of no claim.

Its line number is that of the lines that it is for, 0 where it is for those of any number.
"""


def _answers(run: LineRun, policy: Policy) -> Answers:
    order = {clause_id: position for position, clause_id in enumerate(policy.clauses)}
    rows = run.execute(f"SELECT answer, {', '.join(run.words)} FROM answers").fetchall()
    made: Answers = []
    for answer, *words in rows:
        held = _held(run.plan, words)
        ((outcome,),) = held["outcome"]
        found = sorted(held["cites"], key=lambda row: (EFFECTS.index(row[1]), order[row[0]]))
        assumed = sorted({row[0] for row in held["assumption"]})
        determination = Determination(
            "",
            0,
            outcome,
            tuple(
                citation_of(policy.clauses[clause_id], effect, held["mattered"], {})
                for clause_id, effect in found
            ),
            None,
            tuple(sorted({row[0] for row in held["missing"]})),
            tuple(assumed) if outcome == "reimbursable" else (),
            policy.policy_id,
            policy.version,
            policy.program_sha256,
        )
        made.append((answer, _bit(words, len(run.plan.answers)), determination))
    return made


def _by_number(run: LineRun, answers: Answers) -> Answers:
    """Return each answer once for each line number, which stands in most reasons."""
    rows = run.execute(
        f"SELECT DISTINCT line_number FROM signed LIMIT {_MOST_NUMBERS + 1}"
    ).fetchall()
    if len(rows) > _MOST_NUMBERS:
        return answers
    return [
        (
            answer,
            limited,
            replace(
                each,
                line_number=int(number),
                citations=tuple(
                    replace(one, reason=one.reason.replace("{line}", str(number)))
                    for one in each.citations
                ),
            ),
        )
        for answer, limited, each in answers
        for (number,) in sorted(rows)
    ]


def _joined(run: LineRun, answers: Answers, filled: str) -> str:
    """Make the tables ``slotted`` and ``entries``; return what the lines are joined with.

    An entry is an answer as the lines of one number have it. A line whose reasons name more than
    its number has an entry of its own, so that nothing has to be filled in for all the others.

    Parameters
    ----------
    run : LineRun
        After ``determined`` was made.
    answers : list
    filled : str
        SQL of the column with the reasons filled, over ``d`` and ``l``, behind its name and AS.
    """
    apart = max((each.line_number for _, _, each in answers), default=0) + 1
    number = "l.line_number" if apart > 1 else "0"
    first = (max((answer for answer, _, _ in answers), default=0) + 1) * apart
    value, name = filled.rsplit(" AS ", 1)
    run.execute(
        f"CREATE TEMP TABLE slotted AS SELECT l.rowid AS line, {first} + l.rowid "
        f"AS entry, d.* EXCLUDE (answer, line_number, slots) REPLACE ({value} AS {name}) "
        f"{_ANSWERED} JOIN determined d ON d.answer = coalesce(x.answer, p.answer) "
        f"AND d.line_number = {number} WHERE d.slots"
    )
    run.execute(
        f"CREATE TEMP TABLE entries AS SELECT answer * {apart} + line_number AS entry, "
        "* EXCLUDE (answer, line_number, slots) FROM determined UNION ALL BY NAME "
        "SELECT * EXCLUDE (line) FROM slotted"
    )
    return _JOINED.format(apart=apart, number=number)


def _determined(run: LineRun, answers: Answers, columns: dict[str, list[Any]]) -> None:
    """The table ``determined``: a row for every distinct answer."""
    held: dict[str, tuple[str, list[Any]]] = {
        "answer": ("BIGINT", [answer for answer, _, _ in answers]),
        "line_number": ("BIGINT", [each.line_number for _, _, each in answers]),
        "limited": ("BOOLEAN", [limited for _, limited, _ in answers]),
        "outcome": ("TEXT", [each.outcome for _, _, each in answers]),
        "slots": ("BOOLEAN", [_has_slots(each) for _, _, each in answers]),
    }
    held |= {name: ("TEXT", values) for name, values in columns.items()}
    picks = ", ".join(
        f"unnest(${place}::{kind}[]) AS {_quoted(name)}"
        for place, (name, (kind, _)) in enumerate(held.items(), 1)
    )
    run.execute(
        f"CREATE TEMP TABLE determined AS SELECT {picks}", [values for _, values in held.values()]
    )


def _has_slots(determination: Determination) -> bool:
    return any(
        f"{{{name}}}" in citation.reason for citation in determination.citations for name in SLOTS
    )


def _filled(text: str) -> str:
    """SQL of a text with the slots of the reasons filled."""
    for slot, value in SLOTS.items():
        without = REASON_SLOTS[slot]
        known = f"coalesce({value}, {_literal(without)})" if without else value
        text = f"replace({text}, '{{{slot}}}', {known})"
    return text


def _jsonl(run: LineRun, policy: Policy, answers: Answers) -> str:
    heads, tails = [], []
    for _, _, determination in answers:
        record = determination.to_json()
        del record["claim_id"], record["line_number"]
        record["allowed_units"] = _UNITS
        text = json.dumps(record, ensure_ascii=False)
        head, _, tail = text.partition(json.dumps(_UNITS))
        heads.append(f", {head[1:]}")
        tails.append(tail)
    _determined(run, answers, {"head": heads, "tail": tails})
    number = _NUMBER_TEXT.format("u.value")
    number = f"CASE WHEN length({number}) > 15 AND contains({number}, '.') THEN to_json({number}) "
    number += f"ELSE {_NUMBER_TEXT.format('u.value')} END"
    joined = _joined(run, answers, f"{_filled('d.head')} AS head")
    return (
        "SELECT concat('{\"claim_id\": ', to_json(l.claim_id), ', \"line_number\": ', "
        f"l.line_number, d.head, coalesce({number}, 'null'), d.tail) AS text {joined}"
    )


def _csv(run: LineRun, policy: Policy, answers: Answers) -> str:
    rows = [flat_row(determination) for _, _, determination in answers]
    made: dict[str, list[Any]] = {}
    picked = []
    for place, name in enumerate(CSV_COLUMNS):
        if name == "claim_id":
            picked.append("")
        elif name == "line_number":
            picked.append("l.line_number")
        elif name == "allowed_units":
            picked.append(f"{_NUMBER_TEXT.format('u.value')} AS allowed_units")
        else:
            made[f"c_{name}"] = [row[place] or None for row in rows]
            picked.append(f"d.c_{name} AS {_quoted(name)}")
    _determined(run, answers, made)
    joined = _joined(run, answers, f"{_filled('d.c_reasons')} AS c_reasons")
    odd = run.execute(
        "SELECT DISTINCT claim_id FROM signed WHERE NOT regexp_matches(claim_id, '^[A-Za-z0-9]')"
    ).fetchall()
    safe = [(claim_id, str(safe_cell(claim_id))) for (claim_id,) in odd]
    run.execute(
        "CREATE TEMP TABLE safe_ids AS SELECT unnest($1::TEXT[]) AS claim_id, "
        "unnest($2::TEXT[]) AS safe",
        [[one for one, _ in safe], [other for _, other in safe]],
    )
    picked[0] = "coalesce(s.safe, l.claim_id) AS claim_id" if safe else "l.claim_id"
    found = f"SELECT {', '.join(picked)} {joined}"
    return f"{found} LEFT JOIN safe_ids s ON s.claim_id = l.claim_id" if safe else found


def _parquet(run: LineRun, policy: Policy, answers: Answers) -> str:
    lists = {
        "missing": [json.dumps(each.missing_evidence) for _, _, each in answers],
        "assumed": [json.dumps(each.assumptions) for _, _, each in answers],
    }
    _determined(run, answers, lists)
    cited = [
        (answer, determination.line_number, place, *_fields(citation))
        for answer, _, determination in answers
        for place, citation in enumerate(determination.citations)
    ]
    keys = [("answer", "BIGINT"), ("line_number", "BIGINT"), ("place", "BIGINT")]
    kinds = [*keys, *_CITATION]
    picks = ", ".join(
        f"unnest(${number}::{kind}[]) AS {_quoted(name)}"
        for number, (name, kind) in enumerate(kinds, 1)
    )
    columns = [list(column) for column in zip(*cited, strict=True)] if cited else [[]] * len(kinds)
    run.execute(f"CREATE TEMP TABLE cited AS SELECT {picks}", columns)
    packed = ", ".join(f"{_quoted(name)} := {_quoted(name)}" for name, _ in _CITATION)
    shape = ", ".join(f"{_quoted(name)} {kind}" for name, kind in _CITATION)
    run.execute(
        "CREATE OR REPLACE TEMP TABLE determined AS SELECT d.answer, d.line_number, "
        "d.limited, d.outcome, "
        f"d.slots, coalesce(c.citations, []::STRUCT({shape})[]) AS citations, "
        "from_json(d.missing, '[\"VARCHAR\"]') AS missing, "
        "from_json(d.assumed, '[\"VARCHAR\"]') AS assumed FROM determined d LEFT JOIN ("
        f"SELECT answer, line_number, list(struct_pack({packed}) ORDER BY place) AS citations "
        "FROM cited GROUP BY ALL) c USING (answer, line_number)"
    )
    fields = ", ".join(f"{_quoted(name)} := c.{_quoted(name)}" for name, _ in _CITATION[:-1])
    constants = ", ".join(
        f"{_literal(value)} AS {name}"
        for name, value in (
            ("policy", policy.policy_id),
            ("policy_version", policy.version),
            ("program_sha256", policy.program_sha256),
        )
    )
    filled = f"struct_pack({fields}, reason := {_filled('c.reason')})"
    joined = _joined(run, answers, f"list_transform(d.citations, lambda c: {filled}) AS citations")
    return (
        "SELECT l.claim_id, l.line_number::BIGINT AS line_number, d.outcome, d.citations, "
        "u.value AS allowed_units, d.missing AS missing_evidence, d.assumed AS assumptions, "
        f"{constants} {joined}"
    )


def _fields(citation: Citation) -> tuple[Any, ...]:
    return tuple(citation.to_json()[name] for name, _ in _CITATION)


def _literal(text: str) -> str:
    made: str = exp.Literal.string(text).sql(dialect="duckdb")
    return made


def allowed_units(run: LineRun) -> None:
    """The table ``allowed``: the least of the units that the cited clauses allow."""
    _, function, alternatives = run.plan.allowed
    limit = divmod(len(run.plan.answers), WORD)
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
        f"WHERE (a.w{limit[0]} >> {limit[1]}) & 1 = 1"
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
