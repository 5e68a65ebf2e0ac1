"""The calibration meeting: oracles of METHODS §3.1, alternatives side by side, and what they change."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from salesperf_lib import charts
from salesperf_lib.errors import DataError, PeriodError
from salesperf_lib.language import Locale
from salesperf_lib.targets.calibration import ALTERNATIVES, changes_of, historical_caps, propose

CONVERSION = 0.02


@pytest.fixture(scope="module")
def rules(sample_policy):
    return replace(sample_policy.targets.calibration, response=1.0, pass_on=0.5)


def table(rules, shock=0.3, cap=None, conversion=CONVERSION, **changed):
    frame = propose(shock, 1000.0, conversion, 120_000.0, replace(rules, **changed), cap)
    return frame.set_index("alternative", drop=False)


def book(rows):
    columns = ["period", "level", "unit_id", "team_id", "kpi", "target"]
    return pd.DataFrame(rows, columns=columns)


def months(kpi, targets, first=7):
    return [(f"2026-{first + i:02d}", "company", "company", "", kpi, float(t)) for i, t in enumerate(targets)]


# -- the oracles: x = .3, λ = 1 -------------------------------------------------------------------------


def test_every_alternative_but_keeping_asks_for_the_leads_that_the_budget_buys(rules):
    leads = table(rules)["leads_factor"]
    assert leads["keep"] == 1
    for name in ALTERNATIVES[1:]:
        assert leads[name] == pytest.approx(1 - 0.2308, abs=5e-5)


def test_full_pass_on_raises_conversion_by_30_percent_and_leaves_no_gap(rules):
    row = table(rules).loc["full"]
    assert row["conversion_factor"] == pytest.approx(1.30, abs=1e-12)
    assert row["unfunded_share"] == pytest.approx(0, abs=1e-12)
    assert row["sales"] == pytest.approx(1000 * CONVERSION * 120_000)


def test_half_pass_on_raises_conversion_by_14_02_percent_and_leaves_12_29(rules):
    row = table(rules).loc["rule"]
    assert row["conversion_factor"] - 1 == pytest.approx(0.1402, abs=5e-5)
    assert row["unfunded_share"] == pytest.approx(0.1229, abs=5e-5)
    assert row["unfunded_gap"] == pytest.approx(2_400_000 * row["unfunded_share"])
    assert row["conceded"]


def test_no_pass_on_leaves_23_08_percent(rules):
    assert table(rules).loc["none", "unfunded_share"] == pytest.approx(0.2308, abs=5e-5)


def test_a_cap_at_2_4_percent_leaves_7_69_or_asks_order_value_for_8_33(rules):
    frame = table(rules, cap=0.024, pass_on=1.0)
    assert frame.loc["full", "conversion"] == pytest.approx(0.024)
    assert frame.loc["full", "unfunded_share"] == pytest.approx(0.0769, abs=5e-5)
    assert frame.loc["full", "capped"] == "conversion"
    assert frame.loc["order_value", "order_value_factor"] - 1 == pytest.approx(0.0833, abs=5e-5)
    assert frame.loc["order_value", "unfunded_gap"] == 0


# -- alternatives in general ------------------------------------------------------------------------------


def test_keeping_the_targets_keeps_the_sales_target_and_says_what_is_not_paid_for(rules):
    row = table(rules).loc["keep"]
    assert row["sales_factor"] == 1
    assert not row["conceded"]
    assert row["unfunded_share"] == pytest.approx(1 - 1 / 1.3)


def test_a_target_above_its_cap_is_not_lowered_by_a_shock(rules):
    row = table(rules, cap=0.018).loc["full"]
    assert row["conversion"] == CONVERSION
    assert row["capped"] == "conversion"


def test_several_rates_count_by_their_share_of_the_orders(rules):
    rates, shares = {"a": 0.02, "b": 0.10}, {"a": 0.25, "b": 0.75}
    frame = propose(0.3, 1.0, 1.0, 1.0, replace(rules, pass_on=1.0), {"a": 0.022}, rates=rates, shares=shares)
    row = frame.set_index("alternative").loc["full"]
    assert row["conversion_factor"] == pytest.approx(0.25 * 1.1 + 0.75 * 1.3)
    assert row["capped"] == "a"


def test_a_relief_asks_for_more_leads_and_less_conversion(rules):
    frame = table(rules, shock=-0.2)
    assert frame.loc["rule", "leads_factor"] == pytest.approx(1.25)
    assert frame.loc["rule", "conversion_factor"] == pytest.approx(0.8**0.5)
    assert frame.loc["none", "unfunded_gap"] < 0


@given(
    st.floats(-0.9, 3).filter(lambda x: abs(x) > 1e-3),
    st.floats(0, 2),
    st.floats(0, 1),
    st.none() | st.floats(0.015, 0.05),
)
@settings(max_examples=80, deadline=None)
def test_leads_conversion_value_and_gap_always_make_the_sales(rules, shock, response, pass_on, cap):
    frame = table(rules, shock=shock, cap=cap, response=response, pass_on=pass_on)
    product = frame["leads_factor"] * frame["conversion_factor"] * frame["order_value_factor"]
    assert np.allclose(product, frame["sales_factor"], rtol=1e-12)
    moved = frame.drop(index="keep")
    assert np.allclose(moved["sales_factor"], 1 - moved["unfunded_share"], rtol=1e-12, atol=1e-15)
    if cap is not None:
        assert (frame["conversion"] <= max(cap, CONVERSION) * (1 + 1e-12)).all()


@pytest.mark.parametrize("shock", [-1.0, -1.5, 0.0, float("nan"), float("inf")])
def test_an_impossible_shock_is_refused(rules, shock):
    with pytest.raises(DataError, match="above −1"):
        propose(shock, 1.0, 1.0, 1.0, rules)


def test_every_impossible_target_is_named_at_once(rules):
    with pytest.raises(DataError, match=r"(?s)leads.*order_value.*cap of conversion.*shares"):
        propose(0.3, 0.0, 0.02, float("nan"), rules, -1.0, rates={"a": 0.1}, shares={"b": 1.0})


# -- caps ---------------------------------------------------------------------------------------------------


def test_a_cap_is_the_quantile_of_the_company_s_own_months(rules):
    values = np.linspace(0.10, 0.20, 11)  # the 90 % quantile of eleven values in a row is the tenth
    kpi = rules.rates[0]
    labels = [month.strftime("%Y-%m") for month in pd.date_range("2025-01-01", periods=11, freq="MS")]
    rows = [(label, "company", kpi, value) for label, value in zip(labels, values, strict=True)]
    rows += [
        ("2025-01", "team", kpi, 0.9),
        ("2025", "company", kpi, 0.9),
        ("2025-12", "company", kpi, np.nan),
    ]
    frame = pd.DataFrame(rows, columns=["period", "level", "kpi", "value"])
    assert historical_caps(frame, replace(rules, cap_quantile=0.9)) == {kpi: pytest.approx(0.19)}


# -- what changes -------------------------------------------------------------------------------------------


def changed(alternative, frame, policy, **given):
    found = changes_of(alternative, frame, "2026-07", policy, **given)
    return {(one.kpi, one.period): (one.before, one.after) for one in found}


def test_volumes_are_whole_and_their_sum_is_the_rounded_sum(rules, sample_policy):
    frame = book(months("acquired_customers", [969, 1063, 1114]))
    after = changed(table(rules).loc["rule"], frame, sample_policy)
    assert {key: pair[1] for key, pair in after.items()} == {
        ("acquired_customers", "2026-07"): 745,  # 745.38, 817.69, 856.92: the two largest fractions
        ("acquired_customers", "2026-08"): 818,  # take the units that are left of 2420 = 3146 / 1.3
        ("acquired_customers", "2026-09"): 857,
    }


@given(st.lists(st.integers(0, 10**7), min_size=1, max_size=6), st.floats(0.05, 1.0))
@settings(max_examples=60, deadline=None)
def test_money_stays_in_whole_yuan_and_sums(rules, sample_policy, yuan, shock):
    frame = book(months("net_sales", [100 * amount for amount in yuan]))
    after = changed(table(rules, shock=shock).loc["none"], frame, sample_policy)
    kept = {
        one: (100 * amount,) * 2
        for one, amount in zip([f"2026-{7 + i:02d}" for i in range(6)], yuan, strict=False)
    }
    total = sum(after.get(("net_sales", month), pair)[1] for month, pair in kept.items())
    assert total % 100 == 0
    assert abs(total - 100 * sum(yuan) / (1 + shock)) <= 50 * (1 + 1e-9)
    for before, now in after.values():
        assert abs(now - before / (1 + shock)) <= 200


def test_rates_rise_to_their_caps_and_the_price_rises_with_the_shock(rules, sample_policy):
    rows = [row for kpi, target in {"inquiry_conversion_rate": 0.165, "live_conversion_rate": 0.0195, "cac": 24_000,
            "aov": 121_000, "csat": 4.75}.items() for row in months(kpi, [target])]  # fmt: skip
    caps = {"live_conversion_rate": 0.0184}
    after = changed(table(rules).loc["rule"], book(rows), sample_policy, caps=caps)
    assert after == {
        ("inquiry_conversion_rate", "2026-07"): (0.165, pytest.approx(0.165 * 1.3**0.5)),
        ("cac", "2026-07"): (24_000, 31_200),
    }


def test_order_value_rises_where_it_takes_the_rest_and_sales_stay(rules, sample_policy):
    rows = book([*months("aov", [121_000]), *months("net_sales", [1_000_000])])
    after = changed(table(rules).loc["order_value"], rows, sample_policy)
    assert after == {("aov", "2026-07"): (121_000, round(121_000 * 1.3**0.5))}


def test_only_the_exposed_share_of_sales_concedes_the_gap(rules, sample_policy):
    rows = book(months("net_sales", [1_300_000]))
    after = changed(table(rules).loc["none"], rows, sample_policy, exposed=0.5)
    assert after == {("net_sales", "2026-07"): (1_300_000, 1_150_000)}
    with pytest.raises(DataError, match="exposed"):
        changed(table(rules).loc["none"], rows, sample_policy, exposed=1.5)


def test_only_the_company_s_months_from_the_first_one_on_change(rules, sample_policy):
    rows = book(
        [
            *months("acquired_customers", [1300, 1300], first=6),
            ("2026", "company", "company", "", "acquired_customers", 2600.0),
            ("2026-Q3", "company", "company", "", "acquired_customers", 1300.0),
            ("2026-07", "team", "t1", "t1", "acquired_customers", 1300.0),
        ]
    )
    assert changed(table(rules).loc["rule"], rows, sample_policy) == {
        ("acquired_customers", "2026-07"): (1300, 1000)
    }


def test_keeping_the_targets_changes_none(rules, sample_policy):
    assert (
        changes_of(table(rules).loc["keep"], book(months("net_sales", [100])), "2026-07", sample_policy) == []
    )


def test_closed_months_and_months_outside_the_book_are_refused(rules, sample_policy):
    rows, row = book(months("net_sales", [100])), table(rules).loc["rule"]
    with pytest.raises(PeriodError, match=r"2026-06, a closed month.*2026-07 or later"):
        changes_of(row, rows, "2026-06", sample_policy, closed_through=date(2026, 6, 30))
    with pytest.raises(PeriodError, match="2027-01"):
        changes_of(row, rows, "2027-01", sample_policy)
    with pytest.raises(PeriodError, match="a month"):
        changes_of(row, rows, "2026-Q3", sample_policy)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_chart_shows_every_alternative_with_its_gap_and_its_cap(rules, lang):
    locale = Locale(lang)
    figure = charts.alternatives(table(rules, cap=0.021), locale)
    leads, conversion, _, gap = figure.axes
    assert [one.get_text() for one in leads.get_yticklabels()] == [
        locale.text(f"calibration.alternative.{name}") for name in ALTERNATIVES
    ]
    assert [one.get_text() for one in conversion.texts] == ["0.0%", "+5.0%*", "+5.0%*", "0.0%", "+5.0%*"]
    assert locale.text("chart.alternatives.capped") in conversion.get_xlabel()
    assert "23.1%" in gap.texts[0].get_text()
    assert gap.texts[-1].get_text() == "0"
    assert charts.show(figure, "alternatives").data
    assert charts.alternatives(table(rules).iloc[:0], locale) is None
