"""``clausewise audit``."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import TYPE_CHECKING, Annotated

import typer

from explain.cli.options import ClaimOption, CsvOption, InputOptions, JsonOption
from explain.cli.output import csv_text, data, json_text, message, report, table_text
from explain.cli.running import BAD_INPUT, DONE
from explain.cli.writing import ENDINGS, check_target, destination, format_by_ending
from facts.diagnostic import UsageError
from facts.values import ValueFault, one_line, parse_date, parse_whole_number, quoted
from facts.whole_file import whole_file
from kb.audit.audited_line import COLUMNS, DATES, AuditedLine
from kb.audit.totals import ZERO

if TYPE_CHECKING:
    from facts.readers.remittance_files import RemittanceFiles
    from kb.audit.totals import AuditTotals

_ENDINGS = {**ENDINGS, ".parquet": "parquet", ".pq": "parquet", ".xlsx": "xlsx"}


def audit(
    claims: ClaimOption,
    *,
    given: InputOptions,
    output: Annotated[
        str | None,
        typer.Option(
            "--output",
            "-o",
            metavar="OUT",
            help="Write to a file that ends in .jsonl, .csv, .parquet or .xlsx.",
        ),
    ] = None,
    as_json: JsonOption = False,
    as_csv: CsvOption = False,
    appeal_days: Annotated[
        list[str] | None,
        typer.Option(
            "--appeal-days",
            metavar="PAYER=DAYS",
            help="Days that a payer gives for an appeal, from the check's date; * is any payer.",
        ),
    ] = None,
    as_of: Annotated[
        str | None,
        typer.Option("--as-of", metavar="DATE", help="Count the days left from this day."),
    ] = None,
) -> int:
    """Say of each line that a payer answered whether the policy supports the answer.

    Each claim line has the payer's action, our determination and the verdict: not supported (the
    payer took money, the policy pays), in part (units or amounts differ), supported, supported
    otherwise (other reasons), paid against the policy, beyond the policy (what the policy does not
    decide; the patient's share, contractual amounts and other payers are no denials), agreed. Money
    at issue is what the verdict is about. Lines that answer each other are found by ids, control
    numbers and contents; those that were not found are listed too.

    With --appeal-days lines are sorted by money and by the last day of an appeal. Totals go to
    stderr.

    \b
    clausewise audit -c claims.837 --remittance era.835
    clausewise audit -c claims.csv --remittance 'eras/*.835' -o audit.xlsx
    clausewise audit -c claims.837 --remittance era.835 --appeal-days '*=180' --as-of 2018-09-01
    """
    from kb.audit.audited_line import by_urgency, with_deadlines
    from kb.audit.by_claim import audit as audited
    from kb.audit.totals import AuditTotals

    days, today = _appeal_days(appeal_days), _day(as_of)
    kind = _kind(output, as_json, as_csv)
    if not given.remittances:
        help = "name the files with --remittance, as in --remittance era.835"
        raise UsageError.of("an audit is of a remittance", help)
    loaded = given.loaded(claims)
    answers = loaded.answers
    assert answers is not None
    lines = list(with_deadlines(audited(loaded.kb), days, today))
    if days:
        lines.sort(key=by_urgency)
    totals = AuditTotals().of(lines)
    _write(lines, totals, kind, output, [*claims, *given.files])
    report(loaded.diagnostics)
    message(_totals_table(totals))
    message(_reconciled(answers, totals))
    return BAD_INPUT if loaded.has_errors else DONE


def _kind(output: str | None, as_json: bool, as_csv: bool) -> str:
    if as_json and as_csv:
        raise UsageError.of("`--json` and `--csv` exclude each other", "choose one of them")
    if output is None:
        return "csv" if as_csv else "jsonl" if as_json else "table"
    kind = format_by_ending(output, _ENDINGS)
    if (as_csv and kind != "csv") or (as_json and kind != "jsonl"):
        raise UsageError.of(
            f"`{'--csv' if as_csv else '--json'}` contradicts the ending of `{one_line(output)}`",
            "the ending chooses the format",
        )
    return kind


def _appeal_days(pairs: Iterable[str] | None) -> dict[str, int]:
    """Return the days of ``--appeal-days PAYER=DAYS`` by the payer in lower case."""
    found: dict[str, int] = {}
    for pair in pairs or ():
        payer, sign, text = pair.rpartition("=")
        try:
            days = parse_whole_number(text)
        except ValueFault:
            sign = ""
        if not sign or not payer.strip() or days > 36_500:
            raise UsageError.of(
                f"{quoted(pair)} is no time to appeal",
                "write a payer and days, as in --appeal-days 'PAYER ONE=180' or '*=180'",
            )
        if found.setdefault(payer.strip().casefold(), days) != days:
            raise UsageError.of(
                f"the payer {quoted(payer.strip())} is given two times", "choose one"
            )
    return found


def _day(text: str | None) -> date | None:
    if text is None:
        return None
    try:
        return parse_date(text)
    except ValueFault as fault:
        raise UsageError.of(f"`--as-of` {fault.message}", fault.help) from None


def _write(
    lines: Sequence[AuditedLine],
    totals: AuditTotals,
    kind: str,
    output: str | None,
    inputs: Iterable[str],
) -> None:
    if kind in ("xlsx", "parquet"):
        from explain.exports.audit import audit_bytes

        assert output is not None
        path = check_target(output, inputs)
        with whole_file(path) as file:
            file.write(audit_bytes(lines, totals, kind))
        return
    if kind == "table":
        if lines:
            data(_table(lines))
        return
    with destination(output, inputs) as write:
        if kind == "csv":
            write(csv_text([COLUMNS]))
        for line in lines:
            write(csv_text([line]) if kind == "csv" else _json(line))


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


def _reconciled(answers: RemittanceFiles, totals: AuditTotals) -> str:
    """Return the reconciliation of the remittances, in lines and in money."""
    tally = answers.tally
    matched = totals.groups["payer"].values()
    lines = sum(total.lines for total in matched)
    paid = sum((total.paid for total in matched), ZERO)
    return (
        f"{tally.claims_read} claims of remittances with {tally.lines_read} lines pay"
        f" {tally.paid_read:.2f}: {lines} claim lines answered with {paid:.2f},"
        f" {totals.unmatched.lines} matched nothing with {totals.unmatched.paid:.2f},"
        f" {tally.lines_rejected} rejected with {tally.paid_rejected:.2f};"
        f" {totals.unanswered.lines} claim lines were not answered"
    )
