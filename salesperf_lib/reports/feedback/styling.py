"""How the Word file looks: fonts of both scripts, boxes, tables, and fields to write and to sign in."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING, Any
from zlib import crc32

from salesperf_lib.reports.feedback.typed import Paragraph

if TYPE_CHECKING:
    from docx.document import Document

LATIN, CHINESE = "Calibri", "Microsoft YaHei"
ACCENT, WARM, SOFT, INK = "0F6B78", "B3541E", "5D6B75", "26323A"
BOXES = {"affirm": ACCENT, "direction": ACCENT, "gap": WARM}
SIZES = {"plain": 10.0, "small": 8.5, "lead": 11.5, "strong": 10.0, "mark": 10.0}
WIDTH = 174
"""Millimetres between the margins of A4."""

LINE_WIDTHS = (45, 33, 17, 17, 16, 14, 17, 15)
"""Millimetres of the columns of the score's lines."""


def prepare(document: Document, lang: str) -> None:
    """Set paper, margins, fonts and language."""
    from docx.shared import Mm, Pt

    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.left_margin = section.right_margin = Mm((210 - WIDTH) / 2)
    section.top_margin = section.bottom_margin = Mm(15)
    for name, size in (("Normal", 10.0), ("Heading 1", 16.0), ("Heading 2", 12.0)):
        style: Any = document.styles[name]
        style.font.size = Pt(size)
        style.font.color.rgb = _colour(INK if name == "Normal" else ACCENT)
        _fonts(style.element.get_or_add_rPr(), lang)
        style.paragraph_format.space_before = Pt(0 if name == "Normal" else 8)
        style.paragraph_format.space_after = Pt(3)


def paragraph(document: Any, said: str, kind: str = "plain") -> Any:
    """Add a paragraph: ``plain``, ``small``, ``lead``, ``strong`` or ``mark``."""
    from docx.shared import Pt

    if not said:
        return None
    added = document.add_paragraph()
    run = added.add_run(said)
    run.font.size = Pt(SIZES[kind])
    run.bold = kind in ("strong", "mark") or None
    if kind in ("small", "mark"):
        run.font.color.rgb = _colour(SOFT if kind == "small" else WARM)
    return added


def facts(document: Document, pairs: Sequence[tuple[str, str]]) -> None:
    """Add what heads the sheet as one row of labels over one of values."""
    grid(document, [label for label, _ in pairs], [[value for _, value in pairs]], words=True)


def boxed(document: Document, kind: str, heading: str, lead: str, sentences: Sequence[str]) -> None:
    """Add a part of the sandwich as a box with a coloured edge."""
    table = document.add_table(rows=1, cols=1)
    cell = table.cell(0, 0)
    colour = BOXES.get(kind, SOFT)
    _edges(
        cell, {"left": (colour, 36), "top": ("E3E7E9", 4), "bottom": ("E3E7E9", 4), "right": ("E3E7E9", 4)}
    )
    first = cell.paragraphs[0]
    run = first.add_run(heading)
    run.bold, run.font.color.rgb = True, _colour(colour)
    first.paragraph_format.keep_with_next = True
    said = paragraph(cell, lead, "lead")
    if said is not None:
        said.runs[0].bold = True
    for sentence in sentences:
        paragraph(cell, sentence)
    _whole_rows(table)
    paragraph(document, " ", "small")


def grid(
    document: Document,
    heads: Sequence[str],
    rows: Sequence[Sequence[str]],
    *,
    bold: Collection[int] = (),
    wide: bool = False,
    words: bool = False,
) -> None:
    """Add a table: figures to the right, words to the left, the head repeated on each page."""
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.shared import Mm

    table = document.add_table(rows=1 + len(rows), cols=len(heads))
    table.autofit = False
    widths = LINE_WIDTHS if wide else [WIDTH / len(heads)] * len(heads)
    for grid_column, width in zip(table.columns, widths, strict=True):
        grid_column.width = Mm(width)  # LibreOffice and WPS go by the grid, Word by the cells
    for place, cells in enumerate([list(heads), *rows]):
        for column, said in enumerate(cells):
            cell: Any = table.cell(place, column)
            cell.width = Mm(widths[column])
            _edges(cell, {"bottom": ("C4CCD0" if place == 0 else "E3E7E9", 4)})
            added = cell.paragraphs[0]
            _fill(added, said, head=place == 0, bold=place - 1 in bold, small=wide)
            if column and not words:
                added.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    _repeat_head(table)
    _whole_rows(table)
    paragraph(document, " ", "small")


def field(document: Document, tag: str, title: str, given: Sequence[Paragraph], prompt: str) -> None:
    """Add a field to write in: a content control of rich text that knows its tag."""
    from docx.oxml.ns import qn

    control = _control(tag, title, prompt=bool(prompt))
    content = control.find(qn("w:sdtContent"))
    body: Any = document.element.body
    body.insert(len(body) - 1, control)  # before the section's own properties
    for part in given:
        added = _paragraph_in(content, document)
        for run in part:
            made = added.add_run(run.text)
            made.bold, made.italic, made.underline = (
                run.bold or None,
                run.italic or None,
                run.underline or None,
            )
    if prompt:
        made = _paragraph_in(content, document).add_run(prompt)
        made.font.color.rgb = _colour(SOFT)


