"""Orders of the sample company, one row each: whose, how much, paid when, given back when."""

from __future__ import annotations

import numpy as np
import pandas as pd

from salesperf_lib.sample.company import COMMUNITY_A, HOST_A, PAGE_A, PAGE_B, Staff
from salesperf_lib.sample.customers import deal_customers
from salesperf_lib.sample.plan import Ints, Plan
from salesperf_lib.sample.season import Floats
from salesperf_lib.sample.traffic import (
    BROWSED,
    BUYER_OF,
    LIVE,
    PAGE_OF,
    PAID,
    PRIVATE,
    SERVICE_OF,
    Traffic,
    market,
    skills,
)

PRICES = np.array([299, 399, 599, 799, 899, 1099, 1299, 1599, 1999, 2599, 3299])
PRICE_WEIGHTS = np.array([0.07, 0.11, 0.13, 0.13, 0.12, 0.12, 0.11, 0.09, 0.06, 0.04, 0.02])
COUPONS = np.array([0, 10, 20, 30, 50, 100])
COUPON_WEIGHTS = np.array([0.45, 0.12, 0.13, 0.10, 0.12, 0.08])
SECOND_PIECE = 0.13
REFUND_RATE = np.array([0.060, 0.075, 0.080, 0.050, 0.065, 0.120, 0.030])
DOUBLE_11_REFUNDS = 2.0
PAGE_KINDS = ("product", "campaign", "live")
CREDIT_TERMS = (30, 60)


