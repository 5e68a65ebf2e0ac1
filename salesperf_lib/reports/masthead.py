"""What frames a report: its title and parameters, what the data cover, definitions, limits, origin."""

from __future__ import annotations

import shlex
from functools import cache
from importlib.resources import files
from typing import Literal

import pandas as pd

from salesperf_lib import __version__
from salesperf_lib.language import entries
from salesperf_lib.params import read_yaml, source_file
from salesperf_lib.periods import closing_day
from salesperf_lib.reports.context import Report
from salesperf_lib.reports.markup import (
    Content,
    Markup,
    Table,
    block,
    definitions,
    element,
    folded,
    join,
    paragraphs,
)
from salesperf_lib.reports.movement import STAGES
from salesperf_lib.reports.people import sentence_break
from salesperf_lib.reports.quality import findings

MARGIN = "color: #b3541e; font: 9pt 'Noto Sans SC', 'PingFang SC', 'Microsoft YaHei', sans-serif;"
Kind = Literal["monthly", "quarterly", "annual", "appraisal", "targets", "board"]
_NOTEBOOKS: dict[Kind, str] = {
    "monthly": "90_monthly_report",
    "quarterly": "91_quarterly_report",
    "annual": "92_annual_report",
    "appraisal": "30_team_appraisal",
    "targets": "10_target_decomposition",
    "board": "35_team_board",
}


def masthead(report: Report, kind: Kind) -> Markup:
    """Show the title, what the report was asked for, and a mark on every page while the period is open."""
    text = report.locale.text
    title = element("h1", text(f"report.{kind}.title", team=report.team_name))
    subtitle = element("p", report.locale.period(report.period.label), class_="period")
    question = element("p", text(f"report.{kind}.question"), class_="question")
    parts = [element("div", title, subtitle, class_="title"), question, _parameters(report), _banner(report)]
    return join([style(), block(*parts, element("p", provenance(report), class_="note"), kind="masthead")])


def provenance(report: Report) -> str:
    """Say in one line what the numbers were made of."""
    locale, held = report.locale, report.facts
    return locale.text(
        "report.provenance",
        period=report.period.label,
        scenario=report.policy.scenario,
        policy=report.policy.digest,
        data=held.digest[:16],
        recorded=locale.date(held.recorded_on),
        last=locale.date(held.last_day),
        version=__version__,
    )


def coverage(report: Report) -> Markup:
    """Say what the data cover and how many problems they showed."""
    text, locale, held = report.locale.text, report.locale, report.facts
    people = report.appraisal.people
    own = people.loc[people["team_id"] == report.team, "person_id"].nunique()
    said = {
        "source": source_name(report),
        "first": locale.date(held.first_day),
        "last": locale.date(held.last_day),
    }
    first = text("report.data.covers", people=own, **said) if own else text("report.data.no_people", **said)
    found = findings(report)
    rows = locale.number(found["n_rows"].sum())
    where = text("report.quality.heading")
    second = (
        text("report.data.clean")
        if found.empty
        else text("report.data.found", count=len(found), rows=rows, section=where)
    )
    early = held.last_day < report.period.last and not report.provisional
    third = (
        text("report.data.ends_early", last=said["last"], end=locale.date(report.period.last))
        if early
        else ""
    )
    return block(
        element(
            "p", sentence_break(report).join(part for part in (first, second, third) if part), class_="note"
        ),
        kind="bare",
    )


def glossary(report: Report) -> Markup:
    """Show the definition of every indicator in the report, and the rules in force."""
    text = report.locale.text
    policy = report.policy
    shown = [policy.kpis[kpi] for kpi in _shown(report)]
    scored = policy.curves.keys() & set(report.appraisal.scores["kpi"])
    rows = [
        [
            kpi.name.of(report.lang),
            kpi.formula.of(report.lang),
            reading_name(report, kpi.reading),
            policy.curves[kpi.id].name.of(report.lang) if kpi.id in scored else "",
            text(f"report.direction.{kpi.direction}"),
            kpi.section,
        ]
        for kpi in shown
    ]
    heads = [
        text(f"report.definitions.{name}")
        for name in ("name", "formula", "reading", "curve", "direction", "section")
    ]
    caption = text("report.definitions.caption", count=len(rows))
    written = Table(caption, pd.DataFrame(rows, columns=heads), words=tuple(range(len(heads))))
    heading = element("h2", text("report.definitions.heading"))
    return block(heading, paragraphs([say_rules(report)]), folded(caption, written))


