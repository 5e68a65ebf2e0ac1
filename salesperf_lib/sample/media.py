"""What the ad platforms, the shop and the live rooms report per day."""

from __future__ import annotations

import numpy as np
import pandas as pd

from salesperf_lib.sample.company import COMMUNITY_A, HOST_A, PAGE_A, PAGE_B, Staff
from salesperf_lib.sample.orders import campaign_share
from salesperf_lib.sample.plan import Ints, Plan
from salesperf_lib.sample.season import Floats
from salesperf_lib.sample.traffic import (
    BROWSED,
    BUYER_OF,
    CHANNELS,
    LIVE,
    PAGE_OF,
    PAID,
    PRIVATE,
    PRIVATE_SHARE,
    Traffic,
    market,
    skills,
    team_weights,
)

CLICK_PRICE = np.array([6.4, 5.2, 1.6])
QUALIFIED = np.array([0.63, 0.56, 0.48, 0.70, 0.61, 0.52, 0.86])
DWELL_SECONDS = np.array([62, 48, 35, 75, 66, 88, 120])
BOUNCED = 0.7
ARRIVAL = 0.92
CLICK_RATE = 0.031
OVERCLAIM = 0.12
REBATE = 0.06
UNIQUE_VISITORS = 0.93
PRIVATE_CONVERSION = 0.12


def price_ratio(plan: Plan) -> Floats:
    """Give the price of a click against the market's usual one, by day: the planted rise."""
    rise = plan.truths.acquisition_cost_rise
    return np.where(plan.span(rise.first_day), rise.ratio, 1.0)


def ad_days(plan: Plan, staff: Staff, traffic: Traffic, orders: pd.DataFrame) -> pd.DataFrame:
    """Report the ad platforms' days: one row per date × campaign (team × paid channel)."""
    rng = plan.rng("ads")
    team, channel, day = np.nonzero(traffic.visits[:, : len(PAID)])
    visits = traffic.visits[team, channel, day]
    person = staff.duty[team, BUYER_OF[channel], day]
    clicks = visits + rng.binomial(visits, 1 / ARRIVAL - 1)
    table = pd.DataFrame({"day": day, "team": team, "channel": channel, "person": person, "clicks": clicks})
    table = table.assign(visits=visits, **_quality(channel, visits, rng), **_spend(plan, staff, table, rng))
    table = table.assign(**_claims(table, orders, rng), **_reviews(plan, table, rng))
    table = _add_fake_clicks(plan, table, rng)
    table["impressions"] = np.rint(
        table["clicks"] / (CLICK_RATE * np.exp(rng.normal(0, 0.1, len(table))))
    ).astype(np.int64)
    return table


def shop_days(plan: Plan, staff: Staff, traffic: Traffic, orders: pd.DataFrame) -> pd.DataFrame:
    """Report unpaid visits: one row per date × channel × the person who looks after it."""
    rng = plan.rng("shop")
    parts: list[pd.DataFrame] = []
    for channel in BROWSED[len(PAID) :]:
        team, day = np.nonzero(traffic.visits[:, channel])
        person = staff.duty[team, PAGE_OF[channel], day]
        parts.append(_visits(day, channel, person, traffic.visits[team, channel, day]))
    private = private_visits(plan, orders)
    team, position, day = np.nonzero(private)
    person = staff.holder[team, COMMUNITY_A + position, day]
    parts.append(_visits(day, PRIVATE, person, private[team, position, day]))
    table = pd.concat(parts, ignore_index=True).groupby(["day", "channel", "person"], as_index=False).sum()
    return table.assign(**_quality(table["channel"].to_numpy(), table["visits"].to_numpy(), rng))


def private_visits(plan: Plan, orders: pd.DataFrame) -> Ints:
    """Draw visits from the private domain, team × community position × day; never fewer than orders."""
    rng = plan.rng("private visits")
    demand, _ = market(plan)
    usual = team_weights(plan)[:, None, None] * demand / 2 * PRIVATE_SHARE / PRIVATE_CONVERSION
    made = np.zeros((plan.teams, 2, len(plan.days)), dtype=np.int64)
    own = orders[orders["channel"] == PRIVATE]
    np.add.at(made, (own["team"], own["position"] - COMMUNITY_A, own["day"]), 1)
    return np.maximum(rng.poisson(np.broadcast_to(usual, made.shape)), made)


def live_days(plan: Plan, staff: Staff, traffic: Traffic) -> pd.DataFrame:
    """Report the live rooms: one row per date × room with a session."""
    rng = plan.rng("live")
    team, room, day = np.nonzero(traffic.live_minutes)
    visits = traffic.live_visits[team, room, day]
    table = pd.DataFrame(
        {"day": day, "team": team, "room": room, "person": staff.duty[team, HOST_A + room, day]}
    )
    table = table.assign(minutes=traffic.live_minutes[team, room, day], visits=visits)
    table["visitors"] = np.maximum(
        rng.binomial(visits, UNIQUE_VISITORS), traffic.live_orders[team, room, day]
    )
    table["orders"] = traffic.live_orders[team, room, day]
    return table.assign(**_quality(np.full(len(table), LIVE), visits, rng))


