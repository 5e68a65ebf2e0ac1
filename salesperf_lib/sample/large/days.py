"""Traffic, pages, inquiries and touches of a block, in fact-table shape."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from salesperf_lib.sample.company import COMMUNITY_A, HOST_A, PAGE_A, PAGE_B, SERVICE_A, SERVICE_B
from salesperf_lib.sample.large.blocks import Block, repeated
from salesperf_lib.sample.large.writers import Columns, Writers
from salesperf_lib.sample.media import CLICK_PRICE, CLICK_RATE, DWELL_SECONDS, QUALIFIED, UNIQUE_VISITORS
from salesperf_lib.sample.plan import Ints, Plan
from salesperf_lib.sample.traffic import (
    BROWSED,
    BUYER_OF,
    CHANNELS,
    CONVERSION,
    INQUIRY_CONVERSION,
    LIVE,
    LIVE_CONVERSION,
    PAGE_OF,
    PAID,
    PRIVATE,
    SERVICE_OF,
    SESSION_MINUTES,
)

CONVERSIONS = np.append(CONVERSION, [LIVE_CONVERSION, 0.12])
PAGE_PREFIXES = ("PA", "PB", "LA", "LB")
POSITION_OF_PAGE = np.array([PAGE_A, PAGE_B, HOST_A, HOST_A + 1])


def append_days(writers: Writers, plan: Plan, block: Block, rng: np.random.Generator) -> None:
    """Add one row per day and owner of each kind, around the block's orders."""
    shape = (block.teams, len(CHANNELS), 2, len(plan.days))
    second = np.where(np.isin(block.channel, [LIVE, PRIVATE]), block.second, 0)
    cell = np.ravel_multi_index((block.team, block.channel, second, block.day), shape)
    made = np.bincount(cell, minlength=int(np.prod(shape))).reshape(shape)
    asked = np.bincount(cell[block.inquired], minlength=made.size).reshape(shape)
    usual = 0.5 * made + 0.5 * made.mean(axis=3, keepdims=True)
    visits = made + rng.poisson(usual * (1 / CONVERSIONS - 1)[:, None, None])
    writers.append("traffic", _traffic(plan, block, visits, rng))
    writers.append("pages", _pages(plan, block, (visits, made), rng))
    writers.append("inquiries", _inquiries(plan, block, asked, rng))
    writers.append("touches", _touches(plan, block, rng))


def _traffic(plan: Plan, block: Block, visits: Ints, rng: np.random.Generator) -> Columns:
    team, channel, second, day = np.nonzero(visits)
    count = visits[team, channel, second, day]
    paid = channel < len(PAID)
    buyer, page = BUYER_OF[np.where(paid, channel, 0)], PAGE_OF[np.minimum(channel, len(BROWSED) - 1)]
    kinds = [channel == LIVE, channel == PRIVATE, paid]
    owner = np.select(kinds, [HOST_A + second, COMMUNITY_A + second, buyer], page)
    qualified = rng.binomial(count, QUALIFIED[channel])
    spend = np.rint(CLICK_PRICE[np.where(paid, channel, 0)] * count * 100).astype(np.int64)
    return {
        "date": pa.array(plan.days[day]),
        "channel": pa.array(CHANNELS).take(pa.array(channel)),
        "person_id": block.people(team, owner),
        "team_id": block.team_ids(team),
        "impressions": pa.array((count / CLICK_RATE).astype(np.int64), mask=~paid),
        "clicks": pa.array(count, mask=~paid),
        "visits": pa.array(count),
        "qualified_visits": pa.array(qualified),
        "bounced_visits": pa.array((count - qualified) * 7 // 10),
        "dwell_seconds": pa.array(count * DWELL_SECONDS[channel].astype(float)),
        "spend": pa.array(spend, mask=~paid),
    }


def _pages(plan: Plan, block: Block, counts: tuple[Ints, Ints], rng: np.random.Generator) -> Columns:
    """Give the product pages, by the channels that land on them, and the live rooms."""
    seen, sold = (_by_page(of) for of in counts)
    team, page, day = np.nonzero(seen)
    orders = sold[team, page, day]
    visitors = np.maximum(rng.binomial(seen[team, page, day], UNIQUE_VISITORS), orders)
    live = page >= 2
    teams = range(block.first_team + 1, block.first_team + block.teams + 1)
    pages = [f"{kind}-T{number}" for number in teams for kind in PAGE_PREFIXES]
    return {
        "date": pa.array(plan.days[day]),
        "page_id": pa.array(pages).take(pa.array(team * 4 + page)),
        "page_kind": pa.array(["product", "live"]).take(pa.array(live.astype(np.int64))),
        "person_id": block.people(team, POSITION_OF_PAGE[page]),
        "team_id": block.team_ids(team),
        "visitors": pa.array(visitors),
        "orders": pa.array(orders),
        "live_minutes": pa.array(np.full(len(day), float(SESSION_MINUTES)), mask=~live),
    }


def _by_page(counts: Ints) -> Ints:
    """Add up team × channel × which of two × day to team × page × day: two pages, two rooms."""
    landing = [counts[:, np.flatnonzero(page == PAGE_OF)].sum(axis=(1, 2)) for page in (PAGE_A, PAGE_B)]
    return np.stack([*landing, counts[:, LIVE, 0], counts[:, LIVE, 1]], axis=1)


def _inquiries(plan: Plan, block: Block, asked: Ints, rng: np.random.Generator) -> Columns:
    channels = [np.flatnonzero(position == SERVICE_OF) for position in (SERVICE_A, SERVICE_B)]
    orders = np.stack([asked[:, own].sum(axis=(1, 2)) for own in channels], axis=1)
    usual = orders.mean(axis=2, keepdims=True) + 0.2
    inquiries = orders + rng.poisson(usual * (1 / INQUIRY_CONVERSION - 1), orders.shape)
    team, second, day = np.nonzero(inquiries)
    count = inquiries[team, second, day]
    rated = rng.binomial(count, 0.35)
    return {
        "date": pa.array(plan.days[day]),
        "person_id": block.people(team, SERVICE_A + second),
        "team_id": block.team_ids(team),
        "inquiries": pa.array(count),
        "orders": pa.array(orders[team, second, day]),
        "customers_served": pa.array(rng.binomial(count, 0.92)),
        "first_response_seconds": pa.array(count * 34.0),
        "csat_sum": pa.array((rated + rng.binomial(4 * rated, 0.91)).astype(float)),
        "csat_count": pa.array(rated),
        "replies_checked": pa.array(rng.binomial(count, 0.1)),
        "violations": pa.array(np.zeros(len(count))),
        "severe_violations": pa.array(np.zeros(len(count))),
    }


def _touches(plan: Plan, block: Block, rng: np.random.Generator) -> Columns:
    team, second, day = (axis.ravel() for axis in np.indices((block.teams, 2, len(plan.days))))
    touches = rng.poisson(80, len(team))
    return {
        "date": pa.array(plan.days[day]),
        "person_id": block.people(team, COMMUNITY_A + second),
        "team_id": block.team_ids(team),
        "kind": repeated("community", len(team)),
        "touches": pa.array(touches),
        "deep_touches": pa.array(rng.binomial(touches, 0.2)),
        "customers_touched": pa.array(rng.binomial(touches, 0.55)),
    }
