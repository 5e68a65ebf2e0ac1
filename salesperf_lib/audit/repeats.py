"""Find orders that repeat one address and one amount: the pattern that brushing (刷单) leaves (§3.2)."""

from __future__ import annotations

# pyright: reportArgumentType=false, reportAttributeAccessIssue=false, reportOperatorIssue=false
# Ibis types every column as the most general one; the tests run these expressions.
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pandas as pd

from salesperf_lib.audit.signals import Limits, Signal

if TYPE_CHECKING:
    from salesperf_lib.facts import Facts
    from salesperf_lib.periods import Period


def repeated_orders(facts: Facts, span: Period, limits: Limits) -> list[Signal]:
    """Report teams with addresses that order the same amount again and again within a month.

    Parameters
    ----------
    facts
        Facts with ``orders`` and an address, or a customer, on them.
    span
        Counted by calendar month: over a year an honest household repeats too.
    limits
        How many are a pattern.

    Returns
    -------
    list of Signal
        One per team: the orders inside patterns.

    Notes
    -----
    The address counts whoever the buyer is, because rings take turns; without one the customer does.
    """
    keys = [name for name in ("address_key", "customer_id") if facts.has("orders", name)]
    if not keys or not facts.has("orders", "order_id"):
        return []
    rows = facts.con.to_pandas(_repeated(facts, span, keys, limits.min_repeats))
    return list(_signals(rows, limits))


def _repeated(facts: Facts, span: Period, keys: list[str], least: int):  # noqa: ANN202 (an Ibis expression)
    import ibis

    orders = facts.table("orders")
    rows = orders.filter(orders.ordered_on.between(span.first, span.last), orders.amount > 0)
    place = ibis.coalesce(*(rows[name] for name in keys))
    team = rows.team_id if "team_id" in rows.columns else ibis.null("string")
    rows = rows.select("order_id", "ordered_on", "amount", place=place, team_id=ibis.coalesce(team, ""))
    rows = rows.drop_null("place").mutate(month=rows.ordered_on.truncate("M"))
    window = ibis.window(group_by=["place", "amount", "month"])
    counted = rows.mutate(repeats=rows.order_id.count().over(window))
    return counted.filter(counted.repeats >= least).order_by("ordered_on", "order_id")


def _signals(rows: pd.DataFrame, limits: Limits) -> Iterator[Signal]:
    for team, part in rows.groupby("team_id", sort=True):
        patterns, most = part.groupby(["place", "amount", "month"]).ngroups, part["repeats"].max()
        yield Signal(
            rule="repeated_orders",
            subject="",
            team=str(team),
            observed=f"{patterns} patterns of one address and one amount, up to {most} orders in a month",
            expected=f"fewer than {limits.min_repeats} such orders in a month",
            n_rows=len(part),
            examples=tuple(part["order_id"][:3]),
            evidence="orders.address_key",
        )
