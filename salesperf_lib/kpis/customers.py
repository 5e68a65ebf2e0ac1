"""Measures of customers: who is new, who comes back, what a cohort is worth (DATA §4, §5)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import ibis

from salesperf_lib.kpis.scope import (
    Measure,
    Scope,
    ahead,
    closing,
    dated,
    spans_table,
    where,
    whole_months,
)
from salesperf_lib.periods import Period, add_months

if TYPE_CHECKING:
    import ibis.expr.types as ir


UNIT = ("team_id", "person_id", "channel")
CUSTOMER = ("orders.customer_id",)
PRIVATE = (*CUSTOMER, "customers.private_domain_from")

RETENTION: Mapping[int, Mapping[str, Measure]] = {
    days: {
        f"retained_{days}": Measure(lambda t: t.again, CUSTOMER),
        f"cohort_{days}": Measure(lambda t: t.counted, CUSTOMER),
    }
    for days in (30, 90)
}
COHORT: Mapping[str, Measure] = {
    "cohort_value": Measure(lambda t: t.value, CUSTOMER),
    "cohort_customers": Measure(lambda t: t.counted, CUSTOMER),
}
REPURCHASE: Mapping[str, Measure] = {
    "customers_before": Measure(lambda t: where(t.whole, t.counted), CUSTOMER),
    "customers_again": Measure(lambda t: where(t.whole, t.again), CUSTOMER),
    "private_before": Measure(lambda t: where(t.monthly & t.private, t.counted), PRIVATE),
    "private_again": Measure(lambda t: where(t.monthly & t.private, t.again), PRIVATE),
}


def acquisitions(scope: Scope) -> ir.Table:
    """List the first orders of new customers.

    New is a customer without an order before, or without one in the days that the policy looks back.
    Of several orders on that day the earliest moment counts, then the smallest id.

    Returns
    -------
    ibis.Table
        One row per acquisition: `customer_id`, `acquired_on`, `order_id` and the order's unit.
    """
    orders = _orders(scope)
    lookback = scope.policy.company.new_customer_lookback_days
    found = _ever_first(scope, orders) if lookback is None else _first_in(scope, orders, lookback)
    return _first_rows(orders, found, "acquired_on")


def voids(scope: Scope) -> ir.Table | None:
    """List the orders refunded in full: `void_order`, and `void_on`, the day on which that was complete."""
    if not scope.facts.has("order_events"):
        return None
    events = scope.table("order_events")
    events = events.filter(events.event == "refund", events.amount > 0)
    so_far = events.amount.sum().over(ibis.window(group_by=events.order_id, order_by=events.event_on))
    events = events.select("order_id", "event_on", so_far=so_far)
    orders = scope.table("orders").select(void_order="order_id", whole="amount")
    joined = events.inner_join(orders, events.order_id == orders.void_order)
    full = joined.filter(joined.so_far >= joined.whole)
    return full.group_by("void_order").agg(void_on=full.event_on.min())


def retention(scope: Scope, days: int) -> ir.Table:
    """List customers on the day on which their first `days` days end.

    Orders refunded in full by the closing day of that day's month are none.

    Returns
    -------
    ibis.Table
        One row per customer with a first order: `day`, its unit, `again` (1 if active on days 1..N).
    """
    close_day = scope.policy.company.close_day
    orders = _with_void(scope, _orders(scope))
    kept = orders.filter(_alive(orders.void_on, closing(ahead(orders.ordered_on, days), close_day)))
    firsts = _ever_first(scope, kept, "began_on")
    first_day = scope.history_from()
    if first_day is not None:
        firsts = firsts.filter(firsts.began_on >= first_day)
    later = orders.inner_join(firsts, "customer_id")
    known = closing(ahead(later.began_on, days), close_day)
    later = later.filter(
        later.ordered_on > later.began_on,
        later.ordered_on <= ahead(later.began_on, days),
        _alive(later.void_on, known),
    )
    active = later.select(active="customer_id").distinct()
    rows = _first_rows(kept, firsts, "began_on")
    rows = rows.left_join(active, rows.customer_id == active.active)
    return rows.mutate(
        day=ahead(rows.began_on, days),
        again=rows.active.notnull().cast("int64"),
        counted=ibis.literal(1, "int64"),
    )


def cohort(scope: Scope, horizon: int) -> ir.Table:
    """List acquired customers on the day on which they are `horizon` days old.

    Returns
    -------
    ibis.Table
        One row per acquisition: `day`, its unit, `value` = net sales at an age below `horizon` days,
        less refunds known by the closing day of that day's month.
    """
    began = _believed(scope, acquisitions(scope))
    began = began.mutate(day=ahead(began.acquired_on, horizon))
    orders = _orders(scope).select("order_id", "customer_id", "ordered_on", "amount")
    within = began.select("customer_id", "acquired_on", "day").inner_join(orders, "customer_id")
    within = within.filter(within.ordered_on >= within.acquired_on, within.ordered_on < within.day)
    sums = [within.select("customer_id", "acquired_on", money=within.amount)]
    if scope.facts.has("order_events"):
        events = scope.table("order_events")
        events = events.filter(events.event == "refund").select("order_id", "event_on", back="amount")
        returned = within.inner_join(events, "order_id")
        known = closing(returned.day, scope.policy.company.close_day)
        returned = returned.filter(returned.event_on <= known)
        sums.append(returned.select("customer_id", "acquired_on", money=-returned.back))
    spent = ibis.union(*sums) if len(sums) > 1 else sums[0]
    spent = spent.group_by("customer_id", "acquired_on").agg(value=spent.money.sum().cast("int64"))
    rows = began.left_join(spent, ["customer_id", "acquired_on"])
    return rows.mutate(value=rows.value.fill_null(0), counted=ibis.literal(1, "int64"))


def cohort_days(scope: Scope, horizon: int) -> ir.Table:
    """List the twelve months of days that end with each period: `period`, `day`."""
    ends = [(period.label, scope.end(period)) for period in scope.periods]
    return spans_table((label, add_months(end, -12) + timedelta(1), end) for label, end in ends)


def repurchase(scope: Scope) -> ir.Table:
    """List, per window, the customers who had ordered before it.

    A customer belongs to the owner on the window's first day, else to the unit of the last order
    before it. Orders refunded in full by the window's closing day are none.

    Returns
    -------
    ibis.Table
        One row per window and customer: `period`, the unit, `whole` and `monthly` (which figures the
        window is for), `private` (in the private domain on its first day), `again`.
    """
    windows = _windows(scope)
    before = _before(scope, windows)
    again = _again(scope, windows)
    rows = before.left_join(
        again, [before.window == again.window_again, before.customer_id == again.customer_again]
    )
    rows = rows.mutate(again=rows.customer_again.notnull().cast("int64"), counted=ibis.literal(1, "int64"))
    rows = _owned(scope, windows, rows)
    if not scope.facts.has("customers", "private_domain_from"):
        return rows.mutate(private=ibis.literal(False))  # noqa: FBT003
    members = scope.table("customers").select(member="customer_id", since="private_domain_from")
    rows = rows.left_join(members, rows.customer_id == members.member)
    return rows.mutate(private=(rows.since <= rows.first_day).fill_null(False))  # noqa: FBT003


def _orders(scope: Scope) -> ir.Table:
    """List the orders whose customer is known, with their unit."""
    orders = scope.table("orders")
    kept = [
        name
        for name in ("order_id", "customer_id", "ordered_on", "ordered_at", "amount", *UNIT)
        if name in orders.columns
    ]
    return orders.filter(orders.customer_id.notnull()).select(*kept)


def _with_void(scope: Scope, orders: ir.Table) -> ir.Table:
    void = voids(scope)
    if void is None:
        return orders.mutate(void_on=ibis.null("date"))
    return orders.left_join(void, orders.order_id == void.void_order).drop("void_order")


def _alive(void_on: Any, known: Any) -> Any:
    """Say that an order had not been refunded in full by a day."""
    return void_on.isnull() | (void_on > known)


def _believed(scope: Scope, rows: ir.Table) -> ir.Table:
    first_day = scope.history_from()
    return rows if first_day is None else rows.filter(rows.acquired_on >= first_day)


def _ever_first(scope: Scope, orders: ir.Table, name: str = "acquired_on") -> ir.Table:
    """List each customer's first day, unless an older first order lies outside the data."""
    firsts = orders.group_by("customer_id").agg(**{name: orders.ordered_on.min()})
    if not scope.facts.has("customers", "first_ordered_on"):
        return firsts
    older = _customers_before(scope)
    return firsts.anti_join(older, firsts.customer_id == older.old_customer)


