"""Read what people typed into a feedback sheet, so that making it again keeps it (§2.6)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from salesperf_lib.errors import DataError, Problem
from salesperf_lib.language import LANGUAGES, text

if TYPE_CHECKING:
    from docx.document import Document

MANAGER = "salesperf_manager_text"
EMPLOYEE = "salesperf_employee_text"
SIGNATURE = "salesperf_signature"
"""Start of the tags of what is signed: such a field is never carried over to a changed sheet."""

WORDS = {MANAGER: "manager", EMPLOYEE: "employee"}
MARK = "salesperf feedback "
"""Start of the file's keywords; the digest of what the sheet says follows."""

ORDINARY = ("b", "i", "u")


@dataclass(frozen=True, slots=True)
class Run:
    """A stretch of text in one style."""

    text: str
    bold: bool = False
    italic: bool = False
    underline: bool = False


Paragraph = tuple[Run, ...]
Words = Mapping[str, tuple[Paragraph, ...]]


def read_words(path: Path) -> dict[str, tuple[Paragraph, ...]]:
    """Read what manager and employee typed into a sheet.

    Parameters
    ----------
    path
        A Word file that `word.write_word` wrote and people edited.

    Returns
    -------
    dict
        `MANAGER` and `EMPLOYEE` to the paragraphs typed there, bold, italic and underline kept; no
        paragraphs where only the prompt stands.

    Raises
    ------
    DataError
        If the file cannot be read, or one of the two fields is no longer in it.
    """
    document = open_word(path)
    found = {tag: _paragraphs(field) for tag, field in fields(document).items() if tag in WORDS}
    gone = [tag for tag in WORDS if tag not in found]
    if gone:
        allowed = f"the two fields to write in, tagged {' and '.join(WORDS)}"
        remedy = "copy what was written, rename the file, and render again"
        raise DataError(Problem(str(path), f"no field {', '.join(gone)}", allowed, remedy))
    return {tag: () if _is_prompt(tag, told) else told for tag, told in found.items()}


def open_word(path: Path) -> Document:
    """Open a Word file, or say that it is none."""
    from zipfile import BadZipFile

    import docx
    from docx.opc.exceptions import PackageNotFoundError

    try:  # XML that cannot be read is a SyntaxError of lxml
        return docx.Document(str(path))
    except (BadZipFile, PackageNotFoundError, SyntaxError, KeyError, ValueError, OSError) as error:
        found = f"a file that cannot be read ({type(error).__name__})"
        remedy = "mend it in Word, or rename it; nothing was overwritten"
        raise DataError(Problem(str(path), found, "a feedback sheet as a Word file", remedy)) from error


def fields(document: Document) -> dict[str, Any]:
    """Give the content controls of a document by their tag."""
    from docx.oxml.ns import qn

    found: dict[str, Any] = {}
    for control in document.element.body.iter(qn("w:sdt")):
        tag = control.find(f"{qn('w:sdtPr')}/{qn('w:tag')}")
        if tag is not None:
            found.setdefault(str(tag.get(qn("w:val"))), control.find(qn("w:sdtContent")))
    return {tag: content for tag, content in found.items() if content is not None}


def signed(document: Document) -> bool:
    """Say whether anything was typed into a field that is signed."""
    told = [content for tag, content in fields(document).items() if tag.startswith(SIGNATURE)]
    return any(
        run.text.replace("_", " ").strip()
        for content in told
        for part in _paragraphs(content)
        for run in part
    )


def _paragraphs(content: Any) -> tuple[Paragraph, ...]:
    """Read the paragraphs of a field, without blank ones at either end."""
    from docx.oxml.ns import qn

    parts = list(content.iter(qn("w:p"))) or [content]
    told = [tuple(_runs(part)) for part in parts]
    while told and not "".join(run.text for run in told[-1]).strip():
        told.pop()
    while told and not "".join(run.text for run in told[0]).strip():
        told.pop(0)
    return tuple(told)


def _runs(paragraph: Any) -> Iterator[Run]:
    from docx.oxml.ns import qn

    for run in paragraph.iter(qn("w:r")):
        told = "".join(_pieces(run))
        if told:
            yield Run(told, *(_is_on(run, name) for name in ORDINARY))


def _pieces(run: Any) -> Iterator[str]:
    """Give the text of a run; what was deleted with changes tracked is no text."""
    from docx.oxml.ns import qn

    breaks = {qn("w:tab"): "\t", qn("w:br"): "\n", qn("w:cr"): "\n"}
    for piece in run:
        if piece.tag == qn("w:t"):
            yield piece.text or ""
        elif piece.tag in breaks:
            yield breaks[piece.tag]


def _is_on(run: Any, name: str) -> bool:
    from docx.oxml.ns import qn

    found = run.find(f"{qn('w:rPr')}/{qn(f'w:{name}')}")
    return found is not None and found.get(qn("w:val")) not in ("0", "false", "none")


def _is_prompt(tag: str, told: tuple[Paragraph, ...]) -> bool:
    said = "\n".join("".join(run.text for run in part) for part in told).strip()
    return said in {text(f"feedback.words.{WORDS[tag]}_prompt", lang) for lang in LANGUAGES}
