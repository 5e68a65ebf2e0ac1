"""Figures of real data through their mapping files and `kpis.compute` (../shared/data/*/figures.json)."""

from __future__ import annotations

import json

import pytest

from salesperf_lib import facts, kpis
from salesperf_lib.params import load_policy
from salesperf_lib.stats import fit_bgnbd


@pytest.fixture(scope="module")
def figures(shared_data):
    return lambda name: json.loads((shared_data / name / "figures.json").read_text(encoding="utf-8"))


def computed(root, source, periods, levels, names):
    opened = facts.open(source, root=root)
    return kpis.compute(opened, load_policy(periods[0], source=source, root=root), periods, levels, names)


def test_northwind_net_sales_by_employee_and_year(root, figures):
    known = figures("northwind")
    years = sorted(known["net_by_year"])
    table = computed(root, "northwind", years, ["company", "person"], ["net_sales", "orders"])
    people = facts.people(facts.open("northwind", root=root), "1997")
    names = people.drop_duplicates("person_id").set_index("person_id")["name"]
    net = table[table["kpi"] == "net_sales"]
    company = net[net["level"] == "company"].set_index("period")["value"]
    assert {year: round(value / 10000, 2) for year, value in company.items()} == known["net_by_year"]
    assert company.sum() == 12657930395
    persons = (
        net[(net["level"] == "person") & ~net["unit_id"].str.startswith("unassigned")]
        .groupby("unit_id")["value"]
        .sum()
    )
    by_name = {names[unit].split()[-1]: round(value / 10000, 2) for unit, value in persons.items()}
    assert by_name == known["net_by_employee"]
    orders = table[(table["kpi"] == "orders") & (table["level"] == "company")]
    assert orders["value"].sum() == known["orders_lines_employees"][0]


def test_taobao_orders_by_month(root, figures):
    known = figures("taobao_mum_baby")
    months = {**known["orders_by_month_2013"], **known["orders_by_month_2014"]}
    table = computed(root, "taobao", list(months), ["company"], ["orders"])
    assert table.set_index("period")["value"].to_dict() == months
    days = computed(root, "taobao", ["2012-11-11", "2013-11-11", "2014-11-11"], ["company"], ["orders"])
    assert days["value"].tolist() == known["orders_on_double11_2012_2013_2014"]


def test_cdnow_customers_who_come_back(root, figures):
    known = figures("cdnow")
    names = [
        "retention_d30",
        "retention_d90",
        "new_customer_sales",
        "returning_customer_sales",
        "acquired_customers",
    ]
    whole = "1997-01..1998-06"
    table = computed(root, "cdnow", [whole], ["company"], names).set_index("kpi")
    for days, (count, rate) in zip((30, 90), known["repurchase_within_30_90_days_[count,rate]"], strict=True):
        assert table.loc[f"retention_d{days}", "numerator"] == count
        assert table.loc[f"retention_d{days}", "value"] == pytest.approx(rate, abs=5e-7)
    assert table.loc["acquired_customers", "value"] == 23570
    first, later = known["value_first_day_later_days"]
    assert table.loc["new_customer_sales", "value"] == round(first * 100)
    assert table.loc["returning_customer_sales", "value"] == round(later * 100)


def test_cdnow_model_of_all_customers(root, figures):
    opened = facts.open("cdnow", root=root)
    policy = load_policy("1997-09", source="cdnow", root=root)
    people = kpis.purchase_histories(opened, policy, "1997-01-01..1997-09-30")
    # Baskets of value zero are purchases: the published frequencies count them.
    fitted = fit_bgnbd(people["x"], people["t_x"], people["T"])
    r, alpha, a, b, log_likelihood = figures("cdnow")[
        "bgnbd_all_customers_to_1997-09-30_weeks_r_alpha_a_b_loglik"
    ]
    assert (fitted.r, fitted.alpha) == (pytest.approx(r, abs=1e-4), pytest.approx(alpha, abs=1e-3))
    assert (fitted.a, fitted.b) == (pytest.approx(a, abs=1e-3), pytest.approx(b, abs=2e-3))
    assert fitted.log_likelihood == pytest.approx(log_likelihood, abs=0.01)


def test_shoppers_conversion_by_month_and_channel(root, figures):
    known = figures("online_shoppers")
    opened = facts.open("shoppers", root=root)
    year = opened.first_day.year
    names = ["Jan", "Feb", "Mar", "Apr", "May", "June", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
    months = {f"{year}-{number:02d}": name for number, name in enumerate(names, 1)}
    table = computed(root, "shoppers", list(months), ["company"], ["visit_conversion_rate"])
    found = {months[row.period]: [row.denominator, round(row.value, 6)] for row in table.itertuples()}
    assert found == known["conversion_by_month_[n,rate]"]
    whole = computed(root, "shoppers", [str(year)], ["company", "channel"], ["visit_conversion_rate"])
    company = whole[whole["level"] == "company"].iloc[0]
    assert [company["denominator"], company["numerator"]] == known["sessions_buyers_conversion"][:2]
