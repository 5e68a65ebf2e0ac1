"""Who buys: the customer base, newcomers, returning buyers, and the private domain's response to touches."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import pandas as pd

from salesperf_lib.sample.company import COMMUNITY_A
from salesperf_lib.sample.plan import Flags, Ints, Plan
from salesperf_lib.sample.season import Floats
from salesperf_lib.sample.traffic import CHANNELS, ORGANIC, PRIVATE, market

BASE_PRIVATE, BASE_OTHERS = 900, 1000
NEW_SHARE = np.array([0.52, 0.55, 0.6, 0.42, 0.58, 0.45])
JOINS_PRIVATE = 0.10
CREDIT_CUSTOMERS = 12
CREDIT_PULL = 0.005
BACK_DAYS = 720


@dataclass
class Base:
    """The customers of one team while its orders are being dealt out, in growing arrays."""

    first_day: Ints
    channel: Ints
    weight: Floats
    joined_on: Ints
    on_credit: Flags
    count: int


def draw_doses(plan: Plan) -> Floats:
    """Draw deep touches per owned customer, team × community position × month: apart from everything else."""
    truth, months = plan.truths.dose_response, int(plan.months.max()) + 1
    rng = plan.rng("doses")
    noise = rng.normal(0, truth.dose_log_sd, (plan.teams, 2, months))
    habit = rng.normal(0, 0.15, (plan.teams, 2, 1))
    return truth.mean_dose * np.exp(noise + habit - truth.dose_log_sd**2 / 2)


def deal_customers(plan: Plan, orders: pd.DataFrame, doses: Floats) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Give every order a customer and add the orders of the private domain.

    Parameters
    ----------
    orders
        Orders outside the private domain: day, team, channel …
    doses
        Deep touches per owned customer, team × position × month.

    Returns
    -------
    tuple
        Orders with `customer` (row of the customer frame), `is_new`, and the private-domain orders
        added; customers, one row each: first_day, team, channel, joined_on, position, on_credit.
    """
    rng = plan.rng("customers")
    parts: list[pd.DataFrame] = []
    bases: list[pd.DataFrame] = []
    offset = 0
    for team in range(plan.teams):
        own = orders[orders["team"] == team]
        dealt, customers = _deal_team(plan, own, rng)
        customers["team"] = team
        private = _private_orders(plan, customers, doses[team], team)
        dealt = pd.concat([dealt, private], ignore_index=True)
        dealt["customer"] += offset
        offset += len(customers)
        parts.append(dealt)
        bases.append(customers)
    return pd.concat(parts, ignore_index=True), pd.concat(bases, ignore_index=True)


def _deal_team(
    plan: Plan, orders: pd.DataFrame, rng: np.random.Generator
) -> tuple[pd.DataFrame, pd.DataFrame]:
    orders = orders.sort_values("day", kind="stable").reset_index(drop=True)
    base = _old_customers(len(orders), rng)
    day, channel = orders["day"].to_numpy(), orders["channel"].to_numpy()
    is_new = rng.random(len(orders)) < NEW_SHARE[channel]
    customer = np.empty(len(orders), dtype=np.int64)
    edges = np.searchsorted(day, np.arange(len(plan.days) + 1))
    for number, (start, stop) in enumerate(pairwise(edges)):
        new = np.flatnonzero(is_new[start:stop]) + start
        old = np.flatnonzero(~is_new[start:stop]) + start
        customer[old] = _returning(base, number, len(old), rng)
        customer[new] = _add_newcomers(base, number, channel[new], rng)
    kept = slice(0, base.count)
    customers = pd.DataFrame(
        {"first_day": base.first_day[kept], "channel": base.channel[kept], "joined_on": base.joined_on[kept],
         "on_credit": base.on_credit[kept], "position": COMMUNITY_A + rng.integers(0, 2, base.count)}
    )  # fmt: skip
    return orders.assign(customer=customer, is_new=is_new), customers


