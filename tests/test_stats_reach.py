"""Chances of reaching a target, equally hard quotas, and the level of a year so far."""

from __future__ import annotations

from math import erf, exp, log, sqrt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from salesperf_lib.errors import DataError
from salesperf_lib.stats import (
    equal_difficulty,
    lognormal,
    normal_chance,
    p_reach,
    p_reach_share,
    rate_outlook,
    update_level,
    volume_outlook,
)

MEANS = st.floats(1.0, 1e9)
CVS = st.floats(0.01, 1.0)


def phi(z):
    return (1 + erf(z / sqrt(2))) / 2


def test_a_lognormal_has_the_mean_and_cv_it_was_made_from():
    mu, sigma = lognormal(100.0, 0.3)
    assert exp(mu + sigma**2 / 2) == pytest.approx(100)  # mean of a lognormal
    assert exp(sigma**2) - 1 == pytest.approx(0.09)  # its squared CV


def test_the_median_is_reached_with_one_half():
    # σ² = ln 1.25, median = m·exp(−σ²/2) = m/√1.25
    assert p_reach(100 / sqrt(1.25), 100, 0.5) == pytest.approx(0.5)
    assert p_reach(100 / sqrt(1.25), 100, 0.5, "lower") == pytest.approx(0.5)


def test_a_stretch_by_hand():
    # CV .3: σ = √ln 1.09 = .29356, μ = ln 100 − ln(1.09)/2; P(X ≥ 110) = Φ((μ − ln 110)/σ)
    sigma = sqrt(log(1.09))
    expected = phi((log(100) - log(1.09) / 2 - log(110)) / sigma)
    assert float(p_reach(110, 100, 0.3)) == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize(
    ("target", "mean", "cv", "higher"),
    [
        (100, 100, 0.0, 1.0),  # certain, and just enough
        (100.01, 100, 0.0, 0.0),
        (0, 100, 0.3, 1.0),
        (-5, 100, 0.3, 1.0),
        (0, 0, 0.3, 1.0),
        (1, 0, 0.3, 0.0),
    ],
)
def test_what_is_certain_is_one_or_zero(target, mean, cv, higher):
    assert p_reach(target, mean, cv) == higher


def test_of_a_certain_cost_less_is_reached_and_more_is_not():
    assert p_reach([100, 99], 100, 0.0, "lower").tolist() == [1.0, 0.0]


def test_what_is_not_known_has_no_chance():
    assert np.isnan(p_reach([np.nan, 1, 1], [1, np.nan, 1], [0.1, 0.1, np.nan])).all()
    assert np.isnan(p_reach_share([np.nan, 0.1, 0.1], [0.1, np.nan, 0.1], [0.1, 0.1, np.nan])).all()


def test_a_share_is_normal_in_log_odds():
    # mean .2, sd .02: CV .1, spread of the log-odds .1/.8 = .125; logit .2 − logit .22 = −.12063
    distance = (log(0.2 / 0.8) - log(0.22 / 0.78)) / 0.125
    assert float(p_reach_share(0.22, 0.2, 0.1)) == pytest.approx(phi(distance), abs=1e-12)
    assert float(p_reach_share(0.22, 0.2, 0.1, "lower")) == pytest.approx(phi(-distance), abs=1e-12)


def test_shares_at_the_edge_are_compared_as_they_are():
    assert p_reach_share([1.0, 1.0, 0.0], [0.9, 1.0, 0.0], 0.1).tolist() == [0.0, 1.0, 1.0]


@given(mean=MEANS, cv=CVS, low=st.floats(0.1, 3), step=st.floats(0.001, 2))
def test_a_higher_target_is_never_easier(mean, cv, low, step):
    less, more = p_reach(np.array([low, low + step]) * mean, mean, cv)
    assert 0 <= more <= less <= 1
    below, above = p_reach(np.array([low, low + step]) * mean, mean, cv, "lower")
    assert 0 <= below <= above <= 1
    assert less + below == pytest.approx(1)


@given(mean=st.floats(0.001, 0.999), cv=CVS, target=st.floats(0, 1), step=st.floats(0, 1))
def test_a_higher_share_is_never_easier(mean, cv, target, step):
    less, more = p_reach_share([target, min(1.0, target + step)], mean, cv)
    assert 0 <= more <= less <= 1


def test_the_published_example_of_equal_difficulty_comes_out():
    # METHODS §1.2
    quotas, z, p = equal_difficulty([100, 100, 100], [0.1, 0.3, 0.5], 330)
    assert z == pytest.approx(0.51251112, abs=1e-8)
    assert p == pytest.approx(0.30414667, abs=1e-8)
    assert quotas == pytest.approx([104.72299, 111.33396, 113.94305], abs=1e-5)


