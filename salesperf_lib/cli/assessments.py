"""``salesperf assessments …``: ratings come in as workbooks; ``salesperf workbook``: an appraisal for HR."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from salesperf_lib.errors import DataError, Problem, fail_if_any

if TYPE_CHECKING:
    from salesperf_lib.facts import Facts
    from salesperf_lib.facts.assessed import Checked
    from salesperf_lib.params.policy import Policy

assessments = typer.Typer(
    name="assessments",
    help="Ratings and assessments: write the template, check it on its way back, take it in, list what was.",
    no_args_is_help=True,
)

Source = Annotated[str, typer.Option("--source", "-s", help="Whose data: a file of params/sources/.")]
Scenario = Annotated[str, typer.Option("--scenario", help="Rules: base, or a file of params/scenarios/.")]
Lang = Annotated[str, typer.Option("--lang", help="zh or en.")]
Team = Annotated[str, typer.Option("--team", help="Id of a team; everybody if not given.")]
Out = Annotated[Path, typer.Option("--out", "-o", help="The workbook: ….xlsx.")]
File = Annotated[Path, typer.Argument(help="The filled-in template: ….xlsx.")]
AsOf = Annotated[
    datetime | None,
    typer.Option("--as-of", formats=["%Y-%m-%d"], help="See only what was recorded by this day."),
]


@assessments.command()
def template(
    *,
    period: Annotated[str, typer.Option("--period", help="2026-07, 2026-Q2 or 2026.")],
    out: Out,
    team: Team = "",
    lang: Lang = "zh",
    source: Source = "sample",
    scenario: Scenario = "base",
) -> None:
    """Write the workbook in which ratings and assessments of a period are filled in."""
    from salesperf_lib import facts
    from salesperf_lib.render import policy_of
    from salesperf_lib.reports.assessment_workbook import write_template

    opened = facts.open(source)
    asked = write_template(opened, policy_of(period, opened, scenario), out, lang, team)
    typer.echo(f"{len(asked.ratings):,} ratings and {len(asked.assessments):,} assessments asked for: {out}")


@assessments.command()
def check(path: File, source: Source = "sample") -> None:
    """Check a filled-in workbook row by row, and keep nothing; exit status 2 if anything is wrong."""
    checked, _, _ = _check(path, source)
    _say(checked)
    fail_if_any(checked.problems, DataError)


@assessments.command()
def take(
    path: File,
    *,
    recorded_on: Annotated[
        datetime, typer.Option("--recorded-on", formats=["%Y-%m-%d"], help="The day of the record.")
    ],
    source: Source = "sample",
) -> None:
    """Check a filled-in workbook and add what is new in it to the register, or change nothing."""
    from salesperf_lib import params
    from salesperf_lib.facts import assessed

    checked, opened, policy = _check(path, source)
    _say(checked)
    fail_if_any([*checked.problems, *_too_early(checked, policy, recorded_on.date())], DataError)
    if checked.rows.empty:
        typer.echo("nothing was taken in: the workbook says nothing new")
        return
    root = params.project_root()
    written = assessed.append(checked.rows, root, source, recorded_on.date(), checked.sha256)
    typer.echo(f"taken in: {written}")
    closed = assessed.closed_periods(checked.rows, policy, max(recorded_on.date(), opened.last_day))
    if closed:
        typer.echo(f"closed already, so that their appraisals change: {', '.join(closed)}")
    typer.echo(f"the next snapshot holds it: salesperf load {source}")


@assessments.command(name="list")
def list_(source: Source = "sample") -> None:
    """List what was taken in: number, day, periods, rows, digest."""
    from salesperf_lib import params
    from salesperf_lib.facts import assessed

    root = params.project_root()
    params.source_file(source, root)
    records = assessed.read_register(root, source)
    for one in records:
        periods = ", ".join(sorted(set(one.rows["period"])))
        typer.echo("\t".join([one.id, f"{one.recorded_on}", periods, f"{len(one.rows):,}", one.digest]))
    if not records:
        typer.echo("nothing was taken in", err=True)


def workbook(
    *,
    out: Out,
    period: Annotated[
        str, typer.Option("--period", help="2026-06, 2026-Q2, 2026 ...; last-closed.")
    ] = "last-closed",
    team: Team = "",
    lang: Lang = "zh",
    source: Source = "sample",
    scenario: Scenario = "base",
    as_of: AsOf = None,
    provisional: Annotated[
        bool, typer.Option("--provisional", help="Scores of a period that is still open, without grades.")
    ] = False,
) -> None:
    """Write an appraisal as a workbook for HR, in which nothing runs: scores, lines, grades, definitions."""
    from salesperf_lib import appraisal, facts
    from salesperf_lib.render import policy_of
    from salesperf_lib.render.coverage import open_problems
    from salesperf_lib.reports.appraisal_workbook import write_appraisal

    day = as_of.date() if as_of is not None else None
    opened = facts.open(source, as_of=day)
    policy = policy_of(period, opened, scenario, day)
    still_open = open_problems(policy, opened, day)
    fail_if_any([] if provisional else still_open, DataError)
    made = appraisal.load(opened, policy)
    people = write_appraisal(made, opened, out, lang, team, provisional=bool(still_open))
    if still_open:
        typer.echo(f"provisional, without grades and ranks; still open: {policy.period.label}", err=True)
    typer.echo(f"{people:,} people: {out}")


def _check(path: Path, source: str) -> tuple[Checked, Facts, Policy]:
    """Check a workbook against the latest data and the register as it stands."""
    from salesperf_lib import facts, params
    from salesperf_lib.facts import assessed
    from salesperf_lib.periods import month_of

    opened = facts.open(source)
    policy = params.load_policy(month_of(opened.last_day), source)
    taken = assessed.read_register(params.project_root(), source)
    return assessed.check_workbook(path, opened, policy, taken), opened, policy


def _say(checked: Checked) -> None:
    """Say what a workbook holds."""
    typer.echo(
        f"{checked.path}: {len(checked.rows):,} new, {checked.known:,} known already, "
        f"{checked.not_given:,} left blank (not given, never zero)"
    )
    for kind, count in checked.faults.items():
        typer.echo(f"  {kind}: {count:,} wrong", err=True)


def _too_early(checked: Checked, policy: Policy, day: date) -> list[Problem]:
    """Find periods that had not begun on the day of the record."""
    from salesperf_lib.periods import Period

    start = policy.company.fiscal_start_month
    parsed = [Period.parse(label, start) for label in sorted(set(checked.rows["period"]))]
    return [
        Problem("--recorded-on", f"{day}, before {one.label}", f"{one.first} or later", "correct the day")
        for one in parsed
        if one.first > day
    ]
