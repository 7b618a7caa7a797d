"""``clausewise why-not`` and ``clausewise verify``."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Annotated, Any

import typer

from explain.cli.loaded import about_line
from explain.cli.options import (
    ClaimOption,
    DocumentOption,
    InputOptions,
    JsonOption,
    read_document,
)
from explain.cli.output import data, json_text, message, report
from explain.cli.running import BAD_INPUT, DONE, NO_ANSWER
from facts.diagnostic import UsageError
from facts.values import quoted

if TYPE_CHECKING:
    from explain.certificate.verify import Verification
    from explain.narrative.policy_document import PolicyDocument
    from kb.claims.determine import LoadedClaim


def why_not(
    claim: Annotated[str, typer.Argument(metavar="CLAIM", help="Claim id.")],
    line: Annotated[int, typer.Argument(metavar="LINE", help="Line number.")],
    claims: ClaimOption,
    clause: Annotated[
        str | None, typer.Argument(metavar="CLAUSE", help="Clause id, as in R14-FAC-1.")
    ] = None,
    outcome: Annotated[
        str | None,
        typer.Option("--outcome", metavar="OUTCOME", help="Ask for an outcome, as reimbursable."),
    ] = None,
    *,
    given: InputOptions,
    as_json: JsonOption = False,
) -> int:
    """Explain why a clause is not cited on a line, or why a line has not another outcome.

    For each rule that could have fired it prints what held, what failed and what would have made
    it hold, the nearest miss first. For an outcome that is not adverse it prints the clauses in
    its way, the exceptions that were tried and what would lift them. What holds after all ends
    with exit code 1.

    \b
    clausewise why-not CLM1 2 R14-FAC-1 -c claims.837
    clausewise why-not CLM1 2 --outcome reimbursable -c claims.837 --json
    """
    from explain.whynot.why_not import why_not as explain_clause
    from explain.whynot.why_not import why_not_outcome as explain_outcome

    if (clause is None) == (outcome is None):
        raise UsageError.of(
            "a clause or an outcome is asked for" + ("" if clause is None else ", not both"),
            "as in `clausewise why-not CLM1 2 R14-FAC-1 ...` or `--outcome reimbursable`",
        )
    loaded = given.one_claim(claims, claim)
    claim = loaded.asked
    if line not in loaded.lines[claim]:
        with about_line(loaded):
            explain_outcome(loaded.kb.claim(claim), line, "denied")
    if clause is not None:
        found = explain_clause(loaded.kb.claim(claim), line, clause)
    else:
        found = explain_outcome(loaded.kb.claim(claim), line, outcome or "")
    data(json_text(found.to_json()) if as_json else found.text)
    report(loaded.diagnostics)
    if loaded.has_errors:
        return BAD_INPUT
    return NO_ANSWER if found.holds else DONE


def verify(
    proof: Annotated[
        str,
        typer.Argument(
            metavar="PROOF", help="A certificate of `why --format json`, or an export as JSON."
        ),
    ],
    claims: ClaimOption = [],  # noqa: B006
    *,
    given: InputOptions,
    document: DocumentOption = None,
    as_json: JsonOption = False,
) -> int:
    """Check a proof step by step, with a checker that shares no code with the engines.

    Every rule application has to be an instance of its rule, every leaf a fact of the input or a
    true comparison, and every absence is looked for again. The rules have to be those of the
    policy. With claims the facts have to be those of the claim, at the same places: give the
    same evidence, overrides and settings. A proof that is refused ends with exit code 3, and
    the refusal names the step.

    \b
    clausewise why CLM1 2 -c claims.837 --format json > proof.json
    clausewise verify proof.json
    clausewise verify proof.json -c claims.837
    """
    from explain.certificate.bounds import Budget
    from explain.certificate.file import certificates_of, is_export, read_certificate
    from explain.certificate.verify import verify as check

    read = read_certificate(proof)
    certificates = certificates_of(read, proof)
    kb = given.knowledge_base()
    loaded_claim = None
    has_errors = False
    if claims:
        claim = _claim_of(certificates[0])
        loaded = given.one_claim(claims, claim, kb, absent=BAD_INPUT)
        report(loaded.diagnostics)
        has_errors = loaded.has_errors
        loaded_claim = loaded.kb.claim(loaded.asked)
    elif given.evidence or given.overrides or given.remittances:
        raise UsageError.of(
            "evidence, overrides and remittances belong to claims", "give the claims with -c FILE"
        )
    budget = Budget()
    found = [
        check(each, policy=kb.policy, claim=loaded_claim, budget=budget) for each in certificates
    ]
    if is_export(read):
        found[0] = _with_texts(found[0], read, loaded_claim, read_document(document))
    for each, one in zip(certificates, found, strict=True):
        about = f"line {_line_of(each)}: " if len(found) > 1 and not as_json else ""
        text = json_text(one.to_json()) if as_json else one.text
        # A text beside the certificates has a path that names its line already.
        rows = text.splitlines()
        data("\n".join(row if row.startswith("refused: $") else f"{about}{row}" for row in rows))
    accepted = all(found)
    if claims and not accepted and any(_is_other_input(one) for one in found):
        message("the proof may have been made with other evidence, overrides or settings")
    named = _about(certificates[0]).get("policy")
    if not accepted and isinstance(named, str) and named != kb.policy.policy_id:
        message(f"the proof names the policy {quoted(named)}; give that policy with --policy")
    if not claims and accepted:
        message("what was not checked needs the claims: give them with -c FILE")
    return DONE if accepted and not has_errors else BAD_INPUT


def _with_texts(
    found: Verification,
    export: dict[str, Any],
    loaded: LoadedClaim | None,
    copy: PolicyDocument | None,
) -> Verification:
    """Return what came of checking an export, its texts beside the certificates among it."""
    if loaded is None:
        return replace(found, left_out=("the texts of the export beside its certificates",))
    from explain.exports.verify import verify_export

    return replace(found, refusals=(*found.refusals, *verify_export(export, loaded, copy)))


def _is_other_input(found: Verification) -> bool:
    return any(refusal.step == "input" for refusal in found.refusals)


def _about(document: dict[str, Any]) -> dict[str, Any]:
    about = document.get("about")
    return about if isinstance(about, dict) else {}


def _claim_of(document: dict[str, Any]) -> str:
    """Return the claim that a certificate says it is about."""
    claim = _about(document).get("claim_id")
    return claim if isinstance(claim, str) else ""


def _line_of(document: dict[str, Any]) -> int | str:
    line = _about(document).get("line_number")
    return line if isinstance(line, int) else "?"
