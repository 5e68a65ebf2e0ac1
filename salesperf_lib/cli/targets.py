"""``salesperf targets …``: split, explain, calibrate, hand round and take back the targets of a year."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from salesperf_lib.errors import DataError, Problem

if TYPE_CHECKING:
    from salesperf_lib.params.policy import Change
    from salesperf_lib.reports import Meeting

targets = typer.Typer(
    name="targets",
    help="The target book: how goals are split, why, and what calibration meetings and edits made of it.",
    no_args_is_help=True,
)

Source = Annotated[str, typer.Option("--source", "-s", help="Whose data: a file of params/sources/.")]
Scenario = Annotated[str, typer.Option("--scenario", help="Rules: base, or a file of params/scenarios/.")]
Lang = Annotated[str, typer.Option("--lang", help="zh or en.")]
AsOf = Annotated[
    datetime | None,
    typer.Option("--as-of", formats=["%Y-%m-%d"], help="See only what was recorded by this day."),
]
RecordedOn = Annotated[
    datetime | None, typer.Option("--recorded-on", formats=["%Y-%m-%d"], help="The day of the record.")
]
Accept = Annotated[bool, typer.Option("--accept", help="Write the record; without, nothing is written.")]
Decided = Annotated[str, typer.Option("--decided", help="What was decided, in a sentence, without names.")]


@targets.command()
def split(
    *,
    period: Annotated[
        str, typer.Option("--period", help="A year with all its parts, or one month or quarter.")
    ],
    level: Annotated[str, typer.Option("--level", help="company, group, team, person, channel.")] = "",
    kpi: Annotated[str, typer.Option("--kpi", help="Ids of KPIs; several by comma.")] = "",
    source: Source = "sample",
    scenario: Scenario = "base",
    as_of: AsOf = None,
    lang: Annotated[str, typer.Option("--lang", help="Add the KPIs' names: zh or en.")] = "",
    out: Annotated[Path | None, typer.Option("--out", "-o", help="Write .csv, .xlsx or .parquet.")] = None,
) -> None:
    """Print or write the target book of a year, and check that every volume adds up in every margin."""
    from salesperf_lib.cli import readable, target_books, writing

    if out is not None:
        writing.fail_if_unknown_suffix(out)
    book = target_books.open_book(period, source, scenario, _day(as_of))
    rows = book.rows(period, _parts(level), _parts(kpi))
    shown = readable.for_people(rows, "targets", book.policy, lang)
    writing.put(shown, out, book.policy.company.money_digits)
    for line in book.say_margins(_parts(kpi)):
        typer.echo(line, err=True)


@targets.command()
def explain(
    unit: Annotated[str, typer.Argument(help="Id of a company, group, team or person.")],
    *,
    period: Annotated[str, typer.Option("--period", help="2026-10, 2026-Q4 or 2026.")],
    kpi: Annotated[str, typer.Option("--kpi", help="Id of a volume.")] = "net_sales",
    source: Source = "sample",
    scenario: Scenario = "base",
    as_of: AsOf = None,
    lang: Lang = "en",
) -> None:
    """Print the steps that make a target; they add up to it."""
    from salesperf_lib.cli import target_books

    for line in target_books.explain(unit, period, kpi, source, scenario, _day(as_of), lang):
        typer.echo(line)


@targets.command()
def calibrate(
    *,
    shock: Annotated[float, typer.Option("--shock", help="Change of the price: 0.3 for +30 %.")] = 0.0,
    detect: Annotated[bool, typer.Option("--detect", help="Take the shock from the data.")] = False,
    start: Annotated[
        str, typer.Option("--from", help="First month whose targets move; the first open one if not given.")
    ] = "",
    alternative: Annotated[
        str, typer.Option("--alternative", help="rule, full, none, order_value or keep.")
    ] = "rule",
    period: Annotated[str, typer.Option("--period", help="Last month looked back on.")] = "last-closed",
    source: Source = "sample",
    scenario: Scenario = "base",
    as_of: AsOf = None,
    lang: Lang = "en",
    accept: Accept = False,
    recorded_on: RecordedOn = None,
    decided: Decided = "",
    attendee: Annotated[
        list[str] | None,
        typer.Option("--attendee", help="A role that took part: sales_director, or senior_member:2."),
    ] = None,
) -> None:
    """Lay side by side what could be made of the targets after a shock; with --accept, record it."""
    if detect == (shock != 0):
        raise DataError(
            Problem("--shock, --detect", "both or neither", "one of them: --shock 0.3, or --detect")
        )
    _fail_if_unsaid(accept, recorded_on, decided)
    from salesperf_lib import reports
    from salesperf_lib.cli import target_books

    roles = target_books.attendees(attendee or [])
    asked = (period, source, scenario, _day(as_of), lang, _day(recorded_on))
    meeting = target_books.open_meeting(*asked, shock, start, alternative)
    if meeting.proposals.empty:
        typer.echo(meeting.say_shift())
        raise DataError(Problem("--detect", "no shift of the level", "--shock with a size, such as 0.3"))
    _say_meeting(meeting)
    if not accept:
        typer.echo("nothing was recorded: --accept, with --recorded-on, --decided and --attendee, records it")
        return
    path = reports.accept(meeting, _day(recorded_on) or meeting.today, decided, roles)
    typer.echo(f"recorded: {path}")


@targets.command()
def withdraw(
    record: Annotated[str, typer.Argument(help="Number of the record: 0001, or E0001 for an edit.")],
    *,
    recorded_on: Annotated[datetime, typer.Option("--recorded-on", formats=["%Y-%m-%d"])],
    start: Annotated[str, typer.Option("--from", help="First month from which it no longer holds.")],
    reason: Annotated[str, typer.Option("--reason", help="Why, in a sentence, without names.")],
    source: Source = "sample",
) -> None:
    """Take a record back by a record of its own; months that closed under it stay as they were."""
    from salesperf_lib.cli import target_books

    path = target_books.withdraw(record, recorded_on.date(), start, reason, source)
    typer.echo(f"recorded: {path}")


@targets.command()
def history(source: Source = "sample", as_of: AsOf = None, lang: Lang = "en") -> None:
    """List what moved targets after they were set: number, kind, days, decision, gap, changes, state."""
    from salesperf_lib.cli import target_books

    rows = target_books.history(source, _day(as_of), lang)
    for row in rows:
        typer.echo("\t".join(row))
    if not rows:
        typer.echo("no records", err=True)


@targets.command()
def export(
    *,
    period: Annotated[str, typer.Option("--period", help="The year.")],
    out: Annotated[Path, typer.Option("--out", "-o", help="The workbook: ….xlsx.")],
    teams: Annotated[str, typer.Option("--teams", help="Ids by comma; everything if not given.")] = "",
    source: Source = "sample",
    scenario: Scenario = "base",
    as_of: AsOf = None,
    lang: Lang = "zh",
) -> None:
    """Write the target book as a workbook to hand round and to edit."""
    from salesperf_lib.cli import target_books

    book = target_books.open_book(period, source, scenario, _day(as_of))
    target_books.export(book, out, lang, _parts(teams) or None)
    typer.echo(f"{len(book.frame):,} targets: {out}")


@targets.command(name="import")
def import_(
    path: Annotated[Path, typer.Argument(help="The edited workbook.")],
    *,
    period: Annotated[str, typer.Option("--period", help="The year of the book.")] = "",
    start: Annotated[str, typer.Option("--from", help="First month that moves; the first open one.")] = "",
    source: Source = "sample",
    scenario: Scenario = "base",
    as_of: AsOf = None,
    lang: Lang = "en",
    accept: Accept = False,
    recorded_on: RecordedOn = None,
    decided: Decided = "",
) -> None:
    """List what was changed in a target book, recompute everything around it, and with --accept record it."""
    _fail_if_unsaid(accept, recorded_on, decided)
    from salesperf_lib.cli import target_books

    asked = (source, scenario, _day(as_of), _day(recorded_on))
    edited = target_books.read_book(path, period, *asked, start)
    for line in edited.say(lang):
        typer.echo(line)
    if not edited.changes or not accept:
        typer.echo("nothing was recorded" + (": --accept records it" if edited.changes else ""))
        return
    typer.echo(f"recorded: {edited.record(decided)}")


def _say_meeting(meeting: Meeting) -> None:
    """Print what was found, the alternatives side by side, and the months that move."""
    from salesperf_lib.reports import calibration

    typer.echo(meeting.say_shift())
    typer.echo(
        "\t".join(("alternative", "leads", "conversion", "order_value", "sales", "unfunded_gap", "unit"))
    )
    scale, unit = meeting.policy.company.money_scale, meeting.policy.company.currency
    for row in meeting.proposals.to_dict("records"):
        factors = [
            f"{row[f'{key}_factor'] - 1:+.1%}" for key in ("leads", "conversion", "order_value", "sales")
        ]
        mark = "*" if row["alternative"] == meeting.alternative else ""
        typer.echo(
            "\t".join([f"{row['alternative']}{mark}", *factors, f"{row['unfunded_gap'] / scale:,.2f}", unit])
        )
    for line in calibration.say_proposals(meeting):
        typer.echo(line)
    _say_changes(meeting, meeting.changes)


def _say_changes(meeting: Meeting, changes: list[Change]) -> None:
    kpis, scale = meeting.policy.kpis, meeting.policy.company.money_scale
    for change in changes:
        size = scale if kpis[change.kpi].unit == "money" else 1
        digits = 2 if size > 1 else 0 if kpis[change.kpi].kind == "volume" else 5
        before, after = (f"{value / size:,.{digits}f}" for value in (change.before, change.after))
        typer.echo(f"{change.period}\t{change.kpi}\t{before} → {after}")
    if not changes:
        typer.echo("no target changes")


def _fail_if_unsaid(accept: bool, recorded_on: datetime | None, decided: str) -> None:
    """Refuse to record anything without its day and its reason."""
    if not accept:
        return
    missing = [
        name for name, given in (("--recorded-on", recorded_on), ("--decided", decided.strip())) if not given
    ]
    if missing:
        raise DataError(*(Problem(name, "nothing", f"{name}: --accept needs it") for name in missing))


def _day(moment: datetime | None) -> date | None:
    return moment.date() if moment is not None else None


def _parts(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(",") if part.strip())
