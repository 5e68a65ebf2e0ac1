"""Review: pace, trend, funnel, exact causes."""

from __future__ import annotations

from datetime import date, timedelta
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from salesperf_lib import review
from salesperf_lib.periods import Period, Promotion
from salesperf_lib.review.pace import promotion_of

POSITIVE = st.floats(0.01, 1e6)


def test_the_published_decomposition_comes_out():
    # METHODS §1.5: 58308.24 − 64456.77 + 29848.53 = 23 700
    found = [float(part[0]) for part in review.lmdi([100_000, 0.03, 200], [110_000, 0.027, 210])]
    assert found == pytest.approx([58308.24, -64456.77, 29848.53], abs=0.005)
    assert sum(found) == pytest.approx(23_700, abs=1e-6)


@given(before=st.tuples(POSITIVE, POSITIVE, POSITIVE), now=st.tuples(POSITIVE, POSITIVE, POSITIVE))
def test_effects_sum_to_the_change_and_point_the_way_their_factor_went(before, now):
    effects = [float(part[0]) for part in review.lmdi(before, now)]
    change = np.prod(now) - np.prod(before)
    assert sum(effects) == pytest.approx(change, rel=1e-9, abs=1e-9 * (np.prod(now) + np.prod(before)))
    for effect, old, new in zip(effects, before, now, strict=True):
        assert effect == 0 or (effect > 0) == (new > old)


def test_a_factor_that_vanishes_takes_the_whole_change():
    assert [float(part[0]) for part in review.lmdi([100, 0.1, 5], [0, 0.1, 5])] == [-50, 0, 0]
    assert [float(part[0]) for part in review.lmdi([100, 0, 5], [100, 0.1, 5])] == [0, 50, 0]


def cell(visits, orders, net_sales):
    return {"visits": visits, "orders": orders, "net_sales": net_sales}


def test_the_gap_is_closed_in_fen():
    found = review.attribute_gap(cell(110_000, 2970, 62_370_000), cell(100_000, 3000, 60_000_000))
    assert found["driver"].tolist() == ["visits", "visit_conversion_rate", "aov"]
    assert found["effect"].tolist() == [5830824, -6445677, 2984853]
    assert found["effect"].sum() == 2_370_000


def test_a_shift_between_channels_is_not_hidden():
    # totals stand still, yet traffic moved from the channel that converts to the one that does not
    before = pd.DataFrame([cell(1000, 100, 10_000), cell(1000, 10, 1000)], index=["a", "b"])
    now = pd.DataFrame([cell(500, 50, 5000), cell(1500, 60, 6000)], index=["a", "b"])
    found = review.attribute_gap(now, before).set_index("driver")["effect"]
    assert found.sum() == 0
    assert found["visits"] < 0 < found["visit_conversion_rate"]


def test_channels_without_visits_are_told_apart():
    before = pd.DataFrame([cell(1000, 100, 10_000), cell(0, 10, 1000)], index=["a", "b"])
    now = pd.DataFrame([cell(1100, 110, 11_000), cell(0, 15, 1700)], index=["a", "b"])
    found = review.attribute_gap(now, before).set_index("driver")["effect"]
    assert found["visits"] == 1000
    assert found["rest"] == 700


def test_a_new_channel_is_traffic():
    before = pd.DataFrame([cell(1000, 100, 10_000)], index=["a"])
    now = pd.DataFrame([cell(1000, 100, 10_000), cell(200, 10, 900)], index=["a", "b"])
    assert review.attribute_gap(now, before).set_index("driver")["effect"].to_dict() == {
        "visits": 900,
        "visit_conversion_rate": 0,
        "aov": 0,
    }


def test_more_refunds_than_sales_in_a_channel_are_no_product():
    before = pd.DataFrame([cell(1000, 100, 10_000), cell(50, 1, -300)], index=["a", "b"])
    now = pd.DataFrame([cell(1000, 100, 10_000), cell(50, 1, 200)], index=["a", "b"])
    assert review.attribute_gap(now, before).set_index("driver")["effect"]["rest"] == 500


def test_nothing_sold_on_one_side_gives_no_causes():
    assert review.attribute_gap(cell(0, 0, 0), cell(100, 3, 600)).empty


def kpi_row(period, level, unit, kpi, value, channel="all"):
    return {
        "period": period,
        "level": level,
        "unit_id": unit,
        "channel": channel,
        "kpi": kpi,
        "value": float(value),
    }


