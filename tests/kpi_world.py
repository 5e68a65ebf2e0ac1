"""A company small enough to work out every indicator by hand: two teams, four people, eight orders."""

from __future__ import annotations

from datetime import date

import pandas as pd

from salesperf_lib import facts

JUNE = "2026-06"


def frame(columns: str, *rows: tuple) -> pd.DataFrame:
    table = pd.DataFrame(rows, columns=columns.split())
    for name in table:
        if name.endswith(("_on", "_from", "_to")) or name in ("date", "month"):
            table[name] = pd.to_datetime(table[name])
    return table


def world() -> dict[str, pd.DataFrame]:
    """Two teams under one group; s sells, v serves, h hosts, m buys media; v moves to team b on 16 June."""
    return {
        "roster": frame(
            "person_id team_id role valid_from valid_to fte",
            ("s", "a", "sales", "2025-01-01", None, 1.0),
            ("v", "a", "service", "2025-01-01", "2026-06-15", 0.5),
            ("v", "b", "service", "2026-06-16", None, 0.5),
            ("h", "b", "host", "2025-01-01", None, 1.0),
            ("m", "a", "media_buyer", "2025-01-01", None, 1.0),
        ),
        "teams": frame("team_id name parent_id", ("a", "A", "g"), ("b", "B", "g"), ("g", "G", None)),
        "absences": frame("person_id from_on to_on kind share", ("s", "2026-05-30", "2026-06-02", "sick", 0.5)),
        "channels": frame("channel is_paid", ("ads", True), ("shop", False)),
        "customers": frame(
            "customer_id first_ordered_on private_domain_from",
            ("c1", "2025-06-10", "2026-01-01"),
            ("c2", "2026-06-03", None),
            ("c3", "2026-06-20", "2026-06-25"),
            ("c4", "2024-03-01", "2024-04-01"),  # older than the data, silent since
            ("c5", "2026-05-05", None),
        ),
        "customer_owners": frame(
            "customer_id person_id valid_from valid_to", ("c1", "v", "2026-01-01", None), ("c4", "h", "2025-01-01", None)
        ),
        "orders": frame(
            "order_id ordered_on amount customer_id person_id channel page_kind after_inquiry on_credit due_on",
            ("o0", "2025-06-10", 20000, "c1", "s", "shop", "product", False, False, None),
            ("o1", "2026-05-05", 30000, "c5", "s", "ads", "product", False, True, "2026-06-04"),
            ("o2", "2026-06-01", 10000, "c1", "v", "shop", "product", True, False, None),
            ("o3", "2026-06-03", 40000, "c2", "m", "ads", "campaign", False, False, None),
            ("o4", "2026-06-03", 5000, "c2", "m", "shop", "product", False, False, None),
            ("o5", "2026-06-20", 60000, "c3", "h", "shop", "live", False, True, "2026-06-30"),
            ("o6", "2026-06-21", 7000, "c2", "v", "shop", "product", True, False, None),
            ("o7", "2026-06-22", 9000, "c1", None, "ads", "live", False, False, None),
        ),
        "order_events": frame(
            "order_id event event_on amount",
            ("o1", "payment", "2026-06-01", 10000),
            ("o1", "payment", "2026-07-02", 15000),
            ("o5", "payment", "2026-07-01", 60000),
            ("o1", "refund", "2026-06-25", 3000),  # after May closed on 10 June: posts to June, on that day
            ("o3", "refund", "2026-07-10", 4000),  # on June's closing day: posts to June, on the order's day
            ("o4", "refund", "2026-06-05", 2000),
            ("o4", "refund", "2026-06-09", 3000),  # and now in full: no order any more
            ("o6", "refund", "2026-07-11", 7000),  # in full, but a day after June closed
        ),
        "credits": frame(
            "order_id role person_id share",
            ("o2", "service", "v", 1.0),
            ("o3", "media_buyer", "m", 0.5),
            ("o3", "sales", "s", 1.0),
            ("o5", "host", "h", 1.0),
            ("o6", "service", "v", 1.0),
            ("o7", "host", "v", 1.0),  # not v's role: counts for nobody
            ("o7", "media_buyer", "m", 1.0),
        ),
        "traffic": frame(
            "date channel person_id visits qualified_visits clicks spend attributed_orders attributed_sales"
            " ads_checked ad_violations",
            ("2025-06-01", "shop", "s", 1, 0, None, None, None, None, None, None),  # the facts cover June 2025
            ("2026-06-02", "ads", "m", 200, 120, 250, 8000, 4, 50000, 10, 1),
            ("2026-06-20", "ads", "m", 100, 30, 110, 2000, 1, 10000, 10, 2),
            ("2026-06-20", "shop", "s", 500, 400, None, None, None, None, None, None),
        ),
        "pages": frame(
            "date page_id page_kind person_id visitors orders live_minutes",
            ("2026-06-02", "p1", "product", "s", 300, 12, None),
            ("2026-06-03", "p2", "campaign", "s", 100, 8, None),
            ("2026-06-20", "l1", "live", "h", 400, 10, 90.0),
        ),
        "inquiries": frame(
            "date person_id channel inquiries orders customers_served first_response_seconds csat_sum csat_count"
            " replies_checked violations severe_violations",
            ("2026-06-10", "v", "shop", 40, 8, 30, 1200.0, 90.0, 20, 25, 2, 1),
            ("2026-06-20", "v", "shop", 10, 3, 10, 500.0, 23.0, 5, 5, 0, 0),
        ),
        "team_costs": frame("month team_id service_labour_cost", ("2026-06-01", "a", 60000), ("2026-06-01", "b", 20000)),
        "touches": frame(
            "date person_id kind touches deep_touches", ("2026-06-01", "s", "chat", 100, 10), ("2026-06-20", "v", "chat", 50, 7)
        ),
        "assessments": frame(
            "period person_id item numerator denominator scale_max rater_id",
            (JUNE, "s", "report_timeliness_rate", 20, 25, None, None),
            (JUNE, "m", "report_timeliness_rate", 25, 25, None, None),
            (JUNE, "s", "report_quality", 80, 1, 100, "m"),
            (JUNE, "s", "report_quality", 71, 1, 100, "h"),
            (JUNE, "s", "collaboration_score", 90, 1, 100, "v"),
            ("2026-Q2", "s", "training_pass_rate", 3, 4, None, None),
            ("2026-Q2", "s", "idea_traffic_uplift", 120, 1000, None, None),
            ("2026-Q2", "m", "path_conversion_uplift", 4, 50, None, None),
            ("2026-Q2", "h", "mentee_sales_uplift", 30, 200, None, None),
        ),
    }  # fmt: skip


def open_world(frames: dict[str, pd.DataFrame], last_day: date = date(2026, 7, 20)):
    return facts.from_frames("world", frames, last_day=last_day)