def test_a_stretch_of_ten_percent_gives_everybody_31_percent():
    cv = np.linspace(0.1, 0.5, 5000)  # METHODS §1.2
    quotas, _, p = equal_difficulty(np.full(5000, 100.0), cv, 110.0 * 5000)
    assert round(p, 2) == 0.31
    assert p_reach(quotas, 100.0, cv) == pytest.approx(np.full(5000, p))


def test_certain_units_get_their_mean_and_units_without_a_mean_nothing():
    quotas, _, _ = equal_difficulty([100, 0, 50], [0.0, 0.3, 0.2], 160)
    assert quotas == pytest.approx([100, 0, 60])


@given(data=st.data(), stretch=st.floats(0.3, 3))
def test_equally_hard_quotas_make_the_total_and_are_equally_hard(data, stretch):
    n = data.draw(st.integers(1, 30))
    mean = np.array(data.draw(st.lists(MEANS, min_size=n, max_size=n)))
    cv = np.array(data.draw(st.lists(st.floats(0.05, 1), min_size=n, max_size=n)))
    total = float(mean.sum()) * stretch
    quotas, _, p = equal_difficulty(mean, cv, total)
    assert quotas.sum() == pytest.approx(total, rel=1e-12)
    assert p_reach(quotas, mean, cv) == pytest.approx(np.full(n, p), abs=1e-6)


@pytest.mark.parametrize(
    ("mean", "cv", "total", "named"),
    [
        ([100, np.nan], [0.1, 0.1], 100, r"means\[1\]"),
        ([100, 100], [0.1, -0.1], 100, r"CVs\[1\]"),
        ([100], [0.1], 0, "total"),
        ([100], [0.1], np.nan, "total"),
        ([], [], 100, "one value per unit"),
        ([100, 100], [0, 0], 220, "spread"),
        ([100, 100], [0, 0.2], 100, "100"),
    ],
)
def test_what_cannot_be_shared_with_equal_difficulty_is_refused(mean, cv, total, named):
    with pytest.raises(DataError, match=named):
        equal_difficulty(mean, cv, total)


def test_the_published_example_of_the_level_comes_out():
    # METHODS §3.1: E_t 500, E_rest 700, Y 430, τ .15, σ 40
    found = update_level(430, 500, 700, prior_sd=0.15, noise_sd=40, target=1053.7)
    assert float(found.theta) == pytest.approx(0.891003, abs=1e-6)
    assert float(found.forecast) == pytest.approx(1053.70, abs=5e-3)
    # Var θ = 1/(1/.0225 + 500²/1600) = 1/200.694; sd = 700·√Var θ
    assert float(found.sd) == pytest.approx(700 / sqrt(1 / 0.0225 + 156.25))
    assert float(found.p_hit) == pytest.approx(0.5, abs=1e-4)


def test_the_level_of_many_units_is_that_of_each():
    found = update_level([430, 500], [500, 500], 700, prior_sd=0.15, noise_sd=40, noise_sd_rest=30)
    assert found.theta[1] == pytest.approx(1.0)
    assert found.forecast == pytest.approx([1053.70242, 1200])
    assert found.sd[0] == pytest.approx(sqrt(900 + 700**2 / (1 / 0.0225 + 156.25)))
    assert np.isnan(found.p_hit).all()


def test_a_forecast_at_the_target_is_reached_with_one_half():
    assert float(normal_chance(0)) == 0.5


def one_pool(n):
    return np.zeros(n, np.intp)


def test_the_level_of_a_volume_is_its_year_without_the_season():
    # one unit, ten equal shares known of twelve: 10 · 50 / (10/12) = 600 a year
    actual = np.full((1, 12), 50.0)
    actual[0, [3, 7]] = np.nan
    found = volume_outlook(actual, np.full((1, 12), 1 / 12), one_pool(1))
    assert found.mean == pytest.approx([600])


def test_growth_goes_on_in_part():
    # everybody grew by 20 %: no unit differs, .7 of ln 1.2 goes on
    actual = np.hstack([np.full((6, 12), 100.0), np.full((6, 12), 120.0)])
    found = volume_outlook(actual, np.full((6, 24), 1 / 12), one_pool(6))
    assert found.mean == pytest.approx(np.full(6, 1440 * 1.2**0.7))
    ahead = volume_outlook(actual, np.full((6, 24), 1 / 12), one_pool(6), ahead=1.5)
    assert ahead.mean == pytest.approx(np.full(6, 1440 * 1.2**1.05))


