"""A shift of level is found in the month it happened in, and chance alone is not taken for one."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from salesperf_lib import charts, kpis, stats
from salesperf_lib.errors import DataError, PeriodError
from salesperf_lib.language import Locale
from salesperf_lib.params import read_yaml
from salesperf_lib.periods import Period
from salesperf_lib.stats import detect_shift, shift_levels

MONTHS = [month.label for month in Period.parse("2024-01..2026-06").months()]
SEASON = np.tile([1.0, 1.2, 0.95, 1.0, 1.0, 0.9, 1.05, 1.0, 1.05, 1.0, 0.8, 0.95], 3)[:30]


@pytest.fixture(scope="module")
def cost(sample_facts, sample_policy):
    months = [Period.parse(label) for label in MONTHS]
    frame = kpis.compute(sample_facts, sample_policy, months, ["company", "channel"], ["cac"])
    return frame.sort_values("period")


@pytest.fixture(scope="module")
def planted(root):
    return read_yaml(root / "data" / "sample" / "TRUTH.yaml")["acquisition_cost_rise"]


def company(cost, last=MONTHS[-1]):
    rows = cost[(cost["level"] == "company") & (cost["period"] <= last)]
    return list(rows["period"]), rows["value"].to_numpy(float)


def series(shift_at, size, noise=0.02, seed=1, n=30):
    rng = np.random.default_rng(seed)
    jump = np.where(np.arange(n) >= shift_at, 1 + size, 1.0)
    return MONTHS[:n], 200 * SEASON[:n] * jump * np.exp(noise * rng.standard_normal(n))


def test_the_planted_rise_of_acquisition_cost_is_found_in_its_month(cost, planted):
    found = detect_shift(*company(cost), least_size=0.15)
    assert (found.code, found.month) == ("shift", f"{planted['first_day']:%Y-%m}")
    assert found.low < planted["ratio"] - 1 < found.high
    assert abs(found.size - (planted["ratio"] - 1)) < 0.05
    assert found.p < 0.001
    assert (found.first, found.last) == ("2026-03", "2026-03")
    assert found.seasonal
    assert found.n == 30


@pytest.mark.parametrize("channel", ["tmall_ads", "douyin_ads"])
def test_the_rise_is_found_in_each_big_channel_too(cost, planted, channel):
    rows = cost[cost["channel"] == channel]
    found = detect_shift(list(rows["period"]), rows["value"], least_size=0.15)
    assert (found.code, found.month) == ("shift", "2026-03")
    assert found.low < planted["ratio"] - 1 < found.high


def test_the_months_before_the_rise_give_no_alarm(cost):
    assert detect_shift(*company(cost, "2026-02")).code == "none"


@pytest.mark.parametrize("last", MONTHS[17:26])
def test_no_month_before_the_rise_would_have_called_a_meeting(cost, last):
    assert detect_shift(*company(cost, last), least_size=0.15).code in ("none", "small", "drift")


def test_one_month_is_an_event_and_two_are_a_level(cost):
    march = detect_shift(*company(cost, "2026-03"), least_size=0.15)
    april = detect_shift(*company(cost, "2026-04"), least_size=0.15)
    assert (march.code, march.month) == ("unconfirmed", "2026-03")
    assert (april.code, april.month) == ("shift", "2026-03")


def test_shuffled_months_raise_no_more_false_alarms_than_the_level_allows(cost):
    periods, values = company(cost, "2026-02")
    rng = np.random.default_rng(20260711)
    runs, level = 800, 0.05
    alarms = sum(detect_shift(periods, rng.permutation(values)).p < level for _ in range(runs))
    assert alarms <= runs * level + 3 * math.sqrt(runs * level * (1 - level))


@pytest.mark.parametrize("n", [6, 12, 17, 24])
def test_short_series_of_noise_keep_the_level(n):
    rng = np.random.default_rng(n)
    runs, level = 800, 0.10
    alarms = sum(
        detect_shift(MONTHS[:n], np.exp(rng.standard_normal(n)), level=level).p < level for _ in range(runs)
    )
    assert abs(alarms - runs * level) <= 4 * math.sqrt(runs * level * (1 - level))


def test_the_interval_covers_the_true_size_as_often_as_it_says():
    runs, covered = 300, 0
    for seed in range(runs):
        found = detect_shift(*series(26, 0.30, noise=0.05, seed=seed))
        covered += found.low <= 0.30 <= found.high
    assert covered >= runs * 0.95 - 3 * math.sqrt(runs * 0.95 * 0.05)


@pytest.mark.parametrize(("place", "size"), [(26, 0.3), (20, -0.25), (10, 0.4), (27, 0.5)])
def test_a_made_shift_is_found_under_any_season(place, size):
    found = detect_shift(*series(place, size))
    assert (found.code, found.month) == ("shift", MONTHS[place])
    assert found.low < size < found.high
    assert found.size == pytest.approx(size, abs=0.06)


def test_an_exact_step_without_noise_gives_its_exact_size():
    values = np.where(np.arange(10) >= 6, 130.0, 100.0) * np.exp(1e-9 * np.sin(np.arange(10)))
    found = detect_shift(MONTHS[:10], values)
    assert found.month == MONTHS[6]
    assert found.size == pytest.approx(0.30, abs=1e-6)
    assert not found.seasonal


def test_with_a_season_the_size_is_the_mean_change_on_the_same_month_a_year_before():
    # 16 months: the four months seen twice carry everything, two before and two after the step
    ratios = np.array([1.01, 0.99, 1.31, 1.29])
    values = np.concatenate([SEASON[:12], SEASON[:4] * ratios])
    found = detect_shift(MONTHS[:16], values)
    expected = math.sqrt(1.31 * 1.29) - 1  # geometric mean; the months before only say how noisy it is
    assert found.month == MONTHS[14]
    assert found.size == pytest.approx(expected, rel=1e-9)


def test_an_interval_that_leaves_out_zero_and_a_small_p_are_the_same_finding():
    for seed in range(60):
        found = detect_shift(*series(24, 0.06, noise=0.05, seed=seed))
        assert (found.p < 0.05) == (found.low > 0 or found.high < 0), seed


def test_a_small_shift_calls_no_meeting():
    assert detect_shift(*series(24, 0.08, noise=0.01), least_size=0.15).code == "small"


def test_a_steady_drift_is_not_called_a_shift():
    found = detect_shift(
        MONTHS, 200 * SEASON * np.exp(0.02 * np.arange(30)) * series(99, 0.0, noise=0.005)[1] / SEASON
    )
    assert found.code == "drift"


def test_too_few_months_say_nothing():
    found = detect_shift(MONTHS[:4], [1.0, 1.0, 2.0, 2.1])
    assert found.code == "too_short"
    assert math.isnan(found.p)
    assert detect_shift([], []).code == "too_short"
    assert detect_shift(MONTHS[:13], SEASON[:13]).code == "too_short"  # one month seen twice


def test_a_constant_series_is_no_shift():
    assert detect_shift(MONTHS[:12], [5.0] * 12).code == "none"


def test_months_without_a_value_are_left_out():
    periods, values = series(24, 0.4)
    gaps = values.copy()
    gaps[[3, 8]] = np.nan
    found = detect_shift(periods, gaps)
    assert (found.code, found.month, found.n) == ("shift", MONTHS[24], 28)


def test_where_a_month_has_nothing_to_be_compared_with_both_months_stay_possible():
    periods, values = series(24, 0.4)
    values[11] = np.nan  # so December is seen once: the shift may have come with it or a month later
    found = detect_shift(periods, values)
    assert (found.first, found.last) == ("2025-12", "2026-01")


@given(st.permutations(range(30)), st.floats(0.01, 1e6))
@settings(max_examples=25, deadline=None)
def test_neither_the_order_of_rows_nor_the_unit_of_money_matters(order, unit):
    periods, values = series(22, 0.3, noise=0.06)
    one = detect_shift(periods, values)
    other = detect_shift([periods[i] for i in order], [float(values[i]) * unit for i in order])
    assert (other.code, other.month, other.p) == (one.code, one.month, one.p)
    assert other.size == pytest.approx(one.size, rel=1e-6)


@pytest.mark.parametrize("bad", [0.0, -1.0, math.inf])
def test_values_that_have_no_logarithm_are_refused_by_month(bad):
    with pytest.raises(DataError, match="2024-03"):
        detect_shift(MONTHS[:8], [1.0, 1.0, bad, 1.0, 1.0, 1.0, 1.0, 1.0])


def test_wrong_periods_and_levels_are_refused():
    with pytest.raises(PeriodError, match="2024-Q1"):
        detect_shift(["2024-Q1"], [1.0])
    with pytest.raises(PeriodError, match="2024-01"):
        detect_shift(["2024-01", "2024-01"], [1.0, 2.0])
    with pytest.raises(DataError, match="one per month"):
        detect_shift(MONTHS[:3], [1.0])
    with pytest.raises(DataError, match=r"(?s)level.*least_months"):
        detect_shift(MONTHS[:3], [1.0] * 3, level=1.0, least_months=0)


def test_the_levels_part_at_the_shift_and_the_season_is_gone():
    periods, values = series(24, 0.30, noise=1e-6)
    frame = shift_levels(periods, values, detect_shift(periods, values))
    assert list(frame["period"]) == periods
    assert frame["level"].nunique() == 2
    assert frame["level"].iloc[-1] / frame["level"].iloc[0] == pytest.approx(1.30, abs=1e-4)
    assert np.allclose(frame["adjusted"], frame["level"], rtol=1e-4)
    assert np.exp(np.log(frame["adjusted"]).mean()) == pytest.approx(np.exp(np.log(values).mean()))


def test_without_a_shift_there_is_one_level():
    periods, values = series(99, 0.0)
    assert shift_levels(periods, values, detect_shift(periods, values))["level"].nunique() == 1


@pytest.mark.parametrize(("lang", "said"), [("zh", "自2026年3月起+30%"), ("en", "+30% since March 2026")])
def test_the_chart_says_what_was_found(cost, sample_policy, lang, said):
    periods, values = company(cost)
    shift = stats.detect_shift(periods, values)
    frame = stats.shift_levels(periods, values, shift)
    name = sample_policy.kpis["cac"].name.of(lang)
    figure = charts.shock(frame, shift, name, "money", Locale(lang))
    axes = figure.axes[0]
    assert name in axes.get_title(loc="left")
    assert [one.get_text().strip() for one in axes.texts] == [said]
    assert charts.show(figure, said).data
    assert charts.shock(frame.iloc[:0], shift, name, "money", Locale(lang)) is None