def draw_orders(
    plan: Plan, staff: Staff, traffic: Traffic, doses: Floats
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Draw every honest order.

    Returns
    -------
    tuple
        Orders, one row each, by moment; customers, one row each.
    """
    orders, customers = deal_customers(plan, _expand(traffic), doses)
    rng = plan.rng("orders")
    orders["minute"] = _minutes(len(orders), rng)
    orders = orders.sort_values(["day", "minute", "team", "channel", "customer"], kind="stable").reset_index(
        drop=True
    )
    orders["on_credit"] = customers["on_credit"].to_numpy()[orders["customer"]]
    orders["page_kind"] = _page_kinds(plan, orders, rng)
    orders["page"] = _pages(orders, rng)
    orders = _assign_people(orders, staff)
    orders["amount"] = _amounts(plan, staff, orders, rng)
    return _with_refunds(plan, orders, plan.rng("refunds")), customers


def number_orders(plan: Plan, orders: pd.DataFrame) -> pd.DataFrame:
    """Put orders in order of time and give them ids: date and running number of the day."""
    orders = orders.sort_values(["day", "minute"], kind="stable").reset_index(drop=True)
    running = orders.groupby("day").cumcount() + 1
    dates = np.char.replace(np.datetime_as_string(plan.days), "-", "")[orders["day"]]
    return orders.assign(order_id=[f"{day}{number:05d}" for day, number in zip(dates, running, strict=True)])


def _expand(traffic: Traffic) -> pd.DataFrame:
    """Turn counts per cell into rows."""
    parts = [
        _rows(traffic.direct, inquired=False, live=False),
        _rows(traffic.inquired, inquired=True, live=False),
        _rows(traffic.live_orders, inquired=False, live=True),
    ]
    return pd.concat(parts, ignore_index=True).sort_values(["team", "day"], kind="stable")


def _rows(counts: Ints, *, inquired: bool, live: bool) -> pd.DataFrame:
    team, second, day = np.nonzero(counts)
    rows = np.repeat(np.arange(len(team)), counts[team, second, day])
    channel = np.full(len(rows), LIVE) if live else second[rows]
    room = second[rows] if live else np.full(len(rows), -1)
    return pd.DataFrame(
        {
            "day": day[rows],
            "team": team[rows],
            "channel": channel,
            "inquired": inquired,
            "room": room,
            "position": -1,
        }
    )


def _minutes(count: int, rng: np.random.Generator) -> Ints:
    evening = rng.normal(20.6 * 60, 80, count)
    daytime = rng.uniform(8 * 60, 23 * 60, count)
    return np.clip(np.where(rng.random(count) < 0.55, evening, daytime), 0, 1439).astype(np.int64)


def _page_kinds(plan: Plan, orders: pd.DataFrame, rng: np.random.Generator) -> Ints:
    _, strength = market(plan)
    campaign = rng.random(len(orders)) < campaign_share(strength)[orders["day"]]
    return np.where(orders["channel"] == LIVE, 2, np.where(campaign, 1, 0))


def campaign_share(strength: Floats) -> Floats:
    """Tell the share of visits and orders that land on a campaign page."""
    return np.clip(0.15 + 0.25 * (strength - 1), 0.08, 0.5)


def _pages(orders: pd.DataFrame, rng: np.random.Generator) -> Ints:
    """Tell the position whose page or room the order was made on."""
    channel = orders["channel"].to_numpy()
    page = PAGE_OF[np.minimum(channel, len(BROWSED) - 1)]
    page = np.where(channel == PRIVATE, np.where(rng.random(len(orders)) < 0.5, PAGE_A, PAGE_B), page)
    return np.where(channel == LIVE, HOST_A + orders["room"], page)


def _assign_people(orders: pd.DataFrame, staff: Staff) -> pd.DataFrame:
    """Name who worked on each order, and the one who closed it (DATA §4); −1 where nobody did."""
    team, day, channel = (orders[name].to_numpy() for name in ("team", "day", "channel"))
    capped = np.minimum(channel, len(BROWSED) - 1)
    page_owner = staff.duty[team, orders["page"], day]
    service = np.where(orders["inquired"], staff.duty[team, SERVICE_OF[capped], day], -1)
    paid = np.isin(channel, PAID)
    buyer = np.where(paid, staff.duty[team, BUYER_OF[np.where(paid, channel, 0)], day], -1)
    community = staff.holder[team, np.where(orders["position"] < 0, COMMUNITY_A, orders["position"]), day]
    community = np.where(channel == PRIVATE, community, -1)
    owner = np.select(
        [channel == LIVE, service >= 0, community >= 0, buyer >= 0],
        [page_owner, service, community, buyer],
        page_owner,
    )
    return orders.assign(
        owner=owner, page_owner=page_owner, service=service, buyer=buyer, community=community
    )


def _amounts(plan: Plan, staff: Staff, orders: pd.DataFrame, rng: np.random.Generator) -> Ints:
    """Draw amounts in fen: a price, perhaps a second piece, less a coupon; business customers buy more."""
    count = len(orders)
    price = rng.choice(PRICES, count, p=PRICE_WEIGHTS)
    upsell = skills(plan, staff)[orders["owner"], orders["day"]] ** 2
    pieces = 1 + (rng.random(count) < np.clip(SECOND_PIECE * upsell, 0, 0.9))
    pieces = pieces + 2 * orders["on_credit"].to_numpy()
    coupon = rng.choice(COUPONS, count, p=COUPON_WEIGHTS)
    return (price * pieces - coupon) * 100


def _with_refunds(plan: Plan, orders: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """Draw refunds: a full or a partial one some days after; after Double 11 twice as often."""
    months_days = np.datetime_as_string(plan.days)[orders["day"]]
    festive = np.char.find(months_days, "-11-1") >= 0
    festive &= np.isin(np.char.partition(months_days, "-11-")[:, 2], ["10", "11", "12"])
    rate = REFUND_RATE[orders["channel"]] * np.where(festive, DOUBLE_11_REFUNDS, 1.0)
    rate = np.where(orders["on_credit"], 0.02, rate)
    refunded = rng.random(len(orders)) < rate
    delay = 1 + rng.gamma(2.0, 3.5, len(orders)).astype(np.int64)
    refund_day = orders["day"].to_numpy() + delay
    share = np.where(rng.random(len(orders)) < 0.7, 1.0, rng.choice([0.2, 0.3, 0.5], len(orders)))
    amount = np.rint(orders["amount"].to_numpy() * share / 100).astype(np.int64) * 100
    known = refunded & (refund_day < len(plan.days))
    return orders.assign(refund=np.where(known, amount, 0), refund_day=np.where(known, refund_day, -1))
