"""``clausewise why``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from explain.cli.loaded import about_line
from explain.cli.options import (
    ClaimOption,
    DocumentOption,
    InputOptions,
    JsonOption,
    ReadingsOption,
    read_document,
)
from explain.cli.output import data, json_text, report
from explain.cli.running import BAD_INPUT, DONE, typed
from facts.diagnostic import UsageError
from facts.values import quoted

if TYPE_CHECKING:
    from explain.explanation import Explanation
    from explain.narrative.policy_document import PolicyDocument


def why(
    claim: Annotated[
        str, typer.Argument(metavar="CLAIM", help="Claim id; of several with one id, ID@PART.")
    ],
    line: Annotated[int, typer.Argument(metavar="LINE", help="Line number.")],
    claims: ClaimOption,
    *,
    given: InputOptions,
    document: DocumentOption = None,
    format: Annotated[
        str | None,
        typer.Option("--format", metavar="text|json|md", help="What to print; text by default."),
    ] = None,
    as_json: JsonOption = False,
    readings: ReadingsOption = False,
) -> int:
    """Explain the outcome of one claim line.

    Prints the outcome in a sentence, the clauses and the facts behind them. Each step of the
    proof has its place: the segment or the row of the claim, the row of the rule, the lines of
    the policy document. As JSON it is a certificate that `clausewise verify` checks. --readings
    tells which readings of the document keep an adverse clause away from the line, as text.

    \b
    clausewise why CLM1 2 -c claims.837
    clausewise why CLM1 2 -c claims.837 --document policy.txt --format md
    clausewise why CLM1 2 -c claims.csv --evidence evidence.csv --format json
    """
    from explain.explanation import why as explain

    claim = typed(claim)
    kind = _why_format(format, as_json)
    copy = read_document(document)
    loaded = given.one_claim(claims, claim, given.knowledge_base(readings=readings))
    with about_line(loaded):
        explanation = explain(loaded.kb.claim(loaded.asked), line)
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
