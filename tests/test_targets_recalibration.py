"""The rest of a year's target, proposed anew when the year runs off the plan."""

from __future__ import annotations

from math import erf, sqrt

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from salesperf_lib.errors import DataError
from salesperf_lib.params.policy import RecalibrationRules
from salesperf_lib.targets.recalibration import ALTERNATIVES, remaining

RULES = RecalibrationRules(prior_sd=0.15, keep=0.5, floor=0.85, ceiling=1.10)
PLAN, ACTUAL = [100] * 12, [86] * 5
CV = 40 / (100 * sqrt(5))  # so that five months scatter by σ = 40, as in METHODS §3.1


def phi(z):
    return (1 + erf(z / sqrt(2))) / 2


def by_name(found):
    return found.outcomes.set_index("alternative")


def open_months(found, name):
    rows = found.months[(found.months["alternative"] == name) & ~found.months["closed"]]
    return rows["target"].to_list()


def test_the_published_example_comes_out():
    # METHODS §3.1: E_t 500, E_rest 700, Y 430, τ .15, σ 40 → θ̂ .891003, forecast 1053.70
    found = remaining(PLAN, ACTUAL, RULES, cv=CV)
    assert found.theta == pytest.approx(0.891003, abs=1e-6)
    assert found.forecast == pytest.approx(1053.70, abs=5e-3)
    # σ²_rest = 7 · (100·cv)² = 2240; Var θ = 1/(1/.0225 + 500²/1600)
    assert found.sd == pytest.approx(sqrt(2240 + 700**2 / (1 / 0.0225 + 156.25)))


def test_the_three_proposals_by_hand():
    found = remaining(PLAN, ACTUAL, RULES, cv=CV)
    rows = by_name(found)
    # naive 1200 − 430; level 623.70; blend (1200 + 1053.70)/2 − 430 = 696.85
    assert rows["rest"].to_dict() == {"naive": 770, "level": 624, "blend": 697}
    assert rows["landing"].to_dict() == {"naive": 1200, "level": 1054, "blend": 1127}
    assert rows["target"].to_dict() == {"naive": 1270, "level": 1124, "blend": 1197}
    assert open_months(found, "naive") == [110] * 7
    assert open_months(found, "level") == [90, 89, 89, 89, 89, 89, 89]
    assert open_months(found, "blend") == [100, 100, 100, 100, 99, 99, 99]
    for name in ALTERNATIVES:
        expected = phi((found.forecast - rows.loc[name, "landing"]) / found.sd)
        assert rows.loc[name, "p_hit"] == pytest.approx(expected, abs=1e-9)
    assert found.p_plan == pytest.approx(rows.loc["naive", "p_hit"])


def test_months_keep_the_profile_of_the_plan():
    found = remaining([10, 10, 20, 40], [5], RULES)
    assert open_months(found, "naive") == [11, 21, 43]  # 75 · 1/7, 2/7, 4/7 = 10.71, 21.43, 42.86


def test_a_lost_half_year_is_not_piled_on_the_other_half():
    plan_only = RecalibrationRules(prior_sd=0.15, keep=1.0, floor=0.85, ceiling=1.10)
    rows = by_name(remaining([100] * 12, [40] * 6, plan_only))
    assert rows.loc["naive", "rest"] == 960  # 1200 − 240
    assert rows.loc["blend", "rest"] == 660  # ceiling 1.10 · 600


def test_a_good_half_year_lets_no_target_fall_below_the_floor():
    plan_only = RecalibrationRules(prior_sd=0.15, keep=1.0, floor=0.85, ceiling=1.10)
    rows = by_name(remaining([100] * 12, [190] * 6, plan_only))
    assert rows.loc["naive", "rest"] == 60
    assert rows.loc["blend", "rest"] == 510  # floor .85 · 600


def test_a_year_that_is_already_made_leaves_nothing_to_catch_up():
    found = remaining([10, 10, 10], [50], RULES)
    assert open_months(found, "naive") == [0, 0]
    assert found.p_plan > 0.9


def test_what_was_expected_of_the_months_decides_the_level_not_what_was_planned():
    # planned 100 a month, expected 80, reached 80: exactly as expected
    found = remaining(PLAN, [80] * 6, RULES, expected=[80] * 12)
    assert found.theta == pytest.approx(1.0)
    assert found.forecast == pytest.approx(960)


def test_each_month_may_scatter_by_its_own():
    calm = remaining(PLAN, ACTUAL, RULES, cv=[0.05] * 5 + [0.1] * 7)
    wild = remaining(PLAN, ACTUAL, RULES, cv=[0.50] * 5 + [0.1] * 7)
    assert calm.theta < wild.theta < 1  # what scatters tells little


def test_refunds_may_take_a_month_below_zero():
    assert remaining([10, 10, 10], [-1], RULES).theta < 1


@pytest.mark.parametrize(
    ("plan", "actual", "named"),
    [
        ([], [], "plan: found no months"),
        ([10, 10], [], "actual: found no months"),
        ([10, np.nan], [5], "plan, month 2: found nan"),
        ([10, -1, 5], [5], "plan, month 2"),
        ([10, 10.5], [5], "plan, month 2: found 10.5"),
        ([10, 10, 10], [5, np.inf], "actual, month 2: found inf"),
        ([10, 10], [5, 5], "2 of 2 months"),
        ([10, 10], [5, 5, 5], "3 of 2 months"),
        ([0, 10, 10], [5], "nothing in the closed months"),
        ([10, 0, 0], [5], "nothing in the open months"),
    ],
)
def test_years_that_cannot_be_recalibrated_are_refused(plan, actual, named):
    with pytest.raises(DataError, match=named):
        remaining(plan, actual, RULES)


@pytest.mark.parametrize("cv", [0.0, -0.1, np.nan, [0.1, 0.1]])
def test_a_scatter_that_is_none_is_refused(cv):
    with pytest.raises(DataError, match="cv"):
        remaining(PLAN, ACTUAL, RULES, cv=cv)


def test_expectations_of_another_length_are_refused():
    with pytest.raises(DataError, match="expected: found 3 months"):
        remaining(PLAN, ACTUAL, RULES, expected=[1, 2, 3])


def test_every_problem_is_named_at_once():
    with pytest.raises(DataError) as caught:
        remaining([10, np.nan, -1], [np.nan], RULES, cv=0)
    assert len(caught.value.problems) >= 4


@settings(max_examples=40)
@given(data=st.data(), keep=st.floats(0, 1))
def test_closed_months_stay_and_the_open_ones_make_the_rest_to_the_last_unit(data, keep):
    plan = data.draw(st.lists(st.integers(1, 10**12), min_size=2, max_size=12))
    closed = data.draw(st.integers(1, len(plan) - 1))
    actual = data.draw(st.lists(st.integers(0, 10**12), min_size=closed, max_size=closed))
    rules = RecalibrationRules(prior_sd=0.15, keep=keep, floor=0.85, ceiling=1.10)
    found = remaining(plan, actual, rules)
    rows, ahead = by_name(found), sum(plan[closed:])
    for name in ALTERNATIVES:
        mine = found.months[found.months["alternative"] == name]["target"].to_list()
        assert mine[:closed] == plan[:closed]
        assert sum(mine[closed:]) == rows.loc[name, "rest"]
        assert sum(mine) == rows.loc[name, "target"]
        assert 0 <= rows.loc[name, "p_hit"] <= 1
    assert rows.loc["naive", "rest"] == max(0, sum(plan) - sum(actual))
    assert 0.85 * ahead - 1 <= rows.loc["blend", "rest"] <= 1.10 * ahead + 1
