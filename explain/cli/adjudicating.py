"""``clausewise adjudicate`` and ``clausewise demo``."""

from __future__ import annotations

import os
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Annotated

import typer

from explain.cli.bounded import BoundedDiagnostics
from explain.cli.options import (
    AllDiagnosticsOption,
    ClaimFiles,
    CsvOption,
    EvidenceOption,
    HcpcsOption,
    JsonOption,
    OverridesOption,
    PolicyOption,
    PrecertificationOption,
    SetOption,
    StrictOption,
    load_knowledge_base,
    read_beside,
)
from explain.cli.output import csv_text, data, json_text, message, report, table_text
from explain.cli.running import BAD_INPUT, DONE, usage_error
from explain.cli.writing import destination, format_of
from facts.diagnostic import InputError
from facts.readers.batch import Tally
from facts.readers.evidence import EvidenceIndex
from facts.values import format_number, one_line
from kb.clause import OUTCOMES
from kb.determination import Determination
from kb.knowledge_base import Adjudication, KnowledgeBase

CSV_COLUMNS = (
    "claim_id",
    "line_number",
    "outcome",
    "clauses",
    "effects",
    "group",
    "carc",
    "rarcs",
    "readings",
    "allowed_units",
    "missing_evidence",
    "assumptions",
    "policy",
    "policy_version",
    "program_sha256",
)

NOTHING = "none"
"""Holds the place of a citation that has no such code, so that the cells stay aligned."""

OutputOption = Annotated[
    str | None,
    typer.Option(
        "--output", "-o", metavar="OUT", help="Write to a file that ends in .jsonl or .csv."
    ),
]


def adjudicate(
    files: ClaimFiles,
    evidence: EvidenceOption = None,
    overrides: OverridesOption = None,
    strict: StrictOption = False,
    settings: SetOption = None,
    hcpcs: HcpcsOption = None,
    precertification: PrecertificationOption = None,
    policy: PolicyOption = "r14",
    output: OutputOption = None,
    as_json: JsonOption = False,
    as_csv: CsvOption = False,
    all_diagnostics: AllDiagnosticsOption = False,
) -> int:
    """Determine every line of some claims.

    On a terminal the determinations are a table, in a pipe or a file JSONL; --json, --csv and the
    ending of -o choose otherwise. What cannot be read is told on stderr, and the summary there
    reconciles the lines: read = determined + rejected. A file of -o is written whole or not at all.

    \b
    clausewise adjudicate claims.837
    clausewise adjudicate claims.csv more.jsonl --evidence evidence.csv -o out.csv
    clausewise adjudicate claims.837 --strict --set effective_basis=processed_date
    """
    from facts.readers.detect import open_claims

    kind = _kind(output, as_json, as_csv)
    kb = load_knowledge_base(policy, settings, strict, hcpcs, precertification)
    told = BoundedDiagnostics(without_limit=all_diagnostics)
    result = Adjudication(diagnostics=told)
    counts: Counter[str] = Counter()
    inputs = [
        *files,
        *(evidence or ()),
        *(overrides or ()),
        *filter(None, (hcpcs, precertification)),
    ]
    with destination(output, inputs) as write:
        try:
            beside = read_beside(kb, evidence, overrides)
        except InputError as fault:
            if not all_diagnostics:
                raise
            report(BoundedDiagnostics(fault.diagnostics, without_limit=True))
            raise typer.Exit(BAD_INPUT) from None
        result.diagnostics.extend(beside.notes)
        stream = kb.stream(open_claims(files), beside.evidence, beside.overrides, result)
        for text in _texts(_counted(stream, counts), kind):
            write(text)
    report(told)
    if evidence:
        message(evidence_summary(beside.evidence))
    message(summary(result.tally, counts))
    return BAD_INPUT if told.has_errors else DONE


