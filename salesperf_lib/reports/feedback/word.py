"""Write a feedback sheet as a Word file to edit and to sign; what people typed is kept (§2.6)."""

from __future__ import annotations

import hashlib
import io
import math
import os
import re
import shutil
import zipfile
from collections.abc import Sequence
from datetime import datetime, time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from salesperf_lib.errors import DataError, Problem
from salesperf_lib.language import ABSENT, text
from salesperf_lib.reports.feedback import styling, typed
from salesperf_lib.reports.feedback.assembly import sheet
from salesperf_lib.reports.feedback.content import Section, Sheet
from salesperf_lib.reports.feedback.opening import open_feedback
from salesperf_lib.reports.feedback.typed import MARK, SIGNATURE, WORDS, Words

if TYPE_CHECKING:
    from docx.document import Document

EPOCH = (1980, 1, 1, 0, 0, 0)
"""Date of every file inside the Word file: the earliest a zip can hold."""


def write_word(told: Sheet, path: Path, kept: Words | None = None) -> None:
    """Write a sheet as a Word file.

    Parameters
    ----------
    told
        What `assembly.sheet` gave.
    path
        The file, ``….docx``; replaced as a whole or not at all.
    kept
        What manager and employee typed before, as `typed.read_words` gives it. If not given it is read from
        the file at `path`, where there is one.

    Raises
    ------
    DataError
        If the file is no ``.docx``, or the one at `path` cannot be read; it is left as it is then.

    Notes
    -----
    Fields to sign are always empty: a signature holds for what was signed. The same sheet and the
    same words give the same bytes.
    """
    if path.suffix.lower() != ".docx":
        raise DataError(Problem("feedback sheet", repr(str(path)), "a file name that ends in .docx"))
    if kept is None:
        kept = typed.read_words(path) if path.exists() else {}
    document = _document(told, kept)
    aside = path.with_name(f".{os.getpid()}-{path.name}")
    try:
        aside.write_bytes(_bytes(document))
        aside.replace(path)
    finally:
        aside.unlink(missing_ok=True)


def write_word_for(
    person: str,
    period: str,
    lang: str,
    scenario: str = "base",
    source: str = "sample",
    as_of: str = "",
    provisional: bool = False,
    *,
    path: Path,
    kept: Path | None = None,
) -> None:
    """Write one person's sheet as a Word file beside its page.

    Parameters
    ----------
    person, period, lang, scenario, source, as_of, provisional
        The parameters of the notebook ``80_feedback``.
    path
        The file to write.
    kept
        The file of an earlier run, whose words are kept. One that says the same is kept whole, with its
        signatures; one that was signed and says something else is kept beside `path` as
        ``….signed-<digest>.docx``.

    Raises
    ------
    DataError
        As `write_word`, and if `kept` cannot be read; ParamError, PeriodError as `open_feedback`.
    """
    told = sheet(open_feedback(person, period, lang, scenario, source, as_of, provisional))
    earlier = kept or (path if path.exists() else None)
    if earlier is None:
        write_word(told, path, {})
        return
    words, before = typed.read_words(earlier), typed.open_word(earlier)
    if before.core_properties.keywords == MARK + digest(told):
        if earlier != path:
            shutil.copyfile(earlier, path)
        return
    if typed.signed(before):
        name = hashlib.sha256(earlier.read_bytes()).hexdigest()[:8]
        shutil.copyfile(earlier, path.with_name(f"{path.stem}.signed-{name}.docx"))
    write_word(told, path, words)


def digest(told: Sheet) -> str:
    """Identify what a sheet says: 16 hexadecimal digits."""
    return hashlib.sha256(repr(_said(told)).encode()).hexdigest()[:16]


def clean(said: str) -> str:
    """Remove what no XML can hold: control characters and halves of characters."""
    return re.sub("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff\ud800-\udfff]", "", said)


def _said(told: Sheet) -> tuple[object, ...]:
    """List everything that a reader sees, apart from what the figures rest on."""
    lines = () if told.lines is None else (told.lines.caption, *told.lines.frame.to_numpy().ravel().tolist())
    parts = [told.veto, *told.sandwich, told.path, told.trend_said, told.notes]
    said = [(part.heading, part.lead, part.sentences) for part in parts if part is not None]
    trend = [(point.period, f"{point.score:.6f}", point.grade) for point in told.trend]
    texts = (told.title, told.facts, told.standing, told.signing, told.appeal, told.small_print)
    return (texts, said, trend, lines, told.provisional)


