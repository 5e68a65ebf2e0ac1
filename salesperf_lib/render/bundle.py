"""Bundle the reports of one period into a zip archive, with a list that a mail job can go through."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterable
from pathlib import Path, PurePosixPath

from salesperf_lib.render.manifest import Row, safe_name

LIST = "list.csv"
COLUMNS = (
    "file", "bytes", "period", "scenario", "notebook", "lang", "team", "team_name", "person", "person_name",
    "status",
)  # fmt: skip
MOMENT = (1980, 1, 1, 0, 0, 0)
"""The time of every file inside: equal reports give equal archives whenever they are bundled."""
MARK = 0o644 << 16
RUN_BY_SPREADSHEETS = ("=", "+", "-", "@", "\t", "\r")


def bundle(rows: Iterable[Row], out: Path, aside: Path) -> list[Path]:
    """Write ``reports_<period>.zip`` beside the reports of each period that has a good one.

    An archive holds pages and the files beside them, in folders per notebook, language, team and person. The
    executed notebooks stay out: what they keep for analysts is not for readers. A report that failed is in
    the list with its status, without a file.

    Parameters
    ----------
    rows
        The latest row of each report.
    out
        Output folder.
    aside
        Where to write until an archive is whole; on the same disk.

    Returns
    -------
    list
        The archives, in order of their names.
    """
    groups: dict[PurePosixPath, list[Row]] = {}
    for row in sorted(rows, key=lambda row: row.report.key):
        # <source>[@scenario]/<period>/<notebook>/...
        groups.setdefault(PurePosixPath(*PurePosixPath(row.report.folder).parts[:2]), []).append(row)
    written: list[Path] = []
    for folder, group in sorted(groups.items()):
        if any(row.good for row in group):
            made = aside / f"reports_{safe_name(group[0].report.period)}.zip"
            _write(made, group, out, folder)
            written.append(made.replace(out / folder / made.name))
    return written


def _write(archive: Path, rows: list[Row], out: Path, folder: PurePosixPath) -> None:
    lines = [line for row in rows for line in _lines(row, out, folder)]
    archive.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(archive, "w") as bundled:
        bundled.writestr(_entry(LIST), _listed(lines))
        for name in sorted({str(line[0]) for line in lines if line[0]}):
            bundled.writestr(_entry(name), (out / folder / name).read_bytes())


def _entry(name: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, MOMENT)
    entry.compress_type = zipfile.ZIP_DEFLATED
    entry.create_system = 3  # the same bytes on every system
    entry.external_attr = MARK
    return entry


def _lines(row: Row, out: Path, folder: PurePosixPath) -> list[tuple[str | int, ...]]:
    """Describe a report, a line per file; one without a file if it is not good."""
    report = row.report
    about = (
        report.period, report.scenario, report.notebook, report.lang, report.team, report.team_name,
        report.person, report.person_name, "done" if row.good else row.status,
    )  # fmt: skip
    names = [row.page, *row.attachments] if row.good else []
    files = [(PurePosixPath(name).relative_to(folder).as_posix(), _size(out / name)) for name in names]
    return [(name, size, *about) for name, size in files] or [("", 0, *about)]


def _size(path: Path) -> int:
    return path.stat().st_size


def _listed(lines: list[tuple[str | int, ...]]) -> bytes:
    """Write the list as csv that Excel reads, too, and of which no spreadsheet runs anything."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for line in lines:
        writer.writerow([_inert(value) for value in line])
    return text.getvalue().encode("utf-8-sig")


def _inert(value: str | int) -> str:
    text = str(value)
    return f"'{text}" if text.startswith(RUN_BY_SPREADSHEETS) else text
