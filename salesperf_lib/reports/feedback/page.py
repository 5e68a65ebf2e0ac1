"""Show a feedback sheet as a page: two sheets of paper, in the order in which it is talked through (§2.6)."""

from __future__ import annotations

import math
import shlex
from dataclasses import replace
from functools import lru_cache
from importlib.resources import files

from salesperf_lib.language import ABSENT
from salesperf_lib.periods import closing_day
from salesperf_lib.reports.feedback.assembly import sheet
from salesperf_lib.reports.feedback.content import Section, Sheet, TrendPoint
from salesperf_lib.reports.feedback.opening import FeedbackSheet
from salesperf_lib.reports.markup import (
    Content,
    Markup,
    block,
    definitions,
    element,
    folded,
    join,
    paragraphs,
    table,
)
from salesperf_lib.reports.masthead import MARGIN
from salesperf_lib.reports.masthead import style as report_style
from salesperf_lib.reports.people import grade_mark

NOTEBOOK = "80_feedback"
TALLEST = 64
"""Height of the trend's tallest column, in pixels of the screen."""


@lru_cache(maxsize=4)
def written(feedback: FeedbackSheet) -> Sheet:
    """Write the sheet once for all the parts of the page."""
    return sheet(feedback)


def heading(feedback: FeedbackSheet) -> Markup:
    """Show whose sheet it is, with score and grade; a mark on every printed page while the period is open."""
    told = written(feedback)
    title = element("h1", told.title)
    period = element("p", told.period, class_="period")
    parts = [
        element("div", title, period, class_="title"),
        element("p", told.question, class_="question"),
        definitions([(label, _fact(feedback, label, value)) for label, value in told.facts], "parameters"),
        _banner(feedback),
    ]
    shown = join([report_style(), style(), block(*parts, kind="masthead feedback")])
    score, grade = (dict(told.facts).get(_label(feedback, name), ABSENT) for name in ("score", "grade"))
    figures = {_label(feedback, "score"): score, _label(feedback, "grade"): grade}
    return replace(shown, headline=tuple(pair for pair in figures.items() if pair[1] != ABSENT))


def standing(feedback: FeedbackSheet) -> Markup:
    """Show what score and grade say, how a vetoed grade was set, and what must be known of the figures."""
    told = written(feedback)
    parts: list[Content] = [paragraphs([told.flowing(told.standing)], "lead")]
    if told.veto is not None:
        parts += [element("h2", told.veto.heading), paragraphs(told.veto.sentences)]
    parts.append(paragraphs([told.flowing(told.notes.sentences)], "note"))
    return block(*parts, kind="feedback")


def sandwich(feedback: FeedbackSheet) -> Markup:
    """Show the three parts of the talk: affirm or kept up, gap, next step."""
    told = written(feedback)
    if not told.sandwich:
        return Markup("")
    return block(*(_part(told, part) for part in told.sandwich), kind="bare feedback sandwich")


def path(feedback: FeedbackSheet) -> Markup:
    """Show the smallest feasible change that would reach the next grade, and how likely it is."""
    told = written(feedback)
    lead = [element("p", element("strong", told.path.lead))] if told.path.lead else []
    said = paragraphs([told.flowing(told.path.sentences)])
    return block(element("h2", told.path.heading), *lead, said, kind="bare feedback")


def trend(feedback: FeedbackSheet) -> Markup:
    """Show the composite of the last periods, and what moved it."""
    told = written(feedback)
    most = max((point.score for point in told.trend if not math.isnan(point.score)), default=1.0)
    columns = element("div", *(_column(feedback, point, most) for point in told.trend), class_="columns")
    said = paragraphs([told.flowing(told.trend_said.sentences)])
    return block(element("h2", told.trend_said.heading), columns, said, kind="bare feedback")


def explanation(feedback: FeedbackSheet) -> Markup:
    """Show the score line by line, adding up."""
    told, text = written(feedback), feedback.report.locale.text
    if told.lines is None:
        return Markup("")
    lines = element("div", table(told.lines), class_="sheet")
    return block(element("h2", text("feedback.lines.heading")), lines, kind="feedback")


