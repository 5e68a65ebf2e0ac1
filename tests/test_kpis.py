"""Every indicator on a company small enough to work out by hand."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from fractions import Fraction

import pandas as pd
import pytest

from salesperf_lib import kpis
from salesperf_lib.errors import ParamError
from salesperf_lib.kpis import KPIS
from salesperf_lib.params import load_policy
from salesperf_lib.params.policy import RoleKpi
from tests.kpi_world import JUNE, open_world, world


@pytest.fixture(scope="module")
def policy(root):
    """Give rules of the tests' own: months close on the 10th, roles answer for what the tests need."""
    loaded = load_policy(JUNE, root=root)
    owns = {
        "sales": ("net_sales", "orders", "acquired_customers", "daily_interactions"),
        "service": ("net_sales", "inquiry_conversion_rate"),
        "host": ("net_sales", "acquired_customers"),
        "media_buyer": ("cac", "channel_roi", "deep_touches"),
    }
    pattern = next(iter(loaded.roles.values()))
    roles = {
        name: replace(
            pattern, id=name, kpis=tuple(RoleKpi(kpi, "result", Fraction(1), "person") for kpi in ids)
        )
        for name, ids in owns.items()
    }
    company = replace(
        loaded.company,
        close_day=10,
        new_customer_lookback_days=None,
        history_burn_in_months=0,
        fiscal_start_month=1,
    )
    defaults = {
        kpi: replace(rule, reading=next(iter(KPIS[kpi].readings), "")) for kpi, rule in loaded.kpis.items()
    }
    return replace(loaded, company=company, roles=roles, kpis=defaults)


@pytest.fixture(scope="module")
def values(policy):
    return kpis.compute(open_world(world()), policy, [JUNE, "2026-Q2", "2026-05"])


def get(
    table: pd.DataFrame,
    kpi: str,
    unit: str = "company",
    period: str = JUNE,
    channel: str = "all",
    level: str = "",
):
    """Give the one row of a KPI, a unit, a period and a channel; None if there is none."""
    rows = table[(table["kpi"] == kpi) & (table["period"] == period)]
    rows = rows[(rows["unit_id"] == unit) & (rows["channel"] == channel)]
    rows = rows[rows["level"] == level] if level else rows
    assert len(rows) <= 1
    return None if rows.empty else rows.iloc[0]


def value(table, kpi, unit="company", **where):
    row = get(table, kpi, unit, **where)
    return None if row is None else row["value"]


# Company, June 2026. Ordered: o2 10000, o3 40000, o4 5000, o5 60000, o6 7000, o7 9000 = 131000.
# Refunds posted to June: o1 3000, o3 4000, o4 5000 = 12000; the one of o6 arrives after June closed.
COMPANY = {
    "gross_sales": 131000,
    "net_sales": 119000,
    "orders": 6,
    "new_customer_sales": (40000 - 4000) + (5000 - 5000) + 60000 - 3000,  # o3, o4, o5; o1 was c5's first
    "returning_customer_sales": 10000 + 7000 + 9000,
    "visits": 800,
    "inquiries": 50,
    "ad_spend": 10000,
    "deep_touches": 17,
    "paid_precision_rate": 150 / 300,
    "organic_precision_rate": 400 / 500,
    "qualified_traffic_share": 550 / 800,
    "acquired_customers": 2,  # c2, c3
    "cac": 10000 / 2,
    "channel_roi": (40000 - 4000 + 9000 - 3000) / 10000,  # o3, o7, and the refund of o1
    "visit_conversion_rate": 6 / 800,
    "page_conversion_rate": 20 / 400,
    "product_page_conversion_rate": 12 / 300,
    "campaign_page_conversion_rate": 8 / 100,
    "live_conversion_rate": 10 / 400,
    "inquiry_conversion_rate": 11 / 50,
    "repurchase_rate": 1 / 3,  # before June: c1, c5, and c4 from before the data; c1 orders again
    "private_domain_repurchase_rate": 1 / 2,  # c1, c4
    "private_domain_repurchase_share": (10000 + 9000) / 119000,  # c1: o2 and o7
    "refund_rate": 12000 / 131000,
    "aov": 119000 / 5,  # o4 is none
    "aov_uplift": (119000 / 5 - 20000) / 20000,
    "collection_rate": (10000 + 15000 + 60000) / 90000,
    "sales_per_head": 119000 / 3.5,
    "service_cost_per_customer": 80000 / 40,
    "csat": 113 / 25,
    "first_response_seconds": 1700 / 50,
    "script_compliance_rate": 28 / 30,
    "ad_compliance_rate": 17 / 20,
    "script_violations": 2 + 2 * 1,
    "ad_violations": 3,
}


