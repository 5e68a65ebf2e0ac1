"""Who is new, who comes back, what a cohort is worth."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest

from salesperf_lib import facts as facts_module
from salesperf_lib import kpis
from salesperf_lib.params import load_policy


@pytest.fixture(scope="module")
def policy(root):
    loaded = load_policy("2026-06", root=root)
    company = replace(loaded.company, close_day=10, new_customer_lookback_days=None, history_burn_in_months=0)
    return replace(loaded, company=company)


def shop(*orders: tuple, refunds: tuple = (), customers: tuple = (), last_day: date | None = None):
    """Open a shop from (order, day, amount, customer[, team, channel]) and (order, day, amount)."""
    rows = [(*order, "a", "x")[:6] if len(order) == 4 else order for order in orders]
    frames = {
        "orders": pd.DataFrame(
            rows, columns=["order_id", "ordered_on", "amount", "customer_id", "team_id", "channel"]
        )
    }
    if refunds:
        events = pd.DataFrame(refunds, columns=["order_id", "event_on", "amount"]).assign(event="refund")
        frames["order_events"] = events
    if customers:
        frames["customers"] = pd.DataFrame(customers, columns=["customer_id", "first_ordered_on"])
    for name, column in (
        ("orders", "ordered_on"),
        ("order_events", "event_on"),
        ("customers", "first_ordered_on"),
    ):
        if name in frames:
            frames[name][column] = pd.to_datetime(frames[name][column])
    return facts_module.from_frames("shop", frames, last_day=last_day)


def at(table, kpi, period, unit="company", channel="all"):
    rows = table[(table["kpi"] == kpi) & (table["period"] == period)]
    rows = rows[(rows["unit_id"] == unit) & (rows["channel"] == channel)]
    return None if rows.empty else (rows.iloc[0]["numerator"], rows.iloc[0]["denominator"])


def test_retention_counts_days_1_to_30_of_windows_that_close_in_the_period(policy):
    facts = shop(
        ("1", "2026-05-01", 100, "a"), ("2", "2026-05-31", 100, "a"),  # day 30: in; closes 31 May
        ("3", "2026-05-02", 100, "b"), ("4", "2026-06-02", 100, "b"),  # day 31: out; closes 1 June
        ("5", "2026-05-02", 100, "c"), ("6", "2026-05-02", 100, "c"),  # the same day is not again
        ("7", "2026-06-01", 100, "d", "b", "y"), ("8", "2026-06-02", 100, "d"),  # closes 1 July
        last_day=date(2026, 7, 31),
    )  # fmt: skip
    table = kpis.compute(facts, policy, ["2026-05", "2026-06", "2026-07"], kpis=["retention_d30"])
    assert at(table, "retention_d30", "2026-05") == (1, 1)
    assert at(table, "retention_d30", "2026-06") == (0, 2)
    assert at(table, "retention_d30", "2026-07") == (1, 1)
    assert at(table, "retention_d30", "2026-07", "b", "y") == (1, 1)  # the unit of the first order


def test_a_fully_refunded_order_is_no_order_for_retention(policy):
    facts = shop(
        ("1", "2026-05-01", 100, "a"), ("2", "2026-05-10", 100, "a"), ("3", "2026-05-20", 100, "a"),
        ("4", "2026-05-01", 100, "b"), ("5", "2026-05-11", 100, "b"),
        refunds=(("1", "2026-05-02", 100), ("5", "2026-05-12", 40), ("5", "2026-05-13", 60)),
        last_day=date(2026, 7, 31),
    )  # fmt: skip
    table = kpis.compute(facts, policy, ["2026-05", "2026-06"], ["company"], ["retention_d30"])
    assert at(table, "retention_d30", "2026-05") == (0, 1)  # b came back for an order that was sent back
    assert at(table, "retention_d30", "2026-06") == (1, 1)  # a's first order is the second


def test_repurchase_is_a_partition_of_the_company(policy):
    facts = shop(
        ("1", "2026-04-01", 100, "a"), ("2", "2026-05-01", 100, "a", "b", "x"), ("3", "2026-06-03", 100, "a"),
        ("4", "2026-04-01", 100, "c"),
        ("5", "2026-06-02", 100, "d"), ("6", "2026-06-03", 100, "d"),  # new in June: not in the denominator
    )  # fmt: skip
    table = kpis.compute(facts, policy, ["2026-06"], kpis=["repurchase_rate"])
    assert at(table, "repurchase_rate", "2026-06") == (1, 2)
    assert at(table, "repurchase_rate", "2026-06", "b") == (1, 1)  # a belongs to the last order's team
    assert at(table, "repurchase_rate", "2026-06", "a") == (0, 1)


def test_a_fully_refunded_order_is_no_order_for_repurchase(policy):
    facts = shop(
        ("1", "2026-04-01", 100, "a"), ("2", "2026-06-03", 100, "a"), ("3", "2026-04-01", 100, "b"),
        refunds=(("2", "2026-07-10", 100), ("3", "2026-05-02", 100)), last_day=date(2026, 7, 31),
    )  # fmt: skip
    table = kpis.compute(facts, policy, ["2026-06"], ["company"], ["repurchase_rate"])
    assert at(table, "repurchase_rate", "2026-06") == (0, 1)


def test_new_ever_and_new_after_a_pause(policy):
    orders = (("1", "2024-01-05", 100, "a"), ("2", "2025-02-01", 70, "a"), ("3", "2025-02-01", 30, "a"))
    months = ["2024-01", "2025-02"]
    names = ["acquired_customers", "new_customer_sales", "returning_customer_sales"]
    ever = kpis.compute(shop(*orders), policy, months, ["company"], names).set_index(["period", "kpi"])[
        "value"
    ]
    assert ever["2025-02"].to_dict() == {
        "acquired_customers": 0, "new_customer_sales": 0, "returning_customer_sales": 100,
    }  # fmt: skip
    year = replace(policy, company=replace(policy.company, new_customer_lookback_days=365))
    again = kpis.compute(shop(*orders), year, months, ["company"], names).set_index(["period", "kpi"])[
        "value"
    ]
    assert again["2025-02"].to_dict() == {
        "acquired_customers": 1, "new_customer_sales": 100, "returning_customer_sales": 0,
    }  # fmt: skip


@pytest.mark.parametrize(("pause", "new"), [(364, 0), (365, 0), (366, 1)])
def test_lookback_just_below_at_and_above(policy, pause, new):
    first = date(2024, 1, 5)
    then = first + timedelta(pause)
    year = replace(policy, company=replace(policy.company, new_customer_lookback_days=365))
    facts = shop(("1", first.isoformat(), 100, "a"), ("2", then.isoformat(), 100, "a"))
    table = kpis.compute(facts, year, [f"{then:%Y-%m}"], ["company"], ["acquired_customers"])
    assert table["value"].tolist() == [new]


def test_customers_older_than_the_data_are_not_new(policy):
    facts = shop(
        ("1", "2026-01-05", 100, "a"), ("2", "2026-01-06", 100, "b"),
        customers=(("a", "2023-01-01"), ("b", "2026-01-06")),
    )  # fmt: skip
    table = kpis.compute(
        facts, policy, ["2026-01"], ["company"], ["acquired_customers", "new_customer_sales"]
    )
    assert dict(zip(table["kpi"], table["value"], strict=True)) == {
        "acquired_customers": 1, "new_customer_sales": 100,
    }  # fmt: skip


def test_no_new_customers_during_the_burn_in(policy):
    orders = [(str(n), f"2026-{n:02d}-05", 100, f"c{n}") for n in range(1, 10)]
    burning = replace(policy, company=replace(policy.company, history_burn_in_months=6))
    names = ["net_sales", "acquired_customers", "new_customer_sales", "repurchase_rate"]
    months = ["2026-06", "2026-07", "2026-Q2", "2026-Q3"]
    table = kpis.compute(shop(*orders), burning, months, ["company"], names)
    found = table.groupby("period")["kpi"].agg(list).to_dict()
    assert found["2026-06"] == found["2026-Q2"] == ["net_sales"]
    assert sorted(found["2026-07"]) == sorted(found["2026-Q3"]) == sorted(names)
    told = shop(*orders, customers=tuple((f"c{n}", f"2026-{n:02d}-05") for n in range(1, 10)))
    assert len(kpis.compute(told, burning, ["2026-06"], ["company"], names)) == 4


def test_observed_lifetime_value(policy):
    # E = 2026-06-30; acquired 2025-01-02 .. 2026-01-01; net sales at an age below 180 days.
    facts = shop(
        ("1", "2026-01-01", 1000, "a"), ("2", "2026-06-29", 500, "a"),  # day 179: in
        ("3", "2025-01-02", 2000, "b", "b", "y"), ("4", "2025-07-01", 700, "b"),  # day 180: out
        ("5", "2026-01-02", 9000, "c"),  # too young
        ("6", "2025-01-01", 9000, "d"),  # too old
        ("7", "2025-08-01", 300, "e"),
        refunds=(("7", "2025-12-01", 100), ("1", "2026-07-11", 1000)),  # the second after June closed
        last_day=date(2026, 7, 31),
    )  # fmt: skip
    table = kpis.compute(facts, policy, ["2026-06"], kpis=["ltv"])
    assert at(table, "ltv", "2026-06") == (1500 + 2000 + 200, 3)
    assert at(table, "ltv", "2026-06", "b", "y") == (2000, 1)


def _buyers(seed: int = 5, customers: int = 300) -> list[tuple]:
    rng = np.random.default_rng(seed)
    rows: list[tuple] = []
    for number in range(customers):
        day = date(2025, 1, 2) + timedelta(int(rng.integers(0, 364)))
        rate = rng.gamma(0.9, 1 / 60)
        while day <= date(2026, 6, 30):
            rows.append(
                (
                    f"o{len(rows)}",
                    day.isoformat(),
                    int(rng.gamma(3, 4000)) + 1,
                    f"c{number}",
                    "ab"[number % 2],
                    "x",
                )
            )
            if rng.random() < 0.15:
                break
            day += timedelta(1 + int(rng.exponential(1 / rate)))
    return rows


def test_projected_lifetime_value_is_known_plus_expected(policy):
    from salesperf_lib.stats import expected_purchases, expected_value, fit_bgnbd, fit_gamma_gamma

    rows = _buyers()
    facts = shop(*rows, last_day=date(2026, 6, 30))
    table = kpis.compute(facts, policy, ["2026-06"], kpis=["ltv", "ltv_projected"])
    orders = pd.DataFrame(rows, columns=["order", "day", "amount", "customer", "team", "channel"])
    orders["day"] = pd.to_datetime(orders["day"])
    first = orders.groupby("customer")["day"].transform("min")
    orders = orders[(first >= "2025-01-02") & (first <= "2026-01-01")].assign(first=first)
    orders["age"] = (orders["day"] - orders["first"]).dt.days
    people = orders.groupby("customer").agg(first=("first", "first"), team=("team", "first"))
    later = orders[orders["age"] > 0].groupby("customer")
    people["x"] = later["day"].nunique().reindex(people.index).fillna(0)
    people["t_x"] = later["age"].max().reindex(people.index).fillna(0) / 7
    people["T"] = (pd.Timestamp("2026-06-30") - people["first"]).dt.days / 7
    people["mean"] = (later["amount"].sum() / people["x"]).reindex(people.index).fillna(0)
    people["known"] = orders[orders["age"] < 365].groupby("customer")["amount"].sum()
    buying = fit_bgnbd(people["x"], people["t_x"], people["T"])
    spending = fit_gamma_gamma(people["x"], people["mean"])
    left = (365 / 7 - people["T"]).clip(lower=0)
    expected = expected_purchases(buying, left, people["x"], people["t_x"], people["T"])
    worth = people["known"] + expected * expected_value(spending, people["x"], people["mean"])
    numerator, denominator = at(table, "ltv_projected", "2026-06")
    assert denominator == len(people)
    assert numerator == pytest.approx(worth.sum(), rel=1e-9)
    assert at(table, "ltv_projected", "2026-06", "a")[0] == pytest.approx(
        worth[people["team"] == "a"].sum(), rel=1e-9
    )
    assert numerator > at(table, "ltv", "2026-06")[0]


def test_no_projection_where_nobody_came_back(policy):
    facts = shop(("1", "2025-08-01", 1000, "a"), ("2", "2025-09-01", 1000, "b"), last_day=date(2026, 6, 30))
    table = kpis.compute(facts, policy, ["2026-06"], ["company"], ["ltv", "ltv_projected"])
    assert table["kpi"].tolist() == ["ltv"]


def test_purchase_histories_count_days(policy):
    facts = shop(
        ("1", "2026-06-01", 100, "a"), ("2", "2026-06-08", 300, "a"), ("3", "2026-06-08", 100, "a"),
        ("4", "2026-06-16", 100, "b"), last_day=date(2026, 6, 30),
    )  # fmt: skip
    table = kpis.purchase_histories(facts, policy, "2026-06").set_index("customer_id")
    assert table.loc["a", ["x", "t_x", "T", "value"]].tolist() == [1, 1.0, pytest.approx(29 / 7), 400]
    assert table.loc["b", ["x", "t_x", "T"]].tolist() == [0, 0.0, 2.0]
