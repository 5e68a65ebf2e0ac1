"""The commands. Nothing heavy is imported before the command that needs it runs."""

from __future__ import annotations

import sys
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from salesperf_lib.cli.assessments import assessments, workbook
from salesperf_lib.cli.cases import cases
from salesperf_lib.cli.comparing import diff
from salesperf_lib.cli.exploring import explore
from salesperf_lib.cli.kinds import KINDS
from salesperf_lib.cli.rendering import render
from salesperf_lib.cli.targets import targets
from salesperf_lib.errors import Problem, SalesPerfError

if TYPE_CHECKING:
    from salesperf_lib.facts import Facts

app = typer.Typer(
    name="salesperf",
    help="Targets and appraisal for online-sales teams: load exports, check, compute, render reports.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

app.add_typer(targets)
app.add_typer(cases)
app.add_typer(assessments)
app.command()(workbook)
app.command()(explore)
app.command()(diff)
app.command()(render)

REFUSED = 2
FAILED = 1
LARGEST_COMPANY_AS_EXPORTS = 600
NOTED = {"warning": "! warning:", "info": "· info:"}

Source = Annotated[str, typer.Option("--source", "-s", help="Whose data: a file of params/sources/.")]
Scenario = Annotated[str, typer.Option("--scenario", help="Rules: base, or a file of params/scenarios/.")]
AsOf = Annotated[
    datetime | None,
    typer.Option("--as-of", formats=["%Y-%m-%d"], help="See only what was recorded by this day."),
]


def main() -> None:
    """Run the command line; problems become lines on stderr and exit status 2, not a traceback."""
    try:
        app()
    except SalesPerfError as error:
        if "--debug" in sys.argv:
            raise
        say_problems(error.problems)
        sys.exit(REFUSED)


@app.callback()
def options(
    debug: Annotated[bool, typer.Option("--debug", help="Show the traceback of an error.")] = False,
) -> None:
    """Take the options that stand before every command; `main` reads ``--debug`` itself."""
    del debug


@app.command()
def sample(
    out: Annotated[
        Path | None, typer.Option("--out", "-o", help="Folder.", show_default="data/sample")
    ] = None,
    seed: Annotated[int, typer.Option("--seed", help="Of every random stream.")] = 618,
    people: Annotated[int, typer.Option("--people", help="A multiple of ten; over 600: as Parquet.")] = 60,
    months: Annotated[int, typer.Option("--months", help="Whole months from 2024-01 on.")] = 30,
) -> None:
    """Write the sample company's exports again (the same bytes), or a large company as streamed Parquet."""
    from salesperf_lib import params
    from salesperf_lib import sample as company

    data = params.project_root() / "data"
    usual = (seed, people, months) == (618, 60, 30)
    folder = out or (data / "sample" if usual else data / "out" / f"sample-{people}x{months}-{seed}")
    write = company.write if people <= LARGEST_COMPANY_AS_EXPORTS else company.write_large
    written = write(folder, seed=seed, people=people, months=months)
    typer.echo(f"{len(written)} files in {folder}")


@app.command()
def load(
    name: Annotated[str, typer.Argument(help="A file of params/sources/.")],
    recorded_on: Annotated[
        datetime | None,
        typer.Option("--recorded-on", formats=["%Y-%m-%d"], help="Day on which the exports were drawn."),
    ] = None,
) -> None:
    """Read a source's exports, check them, and keep them as a snapshot; or change nothing."""
    from salesperf_lib import facts

    say_snapshot(facts.load(name, recorded_on=day_of(recorded_on)))


@app.command()
def check(
    names: Annotated[
        list[str] | None, typer.Argument(help="Sources; all whose data are here if none is named.")
    ] = None,
) -> None:
    """Check params, mappings and data; print every error and every warning, with file, rows and examples.

    Exit status: 1 if there is an error, which would stop a load; 0 if there are only warnings, with which the
    data are kept as they are, or nothing at all.
    """
    from salesperf_lib.cli.checking import find_problems

    found = find_problems(names or [])
    for name, reason in found.absent.items():
        typer.echo(f"{name}: not checked, {reason}", err=True)
    for finding in found.noted:
        say_problem(finding.problem(), NOTED[finding.severity])
    warned = f"{_counted(len(found.noted), 'warning')} above" if found.noted else ""
    if found.problems:
        say_problems(found.problems)
        if warned:
            typer.echo(warned, err=True)
        raise typer.Exit(FAILED)
    told = f"no problem found, {warned}" if warned else "no problem found"
    typer.echo(f"params and {', '.join(found.sources) or 'no source'}: {told}")


@app.command()
def schema() -> None:
    """Write the JSON Schema of the params files, for editors."""
    from salesperf_lib import params

    params.write_schema()
    typer.echo(f"{params.project_root() / 'params' / 'schema'}")


@app.command()
def sources() -> None:
    """List the sources and the days that their latest snapshots cover."""
    from salesperf_lib.cli.checking import describe_sources

    for name, title, state in describe_sources():
        typer.echo(f"{name}\t{title}\t{state}")


@app.command()
def teams(source: Source = "sample", as_of: AsOf = None) -> None:
    """List the teams of a source: id, name, the group above."""
    from salesperf_lib import facts

    table = facts.team_table(facts.open(source, as_of=day_of(as_of))).fillna("")
    for row in table[["team_id", "name", "parent_id"]].itertuples(index=False, name=None):
        typer.echo("\t".join(map(str, row)))


@app.command()
def table(
    kind: Annotated[str, typer.Argument(help=f"{', '.join(KINDS)}, or facts.TABLE.")],
    *,
    period: Annotated[
        str,
        typer.Option("--period", help="2026-06, 2026-Q2, 2026, FY2018, 2013-01..2013-12; several by comma."),
    ] = "last-closed",
    by: Annotated[str, typer.Option("--by", help="Split the period into month, quarter, week or day.")] = "",
    level: Annotated[
        str, typer.Option("--level", help="company, group, team, person, channel; several by comma.")
    ] = "",
    kpi: Annotated[str, typer.Option("--kpi", help="Ids of KPIs; several by comma.")] = "",
    unit: Annotated[
        str, typer.Option("--unit", help="Ids of teams, people or channels; several by comma.")
    ] = "",
    source: Source = "sample",
    scenario: Scenario = "base",
    as_of: AsOf = None,
    lang: Annotated[str, typer.Option("--lang", help="Add the KPIs' names: zh or en.")] = "",
    raw: Annotated[bool, typer.Option("--raw", help="Money as stored: whole minor units.")] = False,
    provisional: Annotated[
        bool, typer.Option("--provisional", help="Scores of a period that is still open, without grades.")
    ] = False,
    out: Annotated[
        Path | None, typer.Option("--out", "-o", help="Write .csv, .xlsx or .parquet instead of printing.")
    ] = None,
) -> None:
    """Print or write one of the frames behind the reports.

    Money is in major units, with a column `unit`; rates are 0-1. `models` fits BG/NBD and Gamma-Gamma to the
    customers acquired in the period. In csv a text that begins with = + - @ gets
    an apostrophe in front, so that no spreadsheet runs it.
    """
    from salesperf_lib.cli import frames, readable, writing

    if out is not None:
        writing.fail_if_unknown_suffix(out)
    asked = frames.Asked(
        kind,
        period,
        by,
        _split(level),
        _split(kpi),
        _split(unit),
        source,
        scenario,
        day_of(as_of),
        provisional=provisional,
    )
    frame, policy = frames.frame_of(asked)
    shown = readable.for_people(frame, kind, policy, lang, raw=raw)
    writing.put(shown, out, policy.company.money_digits)


@app.command()
def version() -> None:
    """Print the version."""
    from salesperf_lib import __version__

    typer.echo(__version__)


def say_problems(problems: tuple[Problem, ...] | list[Problem]) -> None:
    """Print problems on stderr, one paragraph each."""
    for problem in problems:
        say_problem(problem)
    typer.echo(_counted(len(problems), "problem"), err=True)


def say_problem(problem: Problem, mark: str = "✗") -> None:
    """Print one problem on stderr behind its mark."""
    typer.echo(
        f"{mark} {problem.where}\n    found:   {problem.found}\n    allowed: {problem.allowed}", err=True
    )
    if problem.remedy:
        typer.echo(f"    do:      {problem.remedy}", err=True)


def say_snapshot(opened: Facts) -> None:
    """Print what a snapshot holds and what was found in it."""
    typer.echo(
        f"{opened.source}: snapshot {opened.digest}, recorded {opened.recorded_on}, "
        f"days {opened.first_day} to {opened.last_day}"
    )
    typer.echo(f"  tables: {', '.join(opened.tables)}")
    for row in opened.findings.to_dict("records"):
        place = f"{row['file']}: {row['evidence']}" if row["file"] else row["evidence"]
        shown = f"; {row['examples']}" if row["examples"] else ""
        typer.echo(
            f"  {row['severity']}: {place}: {row['observed']} ({_counted(row['n_rows'], 'row')}{shown})"
        )


def day_of(moment: datetime | None) -> date | None:
    """Give the day of an option's value."""
    return moment.date() if moment is not None else None


def _counted(number: int, word: str) -> str:
    return f"{number:,} {word}{'s' if number != 1 else ''}"


def _split(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(",") if part.strip())
