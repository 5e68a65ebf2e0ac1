"""Where the team stands, on one screen (§2.4): sentences that read the numbers, and tiles."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd

from salesperf_lib.language import ABSENT, signed
from salesperf_lib.periods import month_of, phase_of, year_of
from salesperf_lib.reports.context import Report, Stand
from salesperf_lib.reports.markup import Content, Markup, block, element, paragraphs
from salesperf_lib.reports.movement import say_change
from salesperf_lib.reports.people import grade_counts, roll, sentence_break


def position(report: Report) -> Markup:
    """Show where the team stands: what was sold, against target and pace, in which phase, by whom."""
    heading = element("h2", report.locale.text("report.position.heading"))
    said = paragraphs(say_position(report), "lead")
    versions = paragraphs(say_targets(report), "note")
    shown = block(heading, said, element("div", *_tiles(report), class_="tiles"), versions)
    return replace(shown, headline=headline(report))


def headline(report: Report) -> tuple[tuple[str, str], ...]:
    """Give the few figures by which an index of reports tells the teams apart; absent ones are left out."""
    here, text = report.stand, report.locale.text
    figures = {
        "report.tile.net_sales": report.locale.money(here.actual),
        "report.tile.attainment": report.locale.percent(here.attainment),
        "report.tile.people": _grades_text(report),
    }
    return tuple((text(key), value) for key, value in figures.items() if value != ABSENT)


def say_position(report: Report) -> list[str]:
    """Say where the team stands and what changed it: one text each."""
    here, locale = report.stand, report.locale
    said = {"period": locale.period(report.period.label), "actual": locale.money(here.actual)}
    if pd.isna(here.actual):
        return [locale.text("report.position.no_sales", period=said["period"])]
    if pd.isna(here.target):
        return [locale.text("report.position.no_target", **said), say_change(report, briefly=True)]
    said |= {"target": locale.money(here.target), "attainment": locale.percent(here.attainment)}
    if report.provisional:
        first = locale.text("report.position.so_far", day=locale.date(here.day), **said)
    else:
        first = locale.text("report.position.attained", **said)
    return [first + sentence_break(report) + say_pace(report), say_change(report, briefly=True)]


def say_targets(report: Report) -> list[str]:
    """Say which version of the targets holds, and what moved it since it was set (§3.1)."""
    locale, rows = report.locale, report.appraisal.targets
    year = year_of(report.period.first, report.policy.company.fiscal_start_month)
    own = rows[rows["period"].eq(report.period.label)]
    if own.empty:
        return []
    moved = [row for row in report.policy.amendments if year.contains(row.valid_from)]
    first = locale.text("report.targets.version", version=own["version"].iloc[0])
    history = [
        locale.text(
            "report.targets.moved",
            id=row.id,
            kind=locale.text(f"calibration.kind.{row.kind}"),
            title=row.title.of(report.lang),
            month=locale.period(month_of(row.valid_from).label),
            day=locale.date(row.recorded_on),
        )
        for row in moved
    ]
    return [
        first + sentence_break(report) + (locale.text("report.targets.as_set") if not moved else ""),
        *history,
    ]


def say_pace(report: Report) -> str:
    """Say how far ahead of or behind the pace due the team is; once the period is over, the target itself."""
    here, locale = report.stand, report.locale
    code = lead_code(here)
    gap = {} if code == "on_pace" else {"gap": locale.money(abs(here.lead))}
    if not report.running:
        return locale.text(f"report.position.{_FINAL[code]}", **gap)
    return locale.text(
        f"report.position.{code}", day=locale.date(here.day), due=locale.money(here.due), **gap
    )


_FINAL = {"ahead": "over", "behind": "short", "on_pace": "met"}


def lead_code(here: Stand) -> str:
    """Give ``ahead``, ``behind`` or ``on_pace``."""
    return "on_pace" if here.lead == 0 else "ahead" if here.lead > 0 else "behind"


def phase(report: Report) -> tuple[str, list[str]]:
    """Give the phase of the period and the promotions that touch it."""
    rows = report.policy.promotions
    touching = [row for row in rows if row.first <= report.period.last and row.last >= report.period.first]
    names = list(dict.fromkeys(row.zh if report.lang == "zh" else row.en for row in touching))
    held = report.appraisal.targets
    held = held.loc[held["period"].eq(report.period.label), "phase"]
    return str(held.mode().iloc[0]) if len(held) else phase_of(report.period, rows), names


def _tiles(report: Report) -> list[Markup]:
    return [
        _sales_tile(report),
        _attainment_tile(report),
        _pace_tile(report),
        _phase_tile(report),
        _year_tile(report),
        _people_tile(report),
    ]


def _tile(title: str, value: Content, *notes: Content, kind: str = "") -> Markup:
    small = [element("div", note, class_="sub") for note in notes if note]
    return element(
        "div", element("div", title, class_="label"), element("div", value, class_="big"), *small,
        class_=f"tile {kind}".strip(),
    )  # fmt: skip


def _sales_tile(report: Report) -> Markup:
    here, locale = report.stand, report.locale
    absent = pd.isna(here.target)
    target = "report.tile.no_target" if absent else "report.tile.target"
    note = locale.text(target, **({} if absent else {"target": locale.money(here.target)}))
    return _tile(locale.text("report.tile.net_sales"), locale.money(here.actual), note)


def _attainment_tile(report: Report) -> Markup:
    here, locale = report.stand, report.locale
    before = report.trend.iloc[:-1].tail(1)
    rate = (before["actual"] / before["target"]).iloc[0] if len(before) else float("nan")
    note = "" if pd.isna(rate) else locale.text("report.tile.before", attainment=locale.percent(rate))
    bar = "" if pd.isna(here.attainment) else _bar(here.attainment)
    short = here.lead < 0 if report.running else here.attainment < 1
    tone = "low" if short else ""
    return _tile(locale.text("report.tile.attainment"), locale.percent(here.attainment), bar, note, kind=tone)


def _bar(rate: float) -> Markup:
    """Draw a rate as a bar that ends at its target."""
    width = f"width:{100 * min(max(rate, 0.0), 1.0):.1f}%"
    return element("div", element("div", "", class_="fill", style=width), class_="bar")


def _pace_tile(report: Report) -> Markup:
    here, locale = report.stand, report.locale
    title = locale.text("report.tile.pace")
    if pd.isna(here.lead):
        return _tile(title, ABSENT, locale.text("report.tile.no_target"))
    code = lead_code(here)
    if not report.running:
        said = locale.text(f"report.tile.closed_{code}")
        return _tile(locale.text("report.tile.gap"), signed(locale.money(here.lead)), said, kind=_tone(here))
    due = locale.text(f"report.tile.due_{code}", due=locale.money(here.due))
    day = locale.text("report.tile.by", day=locale.date(here.day))
    return _tile(title, signed(locale.money(here.lead)), due, day, kind=_tone(here))


def _tone(here: Stand) -> str:
    return "low" if here.lead < 0 else ""


def _phase_tile(report: Report) -> Markup:
    code, names = phase(report)
    locale = report.locale
    note = locale.listing(names) if names else locale.text("report.tile.no_promotion")
    return _tile(locale.text("report.tile.phase"), locale.text(f"report.phase.{code}"), note)


def _year_tile(report: Report) -> Markup:
    year, locale = report.year_stand, report.locale
    label = locale.period(report.period.parent("year").label) if report.period.kind != "year" else ""
    title = locale.text("report.tile.year", year=label or locale.period(report.period.label))
    notes: list[Content] = []
    if not pd.isna(year.target):
        notes.append(locale.text("report.tile.of_year", rate=locale.percent(year.attainment)))
        code = lead_code(year)
        gap = {} if code == "on_pace" else {"gap": locale.money(abs(year.lead))}
        notes.append(locale.text(f"report.tile.{code}", **gap))
    behind = not pd.isna(year.due) and year.lead < 0
    return _tile(title, locale.money(year.actual), *notes, kind="low" if behind else "")


def _people_tile(report: Report) -> Markup:
    locale = report.locale
    title = locale.text("report.tile.people")
    every = roll(report)["score"]
    if every.dropna().empty:
        return _tile(title, ABSENT, locale.text("report.tile.nobody"))
    missing = int(every.isna().sum())
    left = locale.text("report.tile.unscored", count=missing) if missing else ""
    if report.provisional:
        return _tile(title, locale.number(every.mean(), 1), locale.text("report.tile.grades_open"), left)
    mean = locale.text("report.tile.mean", mean=locale.number(every.mean(), 1))
    company = locale.number(report.appraisal.composites["score"].mean(), 1)
    beside = locale.text("report.tile.company_mean", mean=company)
    return _tile(title, _grades_text(report), mean, beside, left)


def _grades_text(report: Report) -> str:
    return " · ".join(f"{grade}\N{NO-BREAK SPACE}{count}" for grade, count in grade_counts(report)) or ABSENT