def words(feedback: FeedbackSheet) -> Markup:
    """Show where manager and employee write and sign, by when, and how a grade is appealed."""
    told, text = written(feedback), feedback.report.locale.text
    boxes = [
        element("div", element("span", text(f"feedback.words.{who}"), class_="label"), class_=f"box {who}")
        for who in ("manager", "employee")
    ]
    lines = [
        element("div", element("span", text(f"feedback.sign.{who}")), element("span", class_="rule"),
                element("span", text("feedback.sign.date")), element("span", class_="rule date"),
                class_="signature")
        for who in ("employee", "manager")
    ]  # fmt: skip
    said = paragraphs([told.signing, told.appeal], "note")
    where = paragraphs([text("feedback.words.where")], "note")
    head = element("h2", text("feedback.sign.heading"))
    return block(*boxes, where, head, *lines, said, kind="feedback words")


def small_print(feedback: FeedbackSheet) -> Markup:
    """Say how the evidence was chosen, and what the figures rest on."""
    told = written(feedback)
    return block(paragraphs([told.small_print, told.provenance], "note"), kind="bare feedback")


def reproduce(feedback: FeedbackSheet) -> Markup:
    """Give the command that yields the same sheet."""
    text = feedback.report.locale.text
    shown = element("pre", element("code", command(feedback)))
    return block(
        folded(text("feedback.small.reproduce"), element("p", text("report.reproduce.text")), shown),
        kind="bare feedback reproduce",
    )


def command(feedback: FeedbackSheet) -> str:
    """Give the command line that renders the sheet again as it was known on its day."""
    policy = feedback.report.policy
    asked = {
        "period": policy.period.label,
        "people": feedback.person,
        "lang": feedback.report.lang,
        "source": policy.source,
        "scenario": policy.scenario,
        "as-of": feedback.report.facts.recorded_on.isoformat(),
    }
    options = [word for name, value in asked.items() for word in (f"--{name}", value)]
    tail = ["--provisional"] if feedback.report.provisional else []
    return shlex.join(["salesperf", "render", NOTEBOOK, *options, *tail])


def style() -> Markup:
    """Give the style of the sheet's own blocks, beside that of all reports."""
    sheet_style = files("salesperf_lib.reports").joinpath("feedback.css").read_text("utf-8")
    return Markup(f"<style>{sheet_style}</style>")


def _label(feedback: FeedbackSheet, name: str) -> str:
    return feedback.report.locale.text(f"feedback.fact.{name}")


def _fact(feedback: FeedbackSheet, label: str, value: str) -> Content:
    return grade_mark(value) if label == _label(feedback, "grade") else value


def _part(told: Sheet, part: Section) -> Markup:
    """Show a part of the sandwich; its sentences flow, but deliverable and date have a line each."""
    title = element("h2", part.heading)
    lead = element("p", part.lead, class_="lead")
    said = part.sentences if part.kind == "direction" else [told.flowing(part.sentences)]
    return element("div", title, lead, paragraphs(said), class_=f"part {part.kind}")


def _column(feedback: FeedbackSheet, point: TrendPoint, most: float) -> Markup:
    height = 0 if math.isnan(point.score) else round(TALLEST * point.score / most)
    fill = element("div", class_="fill", style=f"height: {height}px")
    score = element("span", feedback.report.locale.number(point.score, 1), class_="label")
    mark = grade_mark(point.grade) if point.grade else ""
    return element("div", score, fill, mark, element("span", point.period, class_="when"), class_="column")


def _banner(feedback: FeedbackSheet) -> Content:
    """Mark a sheet of an open period: in each printed page's margin, in a corner of the screen, in words."""
    report, locale = feedback.report, feedback.report.locale
    if not report.provisional:
        return ""
    closes = locale.date(closing_day(report.period, report.policy.company.close_day))
    period, today = locale.period(report.period.label), locale.date(report.last_day)
    said = locale.text("report.provisional.banner", period=period, closes=closes, today=today)
    words = locale.text("report.provisional.mark")
    margin = Markup(f'<style>@page {{ @top-right {{ content: "{words}"; {MARGIN} }} }}</style>')
    mark = element("div", words, class_="provisional-mark")
    return join([margin, mark, element("p", said, class_="provisional", role="status")])
