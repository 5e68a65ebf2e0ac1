"""Make a document of a page: its parts in Typst, its pictures beside it, one call of the compiler."""

from __future__ import annotations

import importlib.util
import re
import tempfile
import warnings
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING

from salesperf_lib.errors import Problem, RenderError
from salesperf_lib.language import text
from salesperf_lib.render.pdf.blocks import Setting, written
from salesperf_lib.render.pdf.faces import FAMILIES, MONOSPACED, faces, gather
from salesperf_lib.render.pdf.pictures import pictures
from salesperf_lib.render.pdf.quoting import string
from salesperf_lib.render.pdf.tree import Node, find, read, text_of

if TYPE_CHECKING:
    import typst

TEMPLATE = Path(__file__).parents[2] / "templates" / "typst" / "report.typ"
HALF = "celltag_half"
ROOM = 527.0
"""Points between the margins of A4, as the template sets them."""

GUTTER = 10.0
"""Points between two halves of a row."""

STANDARD = "ua-1"
"""PDF/UA: the compiler then refuses a character without a glyph and a picture without words."""

REMEMBERED = 11
"""Documents after which Typst forgets one."""

_PROVENANCE = re.compile(r"\bsalesperf \d+\.\d")
_DAY = re.compile(r"--as-of[ =](\d{4})-(\d\d)-(\d\d)\b")


def pdf_of(page: str, lang: str, title: str, fonts: Sequence[Path] | None = None) -> bytes:
    """Make a PDF of a report's page: the same words and pictures on A4, folded parts open.

    Parameters
    ----------
    page
        A whole HTML page, as `salesperf_lib.render.page.page_of` writes it.
    lang
        ``zh`` or ``en``.
    title
        What the document is called; the head of every sheet after the first shows it.
    fonts
        Font files of the user's own, which come before the bundled Noto Sans SC.

    Returns
    -------
    bytes
        A tagged PDF. The same page gives the same bytes: its date is the day to which the page's own command
        reproduces it, and it has none where the page names no day.

    Raises
    ------
    RenderError
        If Typst or the Chinese face is not installed, or a part of the page cannot be set; it names the part.
    """
    _fail_without_typst()
    files = faces(fonts)
    root = read(page)
    main = next(find(root, "main"), None) or next(find(root, "body"), root)
    setting = Setting(ROOM, files[0], lang)
    rows = _rows(main)
    with tempfile.TemporaryDirectory(prefix="salesperf-pdf-") as made:
        folder = Path(made)
        for picture in pictures(main).values():
            (folder / picture.name).write_bytes(picture.data)
        own = _families(gather(files[: len(fonts or ())], folder / "own")) if fonts else ()
        source = _Source(
            _opening(root, main, lang, title, own), tuple(_row(cells, setting) for cells in rows)
        )
        (folder / "report.typ").write_bytes(TEMPLATE.read_bytes())
        (folder / "main.typ").write_text(source.text, encoding="utf-8")
        return _compiled(folder, gather(files, folder / "fonts"), rows, source)


def write_pdf(page_path: Path, pdf_path: Path, lang: str, fonts: Sequence[Path] | None = None) -> None:
    """Write the PDF of a page that has been written.

    Parameters
    ----------
    page_path
        The page.
    pdf_path
        Where the PDF goes.
    lang
        ``zh`` or ``en``.
    fonts
        Font files of the user's own.

    Raises
    ------
    RenderError
        As `pdf_of` does; nothing has been written then.
    """
    page = page_path.read_text(encoding="utf-8")
    root = read(page)
    parts = (next(find(root, tag, kind), None) for tag, kind in (("h1", ""), ("p", "period")))
    named = [text_of(part) for part in parts if part is not None]
    whole = next((text_of(replace(part, tag="")) for part in find(root, "title")), "")
    pdf_path.write_bytes(pdf_of(page, lang, " · ".join(named) or whole or page_path.stem, fonts))


@dataclass(frozen=True, slots=True)
class _Source:
    """The document: what opens it, then a line for each row of the page."""

    opening: str
    lines: tuple[str, ...]

    @property
    def text(self) -> str:
        return "\n".join([self.opening, *(f"#sp.row[{line}]" if line else "" for line in self.lines), ""])

    def row_at(self, line: int) -> int:
        """Give the row that a line of the source, counted from 1, is about."""
        return line - 2 - self.opening.count("\n")