@pytest.mark.parametrize("kpi", COMPANY)
def test_company_value_is_the_one_worked_out_by_hand(values, kpi):
    assert value(values, kpi, level="company") == pytest.approx(COMPANY[kpi], rel=1e-12)
    assert (
        value(values, kpi, "g", level="group") == pytest.approx(COMPANY[kpi], rel=1e-12)
        or kpi in NOT_IN_A_TEAM
    )


# What belongs to no team is missing from the group: o7 has no person; c4 has an owner, c5 a seller.
NOT_IN_A_TEAM = {
    "gross_sales", "net_sales", "orders", "returning_customer_sales", "channel_roi", "visit_conversion_rate",
    "private_domain_repurchase_share", "refund_rate", "aov", "aov_uplift", "sales_per_head",
}  # fmt: skip

TEAM = {
    ("live_sales_per_hour", "b"): 60000 / 1.5,
    ("daily_interactions", "a"): 100 / ((30 - 2 * 0.5) + 15),  # s on duty 29 days, v 15 days in a
    ("daily_interactions", "b"): 50 / 15,
    ("report_timeliness_rate", "a"): 45 / 50,
    ("report_quality", "a"): 151 / 2,
    ("collaboration_score", "a"): 90,
    ("sales_per_head", "a"): (10000 + 36000 + 0 - 3000) / (1 + 0.25 + 1),
    ("service_cost_per_customer", "a"): 60000 / 30,
    ("inquiry_conversion_rate", "b"): 3 / 10,
    ("net_sales", "b"): 60000 + 7000,  # v has moved when o6 comes
    ("acquired_customers", "b"): 1,
    ("repurchase_rate", "a"): 1 / 2,  # c1 (v is still in a on 1 June) and c5
    ("repurchase_rate", "b"): 0 / 1,  # c4
}


@pytest.mark.parametrize(("kpi", "team"), TEAM)
def test_team_value_is_the_one_worked_out_by_hand(values, kpi, team):
    assert value(values, kpi, team, level="team") == pytest.approx(TEAM[kpi, team], rel=1e-12)


PERSON = {
    # Volumes follow the owner …
    ("net_sales", "v"): 17000,
    ("net_sales", "m"): 36000,
    ("net_sales", "s"): -3000,
    ("acquired_customers", "m"): 1,
    # … rates follow the credit in the role held.
    ("aov", "v"): 17000 / 2,
    ("aov", "h"): 60000,
    ("aov", "s"): 36000,
    ("channel_roi", "m"): (0.5 * 36000 + 9000) / 10000,
    ("cac", "m"): 10000 / 0.5,  # half of the order that acquired c2
    ("refund_rate", "m"): 0.5 * 4000 / (0.5 * 40000 + 9000),
    ("visit_conversion_rate", "m"): 1.5 / 300,
    ("inquiry_conversion_rate", "v"): 11 / 50,
    ("csat", "v"): 113 / 25,
    ("repurchase_rate", "v"): 1 / 1,
    ("repurchase_rate", "h"): 0 / 1,
    ("daily_interactions", "s"): 100 / 29,
    ("live_sales_per_hour", "h"): 60000 / 1.5,
    ("report_timeliness_rate", "s"): 20 / 25,
    ("ad_violations", "m"): 3,
    ("collection_rate", "h"): 1,
}


