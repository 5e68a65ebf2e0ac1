"""Where everybody stands today against what is due by today (§1.5, §2.4)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from salesperf_lib import kpis
from salesperf_lib.params import Policy
from salesperf_lib.periods import Period, Promotion, month_of

if TYPE_CHECKING:
    from salesperf_lib.facts import Facts

LEVELS = ("company", "group", "team", "person")
KEY = ["level", "unit_id", "kpi"]
COLUMNS = [*KEY, "target", "actual", "due_today", "gap", "attainment", "forecast", "day"]
BY_SALES = ("net_sales", "orders", "acquired_customers")
"""Volumes that follow the days on which people buy; the others are due by the calendar."""


def pace(
    facts: Facts,
    policy: Policy,
    targets: pd.DataFrame,
    period: str | Period | None = None,
    day: date | None = None,
) -> pd.DataFrame:
    """Compare every volume target of a period with what was reached and what is due by a day.

    Parameters
    ----------
    facts, policy, targets
        The facts, the rules, and the target frame of the period's year.
    period
        A month, quarter or year; the policy's if not given.
    day
        The last day that counts; the last day that the facts cover if not given, or if later.

    Returns
    -------
    DataFrame
        One row per level, unit and volume that has a target in the period: target, actual,
        due_today, gap (actual − due_today), attainment (actual / target), forecast (what the period
        ends with at the present pace; NaN before anything is due), day. A closed period is due in full.

    Notes
    -----
    due_today = Σ targets of the months that are over + the running month's target · the share of
    its days that are over, where ``policy.targets.pace`` says what a day weighs: ``calendar`` all the
    same; ``history`` as much as such a day sold before, a promotion's phase by the phase of the
    same name whenever it falls this year (§1.3). forecast = actual · target / due_today.
    """
    whole = Period.parse(period or policy.period, policy.company.fiscal_start_month)
    last = min(day or facts.last_day, facts.last_day, whole.last)
    aims = _volume_targets(targets, policy, whole)
    if aims.empty or last < whole.first:
        return pd.DataFrame(columns=COLUMNS)
    actual = _actual(facts, policy, whole, last, sorted(aims["kpi"].unique()))
    found = aims.merge(actual, on=KEY, how="left").merge(
        _due(facts, policy, targets, whole, last), on=KEY, how="left"
    )
    found["gap"] = found["actual"] - found["due_today"]
    found["attainment"] = found["actual"] / found["target"].where(found["target"] > 0)
    due = found["due_today"].where(found["due_today"] > 0)
    found["forecast"] = np.where(last == whole.last, found["actual"], found["actual"] * found["target"] / due)
    return found.assign(day=last)[COLUMNS]


def day_weights(facts: Facts, policy: Policy, month: Period, history: pd.Series | None = None) -> np.ndarray:
    """Weigh the days of a month by what such days sold before.

    Parameters
    ----------
    facts, policy
        The facts and the rules.
    month
        Which month.
    history
        Net sales by day before the month; computed if not given.

    Returns
    -------
    array
        One weight per day, positive, summing to 1. Equal where the rules say ``calendar``, or
        where no full month of history is there.

    Notes
    -----
    A day's weight is the mean over earlier years and months of the day's sales relative to the
    ordinary days of its month, taken over the days of the same phase of the same promotion; an
    ordinary day weighs 1.
    """
    days = month.each_day()
    equal = np.full(len(days), 1 / len(days))
    if policy.targets.pace == "calendar":
        return equal
    sold = history if history is not None else _history(facts, policy, month)
    if sold.empty:
        return equal
    lifts = _lifts(sold, policy.promotions)
    weights = np.array([lifts.get(promotion_of(each, policy.promotions), 1.0) for each in days])
    return weights / weights.sum()


def promotion_of(day: date, promotions: Sequence[Promotion]) -> tuple[str, str]:
    """Name the promotion and phase of a day: the burst before the others, empty on an ordinary day."""
    order = {"burst": 0, "presale": 1, "preheat": 2, "after": 3}
    found = [row for row in promotions if row.first <= day <= row.last]
    best = min(found, key=lambda row: (order.get(row.phase, 9), row.id), default=None)
    return (best.id, best.phase) if best else ("", "")


def _lifts(sold: pd.Series, promotions: Sequence[Promotion]) -> Mapping[tuple[str, str], float]:
    """Give the mean lift of each phase of each promotion over the ordinary days of its month."""
    frame = pd.DataFrame({"sold": sold.clip(lower=0).to_numpy(float)}, index=pd.to_datetime(sold.index))
    frame["phase"] = [promotion_of(stamp.date(), promotions) for stamp in frame.index]
    frame["month"] = [month_of(stamp.date()).label for stamp in frame.index]
    ordinary = frame[frame["phase"] == ("", "")].groupby("month")["sold"].mean()
    frame["base"] = frame["month"].map(ordinary).fillna(frame["sold"].mean())
    known = frame[(frame["base"] > 0) & (frame["phase"] != ("", ""))]
    lifts = (known["sold"] / known["base"]).groupby(known["phase"]).mean()
    return {phase: max(float(lift), 0.01) for phase, lift in zip(lifts.index.tolist(), lifts, strict=True)}


def _history(facts: Facts, policy: Policy, month: Period) -> pd.Series:
    """Sum the company's net sales by day over the two years before a month."""
    first = max(month.shift(-24).first, facts.first_day)
    last = min(month.first - timedelta(days=1), facts.last_day)
    if last < first:
        return pd.Series(dtype=float)
    rows = kpis.sales_by_day(facts, policy, first, last, "company")
    return rows.groupby("date")["net_sales"].sum()


def _volume_targets(targets: pd.DataFrame, policy: Policy, period: Period) -> pd.DataFrame:
    """Pick the volumes of a period; the parts of a person in two teams are added."""
    volumes = [name for name, kpi in policy.kpis.items() if kpi.kind == "volume"]
    rows = targets[
        (targets["period"] == period.label) & targets["kpi"].isin(volumes) & targets["level"].isin(LEVELS)
    ]
    return rows.groupby(KEY, sort=False)["target"].sum().reset_index()


def _actual(facts: Facts, policy: Policy, period: Period, last: date, names: list[str]) -> pd.DataFrame:
    """Compute what was reached by a day."""
    part = period if last == period.last else Period.parse(f"{period.first}..{last}")
    values = kpis.compute(facts, policy, [part], LEVELS, names)
    values = values[values["channel"] == "all"]
    return values[[*KEY, "value"]].rename(columns={"value": "actual"}).astype({"actual": float})


def _due(facts: Facts, policy: Policy, targets: pd.DataFrame, period: Period, last: date) -> pd.DataFrame:
    """Add up what is due: whole months that are over, and the running month's days."""
    months = [month for month in period.months() if month.first <= last]
    running = month_of(last)
    parts: list[pd.DataFrame] = []
    for month in months:
        aims = _volume_targets(targets, policy, month)
        if month == running and last < month.last:
            gone = (last - month.first).days + 1
            by_sales = float(day_weights(facts, policy, month)[:gone].sum())
            share = np.where(aims["kpi"].isin(BY_SALES), by_sales, gone / month.days)
            aims["target"] = aims["target"] * share
        parts.append(aims)
    whole = pd.concat(parts, ignore_index=True)
    return whole.groupby(KEY)["target"].sum().rename("due_today").reset_index()
