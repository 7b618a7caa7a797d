"""``clausewise summary``."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from explain.cli.bounded import BoundedDiagnostics
from explain.cli.in_bulk import (
    about_lines,
    known_readings,
    reading_ahead,
    reconciled,
)
from explain.cli.loaded import expanded, read_supplements
from explain.cli.options import ClaimOption, CsvOption, EngineOptions, InputOptions, JsonOption
from explain.cli.output import csv_text, data, flush, json_text, message, report
from explain.cli.progress import progress
from explain.cli.running import BAD_INPUT, DONE
from explain.cli.summary_table import show_summary
from explain.cli.writing import check_target
from explain.english.phrases import money
from explain.summary.page import page_bytes
from explain.summary.plain import csv_rows, summary_json
from explain.summary.rows import Labels, SummaryTable, summary_tables
from facts.diagnostic import Diagnostic, UsageError
from facts.outputs import format_by_ending
from facts.whole_file import unwritable, whole_file
from kb.bulk.engine import choose_engine
from kb.bulk.result import BulkResult, Meter
from kb.model.summary import DIMENSIONS, USUAL, Summary, parse_groupings

if TYPE_CHECKING:
    from facts.claim import Override

_ENDINGS = {".csv": "csv", ".json": "json", ".xlsx": "xlsx", ".html": "html", ".htm": "html"}
_BAR, _LEAST_LABEL, _IN_A_PIPE = 16, 12, 110
"""Characters of the longest bar, of the shortest label, and of a row where there is no terminal."""


def summary(
    files: Annotated[
        list[str], typer.Argument(metavar="[FILE]...", help="Claims, as with -c.")
    ] = [],  # noqa: B006
    claims: ClaimOption = [],  # noqa: B006
    *,
    groups: Annotated[
        list[str] | None,
        typer.Option(
            "--by",
            metavar="NAMES",
            help=f"{', '.join(DIMENSIONS)}; nested with commas, as in clause,provider. "
            "Several times.",
        ),
    ] = None,
    top: Annotated[
        int,
        typer.Option("--top", metavar="N", min=0, help="Rows of a group on a terminal; 0 for all."),
    ] = 10,
    given: InputOptions,
    output: Annotated[
        str | None,
        typer.Option(
            "--output",
            "-o",
            metavar="OUT",
            help="Write to a file that ends in .csv, .json, .xlsx or .html.",
        ),
    ] = None,
    as_json: JsonOption = False,
    as_csv: CsvOption = False,
    by: EngineOptions,
) -> int:
    """Add up what is at issue: lines, claims and charges of some claims, in groups.

    At issue is what an adverse line loses: its charge, of a reduced line the part that is not
    paid. Shares are of the charge at issue. A line that two clauses deny counts under both.

    Parquet, and tables of a megabyte and more, are summed up on DuckDB, a million lines in
    seconds. --by reading tells how many lines and how much charge hang on each contested reading.

    \b
    clausewise summary -c claims.837
    clausewise summary -c claims.csv --by clause,provider --by month --top 5
    clausewise summary -c 'claims/*.parquet' --evidence evidence.parquet -o summary.html
    clausewise summary -c claims.parquet --by clause,procedure -o summary.xlsx
    """
    if as_json and as_csv:
        raise UsageError.of("`--json` and `--csv` exclude each other", "choose one of them")
    laid_out = given.claim_files([*claims, *files])
    if not laid_out:
        raise UsageError.of("no claims are given", "name files, as in -c claims.837")
    asked = parse_groupings(groups) if groups else USUAL
    kind = format_by_ending(output, _ENDINGS) if output is not None else ""
    inputs = [*laid_out, *(given.evidence or ()), *(given.overrides or ()), *given.rules.lists]
    target = check_target(output, inputs) if output is not None else None
    found = Summary(asked)
    result = _summed(found, laid_out, given, by)
    readings = known_readings(given.rules.policy) if "reading" in found.dimensions else {}
    tables = summary_tables(found, Labels(found.titles, readings))
    report(result.diagnostics)
    if target is not None:
        _write(target, kind, found, tables)
    elif as_json:
        data(json_text(summary_json(found, tables)))
    elif as_csv:
        data(csv_text(list(csv_rows(tables))))
    else:
        show_summary(tables, top)
    flush()
    message(_told(found, result))
    told = result.diagnostics
    return BAD_INPUT if any(each.severity == "error" for each in told) else DONE


def _summed(
    found: Summary, files: Sequence[str], given: InputOptions, by: EngineOptions
) -> BulkResult:
    """Fill a summary, on the engine that fits."""
    evidence = expanded(given.evidence or ())
    chosen = choose_engine(by.engine, files)
    readings = "reading" in found.dimensions
    meter = Meter(total=about_lines(files) if chosen == "pydatalog" else 0)
    with reading_ahead(files, chosen, by.memory_limit, by.threads) as session, progress(meter):
        if session is None:
            from kb.bulk.summarise import summarise_by_claim
            from kb.claims.result import Adjudication

            meter.enter("claims")
            kb = given.rules.knowledge_base(readings=readings)
            supplements = read_supplements(kb, evidence, given.overrides)
            kept = Adjudication(diagnostics=BoundedDiagnostics())
            kept.diagnostics.extend(supplements.notes)
            filed, changes = supplements.evidence, supplements.overrides
            return summarise_by_claim(kb, files, filed, changes, found, meter, kept)
        from kb.bulk.determining import BulkInputs
        from kb.bulk.summarise import summarise_files

        rules = given.rules.rules(readings)
        session.start_evidence(evidence, rules.evidence_types)
        notes: list[Diagnostic] = []
        overrides: tuple[Override, ...] = ()
        if given.overrides:
            from facts.readers.overrides import read_overrides

            overrides = read_overrides(given.overrides, tuple(rules.kb.policy.clauses), notes)
        inputs = BulkInputs(files, evidence, overrides, meter, by.threads, by.memory_limit)
        result = summarise_files(rules, inputs, found, session=session)
    told = BoundedDiagnostics([*notes, *result.diagnostics])
    result.diagnostics = told
    return result


def _write(target: Path, kind: str, found: Summary, tables: Sequence[SummaryTable]) -> None:
    makers: dict[str, Callable[[], bytes]] = {
        "csv": lambda: f"{csv_text(list(csv_rows(tables)))}\n".encode(),
        "json": lambda: f"{json_text(summary_json(found, tables))}\n".encode(),
        "html": lambda: page_bytes(found, tables),
        "xlsx": lambda: _sheets(found, tables),
    }
    made = makers[kind]()
    try:
        with whole_file(target) as file:
            file.write(made)
    except OSError as fault:
        raise unwritable(f"`{target}`", fault) from None


def _sheets(found: Summary, tables: Sequence[SummaryTable]) -> bytes:
    from explain.summary.sheet import sheet_bytes

    return sheet_bytes(found, tables)


def _told(found: Summary, result: BulkResult) -> str:
    """Return what is at issue in all, and the reconciliation of the lines."""
    total = found.total
    told = (
        f"{money(total.at_issue)} of {money(total.charge)} is at issue: {total.lines_at_issue:,} "
        f"of {total.lines:,} lines, on {total.claims_at_issue:,} of {total.claims:,} claims"
    )
    if total.uncharged:
        told += f"; {total.uncharged:,} lines have no charge"
    return f"{told}\n{reconciled(result.tally, result.outcomes)}"