def _customers_before(scope: Scope) -> ir.Table:
    """List customers whose first order is older than the data: `old_customer`, `ordered_first`."""
    customers = scope.table("customers")
    older = customers.filter(customers.first_ordered_on < scope.first_order_day)
    return older.select(old_customer="customer_id", ordered_first="first_ordered_on")


def _first_in(scope: Scope, orders: ir.Table, lookback: int) -> ir.Table:
    """List the days on which a customer orders after none in the days looked back."""
    days = orders.select("customer_id", "ordered_on").distinct()
    previous = days.ordered_on.lag().over(ibis.window(group_by=days.customer_id, order_by=days.ordered_on))
    days = days.mutate(previous=previous)
    if scope.facts.has("customers", "first_ordered_on"):
        # When an older customer last ordered is not known: the day before the data is the safe guess.
        older, eve = _customers_before(scope), scope.first_order_day - timedelta(1)
        days = days.left_join(older, days.customer_id == older.old_customer)
        known = ibis.ifelse(days.old_customer.notnull(), ibis.literal(eve), ibis.null("date"))
        days = days.mutate(previous=ibis.coalesce(days.previous, known))
    new = days.filter(days.previous.isnull() | (ahead(days.previous, lookback) < days.ordered_on))
    return new.select("customer_id", acquired_on="ordered_on")


