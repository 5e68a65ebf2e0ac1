"""Stream a company of any size into fact tables (DATA §3), a block of teams at a time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from salesperf_lib.sample.company import COMMUNITY_A, HOST_A, PAGE_A, POSITIONS, ROLES, SERVICE_A
from salesperf_lib.sample.exports.orders import CHANNEL_NAMES, PLATFORMS
from salesperf_lib.sample.media import CLICK_PRICE, CLICK_RATE, DWELL_SECONDS, QUALIFIED, UNIQUE_VISITORS
from salesperf_lib.sample.orders import COUPONS, PAGE_KINDS, PRICE_WEIGHTS, PRICES, REFUND_RATE
from salesperf_lib.sample.plan import Flags, Ints, Plan
from salesperf_lib.sample.season import Floats
from salesperf_lib.sample.traffic import (
    BROWSED,
    BUYER_OF,
    CHANNELS,
    CONVERSION,
    INQUIRED_SHARE,
    INQUIRY_CONVERSION,
    LIVE,
    LIVE_CONVERSION,
    PAGE_OF,
    PAID,
    PRIVATE,
    SERVICE_OF,
    SESSION_MINUTES,
    market,
)

BLOCK_ORDERS = 400_000
CHANNEL_SHARES = np.array([0.18, 0.17, 0.01, 0.16, 0.10, 0.14, 0.24])
ORDERS_A_CUSTOMER = 2.4
PRIVATE_CUSTOMERS = 0.25
CONVERSIONS = np.append(CONVERSION, [LIVE_CONVERSION, 0.12])
GROUP_SIZE = 10
Columns = dict[str, pa.Array]


@dataclass
class Writers:
    """One stream per fact table; a file that is full is closed and the next one opened."""

    out: Path
    rows_per_file: int
    open: dict[str, tuple[pq.ParquetWriter, int]] = field(default_factory=dict)
    files: list[Path] = field(default_factory=list)

    def __enter__(self) -> Writers:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for writer, _ in self.open.values():
            writer.close()

    def append(self, name: str, columns: Mapping[str, pa.Array]) -> None:
        """Add rows to a table."""
        table = pa.table(dict(columns))
        writer, rows = self.open.get(name) or (self._next_file(name, table.schema), 0)
        writer.write_table(table)
        self.open[name] = writer, rows + table.num_rows
        if rows + table.num_rows >= self.rows_per_file:
            writer.close()
            del self.open[name]

    def _next_file(self, name: str, schema: pa.Schema) -> pq.ParquetWriter:
        folder = self.out / name
        folder.mkdir(parents=True, exist_ok=True)
        number = sum(path.parent == folder for path in self.files)
        self.files.append(folder / f"part-{number:04d}.parquet")
        return pq.ParquetWriter(self.files[-1], schema, compression="zstd")


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


def stream(plan: Plan, out: Path, orders: int, rows_per_file: int) -> list[Path]:
    """Write the fact tables of a company of any size.

    Parameters
    ----------
    plan
        Seed, days and number of teams of ten people; the truths play no part.
    orders
        Order rows in all.
    rows_per_file
        Rows after which a table goes on in a new file.

    Returns
    -------
    list of Path
        The files: a folder per table.
    """
    with Writers(out, rows_per_file) as writers:
        writers.append("channels", _channels())
        for number, block in enumerate(_blocks(plan, orders)):
            rng = np.random.default_rng([plan.seed, number])
            _append_people(writers, plan, block)
            _append_orders(writers, plan, block, rng)
            _append_days(writers, plan, block, rng)
    return writers.files


def _blocks(plan: Plan, orders: int) -> Iterator[Block]:
    """Draw blocks of teams that hold about `BLOCK_ORDERS` orders each."""
    demand, _ = market(plan)
    weights = demand / demand.sum()
    size = max(1, BLOCK_ORDERS * plan.teams // max(orders, 1))
    shares = np.diff(np.arange(plan.teams + 1) * orders // plan.teams)
    customers = done = 0
    for first in range(0, plan.teams, size):
        per_team = shares[first : first + size]
        rng = np.random.default_rng([plan.seed, first, 1])
        block = _draw_block(first, per_team, done, customers, weights, rng)
        done += int(per_team.sum())
        customers += int(block.customer.max(initial=-1)) + 1
        yield block


def _draw_block(
    first_team: int,
    per_team: Ints,
    first_order: int,
    first_customer: int,
    weights: Floats,
    rng: np.random.Generator,
) -> Block:
    count = int(per_team.sum())
    day = np.sort(np.searchsorted(np.cumsum(weights)[:-1], rng.random(count)))
    team = rng.permutation(np.repeat(np.arange(len(per_team)), per_team))
    channel = rng.choice(len(CHANNELS), count, p=CHANNEL_SHARES)
    pools = np.maximum(1, (per_team / ORDERS_A_CUSTOMER).astype(np.int64))
    starts = np.cumsum(pools) - pools
    customer = starts[team] + (rng.random(count) ** 1.3 * pools[team]).astype(np.int64)
    # Buyers are numbered by their first order, so that no number is left out.
    _, customer = np.unique(customer, return_inverse=True)
    amount = (rng.choice(PRICES, count, p=PRICE_WEIGHTS) - rng.choice(COUPONS, count)) * 100
    asked = np.append(INQUIRED_SHARE, [0.0, 0.0])
    return Block(
        first_team, len(per_team), first_order, first_customer, day, team, channel, customer, amount,
        rng.random(count) < asked[channel], rng.integers(0, 2, count),
    )  # fmt: skip


def _append_people(writers: Writers, plan: Plan, block: Block) -> None:
    team = np.repeat(np.arange(block.teams), POSITIONS)
    position = np.tile(np.arange(POSITIONS), block.teams)
    lead = _person(block, team, np.full(len(team), PAGE_A))
    begin = pa.array(np.full(len(team), plan.days[0]))
    writers.append("roster", {
        "person_id": _person(block, team, position), "valid_from": begin, "valid_to": pa.nulls(len(team), pa.date32()),
        "name": pc.binary_join_element_wise("员工", pc.cast(pa.array(_number(block, team, position)), pa.string()), ""),
        "team_id": _team(block, team), "role": pa.array(ROLES).take(pa.array(position)),
        "manager_id": pc.if_else(pa.array(position == PAGE_A), pa.scalar(None, pa.string()), lead),
        "fte": pa.array(np.ones(len(team))), "hired_on": begin, "status": pa.array(["regular"] * len(team)),
    })  # fmt: skip
    own = np.arange(block.teams)
    group = pc.binary_join_element_wise(
        "g", pc.cast(pa.array((own + block.first_team) // GROUP_SIZE + 1), pa.string()), ""
    )
    names = pc.binary_join_element_wise(
        "第", pc.cast(pa.array(own + block.first_team + 1), pa.string()), "部", ""
    )
    writers.append("teams", {"team_id": _team(block, own), "name": names, "parent_id": group})


def _append_orders(writers: Writers, plan: Plan, block: Block, rng: np.random.Generator) -> None:
    order = pc.cast(pa.array(block.first_order + np.arange(len(block.day)) + 1), pa.string())
    days = pa.array(plan.days[block.day])
    people = _people_of(block)
    owner = _person(block, block.team, people["owner"])
    minutes = rng.integers(480, 1440, len(block.day))
    kinds = np.where(block.channel == LIVE, 2, np.where(rng.random(len(block.day)) < 0.2, 1, 0))
    writers.append("orders", {
        "order_id": order, "ordered_on": days, "amount": pa.array(block.amount), "customer_id": _customer(block, block.customer),
        "person_id": owner, "team_id": _team(block, block.team), "channel": pa.array(CHANNELS).take(pa.array(block.channel)),
        "page_kind": pa.array(PAGE_KINDS).take(pa.array(kinds)), "after_inquiry": pa.array(block.inquired),
        "on_credit": pa.array(np.zeros(len(minutes), dtype=bool)),
        "ordered_at": pa.array(plan.days[block.day].astype("datetime64[us]") + minutes.astype("timedelta64[m]")),
    })  # fmt: skip
    _append_events(writers, plan, block, order, rng)
    _append_credits(writers, block, order, people)
    _append_customers(writers, plan, block, rng)


def _append_events(
    writers: Writers, plan: Plan, block: Block, order: pa.Array, rng: np.random.Generator
) -> None:
    back = block.day + 1 + rng.gamma(2.0, 3.5, len(block.day)).astype(np.int64)
    refunded = np.flatnonzero(
        (rng.random(len(block.day)) < REFUND_RATE[block.channel]) & (back < len(plan.days))
    )
    for event, rows, day in (("payment", np.arange(len(block.day)), block.day), ("refund", refunded, back)):
        writers.append("order_events", {
            "order_id": order.take(pa.array(rows)), "event": pa.array([event]).take(pa.array(np.zeros(len(rows), dtype=np.int64))),
            "event_on": pa.array(plan.days[day[rows]]), "amount": pa.array(block.amount[rows]),
        })  # fmt: skip


def _people_of(block: Block) -> dict[str, Ints]:
    """Tell the positions that worked on each order, −1 where nobody did, and the one that closed it (DATA §4)."""
    browsed = np.minimum(block.channel, len(BROWSED) - 1)
    live, private, paid = block.channel == LIVE, block.channel == PRIVATE, block.channel < len(PAID)
    operator = np.where(private, COMMUNITY_A + block.second, PAGE_OF[browsed])
    host = np.where(live, HOST_A + block.second, -1)
    service = np.where(block.inquired, SERVICE_OF[browsed], -1)
    buyer = np.where(paid, BUYER_OF[np.where(paid, block.channel, 0)], -1)
    operator = np.where(live, -1, operator)
    owner = np.select([live, service >= 0, private, paid], [host, service, operator, buyer], operator)
    return {"operations": operator, "host": host, "service": service, "media_buyer": buyer, "owner": owner}


def _append_credits(writers: Writers, block: Block, order: pa.Array, people: Mapping[str, Ints]) -> None:
    for role in ("operations", "host", "service", "media_buyer"):
        rows = np.flatnonzero(people[role] >= 0)
        writers.append("credits", {
            "order_id": order.take(pa.array(rows)), "role": pa.array([role]).take(pa.array(np.zeros(len(rows), dtype=np.int64))),
            "person_id": _person(block, block.team[rows], people[role][rows]), "share": pa.array(np.ones(len(rows))),
        })  # fmt: skip


def _append_customers(writers: Writers, plan: Plan, block: Block, rng: np.random.Generator) -> None:
    customer, first = np.unique(block.customer, return_index=True)
    joined = plan.days[block.day[first]] + rng.integers(2, 21, len(first))
    stays = rng.random(len(first)) >= PRIVATE_CUSTOMERS
    writers.append("customers", {
        "customer_id": _customer(block, customer), "first_ordered_on": pa.array(plan.days[block.day[first]]),
        "channel": pa.array(CHANNELS).take(pa.array(block.channel[first])), "private_domain_from": pa.array(joined, mask=stays),
    })  # fmt: skip


def _append_days(writers: Writers, plan: Plan, block: Block, rng: np.random.Generator) -> None:
    shape = (block.teams, len(CHANNELS), 2, len(plan.days))
    which = np.where(np.isin(block.channel, [LIVE, PRIVATE]), block.second, 0)
    cell = np.ravel_multi_index((block.team, block.channel, which, block.day), shape)
    made = np.bincount(cell, minlength=int(np.prod(shape))).reshape(shape)
    asked = np.bincount(cell[block.inquired], minlength=made.size).reshape(shape)
    visits = made + rng.poisson(
        np.maximum(made.mean(axis=3, keepdims=True) * 0.5 + made * 0.5, 0)
        * (1 / CONVERSIONS - 1)[:, None, None]
    )
    _append_traffic(writers, plan, block, visits, rng)
    _append_pages(writers, plan, block, visits, made, rng)
    _append_desk(writers, plan, block, asked, rng)
    _append_touches(writers, plan, block, rng)


def _append_traffic(
    writers: Writers, plan: Plan, block: Block, visits: Ints, rng: np.random.Generator
) -> None:
    team, channel, which, day = np.nonzero(visits)
    count = visits[team, channel, which, day]
    owner = np.select(
        [channel == LIVE, channel == PRIVATE, channel < len(PAID)],
        [HOST_A + which, COMMUNITY_A + which, BUYER_OF[np.minimum(channel, 2)]],
        PAGE_OF[np.minimum(channel, 4)],
    )
    qualified = rng.binomial(count, QUALIFIED[channel])
    unpaid = channel >= len(PAID)
    price = np.rint(CLICK_PRICE[np.minimum(channel, 2)] * count * 100).astype(np.int64)
    writers.append("traffic", {
        "date": pa.array(plan.days[day]), "channel": pa.array(CHANNELS).take(pa.array(channel)), "person_id": _person(block, team, owner),
        "team_id": _team(block, team), "impressions": pa.array((count / CLICK_RATE).astype(np.int64), mask=unpaid),
        "clicks": pa.array(count, mask=unpaid), "visits": pa.array(count), "qualified_visits": pa.array(qualified),
        "bounced_visits": pa.array((count - qualified) * 7 // 10), "dwell_seconds": pa.array(count * DWELL_SECONDS[channel] * 1.0),
        "spend": pa.array(price, mask=unpaid),
    })  # fmt: skip


def _append_pages(
    writers: Writers, plan: Plan, block: Block, visits: Ints, made: Ints, rng: np.random.Generator
) -> None:
    """Add product pages (by the channels that land on them) and live rooms."""
    landing = [np.flatnonzero(page == PAGE_OF) for page in (0, 1)]
    seen = np.stack(
        [visits[:, own].sum(axis=(1, 2)) for own in landing] + [visits[:, LIVE, 0], visits[:, LIVE, 1]],
        axis=1,
    )
    sold = np.stack(
        [made[:, own].sum(axis=(1, 2)) for own in landing] + [made[:, LIVE, 0], made[:, LIVE, 1]], axis=1
    )
    team, page, day = np.nonzero(seen)
    position = np.array([0, 1, HOST_A, HOST_A + 1])[page]
    live = page >= 2
    visitors = np.maximum(rng.binomial(seen[team, page, day], UNIQUE_VISITORS), sold[team, page, day])
    person = _person(block, team, position)
    writers.append("pages", {
        "date": pa.array(plan.days[day]), "page_id": pc.binary_join_element_wise("P", person, "-"),
        "page_kind": pa.array(["product", "live"]).take(pa.array(live.astype(np.int64))), "person_id": person, "team_id": _team(block, team),
        "visitors": pa.array(visitors), "orders": pa.array(sold[team, page, day]),
        "live_minutes": pa.array(np.full(len(day), SESSION_MINUTES * 1.0), mask=~live),
    })  # fmt: skip


def _append_desk(writers: Writers, plan: Plan, block: Block, asked: Ints, rng: np.random.Generator) -> None:
    by_agent = np.stack(
        [asked[:, np.flatnonzero(SERVICE_A + which == SERVICE_OF)].sum(axis=(1, 2)) for which in (0, 1)],
        axis=1,
    )
    inquiries = by_agent + rng.poisson(
        (by_agent.mean(axis=2, keepdims=True) + 0.2) * (1 / INQUIRY_CONVERSION - 1), by_agent.shape
    )
    team, which, day = np.nonzero(inquiries)
    count = inquiries[team, which, day]
    rated = rng.binomial(count, 0.35)
    writers.append("inquiries", {
        "date": pa.array(plan.days[day]), "person_id": _person(block, team, SERVICE_A + which), "team_id": _team(block, team),
        "inquiries": pa.array(count), "orders": pa.array(by_agent[team, which, day]), "customers_served": pa.array(rng.binomial(count, 0.92)),
        "first_response_seconds": pa.array(count * 34.0), "csat_sum": pa.array(rated + rng.binomial(4 * rated, 0.91) * 1.0),
        "csat_count": pa.array(rated), "replies_checked": pa.array(rng.binomial(count, 0.1)), "violations": pa.array(np.zeros(len(count))),
        "severe_violations": pa.array(np.zeros(len(count))),
    })  # fmt: skip


def _append_touches(writers: Writers, plan: Plan, block: Block, rng: np.random.Generator) -> None:
    team, which, day = (axis.ravel() for axis in np.indices((block.teams, 2, len(plan.days))))
    touches = rng.poisson(80, len(team))
    deep = rng.binomial(touches, 0.2)
    writers.append("touches", {
        "date": pa.array(plan.days[day]), "person_id": _person(block, team, COMMUNITY_A + which), "team_id": _team(block, team),
        "kind": pa.array(["community"]).take(pa.array(np.zeros(len(team), dtype=np.int64))), "touches": pa.array(touches),
        "deep_touches": pa.array(deep), "customers_touched": pa.array(rng.binomial(touches, 0.55)),
    })  # fmt: skip


def _channels() -> Columns:
    paid = pa.array([number in PAID for number in range(len(CHANNELS))])
    return {
        "channel": pa.array(CHANNELS),
        "name": pa.array(CHANNEL_NAMES),
        "platform": pa.array(PLATFORMS),
        "is_paid": paid,
    }


def _number(block: Block, team: Ints, position: Ints) -> Ints:
    return (block.first_team + team) * POSITIONS + position + 1


def _person(block: Block, team: Ints, position: Ints) -> pa.Array:
    every = np.arange(block.teams * POSITIONS) + block.first_team * POSITIONS + 1
    names = pa.array([f"E{number:06d}" for number in every])
    return names.take(pa.array(team * POSITIONS + position))


def _team(block: Block, team: Ints) -> pa.Array:
    return pa.array([f"t{block.first_team + number + 1}" for number in range(block.teams)]).take(
        pa.array(team)
    )


def _customer(block: Block, customer: Ints) -> pa.Array:
    number = pc.cast(pa.array(customer + block.first_customer + 1), pa.string())
    return pc.utf8_lpad(number, width=9, padding="0")
