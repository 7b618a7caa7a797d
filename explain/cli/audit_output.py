"""An audit as the command line writes it: a table, rows or a file, with its totals."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from explain.cli.bounded import BoundedDiagnostics
from explain.cli.in_bulk import reading_ahead
from explain.cli.loaded import expanded
from explain.cli.options import EngineOptions, InputOptions
from explain.cli.output import csv_text, data, json_text, message, report, table_text
from explain.cli.running import BAD_INPUT, DONE
from explain.cli.writing import check_target, destination
from facts.diagnostic import Diagnostic
from facts.whole_file import whole_file
from kb.audit.audited_line import COLUMNS, DATES, AuditedLine
from kb.audit.totals import ZERO, AuditTotal

if TYPE_CHECKING:
    from facts.readers.x12.remittance_stream import RemittanceTally
    from kb.audit.totals import AuditTotals


@dataclass(frozen=True, slots=True)
class AuditJob:
    """What is audited, and how it is shown.

    Parameters
    ----------
    claims : sequence of str
        The files of claims.
    given : InputOptions
        Evidence, overrides, remittances and the policy.
    kind : str
        ``table``, ``jsonl``, ``csv``, ``parquet`` or ``xlsx``.
    output : str or None
        The file to write.
    days : dict of payer to int
        Days to appeal.
    today : date or None
        The day from which days left are counted.
    """

    claims: Sequence[str]
    given: InputOptions
    kind: str
    output: str | None
    days: dict[str, int]
    today: date | None


def audit_in_one_set(job: AuditJob, by: EngineOptions) -> tuple[int | None, str]:
    """Audit all claims at once on DuckDB; return an exit code, or why that cannot be.

    Parameters
    ----------
    job : AuditJob
        What is audited.
    by : EngineOptions
        Memory and threads.
    """
    from facts.readers.overrides import read_overrides
    from facts.readers.remittance_files import read_remittances
    from kb.audit.in_bulk import NotInOneSet, audit_in_bulk

    given = job.given
    notes: list[Diagnostic] = []
    files = expanded(given.remittances or ())
    reading = reading_ahead(job.claims, "duckdb", by.memory_limit, by.threads)
    with reading as session, _without_looking_for_garbage():
        assert session is not None
        kb = given.knowledge_base()
        changes = read_overrides(given.overrides or [], tuple(kb.policy.clauses), notes)
        try:
            found = audit_in_bulk(
                session,
                given.rules.rules(),
                kb,
                lambda: read_remittances(files, traced=False),
                files,
                expanded(given.evidence or ()),
                changes,
                job.days,
                job.today,
            )
        except NotInOneSet as fault:
            return None, str(fault)
        told = BoundedDiagnostics([*notes, *found.diagnostics])
        tally = found.answers
        if job.kind == "parquet":
            return write_audit(job, (), found.totals, tally, told, found.write_parquet), ""
        return write_audit(job, found.lines(), found.totals, tally, told), ""


@contextmanager
def _without_looking_for_garbage() -> Iterator[None]:
    """Let nothing look for garbage: to go through a remittance that is kept takes long."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def write_audit(
    job: AuditJob,
    lines: Iterable[AuditedLine],
    totals: AuditTotals,
    tally: RemittanceTally,
    told: BoundedDiagnostics,
    parquet: Callable[[str], None] | None = None,
) -> int:
    """Write an audit, then say what was wrong, and the totals; return the exit code.

    Parameters
    ----------
    job : AuditJob
        How it is shown.
    lines : iterable of AuditedLine
        Its rows.
    totals : AuditTotals
        Its totals.
    tally : RemittanceTally
        What was read of remittances.
    told : BoundedDiagnostics
        What was wrong.
    parquet : callable, optional
        Writes the rows to a Parquet file.
    """
    _write(job, lines, totals, parquet)
    report(told)
    message(_totals_table(totals))
    message(_reconciled(tally, totals))
    return BAD_INPUT if told.has_errors else DONE


def _write(
    job: AuditJob,
    lines: Iterable[AuditedLine],
    totals: AuditTotals,
    parquet: Callable[[str], None] | None,
) -> None:
    inputs = [*job.claims, *job.given.files]
    if job.kind in ("xlsx", "parquet"):
        from explain.exports.audit import audit_bytes

        assert job.output is not None
        path = check_target(job.output, inputs)
        with whole_file(path) as file:
            if parquet is not None:
                parquet(file.name)
            else:
                file.write(audit_bytes(lines, totals, job.kind))
        return
    if job.kind == "table":
        held = list(lines)
        if held:
            data(_table(held))
        return
    with destination(job.output, inputs) as write:
        if job.kind == "csv":
            write(csv_text([COLUMNS]))
        for line in lines:
            write(csv_text([line]) if job.kind == "csv" else _json(line))


def _json(line: AuditedLine) -> str:
    record = line._asdict()
    for name in DATES:
        record[name] = record[name] and record[name].isoformat()
    return json_text(record)


_TABLE = (
    *("claim", "line", "payer did", "charge", "paid", "denied", "reasons"),
    *("outcome", "clauses", "verdict", "at issue", "appeal by"),
)


def _table(lines: Iterable[AuditedLine]) -> str:
    """Return the audit as a table for a person at a terminal."""
    rows = []
    for line in lines:
        verdict = (line.verdict or "").replace("_", " ")
        if line.differs:
            verdict += f" ({line.differs})"
        cells: tuple[object, ...] = (
            line.claim_id,
            line.line_number,
            line.action,
            line.charge,
            line.paid,
            line.denied,
            line.reasons,
            line.outcome,
            line.clauses,
            verdict or line.unmatched,
            line.at_issue,
            line.appeal_by,
        )
        rows.append(tuple("-" if cell is None or cell == "" else str(cell) for cell in cells))
    return table_text(_TABLE, rows)


def _totals_table(totals: AuditTotals) -> str:
    """Return the totals as a table."""
    columns = ("by", "value", "lines", "charge", "paid", "denied", "at issue", "to ask for")
    return table_text(
        columns,
        [
            (
                name,
                value.replace("_", " ") if name == "verdict" else value,
                total.lines,
                total.charge,
                total.paid,
                total.denied,
                total.at_issue,
                total.to_ask_for,
            )
            for name, value, total in totals.rows()
        ],
    )


def _reconciled(tally: RemittanceTally, totals: AuditTotals) -> str:
    """Return the reconciliation of the remittances, in lines and in money."""
    matched = totals.groups["payer"].values()
    lines = sum(total.lines for total in matched)
    beside = totals.beside
    paid = sum((total.paid for total in matched), ZERO) - beside.paid
    more = ""
    if beside != AuditTotal():
        more = f" claims adjusted by {beside.adjusted:.2f} beside their lines {beside.paid:.2f},"
    return (
        f"{tally.claims_read} claims of remittances with {tally.lines_read} lines pay"
        f" {tally.paid_read:.2f}: {lines} claim lines answered with {paid:.2f},{more}"
        f" {totals.unmatched.lines} matched nothing with {totals.unmatched.paid:.2f},"
        f" {tally.lines_rejected} rejected with {tally.paid_rejected:.2f};"
        f" {totals.unanswered.lines} claim lines were not answered"
    )
