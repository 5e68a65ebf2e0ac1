"""Real companies' files come in by their mapping alone, with the figures others have published.

Expected values are those of ``figures.json`` beside each data set, or plain pandas on the raw file.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from salesperf_lib import facts

FOLDERS = {
    "northwind": "northwind",
    "northwind_gross": "northwind",
    "cdnow": "cdnow",
    "taobao": "taobao_mum_baby",
    "pl300": "pl300_targets",
    "shoppers": "online_shoppers",
}


@pytest.fixture(scope="module")
def real(
    root: Path, shared_data: Path, tmp_path_factory: pytest.TempPathFactory
) -> Callable[[str], tuple[facts.Facts, Any]]:
    """Load a source in a project of its own that holds nothing but params, and read its figures."""
    project = tmp_path_factory.mktemp("real") / "checkout"
    shutil.copytree(root / "params", project / "params")
    (project.parent / "shared").symlink_to(shared_data.parent)

    def load(source: str) -> tuple[facts.Facts, Any]:
        figures = json.loads((shared_data / FOLDERS[source] / "figures.json").read_text(encoding="utf-8"))
        return facts.open(source, root=project), figures

    return load


@pytest.mark.parametrize("source", FOLDERS)
def test_nothing_is_wrong_with_them(real: Callable, source: str) -> None:
    assert real(source)[0].findings.to_dict("records") == []


def test_northwind_sales_by_person_and_year_to_the_tenth_of_a_cent(real: Callable) -> None:
    northwind, figures = real("northwind")
    orders = northwind.table("orders").execute()
    roster = northwind.table("roster").execute().set_index("person_id")
    assert len(orders) == figures["orders_lines_employees"][0]
    assert len(roster) == figures["orders_lines_employees"][2]
    assert orders["amount"].sum() == round(figures["gross_net"][1] * 10_000) == 12_657_930_395
    orders["surname"] = orders["person_id"].map(roster["name"]).str.split().str[-1]
    by_person = orders.groupby("surname")["amount"].sum() / 10_000
    assert by_person.round(2).to_dict() == figures["net_by_employee"]
    by_year = (
        orders.groupby(pd.to_datetime(orders["ordered_on"]).dt.year.astype(str))["amount"].sum() / 10_000
    )
    assert by_year.round(2).to_dict() == figures["net_by_year"]


def test_northwind_regions_are_the_teams(real: Callable, shared_data: Path) -> None:
    northwind, _ = real("northwind")
    teams = facts.team_table(northwind)
    assert teams[["team_id", "name"]].to_numpy().tolist() == [
        ["r1", "Eastern"],
        ["r2", "Western"],
        ["r3", "Northern"],
        ["r4", "Southern"],
    ]
    folder = shared_data / "northwind"
    held = pd.read_csv(folder / "EmployeeTerritories.csv", dtype=str).merge(
        pd.read_csv(folder / "Territories.csv", dtype=str), on="TerritoryID"
    )
    regions = held.groupby("EmployeeID")["RegionID"].agg(lambda found: "r" + "".join(sorted(set(found))))
    roster = northwind.table("roster").execute().set_index("person_id")
    assert roster["team_id"].to_dict() == regions.to_dict()  # one region each
    assert roster.loc["2", "manager_id"] is None or pd.isna(roster.loc["2", "manager_id"])
    assert roster.loc["6", "manager_id"] == "5"
    orders = northwind.table("orders").execute()
    assert (orders["team_id"] == orders["person_id"].map(regions)).all()


def test_cdnow_keeps_every_basket(real: Callable, shared_data: Path) -> None:
    cdnow, figures = real("cdnow")
    orders = cdnow.table("orders").execute()
    transactions, customers, _, value = figures["transactions_customers_units_value"]
    assert len(orders) == transactions
    assert orders["customer_id"].nunique() == customers
    assert orders["amount"].sum() == round(value * 100)
    assert [str(cdnow.first_day), str(cdnow.last_day)] == figures["date_min_max"]
    assert (orders["amount"] == 0).sum() == 80
    raw = pd.read_csv(shared_data / "cdnow" / "CDNOW_master.txt", sep=r"\s+", dtype=str)
    assert raw.duplicated().sum() == 255
    both = ["customer_id", "ordered_on", "amount"]
    assert orders[both].duplicated().sum() == raw[["customer_id", "date", "dollar_value"]].duplicated().sum()
    assert orders["order_id"].is_unique


def test_taobao_orders_by_month_and_on_double_eleven(real: Callable) -> None:
    taobao, figures = real("taobao")
    days = pd.to_datetime(taobao.table("orders").execute()["ordered_on"])
    assert len(days) == figures["rows_users_quantity"][0]
    months = days.dt.strftime("%Y-%m").value_counts()
    for year in ("2013", "2014"):
        assert {month: int(months[month]) for month in figures[f"orders_by_month_{year}"]} == figures[
            f"orders_by_month_{year}"
        ]
    double_eleven = [int((days == f"{year}-11-11").sum()) for year in (2012, 2013, 2014)]
    assert double_eleven == figures["orders_on_double11_2012_2013_2014"]


def test_pl300_targets_by_calendar_and_fiscal_year(real: Callable) -> None:
    pl300, figures = real("pl300")
    goals = pl300.table("goals").execute()
    rows, people, cells, empty = figures["rows_employees_cells_empty"]
    assert rows * 12 == cells
    assert set(goals["level"]) == {"person"}
    assert (len(goals), goals["unit_id"].nunique()) == (cells - empty, people)
    month = pd.PeriodIndex(goals["period"], freq="M")
    thousands = goals["target"] / 100 / 1000
    calendar = thousands.groupby(month.year.astype(str)).sum()
    assert calendar.to_dict() == figures["sum_by_calendar_year_thousand"]
    fiscal = thousands.groupby((month + 6).year.astype(str)).sum()  # named by the year it ends in
    expected = {
        year: total for year, total in figures["sum_by_fiscal_year_Jul_Jun_thousand"].items() if total
    }
    assert fiscal.to_dict() == expected


def test_shoppers_conversion_by_month_and_traffic_type(real: Callable) -> None:
    shoppers, figures = real("shoppers")
    pages = shoppers.table("pages").execute()
    sessions, buyers, _ = figures["sessions_buyers_conversion"]
    assert (pages["visitors"].sum(), pages["orders"].sum()) == (sessions, buyers)
    assert shoppers.table("orders").count().execute() == buyers
    pages["month"] = pd.to_datetime(pages["date"]).dt.strftime("%b").replace("Jun", "June")
    by_month = pages.groupby("month")[["visitors", "orders"]].sum()
    for month, (n, rate) in figures["conversion_by_month_[n,rate]"].items():
        visitors, orders = by_month.loc[month]
        assert (visitors, round(orders / visitors, 6)) == (n, rate)
    traffic = shoppers.table("traffic").execute().groupby("channel")[["visits", "attributed_orders"]].sum()
    for code, (n, rate) in figures["conversion_by_traffic_type_n>=200"].items():
        visits, orders = traffic.loc[f"type_{code}"]
        assert (visits, round(orders / visits, 6)) == (n, rate)
    assert shoppers.last_day == date(2018, 12, 31)