def reading_name(report: Report, reading: str) -> str:
    """Give a reading in words; its code where the catalogue does not know it, empty where there is none."""
    key = f"reading.{reading}"
    return report.locale.text(key) if key in entries() else reading


def say_rules(report: Report) -> str:
    """Say which rules of the policy the reader needs to read a score."""
    locale, text, policy = report.locale, report.locale.text, report.policy
    weights = [
        f"{text(f'report.dimension.{name}')} {locale.percent(float(weight))}"
        for name, weight in policy.dimension_weights.items()
    ]
    grades = [
        text("report.definitions.grade", grade=grade, lowest=locale.number(lowest))
        for grade, lowest in policy.grades.thresholds
    ]
    basis = text(f"report.basis.{policy.company.sales_basis}")
    return text(
        "report.definitions.rules",
        basis=basis,
        weights=locale.listing(weights),
        grades=locale.listing(grades),
    )


def limits(report: Report) -> Markup:
    """Say what the numbers do not say."""
    text = report.locale.text
    said = [text("report.limits.text"), text("report.limits.small")]
    return block(element("h2", text("report.limits.heading")), paragraphs(said))


def reproduce(report: Report, kind: Kind) -> Markup:
    """Give the command that yields the same report, and what it rests on."""
    text = report.locale.text
    heading = element("h2", text("report.reproduce.heading"))
    shown = element("pre", element("code", command(report, kind)))
    return block(
        heading,
        element("p", text("report.reproduce.text")),
        shown,
        element("p", provenance(report), class_="note"),
    )


def command(report: Report, kind: Kind) -> str:
    """Give the command line that renders the report again as it was known on its day."""
    notebook = _NOTEBOOKS[kind]
    policy = report.policy
    words = ["salesperf", "render", notebook, "--period", policy.period.label, "--teams", report.team]
    words += ["--lang", report.lang, "--source", policy.source, "--scenario", policy.scenario]
    words += ["--as-of", report.facts.recorded_on.isoformat()]
    return shlex.join([*words, "--provisional"] if report.provisional else words)


@cache
def style() -> Markup:
    """Give the style of the blocks, for JupyterLab and for the page alike."""
    return Markup(
        f"<style>{files('salesperf_lib.reports').joinpath('report.css').read_text('utf-8')}</style>"
    )


def source_name(report: Report) -> str:
    """Give what people call the source, and its key."""
    policy = report.policy
    name = read_yaml(source_file(policy.source, policy.root)).get("name", {}).get(report.lang, policy.source)
    return report.locale.text("report.parameter.named", name=name, id=policy.source)


def _parameters(report: Report) -> Markup:
    """Show what the report was asked for in the reader's words."""
    text, locale = report.locale.text, report.locale
    team = text("report.parameter.named", name=report.team_name, id=report.team)
    state = text("report.state.open" if report.provisional else "report.state.closed")
    return definitions(
        [
            (text("report.parameter.team"), team),
            (text("report.parameter.period"), locale.period(report.period.label)),
            (text("report.parameter.state"), state),
            (text("report.parameter.scenario"), report.policy.scenario_name.of(report.lang)),
            (text("report.parameter.source"), source_name(report)),
            (text("report.parameter.today"), locale.date(report.last_day)),
        ],
        "parameters",
    )


def _banner(report: Report) -> Content:
    """Mark a provisional report: in each printed page's margin, in a corner of the screen, in words."""
    if not report.provisional:
        return ""
    text, locale = report.locale.text, report.locale
    closes = closing_day(report.period, report.policy.company.close_day)
    said = text(
        "report.provisional.banner",
        period=locale.period(report.period.label),
        closes=locale.date(closes),
        today=locale.date(report.last_day),
    )
    words = text("report.provisional.mark")
    margin = Markup(f'<style>@page {{ @top-right {{ content: "{words}"; {MARGIN} }} }}</style>')
    mark = element("div", words, class_="provisional-mark")
    return join([margin, mark, element("p", said, class_="provisional", role="status")])


def _shown(report: Report) -> list[str]:
    """List the indicators that the report shows, in the order of params/."""
    scored = set(report.appraisal.scores.loc[report.appraisal.scores["team_id"] == report.team, "kpi"])
    held = set(report.appraisal.kpis["kpi"])
    listed = {kpi for names in STAGES.values() for kpi in names} & held
    return [kpi for kpi in report.policy.kpis if kpi in scored | listed]
