"""What was asked for, what came of it, and the lines in which both are kept."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Literal

Status = Literal["done", "failed", "interrupted"]

MANIFEST = "manifest.jsonl"


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
        Of notebook, policy, data and case register: equal digests and parameters give an equal report.
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
        return (
            self.source, self.scenario, self.period, self.notebook, self.lang, self.team, self.person,
        )  # fmt: skip

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
        ``done``, ``failed`` or ``interrupted``.
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
        Seconds that the notebook may take.
    place
        Folder in which the files end up if all goes well, and in which an earlier run's lie.
    attachments
        Further files to make.
    """

    report: Report
    notebook: Path
    folder: Path
    root: Path
    timeout: float
    place: Path
    attachments: tuple[Attachment, ...] = ()


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
    """Add rows to the manifest of an output folder, one JSON object to a line."""
    lines = "".join(_line(row) + "\n" for row in rows)
    with (out / MANIFEST).open("a", encoding="utf-8") as file:
        file.write(lines)


def latest_rows(out: Path) -> list[Row]:
    """Read the latest row of every report from the manifest of an output folder.

    Returns
    -------
    list
        One row per report; empty if the folder has no manifest.
    """
    path = out / MANIFEST
    if not path.is_file():
        return []
    rows: dict[tuple[str, ...], Row] = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        row = _row(json.loads(line))
        rows.pop(row.report.key, None)
        rows[row.report.key] = row
    return list(rows.values())


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
