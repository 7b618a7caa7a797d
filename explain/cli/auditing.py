"""``clausewise audit``."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Annotated

import typer

from explain.cli.audit_output import AuditJob, audit_in_one_set, write_audit
from explain.cli.options import ClaimOption, CsvOption, EngineOptions, InputOptions, JsonOption
from facts.diagnostic import Diagnostic, UsageError
from facts.outputs import ENDINGS, format_by_ending
from facts.values import ValueFault, one_line, parse_date, parse_whole_number, quoted
from kb.bulk.engine import choose_engine

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
    by: EngineOptions,
) -> int:
    """Say of each line that a payer answered whether the policy supports the answer.

    Each claim line has the payer's action, our determination and the verdict: not supported (the
    payer took money, the policy pays), in part (units or amounts differ), supported, supported
    otherwise (other reasons), paid against the policy, beyond the policy (what the policy does not
    decide; the patient's share, contractual amounts and other payers are no denials), agreed. Money
    at issue is what the verdict is about. Lines that answer each other are found by ids, control
    numbers and contents; those that were not found are listed too.

    Parquet, and files of a megabyte and more, are audited on DuckDB; --engine chooses otherwise.
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
    job = AuditJob(given.claim_files(claims), given, kind, output, days, today)
    note = ""
    if choose_engine(by.engine, job.claims) == "duckdb":
        done, note = audit_in_one_set(job, by)
        if done is not None:
            return done
    loaded = given.loaded(job.claims)
    if note:
        loaded.diagnostics.extend(
            [Diagnostic("note", f"the lines were audited one by one: {note}")]
        )
    answers = loaded.answers
    assert answers is not None
    lines = list(with_deadlines(audited(loaded.kb), days, today))
    if days:
        lines.sort(key=by_urgency)
    totals = AuditTotals().of(lines)
    return write_audit(job, lines, totals, answers.tally, loaded.diagnostics)


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
