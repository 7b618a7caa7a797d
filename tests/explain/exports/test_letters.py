"""Letters: a provider speaks to a payer, a payer to a member in plain words."""

from __future__ import annotations

import io
import re
from pathlib import Path

import pypdf
import pytest

from explain.exports import FORMATS
from explain.exports.blocks import Block, Fields, Heading, Listing, Paragraph
from explain.exports.contents import contents
from explain.exports.document import Document
from explain.exports.making import Wishes, document_of
from kb.knowledge_base import KnowledgeBase
from tests.explain.pictures.samples import POLICY

EXAMPLES = Path(__file__).parents[3] / "explain" / "examples"


def claim(**changed: str) -> str:
    text = (EXAMPLES / "office.837").read_text()
    for old, new in changed.values():
        assert old in text
        text = text.replace(old, new)
    return text


def made(text: str, folder: Path, *, name: str = "OFFICE-1", **wishes: object) -> Document:
    file = folder / "may.837"
    file.write_text(text)
    known = KnowledgeBase(POLICY).with_claims(file, EXAMPLES / "evidence.csv")
    document = document_of(known.claim(name), Wishes(**wishes))  # type: ignore[arg-type]
    assert document is not None
    return document


def fields(blocks: tuple[Block, ...], caption: str) -> dict[str, str]:
    return next(dict(each.rows) for each in blocks if getattr(each, "caption", "") == caption)


def dispute(text: str, folder: Path, **wishes: object) -> Document:
    return made(text, folder, profile="provider-dispute", **wishes)


def test_a_dispute_names_everybody_that_the_claim_names(tmp_path: Path) -> None:
    text = claim(
        payer=("NM1*IL*1*DOE*PAT****MI*M1~", "NM1*IL*1*DOE*PAT****MI*M1~NM1*PR*2*ACME*****PI*77~"),
        number=("HI*ABK:D500~", "REF*F8*PC-9~HI*ABK:D500~"),
    )
    blocks = contents(dispute(text, tmp_path), figures=False)
    assert fields(blocks, "Claim") == {
        "Billing provider": "EXAMPLE CLINIC (1234567893)",
        "Rendering provider": "ROE, SAM (1003000126)",
        "Payer": "ACME (77)",
        "Patient": "DOE, PAT",
        "Member ID": "M1",
        "Claim number": "OFFICE-1",
        "Payer control number": "PC-9",
        "Dates of service": "2018-06-01",
        "Total charges": "412.00",
        "Amount at issue": "151.56",
    }
    said = fields(blocks, "Letter")
    assert (said["Date"], said["To"]) == ("", "ACME (77)")


def test_the_billing_provider_is_not_called_the_rendering_one(tmp_path: Path) -> None:
    text = claim(nobody=("NM1*82*1*ROE*SAM****XX*1003000126~", ""))
    document = dispute(text, tmp_path)
    assert "Rendering provider" not in dict(document.head.rows)
    rows = dict(document.narratives[0].identity.rows)
    assert rows["Billing provider"] == "1234567893"
    assert "Rendering provider" not in rows


def test_a_dispute_without_its_proof_has_two_pages_and_no_path(tmp_path: Path) -> None:
    document = dispute(claim(), tmp_path, appendix=False)
    pages = pypdf.PdfReader(io.BytesIO(FORMATS["pdf"].render(document))).pages
    assert len(pages) <= 2
    for appendix in (True, False):
        text = FORMATS["md"].render(dispute(claim(), tmp_path, appendix=appendix)).decode()
        assert str(tmp_path) not in text
        assert "may.837, segment" in text
        assert ("Appendix" in text) == appendix
        assert not re.search(r"policy document, lines? \d", text)


def test_what_is_enclosed_follows_from_what_is_missing(tmp_path: Path) -> None:
    blocks = contents(dispute(claim(), tmp_path, appendix=False))
    (enclosed,) = [each for each in blocks if isinstance(each, Listing)]
    assert [each.text for each in enclosed.items] == [
        "Claim OFFICE-1 as it was submitted",
        "For line 4: what R14-BIL-4 looks for: A record of a larger dose given",
    ]


def grade(text: str) -> float:
    """Return the Flesch-Kincaid grade of a text. Source: Kincaid and others, 1975."""
    sentences = [each for each in re.split(r"[.:?!]\s|\n", text) if re.search("[a-z]", each)]
    found = re.findall(r"[A-Za-z]+", re.sub(r"\S*\d\S*", "it", text))
    syllables = sum(max(1, len(re.findall(r"[aeiouy]+(?!\b(?<=e))", each))) for each in found)
    return 0.39 * len(found) / len(sentences) + 11.8 * syllables / len(found) - 15.59


@pytest.mark.parametrize(
    ("file", "name"), [("office", "OFFICE-1"), ("home", "HOME-1"), ("hospital", "HOSPITAL-1")]
)
def test_a_notice_is_plain(tmp_path: Path, file: str, name: str) -> None:
    text = (EXAMPLES / f"{file}.837").read_text()
    blocks = contents(made(text, tmp_path, name=name, profile="member-notice"))
    said = [each.text for each in blocks if isinstance(each, (Paragraph, Heading))]
    said += [item.text for each in blocks if isinstance(each, Listing) for item in each.items]
    assert grade("\n".join(said)) < 9
    shown = FORMATS["md"].render(made(text, tmp_path, name=name, profile="member-notice")).decode()
    for never in ("SHA-256", "CARC", "RARC", "segment", "condition of", "odifier 59"):
        assert never not in shown
    assert any(isinstance(each, Fields) for each in blocks)