def demo() -> int:
    """Adjudicate example claims, then explain a denial.

    The claims come with the package: an office, a hospital and a home, with evidence.
    """
    from importlib.resources import as_file, files

    from explain.cli.options import load_claims
    from explain.explanation import why

    kb = KnowledgeBase.load("r14")
    with as_file(files("explain") / "examples") as folder:
        names = ("office.837", "hospital.837", "home.837")
        claims = [str(folder / name) for name in names]
        loaded = load_claims(kb, claims, [str(folder / "evidence.csv")], None)
        filed = [item for claim_id in loaded.kb.claims for item in loaded.kb.evidence_for(claim_id)]
        rows = [_row(each) for each in kb.adjudicate(loaded.kb.claims.values(), filed)]
        data(table_text(_TABLE_COLUMNS, rows))
        data("")
        data("Why is line 1 of claim CLINIC-1 denied?")
        data("")
        text = why(loaded.kb.claim("CLINIC-1"), 1).text
        data(text.replace(f"{folder}{os.sep}", "examples/"))
    message("Next: clausewise why CLAIM LINE -c FILE, or clausewise adjudicate FILE")
    return DONE


def evidence_summary(index: EvidenceIndex) -> str:
    """Return the reconciliation of the evidence: rows read, used and rejected."""
    read, rejected = index.rows_read, index.rows_rejected
    return (
        f"{_counted_noun(read, 'row')} of evidence = {read - rejected} kept + {rejected} rejected"
    )


def summary(tally: Tally, counts: Counter[str]) -> str:
    """Return the reconciliation of a run: lines read, determined and rejected."""
    parts = ", ".join(
        f"{counts[outcome]} {outcome.replace('_', ' ')}" for outcome in OUTCOMES if counts[outcome]
    )
    return (
        f"{_counted_noun(tally.lines_read, 'line')} read = {tally.lines_determined} determined"
        f" + {tally.lines_rejected} rejected{f' ({parts})' if parts else ''}"
    )


def _counted_noun(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


_TABLE_COLUMNS = ("claim", "line", "outcome", "clauses", "allowed", "missing", "assumed")


def _counted(
    determinations: Iterable[Determination], counts: Counter[str]
) -> Iterator[Determination]:
    for determination in determinations:
        counts[determination.outcome] += 1
        yield determination


def _kind(output: str | None, as_json: bool, as_csv: bool) -> str:
    if as_json and as_csv:
        raise usage_error("`--json` and `--csv` exclude each other", "choose one of them")
    if output is None:
        if as_csv:
            return "csv"
        return "jsonl" if as_json or not _on_terminal() else "table"
    kind = format_of(output)
    if (as_csv and kind != "csv") or (as_json and kind != "jsonl"):
        raise usage_error(
            f"`{'--csv' if as_csv else '--json'}` contradicts the ending of `{one_line(output)}`",
            "the ending chooses the format",
        )
    return kind


def _on_terminal() -> bool:
    return sys.stdout.isatty()


def _texts(determinations: Iterable[Determination], kind: str) -> Iterator[str]:
    """Yield the output in pieces; a table needs all of it for its widths."""
    if kind == "jsonl":
        for determination in determinations:
            yield json_text(determination.to_json())
    elif kind == "csv":
        yield csv_text([CSV_COLUMNS])
        for determination in determinations:
            yield csv_text([_flat(determination)])
    else:
        rows = [_row(determination) for determination in determinations]
        if rows:
            yield table_text(_TABLE_COLUMNS, rows)


def _row(determination: Determination) -> tuple[object, ...]:
    allowed = determination.allowed_units
    return (
        determination.claim_id,
        determination.line_number,
        determination.outcome,
        " ".join(determination.clause_ids) or "-",
        "-" if allowed is None else format_number(allowed),
        " ".join(determination.missing_evidence) or "-",
        " ".join(determination.assumptions) or "-",
    )


def _flat(determination: Determination) -> tuple[object, ...]:
    """One row of CSV; what belongs to one citation stands at the same place of each cell."""
    citations = determination.citations
    allowed = determination.allowed_units
    return (
        determination.claim_id,
        determination.line_number,
        determination.outcome,
        " ".join(each.clause_id for each in citations),
        " ".join(each.effect for each in citations),
        " ".join(each.group or NOTHING for each in citations),
        " ".join(each.carc or NOTHING for each in citations),
        " ".join("+".join(each.rarcs) or NOTHING for each in citations),
        " ".join("+".join(map(str, each.readings)) or NOTHING for each in citations),
        None if allowed is None else format_number(allowed),
        " ".join(determination.missing_evidence),
        " ".join(determination.assumptions),
        determination.policy,
        determination.policy_version,
        determination.program_sha256,
    )
