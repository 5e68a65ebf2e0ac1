"""Render reports: plan, run, put in place, keep the books."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable, Generator, Mapping, Sequence
from concurrent.futures import Executor
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

from salesperf_lib.errors import Problem, RenderError
from salesperf_lib.params import project_root
from salesperf_lib.periods import Period
from salesperf_lib.render.attachments import attachments_of
from salesperf_lib.render.coverage import LAST_CLOSED
from salesperf_lib.render.index import write_index
from salesperf_lib.render.manifest import Job, Report, Row, append_rows
from salesperf_lib.render.notebooks import find_notebook
from salesperf_lib.render.plan import Request, plan

FAILED = "failed"


def render(
    notebook: str | Path,
    period: str | Period = LAST_CLOSED,
    *,
    teams: str | Sequence[str] = "all",
    people: str | Sequence[str] = "all",
    lang: str | Sequence[str] = ("zh",),
    scenario: str = "base",
    source: str = "sample",
    out: str | Path | None = None,
    workers: int | None = None,
    provisional: bool = False,
    as_of: str | date | None = None,
    timeout: float = 600,
    parameters: Mapping[str, object] | None = None,
    root: Path | None = None,
    executor: Executor | None = None,
    on_plan: Callable[[list[Report]], None] | None = None,
    on_row: Callable[[Row], None] | None = None,
) -> list[Row]:
    """Render a notebook once for each team and language, or for each person of the teams.

    Parameters
    ----------
    notebook
        Name, number or path of a notebook with a ``parameters`` cell.
    period
        A written form, or ``last-closed``.
    teams
        ``all``, or ids (a text is split at commas).
    people
        For a notebook with a parameter ``person``: ``all``, or ids of people whose main part of the
        period is in one of the teams (a text is split at commas).
    lang
        ``zh``, ``en``, or several (a text is split at commas).
    scenario, source
        Names in params/.
    out
        Output folder; ``data/out`` of the project if not given.
    workers
        Processes; as many as there are processors if not given.
    provisional
        Whether a period that is still open may be rendered; its pages say so.
    as_of
        Day of knowledge (DATA §1); the last day that the data cover if not given.
    timeout
        Seconds that one report's notebook may take.
    parameters
        Further parameters of the notebook; texts are read as the type that it declares.
    root
        Project; found as by `salesperf_lib.params.project_root` if not given.
    executor
        Where to run instead of local processes; it must see the output folder.
    on_plan, on_row
        Called with the list of reports before the first starts, and with each row as it comes.

    Returns
    -------
    list
        One row per report, in the order of teams, people and languages. A report that failed is a row
        with status ``failed``, not an exception.

    Raises
    ------
    SalesPerfError
        If the request cannot be met; nothing has been started or written then.
    KeyboardInterrupt
        On Ctrl-C or SIGTERM, when every kernel has ended and the books are written.

    Notes
    -----
    A report's files are written aside and moved to
    ``OUT/<source>[@scenario]/<period>/<notebook>/<lang>/<team>[/<person>]/`` when they are whole. One that
    failed goes to the folder ``failed`` inside and leaves an earlier good report where it is; the index shows
    both. Further files of a notebook (`render.attachments`) are part of its report: without them it failed.

    Worker processes are spawned: call this from a script only under ``if __name__ == "__main__":``.
    """
    home = (root or project_root()).resolve()
    request = Request(
        notebook=find_notebook(notebook, home),
        period=str(period),
        teams=_split(teams) if teams != "all" else "all",
        people=_split(people) if people != "all" else "all",
        langs=_split(lang),
        scenario=scenario,
        source=source,
        as_of=_day(as_of),
        provisional=provisional,
        extra=parameters or {},
        root=home,
    )
    _fail_if_senseless(workers, timeout)
    reports = plan(request)
    if on_plan is not None:
        on_plan(reports)
    folder = Path(out).resolve() if out is not None else home / "data" / "out"
    folder.mkdir(parents=True, exist_ok=True)
    rows: dict[tuple[str, ...], Row] = {}

    def take(job: Job, row: Row) -> None:
        placed = rows[row.report.key] = put_in_place(row, job.folder, folder)
        if on_row is not None:
            on_row(placed)

    try:
        with _aside(folder) as aside:
            jobs = [
                Job(
                    report, request.notebook, aside / str(number), home, timeout,
                    place=folder / report.folder, attachments=attachments_of(report.notebook),
                )
                for number, report in enumerate(reports)
            ]  # fmt: skip
            _run(jobs, workers or _processors(), executor, take)
    finally:
        done = [rows.get(report.key) or _interrupted(report) for report in reports]
        append_rows(done, folder)
        write_index(folder)
    return done


def _run(jobs: list[Job], workers: int, executor: Executor | None, take: Callable[[Job, Row], None]) -> None:
    from salesperf_lib.render.workers import run_in_executor, run_in_processes

    if executor is None:
        run_in_processes(jobs, workers, take)
    else:
        run_in_executor(jobs, executor, take)


@contextmanager
def _aside(out: Path) -> Generator[Path]:
    """Give a folder on the same disk, in which nobody looks; it is gone afterwards whatever happened."""
    folder = Path(tempfile.mkdtemp(prefix=".rendering-", dir=out))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


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
    earlier = home / f"{row.report.file_stem}.html"
    inside = target.relative_to(out).as_posix()
    return replace(
        row,
        page=f"{inside}/{row.page}" if row.page else "",
        record=f"{inside}/{row.record}" if row.record else "",
        attachments=tuple(f"{inside}/{name}" for name in row.attachments),
        kept=earlier.relative_to(out).as_posix() if row.status != "done" and earlier.is_file() else "",
    )


def _interrupted(report: Report) -> Row:
    return Row(
        report, "interrupted", reason="interrupted", started=datetime.now(UTC).isoformat(timespec="seconds")
    )


def _split(names: str | Sequence[str]) -> list[str]:
    parts = names.split(",") if isinstance(names, str) else names
    return [part.strip() for part in parts if part.strip()]


def _day(day: str | date | None) -> date | None:
    if day is None or day == "" or isinstance(day, date):
        return day or None
    try:
        return date.fromisoformat(day)
    except ValueError as error:
        raise RenderError(Problem("as-of", repr(day), "a day such as 2026-07-11")) from error


def _fail_if_senseless(workers: int | None, timeout: float) -> None:
    problems: list[Problem] = []
    if workers is not None and workers < 1:
        problems.append(Problem("workers", str(workers), "1 or more"))
    if not timeout >= 1:
        problems.append(Problem("timeout", f"{timeout:g}", "1 second or more"))
    if problems:
        raise RenderError(*problems)


def _processors() -> int:
    """Count the processors that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
