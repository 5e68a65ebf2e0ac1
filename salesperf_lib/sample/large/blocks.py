"""The orders of some teams at a time, drawn as arrays."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa

from salesperf_lib.sample.company import POSITIONS
from salesperf_lib.sample.orders import COUPONS, PRICE_WEIGHTS, PRICES
from salesperf_lib.sample.plan import Flags, Ints, Plan
from salesperf_lib.sample.season import Floats
from salesperf_lib.sample.traffic import CHANNELS, INQUIRED_SHARE, market

BLOCK_ORDERS, BLOCK_TEAMS = 400_000, 40
CHANNEL_SHARES = np.array([0.18, 0.17, 0.01, 0.16, 0.10, 0.14, 0.24])
ORDERS_A_CUSTOMER = 2.4


@dataclass(frozen=True)
class Block:
    """The orders of some teams, by day, and where they stand in the company.

    Parameters
    ----------
    first_team, teams
        Number of the first team, and how many.
    first_order, first_customer
        Numbers that the ids go on from.
    day, team, channel, customer, amount
        Of each order; teams and customers from 0 inside the block.
    inquired
        Whether the order came after an inquiry.
    second
        Which of the two people of a kind worked on it.
    """

    first_team: int
    teams: int
    first_order: int
    first_customer: int
    day: Ints
    team: Ints
    channel: Ints
    customer: Ints
    amount: Ints
    inquired: Flags
    second: Ints

    def people(self, team: Ints, position: Ints) -> pa.Array:
        """Name the people in positions, teams from 0 inside the block."""
        every = np.arange(self.teams * POSITIONS) + self.first_team * POSITIONS + 1
        return pa.array([f"E{number:06d}" for number in every]).take(pa.array(team * POSITIONS + position))

    def team_ids(self, team: Ints) -> pa.Array:
        """Name teams, from 0 inside the block."""
        return pa.array([f"t{self.first_team + own + 1}" for own in range(self.teams)]).take(pa.array(team))

    def customer_ids(self, customer: Ints) -> pa.Array:
        """Name customers, from 0 inside the block."""
        count = int(self.customer.max(initial=-1)) + 1
        every = pa.array([f"{self.first_customer + own + 1:09d}" for own in range(count)], pa.string())
        return every.take(pa.array(customer))


def draw_blocks(plan: Plan, orders: int) -> Iterator[Block]:
    """Draw blocks of teams of at most about `BLOCK_ORDERS` orders each, `orders` in all."""
    demand, _ = market(plan)
    size = min(max(1, BLOCK_ORDERS * plan.teams // max(orders, 1)), BLOCK_TEAMS)
    shares = np.diff(np.arange(plan.teams + 1) * orders // plan.teams)
    customers = done = 0
    for first in range(0, plan.teams, size):
        per_team = shares[first : first + size]
        rng = np.random.default_rng([plan.seed, first, 1])
        columns = _draw_columns(per_team, demand / demand.sum(), rng)
        block = Block(first, len(per_team), done, customers, **columns)
        done += len(block.day)
        customers += int(block.customer.max(initial=-1)) + 1
        yield block


def _draw_columns(per_team: Ints, weights: Floats, rng: np.random.Generator) -> dict[str, Any]:
    count = int(per_team.sum())
    team = rng.permutation(np.repeat(np.arange(len(per_team)), per_team))
    channel = rng.choice(len(CHANNELS), count, p=CHANNEL_SHARES)
    pools = np.maximum(1, (per_team / ORDERS_A_CUSTOMER).astype(np.int64))
    starts = np.cumsum(pools) - pools
    customer = starts[team] + (rng.random(count) ** 1.3 * pools[team]).astype(np.int64)
    asked = np.append(INQUIRED_SHARE, [0.0, 0.0])
    return {
        "day": np.sort(np.searchsorted(np.cumsum(weights)[:-1], rng.random(count))),
        "team": team,
        "channel": channel,
        # Only those who buy are numbered, so that no id is left out.
        "customer": np.unique(customer, return_inverse=True)[1],
        "amount": (rng.choice(PRICES, count, p=PRICE_WEIGHTS) - rng.choice(COUPONS, count)) * 100,
        "inquired": rng.random(count) < asked[channel],
        "second": rng.integers(0, 2, count),
    }


def repeated(text: str, count: int) -> pa.Array:
    """Give one text for every row."""
    return pa.array([text]).take(pa.array(np.zeros(count, dtype=np.int64)))