@pytest.mark.parametrize(("kpi", "person"), PERSON)
def test_person_value_is_the_one_worked_out_by_hand(values, kpi, person):
    assert value(values, kpi, person, level="person") == pytest.approx(PERSON[kpi, person], rel=1e-9)


CHANNEL = {
    ("net_sales", "ads"): 36000 + 9000 - 3000,
    ("net_sales", "shop"): 10000 + 0 + 60000 + 7000,
    ("visit_conversion_rate", "ads"): 2 / 300,
    ("cac", "ads"): 10000 / 1,  # c2 came by ads: o3 comes before o4 on the day
    ("acquired_customers", "shop"): 1,
    ("refund_rate", "ads"): 7000 / 49000,
    ("aov", "shop"): 77000 / 3,
    ("inquiry_conversion_rate", "shop"): 11 / 50,
}


@pytest.mark.parametrize(("kpi", "channel"), CHANNEL)
def test_channel_value_is_the_one_worked_out_by_hand(values, kpi, channel):
    assert value(values, kpi, channel=channel, level="channel") == pytest.approx(
        CHANNEL[kpi, channel], rel=1e-12
    )


QUARTERLY = {
    ("training_pass_rate", "s"): 3 / 4,
    ("idea_traffic_uplift", "s"): 0.12,
    ("path_conversion_uplift", "m"): 0.08,
    ("mentee_sales_uplift", "h"): 0.15,
}


@pytest.mark.parametrize(("kpi", "person"), QUARTERLY)
def test_what_is_assessed_by_the_quarter_is_not_in_its_months(values, kpi, person):
    assert value(values, kpi, person, period="2026-Q2") == pytest.approx(QUARTERLY[kpi, person])
    assert value(values, kpi, person, period=JUNE) is None


def test_every_indicator_is_worked_out_somewhere():
    cohorts = {"retention_d30", "retention_d90", "ltv", "ltv_projected"}  # tests/test_kpis_customers.py
    tested = {*COMPANY, *(kpi for table in (TEAM, PERSON, CHANNEL, QUARTERLY) for kpi, _ in table), *cohorts}
    assert tested == set(KPIS)


def test_a_quarter_is_the_sum_of_its_months(values):
    # May: o1 30000; its refund came too late and is June's.
    assert value(values, "net_sales", period="2026-05") == 30000
    assert value(values, "net_sales", period="2026-Q2") == 30000 + 119000
    assert value(values, "aov", period="2026-Q2") == pytest.approx(149000 / 6)


def test_private_domain_rate_of_a_quarter_adds_its_months(values):
    # April: c1, c4 / none; May: the same; June: c1 orders. The whole quarter as one window would say 1/2.
    row = get(values, "private_domain_repurchase_rate", period="2026-Q2", level="company")
    assert (row["numerator"], row["denominator"]) == (1, 6)
    # Repurchase takes the quarter as one window: c1 and c4 before April, c1 again.
    row = get(values, "repurchase_rate", period="2026-Q2", level="company")
    assert (row["numerator"], row["denominator"]) == (1, 2)


def test_refund_after_the_closing_day_changes_the_month_of_its_arrival(policy):
    later = kpis.compute(
        open_world(world()), policy, ["2026-07", "2026-07-11"], ["company"], ["net_sales", "aov"]
    )
    assert value(later, "net_sales", period="2026-07") == -7000
    assert value(later, "net_sales", period="2026-07-11") == -7000
    assert later["period"].tolist().count("2026-07") == 2  # a rate without orders: shown, without a value
    assert pd.isna(value(later, "aov", period="2026-07"))


def test_months_that_close_with_their_last_day(policy):
    strict = replace(policy, company=replace(policy.company, close_day=0))
    table = kpis.compute(open_world(world()), strict, [JUNE, "2026-07"], ["company"], ["net_sales"])
    assert value(table, "net_sales") == 131000 - 3000 - 5000
    assert value(table, "net_sales", period="2026-07") == -4000 - 7000


