"""The months of a quarter and the quarters of a year: what a report of a longer period is read by (§2.5)."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

import pandas as pd

from salesperf_lib import appraisal, kpis
from salesperf_lib.periods import Period, is_closed
from salesperf_lib.reports.context import Report

if TYPE_CHECKING:
    from salesperf_lib.appraisal import Appraisal

NAN = float("nan")
READ = (
    "net_sales", "new_customer_sales", "returning_customer_sales", "collection_rate", "retention_d30",
    "retention_d90", "private_domain_repurchase_rate",
)  # fmt: skip
"""KPIs that are read step by step."""
ROI = "channel_roi"


def steps(report: Report, kind: str = "") -> tuple[Period, ...]:
    """List the parts of the period that the data touch.

    Parameters
    ----------
    report
        The report.
    kind
        ``month`` or ``quarter``; the next shorter one if not given: quarters of a year, months of anything
        else.

    Returns
    -------
    tuple of Period
        In order; the period itself where it is not made of such parts.
    """
    whole = report.period
    if whole.kind not in ("month", "quarter", "year"):
        return (whole,)
    quarters = whole.kind == "year" and kind != "month"
    parts = whole.children("quarter") if quarters else whole.months()
    touched = [part for part in parts if part.first <= report.last_day]
    return tuple(part for part in touched if part.last >= report.facts.first_day) or (whole,)


def runs(report: Report, period: Period) -> bool:
    """Say whether days of a period are still to come."""
    return report.last_day < period.last


def whole_steps(report: Report, kind: str = "") -> tuple[Period, ...]:
    """List the parts that are closed on the report's day, or all that are over where it is provisional."""
    close = report.policy.company.close_day
    over = [part for part in steps(report, kind) if not runs(report, part)]
    return tuple(part for part in over if report.provisional or is_closed(part, report.today, close))


@lru_cache(maxsize=2)
def step_values(report: Report) -> pd.DataFrame:
    """Compute what is read step by step, for the team and the company.

    Returns
    -------
    pandas.DataFrame
        KPI values (DATA §6) of the steps and the whole period, and of the same ones a year before as far
        as the data cover them whole.
    """
    spans = {span.label: span for span in (*steps(report), report.period)}
    before = [span.year_before() for span in spans.values()]
    spans |= {span.label: span for span in before if span.first >= report.facts.first_day}
    units, asked = ("company", "team"), [kpi for kpi in READ if kpi in report.policy.kpis]
    values = kpis.compute(report.facts, report.policy, list(spans.values()), units, asked)
    return _own(report, values)


@lru_cache(maxsize=2)
def roi_values(report: Report) -> pd.DataFrame:
    """Compute the team's return on advertising of the steps and the whole period, once for each reading."""
    spans = list({span.label: span for span in (*steps(report), report.period)}.values())
    values = kpis.compare_readings(report.facts, report.policy, spans, ["team"])
    return _own(report, values[values["kpi"] == ROI])


def _own(report: Report, values: pd.DataFrame) -> pd.DataFrame:
    own = values["unit_id"].isin([report.team, "company"]) & values["channel"].eq("all")
    return values[own].reset_index(drop=True)


def measured(report: Report, kpi: str, period: str, *, unit: str = "", reading: str = "") -> dict[str, float]:
    """Look one value up with what it is made of; with a reading, among those of ROI.

    Returns
    -------
    dict
        value, numerator, denominator and n; NaN where there is none.
    """
    rows = roi_values(report) if reading else step_values(report)
    kept = rows["kpi"].eq(kpi) & rows["period"].eq(period) & rows["unit_id"].eq(unit or report.team)
    if reading:
        kept &= rows["reading"].eq(reading)
    names = ("value", "numerator", "denominator", "n")
    found = rows[kept]
    if found.empty:
        return dict.fromkeys(names, NAN)
    row = found.iloc[0]
    return {name: NAN if pd.isna(row[name]) else float(row[name]) for name in names}


def aim(report: Report, kpi: str, period: str) -> float:
    """Give the team's target of one KPI in one period; NaN where none is set."""
    rows = report.appraisal.targets
    if rows.empty:
        return NAN
    own = rows["level"].eq("team") & rows["unit_id"].eq(report.team)
    found = rows.loc[own & rows["kpi"].eq(kpi) & rows["period"].eq(period), "target"]
    return float(found.iloc[0]) if len(found) else NAN


def reached(report: Report, kpi: str, value: float, target: float) -> float:
    """Give how far a value reaches its target: value ÷ target, 2 − value ÷ target where lower is better."""
    if pd.isna(value) or not target > 0:
        return NAN
    ratio = value / target
    return 2 - ratio if report.policy.kpis[kpi].direction == "lower" else ratio


def few(report: Report, kpi: str, n: float) -> bool:
    """Say whether a value rests on fewer observations than the rules ask for."""
    return not pd.isna(n) and n < report.policy.kpis[kpi].min_n


@lru_cache(maxsize=32)
def appraised(report: Report, period: Period) -> Appraisal:
    """Give the appraisal of a part of the report's period, under the rules of its own time."""
    return appraisal.load(report.facts, report.policy.at(period))


def label_of(report: Report, period: Period, **more: Any) -> str:
    """Write a period, and that it still runs where it does."""
    written = report.locale.period(period.label)
    return (
        report.locale.text("report.step.running", period=written, **more) if runs(report, period) else written
    )