def _first_rows(orders: ir.Table, firsts: ir.Table, day: str) -> ir.Table:
    """Pick the order that stands for each customer's first day: `customer_id`, that day, and the unit."""
    found = firsts.select(key_customer="customer_id", key_day=day)
    rows = orders.inner_join(
        found, [orders.customer_id == found.key_customer, orders.ordered_on == found.key_day]
    )
    order_by = [rows[name] for name in ("ordered_at", "order_id") if name in rows.columns]
    rank = ibis.row_number().over(
        ibis.window(group_by=[rows.customer_id, rows.ordered_on], order_by=order_by)
    )
    rows = rows.mutate(rank=rank)
    rows = rows.filter(rows["rank"] == 0)
    unit = {name: rows[name] for name in UNIT if name in rows.columns}
    return rows.select("customer_id", "order_id", **{day: rows.ordered_on}, **unit)


def _windows(scope: Scope) -> ir.Table:
    """List the windows of each period: the whole of it, and its months."""
    rows: list[tuple[Any, ...]] = []
    for period in scope.periods:
        months = whole_months(period) or (period,)
        rows += [_window(scope, period, month, whole=month == period, monthly=True) for month in months]
        if period not in months:
            rows.append(_window(scope, period, period, whole=True, monthly=False))
    columns = ("window", "period", "first_day", "last_day", "known_on", "whole", "monthly")
    table = dated(rows, columns, ("first_day", "last_day", "known_on"))
    return table.mutate(whole=table.whole == "yes", monthly=table.monthly == "yes")


