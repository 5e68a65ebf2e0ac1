"""Render with a progress bar, and end by naming the page to open."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from salesperf_lib.cli.progress import progress

if TYPE_CHECKING:
    from salesperf_lib.render import Row

FAILED = 1
INTERRUPTED = 130


def render_with_progress(notebook: str, *, out: Path | None, **options: Any) -> int:
    """Render reports, tell each failure as it comes, and name the index at the end.

    Returns
    -------
    int
        Exit status: 0 if every report is done, 1 if one failed, 130 after Ctrl-C.
    """
    from salesperf_lib import params, render

    folder = out if out is not None else params.project_root() / "data" / "out"
    try:
        with progress(sys.stderr) as (start, show):
            rows = render.render(notebook, out=folder, on_plan=start, on_row=show, **options)
    except KeyboardInterrupt:
        typer.echo(f"interrupted; what was done is listed in {folder / 'index.html'}", err=True)
        return INTERRUPTED
    return _say_end(rows, folder)


def _say_end(rows: list[Row], folder: Path) -> int:
    failed = [row for row in rows if row.status != "done"]
    spent = sum(row.cpu_seconds for row in rows)
    typer.echo(f"{len(rows) - len(failed)} of {len(rows)} reports done, {spent:.0f} s of processor time")
    for row in failed:
        if row.kept:
            whose = row.report.person_name or row.report.team_name
            typer.echo(f"an earlier report of {whose} is kept: {folder / row.kept}", err=True)
    typer.echo(f"Open {(folder / 'index.html').resolve()}")
    return FAILED if failed else 0
