"""Drivers: sales as a product, owned by roles; change one, and the others make up for it exactly."""

from __future__ import annotations

import warnings

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from salesperf_lib import charts, kpis
from salesperf_lib.errors import DataError
from salesperf_lib.language import Locale
from salesperf_lib.targets.drivers import (
    DRIVERS,
    REPEAT_DRIVERS,
    driver_factors,
    factor_values,
    history_caps,
    owners,
    what_if,
)

NAMES = list(DRIVERS)
HELD = ("operations", "service", "host", "media_buyer")


def factors(*units, targets=(100_000.0, 0.03, 20_000.0)):
    """Write units as 100,000 visits × 3 % × 200.00 yuan: 600,000 yuan, 60,000,000 fen."""
    rows = [
        (unit, name, (), value / 1.1, value, round(float(np.prod(targets))))
        for unit in units or ("company",)
        for name, value in zip(NAMES, targets, strict=True)
    ]
    return pd.DataFrame(rows, columns=["unit_id", "factor", "roles", "baseline", "target", "sales"])


def required(found, unit="company"):
    rows = found.factors[found.factors["unit_id"] == unit]
    return dict(zip(rows["factor"], rows["required"], strict=True))


# -- change one, see the others


def test_the_rest_stretches_equally_for_the_same_sales():
    # 80 % of the visits: the two others rise by 1/√0.8 = 1.118034 each
    found = what_if(factors(), {"visits": 80_000.0})
    assert required(found)["visit_conversion_rate"] == pytest.approx(0.03 * 1.118033988749895)
    assert required(found)["aov"] == pytest.approx(20_000 * 1.118033988749895)
    assert found.sales.loc[0].to_dict() == {
        "unit_id": "company", "sales": 60_000_000, "reached": 60_000_000, "unfunded": 0,
    }  # fmt: skip
    assert found.factors["state"].tolist() == ["changed", "shared", "shared"]


def test_all_of_it_can_be_put_on_one():
    found = what_if(factors(), {"visits": 80_000.0}, hold={"aov": 1})
    assert required(found) == pytest.approx(
        {"visits": 80_000, "visit_conversion_rate": 0.03, "aov": 25_000}, rel=1e-12
    )
    assert found.factors["state"].tolist() == ["changed", "kept", "shared"]


def test_weights_share_the_logarithm_of_what_is_missing():
    # ln 1.25 in the proportion 3 : 1
    found = what_if(factors(), {"visits": 80_000.0}, hold={"visit_conversion_rate": 3, "aov": 1})
    assert required(found)["visit_conversion_rate"] == pytest.approx(0.03 * 1.25**0.75)
    assert required(found)["aov"] == pytest.approx(20_000 * 1.25**0.25)


def test_a_factor_that_gains_relieves_the_others():
    found = what_if(factors(), {"visits": 125_000.0}, hold={"aov": 1})
    assert required(found)["aov"] == pytest.approx(16_000)


@pytest.mark.parametrize(
    ("conversion", "cap", "share", "gap"),
    [
        # METHODS §3.1: x = .3, leads −23.08 %; κ = 1 with conversion 2.0 % capped at 2.4 %: gap 7.69 %
        (0.02, 0.024, {"visit_conversion_rate": 1}, 0.0769230769),
        (0.02, 0.03, {"visit_conversion_rate": 1}, 0.0),  # κ = 1, conversion +30 %
        (0.02, 0.02, {"visit_conversion_rate": 1}, 0.2307692308),  # κ = 0: all of it is missing
    ],
)
def test_the_calibration_examples_of_methods_come_out(conversion, cap, share, gap):
    rows = factors(targets=(130_000.0, conversion, 20_000.0))
    found = what_if(rows, {"visits": 100_000.0}, hold=share, caps={"visit_conversion_rate": cap})
    sales = found.sales.loc[0]
    assert sales["unfunded"] / sales["sales"] == pytest.approx(gap, abs=1e-7)
    assert sales["reached"] + sales["unfunded"] == sales["sales"]


