"""Put finished reports where they belong, and say clearly when the disk does not let them."""

from __future__ import annotations

import shutil
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from salesperf_lib.errors import Problem, RenderError
from salesperf_lib.render.manifest import Report, Row

FAILED = "failed"
ROOM_PER_REPORT = 2_000_000
"""Bytes that a page and a record may take; half of it is usual."""


def put_in_place(row: Row, made: Path, out: Path) -> Row:
    """Move a report's files to where they belong, one rename each.

    Returns
    -------
    Row
        With paths relative to the output folder, and the earlier page that a failure leaves standing.
    """
    home = out / row.report.folder
    failed = home / FAILED
    if failed.is_dir():
        shutil.rmtree(failed)
    target = home if row.status == "done" else failed
    target.mkdir(parents=True, exist_ok=True)
    for item in sorted(made.iterdir()) if made.is_dir() else ():
        if item.is_dir():
            shutil.rmtree(target / item.name, ignore_errors=True)
        item.replace(target / item.name)
    inside = target.relative_to(out).as_posix()
    return replace(
        row,
        page=f"{inside}/{row.page}" if row.page else "",
        record=f"{inside}/{row.record}" if row.record else "",
        attachments=tuple(f"{inside}/{name}" for name in row.attachments),
        kept="" if row.status == "done" else standing_page(row.report, out),
    )


def standing_page(report: Report, out: Path) -> str:
    """Give the page of a good run that stands in a report's folder, relative to the output folder."""
    page = out / report.folder / f"{report.file_stem}.html"
    return page.relative_to(out).as_posix() if page.is_file() else ""


def fail_if_full(count: int, out: Path) -> None:
    """Refuse to begin where so many reports will not fit.

    Raises
    ------
    RenderError
        With the room that is free and the room that is wanted.
    """
    wanted = ROOM_PER_REPORT * count
    free = shutil.disk_usage(out).free
    if free < wanted:
        found = f"{free / 1e6:,.0f} MB free"
        allowed = f"{wanted / 1e6:,.0f} MB, {ROOM_PER_REPORT / 1e6:.0f} for each report"
        raise RenderError(Problem(f"output folder {out}", found, allowed, "make room, or take another --out"))


@contextmanager
def writing(out: Path) -> Generator[None]:
    """Tell in a reader's words why an output folder cannot be written.

    Raises
    ------
    RenderError
        For every `OSError` inside.
    """
    try:
        yield
    except OSError as error:
        where = str(error.filename or out)
        remedy = "mend it and run again: reports that are done by then are skipped"
        told = error.strerror or str(error)
        allowed = "a folder that may be written, on a disk with room"
        raise RenderError(Problem(f"output folder {out}, {where}", told, allowed, remedy)) from error
