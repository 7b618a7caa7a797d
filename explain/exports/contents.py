"""The contents of a document, block by block, as its profile requires; the same in every format."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from explain.english.phrases import capitalised
from explain.english.places import Place
from explain.exports.blocks import (
    Block,
    Fields,
    Figure,
    Heading,
    Item,
    Listing,
    Paragraph,
    Quote,
    Table,
)
from explain.exports.dispute import letter
from explain.exports.document import Document
from explain.exports.notice import notice
from explain.exports.profiles import Profile, profile_of
from explain.narrative.model import CitationNarrative, Narrative
from explain.narrative.reasoning import Reason

NOT_THE_PLAN = (
    "This explains how the reimbursement policy {policy} was applied to the claim as it was "
    "submitted. A reimbursement policy is not the benefit plan: what the plan covers, and which "
    "rights it gives, is set out in the documents of the plan."
)
"""A part of every document: the policy must not be taken for the plan."""

_WITHHELD = "Claim number, dates of service, provider and charges are withheld."


def contents(document: Document, *, figures: bool = True) -> tuple[Block, ...]:
    """Return the contents of a document.

    Parameters
    ----------
    document : Document
        The narratives of one claim.
    figures : bool, optional
        Whether to draw the proofs, for formats that hold pictures.

    Returns
    -------
    tuple of Block
        The title first. What the profile requires and a person did not give is a row of
        ``Fields`` with an empty value: a blank to be filled in.

    Raises
    ------
    UsageError
        If there is no such profile.
    """
    return tuple(_Contents(document, profile_of(document.profile), figures).blocks())


class _Contents:
    """Makes the blocks of one document."""

    def __init__(self, document: Document, profile: Profile, figures: bool) -> None:
        self.document = document
        self.profile = profile
        self.figures = figures

    def blocks(self) -> Iterator[Block]:
        yield Heading(self.document.title, 1)
        if not self.profile.is_letter:
            yield Paragraph(self.profile.opening)
            yield from self._proof()
        elif not self.profile.has_appendix:
            yield from notice(self.document, self.profile.opening)
        else:
            yield from letter(self.document, self.profile.opening)
            if self.document.appendix:
                yield Heading("Appendix: the proof", 2)
                yield from self._proof()
            else:
                yield self._not_the_plan()

    def _proof(self) -> Iterator[Block]:
        document = self.document
        if len(document.narratives) > 1:
            yield Table("Lines of this document", ("Line", "Outcome", "Reason"), self._overview())
        for narrative in document.narratives:
            yield from self._line(narrative)
        yield from self._about()

    def _overview(self) -> tuple[tuple[str, ...], ...]:
        return tuple(
            (
                str(one.identity.line_number),
                _decided(one) or one.headline.outcome_text,
                one.headline.sentence,
            )
            for one in self.document.narratives
        )

    def _line(self, narrative: Narrative) -> Iterator[Block]:
        number = narrative.identity.line_number
        yield Heading(f"Line {number}: {narrative.headline.outcome_text}", 2)
        said = (_decided(narrative), narrative.headline.sentence)
        yield Paragraph(" ".join(filter(None, said)), "lead")
        yield Fields(f"What line {number} bills", narrative.identity.rows)
        for citation in narrative.citations:
            if citation.is_adverse or not self.profile.adverse_only:
                yield from self._citation(citation, narrative)
        for title, supposed in (
            ("Assumed in the line's favour", narrative.assumptions),
            ("Missing", narrative.missing),
        ):
            if supposed:
                yield Heading(title, 3)
                yield _listing(f"{capitalised(one.text)}." for one in supposed)
        if narrative.in_favour:
            yield Heading("Readings in the line's favour", 3)
            yield _listing(f"{capitalised(one.text)}." for one in narrative.in_favour)
        further = _listing(_further(narrative))
        if further.items:
            yield Heading("What would change the outcome", 3)
            yield further
        if self.figures:
            from explain.pictures.composing import picture_of

            yield Heading("The proof as a picture", 3)
            yield Figure(picture_of(narrative), f"Why line {number} has its outcome")

    def _citation(self, citation: CitationNarrative, narrative: Narrative) -> Iterator[Block]:
        policy = narrative.policy
        title = f": {citation.title}" if citation.title else ""
        yield Heading(f"{citation.clause_id}{title}", 3)
        yield Paragraph(f"{capitalised(citation.effect_text)}. {citation.sentence}")
        yield Heading("Provision relied on", 4)
        yield Paragraph(
            f"{policy.policy_id} {policy.title}, version {policy.version}, clause "
            f"{citation.clause_id}, in force from {citation.effective_from}. {citation.summary}"
        )
        yield Paragraph(f"Where to find it: {citation.place.text}.")
        if citation.quotes:
            rows = tuple((line.number, line.text) for line in citation.quotes)
            yield Quote(narrative.document_name, rows)
        yield Heading("Reasons", 4)
        yield Listing(tuple(map(_step, citation.reasons)))
        if citation.facts:
            yield Heading("Facts relied on", 4)
            yield Table(
                f"Facts relied on for {citation.clause_id}",
                ("Fact", "Where to find it"),
                tuple((fact.text, _places_text(fact.places)) for fact in citation.facts),
            )
        if citation.not_excepted:
            yield Heading("Exceptions that were considered", 4)
            yield _listing(f"Not excepted: {text}." for text in citation.not_excepted)
        if citation.readings:
            yield Heading("How unclear places of the policy were read", 4)
            yield _listing(
                f"Reading {one.number} ({one.place.text}): {one.question} {one.answer}"
                for one in citation.readings
            )
        if citation.codes:
            yield Heading("Codes of the remittance", 4)
            yield _listing(code.text for code in citation.codes)
        if citation.related:
            yield Heading("Related policies", 4)
            yield _listing(related.text for related in citation.related)

    def _about(self) -> Iterator[Block]:
        yield Heading("About this explanation", 2)
        first = self.document.narratives[0]
        policy = first.policy
        rows = [
            ("Policy", f"{policy.policy_id}, {policy.title}"),
            ("Version", policy.version),
            ("Program (SHA-256)", policy.program_sha256),
            *((f"Setting: {name}", value) for name, value in policy.settings),
        ]
        if self.document.inputs.date and not self.profile.is_letter:
            rows.append(("Date", self.document.inputs.date))
        yield Fields("About this explanation", tuple(rows))
        if first.masked:
            yield Paragraph(_WITHHELD, "aside")
        yield self._not_the_plan()

    def _not_the_plan(self) -> Paragraph:
        policy_id = self.document.narratives[0].policy.policy_id
        return Paragraph(NOT_THE_PLAN.format(policy=policy_id), "aside")


def _places_text(places: tuple[Place, ...]) -> str:
    """Return some places in one phrase."""
    return "; ".join(place.text for place in places)


def _decided(narrative: Narrative) -> str:
    """Return the outcome with the clause that decided it; empty where none did."""
    headline = narrative.headline
    if not headline.clause_id:
        return ""
    title = f" ({headline.clause_title})" if headline.clause_title else ""
    return f"{capitalised(headline.outcome_text)} under {headline.clause_id}{title}."


def _step(reason: Reason) -> Item:
    text = f"{reason.text} (as above)" if reason.repeated else reason.text
    return Item(text, _places_text(reason.places), reason.depth)


def _further(narrative: Narrative) -> Iterator[str]:
    """Yield the further material that is needed, and why."""
    for citation in narrative.adverse:
        if citation.change_summary:
            yield f"{citation.clause_id}: {citation.change_summary}"
        for change in citation.changes:
            yield f"{citation.clause_id}: {change.said}."
    for change in narrative.changes:
        if not change.clause_id:
            yield f"{capitalised(change.said)}."


def _listing(texts: Iterable[str]) -> Listing:
    return Listing(tuple(map(Item, texts)))
