"""Measures of people: posts, days on duty, and what raters and HR assessed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING, Any

import ibis

from salesperf_lib.kpis.scope import Measure, Scope, dated, exact
from salesperf_lib.periods import Period

if TYPE_CHECKING:
    import ibis.expr.types as ir

ITEMS = (
    "report_timeliness_rate",
    "report_quality",
    "collaboration_score",
    "training_pass_rate",
    "idea_traffic_uplift",
    "path_conversion_uplift",
    "mentee_sales_uplift",
)
"""Assessed indicators: the item in `assessments` is the KPI."""

FINE = "decimal(38, 20)"  # fractions of posts are added exactly too, to more digits than a float64 has

POSTS: Mapping[str, Measure] = {
    "fte": Measure(lambda t: (exact(t.fte) * t.days / t.elapsed).cast(FINE), ("roster.person_id",)),
}
TOUCH_DAYS: Mapping[str, Measure] = {
    "touch_days": Measure(lambda t: exact(t.days - t.absent), ("roster.person_id", "touches.touches")),
}


def _item(item: str, column: str) -> Measure:
    def of(t: ir.Table) -> Any:
        return ibis.ifelse(t["item"] == item, exact(t[column]), ibis.null("decimal(28, 9)"))

    return Measure(of, ("assessments.numerator",))


ASSESSED: Mapping[str, Measure] = {
    **{item: _item(item, "numerator") for item in ITEMS},
    **{f"{item}_of": _item(item, "denominator") for item in ITEMS},
}


def posts(scope: Scope) -> ir.Table:
    """List who is on the roster in each period, up to the last day covered.

    Returns
    -------
    ibis.Table
        One row per period and roster row: `period`, `person_id`, `team_id`, `role`, `fte`, `days` on
        the roster in the period, `elapsed` = days of the period so far.
    """
    rows = [
        (period.label, period.first, scope.end(period), (scope.end(period) - period.first).days + 1)
        for period in scope.periods
        if period.first <= scope.facts.last_day
    ]
    spans = dated(rows, ("period", "first", "last", "elapsed"), ("first", "last"))
    roster = scope.roster.select("person_id", "team_id", "role", "fte", "valid_from", "valid_to")
    joined = roster.inner_join(spans, [roster.valid_from <= spans["last"], roster.valid_to >= spans["first"]])
    begin, end = (
        ibis.greatest(joined.valid_from, joined["first"]),
        ibis.least(joined.valid_to, joined["last"]),
    )
    rows = joined.mutate(begin=begin, end=end)
    return rows.mutate(days=_days_between(rows.begin, rows.end))


def touch_days(scope: Scope) -> ir.Table:
    """List the days on duty of those whose work touches are: by role, or because they made some."""
    rows = _with_absences(scope, posts(scope))
    touches = scope.table("touches")
    days = scope.days()
    made = touches.inner_join(days, touches.date == days.day)
    made = made.select(made_in="period", maker="person_id").distinct()
    rows = rows.left_join(made, [rows.period == made.made_in, rows.person_id == made.maker])
    owning = [role.id for role in scope.policy.roles.values() if role.scored_at("daily_interactions")]
    owns = rows.role.isin(owning) if owning else ibis.literal(False)  # noqa: FBT003
    return rows.filter(rows.maker.notnull() | owns)


def assessed(scope: Scope) -> ir.Table:
    """List assessments of the periods that lie inside each period asked for.

    Returns
    -------
    ibis.Table
        One row per assessment and period: `period`, `person_id`, `team_id` (the person's last one in
        the assessment's period, where there is a roster), `item`, `numerator`, `denominator` (1 if none).
    """
    rows = scope.table("assessments")
    whole = rows.denominator if "denominator" in rows.columns else ibis.null("float64")
    rows = rows.select("person_id", "item", "numerator", denominator=whole.fill_null(1.0), label=rows.period)
    inside = assessment_periods(scope)
    rows = rows.inner_join(inside, "label")
    if not scope.facts.has("roster"):
        return rows
    teams = _team_at(scope, inside)
    rows = rows.left_join(teams, [rows.label == teams.at_label, rows.person_id == teams.member])
    return rows.drop("at_label", "member")


def assessment_periods(scope: Scope) -> ir.Table:
    """Match the periods of assessments with those asked for: `label`, `first`, `last`, `period`."""
    labels = scope.facts.con.to_pandas(scope.table("assessments").select("period").distinct())["period"]
    start = scope.policy.company.fiscal_start_month
    found = [Period.parse(label, start) for label in sorted(labels)]
    rows: list[tuple[str, date, date, str]] = [
        (part.label, part.first, part.last, period.label)
        for part in found
        for period in scope.periods
        if period.contains(part)
    ]
    return dated(rows, ("label", "first", "last", "period"), ("first", "last"))


def _team_at(scope: Scope, periods: ir.Table) -> ir.Table:
    """Give each person's last team in each period: `at_label`, `member`, `team_id`."""
    spans = periods.select(at_label="label", first="first", last="last").distinct()
    roster = scope.roster.select("team_id", "valid_from", "valid_to", member="person_id")
    rows = roster.inner_join(spans, [roster.valid_from <= spans["last"], roster.valid_to >= spans["first"]])
    rank = ibis.row_number().over(
        ibis.window(group_by=[rows.at_label, rows.member], order_by=ibis.desc(rows.valid_from))
    )
    rows = rows.mutate(rank=rank)
    return rows.filter(rows["rank"] == 0).select("at_label", "member", "team_id")


def _with_absences(scope: Scope, rows: ir.Table) -> ir.Table:
    """Add `absent`: the days of each row on which its person was away, by the share of the day."""
    if not scope.facts.has("absences"):
        return rows.mutate(absent=ibis.literal(0.0))
    away = scope.table("absences")
    share = away.share.fill_null(1.0) if "share" in away.columns else ibis.literal(1.0)
    away = away.select("from_on", "to_on", away_person="person_id", part=share)
    pairs = rows.inner_join(
        away, [rows.person_id == away.away_person, away.from_on <= rows.end, away.to_on >= rows.begin]
    )
    lost = _days_between(ibis.greatest(pairs.from_on, pairs.begin), ibis.least(pairs.to_on, pairs.end))
    absent = (
        pairs.mutate(lost=exact(lost * pairs.part))
        .group_by(away_period="period", away_person="person_id", away_begin="begin")
        .agg(absent=ibis._.lost.sum())
    )
    joined = rows.left_join(
        absent,
        [
            rows.period == absent.away_period,
            rows.person_id == absent.away_person,
            rows.begin == absent.away_begin,
        ],
    )
    return joined.mutate(absent=joined.absent.cast("float64").fill_null(0.0)).drop(
        "away_period", "away_person", "away_begin"
    )


def _days_between(first: Any, last: Any) -> Any:
    """Count the days from one to another, both included."""
    return last.delta(first, unit="day") + 1
