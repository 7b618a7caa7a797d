"""``clausewise why`` and ``clausewise query``."""

from __future__ import annotations

from typing import Annotated

import typer

from explain.cli.options import (
    ClaimOption,
    CsvOption,
    EvidenceOption,
    HcpcsOption,
    JsonOption,
    OverridesOption,
    PolicyOption,
    PrecertificationOption,
    SetOption,
    StrictOption,
    load_claims,
    load_knowledge_base,
)
from explain.cli.output import csv_text, data, json_text, message, report, table_text
from explain.cli.running import BAD_INPUT, DONE, NO_ANSWER
from facts.diagnostic import Diagnostic, InputError, UsageError
from facts.values import format_number
from kb.language.syntax import Value


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
    as_json: JsonOption = False,
) -> int:
    """Explain the outcome of one claim line: the clauses, and the facts behind them."""
    from explain.explanation import why as explain

    kb = load_knowledge_base(policy, settings, strict, hcpcs, precertification)
    try:
        loaded = load_claims(kb, claims, evidence, overrides, only=claim)
    except InputError as fault:
        report(fault.diagnostics)
        only_missing = len([each for each in fault.diagnostics if each.severity == "error"]) == 1
        return NO_ANSWER if only_missing and _says_missing(fault.diagnostics[-1]) else BAD_INPUT
    try:
        explanation = explain(loaded.kb.claim(claim), line)
    except UsageError as fault:
        report([*loaded.diagnostics, *fault.diagnostics])
        return NO_ANSWER
    data(json_text(explanation.to_json()) if as_json else explanation.text)
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
    """Answer a goal over some claims. Capital letters are what you ask for.

    Example: clausewise query 'denied(Claim, Line, Clause), units(Claim, Line, U), U > 3' -c
    claims.csv
    """
    kb = load_knowledge_base(policy, settings, strict, hcpcs, precertification)
    parsed = kb.parse(goal)
    loaded = load_claims(kb, claims, evidence, overrides)
    answer = loaded.kb.query(parsed)
    rows = [tuple(_shown(value) for value in row) for row in answer]
    if as_json:
        for row in rows:
            data(json_text(dict(zip(answer.columns, row, strict=True))))
    elif as_csv:
        data(csv_text([answer.columns, *rows]))
    elif answer.columns and rows:
        data(table_text(answer.columns, rows))
    elif rows:
        data("yes")
    report(loaded.diagnostics)
    if not rows:
        message("no answer")
    if loaded.has_errors:
        return BAD_INPUT
    return DONE if rows else NO_ANSWER


def _says_missing(diagnostic: Diagnostic) -> bool:
    return diagnostic.place is None and diagnostic.message.startswith("there is no claim ")


def _shown(value: Value) -> object:
    return value if isinstance(value, (str, int)) else format_number(value)
