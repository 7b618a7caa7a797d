"""Documents to render, and the texts that each must show."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cache

from explain import why
from explain.exports.blocks import (
    Block,
    Fields,
    Figure,
    Heading,
    Listing,
    Paragraph,
    Quote,
    Table,
)
from explain.exports.document import Document, LetterFields
from explain.narrative.builder import narrative_of
from explain.narrative.model import Narrative
from explain.narrative.policy_document import QuotedLine
from kb.knowledge_base import KnowledgeBase
from tests.explain.pictures.samples import POLICY, example

INPUTS = LetterFields(
    date="2018-07-02",
    deadline="180 days after you received this letter",
    review_procedure="Write to the appeals unit.\nName the claim and the line.",
    sender="Example Health Appeals",
    recipient="Dr. A. Sample",
)


def titled(narratives: Sequence[Narrative], **options: object) -> Document:
    first = narratives[0]
    title = f"Claim {first.identity.claim_id}, line {first.identity.line_number}"
    return Document(title, tuple(narratives), **options)  # type: ignore[arg-type]


def clinic() -> Document:
    """One line that one clause denies."""
    return titled([example("CLINIC-1", 1)])


def office() -> Document:
    """A letter on one line that two clauses bundle."""
    return titled([example("OFFICE-1", 2)], profile="provider-dispute", inputs=INPUTS)


def hospital() -> Document:
    """A letter on several lines, its inputs left to a person."""
    lines = [example("HOSPITAL-1", number) for number in (2, 4, 5)]
    return titled(lines, profile="provider-dispute")


def quoting() -> Document:
    """One line with lines of a person's own copy of the policy."""
    told = example("CLINIC-1", 1)
    rows = (QuotedLine(106, "own words\tin columns"), QuotedLine(107, "*not* <b>markup</b> #x"))
    citations = tuple(replace(cited, quotes=rows) for cited in told.citations)
    return titled([replace(told, citations=citations, document_name="our copy.txt")])


def notice() -> Document:
    """A notice to a member."""
    return titled([example("HOME-1", 2)], profile="member-notice", inputs=INPUTS)


@cache
def hostile(text: str) -> Document:
    """A claim whose id, provider and modifiers are hostile, in a letter that is hostile too."""
    lines = [
        {
            "claim_id": f"C {text}",
            "line_number": number,
            "claim_form": "cms1500",
            "service_date": "2018-06-01",
            "place_of_service": "11",
            "procedure_code": code,
            "rendering_provider": f"P {text}",
        }
        for number, code in ((1, "99213"), (2, "96372"))
    ]
    known = KnowledgeBase(POLICY).with_claims(lines)
    (claim_id,) = known.claims
    told = narrative_of(why(known.claim(claim_id), 1))
    inputs = LetterFields(text, text, f"{text}\nsecond row", text, text)
    return titled([told], profile="provider-dispute", inputs=inputs)


DOCUMENTS = {
    "clinic": clinic,
    "office": office,
    "hospital": hospital,
    "notice": notice,
    "quoting": quoting,
}


def texts_of(blocks: Sequence[Block]) -> Iterator[str]:
    """Yield every text that a document must show, pictures apart."""
    for block in blocks:
        match block:
            case Heading(text) | Paragraph(text):
                yield from text.split("\n")
            case Listing(items):
                for item in items:
                    yield from (item.text, item.place)
            case Table(_, header, rows):
                yield from header
                for row in rows:
                    yield from row
            case Fields(_, rows):
                for label, value in rows:
                    yield from (label, *value.split("\n"))
            case Quote(source, rows):
                yield from (source, *(text for _, text in rows))
            case Figure(_, caption):
                yield caption


def squeezed(text: str) -> str:
    """Return a text without blanks and typography, to find it wherever rows were broken."""
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", text))
