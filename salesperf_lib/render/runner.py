"""Render reports: plan, skip what is up to date, run, put in place, keep the books."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Executor
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from salesperf_lib.errors import Problem, RenderError
from salesperf_lib.params import project_root
from salesperf_lib.periods import Period
from salesperf_lib.render.attachments import attachments_of
from salesperf_lib.render.bundle import bundle
from salesperf_lib.render.coverage import LAST_CLOSED
from salesperf_lib.render.freshness import Decision, decide, stands
from salesperf_lib.render.index import write_index
from salesperf_lib.render.interruption import Interruption, interruptible
from salesperf_lib.render.locking import ASIDE, exclusive
from salesperf_lib.render.manifest import Job, Report, Row, append_rows, latest_rows
from salesperf_lib.render.notebooks import find_notebook
from salesperf_lib.render.placing import fail_if_full, put_in_place, standing_page, writing
from salesperf_lib.render.plan import Request, plan

if TYPE_CHECKING:
    from salesperf_lib.render.cluster import Travel


@dataclass(frozen=True, slots=True)
class _How:
    """How a run goes about its reports."""

    notebooks: Mapping[str, Path]
    root: Path
    workers: int
    timeout: float
    executor: Executor | None
    on_row: Callable[[Row], None]
    zipped: bool
    pdf: bool
    scheduler: str | None
    travel: Travel


def render(
    notebook: str | Path | Sequence[str | Path],
    period: str | Period | Sequence[str | Period] = LAST_CLOSED,
    *,
    teams: str | Sequence[str] = "all",
    people: str | Sequence[str] = "all",
    lang: str | Sequence[str] = ("zh",),
    scenario: str | Sequence[str] = "base",
    source: str = "sample",
    out: str | Path | None = None,
    workers: int | None = None,
    provisional: bool = False,
    as_of: str | date | None = None,
    timeout: float = 600,
    parameters: Mapping[str, object] | None = None,
    root: Path | None = None,
    executor: Executor | None = None,
    force: bool = False,
    failed: bool = False,
    dry_run: bool = False,
    zipped: bool = False,
    pdf: bool = False,
    scheduler: str | None = None,
    travel: Travel = "shared",
    on_plan: Callable[[list[Decision]], None] | None = None,
    on_row: Callable[[Row], None] | None = None,
) -> list[Row]:
    """Render notebooks for each period, scenario, language, and each team or person of the teams.

    Parameters
    ----------
    notebook
        Name, number or path of a notebook with a ``parameters`` cell; or several.
    period
        A written form, or ``last-closed``; or several (a text is split at commas).
    teams
        ``all``, or ids (a text is split at commas).
    people
        For a notebook with a parameter ``person``: ``all``, or ids of people whose main part of the
        period is in one of the teams (a text is split at commas).
    lang
        ``zh``, ``en``, or several (a text is split at commas).
    scenario
        Name in params/; or several (a text is split at commas).
    source
        Name in params/.
    out
        Output folder; ``data/out`` of the project if not given.
    workers
        Processes; as many as there are processors if not given.
    provisional
        Whether a period that is still open may be rendered; its pages say so.
    as_of
        Day of knowledge (DATA §1); the last day that the data cover if not given.
    timeout
        Seconds that one report's notebook may take, at each attempt.
    parameters
        Further parameters of the notebook; texts are read as the type that it declares.
    root
        Project; found as by `salesperf_lib.params.project_root` if not given.
    executor
        Where to run instead of local processes; it must see the output folder.
    force
        Make reports that are up to date (`render.freshness.decide`), too.
    failed
        Make those only whose last run failed or was interrupted.
    dry_run
        Decide, and start and write nothing.
    zipped
        Bundle the reports asked for, one archive per period (`render.bundle.bundle`).
    pdf
        Make each page a PDF as well (extra `pdf`).
    scheduler, travel
        Address of a Dask scheduler to run on instead (extra `dask`), and how files get there: ``shared``
        (workers see the project and the output folder) or ``bytes``.
    on_plan, on_row
        Called with what was decided for each report before the first starts, and with each row as it comes.

    Returns
    -------
    list
        One row per report, in the order of notebooks, scenarios, periods, teams, people and languages. A
        report that failed is a row with status ``failed``, not an exception; one that was up to date has
        that status and is otherwise the row of its run. With `failed`, of those reports only; with
        `dry_run`, ``planned`` where a report would be made.

    Raises
    ------
    SalesPerfError
        If the request cannot be met, or another run holds the output folder: nothing has been started or
        written then. If the folder cannot be written any more: the reports in the manifest are whole.
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
    given = [notebook] if isinstance(notebook, str | Path) else notebook
    request = Request(
        notebooks=list(dict.fromkeys(find_notebook(one, home) for one in given)),
        periods=_split(period if isinstance(period, str | Period) else ",".join(map(str, period))),
        teams=_split(teams) if teams != "all" else "all",
        people=_split(people) if people != "all" else "all",
        langs=_split(lang),
        scenarios=_split(scenario),
        source=source,
        as_of=_day(as_of),
        provisional=provisional,
        extra=parameters or {},
        root=home,
    )
    _fail_if_senseless(workers, timeout)
    _fail_if_missing(pdf, scheduler, executor)
    reports = plan(request)
    folder = Path(out).resolve() if out is not None else home / "data" / "out"
    wanted = {"force": force, "failed": failed, "pdf": pdf}
    tell = on_plan or _nothing
    if dry_run:
        return _looked_ahead(reports, folder, wanted, tell)
    by_name = {path.stem: path for path in request.notebooks}
    how = _How(
        by_name,
        home,
        workers or _processors(),
        timeout,
        executor,
        on_row or _nothing,
        zipped,
        pdf,
        scheduler,
        travel,
    )
    with exclusive(folder) as scratch:
        decisions = decide(reports, folder, **wanted)
        fail_if_full(sum(each.made for each in decisions), folder)
        tell(decisions)
        return _carried_out(decisions, folder, scratch, how)


