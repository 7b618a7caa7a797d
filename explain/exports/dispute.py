"""A provider's letter to a payer: whom it is about, what is asked, and one argument a clause."""

from __future__ import annotations

from collections.abc import Iterator

from explain.english.phrases import capitalised
from explain.exports.blocks import Block, Fields, Heading, Item, Listing, Paragraph, Table
from explain.exports.document import Document
from explain.narrative.model import CitationNarrative, Narrative
from kb.model.clause import action_of

_ASKED = {
    "rebill": "accept a correction",
    "document": "pay with the documents",
    "appeal": "review the reading",
    "accept": "check the facts",
    "": "review",
}
"""What a line asks of the payer, by its action."""

_MOST_PLACES = 3
"""Places in the claim that an argument names for a line; the proof has all."""

Cited = list[tuple[Narrative, CitationNarrative]]
"""A clause on each line that it is cited on."""


def letter(document: Document, opening: str) -> Iterator[Block]:
    """Yield the blocks of a provider's letter behind its title.

    Parameters
    ----------
    document : Document
        Adverse lines of one claim.
    opening : str
        The request.

    See Also
    --------
    explain.exports.notice.notice : the letter to a member.
    """
    head, given = document.head, document.inputs
    yield Fields(
        "Letter",
        (
            ("Date", given.date),
            ("From", given.sender or head.billing_provider),
            ("To", given.recipient or head.payer),
            ("Subject", _subject(document)),
        ),
    )
    yield Fields("Claim", head.rows)
    yield Paragraph(opening)
    yield Table(
        "Lines in dispute",
        ("Line", "Date", "Code", "Outcome", "At issue", "We ask you to"),
        tuple(map(_row, document.narratives, head.losses or ("",) * len(document.narratives))),
    )
    yield Heading("Arguments", 2)
    for cited in _by_clause(document).values():
        yield from _argument(cited)
    yield Heading("Enclosures", 2)
    yield Listing(tuple(map(Item, _enclosures(document))))
    asked = (
        ("Sent in the way that you ask for", given.review_procedure),
        ("Due", given.deadline),
        ("Rights that we keep", given.rights),
        ("Copies of the rules", given.copies),
    )
    if any(value for _, value in asked):
        yield Heading("Review", 2)
        yield Fields("Review", tuple(row for row in asked if row[1]))
    yield Heading("Signature", 2)
    yield Fields("Signature", (("Signature", ""), ("Name and title", "")))


def _subject(document: Document) -> str:
    numbers = [str(each.identity.line_number) for each in document.narratives]
    noun = "line" if len(numbers) == 1 else "lines"
    amount = f", {document.head.amount_at_issue} at issue" if document.head.amount_at_issue else ""
    claim = document.narratives[0].identity.claim_id
    return f"Dispute of claim {claim}, {noun} {', '.join(numbers)}{amount}"


def _row(narrative: Narrative, loss: str) -> tuple[str, ...]:
    identity = narrative.identity
    code = " ".join(filter(None, (identity.procedure_code, identity.modifiers)))
    return (
        str(identity.line_number),
        identity.service_date,
        code or identity.revenue_code,
        narrative.headline.outcome_text,
        loss,
        _ASKED[_action(narrative)],
    )


def _action(narrative: Narrative) -> str:
    return action_of(each.action for each in narrative.adverse)


def _by_clause(document: Document) -> dict[str, Cited]:
    found: dict[str, Cited] = {}
    for narrative in document.narratives:
        for citation in narrative.adverse:
            found.setdefault(citation.clause_id, []).append((narrative, citation))
    return found


def _argument(cited: Cited) -> Iterator[Block]:
    first = cited[0][1]
    numbers = [str(narrative.identity.line_number) for narrative, _ in cited]
    noun = "line" if len(numbers) == 1 else "lines"
    title = f": {first.title}" if first.title else ""
    yield Heading(f"{first.clause_id} on {noun} {', '.join(numbers)}{title}", 3)
    policy = cited[0][0].policy
    yield Paragraph(
        f"{policy.policy_id}, version {policy.version}, says in short: {first.summary} "
        f"Where to find it: {first.place.text}."
    )
    yield Paragraph("On the claim: " + " ".join(map(_on_claim, (each for _, each in cited))))
    yield Paragraph(_argued(first))


def _on_claim(citation: CitationNarrative) -> str:
    places = dict.fromkeys(
        place.text
        for fact in citation.facts
        if fact.kind in ("claim", "evidence")
        for place in fact.places
    )
    where = "; ".join(list(places)[:_MOST_PLACES])
    return f"{citation.sentence} ({where})" if where else citation.sentence


def _argued(citation: CitationNarrative) -> str:
    """Return the argument against a clause, in the provider's voice; no fact is made up."""
    changes = citation.change_summary
    if citation.action == "document":
        lifts = f"What meets it: {changes} " if changes else ""
        return (
            f"This clause gives way to a complete record. {lifts}We send what the enclosures list "
            "and ask you to determine the line by it."
        )
    if citation.action == "rebill":
        return (
            f"This clause looks at how the line was billed. What would meet it: {changes} If our "
            "record bears that out, we will send a corrected claim, and ask you to accept it."
        )
    if citation.action == "appeal":
        read = " ".join(f"{one.question} Read here: {one.answer}" for one in citation.readings)
        return (
            f"This clause was applied by a reading of the policy that its words leave open. {read} "
            "Please show us the text that this reading rests on, or pay the line by the other one."
        ).replace("  ", " ")
    return (
        "We know of no document that lifts this clause. Please check that the facts above are "
        "those of the claim, and pay the line if one of them is not."
    )


def _enclosures(document: Document) -> Iterator[str]:
    """Yield what has to be sent along: the claim, the answer, and what is missing."""
    found = [f"Claim {document.narratives[0].identity.claim_id} as it was submitted"]
    for narrative in document.narratives:
        number = narrative.identity.line_number
        if narrative.answer is not None:
            check = f", check {narrative.answer.check}" if narrative.answer.check else ""
            found.append(f"The remittance of {narrative.answer.payer}{check}")
        if _action(narrative) == "accept":
            continue
        found += [
            f"For line {number}, a document on this: {each.meaning or each.text}"
            for each in narrative.missing
        ]
        for citation in narrative.adverse:
            if citation.action == "document":
                found += [f"For line {number}: {each}" for each in _documents(citation)]
    yield from (capitalised(each) for each in dict.fromkeys(found))


def _documents(citation: CitationNarrative) -> list[str]:
    """Return the documents that would lift a clause, as the policy names them."""
    shown = [each.meaning for each in citation.changes if each.kind == "evidence"]
    if len(shown) > 1:
        return [f"a document that shows one of these: {'; '.join(dict.fromkeys(shown))}"]
    if shown:
        return [f"a document that shows this: {shown[0]}"]
    return [f"what {citation.clause_id} looks for: {citation.change_summary.rstrip('.')}"]
