"""People, orders, their events, credits and customers of a block, in fact-table shape."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from salesperf_lib.sample.company import COMMUNITY_A, HOST_A, PAGE_A, POSITIONS, ROLES
from salesperf_lib.sample.large.blocks import Block, repeated
from salesperf_lib.sample.large.writers import Columns, Writers
from salesperf_lib.sample.orders import PAGE_KINDS, REFUND_RATE
from salesperf_lib.sample.plan import Ints, Plan
from salesperf_lib.sample.traffic import BROWSED, BUYER_OF, CHANNELS, LIVE, PAGE_OF, PAID, PRIVATE, SERVICE_OF

GROUP_SIZE = 10
PRIVATE_CUSTOMERS = 0.25
CAMPAIGN_PAGES = 0.2


def append_people(writers: Writers, plan: Plan, block: Block) -> None:
    """Add the roster, in which everybody stays where they are, and the teams."""
    writers.append("roster", _roster(plan, block))
    numbers = np.arange(block.teams) + block.first_team
    writers.append(
        "teams",
        {
            "team_id": block.team_ids(np.arange(block.teams)),
            "name": pa.array([f"第{number + 1}部" for number in numbers]),
            "parent_id": pa.array([f"g{number // GROUP_SIZE + 1}" for number in numbers]),
        },
    )


def append_orders(writers: Writers, plan: Plan, block: Block, rng: np.random.Generator) -> None:
    """Add the orders and what hangs on them: payments and refunds, credits, customers."""
    order = pc.cast(pa.array(block.first_order + np.arange(len(block.day)) + 1), pa.string())
    people = _people_of(block)
    writers.append("orders", {"order_id": order, **_orders(plan, block, people["owner"], rng)})
    back = block.day + 1 + rng.gamma(2.0, 3.5, len(block.day)).astype(np.int64)
    returned = (rng.random(len(block.day)) < REFUND_RATE[block.channel]) & (back < len(plan.days))
    for event, rows, day in (
        ("payment", np.arange(len(back)), block.day),
        ("refund", np.flatnonzero(returned), back),
    ):
        writers.append(
            "order_events",
            {
                "order_id": order.take(pa.array(rows)),
                "event": repeated(event, len(rows)),
                "event_on": pa.array(plan.days[day[rows]]),
                "amount": pa.array(block.amount[rows]),
            },
        )
    for role in ("operations", "host", "service", "media_buyer"):
        writers.append("credits", _credits(block, order, people[role], role))
    writers.append("customers", _customers(plan, block, rng))


def _roster(plan: Plan, block: Block) -> Columns:
    team = np.repeat(np.arange(block.teams), POSITIONS)
    position = np.tile(np.arange(POSITIONS), block.teams)
    leads = block.people(team, np.full(len(team), PAGE_A)).to_pylist()
    begin = pa.array(np.full(len(team), plan.days[0]))
    first = block.first_team * POSITIONS + 1
    return {
        "person_id": block.people(team, position),
        "valid_from": begin,
        "valid_to": pa.nulls(len(team), pa.date32()),
        "name": pa.array([f"员工{first + number}" for number in range(len(team))]),
        "team_id": block.team_ids(team),
        "role": pa.array(ROLES).take(pa.array(position)),
        "manager_id": pa.array(
            [None if own == PAGE_A else lead for own, lead in zip(position, leads, strict=True)]
        ),
        "fte": pa.array(np.ones(len(team))),
        "hired_on": begin,
        "status": repeated("regular", len(team)),
    }


def _orders(plan: Plan, block: Block, owner: Ints, rng: np.random.Generator) -> Columns:
    minutes = rng.integers(480, 1440, len(block.day)).astype("timedelta64[m]")
    campaign = rng.random(len(block.day)) < CAMPAIGN_PAGES
    kinds = np.where(block.channel == LIVE, 2, np.where(campaign, 1, 0))
    return {
        "ordered_on": pa.array(plan.days[block.day]),
        "amount": pa.array(block.amount),
        "customer_id": block.customer_ids(block.customer),
        "person_id": block.people(block.team, owner),
        "team_id": block.team_ids(block.team),
        "channel": pa.array(CHANNELS).take(pa.array(block.channel)),
        "page_kind": pa.array(PAGE_KINDS).take(pa.array(kinds)),
        "after_inquiry": pa.array(block.inquired),
        "on_credit": pa.array(np.zeros(len(minutes), dtype=bool)),
        "ordered_at": pa.array(plan.days[block.day].astype("datetime64[us]") + minutes),
    }


def _people_of(block: Block) -> dict[str, Ints]:
    """Tell who worked on each order by role, −1 where nobody did, and who closed it (DATA §4)."""
    browsed = np.minimum(block.channel, len(BROWSED) - 1)
    live, private, paid = block.channel == LIVE, block.channel == PRIVATE, block.channel < len(PAID)
    operator = np.where(private, COMMUNITY_A + block.second, PAGE_OF[browsed])
    operator = np.where(live, -1, operator)
    host = np.where(live, HOST_A + block.second, -1)
    service = np.where(block.inquired, SERVICE_OF[browsed], -1)
    buyer = np.where(paid, BUYER_OF[np.where(paid, block.channel, 0)], -1)
    owner = np.select([live, service >= 0, private, paid], [host, service, operator, buyer], operator)
    return {"operations": operator, "host": host, "service": service, "media_buyer": buyer, "owner": owner}


def _credits(block: Block, order: pa.Array, position: Ints, role: str) -> Columns:
    rows = np.flatnonzero(position >= 0)
    return {
        "order_id": order.take(pa.array(rows)),
        "role": repeated(role, len(rows)),
        "person_id": block.people(block.team[rows], position[rows]),
        "share": pa.array(np.ones(len(rows))),
    }


def _customers(plan: Plan, block: Block, rng: np.random.Generator) -> Columns:
    customer, first = np.unique(block.customer, return_index=True)
    joined = plan.days[block.day[first]] + rng.integers(2, 21, len(first))
    stays_away = rng.random(len(first)) >= PRIVATE_CUSTOMERS
    return {
        "customer_id": block.customer_ids(customer),
        "first_ordered_on": pa.array(plan.days[block.day[first]]),
        "channel": pa.array(CHANNELS).take(pa.array(block.channel[first])),
        "private_domain_from": pa.array(joined, mask=stays_away),
    }
