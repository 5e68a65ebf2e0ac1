"""What moved, and why: trend, funnel, and the gap split into its causes without a remainder (§1.5)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from salesperf_lib.params import Policy
from salesperf_lib.targets import close_to

Floats = NDArray[np.float64]
DRIVERS = ("visits", "visit_conversion_rate", "aov")
REST = "rest"
STAGES = {"visits": "", "inquiries": "visits", "orders": "visits", "net_sales": "orders"}
"""Stages of the funnel, and the stage that each is a rate of."""


def trend(
    kpi_values: pd.DataFrame,
    targets: pd.DataFrame,
    policy: Policy,
    unit_id: str,
    *,
    kpi: str = "net_sales",
    steps: int = 12,
) -> pd.DataFrame:
    """Follow one KPI of one unit through the last periods.

    Parameters
    ----------
    kpi_values, targets
        Frames of an appraisal.
    policy
        Its rules; the last step is its period.
    unit_id
        ``company``, a group or a team.
    kpi
        Which KPI.
    steps
        How many periods of the same kind.

    Returns
    -------
    DataFrame
        One row per period, oldest first: period, actual, target, attainment, year_before. NaN
        where absent; periods before the first value are left out.
    """
    own = kpi_values[
        (kpi_values["unit_id"] == unit_id)
        & (kpi_values["kpi"] == kpi)
        & (kpi_values["channel"] == "all")
        & (kpi_values["level"] != "person")
    ]
    values = own.drop_duplicates("period").set_index("period")["value"].astype(float)
    rows = targets[(targets["unit_id"] == unit_id) & (targets["kpi"] == kpi) & (targets["level"] != "person")]
    aims = rows.drop_duplicates("period").set_index("period")["target"].astype(float)
    periods = [policy.period.shift(-i) for i in range(steps - 1, -1, -1)]
    found = pd.DataFrame({"period": [period.label for period in periods]})
    found["actual"] = found["period"].map(values).astype(float)
    found["target"] = found["period"].map(aims).astype(float)
    found["attainment"] = found["actual"] / found["target"].where(found["target"] > 0)
    found["year_before"] = [values.get(period.year_before().label, np.nan) for period in periods]
    known = found["actual"].notna()
    return found.loc[known.idxmax() :].reset_index(drop=True) if known.any() else found.iloc[:0]


def funnel(kpi_values: pd.DataFrame, policy: Policy, unit_id: str) -> pd.DataFrame:
    """Follow visits to net sales, now, in the period before, and in the year before.

    Returns
    -------
    DataFrame
        One row per stage of `STAGES` that has a value, in order: stage, now, previous, year_before, and
        the rate per unit of the stage it comes from: rate_now, rate_previous, rate_year_before
        (inquiries and orders per visit, net sales per order).
    """
    own = kpi_values[
        (kpi_values["unit_id"] == unit_id)
        & (kpi_values["channel"] == "all")
        & (kpi_values["level"] != "person")
    ]
    table = own.drop_duplicates(["kpi", "period"]).pivot_table(index="kpi", columns="period", values="value")
    now = policy.period
    columns = {"now": now.label, "previous": now.shift(-1).label, "year_before": now.year_before().label}
    found = table.reindex(index=list(STAGES), columns=list(columns.values())).astype(float)
    found.columns = list(columns)
    for name in columns:
        per = pd.Series(STAGES).map(found[name])
        found[f"rate_{name}"] = found[name] / per.where(per > 0)
    return found[found["now"].notna()].rename_axis("stage").reset_index()


def lmdi(before: Sequence[ArrayLike], now: Sequence[ArrayLike]) -> list[Floats]:
    """Split the change of a product into the effects of its factors, without a remainder.

    Parameters
    ----------
    before, now
        The factors in the same order, each of them one number or an array over cells; not negative.

    Returns
    -------
    list of array
        One effect per factor and cell; they sum to Π now − Π before.

    Notes
    -----
    effect_k = L(S₁, S₀)·ln(x₁k / x₀k) with the logarithmic mean L(u, v) = (u − v) / ln(u / v),
    L(u, u) = u (Ang 2005; METHODS §1.5). Where a product is zero on one side, the factors that are
    zero there on that side alone share its change equally: the limit of the formula.
    """
    old = np.stack(np.broadcast_arrays(*[np.atleast_1d(np.asarray(x, float)) for x in before]))
    new = np.stack(np.broadcast_arrays(*[np.atleast_1d(np.asarray(x, float)) for x in now]))
    start, end = old.prod(axis=0), new.prod(axis=0)
    both = (start > 0) & (end > 0)
    with np.errstate(divide="ignore", invalid="ignore"):
        steps = np.where(both, np.log(np.where(both, new, 1.0) / np.where(both, old, 1.0)), 0.0)
    total = steps.sum(axis=0)
    small = np.abs(total) < 1e-12
    mean = np.where(small, (start + end) / 2, (end - start) / np.where(small, 1.0, total))
    vanished = np.where(start > 0, new == 0, old == 0) & ~both
    count = vanished.sum(axis=0)
    shares = np.where(count > 0, vanished / np.where(count > 0, count, 1), 0.0)
    return list(np.where(both, mean * steps, shares * (end - start)))


def cells(kpi_values: pd.DataFrame, period: str, unit_id: str) -> pd.DataFrame:
    """Give a unit's visits, orders and net sales by channel: the cells in which a gap is split.

    Returns
    -------
    DataFrame
        One row per channel; the unit as one row where it has no channels. What the channels leave
        of the unit's total is the row ``other``.
    """
    own = kpi_values[
        (kpi_values["period"] == period) & kpi_values["kpi"].isin(["visits", "orders", "net_sales"])
    ]
    if unit_id == "company":
        own = own[own["level"].isin(["company", "channel"])]
    else:
        own = own[(own["unit_id"] == unit_id) & (own["level"] != "person")]
    table = own.pivot_table(index="channel", columns="kpi", values="value", aggfunc="sum")
    table = table.reindex(columns=["visits", "orders", "net_sales"]).fillna(0.0)
    if "all" not in table.index:
        return table
    parts = table.drop(index="all")
    if parts.empty:
        return table
    rest = table.loc[["all"]].rename(index={"all": "other"}) - parts.sum()
    return pd.concat([parts, rest]) if float(rest.abs().to_numpy().sum()) > 0.5 else parts


def attribute_gap(
    now: pd.DataFrame | Mapping[str, float], before: pd.DataFrame | Mapping[str, float]
) -> pd.DataFrame:
    """Split the change of net sales into traffic, conversion and order value, adding up exactly.

    Parameters
    ----------
    now, before
        `cells` of two periods, or one cell as a mapping: visits, orders, net_sales (minor units).

    Returns
    -------
    DataFrame
        One row per driver in order (``visits``, ``visit_conversion_rate``, ``aov``, ``rest``):
        driver, effect in whole minor units; the effects sum to the change exactly. ``rest``, left
        out where it is zero, is what came without visits or did not sell: channels that record
        none, cells with refunds above sales. Empty where nothing was sold on either side.

    Notes
    -----
    Computed cell by cell and added, so that a shift between channels is not hidden in a mean.
    """
    new, old = _aligned(now, before)
    if not (new["net_sales"].any() and old["net_sales"].any()):
        return pd.DataFrame({"driver": [], "effect": []}).astype({"driver": str, "effect": "int64"})
    usable = _factorable(new) & _factorable(old) & (_sold(new) | _sold(old))
    effects = [0.0, 0.0, 0.0]
    if usable.any():
        split = lmdi(_factors(old[usable], new[usable]), _factors(new[usable], old[usable]))
        effects = [float(part.sum()) for part in split]
    rest = float((new["net_sales"] - old["net_sales"])[~usable].sum())
    gap = round(float(new["net_sales"].sum()) - float(old["net_sales"].sum()))
    names = [*DRIVERS, REST] if rest else list(DRIVERS)
    whole = close_to(gap, [*effects, rest] if rest else effects)
    return pd.DataFrame({"driver": names, "effect": whole}).astype({"effect": "int64"})


def _aligned(
    now: pd.DataFrame | Mapping[str, float], before: pd.DataFrame | Mapping[str, float]
) -> tuple[pd.DataFrame, pd.DataFrame]:
    frames = [
        frame if isinstance(frame, pd.DataFrame) else pd.DataFrame([dict(frame)]) for frame in (now, before)
    ]
    columns = ["visits", "orders", "net_sales"]
    new, old = (frame.reindex(columns=columns).astype(float).fillna(0.0) for frame in frames)
    index = new.index.union(old.index)
    return new.reindex(index, fill_value=0.0), old.reindex(index, fill_value=0.0)


def _sold(cell: pd.DataFrame) -> pd.Series:
    return (cell["visits"] > 0) & (cell["orders"] > 0) & (cell["net_sales"] > 0)


def _factorable(cell: pd.DataFrame) -> pd.Series:
    """Say whether a cell is a product: all of it sold, or nothing sold at all."""
    return _sold(cell) | ((cell["orders"] == 0) & (cell["net_sales"] == 0))


def _factors(cell: pd.DataFrame, other: pd.DataFrame) -> list[Floats]:
    """Give visits, conversion and order value; what is undefined where nothing was sold is borrowed.

    Without visits the other side's conversion stands, without orders the other side's order value:
    the whole change then belongs to the factor that vanished.
    """
    visits, orders, sales = (cell[name].to_numpy(float) for name in ("visits", "orders", "net_sales"))
    other_visits, other_orders, other_sales = (
        other[name].to_numpy(float) for name in ("visits", "orders", "net_sales")
    )
    conversion = np.where(
        visits > 0, orders / np.where(visits > 0, visits, 1), other_orders / np.maximum(other_visits, 1)
    )
    value = np.where(
        orders > 0, sales / np.where(orders > 0, orders, 1), other_sales / np.maximum(other_orders, 1)
    )
    return [visits, conversion, value]
