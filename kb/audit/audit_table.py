"""The table of an audit on DuckDB: answers, determinations and verdicts side by side."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from facts.extras import Connection
from kb.audit.answered_lines import ANSWERED, CLAIM_ROWS, insert_rows
from kb.audit.audited_line import BESIDE_LINES, MONEY, TYPES, UNANSWERED, AuditedLine
from kb.audit.totals import GROUPS, NONE, AuditTotal, AuditTotals
from kb.bulk.read.lines import LINES
from kb.compile.planner import GoalPlan
from kb.engines.duckdb.connection import identifier, literal, one_row
from kb.engines.duckdb.lines.determined import DeterminedLines
from kb.engines.duckdb.lines.tables import ALLOWED as ALLOWED_UNITS
from kb.engines.duckdb.lines.tables import CONTEXT_ANSWERS, PLAIN_ANSWERS, SIGNED
from kb.engines.duckdb.output.entries import Answers, distinct_answers
from kb.model.clause import ADVERSE_EFFECTS
from kb.model.maker import CitedPolicy

AUDITED = "audited"
"""The table of the audited lines."""

VERDICT_COLUMNS = {
    "verdict": "verdict",
    "action": "action",
    "withheld": "denied",
    "at_issue": "at_issue",
    "differs": "differs",
    "supports_denial": "supported_by",
}
"""The predicates that are computed, and the columns that they become."""

CLAIM_COLUMNS = {
    "claim_verdict": "verdict",
    "claim_withheld": "denied",
    "claim_at_issue": "at_issue",
}
"""Those of what a payer takes off a claim beside its lines."""

ARITIES = {name: 4 if name == "supports_denial" else 3 for name in VERDICT_COLUMNS}
"""The arities of the predicates of lines; those of claims have two arguments."""

_APPEALABLE = "verdict IN ('not_supported', 'in_part') AND at_issue > 0"
URGENCY = (
    f"(({_APPEALABLE}) IS NOT TRUE), coalesce(at_issue, 0) DESC, "
    "appeal_by NULLS LAST, claim_id, coalesce(line_number, 0), place"
)


_IS_ANSWERED = "a.claim_id IS NOT NULL"
_PICKED = {
    "claim_id": "l.claim_id",
    "line_number": "l.line_number",
    "payer": "a.payer",
    "check_number": "a.check_number",
    "check_date": "a.check_date",
    "provider": "v.rendering_provider",
    "service_date": "v.service_date",
    "procedure_code": "coalesce(v.procedure_code, v.revenue_code)",
    "charge": "coalesce(a.charge, v.charge)",
    "paid": "a.paid",
    "adjusted": "CASE WHEN a.reasons IS NOT NULL THEN list_sum(list_transform(string_split("
    "a.reasons, ' '), lambda w: split_part(w, ':', 2)::DECIMAL(18, 2))) "
    f"WHEN {_IS_ANSWERED} THEN 0 END",
    "reasons": "a.reasons",
    "remarks": "a.remarks",
    "outcome": "d.outcome",
    "clauses": "d.clauses",
    "allowed_units": "u.value",
    "units_paid": "a.units_paid",
    "matched_by": "a.matched_by",
    "unmatched": f"CASE WHEN NOT ({_IS_ANSWERED}) THEN {literal(UNANSWERED)} END",
}
"""Columns of an audit beside the verdicts: of a line `l`, its row `v`, its answer `a`, ours `d`."""


def make_audit(
    lines: DeterminedLines,
    policy: CitedPolicy,
    plan: GoalPlan,
    others: Sequence[AuditedLine],
    appeal_days: Mapping[str, int],
    as_of: date | None,
) -> None:
    """Make the table of audited lines.

    Parameters
    ----------
    lines : DeterminedLines
        The lines with our determinations.
    policy : CitedPolicy
        What these cite.
    plan : GoalPlan
        The tables of the verdicts.
    others : sequence of AuditedLine
        Lines of remittances that answer none.
    appeal_days : mapping of payer to int
        Days to appeal, as for ``with_deadlines``.
    as_of : date or None
        The day from which days left are counted.
    """
    connection = lines.connection
    told = distinct_answers(lines, policy)
    _store_told(connection, told)
    joins, picked = [], {}
    for number, (name, column) in enumerate(VERDICT_COLUMNS.items()):
        table = plan.catalog[name, ARITIES[name]]
        claim, line, value = map(identifier, table.columns[:3])
        shown = (
            f"sum({value})"
            if column in MONEY
            else f"string_agg(DISTINCT {value}, ' ' ORDER BY {value})"
        )
        joins.append(
            f"LEFT JOIN (SELECT {claim} AS claim, {line} AS line, {shown} AS value "
            f"FROM {identifier(table.name)} GROUP BY ALL) t{number} "
            f"ON t{number}.claim = l.claim_id AND t{number}.line = l.line_number"
        )
        picked[column] = f"t{number}.value"
    picked |= {
        column: f"CASE WHEN {_IS_ANSWERED} THEN coalesce({picked[column]}, 0) END"
        for column in ("denied", "at_issue")
    }
    picked |= _PICKED
    casts = ", ".join(
        f"{picked.get(name, 'NULL')}::{kind} AS {name}" for name, kind in TYPES.items()
    )
    connection.execute(
        f"CREATE TABLE {AUDITED} AS SELECT l.line AS place, {casts} FROM {SIGNED} l "
        f"JOIN {PLAIN_ANSWERS} p USING (signature) "
        f"LEFT JOIN {CONTEXT_ANSWERS} x ON x.line = l.line "
        "JOIN told d ON d.answer = coalesce(x.answer, p.answer) "
        f"JOIN {LINES} v ON v.place = l.line "
        f"LEFT JOIN {ALLOWED_UNITS} u ON u.line = l.line "
        f"LEFT JOIN {ANSWERED} a ON a.claim_id = l.claim_id AND a.line_number = l.line_number "
        + " ".join(joins)
    )
    _add_claims(connection, plan)
    (last,) = connection.execute(f"SELECT coalesce(max(place), 0) FROM {AUDITED}").fetchone() or (
        0,
    )
    types = {"place": "BIGINT", **TYPES}
    rows = [(last + number, *line) for number, line in enumerate(others, 1)]
    insert_rows(connection, AUDITED, types, rows, str)
    if appeal_days:
        _add_deadlines(connection, appeal_days, as_of)


def _add_claims(connection: Connection, plan: GoalPlan) -> None:
    """Add the rows of claims, each behind the lines of its claim."""
    if not one_row(connection, f"SELECT count(*) FROM {CLAIM_ROWS}")[0]:
        return
    joins, picked = [], {}
    for number, (name, column) in enumerate(CLAIM_COLUMNS.items()):
        table = plan.catalog.tables.get((name, 2))
        if table is not None:
            claim, value = map(identifier, table.columns)
            joins.append(
                f"LEFT JOIN {identifier(table.name)} t{number} ON t{number}.{claim} = c.claim_id"
            )
            picked[column] = f"t{number}.{value}"
    denied, at_issue = (f"coalesce({picked.get(each, 0)}, 0)" for each in ("denied", "at_issue"))
    picked |= {
        "denied": denied,
        "at_issue": at_issue,
        "action": f"CASE WHEN {denied} > 0 THEN 'denied' ELSE 'adjusted' END",
        "provider": "l.provider",
    }
    casts = ", ".join(f"({picked.get(name, f'c.{name}')})::{kind}" for name, kind in TYPES.items())
    connection.execute(
        f"INSERT INTO {AUDITED} SELECT l.place, {casts} FROM {CLAIM_ROWS} c JOIN "
        "(SELECT claim_id, max(place) AS place, arg_min(provider, line_number) "
        f"FILTER (WHERE provider IS NOT NULL) AS provider FROM {AUDITED} GROUP BY claim_id) l "
        "USING (claim_id) " + " ".join(joins)
    )


def _store_told(connection: Connection, told: Answers) -> None:
    """Make the table of what each distinct answer of ours is."""
    connection.execute(
        "CREATE TABLE told AS SELECT unnest($1::BIGINT[]) AS answer, "
        "unnest($2::TEXT[]) AS outcome, unnest($3::TEXT[]) AS clauses",
        [
            [answer for answer, _, _ in told],
            [each.outcome for _, _, each in told],
            [
                " ".join(c.clause_id for c in each.citations if c.effect in ADVERSE_EFFECTS) or None
                for _, _, each in told
            ],
        ],
    )


def _add_deadlines(
    connection: Connection, appeal_days: Mapping[str, int], as_of: date | None
) -> None:
    payers = connection.execute(f"SELECT DISTINCT payer FROM {AUDITED}").fetchall()
    for (payer,) in payers:
        days = appeal_days.get((payer or "").casefold(), appeal_days.get("*"))
        if days is not None:
            connection.execute(
                f"UPDATE {AUDITED} SET appeal_by = check_date + $1::INTEGER, "
                "days_left = check_date + $1::INTEGER - $2::DATE "
                f"WHERE payer IS NOT DISTINCT FROM $3 AND {_APPEALABLE}",
                [days, as_of, payer],
            )


_BESIDE = f"(matched_by IS NOT DISTINCT FROM {literal(BESIDE_LINES)})"
_VALUES = {
    "verdict": "unnest(string_split(coalesce(verdict, $1), ' '))",
    "clause": "unnest(string_split(coalesce(clauses, $1), ' '))",
    "carc": "unnest(list_distinct(list_transform(string_split(coalesce(reasons, '-' || $1), ' '), "
    "lambda w: split_part(split_part(w, ':', 1), '-', 2))))",
    "payer": "coalesce(payer, $1)",
    "provider": "coalesce(provider, $1)",
    "month": "coalesce(strftime(check_date, '%Y-%m'), $1)",
}


def table_totals(connection: Connection) -> AuditTotals:
    """Return the totals of the table of audited lines on a ``connection``."""
    sums = (
        f"count(*) FILTER (WHERE NOT {_BESIDE}), sum(coalesce(charge, 0)), "
        "sum(coalesce(paid, 0)), sum(coalesce(denied, 0)), "
        "sum(coalesce(at_issue, 0)), "
        f"coalesce(sum(at_issue) FILTER (WHERE {_APPEALABLE}), 0), sum(coalesce(adjusted, 0))"
    )
    made = AuditTotals()
    for name in GROUPS:
        query = f"SELECT *, {_VALUES[name]} AS value FROM {AUDITED} WHERE unmatched IS NULL"
        rows = connection.execute(
            f"SELECT value, {sums} FROM ({query}) GROUP BY value", [NONE]
        ).fetchall()
        made.groups[name] = {value or NONE: AuditTotal(*row) for value, *row in rows}
    beside = connection.execute(
        f"SELECT count(*), {sums} FROM {AUDITED} WHERE {_BESIDE}"
    ).fetchone()
    if beside is not None and beside[0]:
        made.beside = AuditTotal(*beside[1:])
    rows = connection.execute(
        f"SELECT line_number IS NULL, {sums} FROM {AUDITED} WHERE unmatched IS NOT NULL GROUP BY 1"
    ).fetchall()
    for of_remittance, *row in rows:
        if of_remittance:
            made.unmatched = AuditTotal(*row)
        else:
            made.unanswered = AuditTotal(*row)
    return made
