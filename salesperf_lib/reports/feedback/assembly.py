"""Put a feedback sheet together in the sandwich's order (§2.6)."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import date, timedelta

import numpy as np
import pandas as pd

from salesperf_lib.language import ABSENT
from salesperf_lib.params.policy import NextStep
from salesperf_lib.periods import closing_day, month_of
from salesperf_lib.reports.explanation import COLUMNS, adding_up, raw_text
from salesperf_lib.reports.feedback import evidence, saying, wording
from salesperf_lib.reports.feedback.changes import records
from salesperf_lib.reports.feedback.content import Section, Sheet
from salesperf_lib.reports.feedback.evidence import OWN, Evidence
from salesperf_lib.reports.feedback.opening import SCORED, FeedbackSheet
from salesperf_lib.reports.markup import Content, Table
from salesperf_lib.reports.masthead import provenance
from salesperf_lib.reports.people import role_name
from salesperf_lib.targets.capacity import working_days

ADJUSTED = ("shrunk", "corrected", "uncalibrated")
DAY = timedelta(days=1)


def sheet(feedback: FeedbackSheet) -> Sheet:
    """Write one person's sheet.

    Parameters
    ----------
    feedback
        What `opening.open_feedback` gave.

    Returns
    -------
    Sheet
        Every text of it in the reader's language; the evidence behind the sandwich as values.

    Notes
    -----
    The evidence is chosen by the rule of `evidence`: affirm the strongest own line that reached its target,
    else an improvement beyond noise; without either, what was kept up, in neutral words. Causes that
    are nobody's business (the kind of an absence, what a case is about) are never written.
    """
    report, locale = feedback.report, feedback.report.locale
    found = feedback.weighed if feedback.assessed else feedback.weighed.iloc[:0]
    good, short = evidence.affirm(found), evidence.gap(found)
    held = evidence.kept_up(found) if good is None else None
    step = next_step(feedback, short)
    due = deadline(feedback, step.due_days if step else report.policy.feedback.sign_days)
    points = saying.trend_points(feedback)
    return Sheet(
        lang=report.lang,
        person=feedback.person,
        name=feedback.name,
        role=role_name(report, feedback.role),
        team=report.team_name,
        period=locale.period(report.period.label),
        title=locale.text("feedback.title", name=feedback.name),
        question=locale.text("feedback.question"),
        facts=_facts(feedback),
        score=float(feedback.grade["score"]) if feedback.assessed else math.nan,
        grade="" if pd.isna(feedback.grade["grade"]) else str(feedback.grade["grade"]),
        assessed=feedback.assessed,
        provisional=report.provisional,
        standing=saying.say_standing(feedback),
        veto=saying.say_veto(feedback),
        affirm=good,
        kept_up=held,
        gap=short,
        step=step,
        due=due,
        sandwich=_sandwich(feedback, found, (good, held, short), step, due),
        path=saying.say_path(feedback),
        trend=points,
        trend_said=saying.say_trend(feedback, points),
        lines=_lines(feedback) if feedback.assessed else None,
        notes=_notes(feedback),
        sign_by=deadline(feedback, report.policy.feedback.sign_days),
        appeal_by=deadline(feedback, report.policy.feedback.appeal_days),
        signing=_signing(feedback),
        appeal=_appeal(feedback),
        small_print=locale.text("feedback.small.evidence"),
        provenance=provenance(report),
        recorded_on=report.facts.recorded_on,
    )


def next_step(feedback: FeedbackSheet, found: Evidence | None) -> NextStep | None:
    """Choose the step of the catalogue for an indicator: the role's own before that of any role."""
    if found is None:
        return None
    steps = [one for one in feedback.report.policy.feedback.steps if one.kpi == found.kpi]
    own = [one for one in steps if one.role == feedback.role]
    return next(iter([*own, *(one for one in steps if not one.role)]), None)


def deadline(feedback: FeedbackSheet, days: int) -> date:
    """Give the day so many days after the period closes, moved on to a working day where it is none."""
    company = feedback.report.policy.company
    day = closing_day(feedback.report.period, company.close_day) + days * DAY
    month = month_of(day)
    working = working_days((month, month.shift(1)), company.timezone).is_working
    return month.first + int(np.argmax(working[day.day - 1 :]) + day.day - 1) * DAY


def _facts(feedback: FeedbackSheet) -> tuple[tuple[str, str], ...]:
    """List what heads the sheet."""
    report, locale, row = feedback.report, feedback.report.locale, feedback.grade
    told = {
        "role": role_name(report, feedback.role),
        "team": report.team_name,
        "period": locale.period(report.period.label),
        "score": locale.number(row["score"], 2),
        "grade": ABSENT if pd.isna(row["grade"]) else str(row["grade"]),
        "rank": saying.rank_text(feedback),
        "person": feedback.person,
    }
    return tuple((locale.text(f"feedback.fact.{name}"), value) for name, value in told.items())


def _sandwich(
    feedback: FeedbackSheet,
    found: pd.DataFrame,
    chosen: tuple[Evidence | None, Evidence | None, Evidence | None],
    step: NextStep | None,
    due: date,
) -> tuple[Section, ...]:
    good, held, short = chosen
    told: list[Section] = []
    if good is not None:
        told.append(wording.affirm(feedback, good, evidence.others(found, good)))
    elif held is not None:
        told.append(wording.kept(feedback, held))
    if short is not None:
        told.append(wording.gap(feedback, short, evidence.others(found, short)))
        told.append(wording.direction(feedback, short, step, due))
    return tuple(told)


