"""The calibration meeting: what an outside shock makes of the targets of the remaining months (§3.1).

The budget is fixed. A shock of size x on the price of a new customer leaves (1 + x)^−λ of them; the
conversion rates are asked for (1 + x)^λκ, each up to a quantile of its own history; what is then
missing is taken by order value, or conceded as an unfunded gap. `propose` lays the choices side by side,
`changes_of` writes the chosen one down for every month of the company that it moves.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from math import floor, isfinite
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from salesperf_lib.errors import DataError, PeriodError, Problem, fail_if_any
from salesperf_lib.params import Policy
from salesperf_lib.params.policy import CalibrationRules, Change
from salesperf_lib.periods import Period, month_of
from salesperf_lib.targets.rounding import largest_remainder

if TYPE_CHECKING:
    from pandera.pandas import DataFrameSchema

ALTERNATIVES = ("keep", "rule", "full", "none", "order_value")
SALES = "net_sales"
TIE = 1e-12
COMPANY = "company"


@dataclass(frozen=True, slots=True)
class _Start:
    """Sales as they are planned, and what the rates may rise to."""

    leads: float
    conversion: float
    order_value: float
    rates: Mapping[str, float]
    shares: Mapping[str, float]
    caps: Mapping[str, float]


def propose(
    shock: float,
    leads: float,
    conversion: float,
    order_value: float,
    rules: CalibrationRules,
    caps: Mapping[str, float] | float | None = None,
    *,
    rates: Mapping[str, float] | None = None,
    shares: Mapping[str, float] | None = None,
) -> pd.DataFrame:
    """Lay side by side what could be made of the targets after a shock.

    Parameters
    ----------
    shock
        x: +.30 where a new customer costs 30 % more; above −1, not 0.
    leads, conversion, order_value
        Targets of the months that are left: leads, orders per lead, and money per order in minor units.
    rules
        λ (`response`) and κ (`pass_on`).
    caps
        The most that each rate may be asked for (`historical_caps`); one number is the cap of
        `conversion` itself. A rate without one is not capped.
    rates
        Targets of the single conversion rates behind `conversion`, by indicator; `conversion` alone
        if not given.
    shares
        Share of the orders that comes through each rate; equal if not given.

    Returns
    -------
    DataFrame
        One row per alternative: ``keep`` (targets stay, and what cannot be paid for is not said),
        ``rule`` (κ of the rules), ``full`` (κ = 1), ``none`` (κ = 0), ``order_value`` (κ of the rules,
        the rest from order value). Columns: alternative, shock, response, pass_on, price_factor,
        rate_factor (before caps); leads, conversion, order_value and sales as they would be
        targeted, each with its _factor; unfunded_share and unfunded_gap (minor units), conceded
        (whether the sales target moves by them) and capped (the rates that met their cap, by comma).
        Where the shock is a relief the gap is negative: money that is left over.

    Raises
    ------
    DataError
        If the shock is −100 % or less, zero, infinite or NaN, or a target is not above zero.

    Notes
    -----
    leads′ = leads (1+x)^−λ; rate′ = min(rate (1+x)^λκ, cap); unfunded share = 1 − L′C′V′/(L C V), where
    L′ are the leads that the budget buys (METHODS §3.1). A cap never lowers a target that lay above it
    before: a shock is no reason for that. The factor on conversion is the mean of the rates' factors
    by share of orders. In ``keep`` the targeted leads stay at L, which the budget does not buy.
    """
    start = _start(leads, conversion, order_value, caps, rates, shares)
    _fail_if_impossible(shock, start)
    rows = [_alternative(name, shock, start, rules) for name in ALTERNATIVES]
    return schema().validate(pd.DataFrame(rows))


def changes_of(
    alternative: pd.Series,
    book: pd.DataFrame,
    from_month: Period | str,
    policy: Policy,
    caps: Mapping[str, float] | None = None,
    closed_through: date | None = None,
    exposed: float = 1.0,
) -> list[Change]:
    """Write down which month targets of the company an alternative changes.

    Parameters
    ----------
    alternative
        A row of `propose`.
    book
        The target frame (DATA §6) that is in force; its month rows of the company are read.
    from_month
        First month that is moved.
    policy
        Names the indicators that move, and the unit that money is rounded to.
    caps
        As in `propose`, by indicator.
    closed_through
        Last day of the last closed month, if known.
    exposed
        Share of net sales that hangs on the acquired leads: 1 as in the methodology; less where
        customers who come back, or come unpaid, are not touched by the shock.

    Returns
    -------
    list of Change
        Targets that really change, by indicator and month. Volumes are whole units; their changed
        months sum to the rounded change of their sum. ``keep`` changes nothing.

    Raises
    ------
    PeriodError
        If `from_month` is no month, is closed, or has no month of the book at or after it.
    DataError
        If `exposed` is no share.

    Notes
    -----
    Volumes × (1+x)^−λ, rates × (1+x)^λκ up to their caps, the shocked price × (1+x)^λ, order value × its
    factor where it takes the rest, net sales × (1 − exposed · gap) where the gap is conceded (§3.1). The
    price moves because the budget is fixed and buys so many fewer.
    """
    month = Period.parse(from_month)
    _fail_if_closed(month, closed_through)
    if not 0 <= exposed <= 1:
        raise DataError(Problem("exposed", f"{exposed:g}", "a share from 0 to 1"))
    rows = _remaining(book, month)
    if alternative["alternative"] == "keep":
        return []
    rules, changes = policy.targets.calibration, list[Change]()
    volumes = dict.fromkeys(rules.volumes, float(alternative["leads_factor"]))
    volumes[SALES] = 1 - exposed * (1 - float(alternative["sales_factor"]))
    for kpi, factor in volumes.items():
        changes += _volume_changes(rows[rows["kpi"] == kpi], factor, policy)
    singles = {rules.shocked: "price_factor", rules.order_value: "order_value_factor"}
    factors = dict.fromkeys(rules.rates, float(alternative["rate_factor"]))
    factors |= {kpi: float(alternative[name]) for kpi, name in singles.items()}
    for kpi, factor in factors.items():
        cap = (caps or {}).get(kpi) if kpi in rules.rates else None
        changes += _rate_changes(rows[rows["kpi"] == kpi], factor, cap, policy)
    return changes


def historical_caps(history: pd.DataFrame, rules: CalibrationRules) -> dict[str, float]:
    """Find the most that each conversion rate may be asked for: a quantile of its own months.

    Parameters
    ----------
    history
        KPI values (DATA §6) of months, with the company's.
    rules
        The rates and the quantile.

    Returns
    -------
    dict
        Indicator to quantile (linear between order statistics); without those that have no history.
    """
    monthly = history["period"].str.fullmatch(r"\d{4}-\d{2}")
    rows = history[(history["level"] == COMPANY) & monthly & history["value"].notna()]
    values = {kpi: rows.loc[rows["kpi"] == kpi, "value"].to_numpy(float) for kpi in rules.rates}
    return {kpi: float(np.quantile(one, rules.cap_quantile)) for kpi, one in values.items() if len(one)}


def schema() -> DataFrameSchema:
    """Give the pandera schema of the frame of alternatives."""
    import pandera.pandas as pa

    numbers = ["shock", "response", "pass_on", "price_factor", "rate_factor"]
    for name in ("leads", "conversion", "order_value", "sales"):
        numbers += [name, f"{name}_factor"]
    columns = {name: pa.Column(float) for name in [*numbers, "unfunded_share", "unfunded_gap"]}
    codes = pa.Column(str, pa.Check.isin(list(ALTERNATIVES)), unique=True)
    return pa.DataFrameSchema(
        {"alternative": codes, **columns, "conceded": pa.Column(bool), "capped": pa.Column(str)},
        strict=True,
    )


def _start(
    leads: float,
    conversion: float,
    order_value: float,
    caps: Mapping[str, float] | float | None,
    rates: Mapping[str, float] | None,
    shares: Mapping[str, float] | None,
) -> _Start:
    alone = {"conversion": conversion}
    limits = dict(caps) if isinstance(caps, Mapping) else {} if caps is None else dict.fromkeys(alone, caps)
    named = dict(rates) if rates else alone
    weights = {kpi: (shares.get(kpi, 0.0) if shares else 1.0) for kpi in named}
    return _Start(leads, conversion, order_value, named, weights, limits)


def _alternative(name: str, shock: float, start: _Start, rules: CalibrationRules) -> dict[str, object]:
    """Work one alternative out."""
    kappa = {"keep": 0.0, "full": 1.0, "none": 0.0}.get(name, rules.pass_on)
    price = (1 + shock) ** rules.response
    asked = price**kappa
    factors = {kpi: _capped(rate, asked, start.caps.get(kpi)) / rate for kpi, rate in start.rates.items()}
    weight = sum(start.shares.values())
    conversion = sum(start.shares[kpi] * factor for kpi, factor in factors.items()) / weight
    value = price / conversion if name == "order_value" else 1.0
    gap = 0.0 if name == "order_value" else 1 - conversion * value / price
    sales = start.leads * start.conversion * start.order_value
    targeted = {
        "leads": (start.leads, 1.0 if name == "keep" else 1 / price),
        "conversion": (start.conversion, conversion),
        "order_value": (start.order_value, value),
        "sales": (sales, 1.0 if name == "keep" else 1 - gap),
    }
    return {
        "alternative": name,
        "shock": float(shock),
        "response": rules.response,
        "pass_on": kappa,
        "price_factor": price,
        "rate_factor": asked,
        **{key: before * factor for key, (before, factor) in targeted.items()},
        **{f"{key}_factor": factor for key, (_, factor) in targeted.items()},
        "unfunded_share": gap,
        "unfunded_gap": sales * gap,
        "conceded": targeted["sales"][1] != 1,
        "capped": ",".join(kpi for kpi, factor in factors.items() if factor < asked * (1 - TIE)),
    }


def _capped(rate: float, factor: float, cap: float | None) -> float:
    """Raise a rate up to its cap; one that lay above it before stays where it was."""
    return rate * factor if cap is None else min(rate * factor, max(rate, cap))


def _remaining(book: pd.DataFrame, month: Period) -> pd.DataFrame:
    """Take the company's month targets from a month on, in order."""
    own = (book["level"] == COMPANY) & book["period"].str.fullmatch(r"\d{4}-\d{2}")
    rows = book[own & (book["period"] >= month.label)]
    if rows.empty:
        held = sorted(book.loc[own, "period"].unique())
        allowed = f"{held[0]} to {held[-1]}" if held else "none: the book has no month of the company"
        raise PeriodError(Problem("from_month", month.label, allowed, "take the book of that month's year"))
    return rows.sort_values(["kpi", "period"])