def _looked_ahead(
    reports: list[Report], out: Path, wanted: Mapping[str, bool], tell: Callable[[list[Decision]], None]
) -> list[Row]:
    """Decide and say so, and do nothing."""
    decisions = decide(reports, out, **wanted)
    tell(decisions)
    planned = {
        each.report.key: Row(each.report, "planned", reason=each.verdict) for each in decisions if each.made
    }
    return _in_order(decisions, planned)


def _carried_out(decisions: list[Decision], out: Path, scratch: Path, how: _How) -> list[Row]:
    """Make the reports that are to be made, and leave books that tell the truth however that ends."""
    rows: dict[tuple[str, ...], Row] = {}
    made = [each.report for each in decisions if each.made]
    with writing(out):
        aside = Path(tempfile.mkdtemp(prefix=ASIDE, dir=out))  # the lock's end removes it
    with interruptible() as interruption:
        try:
            if made:
                _run(_jobs(made, aside, out, how), how, scratch, _taker(rows, out, interruption, how))
        except BaseException:
            with suppress(OSError, RenderError):  # what ends the run is what the caller has to learn
                _close_books(decisions, rows, out)
            raise
        with interruption.held(), writing(out):
            _close_books(decisions, rows, out)
            if how.zipped:
                bundle(_latest(decisions, out), out, aside)
    return _in_order(decisions, rows)


def _latest(decisions: list[Decision], out: Path) -> list[Row]:
    """Give the latest row of each report asked for, and say so of those whose files are gone."""
    asked = {each.report.key for each in decisions}
    found = [row for row in latest_rows(out) if row.report.key in asked]
    return [row if stands(row, out) else replace(row, status="gone") for row in found]


def _jobs(reports: list[Report], aside: Path, out: Path, how: _How) -> list[Job]:
    return [
        Job(
            report, how.notebooks[report.notebook], aside / str(number), how.root, how.timeout,
            place=out / report.folder, attachments=attachments_of(report.notebook), pdf=how.pdf,
        )
        for number, report in enumerate(reports)
    ]  # fmt: skip


def _taker(
    rows: dict[tuple[str, ...], Row], out: Path, interruption: Interruption, how: _How
) -> Callable[[Job, Row], None]:
    """Give the function that takes a report that has ended: into its place and into the books, or neither."""

    def take(job: Job, row: Row) -> None:
        with interruption.held(), writing(out):
            placed = put_in_place(row, job.folder, out)
            append_rows([placed], out)
            rows[placed.report.key] = placed
        how.on_row(placed)

    return take


def _run(jobs: list[Job], how: _How, scratch: Path, take: Callable[[Job, Row], None]) -> None:
    from salesperf_lib.render.workers import run_in_executor, run_in_processes

    if how.scheduler is not None:
        from salesperf_lib.render.cluster import run_on_cluster

        run_on_cluster(jobs, how.scheduler, how.travel, take)
    elif how.executor is None:
        run_in_processes(jobs, how.workers, take, scratch)
    else:
        run_in_executor(jobs, how.executor, take)


def _close_books(decisions: list[Decision], rows: Mapping[tuple[str, ...], Row], out: Path) -> None:
    """Write down what was not reached, and the index."""
    missed = [each.report for each in decisions if each.made and each.report.key not in rows]
    append_rows([_interrupted(report, out) for report in missed], out)
    write_index(out, up_to_date={each.report.key for each in decisions if each.verdict == "up_to_date"})


def _in_order(decisions: list[Decision], rows: Mapping[tuple[str, ...], Row]) -> list[Row]:
    """Give the rows of a run in the order of its reports: those made, and those that were up to date."""
    found: list[Row] = []
    for each in decisions:
        if each.made:
            found.append(rows[each.report.key])
        elif each.verdict == "up_to_date" and each.earlier is not None:
            found.append(replace(each.earlier, status="up_to_date"))
    return found


def _interrupted(report: Report, out: Path) -> Row:
    now = datetime.now(UTC).isoformat(timespec="seconds")
    return Row(report, "interrupted", reason="interrupted", started=now, kept=standing_page(report, out))


def _nothing(_told: Any) -> None:
    """Tell nobody."""


def _split(names: str | Period | Sequence[str]) -> list[str]:
    parts = names if not isinstance(names, str | Period) else str(names).split(",")
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


def _fail_if_missing(pdf: bool, scheduler: str | None, executor: Executor | None) -> None:
    """Refuse what needs an extra that is not installed, before anything is planned."""
    problems: list[Problem] = []
    for asked, module, extra in ((pdf, "typst", "pdf"), (scheduler is not None, "distributed", "dask")):
        if asked and find_spec(module) is None:
            remedy = f"install it: pip install 'salesperf[{extra}]', or uv sync --extra {extra}"
            problems.append(Problem(extra, f"{module} is not installed", f"the extra {extra}", remedy))
    if scheduler is not None and executor is not None:
        problems.append(Problem("scheduler", scheduler, "a scheduler or an executor, not both"))
    if problems:
        raise RenderError(*problems)


def _processors() -> int:
    """Count the processors that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
