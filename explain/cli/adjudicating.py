"""``clausewise adjudicate`` and ``clausewise demo``."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator
from contextlib import nullcontext
from functools import partial
from typing import TYPE_CHECKING, Annotated

import typer

from explain.cli.bounded import BoundedDiagnostics
from explain.cli.in_bulk import (
    Task,
    about_lines,
    adjudicate_in_bulk,
    counted_noun,
    determinations_table,
    reading_ahead,
    readings_table,
    reconciled,
    write_rejects,
)
from explain.cli.loaded import expanded, read_supplements
from explain.cli.on_spark import SparkTask, adjudicate_on_spark
from explain.cli.options import (
    AnyEngineOptions,
    ClaimFiles,
    CsvOption,
    InputOptions,
    JsonOption,
    ReadingsOption,
)
from explain.cli.output import data, message, report
from explain.cli.progress import progress
from explain.cli.running import BAD_INPUT, DONE
from explain.cli.writing import check_target, destination
from facts.diagnostic import Diagnostic, InputError, UsageError
from facts.outputs import ENDINGS, OutputFile, format_by_ending
from facts.values import one_line
from kb.bulk.engine import choose_engine
from kb.bulk.result import BulkResult, Meter

if TYPE_CHECKING:
    from kb.knowledge_base import KnowledgeBase
    from kb.model.determination import Determination

_ENDINGS = {**ENDINGS, ".parquet": "parquet", ".pq": "parquet"}

_AllDiagnosticsOption = Annotated[
    bool,
    typer.Option(
        "--all-diagnostics",
        help="Tell everything that is wrong, not only the first hundred of a kind.",
    ),
]
_OutputOption = Annotated[
    str | None,
    typer.Option(
        "--output",
        "-o",
        metavar="OUT",
        help="Write to a file that ends in .jsonl, .csv or .parquet.",
    ),
]
_RejectsOption = Annotated[
    str | None,
    typer.Option("--rejects", metavar="FILE", help="Write the rejected claims to a CSV file."),
]


def adjudicate(
    files: ClaimFiles,
    *,
    given: InputOptions,
    output: _OutputOption = None,
    as_json: JsonOption = False,
    as_csv: CsvOption = False,
    by: AnyEngineOptions,
    rejects: _RejectsOption = None,
    all_diagnostics: _AllDiagnosticsOption = False,
    readings: ReadingsOption = False,
    allow_empty: Annotated[
        bool, typer.Option("--allow-empty", help="Write the file of -o where no line was read too.")
    ] = False,
) -> int:
    """Determine every line of some claims.

    On a terminal the determinations are a table, in a pipe or a file JSONL; --json, --csv and the
    ending of -o choose otherwise. What cannot be read is reported on stderr, and the summary there
    reconciles the lines: read = determined + superseded + rejected. A file of -o is written whole
    or not at all. One that was there stays as it was where a file to read is missing, or no line
    was read.

    Parquet, and tables of a megabyte and more, are adjudicated on DuckDB (pip install
    'clausewise[bulk]'), a million lines in seconds; --engine chooses otherwise. What takes more
    than a second reports on stderr how far it is.

    --engine spark takes Parquet files, folders and tables, and writes OUT/determinations, rejects,
    diagnostics and tallies as Parquet, or as tables where OUT is the name of one.

    --readings adds to each line the numbers of the readings of the document that keep an adverse
    clause away from it, and reports on stderr how many lines and how much charge hang on each.

    \b
    clausewise adjudicate claims.837
    clausewise adjudicate claims.csv more.jsonl --evidence evidence.csv -o out.csv
    clausewise adjudicate 'claims/*.parquet' -o out.parquet --rejects rejects.csv
    clausewise adjudicate claims.837 --strict --set effective_basis=processed_date
    clausewise adjudicate claims.parquet --readings -o out.parquet
    clausewise adjudicate --engine spark --master 'local[4]' claims/ -o determined
    """
    if by.engine == "spark":
        on_spark = SparkTask(files, output, by.master, rejects, readings)
        return adjudicate_on_spark(on_spark, given, by, _evidence_summary)
    if by.master is not None:
        raise UsageError.of("`--master` is of Spark", "add --engine spark")
    kind = _kind(output, as_json, as_csv)
    claims, evidence = given.claim_files(files), expanded(given.evidence or ())
    inputs = [*claims, *evidence, *(given.overrides or ()), *given.rules.lists]
    chosen = choose_engine(by.engine, claims)
    task = Task(claims, evidence, output, kind, inputs, chosen, allow_empty or output is None)
    if rejects is not None:
        check_target(rejects, [*inputs, *filter(None, (output,))])
    with reading_ahead(claims, chosen, by.memory_limit, by.threads) as session:
        if chosen == "duckdb" or kind == "parquet":
            rules = given.rules.rules(readings)
            if session is not None:
                session.start_evidence(evidence, rules.evidence_types)
            notes: list[Diagnostic] = []
            changes = given.changes(rules, notes)
            result = adjudicate_in_bulk(task, rules, changes, by, session)
            result.diagnostics[:0] = notes
        else:
            kb = given.rules.knowledge_base(readings=readings)
            result = _one_by_one(kb, task, given.overrides, all_diagnostics)
    told = result.diagnostics
    if not isinstance(told, BoundedDiagnostics):
        told = BoundedDiagnostics(told, without_limit=all_diagnostics)
    report(told)
    if rejects is not None:
        write_rejects(rejects, inputs, result.rejected)
    if evidence:
        message(_evidence_summary(result.evidence_read, result.evidence_rejected))
    message(reconciled(result.tally, result.outcomes))
    if readings:
        message(readings_table(given.rules.policy, result.readings))
    return BAD_INPUT if told.has_errors else DONE


def _one_by_one(
    kb: KnowledgeBase, task: Task, overrides: list[str] | None, all_diagnostics: bool
) -> BulkResult:
    """Adjudicate claim by claim, each written as soon as it is determined."""
    from facts.readers.detect import open_claims
    from kb.bulk.by_claim import Texts, csv_texts, determine_by_claim, jsonl_texts
    from kb.claims.result import Adjudication

    result = Adjudication(diagnostics=BoundedDiagnostics(without_limit=all_diagnostics))
    meter = Meter("claims", total=about_lines(task.files))
    shown = progress(meter) if task.output is not None else nullcontext()

    def keep() -> bool:
        file = OutputFile(task.output or "", task.allow_empty)
        if file.takes(result.tally.lines_read):
            return True
        result.diagnostics.append(file.not_written())
        return False

    with destination(task.output, task.inputs, keep) as write, shown:
        try:
            supplements = read_supplements(kb, task.evidence, overrides)
        except InputError as fault:
            if not all_diagnostics:
                raise
            report(BoundedDiagnostics(fault.diagnostics, without_limit=True))
            raise typer.Exit(BAD_INPUT) from None
        result.diagnostics.extend(supplements.notes)
        stream = kb.stream(
            open_claims(task.files), supplements.evidence, supplements.overrides, result
        )
        as_csv = partial(csv_texts, readings=kb.policy.tells_readings)
        writers: dict[str, Texts] = {"jsonl": jsonl_texts, "csv": as_csv}
        texts = writers.get(task.kind, _table_texts)
        return determine_by_claim(stream, supplements.evidence, result, texts, write, meter)


def demo() -> int:
    """Adjudicate example claims, then explain a denial.

    The claims come with the package: an office, a hospital and a home, with evidence.
    """
    from importlib.resources import as_file, files

    from explain.cli.loaded import load_claims
    from explain.explanation import why
    from kb.knowledge_base import KnowledgeBase

    kb = KnowledgeBase.load("r14")
    with as_file(files("explain") / "examples") as folder:
        names = ("office.837", "hospital.837", "home.837")
        claims = [str(folder / name) for name in names]
        loaded = load_claims(kb, claims, [str(folder / "evidence.csv")], None)
        filed = [item for claim_id in loaded.kb.claims for item in loaded.kb.evidence_for(claim_id)]
        found = kb.adjudicate(loaded.kb.claims.values(), filed)
        data(determinations_table(each.to_json() for each in found))
        data("")
        data("Why is line 1 of claim CLINIC-1 denied?")
        data("")
        text = why(loaded.kb.claim("CLINIC-1"), 1).text
        data(text.replace(f"{folder}{os.sep}", "examples/"))
    message("Next: clausewise why CLAIM LINE -c FILE, or clausewise adjudicate FILE")
    return DONE


def _evidence_summary(read: int, rejected: int) -> str:
    """Return the reconciliation of the evidence: rows read, used and rejected."""
    return f"{counted_noun(read, 'row')} of evidence = {read - rejected} kept + {rejected} rejected"


def _kind(output: str | None, as_json: bool, as_csv: bool) -> str:
    if as_json and as_csv:
        raise UsageError.of("`--json` and `--csv` exclude each other", "choose one of them")
    if output is None:
        if as_csv:
            return "csv"
        return "jsonl" if as_json or not _on_terminal() else "table"
    kind = format_by_ending(output, _ENDINGS)
    if (as_csv and kind != "csv") or (as_json and kind != "jsonl"):
        raise UsageError.of(
            f"`{'--csv' if as_csv else '--json'}` contradicts the ending of `{one_line(output)}`",
            "the ending chooses the format",
        )
    return kind


def _on_terminal() -> bool:
    return sys.stdout.isatty()


def _table_texts(determinations: Iterable[Determination]) -> Iterator[str]:
    """Yield a table for a person; it needs all determinations for its widths."""
    records = [determination.to_json() for determination in determinations]
    if records:
        yield determinations_table(records)
