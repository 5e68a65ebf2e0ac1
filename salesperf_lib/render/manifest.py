"""What was asked for, what came of it, and the lines in which both are kept."""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import BinaryIO, Literal

from salesperf_lib.errors import Problem, RenderError

Status = Literal["done", "failed", "interrupted", "up_to_date", "planned", "gone"]

MANIFEST = "manifest.jsonl"
KEY = ("source", "scenario", "period", "notebook", "lang", "team", "person")
"""The fields that identify a report among all of an output folder."""


@dataclass(frozen=True, slots=True)
class Report:
    """One report to make: notebook × team (× person) × period × scenario × language, of one source.

    Parameters
    ----------
    notebook
        Name of the notebook, without ``.ipynb``.
    source, scenario, period, team, lang
        What it is about; `team` is empty for a report on the whole company.
    team_name
        What people call the team.
    parameters
        Everything injected into the notebook's parameters cell.
    folder
        Where it goes, relative to the output folder.
    digests
        Of notebook, policy, data, case register, the library's code and the packages below it: equal
        digests and parameters give an equal report.
    person, person_name
        Whom it is about and what they are called; empty for a report on a team or the company.
    """

    notebook: str
    source: str
    scenario: str
    period: str
    team: str
    lang: str
    team_name: str
    parameters: Mapping[str, object]
    folder: str
    digests: Mapping[str, str]
    person: str = ""
    person_name: str = ""

    @property
    def key(self) -> tuple[str, ...]:
        """Identify the report among all of an output folder."""
        return tuple(str(getattr(self, name)) for name in KEY)

    @property
    def file_stem(self) -> str:
        """Name its files so that they tell what they are wherever they are sent."""
        parts = [self.notebook, self.period, self.team or "company", self.person, self.lang]
        return "_".join(safe_name(part) for part in parts if part)


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the manifest: a report and what came of it.

    Parameters
    ----------
    report
        What was asked for.
    status
        ``done``, ``failed`` or ``interrupted``. Never written: ``up_to_date`` of a report that was done
        before and not made again, ``planned`` of one that a dry run would make, ``gone`` of one whose files
        somebody removed.
    page, record
        HTML page and executed notebook, relative to the output folder; empty if there is none.
    kept
        Page of an earlier good run that still stands where this one failed; else empty.
    reason
        Of a failure: its code, ``render.reason.<code>`` of the catalogue.
    cell, line, error
        Its code cell (as ``In [n]`` counts), the cell's first line, the error in one line.
    warnings
        What the notebook wrote to its error stream: kept in the record, hidden on the page.
    headline
        Label and value pairs that the notebook marked as its headline.
    seconds, cpu_seconds
        Wall time and processor time of the run.
    started
        When it began (UTC).
    versions
        Of the library and of Python.
    attachments
        Files made beside the page, relative to the output folder.
    attempts
        2 where the report was begun again because its kernel or worker had died.
    page_bytes, record_bytes
        Sizes of page and record.
    """

    report: Report
    status: Status
    page: str = ""
    record: str = ""
    kept: str = ""
    reason: str = ""
    cell: int | None = None
    line: str = ""
    error: str = ""
    warnings: tuple[str, ...] = ()
    headline: tuple[tuple[str, str], ...] = ()
    seconds: float = 0.0
    cpu_seconds: float = 0.0
    started: str = ""
    versions: Mapping[str, str] = field(default_factory=dict[str, str])
    attachments: tuple[str, ...] = ()
    attempts: int = 1
    page_bytes: int = 0
    record_bytes: int = 0

    @property
    def good(self) -> bool:
        """Tell whether the report stands as it was asked for."""
        return self.status in ("done", "up_to_date")


@dataclass(frozen=True, slots=True)
class Attachment:
    """A further file that is made for a report once its notebook has run.

    Parameters
    ----------
    file
        Its name beside the page.
    maker
        ``module:function``, imported where it runs. It is called by keyword with `passes` of the
        report's parameters, ``path`` to write to, and ``kept``, the file of an earlier run, where
        there is one.
    passes
        Names of parameters.
    """

    file: str
    maker: str
    passes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Job:
    """A report and how to run it, as it is sent to a worker process.

    Parameters
    ----------
    report
        What to make.
    notebook
        Source notebook.
    folder
        Private folder in which the files are written, before they are moved to their place.
    root
        Project whose params and data the kernel uses.
    timeout
        Seconds that the notebook may take, at each attempt.
    place
        Folder in which the files end up if all goes well, and in which an earlier run's lie.
    attachments
        Further files to make.
    pdf
        Whether the page is made a PDF as well.
    attempt
        1, or 2 if the first one's kernel or worker died; there is no third.
    """

    report: Report
    notebook: Path
    folder: Path
    root: Path
    timeout: float
    place: Path
    attachments: tuple[Attachment, ...] = ()
    pdf: bool = False
    attempt: int = 1


def safe_name(text: str) -> str:
    """Make a file name of an id: as it is if harmless, else its harmless part and a digest of the whole.

    ``t1`` stays ``t1``; ``../../x`` becomes ``x-`` and eight hexadecimal digits, so that two ids never share
    a name and none leaves its folder.
    """
    if re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_.@-]{0,63}", text) and ".." not in text:
        return text
    harmless = re.sub(r"[^A-Za-z0-9_-]+", "-", text).strip("-")[:40]
    digest = hashlib.sha256(text.encode()).hexdigest()[:8]
    return f"{harmless}-{digest}" if harmless else digest


def append_rows(rows: Iterable[Row], out: Path) -> None:
    """Add rows to the manifest of an output folder, one JSON object to a line: whole lines or none.

    Raises
    ------
    OSError
        If the disk is full or may not be written; the manifest ends as it did before then.
    """
    lines = memoryview("".join(_line(row) + "\n" for row in rows).encode())
    if not lines:
        return
    with (out / MANIFEST).open("a+b", buffering=0) as file:
        end = _without_torn_line(file)
        try:
            while lines:
                lines = lines[file.write(lines) :]
        except BaseException:
            file.truncate(end)
            raise


def latest_rows(out: Path) -> list[Row]:
    """Read the latest row of every report from the manifest of an output folder.

    Returns
    -------
    list
        One row per report; empty if the folder has no manifest. A last line that a killed run left
        unfinished is passed over.

    Raises
    ------
    RenderError
        If another line is no row.
    """
    path = out / MANIFEST
    if not path.is_file():
        return []
    plain: dict[tuple[str, ...], dict[str, object]] = {}
    lines = path.read_bytes().split(b"\n")  # not splitlines(): texts may hold other ends of lines
    for number, line in enumerate(lines, start=1):
        found = _parsed(line)
        if found is None:
            if line.strip() and number < len(lines):
                raise _unreadable(path, number, line)
            continue
        key = tuple(str(found.get(name, "")) for name in KEY)
        plain.pop(key, None)
        plain[key] = found
    return [_row(found) for found in plain.values()]


def _parsed(line: bytes) -> dict[str, object] | None:
    """Read a line as the row that it holds, if it holds one."""
    try:
        found = json.loads(line)
    except ValueError:
        return None
    return found if isinstance(found, dict) and "notebook" in found and "status" in found else None


def _unreadable(path: Path, number: int, line: bytes) -> RenderError:
    begun = line[:60].decode(errors="replace")
    remedy = f"delete the line, or move {MANIFEST} away, after which every report is made again"
    return RenderError(Problem(f"{path}, line {number}", repr(begun), "one row as JSON", remedy))


def _without_torn_line(file: BinaryIO) -> int:
    """Cut off a last line that was not written whole; give the place where the next one begins."""
    end = file.seek(0, os.SEEK_END)
    if end == 0:
        return 0
    file.seek(end - 1)
    if file.read(1) == b"\n":
        return end
    file.seek(0)
    whole, _, last = file.read().rpartition(b"\n")
    if _parsed(last) is not None:  # whole but for the end of line, as an editor may leave it
        file.seek(0, os.SEEK_END)
        file.write(b"\n")
        return end + 1
    return file.truncate(len(whole) + 1 if whole else 0)


def _line(row: Row) -> str:
    plain = asdict(row)
    return json.dumps(plain.pop("report") | plain, ensure_ascii=False)


def _row(plain: dict[str, object]) -> Row:
    """Read one line back; fields of a later version are passed over, those of an earlier one are empty."""
    report = {item.name: plain[item.name] for item in fields(Report) if item.name in plain}
    rest = {item.name: plain[item.name] for item in fields(Row) if item.name in plain}
    for name in ("warnings", "attachments"):
        rest[name] = tuple(rest.get(name, ()))  # type: ignore[arg-type]
    rest["headline"] = tuple(tuple(pair) for pair in rest.get("headline", ()))  # type: ignore[attr-defined]
    return Row(Report(**report), **rest)  # type: ignore[arg-type]
