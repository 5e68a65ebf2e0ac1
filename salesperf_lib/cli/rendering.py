"""``salesperf render``: reports with a progress bar, and at the end the page to open."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from salesperf_lib.cli.progress import progress
from salesperf_lib.errors import DataError, Problem

if TYPE_CHECKING:
    from salesperf_lib.render import Decision, Report, Row

FAILED = 1
INTERRUPTED = 130

WHY = {
    "new": "not made before",
    "changed": "changed: {because}",
    "again": "its last run failed: {because}",
    "gone": "not as it was left: {because}",
    "forced": "up to date, made again by --force",
}


def render(
    notebooks: Annotated[
        list[str],
        typer.Argument(
            metavar="NOTEBOOK...",
            help="Names, numbers or paths of notebooks: 90_monthly_report, 90, x.ipynb.",
        ),
    ],
    *,
    period: Annotated[
        str, typer.Option("--period", help="2026-06, 2026-Q2, FY2018 ...; last-closed; several by comma.")
    ] = "last-closed",
    teams: Annotated[str, typer.Option("--teams", help="all, or ids by comma.")] = "all",
    people: Annotated[
        str, typer.Option("--people", help="all, or ids by comma: for a notebook about a person.")
    ] = "all",
    lang: Annotated[str, typer.Option("--lang", help="zh, en, or both by comma.")] = "zh",
    source: Annotated[
        str, typer.Option("--source", "-s", help="Whose data: a file of params/sources/.")
    ] = "sample",
    scenario: Annotated[
        str,
        typer.Option("--scenario", help="Rules: base, or a file of params/scenarios/; several by comma."),
    ] = "base",
    out: Annotated[
        Path | None, typer.Option("--out", "-o", help="Output folder.", show_default="data/out")
    ] = None,
    workers: Annotated[
        int | None, typer.Option("--workers", "-w", help="Processes.", show_default="one per processor")
    ] = None,
    timeout: Annotated[float, typer.Option("--timeout", help="Seconds that one report may take.")] = 600,
    provisional: Annotated[
        bool, typer.Option("--provisional", help="Render a period that is still open.")
    ] = False,
    as_of: Annotated[
        datetime | None,
        typer.Option("--as-of", formats=["%Y-%m-%d"], help="See only what was recorded by this day."),
    ] = None,
    parameter: Annotated[
        list[str] | None,
        typer.Option("--parameter", "-p", help="A further parameter of the notebook: name=value."),
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Make reports that are up to date, too.")] = False,
    failed: Annotated[
        bool, typer.Option("--failed", help="Make only those whose last run failed or was interrupted.")
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Tell what would be made and why; start and write nothing.")
    ] = False,
    zipped: Annotated[
        bool, typer.Option("--zip", help="Bundle the reports of each period, with a list for a mail job.")
    ] = False,
    pdf: Annotated[bool, typer.Option("--pdf", help="Make each page a PDF as well (extra pdf).")] = False,
    scheduler: Annotated[
        str | None, typer.Option("--scheduler", help="Run on a Dask cluster: tcp://host:port (extra dask).")
    ] = None,
    travel: Annotated[
        str,
        typer.Option(
            "--travel", help="shared: workers see project and --out; bytes: files are sent to them."
        ),
    ] = "shared",
) -> None:
    """Render notebooks for every team, or every person of the teams: a page each, and an index of all.

    A report is made if its notebook, parameters, rules, data, cases or code changed since it was made, if its
    files are not there, or if its last run failed; the others are left as they are.

    Exit status: 0 all done or up to date; 1 a report failed; 2 refused before anything started, or the output
    folder could not be written any more; 130 interrupted.
    """
    status = render_with_progress(
        notebooks,
        period=period,
        teams=teams,
        people=people,
        lang=lang,
        source=source,
        scenario=scenario,
        out=out,
        workers=workers,
        timeout=timeout,
        provisional=provisional,
        as_of=as_of.date() if as_of is not None else None,
        parameters=_pairs(parameter or []),
        force=force,
        failed=failed,
        dry_run=dry_run,
        zipped=zipped,
        pdf=pdf,
        scheduler=scheduler,
        travel=travel,
    )
    raise typer.Exit(status)


def render_with_progress(
    notebooks: Sequence[str], *, out: Path | None, dry_run: bool = False, zipped: bool = False, **options: Any
) -> int:
    """Render reports, tell each failure as it comes, and name the index at the end.

    Returns
    -------
    int
        Exit status: 0 if every report is done or up to date, 1 if one failed, 130 after Ctrl-C.
    """
    from salesperf_lib import params, render

    folder = out if out is not None else params.project_root() / "data" / "out"
    if dry_run:
        render.render(notebooks, out=folder, dry_run=True, on_plan=_say_plan, **options)
        return 0
    try:
        with progress(sys.stderr) as (start, show):
            rows = render.render(
                notebooks, out=folder, zipped=zipped, on_plan=_beginning(start), on_row=show, **options
            )
    except KeyboardInterrupt:
        typer.echo(f"interrupted; what was done is listed in {folder / 'index.html'}", err=True)
        return INTERRUPTED
    if zipped:
        _say_bundles(rows, folder)
    return _say_end(rows, folder)


def _beginning(start: Callable[[list[Report]], None]) -> Callable[[list[Decision]], None]:
    """Let the progress bar count what is made, and tell what is not."""

    def begin(decisions: list[Decision]) -> None:
        start([each.report for each in decisions if each.made])
        counts = Counter(each.verdict for each in decisions)
        if counts["up_to_date"]:
            typer.echo(f"{counts['up_to_date']} up to date, skipped (--force makes them again)", err=True)
        if counts["left"]:
            typer.echo(f"{counts['left']} did not fail, left as they are (--failed)", err=True)

    return begin


def _say_plan(decisions: list[Decision]) -> None:
    """Print what would be made and why, a line each, and how many would be skipped."""
    made = [each for each in decisions if each.made]
    for each in made:
        typer.echo(f"{each.report.file_stem}: {WHY[each.verdict].format(because=', '.join(each.because))}")
    counts = Counter(each.verdict for each in decisions)
    left = f", {counts['left']} that did not fail" if counts["left"] else ""
    typer.echo(f"would make {len(made)} of {len(decisions)}; skip {counts['up_to_date']} up to date{left}")


def _say_bundles(rows: list[Row], folder: Path) -> None:
    """Name the archives: one per period, beside its reports."""
    periods = dict.fromkeys(Path(*Path(row.report.folder).parts[:2]) for row in rows if row.good)
    for period in periods:
        for archive in sorted((folder / period).glob("reports_*.zip")):
            typer.echo(f"bundled: {archive}")


def _say_end(rows: list[Row], folder: Path) -> int:
    failed = [row for row in rows if not row.good]
    skipped = sum(row.status == "up_to_date" for row in rows)
    spent = sum(row.cpu_seconds for row in rows if row.status != "up_to_date")
    done = f"{len(rows) - len(failed) - skipped} of {len(rows)} reports done"
    kept = f", {skipped} up to date" if skipped else ""
    typer.echo(f"{done}{kept}, {spent:.0f} s of processor time")
    for row in rows:
        if row.status == "done" and row.attempts > 1:
            typer.echo(
                f"{row.report.file_stem} was done at the second attempt: its kernel or worker had died"
            )
    for row in failed:
        if row.kept:
            whose = row.report.person_name or row.report.team_name
            typer.echo(f"an earlier report of {whose} is kept: {folder / row.kept}", err=True)
    typer.echo(f"Open {(folder / 'index.html').resolve()}")
    return FAILED if failed else 0


def _pairs(given: list[str]) -> dict[str, object]:
    """Read ``name=value`` texts."""
    wrong = [Problem("--parameter", repr(text), "name=value") for text in given if "=" not in text]
    if wrong:
        raise DataError(*wrong)
    return {name.strip(): value for name, _, value in (text.partition("=") for text in given)}
