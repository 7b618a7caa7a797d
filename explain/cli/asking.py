"""``clausewise why``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from explain.cli.options import (
    ClaimOption,
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
    load_claims,
    load_knowledge_base,
    read_document,
)
from explain.cli.output import data, json_text, report
from explain.cli.running import BAD_INPUT, DONE, NO_ANSWER, typed
from facts.diagnostic import Diagnostic, UsageError
from facts.suggest import near_help
from facts.values import quoted

if TYPE_CHECKING:
    from explain.explanation import Explanation
    from explain.narrative.policy_document import PolicyDocument


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


_WHY_FORMATS = ("text", "json", "md")


def _why_format(format: str | None, as_json: bool) -> str:
    if format is not None and format not in _WHY_FORMATS:
        raise UsageError.of(f"`why` prints no format {quoted(format)}", "text, json or md")
    if as_json and format not in (None, "json"):
        raise UsageError.of(f"`--json` contradicts `--format {format}`", "choose one of them")
    return "json" if as_json else format or "text"


def _why_text(explanation: Explanation, kind: str, document: PolicyDocument | None) -> str:
    if kind == "json":
        return json_text(explanation.to_json())
    from explain.narrative.builder import narrative_of

    narrative = narrative_of(explanation, document=document)
    if kind == "md":
        from explain.exports.markdown import narrative_markdown

        return narrative_markdown(narrative)
    from explain.text.explanation import explanation_text

    return explanation_text(explanation, narrative)


def absent_claim(claim: str, loaded: Loaded) -> list[Diagnostic]:
    """Say why there is no such claim; nothing where no claim was read at all."""
    if claim in loaded.rejected:
        message, help = f"claim `{claim}` cannot be explained", "first see to the errors above"
    elif loaded.lines or loaded.near or not loaded.has_errors:
        message, help = (
            f"there is no claim `{claim}`",
            near_help(claim, [*loaded.lines, *loaded.near], ""),
        )
    else:
        return []
    return [Diagnostic("error", message, None, help)]
