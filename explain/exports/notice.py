"""A notice to a member, in plain words: what was not paid, why, and what a member can do."""

from __future__ import annotations

from collections.abc import Iterator

from explain.exports.blocks import Block, Fields, Heading, Item, Listing, Paragraph
from explain.exports.document import Document
from explain.narrative.model import CitationNarrative, Narrative

_OUTCOMES = {
    "denied": "We did not pay this line.",
    "bundled": "We did not pay this line by itself. It is part of the price of other care.",
    "reduced": "We paid only a part of this line.",
    "pended": "We have not decided yet. We wait for more facts.",
}
_THE_PLAN = (
    "This rule says how bills are paid. It is not the benefit plan. The papers of your plan say "
    "what it covers and what your rights are."
)
_PROVIDERS = "CO"
"""Group code of what the provider must not ask the patient for. Source: X12 code list 1033."""

_DO = {
    "document": "Ask your provider to send us papers for line {line}. We look for this: {changes}",
    "rebill": "Ask your provider if line {line} was billed right. If not, a new bill can be sent.",
    "appeal": "The rule for line {line} can be read in two ways. You can ask us to look again.",
    "accept": "Ask your provider if the facts of line {line} are right. If they are, more papers "
    "will not change this.",
    "": "You can ask us to look at line {line} again.",
}


def notice(document: Document, opening: str) -> Iterator[Block]:
    """Yield the blocks of a notice to a member behind its title.

    Parameters
    ----------
    document : Document
        Adverse lines of one claim.
    opening : str
        The first paragraph.

    See Also
    --------
    explain.exports.dispute.letter : the letter of a provider.
    """
    given = document.inputs
    yield Fields("Letter", (("Date", given.date), ("From", given.sender), ("To", given.recipient)))
    yield Paragraph(f"{opening} A line is one item on a bill.")
    for narrative in document.narratives:
        yield from _line(narrative)
    yield Heading("What you can do", 2)
    yield Listing(tuple(map(Item, dict.fromkeys(_steps(document)))))
    yield Heading("How to ask us to look again", 2)
    yield Fields(
        "Review",
        (
            ("How to ask", given.review_procedure),
            ("Until when", given.deadline),
            ("Your rights after that", given.rights),
            ("How to get the rules we used", given.copies),
        ),
    )
    yield Paragraph(_THE_PLAN, "aside")


def _line(narrative: Narrative) -> Iterator[Block]:
    identity = narrative.identity
    yield Heading(f"Line {identity.line_number}", 2)
    yield Paragraph(_OUTCOMES[narrative.headline.outcome], "lead")
    rows = (
        ("Date of care", identity.service_date),
        ("Code on the bill", identity.procedure_code or identity.revenue_code),
        ("Price on the bill", identity.charge),
    )
    yield Fields(f"Line {identity.line_number}", tuple(row for row in rows if row[1]))
    yield Heading("Why", 3)
    for citation in narrative.adverse:
        yield Paragraph(f"{citation.sentence} The rule: {citation.summary}")
        yield Paragraph(f"You find the rule as {_rule(citation, narrative)}.", "aside")
    if narrative.adverse and all(map(_is_providers, narrative.adverse)):
        yield Paragraph("Under this rule your provider may not ask you to pay what we did not pay.")


def _rule(citation: CitationNarrative, narrative: Narrative) -> str:
    section = f', in the part "{citation.place.section}"' if citation.place.section else ""
    return (
        f"{citation.clause_id} of {narrative.policy.policy_id}, {narrative.policy.title}{section}"
    )


def _is_providers(citation: CitationNarrative) -> bool:
    return any(code.system == "group" and code.code == _PROVIDERS for code in citation.codes)


def _steps(document: Document) -> Iterator[str]:
    """Yield what a member can do: ask, never bill or code."""
    for narrative in document.narratives:
        actions = {each.action: each for each in reversed(narrative.adverse)}
        told = ("accept",) if "accept" in actions else tuple(actions)
        for action in told:
            yield _DO[action].format(
                line=narrative.identity.line_number, changes=actions[action].change_summary
            )
        for missing in narrative.missing:
            said = missing.meaning or missing.text
            yield f"Ask your provider to send us a paper on this: {said}."
    yield "Ask us to look again. How to do that is told below."
