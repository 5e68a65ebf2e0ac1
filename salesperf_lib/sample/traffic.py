"""Visits, inquiries and live streams of the sample company, and the orders that come of them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from salesperf_lib.sample.company import (
    BUYER_A,
    BUYER_B,
    HOST_A,
    HOST_B,
    PAGE_A,
    PAGE_B,
    SERVICE_A,
    SERVICE_B,
    Staff,
)
from salesperf_lib.sample.plan import Ints, Plan
from salesperf_lib.sample.season import Floats, demand_curve, promotion_strength

CHANNELS = (
    "tmall_ads",
    "douyin_ads",
    "pangle_ads",
    "organic_search",
    "xiaohongshu",
    "douyin_live",
    "private_domain",
)
TMALL, DOUYIN, PANGLE, ORGANIC, XIAOHONGSHU, LIVE, PRIVATE = range(len(CHANNELS))
BROWSED = (TMALL, DOUYIN, PANGLE, ORGANIC, XIAOHONGSHU)
PAID = (TMALL, DOUYIN, PANGLE)

PAGE_OF = np.array([PAGE_A, PAGE_B, PAGE_B, PAGE_A, PAGE_B])
BUYER_OF = np.array([BUYER_B, BUYER_A, BUYER_A])
SERVICE_OF = np.array([SERVICE_A, SERVICE_B, SERVICE_B, SERVICE_A, SERVICE_B])

ORDERS_A_YEAR = 28_700
GROWTH = 0.08
PRIVATE_SHARE = 0.22
TEAM_WEIGHTS = (0.195, 0.180, 0.170, 0.160, 0.150, 0.145)
MIX = np.array([0.235, 0.235, 0.0, 0.215, 0.125, 0.19])
PANGLE_TEAM, PANGLE_SHARE = 2, 0.04
CONVERSION = np.array([0.030, 0.022, 0.018, 0.035, 0.020])
INQUIRED_SHARE = np.array([0.46, 0.40, 0.0, 0.54, 0.44])
INQUIRY_CONVERSION = 0.16
LIVE_CONVERSION = 0.016
SESSION_MINUTES = 240
REST_DAYS = ((0, 1), (2, 3))


@dataclass(frozen=True)
class Traffic:
    """Counts per cell.

    Parameters
    ----------
    visits, direct, inquiries, inquired
        Team × browsed channel × day: visits, orders without an inquiry, inquiries, orders after one.
    live_minutes, live_visits, live_orders
        Team × live room × day.
    """

    visits: Ints
    direct: Ints
    inquiries: Ints
    inquired: Ints
    live_minutes: Ints
    live_visits: Ints
    live_orders: Ints


def market(plan: Plan) -> tuple[Floats, Floats]:
    """Tell the company's expected orders and the promotion strength of each day of the plan."""
    days, weights = demand_curve(plan.years, GROWTH)
    inside = (days >= np.datetime64(plan.first)) & (days <= np.datetime64(plan.last))
    orders = weights[inside] * ORDERS_A_YEAR * plan.teams / len(TEAM_WEIGHTS)
    return orders, promotion_strength(plan.years)[inside]


def team_weights(plan: Plan) -> Floats:
    """Tell each team's share of the company's demand."""
    weights = np.resize(TEAM_WEIGHTS, plan.teams)
    return weights / weights.sum()


def skills(plan: Plan, staff: Staff) -> Floats:
    """Draw each person's effect on the rate they own, person × day: a lasting part and a monthly one."""
    rng = plan.rng("skills")
    people, months = len(staff.ids), plan.months
    lasting = rng.normal(0, 0.11, people)
    monthly = rng.normal(0, 0.035, (people, int(months.max()) + 1))
    return np.exp(lasting[:, None] + monthly[:, months])


def draw_traffic(plan: Plan, staff: Staff) -> Traffic:
    """Draw visits and inquiries around demand, then the orders that come of them."""
    demand = _demand(plan)
    return Traffic(
        *_browse(plan, staff, demand[:, : len(BROWSED)]), *_stream_live(plan, staff, demand[:, LIVE])
    )


def honest_jump(plan: Plan) -> Floats:
    """Give the conversion ratio of the planted honest jump, browsed channel × day."""
    ratio = np.ones((len(BROWSED), len(plan.days)))
    jump = plan.truths.honest_jump
    ratio[CHANNELS.index(jump.channel), plan.span(jump.first_day, jump.last_day)] = jump.conversion_ratio
    return ratio


