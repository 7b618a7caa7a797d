"""``clausewise why`` and ``clausewise query``."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from explain.cli.bounded import BoundedDiagnostics
from explain.cli.options import (
    ClaimOption,
    CsvOption,
    DocumentOption,
    EvidenceOption,
    HcpcsOption,
    JsonOption,
    Loaded,
    OverridesOption,
    PolicyOption,
    PrecertificationOption,
    SetOption,
    StrictOption,
    expanded,
    load_claims,
    load_knowledge_base,
    read_beside,
    read_document,
)
from explain.cli.output import csv_text, data, json_text, message, report, table_text
from explain.cli.progress import progress
from explain.cli.running import BAD_INPUT, DONE, NO_ANSWER, typed, usage_error
from facts.diagnostic import Diagnostic, UsageError
from facts.readers.batch import Claim, RejectedClaim
from facts.readers.parquet import is_parquet
from facts.suggest import nearest
from facts.values import format_number, quoted
from kb.adjudication import Adjudication
from kb.bulk_result import Meter
from kb.knowledge_base import KnowledgeBase
from kb.language.syntax import Query, Value
from kb.relation import Relation

if TYPE_CHECKING:
    from explain.explanation import Explanation
    from explain.policy_document import PolicyDocument


def why(
    claim: Annotated[str, typer.Argument(metavar="CLAIM", help="Claim id.")],
    line: Annotated[int, typer.Argument(metavar="LINE", help="Line number.")],
    claims: ClaimOption,
    evidence: EvidenceOption = None,
    overrides: OverridesOption = None,
    strict: StrictOption = False,
    settings: SetOption = None,
    hcpcs: HcpcsOption = None,
    precertification: PrecertificationOption = None,
    policy: PolicyOption = "r14",
    document: DocumentOption = None,
    format: Annotated[
        str | None,
        typer.Option("--format", metavar="text|json|md", help="What to print; text by default."),
    ] = None,
    as_json: JsonOption = False,
) -> int:
    """Explain the outcome of one claim line.

    Prints the outcome in a sentence, the clauses and the facts behind them. Each step of the
    proof tells its place: the segment or the row of the claim, the row of the rule, the lines of
    the policy document. As JSON it is a certificate that `clausewise verify` checks.

    \b
    clausewise why CLM1 2 -c claims.837
    clausewise why CLM1 2 -c claims.837 --document policy.txt --format md
    clausewise why CLM1 2 -c claims.csv --evidence evidence.csv --format json
    """
    from explain.explanation import why as explain

    claim = typed(claim)
    kind = _why_format(format, as_json)
    copy = read_document(document)
    kb = load_knowledge_base(policy, settings, strict, hcpcs, precertification)
    loaded = load_claims(kb, claims, evidence, overrides, only=claim)
    if claim not in loaded.lines:
        report(loaded.diagnostics)
        report(absent_claim(claim, loaded))
        return BAD_INPUT if loaded.has_errors else NO_ANSWER
    try:
        explanation = explain(loaded.kb.claim(claim), line)
    except UsageError as fault:
        report(loaded.diagnostics)
        report(fault.diagnostics)
        return NO_ANSWER
    data(_why_text(explanation, kind, copy))
    report(loaded.diagnostics)
    return BAD_INPUT if loaded.has_errors else DONE


def query(
    goal: Annotated[
        str,
        typer.Argument(metavar="GOAL", help="A goal, as in 'denied(Claim, Line, Clause)'."),
    ],
    claims: ClaimOption = [],  # noqa: B006
    evidence: EvidenceOption = None,
    overrides: OverridesOption = None,
    strict: StrictOption = False,
    settings: SetOption = None,
    hcpcs: HcpcsOption = None,
    precertification: PrecertificationOption = None,
    policy: PolicyOption = "r14",
    as_json: JsonOption = False,
    as_csv: CsvOption = False,
) -> int:
    """Answer a goal over some claims.

    The goal is written in the language of the rules, what it asks for in capitals. Its answers
    are a table; with --json each is an object on its own row. A goal that asks for nothing is
    answered `yes` where it holds, with --csv in a column named answer.

    \b
    clausewise query 'denied(Claim, Line, Clause)' -c claims.837
    clausewise query "outcome('CLM1', Line, Outcome)" -c claims.csv --csv
    clausewise query 'bundled(C, L, K), charge(C, L, Charge), Charge > 100' -c claims.csv
    clausewise query "code_in('J7050', Table)"
    """
    if as_json and as_csv:
        raise usage_error("`--json` and `--csv` exclude each other", "choose one of them")
    kb = load_knowledge_base(policy, settings, strict, hcpcs, precertification)
    parsed = kb.parse(typed(goal))
    claims, only = expanded(claims), kb.claim_of(parsed)
    by_claim = only is None and kb.one_claim_at_a_time(parsed)
    if by_claim and any(is_parquet(Path(file)) for file in claims):
        answer, loaded = _over_all(kb, parsed, claims, evidence, overrides)
    else:
        loaded = load_claims(kb, claims, evidence, overrides, only=only)
        answer = loaded.kb.query(parsed)
    rows = [tuple(_shown(value) for value in row) for row in answer]
    if as_json:
        for each in answer.to_dicts():
            data(json_text(each))
    elif as_csv:
        columns = answer.columns or ("answer",)
        data(csv_text([columns, *(row or ("yes",) for row in rows)]))
    elif answer.columns and rows:
        data(table_text(answer.columns, rows))
    elif rows:
        data("yes")
    report(loaded.diagnostics)
    if not rows:
        message("no answer" if claims else "no answer; claims are given with -c FILE")
    if loaded.has_errors:
        return BAD_INPUT
    return DONE if rows else NO_ANSWER


_WHY_FORMATS = ("text", "json", "md")


def _why_format(format: str | None, as_json: bool) -> str:
    if format is not None and format not in _WHY_FORMATS:
        raise usage_error(f"`why` prints no format {quoted(format)}", "text, json or md")
    if as_json and format not in (None, "json"):
        raise usage_error(f"`--json` contradicts `--format {format}`", "choose one of them")
    return "json" if as_json else format or "text"


def _why_text(explanation: Explanation, kind: str, document: PolicyDocument | None) -> str:
    if kind == "json":
        return json_text(explanation.to_json())
    from explain.narrate import narrative_of

    narrative = narrative_of(explanation, document=document)
    if kind == "md":
        from explain.exports.markdown import narrative_markdown

        return narrative_markdown(narrative)
    from explain.explanation_text import explanation_text

    return explanation_text(explanation, narrative)


def _over_all(
    kb: KnowledgeBase,
    goal: Query,
    claims: list[str],
    evidence: list[str] | None,
    overrides: list[str] | None,
) -> tuple[Relation, Loaded]:
    """Answer a goal over all claims of files, of which none is kept."""
    from facts.readers.detect import open_claims

    beside = read_beside(kb, expanded(evidence or ()), overrides)
    result = Adjudication()
    with progress(Meter("claims")) as meter:
        stream = open_claims(claims)
        stream.items = _counted(stream.items, meter)
        answer = kb.query_stream(goal, stream, beside.evidence, beside.overrides, result)
    return answer, Loaded(kb, BoundedDiagnostics([*beside.notes, *result.diagnostics]))


def _counted(
    items: Iterable[Claim | RejectedClaim], meter: Meter
) -> Iterator[Claim | RejectedClaim]:
    for item in items:
        yield item
        meter.done += len(item.lines) if isinstance(item, Claim) else item.lines_read


def absent_claim(claim: str, loaded: Loaded) -> list[Diagnostic]:
    """Say why there is no such claim; nothing where no claim was read at all."""
    if claim in loaded.rejected:
        message, help = f"claim `{claim}` cannot be explained", "first see to the errors above"
    elif loaded.lines or loaded.near or not loaded.has_errors:
        near = nearest(claim, [*loaded.lines, *loaded.near])
        message, help = f"there is no claim `{claim}`", f"did you mean `{near}`?" if near else ""
    else:
        return []
    return [Diagnostic("error", message, None, help)]


def _shown(value: Value) -> object:
    return value if isinstance(value, (str, int)) else format_number(value)
