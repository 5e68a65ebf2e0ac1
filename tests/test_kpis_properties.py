"""What holds for any facts: parts add up, order of rows never matters, what is absent never crashes."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from salesperf_lib import facts as facts_module
from salesperf_lib import kpis
from salesperf_lib.facts.tables import TABLES
from salesperf_lib.params import load_policy
from tests.kpi_world import open_world, world

FIRST = date(2026, 5, 1)


@pytest.fixture(scope="module")
def policy(root):
    loaded = load_policy("2026-06", root=root)
    return replace(loaded, company=replace(loaded.company, close_day=10, history_burn_in_months=0))


def roster() -> pd.DataFrame:
    rows = [
        ("p1", "a", "sales", date(2026, 1, 1), date(2026, 6, 9)),
        ("p1", "b", "sales", date(2026, 6, 10), None),  # a transfer in mid-month
        ("p2", "a", "sales", date(2026, 1, 1), None),
        ("p3", "c", "sales", date(2026, 6, 5), None),  # a team of one
    ]
    table = pd.DataFrame(rows, columns=["person_id", "team_id", "role", "valid_from", "valid_to"])
    return table.astype({"valid_from": "datetime64[s]", "valid_to": "datetime64[s]"})


orders = st.lists(
    st.tuples(
        st.integers(0, 60),
        st.integers(0, 10**9),
        st.sampled_from(["c1", "c2", "c3", None]),
        st.sampled_from(["p1", "p2", "p3", "stranger", None]),
        st.sampled_from(["x", "y", None]),
        st.integers(0, 100),  # share of the amount sent back, percent
        st.integers(0, 60),  # … after so many days
    ),
    min_size=1,
    max_size=25,
)


def shop(rows: list[tuple]):
    table = pd.DataFrame(
        [
            (f"o{number}", FIRST + timedelta(day), amount, customer, person, channel)
            for number, (day, amount, customer, person, channel, _, _) in enumerate(rows)
        ],
        columns=["order_id", "ordered_on", "amount", "customer_id", "person_id", "channel"],
    ).astype({"customer_id": "str", "person_id": "str", "channel": "str"})
    events = pd.DataFrame(
        [
            (f"o{number}", "refund", FIRST + timedelta(row[0] + row[6]), row[1] * row[5] // 100)
            for number, row in enumerate(rows)
        ],
        columns=["order_id", "event", "event_on", "amount"],
    )
    for frame, column in ((table, "ordered_on"), (events, "event_on")):
        frame[column] = pd.to_datetime(frame[column])
    return {"roster": roster(), "orders": table, "order_events": events}


@settings(deadline=None, max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(orders)
def test_persons_and_unassigned_are_the_team_and_teams_the_company(policy, rows):
    facts = facts_module.from_frames("shop", shop(rows), last_day=date(2026, 8, 31))
    names = [
        "net_sales",
        "gross_sales",
        "orders",
        "acquired_customers",
        "new_customer_sales",
        "returning_customer_sales",
    ]
    table = kpis.compute(facts, policy, ["2026-05", "2026-06", "2026-05..2026-06"], kpis=names)
    for (period, kpi), part in table.groupby(["period", "kpi"]):
        company = part[part["level"] == "company"]["value"].sum()
        whole = part[part["channel"] == "all"]
        assert whole[whole["level"] == "person"]["value"].sum() == company, (period, kpi)
        assert whole[whole["level"] == "team"]["value"].sum() == company, (period, kpi)
        assert part[part["level"] == "channel"]["value"].sum() == company, (period, kpi)
        by_channel = part[(part["level"] == "team") & (part["channel"] != "all")]
        assert by_channel["value"].sum() == company, (period, kpi)
    value = table[table["level"] == "company"].set_index(["period", "kpi"])["value"]
    for kpi in names:
        months = value.get(("2026-05", kpi), 0) + value.get(("2026-06", kpi), 0)
        assert value.get(("2026-05..2026-06", kpi), 0) == months
    new, old = (value.get(("2026-05", f"{kind}_customer_sales"), 0) for kind in ("new", "returning"))
    assert new + old == value.get(("2026-05", "net_sales"), 0)


def test_a_persons_parts_are_in_the_teams_of_the_day(policy):
    frames = shop([(39, 100, "c1", "p1", "x", 0, 0), (40, 70, "c2", "p1", "x", 0, 0)])  # 9 and 10 June
    facts = facts_module.from_frames("shop", frames)
    table = kpis.compute(facts, policy, ["2026-06"], ["team", "person"], ["net_sales"]).set_index("unit_id")[
        "value"
    ]
    assert table[["a", "b", "p1"]].tolist() == [100, 70, 170]


def test_nobodys_orders_are_named_after_their_team(policy):
    frames = {"roster": roster(), "orders": pd.DataFrame(
        {"order_id": ["1", "2"], "ordered_on": pd.to_datetime(["2026-06-01"] * 2), "amount": [5, 7], "team_id": ["a", None], "person_id": pd.Series([None, None], dtype="str")}
    )}  # fmt: skip
    table = kpis.compute(
        facts_module.from_frames("shop", frames), policy, ["2026-06"], ["team", "person"], ["net_sales"]
    )
    found = table[table["value"] > 0].set_index(["level", "unit_id"])["value"].to_dict()
    assert found == {
        ("team", "a"): 5, ("team", "unassigned"): 7, ("person", "unassigned:a"): 5, ("person", "unassigned"): 7,
    }  # fmt: skip


def test_order_of_rows_never_matters(policy):
    periods = ["2026-06", "2026-Q2"]
    straight = kpis.compute(open_world(world()), policy, periods)
    for seed in (1, 2):
        shuffled = {name: table.sample(frac=1, random_state=seed) for name, table in world().items()}
        pd.testing.assert_frame_equal(kpis.compute(open_world(shuffled), policy, periods), straight)


def test_without_a_roster_there_are_teams_but_no_persons(policy):
    frames = world()
    frames["orders"] = frames["orders"].assign(team_id="a")
    del frames["roster"]
    table = kpis.compute(open_world(frames), policy, ["2026-06"])
    assert "person" not in set(table["level"])
    assert {"net_sales", "aov"} <= set(
        table.loc[(table["level"] == "team") & (table["unit_id"] == "a"), "kpi"]
    )


def test_without_credits_rates_follow_the_owner(policy):
    frames = world()
    del frames["credits"]
    table = kpis.compute(open_world(frames), policy, ["2026-06"], ["person"], ["aov", "channel_roi"])
    found = table.set_index(["kpi", "unit_id"])["value"].to_dict()
    assert found["channel_roi", "m"] == 36000 / 10000
    assert found["aov", "h"] == 60000


def test_daily_sales_stand_in_for_orders(policy):
    days = pd.DataFrame(
        {"date": pd.to_datetime(["2026-06-01", "2026-06-02"]), "team_id": ["a", "b"], "channel": ["ads", "shop"],
         "gross_amount": [1000, 500], "refunded": [100, 0], "orders": [9, 5], "new_customer_amount": [300, 100],
         "acquired_customers": [3, 1]}
    )  # fmt: skip
    frames = {
        "daily_sales": days,
        "teams": world()["teams"],
        "channels": world()["channels"],
        "traffic": world()["traffic"].drop(columns="person_id"),
    }
    table = kpis.compute(facts_module.from_frames("days", frames), policy, ["2026-06"], ["company"])
    found = table.set_index("kpi")["value"].to_dict()
    assert (found["net_sales"], found["gross_sales"], found["orders"], found["aov"]) == (1400, 1500, 14, 100)
    assert (found["refund_rate"], found["cac"], found["channel_roi"]) == (100 / 1500, 10000 / 4, 900 / 10000)
    assert (found["new_customer_sales"], found["returning_customer_sales"]) == (400, 1000)
    assert not {"repurchase_rate", "retention_d30", "ltv", "collection_rate"} & set(found)


@pytest.mark.parametrize(
    "period", ["2026-W23", "2026-06-20", "2026-06-01..2026-06-20", "2026", "FY2026", "FY2026-Q4"]
)
def test_every_kind_of_period(policy, period):
    fiscal = replace(policy, company=replace(policy.company, fiscal_start_month=7))
    table = kpis.compute(open_world(world()), fiscal, [period], ["company"], ["net_sales"])
    expected = {
        "2026-W23": 10000 + 36000,
        "2026-06-20": 60000,
        "2026-06-01..2026-06-20": 106000,
        "2026": 30000 + 119000 - 7000,
        "FY2026": 30000 + 119000,
        "FY2026-Q4": 30000 + 119000,
    }
    assert table[["period", "value"]].values.tolist() == [[period, expected[period]]]


def test_labour_cost_of_months_is_not_spread_over_weeks(policy):
    table = kpis.compute(
        open_world(world()), policy, ["2026-W23", "2026-06"], ["company"], ["service_cost_per_customer"]
    )
    assert table["period"].tolist() == ["2026-06"]


def test_a_period_without_data_has_no_rows(policy):
    assert kpis.compute(open_world(world()), policy, ["2023-01"]).empty


SALES = {
    "net_sales",
    "gross_sales",
    "orders",
    "refund_rate",
    "aov",
    "aov_uplift",
    "sales_per_head",
    "live_sales_per_hour",
}
NEW = {"acquired_customers", "cac", "new_customer_sales", "returning_customer_sales"}
PRIVATE = {"private_domain_repurchase_rate", "private_domain_repurchase_share"}
RETURN = {"repurchase_rate", "retention_d30", "ltv", "ltv_projected"}
PAGE = {
    "page_conversion_rate",
    "product_page_conversion_rate",
    "campaign_page_conversion_rate",
    "live_conversion_rate",
}
PRECISION = {"paid_precision_rate", "organic_precision_rate"}
ASSESSED = {"report_timeliness_rate", "report_quality", "collaboration_score", "training_pass_rate",
            "idea_traffic_uplift", "path_conversion_uplift", "mentee_sales_uplift"}  # fmt: skip
LOST: dict[tuple[str, str | None], set[str]] = {
    ("roster", None): ASSESSED | {"daily_interactions", "sales_per_head", "live_sales_per_hour"},
    ("channels", None): PRECISION | {"channel_roi"},
    ("channels", "is_paid"): PRECISION | {"channel_roi"},
    ("customers", None): PRIVATE,
    ("customers", "private_domain_from"): PRIVATE,
    ("orders", None): SALES | NEW | PRIVATE | RETURN | {"channel_roi", "collection_rate", "visit_conversion_rate"},
    ("orders", "customer_id"): NEW | PRIVATE | RETURN,
    ("orders", "channel"): {"channel_roi"},
    ("orders", "page_kind"): {"live_sales_per_hour"},
    ("orders", "on_credit"): {"collection_rate"},
    ("orders", "due_on"): {"collection_rate"},
    ("order_events", None): {"collection_rate", "refund_rate"},
    ("traffic", None): PRECISION | {"ad_compliance_rate", "ad_spend", "ad_violations", "cac", "channel_roi",
                                    "aov_uplift", "qualified_traffic_share", "visit_conversion_rate", "visits"},
    ("traffic", "visits"): PRECISION | {"qualified_traffic_share", "visit_conversion_rate", "visits"},
    ("traffic", "qualified_visits"): PRECISION | {"qualified_traffic_share"},
    ("traffic", "spend"): {"ad_spend", "cac", "channel_roi"},
    ("traffic", "ads_checked"): {"ad_compliance_rate"},
    ("traffic", "ad_violations"): {"ad_compliance_rate", "ad_violations"},
    ("pages", None): PAGE | {"live_sales_per_hour"},
    ("pages", "visitors"): PAGE,
    ("pages", "orders"): PAGE,
    ("pages", "live_minutes"): {"live_sales_per_hour"},
    ("inquiries", None): {"csat", "first_response_seconds", "inquiries", "inquiry_conversion_rate",
                          "script_compliance_rate", "script_violations", "service_cost_per_customer"},
    ("inquiries", "inquiries"): {"first_response_seconds", "inquiries", "inquiry_conversion_rate"},
    ("inquiries", "customers_served"): {"service_cost_per_customer"},
    ("inquiries", "first_response_seconds"): {"first_response_seconds"},
    ("inquiries", "csat_sum"): {"csat"},
    ("inquiries", "csat_count"): {"csat"},
    ("inquiries", "replies_checked"): {"script_compliance_rate"},
    ("inquiries", "violations"): {"script_compliance_rate", "script_violations"},
    ("team_costs", None): {"service_cost_per_customer"},
    ("team_costs", "service_labour_cost"): {"service_cost_per_customer"},
    ("touches", None): {"daily_interactions", "deep_touches"},
    ("touches", "touches"): {"daily_interactions"},
    ("touches", "deep_touches"): {"deep_touches"},
    ("assessments", None): ASSESSED,
}  # fmt: skip
TABLES_GIVEN = list(world())
OPTIONAL = [
    (table, column)
    for table, rows in world().items()
    for column in rows.columns
    if column not in TABLES[table].required() and column not in TABLES[table].key
]


@pytest.fixture(scope="module")
def complete(policy) -> set[str]:
    return set(compute_all(world(), policy))


def compute_all(frames, policy) -> pd.Series:
    return kpis.compute(open_world(frames), policy, ["2026-06", "2026-Q2"], ["company", "team", "person"])[
        "kpi"
    ]


@pytest.mark.slow
@pytest.mark.parametrize("table", TABLES_GIVEN)
def test_an_absent_table_takes_its_indicators_along_and_nothing_else(policy, complete, table):
    frames = {name: rows for name, rows in world().items() if name != table}
    assert complete - set(compute_all(frames, policy)) == LOST.get((table, None), set())


@pytest.mark.slow
@pytest.mark.parametrize(("table", "column"), OPTIONAL)
def test_an_absent_column_takes_its_indicators_along_and_nothing_else(policy, complete, table, column):
    frames = world()
    frames[table] = frames[table].drop(columns=column)
    assert complete - set(compute_all(frames, policy)) == LOST.get((table, column), set())