def test_absent_is_not_zero(values, policy):
    # s answers for orders and has none in June: 0. h does not answer for orders and has some: they count.
    assert value(values, "orders", "s", level="person") == 0
    assert value(values, "orders", "h", level="person") == 1
    # m answers for deep touches, which have rows in June, not in May.
    assert value(values, "deep_touches", "m", level="person") == 0
    assert get(values, "deep_touches", "m", period="2026-05") is None
    # v does not answer for acquired customers and acquired none: no row.
    assert get(values, "acquired_customers", "v") is None


def test_spend_that_acquires_nobody_is_shown_without_a_value(policy):
    frames = world()
    frames["credits"] = frames["credits"][frames["credits"]["order_id"] != "o3"]
    row = get(kpis.compute(open_world(frames), policy, JUNE, ["person"], ["cac"]), "cac", "m")
    assert (row["numerator"], row["denominator"]) == (10000, 0)
    assert pd.isna(row["value"])


def test_readings(values, policy):
    rivals = kpis.compare_readings(open_world(world()), policy, [JUNE], ["company"])
    found = {(row.kpi, row.reading): row.value for row in rivals.itertuples()}
    assert found == {
        ("cac", "blended"): 5000,
        ("cac", "paid"): 10000,
        ("channel_roi", "orders"): pytest.approx(4.2),
        ("channel_roi", "platform"): 6,
        ("visit_conversion_rate", "orders"): 6 / 800,
        ("visit_conversion_rate", "platform"): 5 / 360,
    }
    assert get(values, "cac")["reading"] == "blended"
    chosen = dict(policy.kpis) | {"cac": replace(policy.kpis["cac"], reading="paid")}
    table = kpis.compute(open_world(world()), replace(policy, kpis=chosen), [JUNE], ["company"], ["cac"])
    assert (value(table, "cac"), get(table, "cac")["reading"]) == (10000, "paid")


def test_n_counts_the_observations_behind_a_value(values):
    assert get(values, "net_sales", level="company")["n"] == 6
    assert get(values, "cac", level="company")["n"] == 2
    assert get(values, "collection_rate", level="company")["n"] == 2
    assert get(values, "channel_roi", level="company")["n"] == 2


def test_unknown_names_are_refused_together(policy):
    with pytest.raises(ParamError) as caught:
        kpis.compute(open_world(world()), policy, JUNE, ["planet"], ["sales", "aov"])
    assert len(caught.value.problems) == 2


def test_sales_by_day_add_up_to_the_month(policy):
    opened = open_world(world())
    days = kpis.sales_by_day(opened, policy, date(2026, 6, 1), date(2026, 6, 30), "company")
    assert days.set_index("date")["net_sales"].to_dict() == {
        pd.Timestamp("2026-06-01"): 10000,
        pd.Timestamp("2026-06-03"): 36000,  # o3 and o4 less what was sent back before June closed
        pd.Timestamp("2026-06-20"): 60000,
        pd.Timestamp("2026-06-21"): 7000,
        pd.Timestamp("2026-06-22"): 9000,
        pd.Timestamp("2026-06-25"): -3000,
    }
    assert days["orders"].tolist() == [1, 2, 1, 1, 1, 0]
    teams = kpis.sales_by_day(opened, policy, date(2026, 6, 1), date(2026, 6, 30), "team")
    assert teams.groupby("unit_id")["net_sales"].sum().to_dict() == {
        "a": 43000,
        "b": 67000,
        "unassigned": 9000,
    }


def test_ratings_are_listed_one_by_one(policy):
    table = kpis.ratings(open_world(world()), policy, [JUNE])
    rows = {(row.person_id, row.item, row.rater_id): row.numerator for row in table.itertuples()}
    assert rows == {
        ("s", "report_quality", "m"): 80,
        ("s", "report_quality", "h"): 71,
        ("s", "collaboration_score", "v"): 90,
    }
    assert table["corrected"].isna().all()