def test_what_a_capped_factor_cannot_take_the_next_one_takes():
    # METHODS §3.1: conversion capped at +20 %, so order value takes 1.3 / 1.2 = +8.33 %
    rows = factors(targets=(130_000.0, 0.02, 20_000.0))
    found = what_if(
        rows, {"visits": 100_000.0}, hold={"visit_conversion_rate": 1, "aov": 0.001},
        caps={"visit_conversion_rate": 0.024},
    )  # fmt: skip
    assert required(found)["visit_conversion_rate"] == pytest.approx(0.024)
    assert required(found)["aov"] / 20_000 - 1 == pytest.approx(0.0833333333)
    assert found.sales.loc[0, "unfunded"] == 0
    assert found.factors["state"].tolist() == ["changed", "capped", "shared"]


def test_a_cap_below_a_decided_target_takes_nothing_back():
    found = what_if(factors(), {"visits": 80_000.0}, caps={"visit_conversion_rate": 0.01})
    assert required(found)["visit_conversion_rate"] == 0.03
    assert required(found)["aov"] == pytest.approx(25_000)


def test_a_rate_is_never_asked_to_exceed_one():
    found = what_if(factors(), {"visits": 1_000.0}, hold={"visit_conversion_rate": 1})
    assert required(found)["visit_conversion_rate"] == 1.0
    assert found.sales.loc[0, "reached"] == 1_000 * 20_000


def test_each_unit_has_its_own_change_and_its_own_cap():
    caps = pd.DataFrame({"aov": [21_000.0, np.nan]}, index=["t1", "t2"])
    found = what_if(
        factors("t1", "t2", "t3"), {"visits": {"t1": 80_000.0, "t2": 80_000.0}}, hold={"aov": 1}, caps=caps
    )
    assert required(found, "t1")["aov"] == pytest.approx(21_000)
    assert required(found, "t2")["aov"] == pytest.approx(25_000)
    assert required(found, "t3")["aov"] == pytest.approx(20_000)
    # t1 reaches 80,000 × 3 % × 210 yuan = 504,000 of 600,000
    assert found.sales["unfunded"].tolist() == [9_600_000, 0, 0]


@given(
    st.tuples(st.floats(1e3, 1e7), st.floats(0.001, 0.2), st.floats(1e3, 1e6)),
    st.floats(0.3, 3.0),
    st.tuples(st.floats(0, 5), st.floats(0.01, 5)),
    st.tuples(st.floats(0.5, 3.0), st.floats(0.5, 3.0)),
)
def test_factors_multiply_to_what_is_reached_and_the_rest_is_shown(targets, ratio, weights, caps):
    found = what_if(
        factors(targets=targets), {"visits": targets[0] * ratio},
        hold=dict(zip(NAMES[1:], weights, strict=True)),
        caps={name: value * cap for name, value, cap in zip(NAMES[1:], targets[1:], caps, strict=True)},
    )  # fmt: skip
    sales = found.sales.loc[0]
    assert sales["reached"] + sales["unfunded"] == sales["sales"]
    assert sales["unfunded"] >= 0
    product = float(np.prod(list(required(found).values())))
    assert product == pytest.approx(sales["reached"], rel=1e-12, abs=0.51)
    for name, value, cap in zip(NAMES[1:], targets[1:], caps, strict=True):
        assert required(found)[name] <= max(value, value * cap) * (1 + 1e-12)


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"visits": float("nan")}, "visits: found nan"),
        ({"visits": -1.0}, "visits of company: found -1"),
        ({"visits": 0.0}, "visits of company: found 0"),
        ({"visits": float("inf")}, "found inf"),
        ({"visit_conversion_rate": 1.5}, "a share above 0 and up to 1"),
        ({"clicks": 5.0}, "clicks: found no such factor"),
        ({"visits": {"t9": 5.0}}, "the units t9"),
        ({"visits": 5.0, "visit_conversion_rate": 0.5, "aov": 5.0}, "nobody to take the rest"),
    ],
)
def test_a_change_that_cannot_be_is_refused(changed, message):
    with pytest.raises(DataError, match=message):
        what_if(factors(), changed)


def test_weights_that_leave_nobody_are_refused():
    for hold in ({"visits": 1}, {"aov": -1}, {}):
        with pytest.raises(DataError, match="hold"):
            what_if(factors(), {"visits": 80_000.0}, hold=hold)


# -- owners


def test_factors_belong_to_the_roles_of_the_methodology(sample_policy):
    found = owners(sample_policy, REPEAT_DRIVERS, HELD)
    assert found["visits"] == ("operations", "media_buyer")
    assert found["new_customer_rate"] == ("operations", "service", "host")
    assert found["aov"] == ("host",)
    assert found["orders_per_new_customer"] == ()  # nobody is scored on repurchase by the month: everybody's


