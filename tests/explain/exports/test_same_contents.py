"""Every format shows the same, byte for byte the same each time, and hostile text as text."""

from __future__ import annotations

import html
import io
import re
from collections.abc import Callable

import docx
import pypdf
import pytest
from docx.enum.text import WD_COLOR_INDEX
from docx.oxml.ns import qn

from explain.exports import FORMATS
from explain.exports.blocks import BLANK
from explain.exports.contents import contents
from explain.exports.making import Wishes, document_of
from kb.knowledge_base import KnowledgeBase
from tests.explain.exports.documents import DOCUMENTS, hospital, hostile, office, squeezed, texts_of
from tests.explain.pictures.samples import HOSTILE, POLICY

SHOWN = re.compile(r"<(script|style)>.*?</\1>|<[^>]*>", re.DOTALL)


def html_text(data: bytes) -> str:
    return html.unescape(SHOWN.sub("", data.decode()))


def pdf_text(data: bytes) -> str:
    return "".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(data)).pages)


def docx_text(data: bytes) -> str:
    document = docx.Document(io.BytesIO(data))
    return "".join(part.text or "" for part in document.element.body.iter(qn("w:t")))


TEXT: dict[str, Callable[[bytes], str]] = {"html": html_text, "pdf": pdf_text, "docx": docx_text}


@pytest.mark.parametrize("name", TEXT)
@pytest.mark.parametrize("made", DOCUMENTS.values(), ids=DOCUMENTS)
def test_every_text_is_shown(name: str, made) -> None:
    document = made()
    data = FORMATS[name].render(document)
    shown = squeezed(TEXT[name](data))
    footers = re.compile(rf"{re.escape(squeezed(document.title))}\d/\d")
    shown = footers.sub("", shown) if name == "pdf" else shown
    for text in texts_of(contents(document)):
        assert squeezed(text) in shown, text
    assert data == FORMATS[name].render(document)


@pytest.mark.parametrize("name", TEXT)
@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_is_text(name: str, text: str) -> None:
    document = hostile(text)
    shown = squeezed(TEXT[name](FORMATS[name].render(document)))
    if name == "pdf":
        shown = re.sub(r"\[U\+(\w+)\]", lambda found: chr(int(found[1], 16)), shown)
        text, shown = (re.sub(r"[\u0590-\u06ff]", "", each) for each in (text, shown))
    assert shown.count(squeezed(text)) >= 6


@pytest.mark.parametrize("name", TEXT)
def test_a_claim_id_of_ten_kilobytes_is_shown_whole(name: str) -> None:
    claim_id = "x" * 10_000
    line = {"claim_id": claim_id, "line_number": 1, "claim_form": "cms1500"}
    line |= {"service_date": "2018-06-01", "place_of_service": "11", "procedure_code": "J7050"}
    made = document_of(KnowledgeBase(POLICY).with_claims([line]).claim(claim_id), Wishes())
    assert made is not None
    assert len(made.title) < 120
    shown = TEXT[name](FORMATS[name].render(made))
    assert 10_000 < shown.count("x") < 25_000


@pytest.mark.parametrize("name", TEXT)
def test_blanks_are_marked_for_a_person_to_fill_in(name: str) -> None:
    blank = squeezed(BLANK)
    assert squeezed(TEXT[name](FORMATS[name].render(hospital()))).count(blank) >= 5
    filled = squeezed(TEXT[name](FORMATS[name].render(office())))
    assert squeezed("180 days after you received this letter") in filled


def test_a_pdf_is_tagged_and_has_its_title() -> None:
    reader = pypdf.PdfReader(io.BytesIO(FORMATS["pdf"].render(office())))
    assert reader.metadata is not None
    assert reader.metadata.title == office().title
    assert reader.metadata.creation_date is None
    root = reader.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]
    assert root["/Lang"] == "en"
    assert b"<pdfuaid:part>1</pdfuaid:part>" in reader.xmp_metadata.stream.get_data()
    assert "/StructTreeRoot" in root
    fonts = {
        str(font.get_object()["/BaseFont"]).partition("+")[2]
        for page in reader.pages
        for font in page["/Resources"]["/Font"].values()
    }
    assert {font.partition("-")[0] for font in fonts} == {"LibertinusSerif"}


def test_a_document_for_a_word_processor_has_structure() -> None:
    document = docx.Document(io.BytesIO(FORMATS["docx"].render(hospital())))
    blocks = contents(hospital())
    headings = [each for each in document.paragraphs if each.style.name.startswith("Heading")]
    wanted = [(block.level, block.text) for block in blocks if type(block).__name__ == "Heading"]
    assert [(int(each.style.name[8:]), each.text) for each in headings] == wanted
    tables = [block for block in blocks if type(block).__name__ in ("Table", "Fields")]
    assert len(document.tables) == len(tables)
    assert document.core_properties.title == hospital().title
    assert document.core_properties.author == ""
    figures = [block for block in blocks if type(block).__name__ == "Figure"]
    described = [shape._inline.docPr.get("descr") for shape in document.inline_shapes]
    assert described == [figure.picture.description for figure in figures]
    marked = [
        run.text
        for table in document.tables
        for row in table.rows
        for cell in row.cells
        for paragraph in cell.paragraphs
        for run in paragraph.runs
        if run.font.highlight_color == WD_COLOR_INDEX.YELLOW
    ]
    assert set(marked) == {BLANK}
    lists = {each.style.name for each in document.paragraphs if each.style.name.startswith("List")}
    assert {"List Bullet", "List Bullet 2"} <= lists
