"""Measures of orders and refunds: the ledger, and whose it is (DATA §4)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import ibis

from salesperf_lib.kpis.customers import acquisitions, voids
from salesperf_lib.kpis.scope import Measure, Scope, closing, exact, where

if TYPE_CHECKING:
    import ibis.expr.types as ir


ATTRIBUTES = ("customer_id", "person_id", "team_id", "channel", "page_kind", "after_inquiry")

AMOUNT = ("orders.amount",)
CUSTOMER = ("orders.customer_id",)
PAID = ("orders.channel", "channels.is_paid")

SALES: Mapping[str, Measure] = {
    "gross": Measure(lambda t: t.amount, AMOUNT),
    "refunded": Measure(lambda t: t.refunded, (*AMOUNT, "order_events.amount")),
    "net": Measure(lambda t: t.net, AMOUNT),
    "orders": Measure(lambda t: t.counted, AMOUNT),
    "kept_orders": Measure(lambda t: t.kept, AMOUNT, ("kept",)),
    "net_paid": Measure(lambda t: where(t.is_paid, t.net), PAID, ("is_paid",)),
    "orders_paid": Measure(lambda t: where(t.is_paid, t.counted), PAID, ("is_paid",)),
    "net_new": Measure(lambda t: where(t.is_new, t.net), CUSTOMER, ("is_new",)),
    "net_returning": Measure(lambda t: where(~t.is_new, t.net), CUSTOMER, ("is_new",)),
    "net_private_repeat": Measure(
        lambda t: where(t.is_private & ~t.is_new, t.net),
        (*CUSTOMER, "customers.private_domain_from"),
        ("is_private", "is_new"),
    ),
    "net_live": Measure(lambda t: where(t.page_kind == "live", t.net), ("orders.page_kind",)),
    "orders_after_inquiry": Measure(lambda t: where(t.after_inquiry, t.counted), ("orders.after_inquiry",)),
}
ACQUIRED: Mapping[str, Measure] = {
    "acquired": Measure(lambda t: t.counted, CUSTOMER),
    "acquired_paid": Measure(lambda t: where(t.is_paid, t.counted), (*CUSTOMER, *PAID), ("is_paid",)),
}
COLLECTION: Mapping[str, Measure] = {
    "collected": Measure(lambda t: t.received, ("orders.on_credit", "orders.due_on", "order_events.amount")),
    "due": Measure(lambda t: t.amount, ("orders.on_credit", "orders.due_on", "order_events.amount")),
    "due_orders": Measure(lambda t: t.counted, ("orders.on_credit", "orders.due_on", "order_events.amount")),
}
DAILY: Mapping[str, Measure] = {
    "gross": Measure(lambda t: t.gross_amount, ("daily_sales.gross_amount",)),
    "refunded": Measure(lambda t: t.refunded, ("daily_sales.refunded",)),
    "net": Measure(lambda t: t.gross_amount - t.refunded.fill_null(0), ("daily_sales.gross_amount",)),
    "orders": Measure(lambda t: t.orders, ("daily_sales.orders",)),
    "kept_orders": Measure(lambda t: t.orders, ("daily_sales.orders",)),
    "net_paid": Measure(
        lambda t: where(t.is_paid, t.gross_amount - t.refunded.fill_null(0)),
        ("daily_sales.channel", "channels.is_paid"),
    ),
    "orders_paid": Measure(
        lambda t: where(t.is_paid, t.orders),
        ("daily_sales.orders", "daily_sales.channel", "channels.is_paid"),
    ),
    "net_new": Measure(lambda t: t.new_customer_amount, ("daily_sales.new_customer_amount",)),
    "net_returning": Measure(
        lambda t: t.gross_amount - t.refunded.fill_null(0) - t.new_customer_amount.fill_null(0),
        ("daily_sales.new_customer_amount",),
    ),
    "acquired": Measure(lambda t: t.acquired_customers, ("daily_sales.acquired_customers",)),
    "acquired_paid": Measure(
        lambda t: where(t.is_paid, t.acquired_customers),
        ("daily_sales.acquired_customers", "daily_sales.channel", "channels.is_paid"),
    ),
}
"""The same sums where the shop's system exports days, not orders."""


def ledger(scope: Scope, adds: Sequence[str]) -> ir.Table:
    """List orders on their day and refunds on the day to which they post.

    A refund that happens by the closing day of its order's month counts on the order's day; a later
    one on its own day, so that closed months never change.

    Returns
    -------
    ibis.Table
        One row per order and per refund: `order_id`, `ordered_on`, `day`, `amount`, `refunded`, `net`,
        `counted` (1 for an order), the order's attributes and the columns of `adds`.
    """
    orders = _flagged(scope, adds)
    zero = ibis.literal(0, "int64")
    rows = orders.mutate(
        day=orders.ordered_on, refunded=zero, net=orders.amount, counted=ibis.literal(1, "int64")
    )
    if "kept" in adds:
        rows = _kept(scope, rows)
    refunds = _refunds(scope, orders)
    if refunds is None:
        return rows
    if "kept" in adds:
        refunds = refunds.mutate(kept=zero)
    return ibis.union(rows, refunds.select(*rows.columns))


def acquired(scope: Scope, adds: Sequence[str]) -> ir.Table:
    """List the first orders of new customers: one row per acquisition, on its day, of its order's owner."""
    rows = acquisitions(scope)
    rows = rows.mutate(day=rows.acquired_on, ordered_on=rows.acquired_on, counted=ibis.literal(1, "int64"))
    rows = with_paid(scope, rows) if "is_paid" in adds else rows
    first_day = scope.history_from()
    return rows if first_day is None else rows.filter(rows.day >= first_day)