def _window(scope: Scope, period: Period, part: Period, *, whole: bool, monthly: bool) -> tuple[Any, ...]:
    name = f"{period.label}/{part.label}"
    flags = ("yes" if whole else "no", "yes" if monthly else "no")
    return (name, period.label, part.first, part.last, scope.close_on(part), *flags)


def _before(scope: Scope, windows: ir.Table) -> ir.Table:
    """List, per window, the customers with an order before it, with the unit of the last one."""
    orders = _with_void(scope, _orders(scope))
    rows = orders.inner_join(windows, orders.ordered_on < windows.first_day)
    rows = rows.filter(_alive(rows.void_on, rows.known_on))
    latest = [
        ibis.desc(rows[name]) for name in ("ordered_on", "ordered_at", "order_id") if name in rows.columns
    ]
    rank = ibis.row_number().over(ibis.window(group_by=[rows.window, rows.customer_id], order_by=latest))
    rows = rows.mutate(rank=rank)
    rows = rows.filter(rows["rank"] == 0)
    unit = {name: rows[name] for name in ("team_id", "person_id") if name in rows.columns}
    last = rows.select(*windows.columns, "customer_id", **unit)
    if not scope.facts.has("customers", "first_ordered_on"):
        first_day = scope.history_from()
        return last if first_day is None else last.filter(last.first_day >= first_day)
    return ibis.union(last, _silent(scope, windows, last))


def _silent(scope: Scope, windows: ir.Table, last: ir.Table) -> ir.Table:
    """List customers whose orders all lie before the data: they too had ordered before the window."""
    older = _customers_before(scope)
    rows = older.inner_join(windows, older.ordered_first < windows.first_day)
    rows = rows.rename(customer_id="old_customer")
    known = last.select(known_window="window", known_customer="customer_id")
    rows = rows.anti_join(
        known, [rows.window == known.known_window, rows.customer_id == known.known_customer]
    )
    nobody = {name: ibis.null("string") for name in ("team_id", "person_id") if name in last.columns}
    return rows.mutate(**nobody).select(*last.columns)


def _again(scope: Scope, windows: ir.Table) -> ir.Table:
    """List, per window, the customers with an order in it."""
    orders = _with_void(scope, _orders(scope))
    rows = orders.inner_join(
        windows, [orders.ordered_on >= windows.first_day, orders.ordered_on <= windows.last_day]
    )
    rows = rows.filter(_alive(rows.void_on, rows.known_on))
    return rows.select(window_again="window", customer_again="customer_id").distinct()


def _owned(scope: Scope, windows: ir.Table, rows: ir.Table) -> ir.Table:
    """Give customers to the owner on the window's first day, where one is on the roster."""
    if not (scope.facts.has("customer_owners") and scope.facts.has("roster")):
        return rows
    owners = scope.table("customer_owners")
    if "valid_to" not in owners.columns:
        owners = owners.mutate(valid_to=ibis.null("date"))
    roster = scope.roster.select(owner="person_id", owner_team="team_id", on="valid_from", off="valid_to")
    starts = windows.select(held_window="window", start="first_day")
    held = owners.inner_join(starts, owners.valid_from <= starts.start)
    held = held.filter(held.valid_to.isnull() | (held.valid_to >= held.start))
    held = held.inner_join(
        roster, [held.person_id == roster.owner, roster.on <= held.start, roster.off >= held.start]
    ).select("held_window", "owner", "owner_team", held_customer="customer_id")
    joined = rows.left_join(held, [rows.window == held.held_window, rows.customer_id == held.held_customer])
    has_owner = joined.owner.notnull()
    team = joined.team_id if "team_id" in rows.columns else ibis.null("string")
    person = joined.person_id if "person_id" in rows.columns else ibis.null("string")
    return joined.select(
        *(name for name in rows.columns if name not in ("team_id", "person_id")),
        team_id=ibis.ifelse(has_owner, joined.owner_team, team),
        person_id=ibis.ifelse(has_owner, joined.owner, person),
    )
