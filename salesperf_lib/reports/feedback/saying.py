"""Say where the person stands: score, grade, rank, certainty; a veto by rule; path and trend (§2.3, §2.6)."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from salesperf_lib.grades.distribution import THRESHOLDS
from salesperf_lib.language import ABSENT, signed
from salesperf_lib.reports.explanation import adding_up
from salesperf_lib.reports.feedback.changes import records
from salesperf_lib.reports.feedback.content import Section, TrendPoint
from salesperf_lib.reports.feedback.opening import FeedbackSheet
from salesperf_lib.review.change import EFFECTS

CERTAIN = ((0.95, "almost"), (0.80, "likely"), (0.60, "fair"), (0.0, "open"))
"""From which probability a grade is called how certain."""

WORTH_NAMING = 0.05
"""Probability from which the second most likely grade is named."""

FEW_MOVES = 3
"""Indicators that a person can be asked to raise at once."""

FEWEST = 3
"""People in a role from which a rank among them is given: of two it would tell the other's."""


def say_standing(feedback: FeedbackSheet) -> tuple[str, ...]:
    """Say score, grade, rank in the role and certainty, or why there is none."""
    locale, row = feedback.report.locale, feedback.grade
    if not feedback.assessed:
        reason = locale.text(f"status.{row['reason']}")
        return (locale.text("feedback.standing.unassessed", reason=reason[:1].upper() + reason[1:]),)
    score = locale.number(row["score"], 2)
    if pd.isna(row["grade"]):
        return (locale.text("feedback.standing.open", score=score),)
    said = [locale.text("feedback.standing.scored", score=score, grade=row["grade"])]
    if not feedback.vetoed:
        said += [_place(feedback), say_certainty(feedback)]
        said.append(locale.text("feedback.standing.contested") if row["contested"] else "")
    return tuple(part for part in said if part)


def say_certainty(feedback: FeedbackSheet) -> str:
    """Say how certain the grade is, and which comes next; empty where it is not known."""
    locale, row = feedback.report.locale, feedback.grade
    grades = [grade for grade, _ in feedback.report.policy.grades.thresholds]
    chances = {grade: row.get(f"p_{grade.lower()}", math.nan) for grade in grades}
    own = str(row["grade"])
    if pd.isna(chances.get(own)):
        return ""
    p = float(chances.pop(own))
    word = locale.text(f"feedback.certain.{next(name for least, name in CERTAIN if p >= least)}")
    said = {"grade": own, "word": word, "p": locale.percent(p, 0)}
    other = max(chances, key=lambda grade: chances[grade]) if chances else ""
    if not other or not chances[other] >= WORTH_NAMING:
        return locale.text("feedback.standing.certain", **said)
    q = locale.percent(chances[other], 0)
    if chances[other] > p:
        return locale.text("feedback.standing.certain_less", other=other, q=q, **said)
    return locale.text("feedback.standing.certain_other", other=other, q=q, **said)


def rank_text(feedback: FeedbackSheet) -> str:
    """Write the rank in the role, of how many; absent without one, and where so few are ranked."""
    place = feedback.place
    if place is None or place[1] < FEWEST:
        return ABSENT
    return feedback.report.locale.text("feedback.rank", place=place[0], count=place[1])


def say_veto(feedback: FeedbackSheet) -> Section | None:
    """Say by rule how a vetoed grade was set: status of the case, period, appeal; never what happened."""
    if not feedback.vetoed or feedback.report.provisional:
        return None
    locale, row = feedback.report.locale, feedback.grade
    told = [
        locale.text(
            "feedback.veto.case",
            case=case["case_id"],
            status=locale.text(f"case.status.{case['status']}"),
            day=locale.date(case["decided_on"].date()),
        )
        for _, case in feedback.cases.iterrows()
    ]
    period = locale.period(feedback.report.period.label)
    rule = locale.text("feedback.veto.rule", period=period, grade=row["grade"])
    sentences = (*told, rule, locale.text("feedback.veto.appeal"))
    return Section("veto", locale.text("feedback.veto.heading"), "", sentences)


def say_path(feedback: FeedbackSheet) -> Section:
    """Say which smallest feasible change would reach the next grade, and how likely it is."""
    text = feedback.report.locale.text
    heading = text("feedback.path.heading")
    if feedback.report.provisional:
        return Section("path", heading, "", (text("feedback.path.open"),))
    if feedback.vetoed:
        return Section("path", heading, "", (text("feedback.path.veto"),))
    if not feedback.assessed:
        return Section("path", heading, "", (text("feedback.path.unassessed"),))
    if feedback.path.empty:
        return Section("path", heading, "", (text("feedback.path.best"),))
    return Section("path", heading, *_path(feedback, feedback.path))


def trend_points(feedback: FeedbackSheet) -> tuple[TrendPoint, ...]:
    """Write the last periods with their composite."""
    write = feedback.report.locale.period
    rows = zip(feedback.trend["period"], feedback.trend["score"], feedback.trend["grade"], strict=True)
    return tuple(TrendPoint(write(str(p)), float(s), "" if pd.isna(g) else str(g)) for p, s, g in rows)