def test_a_new_hire_has_the_mean_of_the_pool_and_its_spread_as_error():
    actual = np.vstack([np.full((6, 12), 100.0) * np.arange(1, 7)[:, None], np.full((1, 12), np.nan)])
    found = volume_outlook(actual, np.full((7, 12), 1 / 12), one_pool(7))
    # mean level of 1200, 2400 … 7200 is 4200; error: variance of their logarithms, less the noise
    # of twelve months that are known no better than CV 5 %
    noise = log(1 + 0.05**2)
    assert found.mean[6] == pytest.approx(4200)
    assert found.level[6] == pytest.approx(np.var(np.log(np.arange(1, 7)), ddof=1) - found.months[0] / 12)
    assert found.months[:6] == pytest.approx(np.full(6, noise))
    assert (found.level[:6] < 0.001).all()


def test_few_months_are_drawn_to_the_pool_and_many_are_not():
    actual = np.full((8, 12), 100.0) * np.exp(np.random.default_rng(3).normal(0, 0.3, (8, 12)))
    actual[7] = np.nan
    actual[7, -1] = 400.0
    found = volume_outlook(actual, np.full((8, 12), 1 / 12), one_pool(8))
    assert 1200 < found.mean[7] < 4800
    assert found.level[7] > found.level[0]


def test_the_months_spread_is_recovered_and_each_unit_leans_to_its_pool():
    noise = np.random.default_rng(5).normal(0, 0.2, (400, 24))
    found = volume_outlook(1000 * np.exp(noise), np.full((400, 24), 1 / 12), one_pool(400))
    assert np.sqrt(found.months.mean()) == pytest.approx(0.2, abs=0.01)
    wild = np.exp(noise * np.where(np.arange(400) == 0, 3, 1)[:, None])
    assert 0.2 < np.sqrt(volume_outlook(wild, np.full((400, 24), 1 / 12), one_pool(400)).months[0]) < 0.6


def test_a_profile_fitted_on_the_same_months_hides_no_spread_where_two_years_are_known():
    noise = np.exp(np.random.default_rng(6).normal(0, 0.2, (200, 24)))
    own = (noise[:, :12] + noise[:, 12:]) / (noise[:, :12] + noise[:, 12:]).sum(axis=1, keepdims=True)
    found = volume_outlook(noise, np.hstack([own, own]), one_pool(200))
    assert np.sqrt(found.months.mean()) == pytest.approx(0.2, abs=0.01)


def test_months_of_nothing_count_and_a_pool_without_history_has_no_forecast():
    zero = volume_outlook(np.zeros((1, 12)), np.full((1, 12), 1 / 12), one_pool(1))
    assert zero.mean.tolist() == [0.0]
    none = volume_outlook(np.full((2, 12), np.nan), np.full((2, 12), 1 / 12), one_pool(2))
    assert np.isnan(none.mean).all()
    assert np.isnan(volume_outlook(np.empty((2, 0)), np.empty((2, 0)), one_pool(2)).mean).all()


def test_a_rate_is_drawn_to_its_pool_by_thirty_observations():
    # unit 1: 30 of 60 seen; unit 2: 0 of 540; pool .05; unit 1 (60·.5 + 30·.05)/90 = .35
    num, den = np.array([[30.0], [0.0]]), np.array([[60.0], [540.0]])
    found = rate_outlook(num, den, den, one_pool(2), share=True)
    assert found.mean == pytest.approx([0.35, 30 * 0.05 / 570])


def test_a_share_is_never_known_better_than_its_observations_allow():
    # the same share in every month, 100 observations: 1/(100 · .2 · .8) in log-odds
    found = rate_outlook(np.full((3, 12), 20.0), np.full((3, 12), 100.0), np.full((3, 12), 100.0),
                         one_pool(3), share=True)  # fmt: skip
    assert found.months == pytest.approx(np.full(3, 1 / 16))


def test_a_rate_that_was_negative_has_no_outlook_and_a_unit_without_months_its_pools():
    num = np.array([[-1.0, 2.0], [4.0, 4.0], [np.nan, np.nan]])
    found = rate_outlook(num, np.full((3, 2), 2.0), np.full((3, 2), np.nan), one_pool(3), share=False)
    assert np.isnan(found.mean).tolist() == [True, False, False]
    assert found.mean[2] == pytest.approx((1 + 8) / 8)  # Σ num / Σ den of the pool