def _volume_changes(rows: pd.DataFrame, factor: float, policy: Policy) -> list[Change]:
    """Scale whole numbers so that their sum is scaled, each within one unit of its own share."""
    before = [round(target) for target in rows["target"]]
    if not sum(before) or factor == 1:
        return []
    money = policy.kpis[rows["kpi"].iloc[0]].unit == "money"
    unit = policy.targets.rounding if money else 1
    unit = unit if all(target % unit == 0 for target in before) else 1
    after = largest_remainder(_whole(sum(before) * factor / unit), before)
    return _changes(rows, before, [part * unit for part in after])


def _rate_changes(rows: pd.DataFrame, factor: float, cap: float | None, policy: Policy) -> list[Change]:
    if rows.empty or factor == 1:
        return []
    kpi = policy.kpis[rows["kpi"].iloc[0]]
    before = [float(target) for target in rows["target"]]
    after = [_capped(target, factor, cap) for target in before]
    if kpi.unit == "money":
        after = [_whole(target) for target in after]
    return _changes(rows, before, [min(target, 1.0) for target in after] if kpi.unit == "share" else after)


def _changes(rows: pd.DataFrame, before: Sequence[float], after: Sequence[float]) -> list[Change]:
    cells = zip(rows["unit_id"], rows["team_id"], rows["kpi"], rows["period"], before, after, strict=True)
    return [
        Change(COMPANY, unit, team, kpi, period, float(old), float(new))
        for unit, team, kpi, period, old, new in cells
        if new != old
    ]