def say_trend(feedback: FeedbackSheet, points: Sequence[TrendPoint]) -> Section:
    """Say how the composite moved through the last periods."""
    locale = feedback.report.locale
    heading = locale.text("feedback.trend.heading")
    known = [point for point in points if not math.isnan(point.score)]
    if not feedback.assessed:
        return Section("trend", heading, "", (locale.text("feedback.trend.unassessed"),))
    if len(known) < 2:
        return Section("trend", heading, "", (locale.text("feedback.trend.none"),))
    step = round(known[-1].score, 2) - round(known[-2].score, 2)
    written = locale.number(abs(step), 2)
    key = "up" if step > 0 else "down" if step < 0 else "level"
    said = [locale.text(f"feedback.trend.{key}", before=known[-2].period, points=written)]
    if len(known) > 2:
        ordered = sorted(known, key=lambda point: point.score)
        worst, best = ordered[0], ordered[-1]
        shown = {"best": locale.number(best.score, 2), "worst": locale.number(worst.score, 2)}
        spans = {"best_period": best.period, "worst_period": worst.period}
        said.append(locale.text("feedback.trend.range", count=len(known), **shown, **spans))
    if moved := say_moved(feedback):
        said.append(moved)
    return Section("trend", heading, "", tuple(said))


def say_moved(feedback: FeedbackSheet) -> str:
    """Say from which causes the score changed since the period before; empty if it cannot be said."""
    locale, row = feedback.report.locale, feedback.moved
    if row is None:
        return ""
    parts = dict(zip(EFFECTS, adding_up([float(row[name]) for name in EFFECTS], 2), strict=True))
    told = [
        locale.text(
            "feedback.moved.part",
            cause=locale.text(f"feedback.moved.{name}"),
            points=signed(locale.number(part, 2)),
        )
        for name, part in parts.items()
        if part
    ]
    before = locale.period(str(row["period_before"]))
    return locale.text("feedback.moved.said", before=before, parts=locale.listing(told)) if told else ""


def _place(feedback: FeedbackSheet) -> str:
    place = feedback.place
    if place is None or place[1] < FEWEST:
        return ""
    return feedback.report.locale.text("feedback.standing.place", place=place[0], count=place[1])


def _path(feedback: FeedbackSheet, rows: pd.DataFrame) -> tuple[str, tuple[str, ...]]:
    """Say the way: how many points, the change, how likely each part of it is, and what is shared."""
    locale, first = feedback.report.locale, rows.iloc[0]
    points = {
        "needed": locale.number(first["needed_score"], 2),
        "gap": locale.number(first["gap"], 2),
        "now": first["grade_now"],
        "next": first["grade_next"],
    }
    lead = locale.text("feedback.path.needed", **points)
    moves = [row for row in records(rows) if row["kpi"]]
    if not moves:
        return lead, (locale.text("feedback.path.impossible", next=first["grade_next"]),)
    moves = [row for row in moves if _is_seen(feedback, row)] or moves
    change = locale.listing([_change(feedback, row) for row in moves])
    key = "single" if len(moves) == 1 else "several" if len(moves) <= FEW_MOVES else "many"
    said = [
        locale.text(
            f"feedback.path.{key if first['reachable'] else 'beyond'}", change=change, count=len(moves)
        )
    ]
    said += [*_likely(feedback, moves), *_shared(feedback, moves)]
    if feedback.grade["cohort"] != THRESHOLDS:
        said.append(locale.text("feedback.path.forced"))
    return lead, tuple(said)


def _change(feedback: FeedbackSheet, row: Mapping[str, Any]) -> str:
    write, kpi = feedback.report.write, str(row["kpi"])
    said = {"value": write(row["value_now"], kpi), "needed": write(row["value_needed"], kpi)}
    return feedback.report.locale.text("feedback.path.change", kpi=feedback.report.name_of(kpi), **said)


def _is_seen(feedback: FeedbackSheet, row: Mapping[str, Any]) -> bool:
    """Say whether a reader sees the change: the last displayed step of several may be less than one."""
    write, kpi = feedback.report.write, str(row["kpi"])
    return write(row["value_now"], kpi) != write(row["value_needed"], kpi)


def _likely(feedback: FeedbackSheet, moves: Sequence[Mapping[str, Any]]) -> list[str]:
    """Say how likely the change is, of several parts the least likely one; nothing of shared figures."""
    locale = feedback.report.locale
    own = [row for row in moves if not row["shared"]]
    known = [row for row in own if not pd.isna(row["likely"])]
    if not known:
        names = locale.listing([feedback.report.name_of(str(row["kpi"])) for row in own])
        return [locale.text("feedback.path.likely_unknown", kpi=names)] if own else []
    row = min(known, key=lambda one: one["likely"])
    kpi, p = str(row["kpi"]), float(row["likely"])
    said = {"kpi": feedback.report.name_of(kpi), "needed": feedback.report.write(row["value_needed"], kpi)}
    key = "feedback.path.likely" if len(moves) == 1 else "feedback.path.hardest"
    if p < 0.01:
        return [locale.text(f"{key}_small", **said)]
    return [locale.text(key, p=locale.percent(p, 0), **said)]


def _shared(feedback: FeedbackSheet, moves: Sequence[Mapping[str, Any]]) -> list[str]:
    names = [feedback.report.name_of(str(row["kpi"])) for row in moves if row["shared"]]
    return (
        [feedback.report.locale.text("feedback.path.shared", kpi=feedback.report.locale.listing(names))]
        if names
        else []
    )