def test_a_company_of_sellers_has_its_sellers_as_owners(sample_policy):
    assert owners(sample_policy, present=["sales"])["aov"] == ("sales",)


# -- factors from the frames


@pytest.fixture(scope="module")
def values(sample_facts, sample_policy):
    months = ["2025-04", "2025-05", "2025-06", "2026-06"]
    wanted = ["net_sales", "orders", "visits", "visit_conversion_rate", "aov", "acquired_customers"]
    return kpis.compute(sample_facts, sample_policy, months, ["company", "team"], wanted)


def targets_frame(**extra):
    rows = [
        ("2026-06", "company", "company", "net_sales", 420_000_000.0),
        ("2026-06", "team", "t1", "net_sales", 70_000_000.0),
        ("2026-06", "person", "E0001", "net_sales", 9_000_000.0),
        *[("2026-06", "company", "company", kpi, value) for kpi, value in extra.items()],
    ]
    return pd.DataFrame(rows, columns=["period", "level", "unit_id", "kpi", "target"])


@pytest.mark.parametrize("repeat", [False, True])
def test_targets_multiply_to_the_sales_target_and_baselines_to_last_years_sales(
    values, sample_policy, repeat
):
    found = driver_factors(values, targets_frame(), sample_policy, "2026-06", repeat=repeat)
    assert found["unit_id"].unique().tolist() == ["company", "t1"]
    product = found.groupby("unit_id")[["baseline", "target"]].prod()
    assert product["target"].round().to_dict() == {"company": 420_000_000, "t1": 70_000_000}
    sold = values[(values["period"] == "2025-06") & (values["kpi"] == "net_sales")].set_index("unit_id")[
        "value"
    ]
    assert product["baseline"].to_dict() == pytest.approx({u: sold[u] for u in ("company", "t1")})


def test_a_target_of_visits_is_kept_and_the_others_take_the_rest(values, sample_policy):
    found = driver_factors(
        values, targets_frame(visits=120_000.0), sample_policy, "2026-06", units=["company"], present=HELD
    ).set_index("factor")
    assert found.loc["visits", "target"] == 120_000
    growth = found["target"] / found["baseline"]
    assert growth["visit_conversion_rate"] == pytest.approx(growth["aov"])
    assert found["target"].prod() == pytest.approx(420_000_000)
    assert found.loc["visits", "roles"] == ("operations", "media_buyer")


def test_a_unit_without_target_or_baseline_is_named(values, sample_policy):
    with pytest.raises(DataError, match="t2, net_sales 2026-06: found no target above 0"):
        driver_factors(values, targets_frame(), sample_policy, "2026-06", units=["t2"])
    with pytest.raises(DataError, match="company, 2024-06: found no visits, visit_conversion_rate, aov"):
        driver_factors(
            values, targets_frame(), sample_policy, "2026-06", units=["company"], baseline="2024-06"
        )
    with pytest.raises(DataError, match="no target of net_sales"):
        driver_factors(values, targets_frame(), sample_policy, "2026-05")


def test_caps_are_quantiles_of_a_units_own_months(values):
    months = ["2025-04", "2025-05", "2025-06"]
    own = [factor_values(values, month).loc["t1", "aov"] for month in months]
    assert history_caps(values, months, 0.9).loc["t1", "aov"] == pytest.approx(np.quantile(own, 0.9))


# -- the figure


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_figure_marks_targets_and_requirements_against_the_baseline(lang):
    locale = Locale(lang)
    found = what_if(factors(), {"visits": 80_000.0}).factors
    frame = found.assign(
        label=[locale.text(f"driver.{name}") for name in found["factor"]], unit=["count", "share", "money"]
    )
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        figure = charts.factors(frame, locale)
        assert charts.show(figure, "text").data.startswith(b"\x89PNG")
    axes = figure.axes[0]
    assert [bar.get_x() + bar.get_width() for bar in axes.patches] == pytest.approx([110] * 3)
    marks = {line.get_label(): list(line.get_xdata()) for line in axes.lines}
    # 80,000 visits over a baseline of 100,000 / 1.1: 88 %; the others 110 % · 1.118034
    assert marks[locale.text("chart.drivers.changed")] == pytest.approx([88])
    assert marks[locale.text("chart.drivers.required")] == pytest.approx([122.98373876] * 2)
    assert charts.factors(frame.iloc[:0], locale) is None