def _whole(amount: float) -> int:
    return floor(amount + 0.5)


def _fail_if_closed(month: Period, closed_through: date | None) -> None:
    if month.kind != "month":
        raise PeriodError(Problem("from_month", month.label, "a month, such as 2026-07"))
    if closed_through is not None and month.first <= closed_through:
        first = month_of(closed_through + timedelta(days=1)).label
        remedy = "closed months never change: take an open one"
        raise PeriodError(
            Problem("from_month", f"{month.label}, a closed month", f"{first} or later", remedy)
        )


def _fail_if_impossible(shock: float, start: _Start) -> None:
    problems: list[Problem] = []
    if not isfinite(shock) or shock <= -1 or shock == 0:
        allowed = "a finite change above −1 (−100 %) that is not 0"
        problems.append(Problem("shock", f"{shock:g}", allowed, "write 0.3 for +30 %"))
    targets = {"leads": start.leads, "conversion": start.conversion, "order_value": start.order_value}
    caps = {f"the cap of {kpi}": cap for kpi, cap in start.caps.items()}
    for name, value in {**targets, **start.rates, **caps}.items():
        if not isfinite(value) or value <= 0:
            problems.append(Problem(name, f"{value:g}", "a finite number above zero"))
    weights = list(start.shares.values())
    if not all(isfinite(part) and part >= 0 for part in weights) or sum(weights) <= 0:
        problems.append(Problem("shares", repr(dict(start.shares)), "shares not below zero, not all zero"))
    fail_if_any(problems, DataError)
