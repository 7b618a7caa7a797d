"""``clausewise why``."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
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
from explain.cli.running import BAD_INPUT, DONE
from facts.diagnostic import UsageError
from facts.values import one_line, quoted

if TYPE_CHECKING:
    from explain.explanation import Explanation
    from explain.narrative.policy_document import PolicyDocument


def why(
    claim: Annotated[
        str, typer.Argument(metavar="CLAIM", help="Claim id; of several with one id, ID@PART.")
    ],
    line: Annotated[
        str | None, typer.Argument(metavar="[LINE]", help="Line number; every line if none.")
    ] = None,
    others: Annotated[list[str] | None, typer.Argument(hidden=True, metavar="")] = None,
    claims: ClaimOption = [],  # noqa: B006
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
    """Explain the outcome of one claim line, or of every line of a claim.

    Prints the outcome in a sentence, the clauses and the facts behind them. Each step of the
    proof has its place: the segment or the row of the claim, the row of the rule, the lines of
    the policy document. As JSON it is a certificate that `clausewise verify` checks. --readings
    tells which readings of the document keep an adverse clause away from the line, as text.

    \b
    clausewise why CLM1 2 -c claims.837
    clausewise why CLM1 -c claims.837
    clausewise why CLM1 2 -c claims.837 --document policy.txt --format md
    clausewise why CLM1 2 -c claims.csv --evidence evidence.csv --format json
    """
    from explain.explanation import why as explain

    kind = _why_format(format, as_json)
    number = _line_number(line, others or (), claims)
    copy = read_document(document)
    loaded = given.one_claim(claims, claim, given.knowledge_base(readings=readings))
    with about_line(loaded):
        held = loaded.kb.claim(loaded.asked)
        wanted = [number] if number is not None else [each.line_number for each in held.claim.lines]
        for place, each in enumerate(wanted):
            if place and kind != "json":
                data("")
            data(_why_text(explain(held, each), kind, copy))
    report(loaded.diagnostics)
    return BAD_INPUT if loaded.has_errors else DONE


def _line_number(line: str | None, others: Sequence[str], claims: Sequence[str]) -> int | None:
    """Return the number of the line that is asked for, None for all.

    Raises
    ------
    UsageError
        If something else stands there, such as a file that belongs behind ``-c``.
    """
    named = [line] if line is not None and not line.isdecimal() else []
    for text in (*named, *others):
        shown = one_line(text)
        if Path(text).suffix or Path(text).exists():
            raise UsageError.of(f"`{shown}` stands where no file goes", f"write -c {shown}")
        if text in named:
            raise UsageError.of(f"`{shown}` is not a line number", "a whole number, as in 2")
        raise UsageError.of(f"`{shown}` is one argument too many", "name a claim and a line")
    if not claims:
        raise UsageError.of("no claims are given", "name files, as in -c claims.837")
    return None if line is None else int(line)


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
    from explain.narrative.remedies import remedy_of
    from explain.text.explanation import explanation_text
    from explain.text.remedies import remedy_text

    shown = explanation_text(explanation, narrative)
    remedy = remedy_of(explanation)
    if remedy is None:
        return shown
    return f"{shown}\n\n{remedy_text(remedy, explanation.explainer.sentences)}"