def _rows(main: Node) -> list[tuple[Node, ...]]:
    """Group the cells of a page as they stand on paper: two halves side by side, all else alone."""
    cells = [child for child in main.children if isinstance(child, Node)]
    rows: list[tuple[Node, ...]] = []
    for half, group in groupby(cells, lambda cell: HALF in cell.classes):
        found = list(group)
        step = 2 if half else 1
        rows += [tuple(found[place : place + step]) for place in range(0, len(found), step)]
    return rows


def _row(cells: Sequence[Node], setting: Setting) -> str:
    if len(cells) == 1:
        return written(cells[0], setting)
    half = replace(setting, room=(setting.room - GUTTER) / 2)
    return f"#sp.halves({GUTTER}pt, {', '.join(f'[{written(cell, half)}]' for cell in cells)});"


def _opening(root: Node, main: Node, lang: str, title: str, own: Sequence[str]) -> str:
    """Write what holds for the whole document."""
    named = {
        "title": title,
        "provenance": _provenance(main),
        "mark": next((text_of(node) for node in find(main, kind="provisional-mark")), ""),
        "lang": "zh" if lang == "zh" else "en",
        "page-words": text("render.pdf.page", lang, page="{page}", pages="{pages}"),
    }
    options = [f"{name}: {string(words)}" for name, words in named.items()]
    options += [f"{name}: ({''.join(f'{string(family)}, ' for family in families)})" for name, families in (
        ("fonts", (*own, *FAMILIES)), ("monospaced", (*own, *MONOSPACED)))]  # fmt: skip
    options.append(f"day: {_day(main)}")
    return f'#import "report.typ" as sp\n#show: sp.report.with({", ".join(options)})'


def _provenance(main: Node) -> str:
    """Find the line that says what the numbers were made of."""
    notes = (text_of(node) for node in find(main, "p", "note"))
    return next((note for note in notes if _PROVENANCE.search(note)), "")


def _day(main: Node) -> str:
    found = _DAY.search(text_of(main))
    year, month, day = (int(part) for part in found.groups()) if found else (0, 0, 0)
    return f"datetime(year: {year}, month: {month}, day: {day})" if found else "none"


def _families(folder: Path) -> tuple[str, ...]:
    return tuple(_fonts(folder).families())


def _fonts(folder: Path) -> typst.Fonts:
    import typst

    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(folder)])


def _compiled(folder: Path, fonts: Path, rows: Sequence[Sequence[Node]], source: _Source) -> bytes:
    import typst

    compiler = typst.Compiler(
        str(folder / "main.typ"),
        root=str(folder),
        font_paths=_fonts(fonts),
        ignore_system_fonts=True,
    )
    try:
        made, noted = compiler.compile_with_warnings(format="pdf", pdf_standards=[STANDARD])
    except typst.TypstError as error:
        raise RenderError(_problem(error, rows, source)) from error
    finally:
        _forget()
    for each in noted:
        warnings.warn(f"PDF: {each.message}", stacklevel=3)
    return made if isinstance(made, bytes) else b"".join(made or ())


def _forget() -> None:
    """Make the compiler drop what it remembers of a document.

    It keeps the pictures of the last ten, 30 MB each; ten empty ones push them out, and a worker that makes
    hundreds of reports stays small.
    """
    import typst

    empty = typst.Compiler(
        font_paths=typst.Fonts(include_system_fonts=False, include_embedded_fonts=False),
        ignore_system_fonts=True,
    )
    for _ in range(REMEMBERED):
        empty.compile(b" ", format="pdf")


def _problem(error: typst.TypstError, rows: Sequence[Sequence[Node]], source: _Source) -> Problem:
    """Say which part of the page could not be set."""
    found = re.search(r"main\.typ:(\d+):", error.diagnostic)
    place = source.row_at(int(found[1])) if found else -1
    where = "PDF"
    if 0 <= place < len(rows):
        words = " ".join(" ".join(text_of(cell) for cell in rows[place]).split())
        where = f"PDF, block {place + 1} of {len(rows)} ({words[:60]})"
    glyphs = "could not be displayed" in error.message
    return Problem(
        where,
        error.message,
        "characters that its fonts draw" if glyphs else "what Typst can set",
        "give a font file that draws them" if glyphs else "; ".join(error.hints),
    )


def _fail_without_typst() -> None:
    if importlib.util.find_spec("typst") is None:
        raise RenderError(
            Problem(
                "PDF", "the package typst is not installed", "the extra pdf", "pip install 'salesperf[pdf]'"
            )
        )
