"""The correction of raters' leniency, as a team's report tells of it (§2.2)."""

from __future__ import annotations

import pandas as pd

from salesperf_lib.reports import leniency as section
from salesperf_lib.reports.context import Report
from salesperf_lib.reports.markup import Markup, block, element


def fairness(report: Report) -> Markup | None:
    """Show the raters who rated the team or belong to it, before and after the correction.

    Returns
    -------
    Markup or None
        None where nobody in the team was rated in the period.
    """
    given = leniency_of(report)
    if given.ratings.empty:
        return None
    if given.method == "none":
        heading = element("h2", report.locale.text("report.leniency.heading"))
        return block(heading, element("p", section.say_method(report, given)))
    return section.leniency(report, given)


def raters(report: Report) -> pd.DataFrame:
    """Give the raters for a figure: `leniency.told_raters`, empty where no ratings were corrected."""
    given = leniency_of(report)
    found = section.told_raters(report, given)
    return found.iloc[:0] if given.ratings.empty else found


def say_raters(report: Report) -> str:
    """Say what the figure of the raters shows."""
    return section.say_chart(report, leniency_of(report))


def leniency_of(report: Report) -> section.Leniency:
    """Take from the appraisal what the report may tell of ratings and raters.

    Returns
    -------
    salesperf_lib.reports.leniency.Leniency
        The raters of the whole window; of the ratings those of the team's own people in the period's
        months; names of the team's own people.
    """
    whole, policy = report.appraisal, report.policy
    own = whole.composites.loc[whole.composites["team_id"] == report.team, "person_id"]
    named = whole.people.drop_duplicates("person_id").set_index("person_id")["name"]
    names = own.map(named).fillna(own)
    months = [month.label for month in report.period.months()]
    ratings = whole.ratings
    inside = ratings["period"].isin(months) & ratings["person_id"].isin(own)
    return section.Leniency(
        raters=whole.raters,
        ratings=ratings[inside],
        people=dict(zip(own.astype(str), names.astype(str), strict=True)),
        items={name: kpi.name.of(report.lang) for name, kpi in policy.kpis.items() if kpi.subjective},
        method=policy.leniency.method,
    )