def _lines(feedback: FeedbackSheet) -> Table:
    """Write the lines of the score, a heading per dimension, what earlier periods add, and the sum."""
    report, given, before = feedback.report, feedback.lines, feedback.earlier
    weights = adding_up([*given["weight"], *before["weight"]], 4)
    parts = adding_up([*given["contribution"], *before["contribution"]], 2)
    rows: list[list[Content]] = []
    headed: list[int] = []
    seen = ""
    for line, weight, part in zip(records(given), weights, parts, strict=False):
        if line["dimension"] != seen:
            seen = str(line["dimension"])
            headed.append(len(rows))
            rows.append(_heading(report.locale.text(f"report.dimension.{seen}")))
        rows.append(_line(feedback, pd.Series(line), weight, part))
    if len(before):
        headed.append(len(rows))
        rows.append(_heading(report.locale.text("feedback.lines.earlier")))
        at = len(given)
        for label, weight, part in zip(before["scored_in"], weights[at:], parts[at:], strict=True):
            rows.append([report.locale.period(label), *[""] * 5, *_shares(feedback, weight, part)])
    total = _shares(feedback, float(np.nansum(weights)), float(np.nansum(parts)))
    rows.append([report.locale.text("report.explanation.total"), *[""] * 5, *total])
    heads = [report.locale.text(f"report.explanation.{column}") for column in COLUMNS]
    caption = report.locale.text("feedback.lines.caption")
    return Table(caption, pd.DataFrame(rows, columns=heads), total=True, headed=tuple(headed))


def _heading(name: str) -> list[Content]:
    return [name, *[""] * (len(COLUMNS) - 1)]


def _shares(feedback: FeedbackSheet, weight: float, part: float) -> list[Content]:
    return [feedback.report.locale.percent(weight, 2), feedback.report.locale.number(part, 2)]


def _line(feedback: FeedbackSheet, line: pd.Series, weight: float, part: float) -> list[Content]:
    report, locale = feedback.report, feedback.report.locale
    return [
        _line_name(feedback, line),
        raw_text(report, line),
        report.write(line["value"], line["kpi"]),
        report.write(line["target"], line["kpi"]),
        locale.percent(line["attainment"]),
        locale.number(line["points"], 2),
        *_shares(feedback, weight, part),
    ]


def _line_name(feedback: FeedbackSheet, line: pd.Series) -> str:
    """Name a line, where it is shared, its part, and why it is not scored or where it comes from."""
    report, text = feedback.report, feedback.report.locale.text
    name: str = report.name_of(line["kpi"])
    if len(feedback.parts) > 1:
        team, role = str(line["team_id"]), role_name(report, str(line["role"]))
        name = text("feedback.lines.part", kpi=name, team=feedback.team_names.get(team, team), role=role)
    if line["scored_at"] != OWN:
        level = text(f"report.level.{line['scored_at']}")
        name = text("report.explanation.scored_at", kpi=name, level=level)
    if line["status"] in (SCORED, "redistributed"):
        return name
    remark = text(f"status.{line['status']}", period=report.locale.period(line["value_period"]))
    return text("feedback.lines.remark", kpi=name, remark=remark)


def _notes(feedback: FeedbackSheet) -> Section:
    """Say what must be known to read the figures."""
    report, text = feedback.report, feedback.report.locale.text
    heading = text("feedback.notes.heading")
    if not feedback.assessed:
        return Section("notes", heading)
    lines = feedback.lines
    said = [text("feedback.notes.running")] if report.running else []
    if float(feedback.parts["excluded_days"].sum()) > 0:
        said.append(text("feedback.notes.duty"))
    if len(feedback.parts) > 1:
        said.append(text("feedback.notes.parts"))
    for label, rows in lines[lines["status"] == "carried"].groupby("value_period", sort=True):
        names = _names(feedback, rows["kpi"])
        said.append(text("feedback.notes.carried", kpis=names, period=report.locale.period(str(label))))
    absent = lines[lines["status"].isin(["low_n", "no_data", "no_target"])]
    if len(absent):
        said.append(text("feedback.notes.redistributed", kpis=_names(feedback, absent["kpi"])))
    for kind in ADJUSTED:
        rows = lines[lines["adjustment"] == kind]
        if len(rows):
            said.append(text(f"feedback.notes.{kind}", kpis=_names(feedback, rows["kpi"])))
    if lines["gated"].any():
        said.append(text("feedback.notes.gated"))
    return Section("notes", heading, "", tuple(said))


def _names(feedback: FeedbackSheet, kpis: Sequence[str] | pd.Series) -> str:
    names = [feedback.report.name_of(kpi) for kpi in dict.fromkeys(str(kpi) for kpi in kpis)]
    return feedback.report.locale.listing(names)


def _signing(feedback: FeedbackSheet) -> str:
    report, locale = feedback.report, feedback.report.locale
    if report.provisional:
        closes = closing_day(report.period, report.policy.company.close_day)
        return locale.text("feedback.open.sign", day=locale.date(closes))
    days = report.policy.feedback.sign_days
    return locale.text("feedback.sign.text", days=days, day=locale.date(deadline(feedback, days)))


def _appeal(feedback: FeedbackSheet) -> str:
    locale, days = feedback.report.locale, feedback.report.policy.feedback.appeal_days
    return locale.text("feedback.appeal.text", days=days, day=locale.date(deadline(feedback, days)))
