"""A document for a word processor: real headings, lists and tables, for staff to edit."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from typing import Any

from explain.exports import blocks
from explain.exports.contents import contents
from explain.exports.document import Document
from explain.pictures.drawing import picture_svg, svg_size
from explain.pictures.raster import picture_png
from facts.extras import report_module
from facts.values import one_line

_BULLETS = ("ListBullet", "ListBullet2", "ListBullet3")
_PAGE_WIDTH, _PAGE_HEIGHT = 6.5, 8.0
"""Room on a page, in inches."""

_FIELD_SHARES = (0.28, 0.72)
_DOTS_PER_INCH = 200
"""Of a picture, in the size that it has on the page."""

_EARLIEST = (1980, 1, 1, 0, 0, 0)


def render(document: Document) -> bytes:
    """Return a document for a word processor.

    Parameters
    ----------
    document : Document
        The narratives of one claim.

    Returns
    -------
    bytes
        Office Open XML, the same for the same document; no clock is read.
    """
    return _DocxWriter().written(contents(document))


class _DocxWriter:
    """Writes one document."""

    def __init__(self) -> None:
        self._document = report_module("docx").Document()
        self._shared = report_module("docx.shared")
        self._oxml = report_module("docx.oxml")
        self._names = report_module("docx.oxml.ns").qn

    def written(self, parts: Sequence[blocks.Block]) -> bytes:
        """Return the bytes of a document of some blocks."""
        self._set_up(blocks.short_title(parts))
        for block in parts:
            self._block(block)
        buffer = io.BytesIO()
        self._document.save(buffer)
        return _without_clock(buffer.getvalue())

    def _set_up(self, title: str) -> None:
        properties = self._document.core_properties
        properties.title = title
        properties.author = properties.comments = properties.last_modified_by = ""
        inches = self._shared.Inches
        section = self._document.sections[0]
        section.page_width, section.page_height = inches(8.5), inches(11)
        section.left_margin = section.right_margin = inches(1)
        section.top_margin = section.bottom_margin = inches(1)
        footer = section.footer.paragraphs[0]
        footer.add_run(f"{title}, page ")
        for kind, code in (("begin", ""), ("", "PAGE"), ("end", "")):
            footer.add_run()._r.append(self._field_part(kind, code))

    def _field_part(self, kind: str, code: str) -> Any:
        part = self._oxml.OxmlElement("w:fldChar" if kind else "w:instrText")
        if kind:
            part.set(self._names("w:fldCharType"), kind)
        else:
            part.text = code
        return part

    def _block(self, block: blocks.Block) -> None:
        if isinstance(block, blocks.Heading):
            self._document.add_heading(one_line(block.text), min(block.level, 9))
        elif isinstance(block, blocks.Paragraph):
            self._paragraph(block)
        elif isinstance(block, blocks.Listing):
            self._listing(block)
        elif isinstance(block, blocks.Table):
            self._table([block.header, *block.rows], blocks.shares_of(block))
        elif isinstance(block, blocks.Fields):
            self._fields(block)
        elif isinstance(block, blocks.Quote):
            self._quote(block)
        elif isinstance(block, blocks.Figure):
            self._figure(block)

    def _paragraph(self, block: blocks.Paragraph) -> None:
        paragraph = self._document.add_paragraph()
        run = paragraph.add_run("\n".join(blocks.rows_of(block.text)))
        if block.tone == "lead":
            paragraph.paragraph_format.keep_with_next = True
            run.bold, run.font.size = True, self._shared.Pt(12)
        elif block.tone == "aside":
            run.italic = True

    def _listing(self, block: blocks.Listing) -> None:
        deepest = len(_BULLETS) - 1
        for item in block.items:
            paragraph = self._styled(_BULLETS[min(item.depth, deepest)])
            paragraph.paragraph_format.space_after = self._shared.Pt(2)
            if item.depth > deepest:
                indent = self._shared.Inches(0.75 + 0.25 * min(item.depth - deepest, 8))
                paragraph.paragraph_format.left_indent = indent
            paragraph.add_run(one_line(item.text))
            if item.place:
                place = paragraph.add_run(f"  {one_line(item.place)}")
                place.font.size = self._shared.Pt(8.5)
                place.font.color.rgb = self._shared.RGBColor(0x4D, 0x4D, 0x4D)

    def _styled(self, style: str, text: str = "") -> Any:
        """Add a paragraph in a style, by its id in the file: to look it up by name takes long."""
        paragraph = self._document.add_paragraph()
        paragraph._p.style = style
        if text:
            paragraph.add_run(" ".join(blocks.rows_of(text)))
        return paragraph

    def _table(self, rows: Sequence[Sequence[str]], shares: Sequence[float]) -> None:
        table = self._grid(len(rows), shares)
        for cells, row in zip(table.rows, rows, strict=True):
            for cell, text in zip(cells.cells, row, strict=True):
                self._fill(cell, text)
        head = table.rows[0]
        repeated = self._oxml.OxmlElement("w:tblHeader")
        head._tr.get_or_add_trPr().append(repeated)
        for cell in head.cells:
            cell.paragraphs[0].runs[0].bold = True
        self._document.add_paragraph()

    def _fields(self, block: blocks.Fields) -> None:
        table = self._grid(len(block.rows), _FIELD_SHARES)
        for cells, (label, value) in zip(table.rows, block.rows, strict=True):
            name, content = cells.cells
            self._fill(name, label).bold = True
            run = self._fill(content, value or blocks.BLANK)
            if not value:
                run.font.highlight_color = report_module("docx.enum.text").WD_COLOR_INDEX.YELLOW
            name.paragraphs[0].paragraph_format.keep_with_next = label != block.rows[-1][0]
        self._document.add_paragraph()

    def _grid(self, rows: int, shares: Sequence[float]) -> Any:
        table = self._document.add_table(rows, len(shares), style="Table Grid")
        table.autofit = False
        for column, share in zip(table.columns, shares, strict=True):
            width = self._shared.Inches(_PAGE_WIDTH * share)
            column.width = width
            for cell in column.cells:
                cell.width = width
        return table

    def _fill(self, cell: Any, text: str) -> Any:
        paragraph = cell.paragraphs[0]
        paragraph.paragraph_format.space_after = self._shared.Pt(2)
        return paragraph.add_run("\n".join(blocks.rows_of(text)))

    def _quote(self, block: blocks.Quote) -> None:
        self._styled("Quote", block.source)
        for number, text in block.rows:
            self._styled("Quote", f"{number}  {text}")

    def _figure(self, block: blocks.Figure) -> None:
        width, height = (side / 72 for side in svg_size(picture_svg(block.picture)))
        scale = min(1.0, _PAGE_WIDTH / width, _PAGE_HEIGHT / height)
        drawn = picture_png(block.picture, dots=round(_DOTS_PER_INCH * scale))
        paragraph = self._document.add_paragraph()
        inches = self._shared.Inches(width * scale)
        shape = paragraph.add_run().add_picture(io.BytesIO(drawn), width=inches)
        described = shape._inline.docPr
        described.set("descr", "\n".join(blocks.rows_of(block.picture.description)))
        described.set("title", blocks.short_title([blocks.Heading(block.picture.title)]))
        self._styled("Caption", block.caption)


def _without_clock(archive: bytes) -> bytes:
    """Return an archive whose files have no time of writing."""
    made = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(archive)) as given,
        zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as kept,
    ):
        for name in given.namelist():
            entry = zipfile.ZipInfo(name, _EARLIEST)
            packed = name.endswith(".png")
            entry.compress_type = zipfile.ZIP_STORED if packed else zipfile.ZIP_DEFLATED
            entry.external_attr = 0o600 << 16
            kept.writestr(entry, given.read(name))
    return made.getvalue()