def collection(scope: Scope, adds: Sequence[str]) -> ir.Table:
    """List credit orders on the day on which they are due, with what was received by the day of knowledge."""
    orders = scope.table("orders")
    orders = orders.filter(orders.on_credit, orders.due_on.notnull())
    payments = scope.table("order_events").filter(lambda t: t.event == "payment")
    payments = payments.filter(payments.event_on <= (scope.policy.as_of or scope.facts.last_day))
    received = payments.group_by(paid_order=payments.order_id).agg(
        received=payments.amount.sum().cast("int64")
    )
    rows = orders.left_join(received, orders.order_id == received.paid_order)
    return rows.mutate(day=rows.due_on, received=rows.received.fill_null(0), counted=ibis.literal(1, "int64"))


def daily(scope: Scope, adds: Sequence[str]) -> ir.Table:
    """List the days that a shop's system exports, in the place of orders."""
    rows = scope.table("daily_sales")
    rows = rows.mutate(day=rows.date)
    if "refunded" not in rows.columns:
        rows = rows.mutate(refunded=ibis.literal(0, "int64"))
    if "channel" in rows.columns and scope.facts.has("channels", "is_paid"):
        rows = with_paid(scope, rows)
    return rows


def credited(scope: Scope, rows: ir.Table, measures: Mapping[str, Measure]) -> ir.Table:
    """Give each row to the people credited with its order in the role they held on the order's day.

    Returns
    -------
    ibis.Table
        One row per row × credited person: `day`, `person_id` and the measures times the share.
    """
    roster = scope.roster.select("person_id", "role", "valid_from", "valid_to")
    given = scope.table("credits")
    values = rows.select(
        "order_id", "ordered_on", "day", **{name: measure.of(rows) for name, measure in measures.items()}
    )
    values = values.inner_join(given, "order_id")
    held = values.inner_join(
        roster,
        [
            values.person_id == roster.person_id,
            values.role == roster.role,
            values.ordered_on >= roster.valid_from,
            values.ordered_on <= roster.valid_to,
        ],
    )
    share = exact(held.share)
    return held.select(
        "day", "person_id", **{name: held[name].cast("decimal(18, 0)") * share for name in measures}
    )


def with_paid(scope: Scope, rows: ir.Table) -> ir.Table:
    """Add `is_paid`: whether a row's channel is a paid one; false where that is not known."""
    channels = scope.table("channels")
    paid = channels.filter(channels.is_paid).select(paid_channel=channels.channel)
    joined = rows.left_join(paid, rows.channel == paid.paid_channel)
    return joined.mutate(is_paid=joined.paid_channel.notnull()).drop("paid_channel")


def _flagged(scope: Scope, adds: Sequence[str]) -> ir.Table:
    """List orders with the columns that measures ask for."""
    orders = scope.table("orders")
    wanted = ("order_id", "ordered_on", "amount", *(name for name in ATTRIBUTES if name in orders.columns))
    orders = orders.select(*wanted)
    if "is_paid" in adds:
        orders = with_paid(scope, orders)
    if "is_new" in adds:
        orders = _with_new(scope, orders)
    if "is_private" in adds:
        customers = scope.table("customers").select(member="customer_id", since="private_domain_from")
        joined = orders.left_join(customers, orders.customer_id == customers.member)
        orders = joined.mutate(is_private=joined.since <= joined.ordered_on).drop("member", "since")
    return orders


def _with_new(scope: Scope, orders: ir.Table) -> ir.Table:
    """Add `is_new`: whether an order was placed on the day on which its customer was acquired."""
    found = acquisitions(scope).select(newcomer="customer_id", acquired_on="acquired_on")
    joined = orders.left_join(
        found, [orders.customer_id == found.newcomer, orders.ordered_on == found.acquired_on]
    )
    return joined.mutate(is_new=joined.newcomer.notnull()).drop("newcomer", "acquired_on")


def _kept(scope: Scope, rows: ir.Table) -> ir.Table:
    """Add `kept`: 1 for an order not refunded in full by the closing day of its month."""
    void = voids(scope)
    if void is None:
        return rows.mutate(kept=ibis.literal(1, "int64"))
    rows = rows.left_join(void, rows.order_id == void.void_order)
    closed = closing(rows.ordered_on, scope.policy.company.close_day)
    gone = (rows.void_on <= closed).fill_null(False)  # noqa: FBT003
    return rows.mutate(kept=ibis.ifelse(gone, 0, 1).cast("int64")).drop("void_order", "void_on")


def _refunds(scope: Scope, orders: ir.Table) -> ir.Table | None:
    """List refunds with their order's attributes, on the day to which they post."""
    if not scope.facts.has("order_events"):
        return None
    events = scope.table("order_events")
    events = events.filter(events.event == "refund").select(
        refunded_order="order_id", event_on="event_on", refunded="amount"
    )
    rows: Any = orders.inner_join(events, orders.order_id == events.refunded_order)
    closed = closing(rows.ordered_on, scope.policy.company.close_day)
    return rows.mutate(
        day=ibis.ifelse(rows.event_on <= closed, rows.ordered_on, rows.event_on),
        amount=ibis.literal(0, "int64"),
        net=-rows.refunded,
        counted=ibis.literal(0, "int64"),
    )