def _old_customers(room: int, rng: np.random.Generator) -> Base:
    old = BASE_PRIVATE + BASE_OTHERS
    size = old + room
    base = Base(
        first_day=np.zeros(size, dtype=np.int64), channel=np.full(size, ORGANIC), weight=np.zeros(size),
        joined_on=np.full(size, np.iinfo(np.int32).max), on_credit=np.zeros(size, dtype=bool), count=old,
    )  # fmt: skip
    base.first_day[:old] = -rng.integers(20, BACK_DAYS, old)
    base.channel[:old] = rng.integers(0, PRIVATE, old)
    base.channel[:old][base.channel[:old] == CHANNELS.index("pangle_ads")] = ORGANIC
    base.joined_on[:BASE_PRIVATE] = base.first_day[:BASE_PRIVATE] + rng.integers(3, 18, BASE_PRIVATE)
    base.weight[BASE_PRIVATE:old] = rng.gamma(0.5, 2.0, BASE_OTHERS)
    credit = slice(BASE_PRIVATE, BASE_PRIVATE + CREDIT_CUSTOMERS)
    base.on_credit[credit] = True
    return base


def _returning(base: Base, day: int, count: int, rng: np.random.Generator) -> Ints:
    """Pick returning buyers: lively customers and recent newcomers come back more often."""
    age = day - base.first_day[: base.count]
    weight = base.weight[: base.count] * (0.15 + np.exp(-age / 120.0))
    weight[base.on_credit[: base.count]] = CREDIT_PULL * weight.sum()
    total = np.cumsum(weight)
    return np.searchsorted(total, rng.random(count) * total[-1], side="right")


def _add_newcomers(base: Base, day: int, channels: Ints, rng: np.random.Generator) -> Ints:
    numbers = np.arange(base.count, base.count + len(channels))
    base.first_day[numbers], base.channel[numbers] = day, channels
    joins = rng.random(len(numbers)) < JOINS_PRIVATE
    base.joined_on[numbers[joins]] = day + rng.integers(2, 21, int(joins.sum()))
    # Who joins the private domain buys there from now on: repurchase there answers to touches alone.
    base.weight[numbers] = np.where(joins, 0.0, rng.gamma(0.5, 2.0, len(numbers)))
    base.count += len(numbers)
    return numbers


def _private_orders(plan: Plan, customers: pd.DataFrame, doses: Floats, team: int) -> pd.DataFrame:
    """Let private-domain customers come back, month by month, as the planted dose–response says."""
    truth, months, rng = plan.truths.dose_response, plan.months, plan.rng(f"private domain {team}")
    demand, _ = market(plan)
    usual = demand.mean()
    effect = plan.rng("private team effects").normal(0, 0.08, plan.teams)[team]
    joined, position = customers["joined_on"].to_numpy(), customers["position"].to_numpy() - COMMUNITY_A
    parts: list[pd.DataFrame] = []
    for month in range(int(months.max()) + 1):
        span = np.flatnonzero(months == month)
        whole = min(1.0, len(span) / 28)
        members = np.flatnonzero(joined <= span[0])
        score = truth.intercept + effect + truth.month_elasticity * np.log(demand[span].mean() / usual)
        odds = np.exp(score + truth.slope * doses[position[members], month])
        buys = members[rng.random(len(members)) < whole * odds / (1 + odds)]
        buyers = np.repeat(buys, 1 + rng.poisson(0.08, len(buys)))
        day = rng.choice(span, len(buyers), p=demand[span] / demand[span].sum())
        parts.append(pd.DataFrame({"day": day, "customer": buyers}))
    out = pd.concat(parts, ignore_index=True)
    fixed = {"team": team, "channel": PRIVATE, "inquired": False, "room": -1, "is_new": False}
    return out.assign(position=customers["position"].to_numpy()[out["customer"]], **fixed)
