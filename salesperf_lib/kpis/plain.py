"""Measures that one dated table gives: traffic, pages, inquiries, touches, costs."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

import ibis

from salesperf_lib.kpis.sales import with_paid
from salesperf_lib.kpis.scope import Measure, Scope, exact, where

if TYPE_CHECKING:
    import ibis.expr.types as ir

SEVERE = 3.0  # a severe violation counts as three

TRAFFIC: Mapping[str, Measure] = {
    "visits": Measure(lambda t: t.visits, ("traffic.visits",)),
    "clicks": Measure(lambda t: t.clicks, ("traffic.clicks",)),
    "spend": Measure(lambda t: t.spend, ("traffic.spend",)),
    "attributed_orders": Measure(lambda t: t.attributed_orders, ("traffic.attributed_orders",)),
    "attributed_sales": Measure(lambda t: t.attributed_sales, ("traffic.attributed_sales",)),
    "qualified": Measure(lambda t: t.qualified_visits, ("traffic.qualified_visits", "traffic.visits")),
    "qualified_paid": Measure(
        lambda t: where(t.is_paid, t.qualified_visits), ("traffic.qualified_visits", "channels.is_paid")
    ),
    "qualified_organic": Measure(
        lambda t: where(~t.is_paid, t.qualified_visits), ("traffic.qualified_visits", "channels.is_paid")
    ),
    "visits_paid": Measure(lambda t: where(t.is_paid, t.visits), ("traffic.visits", "channels.is_paid")),
    "visits_organic": Measure(lambda t: where(~t.is_paid, t.visits), ("traffic.visits", "channels.is_paid")),
    "ads_checked": Measure(lambda t: t.ads_checked, ("traffic.ads_checked",)),
    "ad_violations": Measure(lambda t: t.ad_violations, ("traffic.ad_violations",)),
    "clean_ads": Measure(
        lambda t: t.ads_checked - t.ad_violations.fill_null(0),
        ("traffic.ads_checked", "traffic.ad_violations"),
    ),
}
PAGES: Mapping[str, Measure] = {
    "page_orders": Measure(lambda t: where(t.page_kind != "live", t.orders), ("pages.orders",)),
    "page_visitors": Measure(lambda t: where(t.page_kind != "live", t.visitors), ("pages.visitors",)),
    "product_page_orders": Measure(lambda t: where(t.page_kind == "product", t.orders), ("pages.orders",)),
    "product_page_visitors": Measure(
        lambda t: where(t.page_kind == "product", t.visitors), ("pages.visitors",)
    ),
    "campaign_page_orders": Measure(lambda t: where(t.page_kind == "campaign", t.orders), ("pages.orders",)),
    "campaign_page_visitors": Measure(
        lambda t: where(t.page_kind == "campaign", t.visitors), ("pages.visitors",)
    ),
    "live_orders": Measure(lambda t: where(t.page_kind == "live", t.orders), ("pages.orders",)),
    "live_visitors": Measure(lambda t: where(t.page_kind == "live", t.visitors), ("pages.visitors",)),
    "live_hours": Measure(
        lambda t: where(t.page_kind == "live", exact(t.live_minutes)) / 60, ("pages.live_minutes",)
    ),
}
INQUIRIES: Mapping[str, Measure] = {
    "inquiries": Measure(lambda t: t.inquiries, ("inquiries.inquiries",)),
    "inquiry_orders": Measure(lambda t: t.orders, ("inquiries.orders",)),
    "customers_served": Measure(lambda t: t.customers_served, ("inquiries.customers_served",)),
    "response_seconds": Measure(
        lambda t: exact(t.first_response_seconds), ("inquiries.first_response_seconds",)
    ),
    "csat_sum": Measure(lambda t: exact(t.csat_sum), ("inquiries.csat_sum",)),
    "csat_count": Measure(lambda t: t.csat_count, ("inquiries.csat_count",)),
    "replies_checked": Measure(lambda t: t.replies_checked, ("inquiries.replies_checked",)),
    "clean_replies": Measure(
        lambda t: t.replies_checked - exact(t.violations.fill_null(0)),
        ("inquiries.replies_checked", "inquiries.violations"),
    ),
    "script_violations": Measure(
        lambda t: exact(t.violations + (SEVERE - 1) * t.severe_violations.fill_null(0)),
        ("inquiries.violations",),
    ),
}
TOUCHES: Mapping[str, Measure] = {
    "touches": Measure(lambda t: t.touches, ("touches.touches",)),
    "deep_touches": Measure(lambda t: t.deep_touches, ("touches.deep_touches",)),
}
COSTS: Mapping[str, Measure] = {
    "service_labour_cost": Measure(lambda t: t.service_labour_cost, ("team_costs.service_labour_cost",)),
}


def plain_rows(table: str, day: str = "date") -> Callable[[Scope, Sequence[str]], ir.Table]:
    """Make the rows of one dated table: its columns, `day`, and `is_paid` where channels are known."""

    def rows(scope: Scope, adds: Sequence[str]) -> ir.Table:
        found = scope.table(table)
        found = found.rename(day=day) if day != "day" else found
        if "severe_violations" not in found.columns and table == "inquiries":
            found = found.mutate(severe_violations=ibis.literal(0.0))
        if table == "traffic" and scope.facts.has("channels", "is_paid"):
            found = with_paid(scope, found)
        return found

    return rows
