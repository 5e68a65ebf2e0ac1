"""Sales as a product of drivers owned by roles: change one, see what the others must reach (§1.2, §1.4)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from salesperf_lib.errors import DataError, Problem, fail_if_any
from salesperf_lib.params import Policy
from salesperf_lib.periods import Period

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
PerUnit = Mapping[str, float | Mapping[str, float]] | pd.DataFrame
"""By factor: one number for all units, or one per unit; a frame has units as index, factors as columns."""

DRIVERS: Mapping[str, tuple[str, str]] = {
    "visits": ("visits", ""),
    "visit_conversion_rate": ("orders", "visits"),
    "aov": ("net_sales", "orders"),
}
"""Factors of net sales in order, as numerator and denominator; they multiply to net sales exactly."""
REPEAT_DRIVERS: Mapping[str, tuple[str, str]] = {
    "visits": ("visits", ""),
    "new_customer_rate": ("acquired_customers", "visits"),
    "orders_per_new_customer": ("orders", "acquired_customers"),
    "aov": ("net_sales", "orders"),
}
"""The same with repeat orders apart: new customers per visit, and orders per new customer."""

TRAFFIC = ("qualified_traffic_share", "paid_precision_rate", "organic_precision_rate", "cac")
CONVERSION = (
    "page_conversion_rate",
    "product_page_conversion_rate",
    "campaign_page_conversion_rate",
    "live_conversion_rate",
    "inquiry_conversion_rate",
)
SHOWN_BY: Mapping[str, Collection[str]] = {
    "visits": ("visits", "acquired_customers", *TRAFFIC),
    "visit_conversion_rate": ("visit_conversion_rate", *CONVERSION),
    "new_customer_rate": ("visit_conversion_rate", *CONVERSION),
    "orders_per_new_customer": (
        "repurchase_rate",
        "private_domain_repurchase_rate",
        "retention_d30",
        "retention_d90",
        "ltv",
    ),
    "aov": ("aov", "aov_uplift"),
}
"""Indicators that make a role the owner of a factor: whoever is scored on one of them moves it."""
SHARES = ("visit_conversion_rate", "new_customer_rate")
SET = ("visits", "visit_conversion_rate")
"""Factors whose target is read from the target frame where it has one; `aov` there is per order kept."""


@dataclass(frozen=True, slots=True, eq=False)
class WhatIf:
    """Say what every factor must reach once some are changed.

    Parameters
    ----------
    factors
        One row per unit and factor: unit_id, factor, roles, baseline, target, required, change
        (required / target − 1), state (``changed``, ``shared``, ``capped`` or ``kept``).
    sales
        One row per unit: unit_id, sales (the target), reached, unfunded; whole minor units, with
        reached + unfunded = sales and reached the product of `required`.
    """

    factors: pd.DataFrame
    sales: pd.DataFrame


def owners(
    policy: Policy, factors: Iterable[str] = DRIVERS, present: Collection[str] | None = None
) -> dict[str, tuple[str, ...]]:
    """Name the roles that own each factor: those scored on an indicator that moves it.

    Parameters
    ----------
    policy
        Whose roles.
    factors
        Factors of `DRIVERS` or `REPEAT_DRIVERS`.
    present
        Roles that somebody holds; all of the policy's if not given.

    Returns
    -------
    dict
        Role ids in the policy's order by factor; empty where no role is scored on it: everybody's.
    """
    roles = [role for key, role in policy.roles.items() if present is None or key in present]
    return {
        factor: tuple(role.id for role in roles if any(row.kpi in SHOWN_BY[factor] for row in role.kpis))
        for factor in factors
    }


def driver_factors(
    kpi_values: pd.DataFrame,
    targets: pd.DataFrame,
    policy: Policy,
    period: str | Period,
    *,
    baseline: str | Period | None = None,
    units: Sequence[str] | None = None,
    repeat: bool = False,
    present: Collection[str] | None = None,
) -> pd.DataFrame:
    """Write the sales targets of units as products of factors.

    Parameters
    ----------
    kpi_values
        Of the baseline: net_sales, orders, visits (and acquired_customers with `repeat`).
    targets
        The target frame: net_sales of the period; its visits and visit_conversion_rate where given.
    policy
        Whose roles own the factors.
    period
        Period of the targets.
    baseline
        Period of the same length that is compared with; the same one a year before if not given.
    units
        ``company``, groups or teams; all with a sales target if not given.
    repeat
        Whether repeat orders are a factor of their own.
    present
        Roles that somebody holds; all of the policy's if not given.

    Returns
    -------
    DataFrame
        One row per unit and factor in order: unit_id, factor, roles (a tuple, empty for everybody),
        baseline, target, sales (the unit's target in minor units). Targets multiply to `sales`.

    Raises
    ------
    DataError
        If a unit has no sales target in the period, or no sales, orders or visits in the baseline.

    Notes
    -----
    sales = visits × orders/visits × sales/orders; with `repeat` visits × new customers/visits ×
    orders/new customer × sales/orders. Order value is per order placed, so that the product is exact;
    the indicator `aov` divides by orders kept. Factors without a target of their own share the
    remaining growth equally in logarithms.
    """
    drivers = REPEAT_DRIVERS if repeat else DRIVERS
    aim = Period.parse(period, policy.company.fiscal_start_month)
    base = (
        aim.year_before() if baseline is None else Period.parse(baseline, policy.company.fiscal_start_month)
    )
    goals = _wide(targets, aim.label, "target")
    chosen = list(units) if units is not None else _units_with_sales(goals)
    start = factor_values(kpi_values, base.label, drivers).reindex(chosen)
    sales = goals.reindex(index=chosen, columns=["net_sales"])["net_sales"].astype(float)
    fail_if_any(_unit_problems(start, sales, aim.label, base.label), DataError)
    given = goals.reindex(index=chosen, columns=list(drivers)).astype(float)
    given[[factor for factor in drivers if factor not in SET]] = np.nan
    target = _completed(start.to_numpy(float), given.to_numpy(float), np.asarray(sales, np.float64))
    roles = owners(policy, drivers, present)
    rows = pd.DataFrame(
        {
            "unit_id": np.repeat(np.array(chosen, dtype=object), len(drivers)),
            "factor": list(drivers) * len(chosen),
            "baseline": start.to_numpy(float).ravel(),
            "target": target.ravel(),
            "sales": np.repeat(sales.to_numpy(float), len(drivers)).round().astype("int64"),
        }
    )
    rows.insert(2, "roles", rows["factor"].map(roles))
    return rows


def factor_values(
    kpi_values: pd.DataFrame, period: str, drivers: Mapping[str, tuple[str, str]] = DRIVERS
) -> pd.DataFrame:
    """Give the factors of every unit in one period.

    Returns
    -------
    DataFrame
        Units as index, factors as columns; NaN where a part is absent or its denominator zero.
    """
    return _divided(_wide(kpi_values, period, "value"), drivers)


def history_caps(
    kpi_values: pd.DataFrame,
    periods: Sequence[str],
    quantile: float,
    drivers: Mapping[str, tuple[str, str]] = DRIVERS,
) -> pd.DataFrame:
    """Give what each unit's factors have reached at a quantile of their own history.

    Parameters
    ----------
    kpi_values
        Of the periods.
    periods
        Of the same kind as the one whose targets are changed: months for a month.
    quantile
        `policy.targets.calibration.cap_quantile`.
    drivers
        The factors; drop a column of the result to leave that factor free.

    Returns
    -------
    DataFrame
        Units as index, factors as columns, ready for `what_if`; NaN, which caps nothing, where a
        unit has no history.
    """
    frames = [factor_values(kpi_values, period, drivers) for period in periods]
    history = pd.concat(frames) if frames else pd.DataFrame(columns=list(drivers))
    return history.groupby(level=0).quantile(quantile)


def what_if(
    factors: pd.DataFrame,
    changed: PerUnit,
    *,
    hold: Mapping[str, float] | None = None,
    caps: PerUnit | None = None,
) -> WhatIf:
    """Change some factors and give what the others must reach for the same sales.

    Parameters
    ----------
    factors
        As `driver_factors` gives them: every unit with every factor.
    changed
        New values of the changed factors.
    hold
        How the other factors share what is missing: weights by factor, 0 or absent keeps a factor at
        its target; equal stretch of all if not given.
    caps
        Values that factors are not asked to exceed; NaN or absent caps nothing. A cap below a target
        already decided counts as that target; rates never exceed 1.

    Returns
    -------
    WhatIf
        Requirements by unit and factor, and sales, reached and unfunded by unit.

    Raises
    ------
    DataError
        If a changed factor is unknown, not above 0, or a rate above 1; if no factor is left to share.

    Notes
    -----
    The missing ln(sales) − Σ ln x is shared in logarithms in proportion to the weights; whoever would
    exceed a cap stays there and the others share the rest, in at most as many rounds as factors. What
    no one can take is unfunded, in money. Costs are not looked at: more visits may cost more.
    """
    names = list(dict.fromkeys(factors["factor"]))
    units = list(dict.fromkeys(factors["unit_id"]))
    target = _grid(factors, "target", units, names)
    new = _spread(changed, units, names)
    weights = np.array([1.0 if hold is None else float(hold.get(name, 0.0)) for name in names])
    problems = [
        *_change_problems(factors, names, units, changed, new),
        *_hold_problems(hold, names, weights, new),
    ]
    fail_if_any(problems, DataError)
    moved = ~np.isnan(new)
    limits = np.full(new.shape, np.nan) if caps is None else _spread(caps, units, names)
    limits = np.fmin(limits, np.where(np.isin(names, SHARES), 1.0, np.inf))
    start = np.where(moved, new, target)
    sales = factors.drop_duplicates("unit_id").set_index("unit_id").loc[units, "sales"].to_numpy(float)
    room = np.log(np.fmax(limits, target) / target)
    steps, full = _share(np.log(sales) - np.log(start).sum(axis=1), np.where(moved, 0.0, weights), room)
    required = start * np.exp(steps)
    state = np.select([moved, full, weights > 0], ["changed", "capped", "shared"], "kept")
    return WhatIf(
        _requirements(factors, required, state, units, names),
        _sums(units, sales, required, moved, full, weights),
    )


def _requirements(
    factors: pd.DataFrame, required: Floats, state: NDArray[np.str_], units: list[str], names: list[str]
) -> pd.DataFrame:
    found = pd.DataFrame(
        {
            "unit_id": np.repeat(np.array(units, dtype=object), len(names)),
            "factor": names * len(units),
            "required": required.ravel(),
            "state": state.ravel(),
        }
    )
    rows = factors[["unit_id", "factor", "roles", "baseline", "target"]].merge(
        found, on=["unit_id", "factor"]
    )
    rows.insert(6, "change", rows["required"] / rows["target"] - 1.0)
    return rows


def _sums(
    units: list[str], sales: Floats, required: Floats, moved: Flags, full: Flags, weights: Floats
) -> pd.DataFrame:
    """Say what is reached; where a factor is still free to move, that is the target itself."""
    free = ((weights > 0) & ~moved & ~full).any(axis=1)
    whole = np.rint(sales).astype("int64")
    reached = np.where(free, whole, np.minimum(np.rint(required.prod(axis=1)).astype("int64"), whole))
    return pd.DataFrame({"unit_id": units, "sales": whole, "reached": reached, "unfunded": whole - reached})


def _share(gap: Floats, weights: Floats, room: Floats) -> tuple[Floats, Flags]:
    """Share gaps over factors in proportion to weights, nobody further than their room.

    Parameters
    ----------
    gap
        In logarithms, per unit; below 0 it is relief, which no cap stops.
    weights, room
        Per unit and factor.

    Returns
    -------
    tuple of array
        Steps, and who stands at the end of their room.
    """
    steps, full = np.zeros_like(room), np.zeros(room.shape, dtype=bool)
    left = gap.copy()
    for _ in range(room.shape[1] + 1):
        free = np.where(full, 0.0, weights)
        total = free.sum(axis=1, keepdims=True)
        wish = np.divide(free * left[:, None], total, out=np.zeros_like(room), where=total > 0)
        hit = (free > 0) & (wish > room)
        if not hit.any():
            return np.where(full, steps, wish), full
        steps = np.where(hit, room, steps)
        left = left - np.where(hit, room, 0.0).sum(axis=1)
        full |= hit
    return steps, full


def _completed(start: Floats, given: Floats, sales: Floats) -> Floats:
    """Set the factors without a target so that all multiply to sales, each by the same ratio."""
    open_ = np.isnan(given)
    known = np.where(open_, start, given)
    step = np.log(sales / known.prod(axis=1)) / open_.sum(axis=1)
    return known * np.exp(np.where(open_, step[:, None], 0.0))


def _wide(frame: pd.DataFrame, period: str, column: str) -> pd.DataFrame:
    """Lay out one period's values, units × indicators, of everybody but persons and channels."""
    rows = frame[(frame["period"] == period) & ~frame["level"].isin(["person", "channel"])]
    if "channel" in rows.columns:
        rows = rows[rows["channel"] == "all"]
    rows = rows.drop_duplicates(["unit_id", "kpi"])
    return rows.pivot_table(index="unit_id", columns="kpi", values=column, aggfunc="first", sort=False)


def _divided(table: pd.DataFrame, drivers: Mapping[str, tuple[str, str]]) -> pd.DataFrame:
    parts = table.reindex(columns=sorted({part for pair in drivers.values() for part in pair if part}))
    found = {
        factor: parts[over] / parts[under].where(parts[under] > 0) if under else parts[over]
        for factor, (over, under) in drivers.items()
    }
    return pd.DataFrame(found, index=table.index).astype(float)


def _units_with_sales(goals: pd.DataFrame) -> list[str]:
    return list(goals.index[goals["net_sales"].notna()]) if "net_sales" in goals.columns else []


def _unit_problems(start: pd.DataFrame, sales: pd.Series, aim: str, base: str) -> Iterable[Problem]:
    if not len(sales):
        yield Problem(f"target frame, {aim}", "no target of net_sales", "one for at least one unit")
    for unit in sales.index:
        if not float(sales[unit]) > 0:
            yield Problem(f"{unit}, net_sales {aim}", "no target above 0", "a target", "leave the unit out")
        values = start.loc[unit]
        if not (values > 0).all():
            absent = ", ".join(name for name in values.index if not values[name] > 0)
            yield Problem(
                f"{unit}, {base}", f"no {absent}", "sales, orders and visits above 0",
                "leave the unit out with `units`, or give another baseline",
            )  # fmt: skip


def _grid(factors: pd.DataFrame, column: str, units: list[str], names: list[str]) -> Floats:
    table = factors.pivot_table(index="unit_id", columns="factor", values=column, aggfunc="first")
    return table.reindex(index=units, columns=names).to_numpy(float)


def _spread(values: PerUnit, units: list[str], names: list[str]) -> Floats:
    """Lay out numbers by factor, for all or by unit, on units × factors; NaN where none is given."""
    grid = np.full((len(units), len(names)), np.nan)
    for place, name in enumerate(names):
        if name in values:
            column = values[name]
            if isinstance(column, (Mapping, pd.Series)):
                grid[:, place] = pd.Series(column, dtype=float).reindex(units)
            else:
                grid[:, place] = float(column)
    return grid


def _change_problems(
    factors: pd.DataFrame, names: list[str], units: list[str], changed: PerUnit, new: Floats
) -> Iterable[Problem]:
    """Name every change that cannot be."""
    if len(factors) != len(names) * len(units) or not (factors["target"] > 0).all():
        yield Problem(
            "factors", "missing rows, or targets that are not above 0", "every factor of every unit"
        )
    for name in map(str, changed):
        column = changed[name]
        if name not in names:
            yield Problem(f"what if: {name}", "no such factor", ", ".join(names))
        elif not isinstance(column, (Mapping, pd.Series)):
            if not np.isfinite(column):
                yield Problem(f"what if: {name}", f"{column}", "a number above 0")
        elif unknown := sorted(set(column.keys()) - set(units)):
            yield Problem(f"what if: {name}", f"the units {', '.join(unknown)}", ", ".join(units))
    for unit, place in np.argwhere(~np.isnan(new)):
        value, name = new[unit, place], names[place]
        most = 1.0 if name in SHARES else np.inf
        if not (0 < value <= most and np.isfinite(value)):
            allowed = "a share above 0 and up to 1" if name in SHARES else "a number above 0"
            yield Problem(f"what if: {name} of {units[unit]}", f"{value:g}", allowed)


def _hold_problems(
    hold: Mapping[str, float] | None, names: list[str], weights: Floats, new: Floats
) -> Iterable[Problem]:
    """Name what leaves nobody to make up for a change."""
    for name in [name for name in hold or {} if name not in names]:
        yield Problem(f"what if, hold: {name}", "no such factor", ", ".join(names))
    if (weights < 0).any() or not np.isfinite(weights).all():
        yield Problem("what if, hold", str(hold), "weights from 0 up", "give a factor 0 to keep its target")
    elif not ((weights > 0) & np.isnan(new)).any(axis=1).all():
        yield Problem("what if, hold", "nobody to take the rest", "a weight above 0 on an unchanged factor")
