"""What acquired customers will be worth: histories from the engine, expectations from two models."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import ibis
import numpy as np
import pandas as pd

from salesperf_lib.errors import DataError
from salesperf_lib.kpis.customers import CUSTOMER, acquisitions
from salesperf_lib.kpis.definitions import KPIS
from salesperf_lib.kpis.scope import Measure, Scope, dated, exact
from salesperf_lib.periods import Period, add_months
from salesperf_lib.stats import expected_purchases, expected_value, fit_bgnbd, fit_gamma_gamma

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from salesperf_lib.facts import Facts
    from salesperf_lib.params import Policy

WEEK = 7.0
PROJECTED: Mapping[str, Measure] = {
    "projected_value": Measure(lambda t: exact(t.worth), CUSTOMER),
    "projected_customers": Measure(lambda t: t.customers, CUSTOMER),
}


def projection(scope: Scope) -> ir.Table | None:
    """List what the customers of each period's cohort are worth up to the horizon.

    What they bought up to the period's end is known; what they will buy in the days left to the
    horizon is expected. A period in which no customer of the company came back has no projection.

    Returns
    -------
    ibis.Table
        One row per period and unit of the first order: `worth`, `customers`; None if there is none.
    """
    horizon = scope.horizon("ltv_projected", KPIS["ltv_projected"].horizon_days or 0)
    observed = scope.horizon("ltv", KPIS["ltv"].horizon_days or 0)
    spans = [
        (
            period.label,
            add_months(end, -12) + timedelta(1 - observed),
            end - timedelta(observed),
            end,
            scope.close_on(period),
        )
        for period in scope.periods
        for end in (scope.end(period),)
    ]
    people = histories(scope, spans, horizon)
    units = [name for name in ("team_id", "channel") if name in people.columns]
    worth = [
        cohort.assign(worth=expected).groupby(["period", *units], dropna=False)["worth"].agg(["sum", "size"])
        for _, cohort in people.groupby("period")
        if (expected := _worth(cohort, horizon)) is not None
    ]
    if not worth:
        return None
    frame = pd.concat(worth).reset_index().rename(columns={"sum": "worth", "size": "customers"})
    return dated(list(frame.itertuples(index=False, name=None)), list(frame.columns), ())


def purchase_histories(facts: Facts, policy: Policy, period: str | Period) -> pd.DataFrame:
    """List the purchase histories of the customers acquired in a period, up to its end.

    Returns
    -------
    pandas.DataFrame
        One row per acquired customer: `customer_id`, the first order's unit, `x` days on which they came
        back, `t_x` and `T` in weeks, `value` mean net sales of those days (NaN if none), in minor units.

    Notes
    -----
    Days, not orders, are counted: several orders on one day are one purchase (METHODS §1.1).
    """
    span = Period.parse(period, policy.company.fiscal_start_month)
    scope = Scope(facts, policy, (span,))
    end = scope.end(span)
    found = histories(scope, [(span.label, span.first, end, end, scope.close_on(span))], 0)
    return found.drop(columns=["period", "known"])


def histories(
    scope: Scope, spans: Sequence[tuple[str, date, date, date, date]], horizon: int
) -> pd.DataFrame:
    """Read histories of cohorts: label, first and last day of acquisition, last day seen, day of knowledge.

    Returns
    -------
    pandas.DataFrame
        As `purchase_histories`, with `period` and `known`, the net sales at an age below `horizon` days.
    """
    dates = ("from_on", "to_on", "end_on", "known_on")
    cohorts = dated(spans, ("period", *dates), dates)
    began = acquisitions(scope).rename(first_order="order_id")
    believed = scope.history_from()
    if believed is not None:
        began = began.filter(began.acquired_on >= believed)
    began = began.inner_join(
        cohorts, [began.acquired_on >= cohorts.from_on, began.acquired_on <= cohorts.to_on]
    )
    rows = _purchases(scope, began)
    later = (rows.ordered_on > rows.acquired_on) & ~rows.sent_back
    age = rows.ordered_on.delta(rows.acquired_on, unit="day")
    units = [name for name in ("team_id", "channel") if name in began.columns]
    grouped = rows.group_by("period", "customer_id", "acquired_on", "end_on", *units).agg(
        x=rows.ordered_on.nunique(where=later),
        last_on=rows.ordered_on.max(where=later),
        spent=ibis.coalesce(rows.money.sum(where=later), 0).cast("float64"),
        known=ibis.coalesce(rows.money.sum(where=age < horizon), 0).cast("float64"),
    )
    frame = scope.facts.con.to_pandas(grouped.order_by("period", "customer_id", "acquired_on"))
    return _as_weeks(frame)


def _purchases(scope: Scope, began: ir.Table) -> ir.Table:
    """List the orders of cohorts with what was left of them on the day of knowledge: `money`, `sent_back`."""
    orders = scope.table("orders").select("order_id", "ordered_on", "amount", buyer="customer_id")
    rows = began.inner_join(orders, began.customer_id == orders.buyer)
    rows = rows.filter(rows.ordered_on >= rows.acquired_on, rows.ordered_on <= rows.end_on)
    if not scope.facts.has("order_events"):
        return rows.mutate(money=rows.amount, sent_back=ibis.literal(False))  # noqa: FBT003
    events = scope.table("order_events")
    events = events.filter(events.event == "refund").select(
        "event_on", refunded_order="order_id", back="amount"
    )
    pairs = rows.inner_join(events, rows.order_id == events.refunded_order)
    pairs = pairs.filter(pairs.event_on <= pairs.known_on)
    back = pairs.group_by(back_period="period", back_order="order_id").agg(
        back=ibis._.back.sum().cast("int64")
    )
    joined = rows.left_join(back, [rows.period == back.back_period, rows.order_id == back.back_order])
    joined = joined.mutate(money=joined.amount - joined.back.fill_null(0))
    return joined.mutate(sent_back=joined.back.notnull() & (joined.money <= 0))


def _as_weeks(frame: pd.DataFrame) -> pd.DataFrame:
    began, last, end = (pd.to_datetime(frame[name]) for name in ("acquired_on", "last_on", "end_on"))
    value = frame["spent"] / frame["x"].where(frame["x"] > 0)
    frame = frame.assign(
        t_x=(last - began).dt.days.fillna(0) / WEEK, T=(end - began).dt.days / WEEK, value=value
    )
    units = [name for name in ("team_id", "channel") if name in frame.columns]
    return frame[["period", "customer_id", *units, "x", "t_x", "T", "value", "known"]]


def _worth(cohort: pd.DataFrame, horizon: int) -> Any:
    """Add to what is known of each customer what is expected in the days left to the horizon."""
    try:
        buying = fit_bgnbd(cohort["x"], cohort["t_x"], cohort["T"])
        spending = fit_gamma_gamma(cohort["x"], cohort["value"].fillna(0.0))
    except DataError:
        return None
    left = np.maximum(horizon / WEEK - cohort["T"].to_numpy(), 0.0)
    purchases = expected_purchases(buying, left, cohort["x"], cohort["t_x"], cohort["T"])
    return cohort["known"] + purchases * expected_value(spending, cohort["x"], cohort["value"].fillna(0.0))