def test_cells_are_channels_and_what_they_leave_of_the_total():
    rows = [
        kpi_row("2026-06", "team", "t1", name, value, channel)
        for channel, figures in {"all": (100, 10, 1000), "ads": (60, 4, 500)}.items()
        for name, value in zip(("visits", "orders", "net_sales"), figures, strict=True)
    ]
    found = review.cells(pd.DataFrame(rows), "2026-06", "t1")
    assert found.loc["ads"].tolist() == [60, 4, 500]
    assert found.loc["other"].tolist() == [40, 6, 500]


def policy(pace="calendar", promotions=(), period="2026-06"):
    return SimpleNamespace(
        period=Period.parse(period), promotions=promotions, targets=SimpleNamespace(pace=pace)
    )


def test_a_trend_puts_targets_and_the_year_before_beside_the_months():
    values = pd.DataFrame(
        [kpi_row(f"2025-{m:02d}", "team", "t1", "net_sales", 100 + m) for m in range(1, 13)]
        + [kpi_row(f"2026-{m:02d}", "team", "t1", "net_sales", 200 + m) for m in range(1, 7)]
        + [kpi_row("2026-06", "person", "t1", "net_sales", 1)]
    )
    aims = pd.DataFrame(
        {"period": ["2026-06"], "level": "team", "unit_id": "t1", "kpi": "net_sales", "target": 412.0}
    )
    found = review.trend(values, aims, policy(), "t1")
    assert found["period"].tolist() == [f"2025-{m:02d}" for m in range(7, 13)] + [
        f"2026-{m:02d}" for m in range(1, 7)
    ]
    last = found.iloc[-1]
    assert (last["actual"], last["target"], last["attainment"], last["year_before"]) == (206, 412, 0.5, 106)
    assert found["target"].isna().sum() == 11


def test_a_trend_begins_with_the_first_value():
    values = pd.DataFrame([kpi_row(f"2026-{m:02d}", "team", "t1", "net_sales", m) for m in (4, 5, 6)])
    aims = pd.DataFrame(columns=["period", "level", "unit_id", "kpi", "target"])
    assert review.trend(values, aims, policy(), "t1")["period"].tolist() == ["2026-04", "2026-05", "2026-06"]


def test_a_funnel_gives_the_rate_of_each_stage_now_and_before():
    stages = {"2026-06": (1000, 100, 5000), "2026-05": (900, 45, 2000), "2025-06": (500, 50, 3000)}
    values = pd.DataFrame(
        [
            kpi_row(period, "team", "t1", name, value)
            for period, figures in stages.items()
            for name, value in zip(("visits", "orders", "net_sales"), figures, strict=True)
        ]
    )
    found = review.funnel(values, policy(), "t1").set_index("stage")
    assert found.index.tolist() == ["visits", "orders", "net_sales"]
    assert found.loc["orders", ["rate_now", "rate_previous", "rate_year_before"]].tolist() == [0.1, 0.05, 0.1]
    assert found.loc["net_sales", ["rate_now", "rate_previous"]].tolist() == [50, pytest.approx(2000 / 45)]
    assert np.isnan(found.loc["visits", "rate_now"])


BURST = (
    Promotion("618", "burst", date(2025, 6, 16), date(2025, 6, 18), major=True, zh="618", en="618"),
    Promotion("618", "burst", date(2026, 6, 16), date(2026, 6, 20), major=True, zh="618", en="618"),
)


def sold(first, last, ordinary=100.0, burst=400.0):
    days = [first + timedelta(days=i) for i in range((last - first).days + 1)]
    return pd.Series(
        [burst if promotion_of(day, BURST) != ("", "") else ordinary for day in days], index=days
    )


def test_a_promotion_day_weighs_as_much_as_such_days_sold_before():
    history = sold(date(2025, 6, 1), date(2025, 6, 30))
    weights = review.day_weights(None, policy("history", BURST), Period.parse("2026-06"), history)
    # 25 ordinary days of 1 and five of 4: 45 in all, though last year's burst was three days long
    assert weights[0] == pytest.approx(1 / 45)
    assert weights[15:20] == pytest.approx([4 / 45] * 5)
    assert weights.sum() == pytest.approx(1.0)


def test_the_calendar_weighs_all_days_the_same():
    weights = review.day_weights(None, policy("calendar", BURST), Period.parse("2026-06"))
    assert weights == pytest.approx([1 / 30] * 30)


def test_without_history_days_weigh_the_same():
    empty = pd.Series(dtype=float)
    assert review.day_weights(None, policy("history", BURST), Period.parse("2026-06"), empty).std() < 1e-12