def signatures(document: Document, rows: Sequence[tuple[str, str]], date: str) -> None:
    """Add a row per signature: label, a line to sign on, and one for the date; each a content control."""
    from docx.shared import Mm

    table = document.add_table(rows=len(rows), cols=4)
    table.autofit = False
    for grid_column, width in zip(table.columns, (28, 70, 22, 54), strict=True):
        grid_column.width = Mm(width)
    for place, (tag, label) in enumerate(rows):
        for column, (said, width) in enumerate(((label, 28), ("", 70), (date, 22), ("", 54))):
            cell: Any = table.cell(place, column)
            cell.width = Mm(width)
            if said:
                _fill(cell.paragraphs[0], said)
            else:
                name = tag if column == 1 else f"{tag}_date"
                _sign_here(cell, name, f"{label} {date}" if column == 3 else label)
    _whole_rows(table)
    paragraph(document, " ", "small")


def _sign_here(cell: Any, tag: str, title: str) -> None:
    """Put an empty control into a cell with a line under it."""
    from docx.oxml.ns import qn

    control = _control(tag, title, prompt=False)
    first = cell.paragraphs[0]._p  # noqa: SLF001 (python-docx has no content controls)
    first.addprevious(control)
    control.find(qn("w:sdtContent")).append(first)
    if cell._tc[-1].tag != qn("w:p"):  # noqa: SLF001 (a cell ends in a paragraph)
        cell.add_paragraph().paragraph_format.line_spacing = 0.1
    _edges(cell, {"bottom": (INK, 6)})


def _control(tag: str, title: str, *, prompt: bool) -> Any:
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    control, properties = OxmlElement("w:sdt"), OxmlElement("w:sdtPr")
    named = {"w:alias": title, "w:tag": tag, "w:id": str(crc32(tag.encode()) & 0x7FFFFFFF)}
    for name, value in named.items():
        child = OxmlElement(name)
        child.set(qn("w:val"), value)
        properties.append(child)
    if prompt:
        properties.append(OxmlElement("w:showingPlcHdr"))
    control.append(properties)
    control.append(OxmlElement("w:sdtContent"))
    return control


def _paragraph_in(content: Any, document: Any) -> Any:
    from docx.oxml import OxmlElement
    from docx.text.paragraph import Paragraph as WordParagraph

    element: Any = OxmlElement("w:p")
    content.append(element)
    return WordParagraph(element, document._body)  # noqa: SLF001 (the document's body)


def _fill(added: Any, said: str, *, head: bool = False, bold: bool = False, small: bool = False) -> None:
    from docx.shared import Pt

    added.paragraph_format.space_after = Pt(1)
    run = added.add_run(said)
    run.font.size = Pt(8.0 if small else 9.0)
    run.bold = bold or None
    if head:
        run.font.color.rgb = _colour(SOFT)


def _fonts(properties: Any, lang: str) -> None:
    """Name the faces of both scripts, and the language that Word checks."""
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    faces = properties.get_or_add_rFonts()
    for name in list(faces.attrib):
        del faces.attrib[name]
    for name, face in (("ascii", LATIN), ("hAnsi", LATIN), ("cs", LATIN), ("eastAsia", CHINESE)):
        faces.set(qn(f"w:{name}"), face)
    language = properties.find(qn("w:lang"))
    if language is None:
        language = OxmlElement("w:lang")
        properties.append(language)
    language.set(qn("w:val"), "en-US")
    language.set(qn("w:eastAsia"), "zh-CN" if lang == "zh" else "en-US")


def _edges(cell: Any, edges: dict[str, tuple[str, int]]) -> None:
    """Draw edges of a cell: colour and thickness in eighths of a point, in the order that Word asks for."""
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    borders = OxmlElement("w:tcBorders")
    for side in ("top", "left", "bottom", "right"):
        if side in edges:
            colour, size = edges[side]
            edge = OxmlElement(f"w:{side}")
            for name, value in (("val", "single"), ("sz", str(size)), ("space", "0"), ("color", colour)):
                edge.set(qn(f"w:{name}"), value)
            borders.append(edge)
    cell._tc.get_or_add_tcPr().append(borders)  # noqa: SLF001 (python-docx has no borders)


def _whole_rows(table: Any) -> None:
    """Break no row over two pages."""
    _row_property(table.rows, "w:cantSplit")


def _repeat_head(table: Any) -> None:
    _row_property([table.rows[0]], "w:tblHeader")


def _row_property(rows: Any, name: str) -> None:
    from docx.oxml import OxmlElement

    for row in rows:
        row._tr.get_or_add_trPr().append(OxmlElement(name))  # noqa: SLF001 (python-docx has no such property)


def _colour(code: str) -> Any:
    from docx.shared import RGBColor

    return RGBColor.from_string(code)