def _document(told: Sheet, kept: Words) -> Document:
    import docx

    document = docx.Document()
    styling.prepare(document, told.lang)
    properties = document.core_properties
    moment = datetime.combine(told.recorded_on, time.min)
    properties.created = properties.modified = moment
    properties.author = properties.last_modified_by = "salesperf"
    properties.title, properties.revision = clean(f"{told.title} {told.period}"), 1
    properties.comments, properties.keywords = "", MARK + digest(told)
    _head(document, told)
    for part in told.sandwich:
        said = part.sentences if part.kind == "direction" else [told.flowing(part.sentences)]
        styling.boxed(document, part.kind, clean(part.heading), clean(part.lead), _clean(said))
    _section(document, told.path)
    _trend(document, told)
    _lines(document, told)
    _words(document, told, kept)
    _signatures(document, told)
    for said in (told.small_print, told.provenance):
        styling.paragraph(document, clean(said), "small")
    return document


def _head(document: Document, told: Sheet) -> None:
    title = f"{told.title} · {told.period}"
    document.add_heading(clean(title), level=1)
    if told.provisional:
        styling.paragraph(document, text("report.provisional.mark", told.lang), "mark")
    styling.paragraph(document, clean(told.question), "small")
    styling.facts(document, [(clean(label), clean(value)) for label, value in told.facts])
    styling.paragraph(document, clean(told.flowing(told.standing)), "lead")
    if told.veto is not None:
        _section(document, told.veto)
    if told.notes.sentences:
        styling.paragraph(document, clean(told.flowing(told.notes.sentences)), "small")


def _section(document: Document, part: Section) -> None:
    if not (part.lead or part.sentences):
        return
    document.add_heading(clean(part.heading), level=2)
    if part.lead:
        styling.paragraph(document, clean(part.lead), "strong")
    for said in part.sentences:
        styling.paragraph(document, clean(said))


def _trend(document: Document, told: Sheet) -> None:
    _section(document, told.trend_said)
    heads = ["", *(clean(point.period) for point in told.trend)]
    scores = [ABSENT if math.isnan(point.score) else f"{point.score:.2f}" for point in told.trend]
    rows = [
        [text("feedback.trend.score", told.lang), *scores],
        [text("feedback.trend.grade", told.lang), *(point.grade or ABSENT for point in told.trend)],
    ]
    styling.grid(document, heads, rows)


def _lines(document: Document, told: Sheet) -> None:
    if told.lines is None:
        return
    document.add_heading(text("feedback.lines.heading", told.lang), level=2)
    styling.paragraph(document, clean(told.lines.caption), "small")
    heads = [clean(str(name)) for name in told.lines.frame.columns]
    rows = [[clean(str(cell)) for cell in row] for row in told.lines.frame.itertuples(index=False, name=None)]
    bold = {*told.lines.headed, len(rows) - 1}
    styling.grid(document, heads, rows, bold=bold, wide=True)


def _words(document: Document, told: Sheet, kept: Words) -> None:
    for tag, who in WORDS.items():
        document.add_heading(text(f"feedback.words.{who}", told.lang), level=2)
        given = kept.get(tag, ())
        prompt = "" if given else text(f"feedback.words.{who}_prompt", told.lang)
        paragraphs = tuple(
            tuple(typed.Run(clean(run.text), run.bold, run.italic, run.underline) for run in part)
            for part in given
        )
        styling.field(document, tag, text(f"feedback.words.{who}", told.lang), paragraphs, prompt)


def _signatures(document: Document, told: Sheet) -> None:
    document.add_heading(text("feedback.sign.heading", told.lang), level=2)
    rows = [
        (f"{SIGNATURE}_{who}", text(f"feedback.sign.{who}", told.lang)) for who in ("employee", "manager")
    ]
    styling.signatures(document, rows, text("feedback.sign.date", told.lang))
    for said in (told.signing, told.appeal):
        styling.paragraph(document, clean(said))


def _clean(sentences: Sequence[str]) -> list[str]:
    return [clean(said) for said in sentences]


def _bytes(document: Any) -> bytes:
    """Save a document with fixed dates inside: the same content gives the same bytes."""
    given, fixed = io.BytesIO(), io.BytesIO()
    document.save(given)
    with zipfile.ZipFile(given) as made, zipfile.ZipFile(fixed, "w", zipfile.ZIP_DEFLATED) as file:
        for name in made.namelist():
            entry = zipfile.ZipInfo(name, EPOCH)
            entry.compress_type = zipfile.ZIP_DEFLATED
            file.writestr(entry, made.read(name))
    return fixed.getvalue()
