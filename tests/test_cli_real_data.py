"""Figures of real data as ``salesperf table`` prints them (../shared/data/*/figures.json)."""

from __future__ import annotations

import io
import json
import math
import sys

import numpy as np
import pandas as pd
import pytest

from salesperf_lib.cli.app import main

WHOLE = {"northwind_gross": "1996-07..1998-05", "cdnow": "1997-01-01..1997-09-30"}


@pytest.fixture
def table(monkeypatch, capsys, root, shared_data):
    """Print a table in this process and read it back as a frame."""

    def run(kind: str, source: str, *options: str, status: int = 0) -> pd.DataFrame:
        monkeypatch.setenv("SALESPERF_ROOT", str(root))
        monkeypatch.setattr(sys, "argv", ["salesperf", "table", kind, "--source", source, *options])
        try:
            main()
            ended = 0
        except SystemExit as exit_:
            ended = int(exit_.code or 0)
        said = capsys.readouterr()
        assert ended == status, said.err
        run.errors = said.err
        return pd.read_csv(io.StringIO(said.out)) if said.out else pd.DataFrame()

    return run


@pytest.fixture
def figures(shared_data):
    return lambda name: json.loads((shared_data / name / "figures.json").read_text(encoding="utf-8"))


def test_northwind_at_list_prices_has_the_published_gross_and_lines(table, figures):
    known = figures("northwind")
    whole = ("--period", WHOLE["northwind_gross"])
    shown = table("kpis", "northwind_gross", *whole, "--level", "company", "--kpi", "gross_sales,orders")
    values = shown.set_index("kpi")["value"]
    assert round(values["gross_sales"], 2) == known["gross_net"][0] == 1_354_458.59
    assert values["orders"] == known["orders_lines_employees"][1] == 2155
    regions = table("kpis", "northwind_gross", *whole, "--level", "team", "--kpi", "gross_sales")
    assert round(regions["value"].sum(), 2) == known["gross_net"][0]


def test_northwind_orders_and_those_never_shipped(table, figures):
    known = figures("northwind")
    heads = table("facts.order_copies", "northwind_gross", "--period", WHOLE["northwind_gross"])
    assert len(heads) == known["orders_lines_employees"][0]
    assert (heads["status"] == "never shipped").sum() == known["orders_never_shipped"] == 21
    assert set(heads["status"]) == {"shipped", "never shipped"}


def test_nothing_is_wrong_with_northwind_at_list_prices(root, shared_data, table):
    from salesperf_lib import facts

    assert facts.load("northwind_gross", root=root).findings.empty
    found = table("findings", "northwind_gross", "--period", "1998-04")
    assert set(found.get("rule", ())).isdisjoint({"missing_copy", "amount_differs"})


def test_cdnow_models_of_all_customers(table, figures):
    shown = table("models", "cdnow", "--period", WHOLE["cdnow"]).set_index(["model", "parameter"])["value"]
    known = figures("cdnow")
    r, alpha, a, b, log_likelihood = known["bgnbd_all_customers_to_1997-09-30_weeks_r_alpha_a_b_loglik"]
    buying = shown["bg_nbd"]
    assert (buying["r"], buying["alpha"]) == (pytest.approx(r, abs=1e-4), pytest.approx(alpha, abs=1e-3))
    assert (buying["a"], buying["b"]) == (pytest.approx(a, abs=1e-3), pytest.approx(b, abs=2e-3))
    assert buying["log_likelihood"] == pytest.approx(log_likelihood, abs=0.01)
    assert shown["customers", "customers"] == known["transactions_customers_units_value"][1]


def test_cdnow_share_of_customers_with_two_purchase_days(table, figures):
    shown = table("models", "cdnow", "--period", "1997-01..1998-06")
    share = shown.set_index("parameter").loc["bought_on_2_days_or_more", "value"]
    assert round(share, 6) == figures("cdnow")["share_of_customers_with_2_or_more_purchase_days"]


