"""Further files of a report, made by functions of `reports` once its notebook has run."""

from __future__ import annotations

import os
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from importlib import import_module
from pathlib import Path

from salesperf_lib.render.failure import one_line
from salesperf_lib.render.manifest import Attachment, Job, Report, Row

ATTACHMENTS: Mapping[str, tuple[Attachment, ...]] = {
    "80_feedback": (
        Attachment(
            "feedback.docx",
            "salesperf_lib.reports.feedback:write_word_for",
            ("person", "period", "lang", "scenario", "source", "as_of", "provisional"),
        ),
    ),
}
"""By notebook, what is made beside its pages."""


def attachments_of(notebook: str) -> tuple[Attachment, ...]:
    """Give what is made beside the pages of a notebook."""
    return ATTACHMENTS.get(notebook, ())


def attach(row: Row, job: Job) -> Row:
    """Make the further files of a report that is done so far.

    Returns
    -------
    Row
        With the files' names; or ``failed`` (``not_attached``) at the first one that could not be
        made, with none of them left in the job's folder. A maker's failure is a row, never an exception.
    """
    if row.status != "done":
        return row
    makers = {each.file: partial(_make, each, job) for each in job.attachments}
    if job.pdf:
        name = pdf_of_report(job.report)
        makers[name] = partial(_print, job.folder / row.page, job.folder / name, job.report.lang)
    for file, make in makers.items():
        try:
            make()
        except Exception as error:  # noqa: BLE001 (whatever a maker raises is its failure)
            for each in makers:
                (job.folder / each).unlink(missing_ok=True)
            told = one_line(f"{file}: {type(error).__name__}: {error}")
            return replace(row, status="failed", reason="not_attached", error=told, headline=())
    return replace(row, attachments=tuple(makers))


def pdf_of_report(report: Report) -> str:
    """Name the PDF of a report."""
    return f"{report.file_stem}.pdf"


def _print(page: Path, path: Path, lang: str) -> None:
    from salesperf_lib.render.pdf import write_pdf

    write_pdf(page, path, lang)


def _make(attachment: Attachment, job: Job) -> None:
    module, _, name = attachment.maker.partition(":")
    given = {key: job.report.parameters[key] for key in attachment.passes if key in job.report.parameters}
    earlier = job.place / attachment.file
    if earlier.is_file():
        given["kept"] = earlier
    path = job.folder / attachment.file
    with _project(job.root):
        getattr(import_module(module), name)(**given, path=path)
    if not path.is_file():
        raise FileNotFoundError(f"{attachment.maker} wrote no {attachment.file}")


@contextmanager
def _project(root: Path) -> Generator[None]:
    """Let a maker find the project that the kernel of the notebook was given."""
    before = os.environ.get("SALESPERF_ROOT")
    os.environ["SALESPERF_ROOT"] = str(root)
    try:
        yield
    finally:
        if before is None:
            del os.environ["SALESPERF_ROOT"]
        else:
            os.environ["SALESPERF_ROOT"] = before