def script_lift(plan: Plan) -> Floats:
    """Give the inquiry-conversion ratio of the planted service script, team × day."""
    ratio = np.ones((plan.teams, len(plan.days)))
    script = plan.truths.service_script
    for team in script.teams:
        ratio[plan.team_ids.index(team), plan.span(script.first_day)] = script.conversion_ratio
    return ratio


def _demand(plan: Plan) -> Floats:
    """Expect orders by team × channel (without private domain) × day."""
    rng, months = plan.rng("demand"), plan.months
    orders, strength = market(plan)
    team_month = np.exp(rng.normal(0, 0.05, (plan.teams, int(months.max()) + 1)))[:, months]
    mix = np.tile(MIX, (plan.teams, 1)) * np.exp(rng.normal(0, 0.10, (plan.teams, len(MIX))))
    mix[PANGLE_TEAM, PANGLE] = PANGLE_SHARE
    mix = mix / mix.sum(axis=1, keepdims=True)
    tilt = np.ones((len(MIX), len(plan.days)))
    tilt[LIVE] = np.clip(strength, 0.8, 2.0) ** 0.4
    by_channel = mix[:, :, None] * tilt
    by_channel /= by_channel.sum(axis=1, keepdims=True)
    team = team_weights(plan)[:, None] * team_month * orders * (1 - PRIVATE_SHARE)
    return team[:, None] * by_channel * np.exp(rng.normal(0, 0.08, by_channel.shape))


def _browse(plan: Plan, staff: Staff, demand: Floats) -> tuple[Ints, Ints, Ints, Ints]:
    rng, day, skill = plan.rng("browse"), np.arange(len(plan.days)), skills(plan, staff)
    lift = market(plan)[1] ** 0.35
    page_skill = skill[staff.duty[:, PAGE_OF], day]
    page_skill[:, : len(PAID)] *= skill[staff.duty[:, BUYER_OF], day] ** 0.5
    conversion = CONVERSION[:, None] * lift * np.exp(rng.normal(0, 0.05, demand.shape))
    visits = rng.poisson(demand / conversion)
    share = INQUIRED_SHARE[:, None]
    direct = rng.binomial(visits, np.clip(conversion * (1 - share) * page_skill * honest_jump(plan), 0, 0.9))
    answer = INQUIRY_CONVERSION * lift**0.5 * np.exp(rng.normal(0, 0.04, demand.shape))
    inquiries = rng.poisson(demand * share * page_skill**0.5 * honest_jump(plan) / answer)
    service_skill = skill[staff.duty[:, SERVICE_OF], day] * script_lift(plan)[:, None]
    return visits, direct, inquiries, rng.binomial(inquiries, np.clip(answer * service_skill, 0, 0.9))


def _stream_live(plan: Plan, staff: Staff, demand: Floats) -> tuple[Ints, Ints, Ints]:
    rng, rooms = plan.rng("live traffic"), [HOST_A, HOST_B]
    _, strength = market(plan)
    minutes = _session_minutes(plan, staff, strength, rng)
    usual = SESSION_MINUTES * 2 * 5 / 7
    conversion = LIVE_CONVERSION * strength**0.3 * np.exp(rng.normal(0, 0.05, minutes.shape))
    visits = rng.poisson(demand[:, None] / conversion * minutes / usual)
    host = skills(plan, staff)[staff.duty[:, rooms], np.arange(len(plan.days))]
    return minutes, visits, rng.binomial(visits, np.clip(conversion * host, 0, 0.9))


def _session_minutes(plan: Plan, staff: Staff, strength: Floats, rng: np.random.Generator) -> Ints:
    """Draw minutes on air: no session on a rest day, while the room is vacant, or while its host is away."""
    rooms = [HOST_A, HOST_B]
    on_air = np.array([~np.isin(plan.weekdays, rest) | (strength >= 1.3) for rest in REST_DAYS])
    holder, duty = staff.holder[:, rooms], staff.duty[:, rooms]
    alone = holder[:, 0] == holder[:, 1]
    present = holder == duty
    present[:, 1] &= ~alone
    fte = _fte(plan, staff)[holder, np.arange(len(plan.days))]
    minutes = SESSION_MINUTES * fte * np.clip(strength, 0.8, 1.6) * np.exp(rng.normal(0, 0.08, holder.shape))
    return np.where(on_air & present, np.rint(minutes), 0).astype(np.int64)


def _fte(plan: Plan, staff: Staff) -> Floats:
    fte = np.zeros((len(staff.ids), len(plan.days)))
    for spell in staff.spells:
        fte[spell.person, plan.span(spell.first, spell.last)] = spell.fte
    return fte
