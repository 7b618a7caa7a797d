"""The document of a claim: its lines explained together, nothing of another claim."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from explain.explanation import Explanation
from explain.exports.document import DEFAULT_PROFILE, Document, LetterFields
from explain.exports.letter_head import LetterHead
from explain.exports.profiles import profile_of
from explain.narrative.builder import narrative_of
from explain.narrative.model import Narrative, title_of
from explain.narrative.policy_document import PolicyDocument
from explain.proof.explainer import Explainer
from facts.diagnostic import UsageError
from facts.values import quoted
from kb.claims.determine import LoadedClaim
from kb.model.clause import ADVERSE_EFFECTS


@dataclass(frozen=True, slots=True)
class Wishes:
    """Options of documents.

    Parameters
    ----------
    profile : str
        One of ``explain.exports.profiles.PROFILES``.
    inputs : LetterFields
        What a person gave.
    masked : bool
        Whether to withhold identity, dates of service, provider and charges.
    copy : PolicyDocument, optional
        The person's copy of the policy, from which cited lines are quoted.
    certificates : bool
        Whether each line has its certificate with it.
    appendix : bool
        Whether the proof follows a letter that can have it.
    """

    profile: str = DEFAULT_PROFILE
    inputs: LetterFields = field(default_factory=LetterFields)
    masked: bool = False
    copy: PolicyDocument | None = None
    certificates: bool = False
    appendix: bool = True


def _adverse_lines(explainer: Explainer) -> tuple[int, ...]:
    """Return the numbers of the lines of a claim that are kept from full payment, in order."""
    claim, rows = explainer.loaded.claim, explainer.derivations.rows
    return tuple(
        sorted(
            line.line_number
            for line in claim.lines
            if any(
                row[2] in ADVERSE_EFFECTS
                for row in rows("outcome", (claim.claim_id, line.line_number, None))
            )
        )
    )


def document_of(
    loaded: LoadedClaim, wishes: Wishes, line_number: int | None = None
) -> Document | None:
    """Return the document of a line, or of all adverse lines of a claim.

    Parameters
    ----------
    loaded : LoadedClaim
        A claim of a knowledge base.
    wishes : Wishes
        Options of the document.
    line_number : int, optional
        All adverse lines where it is left out.

    Returns
    -------
    Document or None
        None if no line is named and none is adverse.

    Raises
    ------
    UsageError
        If the claim has no such line, or the profile is a letter and the line is not adverse.
    """
    explainer = Explainer.of(loaded, masked=wishes.masked)
    numbers = _adverse_lines(explainer) if line_number is None else (line_number,)
    if not numbers:
        return None
    document = document_of_lines(explainer, numbers, wishes)
    if line_number is not None and profile_of(wishes.profile).is_letter:
        _hold_adverse(loaded.claim.claim_id, document.narratives[0], wishes.profile)
    return document


def document_of_lines(explainer: Explainer, numbers: Sequence[int], wishes: Wishes) -> Document:
    """Return the document of some lines of a claim.

    Parameters
    ----------
    explainer : Explainer
        What the explanations of the claim share.
    numbers : sequence of int
        The lines, at least one.
    wishes : Wishes
        What a person asks of the document.

    Raises
    ------
    UsageError
        If the claim has no such line.
    """
    explanations = [Explanation.of(explainer, number) for number in numbers]
    narratives = [narrative_of(each, document=wishes.copy) for each in explanations]
    certificates = (
        tuple(each.to_json() for each in explanations)
        if wishes.certificates and not wishes.masked
        else ()
    )
    return Document(
        title_of(narratives),
        tuple(narratives),
        wishes.profile,
        wishes.inputs,
        certificates,
        LetterHead.of(explainer, numbers),
        wishes.appendix,
    )


def _hold_adverse(claim_id: str, narrative: Narrative, profile: str) -> None:
    if narrative.is_adverse:
        return
    number, outcome = narrative.identity.line_number, narrative.headline.outcome_text
    raise UsageError.of(
        f"line {number} of claim {quoted(claim_id)} is {outcome}, not adverse",
        f"a {profile} is for adverse lines; leave out --profile to explain the line",
    )