def page_days(plan: Plan, staff: Staff, traffic: Traffic, orders: pd.DataFrame) -> pd.DataFrame:
    """Report product and campaign pages: one row per date × page with visitors or orders."""
    rng = plan.rng("pages")
    landed = np.stack([traffic.visits[:, page == PAGE_OF].sum(axis=1) for page in (PAGE_A, PAGE_B)], axis=1)
    landed = landed + rng.binomial(private_visits(plan, orders).sum(axis=1, keepdims=True), 0.5)
    _, strength = market(plan)
    campaign = rng.binomial(landed, campaign_share(strength))
    visits = np.stack([landed - campaign, campaign], axis=2)
    made = np.zeros_like(visits)
    own = orders[orders["channel"] != LIVE]
    np.add.at(made, (own["team"], own["page"], own["page_kind"], own["day"]), 1)
    visitors = np.maximum(rng.binomial(visits, UNIQUE_VISITORS), made)
    team, page, kind, day = np.nonzero(visitors)
    return pd.DataFrame(
        {"day": day, "team": team, "page": page, "page_kind": kind, "person": staff.duty[team, page, day],
         "visitors": visitors[team, page, kind, day], "orders": made[team, page, kind, day]}
    )  # fmt: skip


def _visits(day: Ints, channel: int, person: Ints, visits: Ints) -> pd.DataFrame:
    return pd.DataFrame({"day": day, "channel": channel, "person": person, "visits": visits})


def _quality(channel: Ints, visits: Ints, rng: np.random.Generator) -> dict[str, Ints]:
    """Split visits into those that qualify, those that bounce, and the seconds they stayed."""
    share = np.clip(QUALIFIED[channel] * np.exp(rng.normal(0, 0.04, len(visits))), 0, 0.97)
    qualified = rng.binomial(visits, share)
    seconds = visits * DWELL_SECONDS[channel] * np.exp(rng.normal(0, 0.08, len(visits)))
    return {
        "qualified": qualified,
        "bounced": rng.binomial(visits - qualified, BOUNCED),
        "dwell": np.rint(seconds).astype(np.int64),
    }


def _spend(plan: Plan, staff: Staff, table: pd.DataFrame, rng: np.random.Generator) -> dict[str, Ints]:
    """Draw spend and rebate in fen: genuine clicks at the market's price, less the buyer's skill."""
    months = plan.months
    market_noise = np.exp(rng.normal(0, 0.02, int(months.max()) + 1))[months]
    price = CLICK_PRICE[table["channel"]] * (price_ratio(plan) * market_noise)[table["day"]]
    price = (
        price
        / skills(plan, staff)[table["person"], table["day"]] ** 0.5
        * np.exp(rng.normal(0, 0.04, len(table)))
    )
    spend = np.rint(price * table["clicks"] * 100).astype(np.int64)
    return {"spend": spend, "rebate": np.rint(spend * REBATE).astype(np.int64)}


def _claims(table: pd.DataFrame, orders: pd.DataFrame, rng: np.random.Generator) -> dict[str, Ints]:
    """Count the orders the platform claims: its own, and some that it only brushed past."""
    own = (
        orders[orders["channel"] < len(PAID)]
        .groupby(["day", "team", "channel"])["amount"]
        .agg(["size", "sum"])
    )
    keys = pd.MultiIndex.from_frame(table[["day", "team", "channel"]])
    made = own.reindex(keys, fill_value=0).to_numpy()
    extra = rng.binomial(made[:, 0], OVERCLAIM)
    mean = made[:, 1] // np.maximum(made[:, 0], 1)
    return {"claimed": made[:, 0] + extra, "claimed_sales": made[:, 1] + extra * mean}


def _reviews(plan: Plan, table: pd.DataFrame, rng: np.random.Generator) -> dict[str, Ints]:
    """Review ad creatives every Monday."""
    monday = plan.weekdays[table["day"]] == 0
    care = plan.rng("ad care").uniform(0.004, 0.03, 4096)[np.minimum(table["person"], 4095)]
    checked = np.where(monday, rng.integers(8, 16, len(table)), 0)
    return {"checked": checked, "violations": rng.binomial(checked, care)}


def _add_fake_clicks(plan: Plan, table: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """Plant clicks that cost nothing (the platform refunds them); some of them arrive, none stays."""
    truth = plan.truths.fake_clicks
    planted = (table["channel"] == CHANNELS.index(truth.channel)) & plan.span(truth.first_day)[table["day"]]
    fake = np.where(planted, rng.poisson(table["clicks"] * truth.fake_clicks_per_click), 0)
    arrived = rng.binomial(fake, truth.fake_clicks_that_arrive)
    return table.assign(
        clicks=table["clicks"] + fake,
        visits=table["visits"] + arrived,
        bounced=table["bounced"] + arrived,
        dwell=table["dwell"] + arrived * truth.dwell_seconds,
    )