def _repeat_values(folder) -> tuple[np.ndarray, np.ndarray]:
    """Count each customer's later purchase days up to 1997-09-30 and average their value, by plain pandas."""
    rows = pd.read_csv(folder / "cdnow" / "CDNOW_master.txt", sep=r"\s+")
    rows["day"] = pd.to_datetime(rows["date"].astype(str))
    rows = rows[rows["day"] <= "1997-09-30"]
    later = rows[rows["day"] > rows.groupby("customer_id")["day"].transform("min")]
    by_customer = later.groupby("customer_id").agg(days=("day", "nunique"), value=("dollar_value", "sum"))
    by_customer = by_customer[by_customer["value"] > 0]
    return by_customer["days"].to_numpy(float), (by_customer["value"] / by_customer["days"]).to_numpy()


def _log_likelihood(p: float, q: float, v: float, x: np.ndarray, z: np.ndarray) -> float:
    """Write the Gamma-Gamma likelihood of Fader & Hardie (2013), equation 1a, term by term."""
    gamma = np.vectorize(math.lgamma)
    terms = gamma(p * x + q) - gamma(p * x) - math.lgamma(q) + q * math.log(v)
    return float(
        (terms + (p * x - 1) * np.log(z) + p * x * np.log(x) - (p * x + q) * np.log(v + x * z)).sum()
    )


def test_cdnow_values_are_most_likely_under_the_gamma_gamma_model_printed(table, shared_data):
    shown = table("models", "cdnow", "--period", WHOLE["cdnow"])
    own = shown[shown["model"] == "gamma_gamma"].set_index("parameter")
    p, q, v = (float(own.loc[name, "value"]) for name in ("p", "q", "v"))
    assert own.loc["v", "unit"] == "USD"
    x, z = _repeat_values(shared_data)
    best = _log_likelihood(p, q, v, x, z)
    for step in (0.99, 1.01):
        assert _log_likelihood(p * step, q, v, x, z) < best
        assert _log_likelihood(p, q * step, v, x, z) < best
        assert _log_likelihood(p, q, v * step, x, z) < best


def test_models_in_minor_units_and_of_a_source_without_customers(table):
    major = table("models", "cdnow", "--period", WHOLE["cdnow"]).set_index(["model", "parameter"])
    minor = table("models", "cdnow", "--period", WHOLE["cdnow"], "--raw").set_index(["model", "parameter"])
    assert minor.loc[("gamma_gamma", "v"), "value"] == pytest.approx(
        100 * major.loc[("gamma_gamma", "v"), "value"]
    )
    assert minor.loc[("bg_nbd", "r"), "value"] == major.loc[("bg_nbd", "r"), "value"]
    assert table("models", "pl300", "--period", "2019", status=2).empty
    assert "no orders with customers" in table.errors
    assert table("models", "cdnow", "--period", "1998-06", status=2).empty
    assert "none of whom came back" in table.errors


def test_pl300_goals_are_printed_in_dollars(table, shared_data):
    goals = table("facts.goals", "pl300", "--period", "2019-09")
    raw = pd.read_csv(
        shared_data / "pl300_targets" / "ResellerSalesTargets.csv",
        encoding="utf-16",
        sep=None,
        engine="python",
    )
    own = raw[raw["Year"] == 2019].set_index("EmployeeID")["M09"].astype(str).str.replace(",", "")
    expected = (pd.to_numeric(own[own.str.strip() != "-"]) * 1000.0).to_dict()
    assert goals.set_index("unit_id")["target"].to_dict() == expected
    assert set(goals["unit"]) == {"USD"}


def test_pl300_has_no_target_in_the_fiscal_year_2017(table, figures):
    known = figures("pl300_targets")
    assert known["sum_by_fiscal_year_Jul_Jun_thousand"]["2017"] == 0.0
    assert table("facts.goals", "pl300", "--period", "FY2017", status=2).empty
    assert "2017-07-01 to 2021-12-31" in table.errors
    months = table("facts.goals", "pl300", "--period", "2017", "--by", "month")
    assert months["target"].sum() / 1000 == known["sum_by_calendar_year_thousand"]["2017"]
    assert "no data for 2017-01" in table.errors
